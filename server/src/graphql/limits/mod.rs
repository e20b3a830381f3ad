//! How much one query may ask for, looked at before anything is executed.
//!
//! async-graphql walks fragments without remembering what it saw, so that thirty fragments that spread each other twice
//! cost 2^30 steps before its own limits are looked at. Here each fragment is measured once.

mod measure;
#[cfg(test)]
mod tests;
mod text;

use std::collections::HashSet;

use async_graphql::{
    Name, Positioned, ServerError,
    parser::types::{
        DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
    },
};
use shared::error::ErrorCode;

use self::measure::{Measure, Size};
use super::errors::{ApiError, request_error};

pub use self::text::parse;

/// Most operations of a document, since each is validated.
const OPERATIONS: usize = 16;
/// How deep selections and fragments may stand within each other: so deep does the stack get, here and in validation.
const LEVELS: usize = 40;
/// Most fragments of a document; a page of the console has a dozen.
const FRAGMENTS: usize = 64;
/// Fields in memory that may stand once more beside themselves: those that a page's fragments have in common, at each place.
const REPEATS: usize = 250;
/// Lists beside each other: thirty workspaces with one plain list each, or the services of four with pods, containers and events.
const LISTS_OF_A_QUERY: usize = 32;
/// Of a subscription, which makes them anew at each change: one workspace with all that its services have.
const LISTS_OF_A_SUBSCRIPTION: usize = 16;
/// What this limit is called.
const BESIDE: &str = "lists beside each other";

/// What one query may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryLimits {
    /// Levels of fields.
    pub depth: usize,
    /// Fields altogether, fragments unfolded.
    pub complexity: usize,
    /// Fields under another name, or once more beside themselves, fragments unfolded.
    pub aliases: usize,
    /// Directives, fragments unfolded.
    pub directives: usize,
}

impl Default for QueryLimits {
    /// Enough for the introspection query of GraphQL tools (15 levels deep, some 250 fields) and every page of the console.
    fn default() -> Self {
        Self { depth: 16, complexity: 1000, aliases: 30, directives: 50 }
    }
}

/// What a query was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// Its name, when it has one.
    pub name: Option<String>,
    /// The variables that it declares.
    pub variables: HashSet<Name>,
}

/// Finds the operation that is asked for and refuses what asks for too much.
pub fn check(
    document: &ExecutableDocument,
    operation_name: Option<&str>,
    limits: &QueryLimits,
) -> Result<Chosen, ServerError> {
    // Fragments are followed one within the other, by us and by validation: their number bounds how deep the stack gets.
    within("fragments", document.fragments.len(), FRAGMENTS)?;
    within("operations", document.operations.iter().count(), OPERATIONS)?;
    let (name, chosen) = choose(document, operation_name)?;
    let mut measure = Measure::new(document, limits);
    // All operations are measured, since all of them are validated.
    for (_, operation) in document.operations.iter() {
        let mut size = measure.operation(&operation.node.selection_set.node)?;
        size.directives += operation.node.directives.len();
        limits.admit(&size)?;
        if operation.node.ty == OperationType::Subscription {
            within(BESIDE, size.lists, LISTS_OF_A_SUBSCRIPTION)?;
        }
    }
    // Unused fragments are an error by validation, which however visits them first.
    for name in document.fragments.keys() {
        measure.fragment_alone(name)?;
    }
    if chosen.node.ty == OperationType::Mutation {
        one_root_field(document, &chosen.node)?;
    }
    let variables = chosen.node.variable_definitions.iter().map(|variable| variable.node.name.node.clone()).collect();
    Ok(Chosen { kind: chosen.node.ty, name, variables })
}

fn choose<'a>(
    document: &'a ExecutableDocument,
    operation_name: Option<&str>,
) -> Result<(Option<String>, &'a Positioned<OperationDefinition>), ServerError> {
    let refuse = |message: &str| Err(request_error(ErrorCode::BadRequest, message));
    match (&document.operations, operation_name) {
        (DocumentOperations::Single(operation), None) => Ok((None, operation)),
        (DocumentOperations::Multiple(operations), Some(name)) => match operations.get(name) {
            Some(operation) => Ok((Some(name.to_owned()), operation)),
            None => refuse("There is no operation of this name in the query"),
        },
        (DocumentOperations::Single(_), Some(_)) => refuse("There is no operation of this name in the query"),
        (DocumentOperations::Multiple(operations), None) => match operations.iter().next() {
            Some((name, operation)) if operations.len() == 1 => Ok((Some(name.to_string()), operation)),
            _ => refuse("The query holds several operations: name one in `operationName`"),
        },
    }
}

/// A mutation changes one thing, so that its error says what did not happen.
fn one_root_field(document: &ExecutableDocument, operation: &OperationDefinition) -> Result<(), ServerError> {
    fn count(document: &ExecutableDocument, set: &SelectionSet) -> usize {
        set.items
            .iter()
            .map(|item| match &item.node {
                Selection::Field(_) => 1,
                Selection::InlineFragment(inline) => count(document, &inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => document
                    .fragments
                    .get(&spread.node.fragment_name.node)
                    .map_or(0, |fragment| count(document, &fragment.node.selection_set.node)),
            })
            .sum()
    }
    if count(document, &operation.selection_set.node) > 1 {
        return Err(request_error(
            ErrorCode::BadRequest,
            "A mutation holds one field at most: send one request for each",
        ));
    }
    Ok(())
}

impl QueryLimits {
    /// As the configuration says.
    pub fn configured(limits: &crate::config::Limits) -> Self {
        Self {
            depth: limits.depth.get(),
            complexity: limits.complexity.get(),
            aliases: limits.aliases,
            ..Self::default()
        }
    }

    fn admit(&self, size: &Size) -> Result<(), ServerError> {
        let checks = [
            ("depth", size.depth, self.depth),
            ("fields", size.fields, self.complexity),
            ("aliases", size.aliases, self.aliases),
            ("repeated fields", size.repeats, REPEATS),
            ("directives", size.directives, self.directives),
            ("levels", size.levels, LEVELS),
            ("lists within lists", size.nested, 1),
            (BESIDE, size.lists, LISTS_OF_A_QUERY),
            ("introspections", size.introspections, 1),
            ("types within types", size.types_within_types(), 1),
        ];
        checks.into_iter().try_for_each(|(what, found, most)| within(what, found, most))
    }
}

/// Refuses what is more than it may be.
///
/// # Errors
/// `TOO_COMPLEX`, with the limit's name and figure.
pub fn within(what: &str, found: usize, most: usize) -> Result<(), ServerError> {
    if found <= most {
        return Ok(());
    }
    let error = ApiError::new(ErrorCode::TooComplex).with("limit", what).with("max", most);
    let message = format!("The query asks for too much at once: {what} are limited to {most}");
    Err(ServerError { message, ..error.into() })
}
