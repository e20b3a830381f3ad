//! What the console reads of each type of the API.

mod app;
mod operation;
mod service;
mod usage;
mod viewer;
mod workspace;

pub use app::*;
pub use operation::*;
pub use service::*;
pub use usage::*;
pub use viewer::*;
pub use workspace::*;

use super::{error::Params, read::read, schema};

/// A named value of a sentence.
#[derive(cynic::QueryFragment, Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// The parameters as a lookup.
pub fn params(list: &[Param]) -> Params {
    list.iter().map(|param| (param.name.clone(), param.value.clone())).collect()
}

read! {
    Param { name, value }
}
