//! What a service's pods use, of one moment: pods and samples put together. Pure, so that it can be tested as a table.

use crate::{
    adapters::kube::{Amount, ContainerSample, PodSample},
    clock::Instant,
    live::view::{ContainerKind, ContainerView, PodView},
};
use shared::service::UsageResource;
use std::{collections::HashMap, sync::Arc};

/// A sample that is older than this says nothing about now: metrics-server measures every 15 seconds, and a cluster that
/// measures once a minute may miss one.
pub const STALE_SECONDS: i64 = 120;

/// What one container uses, against what it may.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContainerUsage {
    /// Its name.
    pub name: String,
    /// What it uses.
    pub used: Amount,
    /// What is set aside for it.
    pub requested: Amount,
    /// What it may take.
    pub limit: Amount,
}

/// What one pod uses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PodUsage {
    /// Its name.
    pub name: String,
    /// When that was measured; none where it was not, or too long ago.
    pub at: Option<Instant>,
    /// Its containers that run as long as the pod does.
    pub containers: Vec<ContainerUsage>,
}

/// What a service uses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// Its pods that are not over.
    pub pods: Vec<PodUsage>,
    /// Whether any pod was measured, though too long ago.
    pub outdated: bool,
    /// When the newest sample was measured, however long ago.
    pub newest: Option<Instant>,
}

/// A container that is near one of its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearLimit {
    /// Its pod.
    pub pod: String,
    /// Its name.
    pub container: String,
    /// Which limit.
    pub resource: UsageResource,
    /// How much of it is used.
    pub percent: u64,
}

/// From so many percent on, a container is near its limit.
pub const NEAR_PERCENT: u64 = 90;

/// Puts samples to pods. Pods that are over use nothing and are left out, and so are preparing containers.
pub fn read(pods: &[Arc<PodView>], samples: &HashMap<String, PodSample>, now: Instant) -> Reading {
    let mut reading = Reading::default();
    for pod in pods.iter().filter(|pod| !pod.phase.is_over()) {
        // One of before its start is of an earlier pod of the same name, as a StatefulSet makes them.
        let sample = samples.get(&pod.meta.name).filter(|sample| pod.started.is_none_or(|start| sample.at >= start));
        let fresh = sample.filter(|sample| sample.at.plus_seconds(STALE_SECONDS) >= now);
        reading.outdated |= sample.is_some() && fresh.is_none();
        reading.newest = reading.newest.max(sample.map(|sample| sample.at));
        let containers = pod.containers.iter().filter(|container| container.kind != ContainerKind::Init);
        reading.pods.push(PodUsage {
            name: pod.meta.name.clone(),
            at: fresh.map(|sample| sample.at),
            containers: containers.map(|container| usage(container, fresh)).collect(),
        });
    }
    reading
}

fn usage(container: &ContainerView, sample: Option<&PodSample>) -> ContainerUsage {
    let named = |sample: &&ContainerSample| sample.name == container.name;
    let sample = sample.and_then(|sample| sample.containers.iter().find(named));
    ContainerUsage {
        name: container.name.clone(),
        used: Amount { cpu: sample.map(|sample| sample.cpu), memory: sample.map(|sample| sample.memory) },
        requested: container.requested,
        limit: container.limit,
    }
}

const fn part(amount: Amount, resource: UsageResource) -> Option<u64> {
    match resource {
        UsageResource::Cpu => amount.cpu,
        UsageResource::Memory => amount.memory,
    }
}

/// The sum of what is known; none where nothing is.
fn sum(amounts: impl Iterator<Item = Amount>) -> Amount {
    let add = |sum: Option<u64>, more: Option<u64>| match (sum, more) {
        (Some(sum), Some(more)) => Some(sum.saturating_add(more)),
        (sum, more) => sum.or(more),
    };
    amounts.fold(Amount::default(), |sum, more| Amount {
        cpu: add(sum.cpu, more.cpu),
        memory: add(sum.memory, more.memory),
    })
}

