use super::*;
use crate::clock::Instant;

fn store() -> Store {
    let mut store = Store::default();
    store.apply(Observed::Namespace(NamespaceView { name: "ns".to_owned(), ..NamespaceView::default() }));
    store.take_changed();
    store
}

fn meta(name: &str, version: u64) -> Meta {
    Meta { name: name.to_owned(), uid: format!("uid-{name}"), version, ..Meta::default() }
}

fn put(store: &mut Store, object: Object) {
    store.apply(Observed::Object { namespace: "ns".to_owned(), object });
}

fn workload(kind: WorkloadKind, meta: Meta) -> Object {
    Object::Workload(Arc::new(WorkloadView { meta, kind, ..WorkloadView::default() }))
}

fn pod(meta: Meta) -> Object {
    Object::Pod(Arc::new(PodView { meta, ..PodView::default() }))
}

fn controlled_by(name: &str, mut meta: Meta) -> Meta {
    meta.controller = Some(format!("uid-{name}"));
    meta
}

fn of_release(release: &str, mut meta: Meta) -> Meta {
    meta.named_release = Some(release.to_owned());
    meta
}

fn event(uid: &str, about: &str, at: i64) -> Observed {
    let event = EventView {
        uid: uid.to_owned(),
        at: Instant(at),
        warning: true,
        reason: "FailedScheduling".to_owned(),
        message: String::new(),
        count: 1,
        kind: "Pod".to_owned(),
        name: about.to_owned(),
        object: format!("uid-{about}"),
        container: None,
    };
    Observed::Event { namespace: "ns".to_owned(), event: Arc::new(event) }
}

fn look(store: &Store, release: &str) -> ReleaseSnapshot {
    store.snapshot("ns", release, ClusterHealth::default())
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    let mut store = store();
    // Event, pod, replica set, deployment: each before what it belongs to.
    store.apply(event("e", "web-1-a", 1));
    put(&mut store, pod(controlled_by("web-1", meta("web-1-a", 1))));
    put(&mut store, workload(WorkloadKind::ReplicaSet, controlled_by("web", meta("web-1", 2))));
    assert!(look(&store, "web").pods.is_empty());
    store.take_changed();
    put(&mut store, workload(WorkloadKind::Deployment, of_release("web", meta("web", 3))));
    let seen = look(&store, "web");
    assert_eq!((seen.pods.len(), seen.workloads.len(), seen.events.len()), (1, 2, 1));
    assert!(store.take_changed().touches("ns", "web"));
}

#[test]
fn what_outlives_its_controller_keeps_its_release() {
    let mut store = store();
    let set = || workload(WorkloadKind::ReplicaSet, of_release("web", meta("web-1", 1)));
    put(&mut store, set());
    put(&mut store, pod(controlled_by("web-1", meta("web-1-a", 2))));
    store.remove(&Observed::Object { namespace: "ns".to_owned(), object: set() });
    // The garbage collector comes for the pod, which takes its time to end.
    let mut leaving = controlled_by("web-1", meta("web-1-a", 3));
    leaving.deleting = Some(Instant(9));
    let ending = PodView { meta: leaving, ..PodView::default() };
    put(&mut store, Object::Pod(Arc::new(ending.clone())));
    assert_eq!(look(&store, "web").pods.len(), 1, "it is there still");
    store.take_changed();
    store.remove(&Observed::Object { namespace: "ns".to_owned(), object: Object::Pod(Arc::new(ending)) });
    assert!(store.take_changed().touches("ns", "web"), "and its end is told");
    assert!(look(&store, "web").pods.is_empty());
}

#[test]
fn the_controller_outweighs_a_label() {
    let mut store = store();
    put(&mut store, workload(WorkloadKind::Deployment, of_release("web", meta("web", 1))));
    put(&mut store, pod(of_release("other", controlled_by("web", meta("p", 2)))));
    assert_eq!(look(&store, "web").pods.len(), 1);
    assert!(look(&store, "other").pods.is_empty());
}

#[test]
fn claims_of_a_stateful_set_are_known_by_name() {
    let mut store = store();
    let claim = |name| Object::Claim(Arc::new(ClaimView { meta: meta(name, 1), ..ClaimView::default() }));
    put(&mut store, claim("data-db-0"));
    put(&mut store, claim("data-db-main"));
    let set = WorkloadView {
        kind: WorkloadKind::StatefulSet,
        meta: of_release("db", meta("db", 2)),
        claim_templates: vec!["data".to_owned()],
        ..WorkloadView::default()
    };
    put(&mut store, Object::Workload(Arc::new(set)));
    put(&mut store, claim("data-db-1"));
    let names: Vec<_> = look(&store, "db").claims.iter().map(|claim| claim.meta.name.clone()).collect();
    assert_eq!(names, ["data-db-0", "data-db-1"]);
}

