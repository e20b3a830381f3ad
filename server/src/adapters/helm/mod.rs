//! The Helm command line, run safely.
