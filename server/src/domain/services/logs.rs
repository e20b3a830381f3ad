//! A service's logs in the API.

use crate::{
    domain::{
        actor::Actor,
        services::{entity::service as service_row, leave::Leave},
        state::State,
    },
    graphql::{
        errors::ApiError,
        scalars::{self, DateTime, int},
        transport::rates::{Place, Places},
    },
    live::logs::{self, LogCursor, LogError, LogRequest, MOST_UPSTREAMS_EACH},
};
use async_graphql::{ID, InputObject, SimpleObject};
use futures::{Stream, StreamExt, future};
use shared::{
    error::{ErrorCode, FieldErrorCode},
    ids::{ServiceId, UserId},
    policy::WorkspaceAction,
    rules::Problem,
    service::LogState,
};

/// How many earlier lines are sent when nothing is said.
const TAIL: i32 = 200;
/// The most earlier lines that are sent.
const TAIL_MOST: i32 = 2000;
/// Logs that one person follows at once, with all their sockets. Of how many containers: [`MOST_UPSTREAMS_EACH`].
const STREAMS_EACH: usize = 1000;
/// Runs before that are read at once, altogether and by one person: each has a link to the cluster of its own.
const PREVIOUS: usize = 64;
const PREVIOUS_EACH: usize = 8;
/// When whoever was refused a place may try again.
const RETRY_SECONDS: u64 = 10;

/// Places of those who read logs.
pub struct Streams {
    all: Places<UserId>,
    previous: Places<UserId>,
}

impl Default for Streams {
    fn default() -> Self {
        Self { all: Places::new(usize::MAX, STREAMS_EACH), previous: Places::new(PREVIOUS, PREVIOUS_EACH) }
    }
}

/// A reader's place, and the one that the run before takes.
type Taken = (Place<UserId>, Option<Place<UserId>>);

impl Streams {
    fn take(&self, person: UserId, previous: bool) -> Result<Taken, ApiError> {
        let crowded = || ApiError::rate_limited(RETRY_SECONDS);
        let place = self.all.take(person).ok_or_else(crowded)?;
        let other = if previous { Some(self.previous.take(person).ok_or_else(crowded)?) } else { None };
        Ok((place, other))
    }
}

impl From<LogError> for ApiError {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Crowded => Self::rate_limited(RETRY_SECONDS),
            LogError::OwnShare => {
                Self::rate_limited(RETRY_SECONDS).with("limit", "containers").with("max", MOST_UPSTREAMS_EACH)
            }
            LogError::TooSlow => Self::new(ErrorCode::Unavailable),
        }
    }
}

/// Which log, and from where on.
#[derive(InputObject)]
pub struct ServiceLogsInput {
    /// Of which service.
    service_id: ID,
    /// Of which of its pods.
    pod: String,
    /// Of which of the pod's containers.
    container: String,
    /// Of the container's run before this one: what it wrote until it ended.
    previous: Option<bool>,
    /// Cursor of the last line that was seen.
    after: Option<String>,
    /// How many earlier lines to begin with; 200 when left out, 2000 at most.
    tail: Option<i32>,
}

/// Some lines of a log, in order.
#[derive(SimpleObject)]
pub struct LogBatch {
    /// The lines.
    lines: Vec<LogLine>,
    /// Lines that this reader was too slow for and that were left out before these.
    dropped: i32,
    /// The stream was interrupted before these lines, and some may be missing.
    gap: bool,
    /// How far the stream is.
    state: LogState,
}

/// A line of a log.
#[derive(SimpleObject)]
pub struct LogLine {
    /// Names the line, to go on after it.
    cursor: String,
    /// When it was written.
    at: DateTime,
    /// Its text, without the line's end.
    text: String,
    /// The line was longer than 16 KiB and was cut.
    cut: bool,
}

