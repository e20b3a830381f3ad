//! What containers use now, as the metrics API tells: <https://github.com/kubernetes/metrics>, `metrics.k8s.io/v1beta1`.
//! It is no part of Kubernetes itself: a cluster has it when metrics-server, or something in its place, is installed.

use super::{Cluster, KubeError, quantity};
use crate::clock::Instant;
use kube::core::{Request, params::ListParams};
use serde::Deserialize;
use std::time::Duration;

/// How long an answer may take: it comes from metrics-server's memory.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a pod's containers used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodSample {
    /// The pod's name.
    pub pod: String,
    /// When that was measured.
    pub at: Instant,
    /// Its running containers.
    pub containers: Vec<ContainerSample>,
}

/// What a container used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerSample {
    /// Its name.
    pub name: String,
    /// Billionths of a core.
    pub cpu: u64,
    /// Bytes.
    pub memory: u64,
}

#[derive(Deserialize)]
struct PodMetricsList {
    items: Vec<PodMetrics>,
}

#[derive(Deserialize)]
struct PodMetrics {
    metadata: Named,
    timestamp: jiff::Timestamp,
    containers: Vec<ContainerMetrics>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct ContainerMetrics {
    name: String,
    usage: Used,
}

#[derive(Deserialize)]
struct Used {
    cpu: String,
    memory: String,
}

impl Cluster {
    /// What the pods of a namespace use now; those that were not measured yet are missing.
    pub async fn pod_usage(&self, namespace: &str) -> Result<Vec<PodSample>, KubeError> {
        let path = format!("/apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods");
        let request = Request::new(path).list(&ListParams::default()).map_err(kube::Error::BuildRequest)?;
        let answer = tokio::time::timeout(PATIENCE, self.client().request::<PodMetricsList>(request)).await;
        let answer =
            answer.map_err(|_| KubeError::Unreachable(format!("no answer within {} s", PATIENCE.as_secs())))?;
        // A pod of which a figure cannot be read counts as not measured: part of it would be a wrong sum.
        Ok(answer?.items.into_iter().filter_map(read).collect())
    }
}

fn read(metrics: PodMetrics) -> Option<PodSample> {
    let containers = metrics.containers.into_iter().map(|container| {
        Some(ContainerSample {
            name: container.name,
            cpu: quantity::cpu(&container.usage.cpu)?,
            memory: quantity::bytes(&container.usage.memory)?,
        })
    });
    let containers = containers.collect::<Option<_>>()?;
    Some(PodSample { pod: metrics.metadata.name, at: metrics.timestamp.into(), containers })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_of_metrics_server_is_read() {
        let list: PodMetricsList = serde_json::from_value(json!({
            "kind": "PodMetricsList", "apiVersion": "metrics.k8s.io/v1beta1", "metadata": {},
            "items": [
                {
                    "metadata": {"name": "web-0", "namespace": "w", "creationTimestamp": "2026-01-01T00:00:09Z"},
                    "timestamp": "2026-01-01T00:00:00Z", "window": "15.002s",
                    "containers": [
                        {"name": "app", "usage": {"cpu": "3719284n", "memory": "91240Ki"}},
                        {"name": "proxy", "usage": {"cpu": "0", "memory": "1Mi"}},
                    ],
                },
                {
                    "metadata": {"name": "web-1"}, "timestamp": "2026-01-01T00:00:00Z",
                    "containers": [{"name": "app", "usage": {"cpu": "much", "memory": "1Mi"}}],
                },
            ],
        }))
        .expect("a list");
        let read: Vec<_> = list.items.into_iter().filter_map(super::read).collect();
        let container = |name: &str, cpu, memory| ContainerSample { name: name.to_owned(), cpu, memory };
        let expected = PodSample {
            pod: "web-0".to_owned(),
            at: Instant(1_767_225_600_000_000),
            containers: vec![container("app", 3_719_284, 93_429_760), container("proxy", 0, 1 << 20)],
        };
        assert_eq!(read, [expected]);
    }
}
