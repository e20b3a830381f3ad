//! The size of selections, fragments unfolded. Each fragment is measured once.

use std::collections::{HashMap, hash_map::Entry};

use async_graphql::{
    Name, ServerError,
    parser::types::{ExecutableDocument, Field, Selection, SelectionSet},
};
use shared::error::ErrorCode;

use super::{LEVELS, QueryLimits, within};
use crate::graphql::errors::request_error;

/// Lists that hold each other, and what is asked of the database row by row: nested, they would multiply. With each, what it
/// counts where it stands beside others; hundreds of rows may come of it, where it is not one alone.
pub(super) const LISTS: [(&str, usize); 12] = [
    ("apps", 1),
    ("journal", 1),
    ("members", 1),
    ("openOperationsChanged", 1),
    ("operations", 1),
    ("servicePage", 1),
    ("servicePageChanged", 1),
    ("servicePageUpdated", 1),
    ("services", 1),
    ("supportGrants", 1),
    ("viewerSupportGrant", 0),
    ("workspaces", 1),
];
/// Lists that each row of those may have. They make an answer many times as large, so each counts as [`OF_A_ROW`].
const LISTS_OF_A_ROW: [&str; 6] = ["containers", "events", "fields", "pods", "values", "volumes"];
const OF_A_ROW: usize = 2;
/// Introspection's lists of types, and of what leads to types: within itself each would multiply.
const LISTS_OF_TYPES: [&str; 5] = ["enumValues", "fields", "inputFields", "interfaces", "possibleTypes"];
/// Fields without a selection that ask the database each time.
const ASKING: [&str; 1] = ["signUpMode"];

/// The size of a selection.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Size {
    pub(super) depth: usize,
    pub(super) fields: usize,
    /// Fields under another name, and those that stand once more beside themselves and cost as much again.
    pub(super) aliases: usize,
    /// Fields that stand once more beside themselves and cost little.
    pub(super) repeats: usize,
    pub(super) directives: usize,
    /// Selections and fragments within each other.
    pub(super) levels: usize,
    /// [`LISTS`] within each other.
    pub(super) nested: usize,
    /// [`LISTS`] beside each other, with the lists of their rows.
    pub(super) lists: usize,
    /// [`LISTS_OF_A_ROW`] that are in no list so far.
    of_a_row: usize,
    /// `__schema` and `__type`.
    pub(super) introspections: usize,
    /// How often each of [`LISTS_OF_TYPES`] stands within itself.
    types: [usize; LISTS_OF_TYPES.len()],
}

impl Size {
    fn add(&mut self, other: Self) {
        self.depth = self.depth.max(other.depth);
        self.levels = self.levels.max(other.levels);
        self.nested = self.nested.max(other.nested);
        for (most, found) in self.types.iter_mut().zip(other.types) {
            *most = found.max(*most);
        }
        self.fields = self.fields.saturating_add(other.fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.repeats = self.repeats.saturating_add(other.repeats);
        self.directives = self.directives.saturating_add(other.directives);
        self.lists = self.lists.saturating_add(other.lists);
        self.of_a_row = self.of_a_row.saturating_add(other.of_a_row);
        self.introspections = self.introspections.saturating_add(other.introspections);
    }

    /// The field itself around what is within it.
    fn within_field(mut self, field: &Field) -> Self {
        let name = field.name.node.as_str();
        self.depth += 1;
        self.fields = self.fields.saturating_add(1);
        self.aliases = self.aliases.saturating_add(usize::from(field.alias.is_some()));
        self.introspections = self.introspections.saturating_add(usize::from(matches!(name, "__schema" | "__type")));
        if let Some((_, counts)) = LISTS.iter().find(|(list, _)| *list == name) {
            self.nested += 1;
            self.lists = self.lists.saturating_add(*counts).saturating_add(std::mem::take(&mut self.of_a_row));
        } else if LISTS_OF_A_ROW.contains(&name) {
            self.of_a_row = self.of_a_row.saturating_add(OF_A_ROW);
        }
        if let Some(at) = LISTS_OF_TYPES.iter().position(|list| *list == name) {
            self.types[at] += 1;
        }
        self
    }

    /// How often the same of introspection's lists stands within itself.
    pub(super) fn types_within_types(&self) -> usize {
        self.types.into_iter().max().unwrap_or_default()
    }
}

/// The fields that stand in a selection under their own names, and whether executing one once more costs as much again.
type Names<'a> = HashMap<&'a str, bool>;

fn own_name(field: &Field) -> Names<'_> {
    let name = field.name.node.as_str();
    // Under another name it is counted anyway.
    let own =
        field.alias.is_none().then(|| (name, !field.selection_set.node.items.is_empty() || ASKING.contains(&name)));
    own.into_iter().collect()
}