/// The sum of bounds: where one has none, there is none altogether.
fn sum_of_bounds(amounts: impl Iterator<Item = Amount> + Clone) -> Amount {
    let all = |resource| amounts.clone().try_fold(0_u64, |sum, bound| Some(sum.saturating_add(part(bound, resource)?)));
    // Nothing has no bound, either.
    let any = amounts.clone().next().is_some();
    Amount { cpu: all(UsageResource::Cpu).filter(|_| any), memory: all(UsageResource::Memory).filter(|_| any) }
}

impl PodUsage {
    /// What its containers use together.
    pub fn used(&self) -> Amount {
        sum(self.containers.iter().map(|container| container.used))
    }

    /// What is set aside for them together.
    pub fn requested(&self) -> Amount {
        sum(self.containers.iter().map(|container| container.requested))
    }

    /// What they may take together.
    pub fn limit(&self) -> Amount {
        sum_of_bounds(self.containers.iter().map(|container| container.limit))
    }
}

impl Reading {
    /// What the pods use together, as far as they were measured.
    pub fn used(&self) -> Amount {
        sum(self.pods.iter().map(PodUsage::used))
    }

    /// What is set aside for them together.
    pub fn requested(&self) -> Amount {
        sum(self.pods.iter().map(PodUsage::requested))
    }

    /// What they may take together.
    pub fn limit(&self) -> Amount {
        sum_of_bounds(self.pods.iter().map(PodUsage::limit))
    }

    /// Whether any pod was measured just now.
    pub fn is_measured(&self) -> bool {
        self.pods.iter().any(|pod| pod.at.is_some())
    }

