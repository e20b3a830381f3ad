//! Secrets that a launch has made, on their way from the form to the launch's page. In memory only, and taken once.

use crate::api::mutations::GeneratedSecret;
use cynic::Id;
use std::cell::RefCell;

thread_local! {
    static MADE: RefCell<Option<(Id, Vec<GeneratedSecret>)>> = const { RefCell::new(None) };
}

/// Hands the secrets to the page of this operation.
pub fn give(operation: Id, secrets: Vec<GeneratedSecret>) {
    MADE.set(Some((operation, secrets)));
}

/// Takes the secrets that this operation has made, if it was begun a moment ago on this page.
pub fn take(operation: &Id) -> Vec<GeneratedSecret> {
    MADE.take().filter(|(id, _)| id == operation).map_or_else(Vec::new, |(_, secrets)| secrets)
}
