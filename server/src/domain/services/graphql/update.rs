//! What a stream of a page of services sends: nothing where nothing has changed that is asked for.
//!
//! A page of a hundred services is large, and as a rule one of them has changed. Of what was sent, a number for each service is
//! kept, which is another one where the service is shown otherwise.

use super::Service;
use crate::{
    domain::services::view::ServiceView,
    graphql::page::{Page, Total},
    releases::status::pod_reason,
};
use async_graphql::{Context, ID, SimpleObject, connection::PageInfo};
use std::{
    collections::HashMap,
    fmt::{self, Write as _},
    hash::{DefaultHasher, Hasher as _},
};
use uuid::Uuid;

/// A page of services as it is now, with those of them that have changed.
#[derive(SimpleObject)]
pub struct ServicePageUpdate {
    /// The services of the page, in its order.
    ids: Vec<ID>,
    /// Those of them that are new on the page or otherwise than they were sent last: all of them in the first message, and in
    /// each one where `lastOperation`, `values` or `workspace` of them is asked for.
    changed: Vec<Service>,
    /// Where the page begins and ends, and whether there is more.
    page_info: PageInfo,
    /// How many there are in all.
    total_count: i32,
}

/// What of a service comes from the cluster alone. The status is made of it, and changes less often.
const OF_THE_CLUSTER: [&str; 3] = ["events", "pods", "volumes"];

/// What is asked of the database anew for each service: nothing here tells whether it has changed, or could be read the last
/// time.
const BEYOND: [&str; 3] = ["lastOperation", "values", "workspace"];

/// What a stream has sent of a page last.
#[derive(Default)]
pub struct Sent {
    last: Option<Seen>,
    /// Whether any of [`OF_THE_CLUSTER`] is asked for.
    in_the_cluster: bool,
    /// Whether any of [`BEYOND`] is asked for.
    beyond: bool,
}

/// A page, as far as it can be told from another.
#[derive(PartialEq, Eq)]
struct Seen {
    services: Vec<(Uuid, u64)>,
    total: i32,
    has_previous: bool,
    has_next: bool,
}

impl Sent {
    /// Nothing yet, of what the stream's selection asks for.
    pub fn nothing(ctx: &Context<'_>) -> Self {
        let selected = ctx.look_ahead();
        let rows = [selected.field("changed"), selected.field("nodes"), selected.field("edges").field("node")];
        let asks = |name: &&str| rows.iter().any(|row| row.field(name).exists());
        Self { last: None, in_the_cluster: OF_THE_CLUSTER.iter().any(asks), beyond: BEYOND.iter().any(asks) }
    }

    /// The whole page, unless it is as it was sent last.
    pub fn page(&mut self, page: Page<Service>) -> Option<Page<Service>> {
        let numbered = |view: &ServiceView| (view.row.id, number(view, self.in_the_cluster));
        let Total { total_count: total } = page.additional_fields;
        let (has_previous, has_next) = (page.has_previous_page, page.has_next_page);
        let services = page.edges.iter().map(|edge| numbered(&edge.node.0)).collect();
        let seen = Some(Seen { services, total, has_previous, has_next });
        let is_new = self.beyond || self.last != seen;
        self.last = seen;
        is_new.then_some(page)
    }

    /// What has changed of the page, if anything has.
    pub fn update(&mut self, page: Page<Service>) -> Option<ServicePageUpdate> {
        let known: HashMap<Uuid, u64> = self.last.iter().flat_map(|last| last.services.iter().copied()).collect();
        let page = self.page(page)?;
        let seen = self.last.as_ref()?;
        let page_info = PageInfo {
            has_previous_page: page.has_previous_page,
            has_next_page: page.has_next_page,
            start_cursor: page.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: page.edges.last().map(|edge| edge.cursor.clone()),
        };
        let changed = page.edges.into_iter().zip(&seen.services);
        let changed = changed.filter(|(_, (id, number))| self.beyond || known.get(id) != Some(number));
        Some(ServicePageUpdate {
            ids: seen.services.iter().map(|(id, _)| id.simple().to_string().into()).collect(),
            changed: changed.map(|(edge, _)| edge.node).collect(),
            page_info,
            total_count: seen.total,
        })
    }
}