#[test]
fn nothing_goes_back_in_time() {
    let mut store = store();
    put(&mut store, pod(of_release("web", meta("p", 5))));
    store.take_changed();
    let mut old = meta("p", 4);
    old.named_release = Some("old".to_owned());
    put(&mut store, pod(old.clone()));
    // A deletion of before the object that we know: the name was used again.
    store.remove(&Observed::Object { namespace: "ns".to_owned(), object: pod(old) });
    assert!(store.take_changed().is_empty());
    assert_eq!(look(&store, "web").pods.len(), 1);
}

#[test]
fn an_update_that_says_nothing_new_wakes_nobody() {
    let mut store = store();
    put(&mut store, pod(of_release("web", meta("p", 5))));
    store.take_changed();
    let update = PodView { meta: of_release("web", meta("p", 6)), ..PodView::default() };
    let before = Arc::new(update.clone());
    let arrived = Arc::as_ptr(&before);
    put(&mut store, Object::Pod(before));
    assert!(store.take_changed().is_empty());
    let kept = store.pod("ns", "p").unwrap();
    assert_eq!((&*kept, Arc::as_ptr(&kept)), (&update, arrived), "with its version, and not a copy of it");
    let ready = PodView { phase: crate::live::view::PodPhase::Running, ..update };
    put(&mut store, Object::Pod(Arc::new(ready)));
    assert!(store.take_changed().touches("ns", "web"), "what says more is news, of the same version too");
}

#[test]
fn a_list_forgets_what_it_does_not_name() {
    let mut store = store();
    put(&mut store, pod(of_release("web", meta("a", 1))));
    put(&mut store, pod(of_release("web", meta("b", 2))));
    store.retain(Kind::Pod, &HashSet::from([("ns".to_owned(), "b".to_owned())]));
    assert_eq!(look(&store, "web").pods.len(), 1);
    store.retain(Kind::Namespace, &HashSet::new());
    assert_eq!(look(&store, "web").namespace, None);
    assert!(store.take_changed().touches("ns", "anything"));
}

#[test]
fn foreign_namespaces_are_not_kept() {
    let mut store = store();
    store.apply(Observed::Object { namespace: "kube-system".to_owned(), object: pod(of_release("dns", meta("p", 1))) });
    assert!(store.pod("kube-system", "p").is_none());
    assert!(store.take_changed().is_empty());
}

#[test]
fn events_are_bounded_and_newest_first() {
    let mut store = store();
    put(&mut store, pod(of_release("web", meta("p", 1))));
    for at in 0..60 {
        store.apply(event(&at.to_string(), "p", at));
    }
    store.apply(event("7", "p", 100));
    let events = look(&store, "web").events;
    assert_eq!((events.len(), events[0].at.0, events[49].at.0), (50, 100, 11));
    // Events that come after their pod went still find its release.
    put(&mut store, workload(WorkloadKind::Deployment, of_release("web", meta("web", 2))));
    store.retain(Kind::Pod, &HashSet::new());
    store.apply(event("killing", "p", 200));
    assert_eq!(look(&store, "web").events[0].at.0, 200);
}

#[test]
fn a_lost_node_concerns_the_releases_on_it() {
    let mut store = store();
    let on_node = PodView { node: Some("n1".to_owned()), meta: of_release("web", meta("p", 1)), ..PodView::default() };
    put(&mut store, Object::Pod(Arc::new(on_node)));
    store.take_changed();
    store.apply(Observed::Node(NodeView { name: "n1".to_owned(), ready: false, since: None }));
    assert!(store.take_changed().touches("ns", "web"));
    assert!(look(&store, "web").lost_nodes.contains("n1"));
    store.take_changed();
    store.retain(Kind::Node, &HashSet::new());
    assert!(store.take_changed().touches("ns", "web"));
    let seen = look(&store, "web");
    assert!(seen.lost_nodes.is_empty() && seen.gone_nodes.contains("n1"), "it has left, with the pod on it");
    store.apply(Observed::Node(NodeView { name: "n1".to_owned(), ready: true, since: None }));
    assert!(look(&store, "web").gone_nodes.is_empty(), "it is back");
}
