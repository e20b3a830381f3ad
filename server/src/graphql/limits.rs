//! How much one query may ask for, looked at before anything is executed.
//!
//! async-graphql walks fragments without remembering what it saw, so that thirty fragments that spread each other twice
//! cost 2^30 steps before its own limits are looked at. Here each fragment is measured once.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, ServerError,
    parser::types::{
        DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
    },
};
use shared::error::ErrorCode;

use super::errors::request_error;

/// Deepest nesting of brackets in a query's text: the parser goes down one frame of the stack for each.
const BRACKETS: usize = 64;

/// Longest text of a query; values belong into variables. Validation costs time for each letter, for nobody's account.
const QUERY_BYTES: usize = 64 * 1024;
/// Most operations of a document, since each is validated.
const OPERATIONS: usize = 16;
/// How deep selections and fragments may stand within each other: so deep does the stack get, here and in validation.
const LEVELS: usize = 40;
/// Lists that hold each other, and what is asked of the database row by row. Nested, they would multiply.
const LISTS: [&str; 9] = [
    "apps",
    "journal",
    "members",
    "operations",
    "servicePage",
    "services",
    "supportGrants",
    "viewerSupportGrant",
    "workspaces",
];
/// Most fragments of a document; a page of the console has a dozen.
const FRAGMENTS: usize = 64;

/// What one query may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryLimits {
    /// Levels of fields.
    pub depth: usize,
    /// Fields altogether, fragments unfolded.
    pub complexity: usize,
    /// Fields under another name, fragments unfolded.
    pub aliases: usize,
    /// Directives, fragments unfolded.
    pub directives: usize,
}

impl Default for QueryLimits {
    /// Enough for the introspection query of GraphQL tools (15 levels deep, some 150 fields) and every page of the console.
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
}

/// Parses a query's text within bounds.
pub fn parse(query: &str) -> Result<ExecutableDocument, ServerError> {
    if query.len() > QUERY_BYTES {
        return Err(request_error(ErrorCode::TooComplex, format!("The query is longer than {QUERY_BYTES} bytes")));
    }
    if deepest_bracket(query) > BRACKETS {
        return Err(request_error(ErrorCode::TooComplex, format!("Brackets are nested deeper than {BRACKETS}")));
    }
    async_graphql::parser::parse_query(query).map_err(|error| {
        let error = ServerError::from(error);
        ServerError { locations: error.locations, ..request_error(ErrorCode::BadRequest, terse(&error.message)) }
    })
}

/// The parser quotes the faulty line, which may hold a secret; its last line says what was expected.
fn terse(message: &str) -> String {
    match message.lines().last().and_then(|line| line.trim_start().strip_prefix("= ")) {
        Some(expected) => format!("Syntax error: {expected}"),
        None => format!("Syntax error: {}", message.lines().next().unwrap_or_default()),
    }
}

/// Counts open brackets outside strings and comments (GraphQL, October 2021, sections 2.1.4 and 2.9.4).
fn deepest_bracket(query: &str) -> usize {
    let bytes = query.as_bytes();
    let (mut depth, mut deepest, mut at) = (0_usize, 0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'{' | b'[' | b'(' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            b'#' => at += bytes[at..].iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(bytes.len() - at),
            b'"' => at = string_end(bytes, at),
            _ => {}
        }
        at += 1;
    }
    deepest
}

/// The last byte of the string that begins at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let block = bytes[start..].starts_with(b"\"\"\"");
    let mut at = start + if block { 3 } else { 1 };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if !block => at += 1,
            b'\\' if bytes[at..].starts_with(b"\\\"\"\"") => at += 3,
            b'"' | b'\n' | b'\r' if !block => return at,
            b'"' if bytes[at..].starts_with(b"\"\"\"") => return at + 2,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Finds the operation that is asked for and refuses what asks for too much.
