//! Services: apps that were launched.
