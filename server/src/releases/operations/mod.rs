//! Operations: every change to the outside world, durable and leased.
