//! Cursor connections (Relay's specification), forwards, and what lists are searched for.

use super::{errors::ApiError, scalars::int};
use async_graphql::{
    OutputType, SimpleObject,
    connection::{Connection, Edge},
};
use shared::{
    error::FieldErrorCode,
    rules::{self, Problem},
};
use uuid::Uuid;

/// What a connection has beyond its edges.
#[derive(SimpleObject)]
pub struct Total {
    /// How many there are in all.
    pub total_count: i32,
}

impl From<u64> for Total {
    fn from(total: u64) -> Self {
        Self { total_count: int(i64::try_from(total).unwrap_or(i64::MAX)) }
    }
}

/// A connection of nodes with opaque cursors.
pub type Page<N> = Connection<String, N, Total>;

/// How many a page has when nothing is said.
const DEFAULT: i32 = 50;
/// The most that a page has.
const MOST: i32 = 100;

/// Reads `first`.
///
/// # Errors
/// `INVALID_INPUT` outside 1 to 100.
pub fn first(first: Option<i32>) -> Result<usize, ApiError> {
    let first = first.unwrap_or(DEFAULT);
    if (1..=MOST).contains(&first) {
        return usize::try_from(first).map_err(ApiError::internal);
    }
    let problem = Problem::new(FieldErrorCode::OutOfRange).with("min", 1).with("max", MOST);
    Err(ApiError::invalid_field("first", problem))
}

/// The mistake of a cursor that is none of ours.
pub fn bad_cursor() -> ApiError {
    ApiError::invalid_field(
        "after",
        Problem::new(FieldErrorCode::InvalidFormat).with("expected", "a cursor of this list"),
    )
}

/// Reads `search`; none when all is wanted.
///
/// # Errors
/// `INVALID_INPUT` when it is too long or no line of text.
pub fn search(text: Option<&str>) -> Result<Option<String>, ApiError> {
    let words = text.map(rules::search).transpose().map_err(|problem| ApiError::invalid_field("search", problem))?;
    Ok(words.filter(|words| !words.is_empty()))
}

/// A page that is asked for: how many rows, and after which place. Rows are ordered by what a place holds, so that nothing is
/// looked up for a cursor, which anybody can make up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<P = Uuid> {
    first: usize,
    after: Option<P>,
}

impl Asked {
    /// A page of rows in the order of their ids.
    ///
    /// # Errors
    /// As [`Self::at`].
    pub fn by_id(first: Option<i32>, after: Option<&str>) -> Result<Self, ApiError> {
        Self::at(first, after, |text| Uuid::parse_str(text).ok())
    }
}

impl<P: Clone> Asked<P> {
    /// A page of rows whose cursors are read by `place`.
    ///
    /// # Errors
    /// `INVALID_INPUT` when `first` is out of bounds or `after` is no cursor of the list.
    pub fn at(
        first: Option<i32>,
        after: Option<&str>,
        place: impl FnOnce(&str) -> Option<P>,
    ) -> Result<Self, ApiError> {
        let first = self::first(first)?;
        let after = after.map(|text| place(text).ok_or_else(bad_cursor)).transpose()?;
        Ok(Self { first, after })
    }

    /// The place after which it begins.
    pub fn after(&self) -> Option<P> {
        self.after.clone()
    }

    /// How many rows are read: one more, to know whether more follow.
    pub fn limit(&self) -> u64 {
        u64::try_from(self.first + 1).unwrap_or(u64::MAX)
    }

    /// The page of the rows that were read, each with its cursor; `total` is how many there are in all.
    pub fn page<N: OutputType>(&self, rows: impl IntoIterator<Item = (String, N)>, total: u64) -> Page<N> {
        let mut rows = rows.into_iter();
        let edges: Vec<_> = rows.by_ref().take(self.first).map(|(cursor, node)| Edge::new(cursor, node)).collect();
        let mut page = Connection::with_additional_fields(self.after.is_some(), rows.next().is_some(), total.into());
        page.edges = edges;
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_whether_more_follow() {
        for (rows, shown, more) in [(0, 0, false), (1, 1, false), (2, 2, false), (3, 2, true)] {
            let asked = Asked::by_id(Some(2), None).unwrap();
            assert_eq!((asked.limit(), asked.after()), (3, None));
            let page = asked.page((0..rows).map(|row| (row.to_string(), row)), 7);
            assert_eq!((page.edges.len(), page.has_next_page, page.has_previous_page), (shown, more, false));
            assert_eq!(page.additional_fields.total_count, 7);
        }
        let asked = Asked::by_id(None, Some("00000000000000000000000000000007")).unwrap();
        assert_eq!((asked.limit(), asked.after()), (51, Some(Uuid::from_u128(7))));
        assert!(asked.page([(String::new(), 1)], 1).has_previous_page);
    }

    #[test]
    fn what_is_no_page_is_refused_by_field() {
        for (first, after, field) in [(Some(0), None, "first"), (Some(101), None, "first"), (None, Some("x"), "after")]
        {
            assert_eq!(Asked::by_id(first, after).unwrap_err().fields[0].0, field);
        }
        assert_eq!(search(Some("a\0")).unwrap_err().fields[0].0, "search");
        assert_eq!((search(Some("  ")).unwrap(), search(None).unwrap()), (None, None));
    }
}