pub fn check(
    document: &ExecutableDocument,
    operation_name: Option<&str>,
    limits: &QueryLimits,
) -> Result<Chosen, ServerError> {
    // Fragments are followed one within the other, by us and by validation: their number bounds how deep the stack gets.
    if document.fragments.len() > FRAGMENTS {
        let message = format!("The query asks for too much at once: fragments are limited to {FRAGMENTS}");
        return Err(request_error(ErrorCode::TooComplex, message));
    }
    if document.operations.iter().count() > OPERATIONS {
        let message = format!("The query asks for too much at once: operations are limited to {OPERATIONS}");
        return Err(request_error(ErrorCode::TooComplex, message));
    }
    let (name, chosen) = choose(document, operation_name)?;
    let mut measure = Measure { document, seen: HashMap::new() };
    // All operations are measured, since all of them are validated.
    for (_, operation) in document.operations.iter() {
        let mut size = measure.selection(&operation.node.selection_set.node, 0)?;
        size.directives += operation.node.directives.len();
        limits.admit(size)?;
    }
    // Unused fragments are an error by validation, which however visits them first.
    for name in document.fragments.keys() {
        let size = measure.fragment(name, 0)?;
        limits.admit(size)?;
    }
    if chosen.node.ty == OperationType::Mutation {
        one_root_field(document, &chosen.node)?;
    }
    Ok(Chosen { kind: chosen.node.ty, name })
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

/// The size of a selection, fragments unfolded.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    depth: usize,
    fields: usize,
    aliases: usize,
    directives: usize,
    /// Selections and fragments within each other.
    levels: usize,
    /// [`LISTS`] within each other.
    lists: usize,
}

impl Size {
    fn add(&mut self, other: Self) {
        self.depth = self.depth.max(other.depth);
        self.levels = self.levels.max(other.levels);
        self.lists = self.lists.max(other.lists);
        self.fields = self.fields.saturating_add(other.fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
    }
}

impl QueryLimits {
    fn admit(&self, size: Size) -> Result<(), ServerError> {
        let checks = [
            ("depth", size.depth, self.depth),
            ("fields", size.fields, self.complexity),
            ("aliases", size.aliases, self.aliases),
            ("directives", size.directives, self.directives),
            ("levels", size.levels, LEVELS),
            ("lists within lists", size.lists, 1),
        ];
        for (what, found, most) in checks {
            if found > most {
                let error = super::errors::ApiError::new(ErrorCode::TooComplex).with("limit", what).with("max", most);
                let message = format!("The query asks for too much at once: {what} are limited to {most}");
                return Err(ServerError { message, ..error.into() });
            }
        }
        Ok(())
    }
}

struct Measure<'a> {
    document: &'a ExecutableDocument,
    /// None while a fragment is being measured: meeting it then is a cycle.
    seen: HashMap<&'a Name, Option<Size>>,
}

