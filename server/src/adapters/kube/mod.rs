//! Kubernetes through kube-rs.
