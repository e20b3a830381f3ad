//! The log of a container's run before this one. It grows no more, so it is read once, at its reader's own pace.

use super::{
    LogBatch, LogError, LogRequest, Times,
    line::{LogCursor, LogLine, RawLine, Splitter},
    pods::{PodSeen, PodStates},
    ring::{BATCH_BYTES, BATCH_LINES},
    upstream::BACKLOG_LINES,
};
use crate::{adapters::kube::Cluster, clock::Instant};
use async_stream::stream;
use futures::{AsyncBufReadExt as _, Stream, StreamExt as _};
use k8s_openapi::api::core::v1::Pod;
use kube::{Api, api::LogParams};
use shared::service::LogState;
use std::{sync::Arc, time::Duration};

/// The lines of before, and then the end. Where the link breaks, it goes on after what was handed out.
pub(super) fn stream(
    cluster: Arc<Cluster>,
    states: Arc<dyn PodStates>,
    request: LogRequest,
    times: Times,
) -> impl Stream<Item = LogBatch> + Send {
    let api: Api<Pod> = Api::namespaced(cluster.client(), &request.namespace);
    let tail = i64::try_from(request.tail).unwrap_or(i64::MAX).min(BACKLOG_LINES);
    let params = LogParams {
        container: Some(request.container.clone()),
        previous: true,
        timestamps: true,
        tail_lines: Some(if request.after.is_some() { BACKLOG_LINES } else { tail }),
        ..LogParams::default()
    };
    stream! {
        // The same request brings the same lines, so what was handed out is told by its count.
        let mut handed_out = 0_usize;
        let mut failures = 0_u32;
        loop {
            match tokio::time::timeout(times.silence, api.log_stream(&request.pod, &params)).await {
                // There is no such run, or the pod is gone.
                Ok(Err(kube::Error::Api(refusal))) if (400..500).contains(&refusal.code) && refusal.code != 429 => {
                    return yield LogBatch::empty(LogState::Ended);
                }
                Ok(Err(_)) | Err(_) => {}
                Ok(Ok(lines)) => {
                    let mut lines = Box::pin(lines);
                    let (mut splitter, mut raw, mut numbers) = (Splitter::default(), Vec::new(), Numbers::default());
                    let (mut seen, mut batch, mut bytes) = (0, LogBatch::empty(LogState::Following), 0);
                    while let Ok(Ok(piece)) = tokio::time::timeout(times.silence, lines.fill_buf()).await {
                        let read = piece.len();
                        if read == 0 {
                            raw.extend(splitter.finish());
                        } else {
                            splitter.feed(piece, &mut raw);
                        }
                        lines.consume_unpin(read);
                        for line in raw.drain(..) {
                            let line = numbers.line(line);
                            seen += 1;
                            if seen > handed_out && request.after.is_none_or(|after| line.cursor > after) {
                                bytes += line.text.len();
                                batch.lines.push(line);
                            }
                        }
                        if read == 0 {
                            batch.state = LogState::Ended;
                            return yield batch;
                        }
                        if batch.lines.len() >= BATCH_LINES || bytes >= BATCH_BYTES {
                            (handed_out, bytes, failures) = (seen, 0, 0);
                            yield std::mem::replace(&mut batch, LogBatch::empty(LogState::Following));
                        }
                    }
                }
            }
            if matches!(states.pod(&request.namespace, &request.pod), PodSeen::Gone) {
                return yield LogBatch::empty(LogState::Ended);
            }
            if failures == 0 {
                yield LogBatch::empty(LogState::Waiting);
            }
            tokio::time::sleep(times.retry.saturating_mul(1 << failures.min(5))).await;
            failures += 1;
        }
    }
}

/// The same for so long, however slowly it is read; its reader goes on after the last line with another request.
pub(super) fn within(
    longest: Duration,
    batches: impl Stream<Item = LogBatch> + Send,
) -> impl Stream<Item = Result<LogBatch, LogError>> + Send {
    stream! {
        let mut batches = std::pin::pin!(batches);
        let mut over = std::pin::pin!(tokio::time::sleep(longest));
        loop {
            tokio::select! {
                biased;
                () = &mut over => return yield Err(LogError::TooSlow),
                batch = batches.next() => match batch {
                    Some(batch) => yield Ok(batch),
                    None => return,
                },
            }
        }
    }
}

/// Numbers the lines of one moment.
#[derive(Default)]
struct Numbers(Option<LogCursor>);

impl Numbers {
    fn line(&mut self, raw: RawLine) -> LogLine {
        let before = self.0.unwrap_or(LogCursor { nanos: 0, number: 0 });
        let nanos = raw.nanos.unwrap_or(before.nanos);
        let number = if self.0.is_some() && nanos == before.nanos { before.number + 1 } else { 0 };
        let cursor = LogCursor { nanos, number };
        self.0 = Some(cursor);
        LogLine { cursor, at: Instant(nanos.div_euclid(1000)), text: Arc::from(raw.text), cut: raw.cut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_reads_for_ever() {
        let batch = LogBatch::empty(LogState::Following);
        let batches = futures::stream::iter([batch.clone()]).chain(futures::stream::pending());
        let read: Vec<_> = within(Duration::from_millis(50), batches).collect().await;
        assert_eq!(read, [Ok(batch), Err(LogError::TooSlow)]);
    }
}