impl<'a> Measure<'a> {
    fn selection(&mut self, set: &'a SelectionSet, level: usize) -> Result<Size, ServerError> {
        if level > LEVELS {
            let message = format!("The query asks for too much at once: levels are limited to {LEVELS}");
            return Err(request_error(ErrorCode::TooComplex, message));
        }
        let mut total = Size::default();
        for item in &set.items {
            let mut size = match &item.node {
                Selection::Field(field) => {
                    let inner = self.selection(&field.node.selection_set.node, level + 1)?;
                    Size {
                        depth: inner.depth + 1,
                        fields: inner.fields.saturating_add(1),
                        aliases: inner.aliases.saturating_add(usize::from(field.node.alias.is_some())),
                        lists: inner.lists + usize::from(LISTS.contains(&field.node.name.node.as_str())),
                        ..inner
                    }
                }
                Selection::InlineFragment(inline) => self.selection(&inline.node.selection_set.node, level + 1)?,
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node, level + 1)?,
            };
            size.levels += 1;
            size.directives = size.directives.saturating_add(item.node.directives().len());
            total.add(size);
        }
        Ok(total)
    }

    fn fragment(&mut self, name: &Name, level: usize) -> Result<Size, ServerError> {
        let document = self.document;
        let Some((name, fragment)) = document.fragments.get_key_value(name) else {
            // Validation names it. It counts, or a bomb of unknown fragments would weigh nothing.
            return Ok(Size { fields: 1, ..Size::default() });
        };
        match self.seen.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => {
                return Err(request_error(ErrorCode::BadRequest, format!("Fragment \"{name}\" contains itself")));
            }
            None => {}
        }
        self.seen.insert(name, None);
        let size = self.selection(&fragment.node.selection_set.node, level)?;
        self.seen.insert(name, Some(size));
        Ok(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    fn verdict(query: &str) -> Result<Chosen, ErrorCode> {
        parse(query)
            .and_then(|document| check(&document, None, &QueryLimits::default()))
            .map_err(|error| super::super::errors::code_of(&error).expect("every refusal has a code"))
    }

    #[test]
    fn ordinary_queries_pass() {
        assert_eq!(verdict("{ a b { c } }").map(|c| c.kind), Ok(OperationType::Query));
        let named =
            verdict("mutation M { a(x: \"{[(\", y: \"\"\"{{ \\\"\"\" {{\"\"\") { b } } # {{{{").expect("passes");
        assert_eq!(named, Chosen { kind: OperationType::Mutation, name: Some("M".to_owned()) });
    }

    #[test]
    fn bombs_are_refused_quickly() {
        let mut fragments = String::from("{ ...f0 }");
        for i in 0..60 {
            let _ = write!(fragments, " fragment f{i} on Query {{ ...f{0} ...f{0} }}", i + 1);
        }
        fragments.push_str(" fragment f60 on Query { a }");
        assert_eq!(verdict(&fragments), Err(ErrorCode::TooComplex));
        assert_eq!(verdict(&"{a".repeat(100_000)), Err(ErrorCode::TooComplex));
        assert_eq!(verdict(&format!("{{ a(x: {}) }}", "[".repeat(100_000))), Err(ErrorCode::TooComplex));
        assert_eq!(verdict(&format!("{}{}", "{a".repeat(17), "}".repeat(17))), Err(ErrorCode::TooComplex));
        assert_eq!(verdict(&fragments.replace("{ a }", "{ ...unknown }")), Err(ErrorCode::TooComplex));
        let mut chain = String::from("{ ...f0 }");
        for i in 0..2000 {
            let _ = write!(chain, " fragment f{i} on Query {{ ...f{} }}", i + 1);
        }
        assert_eq!(verdict(&chain), Err(ErrorCode::TooComplex), "a long chain would overflow the stack");
        let mut towers = String::from("{ ...f0 }");
        for i in 0..32 {
            let inner = format!("{}...f{}{}", "... on Query { ".repeat(60), i + 1, " }".repeat(60));
            let _ = write!(towers, " fragment f{i} on Query {{ {inner} }}");
        }
        assert_eq!(verdict(&towers), Err(ErrorCode::TooComplex), "inline fragments count as levels");
        let many: String = (0..17).fold(String::new(), |text, i| text + &format!("query q{i} {{ a }} "));
        assert_eq!(verdict(&many), Err(ErrorCode::TooComplex));
        assert_eq!(verdict(&format!("{{ a(x: \"{}\") }}", "x".repeat(70_000))), Err(ErrorCode::TooComplex));
        for list in LISTS {
            let nested = format!("{{ workspaces {{ nodes {{ {list} {{ nodes {{ id }} }} }} }} }}");
            assert_eq!(verdict(&nested), Err(ErrorCode::TooComplex), "{list}");
        }
        assert_eq!(verdict("{ workspace { services { workspace { services { id } } } } }"), Err(ErrorCode::TooComplex));
        assert_eq!(
            verdict("{ workspace { services { workspace { id } } } }").map(|c| c.kind),
            Ok(OperationType::Query)
        );
        let aliases: String = (0..31).fold(String::new(), |text, i| text + &format!("a{i}: a "));
        assert_eq!(verdict(&format!("{{ {aliases} }}")), Err(ErrorCode::TooComplex));
        assert_eq!(verdict(&format!("{{ {} }}", "a ".repeat(1001))), Err(ErrorCode::TooComplex));
        assert_eq!(verdict(&format!("{{ a {} }}", "@x ".repeat(51))), Err(ErrorCode::TooComplex));
    }

    #[test]
    fn mistakes_are_the_callers() {
        for query in [
            "",
            "{",
            "{ ...a } fragment a on Query { ...a }",
            "query A { a } query B { b }",
            "mutation { a b }",
            "mutation { a ...f } fragment f on Mutation { b }",
            "mutation { a ... { b } }",
        ] {
            assert_eq!(verdict(query), Err(ErrorCode::BadRequest), "{query}");
        }
    }

    #[test]
    fn a_syntax_error_does_not_repeat_the_line() {
        let error = parse("{ signIn(password: \"hunter2\" ").expect_err("no query");
        assert!(!error.message.contains("hunter2"), "{}", error.message);
        assert!(error.message.starts_with("Syntax error: expected"), "{}", error.message);
    }
}
