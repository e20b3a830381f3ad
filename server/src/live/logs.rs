//! tmp
use crate::clock::Instant;
pub struct LogCursor;
impl std::str::FromStr for LogCursor {
    type Err = ();
    fn from_str(_: &str) -> Result<Self, ()> {
        Err(())
    }
}
impl std::fmt::Display for LogCursor {
    fn fmt(&self, _: &mut std::fmt::Formatter) -> std::fmt::Result {
        Ok(())
    }
}
pub struct LogRequest {
    pub cluster: shared::ids::ClusterId,
    pub namespace: String,
    pub pod: String,
    pub container: String,
    pub after: Option<LogCursor>,
    pub tail: usize,
}
pub struct LogLine {
    pub cursor: LogCursor,
    pub at: Instant,
    pub text: String,
    pub cut: bool,
}
pub struct LogBatch {
    pub lines: Vec<LogLine>,
    pub dropped: u64,
    pub gap: bool,
    pub state: shared::service::LogState,
}
#[derive(Clone)]
pub struct Logs;
impl Logs {
    pub fn new(_c: crate::adapters::kube::Clusters, _l: std::sync::Arc<super::Live>) -> Self {
        Self
    }
    pub fn follow(&self, _r: LogRequest) -> impl futures::Stream<Item = LogBatch> + use<> {
        futures::stream::pending()
    }
}
