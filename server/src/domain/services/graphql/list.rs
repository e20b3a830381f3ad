//! A workspace's services page by page, and found by what people type.

use super::Service;
use crate::{
    clock::Instant,
    domain::{
        actor::Permit,
        services::view::{Hosts, ServiceView},
    },
    graphql::{
        errors::ApiError,
        page::{self, Page},
    },
};
use async_graphql::{
    Context,
    connection::{Connection, Edge},
};
use shared::service::ServiceState;
use uuid::Uuid;

/// Which services a page holds.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Part of a name, an app or an address; all when empty.
    pub search: Option<String>,
    /// How they are.
    pub state: Option<ServiceState>,
    /// How many at most.
    pub first: Option<i32>,
    /// The cursor after which the page begins.
    pub after: Option<String>,
}

/// By name, whatever its case, and then by id: where a service is in the list.
type Place = (String, Uuid);

fn place(view: &ServiceView) -> Place {
    (view.row.name.to_lowercase(), view.row.id)
}

/// A cursor holds the place itself, so that it still leads on when its service is gone.
fn cursor((name, id): &Place) -> String {
    format!("{}{name}", id.simple())
}

fn read_cursor(text: &str) -> Result<Place, ApiError> {
    let (id, name) = text.split_at_checked(32).ok_or_else(page::bad_cursor)?;
    // Names hold no control characters.
    if name.chars().any(char::is_control) {
        return Err(page::bad_cursor());
    }
    Ok((name.to_owned(), Uuid::parse_str(id).map_err(|_| page::bad_cursor())?))
}

fn fits(view: &ServiceView, words: &str) -> bool {
    let app = view.app.as_ref().map(|app| app.name.to_lowercase());
    let host = view.host.as_deref().unwrap_or_default();
    view.row.name.to_lowercase().contains(words)
        || view.row.app_slug.contains(words)
        || app.is_some_and(|app| app.contains(words))
        || host.contains(words)
}

/// A page of the services of a workspace by name; `permit` is one to see them.
///
/// How a service is can only be told by looking at the cluster's state, which is in memory: so all rows are read, of which
/// there are 500 at most, and the page is cut out of them.
///
/// # Errors
/// When what is wanted has mistakes, or the database fails.
pub async fn page(ctx: &Context<'_>, permit: &Permit, wanted: &Wanted) -> Result<Page<Service>, ApiError> {
    Ok(page_until(ctx, permit, wanted).await?.0)
}

/// The same, with when to look again although nothing changes: a status that time changes, or leave that runs out.
///
/// # Errors
/// As [`page`].
pub async fn page_until(
    ctx: &Context<'_>,
    permit: &Permit,
    wanted: &Wanted,
) -> Result<(Page<Service>, Option<Instant>), ApiError> {
    let words = page::search(wanted.search.as_deref())?.unwrap_or_default().to_lowercase();
    let first = page::first(wanted.first)?;
    let after = wanted.after.as_deref().map(read_cursor).transpose()?;
    let all = super::views(ctx, permit, Hosts::Wanted).await?;
    // Of those that are not shown too: one may come to fit.
    let until = all.iter().filter_map(|view| view.status.recheck).chain(permit.until()).min();
    let mut found: Vec<ServiceView> = all
        .into_iter()
        .filter(|view| fits(view, &words) && wanted.state.is_none_or(|state| view.status.state == state))
        .collect();
    found.sort_by_cached_key(place);
    let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
    let start = after.as_ref().map_or(0, |after| found.partition_point(|view| place(view) <= *after));
    let more = found.len() > start + first;
    let mut connection = Connection::with_additional_fields(start > 0, more, total.into());
    let shown = found.into_iter().skip(start).take(first);
    connection.edges.extend(shown.map(|view| Edge::new(cursor(&place(&view)), Service(view))));
    Ok((connection, until))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let place = ("größe: 1".to_owned(), Uuid::from_u128(7));
        assert_eq!(read_cursor(&cursor(&place)).ok(), Some(place));
        for wrong in ["", "7", "no id at all, though it is long enough", &"ü".repeat(40), &format!("{:032x}\0", 7)] {
            assert!(read_cursor(wrong).is_err(), "{wrong}");
        }
    }
}
