//! Integration tests, in one binary.

// Helpers of tests are tests too.
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod engine;
mod faults;
mod helm;
mod http;
mod live;
mod product;
mod support;
