//! Operations: every change to the outside world, durable and leased.
//!
//! A row says what is to be done to which target; a worker claims it for a while and renews the claim as long as it works;
//! each step looks at the world before it acts, so that doing it twice changes nothing; a journal tells what was done. A
//! server that dies leaves a row that the next one takes up.

mod cancel;
pub(crate) mod claims;
mod engine;
pub(crate) mod entity;
pub mod graphql;
mod job;
mod ledger;
pub mod lists;
pub mod master_keys;
pub(crate) mod repo;
mod run;
pub mod service;
mod steps;

pub use cancel::{request_cancel, request_retry};
pub use engine::{Engine, EngineOptions};
pub use entity::{journal::Model as JournalRow, operation::Model as OperationRow};
pub use job::{Job, Params, StepContext, StepError, params};
pub use repo::{NewOperation, enqueue, find};
pub use steps::{StepRecord, Steps};
