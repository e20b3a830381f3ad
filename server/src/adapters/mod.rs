//! What talks to the outside: Helm, Kubernetes. Adapters know no domain.

pub mod helm;
pub mod kube;
pub mod yaml;
