//! Whether a container runs, from the caches: so that nothing asks the cluster again and again.

use crate::live::{
    Live,
    view::{ContainerKind, ContainerState, PodView, RestartPolicy},
};
use futures::{FutureExt as _, future::BoxFuture};
use std::sync::Arc;

/// What is known of a pod.
#[derive(Debug, Clone)]
pub enum PodSeen {
    /// Nothing: the cluster is away, or has not been read yet.
    Unknown,
    /// There is no such pod.
    Gone,
    /// This.
    Pod(Arc<PodView>),
}

/// Where the states of pods come from.
pub trait PodStates: Send + Sync + 'static {
    /// A pod as it is now.
    fn pod(&self, namespace: &str, name: &str) -> PodSeen;
    /// Ends when something in the namespace may have changed since this was called.
    fn changed(&self, namespace: &str) -> BoxFuture<'static, ()>;
}

impl PodStates for Live {
    fn pod(&self, namespace: &str, name: &str) -> PodSeen {
        let health = self.health.now();
        if !health.reachable {
            return PodSeen::Unknown;
        }
        match self.pod(namespace, name) {
            Some(pod) => PodSeen::Pod(pod),
            None if health.warm => PodSeen::Gone,
            None => PodSeen::Unknown,
        }
    }

    fn changed(&self, namespace: &str) -> BoxFuture<'static, ()> {
        let mut changes = self.subscribe();
        let namespace: Arc<str> = Arc::from(namespace);
        async move {
            while let Some(changed) = changes.next().await {
                if changed.touches_namespace(&namespace) {
                    return;
                }
            }
            std::future::pending::<()>().await;
        }
        .boxed()
    }
}

/// Where a container is in its life; `start` tells one start from the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// The cluster does not say.
    Unknown,
    /// Not started yet.
    Waiting,
    /// Running.
    Running { start: u32 },
    /// Ended, and will be started again.
    Between { start: u32 },
    /// Ended, and stays so.
    Over { start: u32 },
    /// The pod is no more.
    Gone,
}

/// Where the container of the pod with this id is.
pub(super) fn life(seen: &PodSeen, uid: &str, container: &str) -> Life {
    let pod = match seen {
        PodSeen::Unknown => return Life::Unknown,
        PodSeen::Gone => return Life::Gone,
        // Another pod of the same name, as a StatefulSet makes them.
        PodSeen::Pod(pod) if pod.meta.uid != uid => return Life::Gone,
        PodSeen::Pod(pod) => pod,
    };
    let Some(container) = pod.container(Some(container)) else { return Life::Gone };
    let start = container.restarts;
    match &container.state {
        ContainerState::Running { .. } => Life::Running { start },
        ContainerState::Terminated(end) => {
            let again = match (container.kind, pod.restart_policy) {
                (ContainerKind::Sidecar, _) | (ContainerKind::Main, RestartPolicy::Always) => true,
                (ContainerKind::Init, RestartPolicy::Always) | (_, RestartPolicy::OnFailure) => end.exit_code != 0,
                (_, RestartPolicy::Never) => false,
            };
            if again && !pod.phase.is_over() { Life::Between { start } } else { Life::Over { start } }
        }
        _ if pod.phase.is_over() => Life::Over { start },
        // Waiting for its next start: what it wrote until then can be read.
        _ if container.last.is_some() => Life::Between { start },
        _ => Life::Waiting,
    }
}