#[derive(Debug, Clone, Default)]
struct Measured<'a> {
    size: Size,
    names: Names<'a>,
}

impl<'a> Measured<'a> {
    /// What stands beside it in the same selection. async-graphql executes a field as often as it is found there, in
    /// fragments too, and throws away all answers but the first. What programs make of fragments repeats fields that are
    /// in memory by then (`id`, `__typename`); whatever else is repeated counts as if it had another name.
    fn add(&mut self, size: Size, names: Names<'a>) {
        self.size.add(size);
        if self.names.is_empty() {
            self.names = names;
            return;
        }
        for (name, dear) in names {
            match self.names.entry(name) {
                Entry::Vacant(first) => {
                    first.insert(dear);
                }
                Entry::Occupied(_) if dear => self.size.aliases = self.size.aliases.saturating_add(1),
                Entry::Occupied(_) => self.size.repeats = self.size.repeats.saturating_add(1),
            }
        }
    }
}

/// Measures what a document selects.
pub(super) struct Measure<'a> {
    document: &'a ExecutableDocument,
    limits: &'a QueryLimits,
    /// None while a fragment is being measured: meeting it then is a cycle.
    seen: HashMap<&'a Name, Option<Measured<'a>>>,
}

impl<'a> Measure<'a> {
    pub(super) fn new(document: &'a ExecutableDocument, limits: &'a QueryLimits) -> Self {
        Self { document, limits, seen: HashMap::new() }
    }

    /// The size of an operation's selection, which is within the limits.
    pub(super) fn operation(&mut self, set: &'a SelectionSet) -> Result<Size, ServerError> {
        Ok(self.selection(set, 0)?.size)
    }

    /// Measures a fragment, whether or not it is used; it is within the limits.
    pub(super) fn fragment_alone(&mut self, name: &Name) -> Result<(), ServerError> {
        self.fragment(name, 0).map(|_| ())
    }

    fn selection(&mut self, set: &'a SelectionSet, level: usize) -> Result<Measured<'a>, ServerError> {
        within("levels", level, LEVELS)?;
        let mut total = Measured::default();
        for item in &set.items {
            let (mut size, names) = match &item.node {
                Selection::Field(field) => {
                    let inner = self.selection(&field.node.selection_set.node, level + 1)?.size;
                    (inner.within_field(&field.node), own_name(&field.node))
                }
                Selection::InlineFragment(inline) => {
                    let inner = self.selection(&inline.node.selection_set.node, level + 1)?;
                    (inner.size, inner.names)
                }
                Selection::FragmentSpread(spread) => {
                    let inner = self.fragment(&spread.node.fragment_name.node, level + 1)?;
                    (inner.size, inner.names)
                }
            };
            size.levels += 1;
            size.directives = size.directives.saturating_add(item.node.directives().len());
            total.add(size, names);
            // At once, so that no more is looked at than may be asked for.
            self.limits.admit(&total.size)?;
        }
        Ok(total)
    }

    fn fragment(&mut self, name: &Name, level: usize) -> Result<Measured<'a>, ServerError> {
        let document = self.document;
        let Some((name, fragment)) = document.fragments.get_key_value(name) else {
            // Validation names it. It counts, or a bomb of unknown fragments would weigh nothing.
            return Ok(Measured { size: Size { fields: 1, ..Size::default() }, names: Names::new() });
        };
        match self.seen.get(name) {
            Some(Some(measured)) => return Ok(measured.clone()),
            Some(None) => {
                return Err(request_error(ErrorCode::BadRequest, format!("Fragment \"{name}\" contains itself")));
            }
            None => {}
        }
        self.seen.insert(name, None);
        let measured = self.selection(&fragment.node.selection_set.node, level)?;
        self.seen.insert(name, Some(measured.clone()));
        Ok(measured)
    }
}
