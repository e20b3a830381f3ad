//! What a service uses, in the API.

use crate::{
    adapters::kube::Amount,
    domain::{actor::Actor, services::leave::Leave, state::State},
    graphql::{
        errors::ApiError,
        scalars::{DateTime, int},
    },
    live::usage::{ContainerUsage as ContainerReading, NearLimit, PodUsage as PodReading, Point, UsageView},
};
use async_graphql::SimpleObject;
use async_stream::stream;
use futures::Stream;
use shared::{
    ids::ServiceId,
    policy::WorkspaceAction,
    service::{UsageResource, UsageState},
};

/// CPU and memory.
#[derive(SimpleObject)]
pub struct ResourceAmount {
    /// Thousandths of a core, rounded up; null where it is not known, or where there is no limit.
    cpu_millis: Option<i32>,
    /// Bytes; null where it is not known, or where there is no limit.
    memory_bytes: Option<f64>,
}

/// What a service uses of CPU and memory.
#[derive(SimpleObject)]
pub struct ServiceUsage {
    /// Whether the figures are of now, and why not.
    state: UsageState,
    /// When the newest figure was measured; null where there is none.
    measured_at: Option<DateTime>,
    /// What its pods use together, as far as they were measured within two minutes.
    used: ResourceAmount,
    /// What is set aside for its pods.
    requested: ResourceAmount,
    /// What its pods may take together; null where one of their containers has no limit.
    limit: ResourceAmount,
    /// What it used before, oldest first: the last 60 points, and a gap where nobody was looking.
    history: Vec<UsagePoint>,
    /// Its pods that are not over, by name.
    pods: Vec<PodUsage>,
    /// The limits of which a container uses 90 percent or more.
    near_limits: Vec<NearLimitOfContainer>,
    /// How often the cluster is asked while somebody looks.
    interval_seconds: i32,
    /// The figures are made up: this is a sandbox.
    simulated: bool,
}

/// What a service used at a moment.
#[derive(SimpleObject)]
pub struct UsagePoint {
    /// When.
    at: DateTime,
    /// Thousandths of a core, rounded up.
    cpu_millis: i32,
    /// Bytes.
    memory_bytes: f64,
}

/// What a pod uses.
#[derive(SimpleObject)]
pub struct PodUsage {
    /// The pod's name.
    name: String,
    /// When that was measured; null where it was not yet, or more than two minutes ago.
    measured_at: Option<DateTime>,
    /// What it uses.
    used: ResourceAmount,
    /// What is set aside for it.
    requested: ResourceAmount,
    /// What it may take; null where one of its containers has no limit.
    limit: ResourceAmount,
    /// Its containers, without those that only prepare.
    containers: Vec<ContainerUsage>,
}

/// What a container uses.
#[derive(SimpleObject)]
pub struct ContainerUsage {
    /// Its name.
    name: String,
    /// What it uses.
    used: ResourceAmount,
    /// What is set aside for it.
    requested: ResourceAmount,
    /// What it may take.
    limit: ResourceAmount,
}

/// A container that uses 90 percent of a limit, or more.
#[derive(SimpleObject)]
#[graphql(name = "NearLimit")]
pub struct NearLimitOfContainer {
    /// Its pod.
    pod: String,
    /// Its name.
    container: String,
    /// Which limit.
    resource: UsageResource,
    /// How much of it is used.
    percent: i32,
}

impl From<Amount> for ResourceAmount {
    fn from(amount: Amount) -> Self {
        Self { cpu_millis: amount.cpu.map(millis), memory_bytes: amount.memory.map(number) }
    }
}

/// Billionths as thousandths, rounded up as `kubectl top` does: what runs is not 0.
fn millis(billionths: u64) -> i32 {
    i32::try_from(billionths.div_ceil(1_000_000)).unwrap_or(i32::MAX)
}

#[allow(clippy::cast_precision_loss, reason = "exact up to eight pebibytes")]
const fn number(bytes: u64) -> f64 {
    bytes as f64
}

impl From<&Point> for UsagePoint {
    fn from(point: &Point) -> Self {
        Self { at: DateTime(point.at), cpu_millis: millis(point.cpu), memory_bytes: number(point.memory) }
    }
}

impl From<&ContainerReading> for ContainerUsage {
    fn from(container: &ContainerReading) -> Self {
        Self {
            name: container.name.clone(),
            used: container.used.into(),
            requested: container.requested.into(),
            limit: container.limit.into(),
        }
    }
}

impl From<&PodReading> for PodUsage {
    fn from(pod: &PodReading) -> Self {
        Self {
            name: pod.name.clone(),
            measured_at: pod.at.map(DateTime),
            used: pod.used().into(),
            requested: pod.requested().into(),
            limit: pod.limit().into(),
            containers: pod.containers.iter().map(Into::into).collect(),
        }
    }
}

impl From<NearLimit> for NearLimitOfContainer {
    fn from(near: NearLimit) -> Self {
        let percent = i32::try_from(near.percent).unwrap_or(i32::MAX);
        Self { pod: near.pod, container: near.container, resource: near.resource, percent }
    }
}

impl ServiceUsage {
    fn of(view: &UsageView, state: &State) -> Self {
        let reading = &view.reading;
        Self {
            state: view.state,
            measured_at: reading.newest.map(DateTime),
            used: reading.used().into(),
            requested: reading.requested().into(),
            limit: reading.limit().into(),
            history: view.history.iter().map(Into::into).collect(),
            pods: reading.pods.iter().map(Into::into).collect(),
            near_limits: reading.near_limits().into_iter().map(Into::into).collect(),
            interval_seconds: int(i64::try_from(state.usage.interval().as_secs()).unwrap_or(i64::MAX)),
            simulated: state.settings.sandbox,
        }
    }
}

/// What a service uses, now and on each change, for whoever may see it, as long as they may.
///
/// # Errors
/// `NOT_FOUND` where there is none or it may not be seen.
pub async fn follow(
    state: &State,
    actor: &Actor,
    id: ServiceId,
) -> Result<impl Stream<Item = Result<ServiceUsage, ApiError>> + use<>, ApiError> {
    let (row, leave) = Leave::ask(state, actor, id, WorkspaceAction::SeeServices).await?;
    let mut follower = state.usage.follow(&row.namespace, &row.release_name);
    let mut pods = state.live.changed(&row.namespace, &row.release_name);
    let state = state.clone();
    Ok(leave.hold(stream! {
        let mut told = None;
        loop {
            let view = tokio::select! {
                view = follower.until(|view| told.as_ref() != Some(view)) => view,
                // Which pods there are, and what they may take.
                () = pods.next() => continue,
            };
            yield ServiceUsage::of(&view, &state);
            told = Some(view);
        }
    }))
}