/// A number for how a service is shown.
fn number(view: &ServiceView, in_the_cluster: bool) -> u64 {
    /// Takes text, of which it keeps the hash.
    struct Hashed(DefaultHasher);
    impl fmt::Write for Hashed {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.write(text.as_bytes());
            Ok(())
        }
    }
    let mut hashed = Hashed(DefaultHasher::new());
    // Not the claim and the journal, which change while an operation is at work and are no part of a service.
    let operation = view.unsettled.as_ref().map(|row| {
        let ended = (row.finished_at, &row.error_code, &row.error_params);
        (row.id, &row.state, &row.step, &row.steps, row.attempts, row.cancel_requested, row.started_at, ended)
    });
    let revision = view.snapshot.latest().map(|record| record.revision);
    // To take text cannot fail.
    let _ = write!(hashed, "{:?}", (view.row.version, &view.host, operation, revision, &view.status));
    if in_the_cluster {
        // Time alone makes some of them others.
        let reasons = view.snapshot.pods.iter().map(|pod| pod_reason(pod, &view.snapshot, view.now));
        let _ = write!(hashed, "{:?}", (&view.snapshot, reasons.collect::<Vec<_>>()));
    }
    hashed.0.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Instant,
        domain::services::entity::service,
        live::{
            ReleaseSnapshot,
            view::{Meta, PodView},
        },
        releases::status::Status,
    };
    use async_graphql::connection::{Connection, Edge};
    use shared::service::{DesiredState, ServiceState, StatusReason};
    use std::sync::Arc;

    fn service(number: u128, version: i64, pods: usize) -> Service {
        let pod = |at: usize| {
            Arc::new(PodView { meta: Meta { uid: at.to_string(), ..Meta::default() }, ..PodView::default() })
        };
        Service(ServiceView {
            row: Arc::new(service::Model {
                id: Uuid::from_u128(number),
                workspace_id: Uuid::nil(),
                cluster_id: Uuid::nil(),
                namespace: String::new(),
                release_name: String::new(),
                reference: String::new(),
                app_slug: "valkey".to_owned(),
                chart_version: "1.0.0".to_owned(),
                name: number.to_string(),
                desired: DesiredState::Running.as_str().to_owned(),
                values_public: "{}".to_owned(),
                values_secret: None,
                created_by: Uuid::nil(),
                version,
                created_at: 1,
                updated_at: 1,
                deleted_at: None,
            }),
            host: None,
            unsettled: None,
            snapshot: ReleaseSnapshot { pods: (0..pods).map(pod).collect(), ..ReleaseSnapshot::default() },
            status: Status {
                state: ServiceState::Running,
                reason: StatusReason::AllReady,
                params: Vec::new(),
                ready_pods: 1,
                total_pods: 1,
                since: None,
                recheck: None,
            },
            now: Instant(1),
            app: None,
        })
    }

    /// Each service by number, version, and how many pods it has.
    fn page(services: &[(u128, i64, usize)]) -> Page<Service> {
        let total = u64::try_from(services.len()).unwrap();
        let mut page = Connection::with_additional_fields(false, false, total.into());
        page.edges.extend(
            services.iter().map(|(id, version, pods)| Edge::new(id.to_string(), service(*id, *version, *pods))),
        );
        page
    }

    /// The services of the page and those that are told of it.
    fn told(sent: &mut Sent, services: &[(u128, i64, usize)]) -> Option<(Vec<String>, Vec<String>)> {
        let update = sent.update(page(services))?;
        assert_eq!(update.page_info.end_cursor, services.last().map(|(id, ..)| id.to_string()));
        let short = |id: &str| id.trim_start_matches('0').to_owned();
        let ids = update.ids.iter().map(|id| short(id)).collect();
        Some((ids, update.changed.iter().map(|one| one.0.row.name.clone()).collect()))
    }

    fn lists(ids: &[&str], changed: &[&str]) -> (Vec<String>, Vec<String>) {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        (owned(ids), owned(changed))
    }

    #[test]
    fn all_is_told_first_and_then_what_has_changed() {
        let mut sent = Sent::default();
        assert_eq!(told(&mut sent, &[(1, 1, 1), (2, 1, 1)]), Some(lists(&["1", "2"], &["1", "2"])));
        assert_eq!(told(&mut sent, &[(1, 1, 1), (2, 1, 1)]), None);
        assert_eq!(told(&mut sent, &[(1, 1, 1), (2, 1, 9)]), None, "nobody asks for its pods");
        assert_eq!(told(&mut sent, &[(1, 1, 1), (2, 2, 9)]), Some(lists(&["1", "2"], &["2"])));
        assert_eq!(told(&mut sent, &[(2, 2, 9), (1, 1, 1)]), Some(lists(&["2", "1"], &[])), "another order");
        assert_eq!(told(&mut sent, &[(2, 2, 9)]), Some(lists(&["2"], &[])));
        assert_eq!(told(&mut sent, &[(2, 2, 9), (1, 1, 1)]), Some(lists(&["2", "1"], &["1"])), "it has come back");
        assert_eq!(told(&mut sent, &[]), Some(lists(&[], &[])));
        assert_eq!(told(&mut sent, &[]), None);
    }

    #[test]
    fn what_is_asked_for_decides_what_has_changed() {
        let mut sent = Sent { in_the_cluster: true, ..Sent::default() };
        assert_eq!(told(&mut sent, &[(1, 1, 1), (2, 1, 1)]), Some(lists(&["1", "2"], &["1", "2"])));
        assert_eq!(told(&mut sent, &[(1, 1, 1), (2, 1, 9)]), Some(lists(&["1", "2"], &["2"])));
        assert_eq!(told(&mut sent, &[(1, 1, 1), (2, 1, 9)]), None);

        let mut sent = Sent { beyond: true, ..Sent::default() };
        for _ in 0..2 {
            assert_eq!(told(&mut sent, &[(1, 1, 1), (2, 1, 1)]), Some(lists(&["1", "2"], &["1", "2"])));
        }
    }

    #[test]
    fn a_whole_page_is_not_sent_twice() {
        let mut sent = Sent::default();
        assert!(sent.page(page(&[(1, 1, 1), (2, 1, 1)])).is_some());
        assert!(sent.page(page(&[(1, 1, 1), (2, 1, 9)])).is_none());
        assert!(sent.page(page(&[(1, 1, 1), (2, 2, 9)])).is_some());
    }
}