impl From<logs::LogBatch> for LogBatch {
    fn from(batch: logs::LogBatch) -> Self {
        let line = |line: logs::LogLine| LogLine {
            cursor: line.cursor.to_string(),
            at: DateTime(line.at),
            text: line.text.to_string(),
            cut: line.cut,
        };
        Self {
            lines: batch.lines.into_iter().map(line).collect(),
            dropped: int(i64::try_from(batch.dropped).unwrap_or(i64::MAX)),
            gap: batch.gap,
            state: batch.state,
        }
    }
}

/// Fails unless the pod is one of the service's, with such a container.
pub(super) fn known(state: &State, row: &service_row::Model, pod: &str, container: &str) -> Result<(), ApiError> {
    let snapshot = state.live.snapshot(&row.namespace, &row.release_name);
    let pod = snapshot.pods.iter().find(|one| one.meta.name == pod).ok_or_else(ApiError::not_found)?;
    let found = pod.containers.iter().any(|one| one.name == container);
    if found { Ok(()) } else { Err(ApiError::not_found()) }
}

/// Follows a container's log for whoever may read it, as long as they may.
///
/// # Errors
/// When the pod is none of the service's, the input has mistakes, too many logs are followed, or the policy says no.
pub async fn follow(
    state: &State,
    actor: &Actor,
    input: ServiceLogsInput,
) -> Result<impl Stream<Item = Result<LogBatch, ApiError>> + use<>, ApiError> {
    let id: ServiceId = scalars::id(&input.service_id)?;
    let tail = input.tail.unwrap_or(TAIL);
    if !(0..=TAIL_MOST).contains(&tail) {
        let problem = Problem::new(FieldErrorCode::OutOfRange).with("min", 0).with("max", TAIL_MOST);
        return Err(ApiError::invalid_field("tail", problem));
    }
    let (row, leave) = Leave::ask(state, actor, id, WorkspaceAction::ReadLogs).await?;
    known(state, &row, &input.pod, &input.container)?;
    let after = match input.after.as_deref().map(str::parse::<LogCursor>) {
        None => None,
        Some(Ok(cursor)) => Some(cursor),
        Some(Err(_)) => {
            let problem = Problem::new(FieldErrorCode::InvalidFormat).with("expected", "a cursor of this log");
            return Err(ApiError::invalid_field("after", problem));
        }
    };
    let previous = input.previous.unwrap_or(false);
    let taken = state.log_streams.take(actor.id, previous)?;
    let batches = state.logs.follow(LogRequest {
        by: actor.id,
        cluster: row.cluster_id.into(),
        namespace: row.namespace,
        pod: input.pod,
        container: input.container,
        previous,
        after,
        tail: usize::try_from(tail).unwrap_or_default(),
    });
    // The place is held as long as the stream is.
    Ok(leave.hold(batches).scan(taken, |_, batch| future::ready(Some(told(batch)))))
}

fn told(batch: Result<Result<logs::LogBatch, LogError>, ApiError>) -> Result<LogBatch, ApiError> {
    Ok(batch??.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_takes_a_bounded_number_of_places_and_leaves_some_of_the_run_before() {
        let streams = Streams::default();
        let person = |number| UserId(uuid::Uuid::from_u128(number));
        let mut open: Vec<_> = (0..PREVIOUS_EACH).map(|_| streams.take(person(1), true).unwrap()).collect();
        let refused = streams.take(person(1), true).err().unwrap();
        assert_eq!((refused.code, refused.params[0].1.as_str()), (ErrorCode::RateLimited, "10"));
        open.extend((PREVIOUS_EACH..STREAMS_EACH).map(|_| streams.take(person(1), false).unwrap()));
        assert!(streams.take(person(1), false).is_err());
        open.push(streams.take(person(2), true).unwrap());
        open.clear();
        assert!(streams.take(person(1), true).is_ok());
    }

    #[test]
    fn whoever_follows_too_many_containers_is_told_so() {
        let refused = ApiError::from(LogError::OwnShare);
        assert_eq!(refused.code, ErrorCode::RateLimited);
        let told = [("retryAfterSeconds", "10"), ("limit", "containers"), ("max", "100")];
        assert_eq!(refused.params, told.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
