//! Kubernetes through kube-rs: the clusters we know, and what we do to them.
//!
//! Every function that changes something looks first or applies server-side, so that doing it twice changes nothing.

mod cluster;
mod deployer;
mod error;
mod limits;
mod namespaces;
pub mod owner;
pub mod quantity;
mod releases;
mod rights;
mod usage;
mod workloads;

pub use cluster::{Access, Cluster, Clusters};
pub use deployer::DEPLOYER;
pub use error::KubeError;
pub use limits::Limits;
pub use namespaces::Ensured;
pub use quantity::Amount;
pub use releases::ReleaseRecord;
pub use rights::{Right, RightCheck};
pub use usage::{ContainerSample, PodSample};
pub use workloads::{Claim, Restarted};

/// Our name in `managedFields` and in the label `app.kubernetes.io/managed-by`.
pub const MANAGER: &str = "woow-paas";