    /// The containers that use most of what they may. Each has a limit of its own, so a sum would hide the one that is at
    /// its end.
    pub fn near_limits(&self) -> Vec<NearLimit> {
        let mut near = Vec::new();
        for pod in &self.pods {
            for container in &pod.containers {
                for resource in [UsageResource::Cpu, UsageResource::Memory] {
                    let (used, limit) = (part(container.used, resource), part(container.limit, resource));
                    let (Some(used), Some(limit @ 1..)) = (used, limit) else { continue };
                    let percent = u128::from(used) * 100 / u128::from(limit);
                    let percent = u64::try_from(percent).unwrap_or(u64::MAX);
                    if percent >= NEAR_PERCENT {
                        let (pod, container) = (pod.name.clone(), container.name.clone());
                        near.push(NearLimit { pod, container, resource, percent });
                    }
                }
            }
        }
        near
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::view::{Meta, PodPhase};

    const NOW: Instant = Instant(1_000_000_000);

    fn amount(cpu: u64, memory: u64) -> Amount {
        Amount { cpu: Some(cpu), memory: Some(memory) }
    }

    fn container(name: &str, limit: Amount) -> ContainerView {
        ContainerView { name: name.to_owned(), requested: amount(10, 20), limit, ..ContainerView::default() }
    }

    fn pod(name: &str, containers: Vec<ContainerView>) -> PodView {
        PodView {
            meta: Meta { name: name.to_owned(), ..Meta::default() },
            phase: PodPhase::Running,
            started: Some(NOW.plus_seconds(-300)),
            containers,
            ..PodView::default()
        }
    }

    fn sample(pod: &str, seconds_ago: i64, containers: &[(&str, u64, u64)]) -> (String, PodSample) {
        let containers = containers.iter();
        let containers =
            containers.map(|&(name, cpu, memory)| ContainerSample { name: name.to_owned(), cpu, memory }).collect();
        (pod.to_owned(), PodSample { pod: pod.to_owned(), at: NOW.plus_seconds(-seconds_ago), containers })
    }

    fn reading(pods: Vec<PodView>, samples: impl IntoIterator<Item = (String, PodSample)>) -> Reading {
        let pods: Vec<_> = pods.into_iter().map(Arc::new).collect();
        read(&pods, &samples.into_iter().collect(), NOW)
    }

    #[test]
    fn a_service_is_the_sum_of_its_pods_and_their_containers() {
        let both = || vec![container("app", amount(100, 1000)), container("proxy", amount(50, 500))];
        let seen = reading(
            vec![pod("a", both()), pod("b", both())],
            [
                sample("a", 10, &[("app", 40, 900), ("proxy", 1, 2)]),
                sample("b", 20, &[("app", 7, 100), ("proxy", 3, 4)]),
                sample("of-another-release", 5, &[("app", 99, 99)]),
            ],
        );
        assert_eq!((seen.used(), seen.requested()), (amount(51, 1006), amount(40, 80)));
        assert_eq!((seen.limit(), seen.pods[1].used()), (amount(300, 3000), amount(10, 104)));
        assert_eq!((seen.newest, seen.outdated, seen.is_measured()), (Some(NOW.plus_seconds(-10)), false, true));
        let near = NearLimit {
            pod: "a".to_owned(),
            container: "app".to_owned(),
            resource: UsageResource::Memory,
            percent: 90,
        };
        assert_eq!(seen.near_limits(), [near]);
    }

    #[test]
    fn one_container_without_a_limit_is_a_service_without_one() {
        let unbounded = Amount { cpu: None, memory: Some(500) };
        let seen = reading(
            vec![pod("a", vec![container("app", amount(100, 1000)), container("proxy", unbounded)])],
            [sample("a", 1, &[("app", 1, 1), ("proxy", u64::MAX, 449)])],
        );
        assert_eq!(seen.limit(), Amount { cpu: None, memory: Some(1500) });
        // 449 of 500 is not yet 90 %, and what has no limit is not near it.
        assert_eq!(seen.near_limits(), []);
        assert_eq!(seen.used().cpu, Some(u64::MAX), "a sum does not run over");
    }

    #[test]
    fn what_is_old_or_of_an_earlier_pod_is_not_now() {
        let one = || vec![container("app", amount(100, 1000))];
        let at_the_edge = reading(vec![pod("a", one())], [sample("a", STALE_SECONDS, &[("app", 5, 6)])]);
        assert!(at_the_edge.is_measured() && !at_the_edge.outdated);
        let old = reading(vec![pod("a", one())], [sample("a", STALE_SECONDS + 1, &[("app", 5, 6)])]);
        assert_eq!((old.is_measured(), old.outdated, old.used()), (false, true, Amount::default()));
        assert_eq!((old.limit(), old.newest), (amount(100, 1000), Some(NOW.plus_seconds(-STALE_SECONDS - 1))));
        let young = PodView { started: Some(NOW.plus_seconds(-5)), ..pod("a", one()) };
        let earlier = reading(vec![young], [sample("a", 6, &[("app", 5, 6)])]);
        assert_eq!((earlier.is_measured(), earlier.outdated, earlier.newest), (false, false, None));
    }

    #[test]
    fn what_is_over_or_only_prepares_is_left_out() {
        let init = ContainerView { kind: ContainerKind::Init, ..container("prepare", amount(1, 1)) };
        let sidecar = ContainerView { kind: ContainerKind::Sidecar, ..container("proxy", amount(2, 2)) };
        let over = PodView { phase: PodPhase::Succeeded, ..pod("job", vec![container("app", amount(9, 9))]) };
        let seen = reading(vec![pod("a", vec![init, sidecar]), over], [sample("job", 1, &[("app", 5, 5)])]);
        let names: Vec<_> = seen.pods.iter().flat_map(|pod| &pod.containers).map(|one| one.name.as_str()).collect();
        assert_eq!((names, seen.limit()), (vec!["proxy"], amount(2, 2)));
        assert_eq!(reading(Vec::new(), []).limit(), Amount::default());
    }
}
