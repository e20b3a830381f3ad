//! A container's whole log as the cluster has it, for a download: piece by piece, so that it is nowhere in one place.

use super::Logs;
use crate::adapters::kube::KubeError;
use async_stream::stream;
use futures::{AsyncBufRead, AsyncBufReadExt as _, Stream};
use k8s_openapi::api::core::v1::Pod;
use kube::{Api, api::LogParams};
use shared::ids::ClusterId;
use std::{
    io::{Error, ErrorKind},
    time::Duration,
};

/// How long the cluster may take for a piece: it does not wait for the container here.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whose log.
#[derive(Debug, Clone)]
pub struct WholeLog {
    /// The cluster.
    pub cluster: ClusterId,
    /// The pod's namespace.
    pub namespace: String,
    /// The pod.
    pub pod: String,
    /// The container.
    pub container: String,
    /// Of the container's run before this one.
    pub previous: bool,
    /// Not older than this.
    pub since_seconds: Option<i64>,
    /// The most bytes; what is beyond is left out, and the text says so at its end.
    pub most: usize,
}

impl Logs {
    /// Reads a log from its beginning to where it is now. Each line begins with its time.
    ///
    /// # Errors
    /// When the cluster has no such log, or does not answer. What breaks later is an item of the stream.
    pub async fn whole(
        &self,
        log: &WholeLog,
    ) -> Result<impl Stream<Item = Result<Vec<u8>, Error>> + Send + use<>, KubeError> {
        let (cluster, _) =
            self.inner.clusters.get(&log.cluster).ok_or_else(|| {
                KubeError::Config(format!("there is no cluster {} in the configuration", log.cluster))
            })?;
        let params = LogParams {
            container: Some(log.container.clone()),
            previous: log.previous,
            timestamps: true,
            since_seconds: log.since_seconds,
            ..LogParams::default()
        };
        let api: Api<Pod> = Api::namespaced(cluster.client(), &log.namespace);
        let opened = tokio::time::timeout(PATIENCE, api.log_stream(&log.pod, &params)).await;
        let lines = opened.map_err(|_| KubeError::Unreachable("no answer in time".to_owned()))??;
        Ok(bounded(lines, log.most))
    }
}

/// The bytes up to a bound, cut at the end of a line where there is one.
fn bounded(lines: impl AsyncBufRead + Send, most: usize) -> impl Stream<Item = Result<Vec<u8>, Error>> + Send {
    stream! {
        let mut lines = std::pin::pin!(lines);
        let mut room = most;
        loop {
            let piece = match tokio::time::timeout(PATIENCE, lines.fill_buf()).await {
                Ok(Ok(piece)) => piece.to_vec(),
                Ok(Err(error)) => return yield Err(error),
                Err(_) => return yield Err(ErrorKind::TimedOut.into()),
            };
            if piece.is_empty() {
                return;
            }
            lines.consume_unpin(piece.len());
            if piece.len() > room {
                let end = piece[..room].iter().rposition(|byte| *byte == b'\n').map_or(room, |end| end + 1);
                let mut last = piece[..end].to_vec();
                if last.last().is_some_and(|byte| *byte != b'\n') {
                    last.push(b'\n');
                }
                let note = format!("--- Cut here: the log is longer than {} MiB. ---\n", most >> 20);
                last.extend_from_slice(note.as_bytes());
                return yield Ok(last);
            }
            room -= piece.len();
            yield Ok(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{StreamExt as _, io::Cursor};

    async fn read(text: &str, most: usize) -> String {
        let pieces: Vec<_> = bounded(Cursor::new(text.to_owned()), most).collect().await;
        String::from_utf8(pieces.into_iter().flat_map(Result::unwrap).collect()).unwrap()
    }

    #[tokio::test]
    async fn what_is_too_long_is_cut_after_a_line_and_says_so() {
        assert_eq!(read("one\ntwo\n", 8).await, "one\ntwo\n");
        assert_eq!(read("", 8).await, "");
        assert_eq!(read("one\ntwo\n", 7).await, "one\n--- Cut here: the log is longer than 0 MiB. ---\n");
        assert_eq!(read("one line", 3).await, "one\n--- Cut here: the log is longer than 0 MiB. ---\n");
    }
}
