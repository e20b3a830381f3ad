//! Configuration from file and environment, typed and checked at start.
