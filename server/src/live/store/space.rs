//! One namespace of the store.

use super::{Kind, Object};
use crate::{
    adapters::kube::ReleaseRecord,
    live::{
        changes::{Changed, ReleaseKey},
        view::{EventView, NamespaceView, WorkloadKind, WorkloadView},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

/// Events kept for one release.
const MAX_EVENTS: usize = 50;
/// Events kept for a namespace that belong to nothing we know (yet).
const MAX_STRAY_EVENTS: usize = 200;
/// Deleted objects that are remembered for the events that still come about them.
const MAX_GONE: usize = 256;

pub(super) type Key = (Kind, String);

pub(super) struct Entry {
    pub(super) object: Object,
    pub(super) release: Option<Arc<str>>,
}

/// What belongs to one release.
#[derive(Default)]
pub(super) struct Members {
    pub(super) objects: BTreeSet<Key>,
    pub(super) records: BTreeMap<u32, ReleaseRecord>,
    pub(super) events: VecDeque<Arc<EventView>>,
}

/// One of our namespaces.
pub(super) struct Space {
    pub(super) name: Arc<str>,
    pub(super) view: NamespaceView,
    pub(super) objects: HashMap<Key, Entry>,
    by_uid: HashMap<String, Key>,
    children: HashMap<String, BTreeSet<Key>>,
    pub(super) releases: HashMap<Arc<str>, Members>,
    secrets: HashMap<String, (Arc<str>, u32)>,
    stray_events: VecDeque<Arc<EventView>>,
    gone: VecDeque<(String, Arc<str>)>,
}

impl Space {
    pub(super) fn new(name: Arc<str>, view: NamespaceView) -> Self {
        Self {
            name,
            view,
            objects: HashMap::new(),
            by_uid: HashMap::new(),
            children: HashMap::new(),
            releases: HashMap::new(),
            secrets: HashMap::new(),
            stray_events: VecDeque::new(),
            gone: VecDeque::new(),
        }
    }

    fn key(&self, release: &Arc<str>) -> ReleaseKey {
        (Arc::clone(&self.name), Arc::clone(release))
    }

    pub(super) fn apply_object(&mut self, mut object: Object, changed: &mut Changed) {
        let key = (object.kind(), object.meta().name.clone());
        let mut touched = true;
        if let Some(before) = self.objects.get_mut(&key) {
            // A list and a watch may overtake each other: never back in time.
            if before.object.meta().version > object.meta().version {
                return;
            }
            touched = !object.says_the_same(&before.object);
            if before.object.meta().uid == object.meta().uid
                && before.object.meta().controller == object.meta().controller
            {
                before.object = object;
                if touched {
                    self.place(&key, true, changed);
                }
                return;
            }
            let version = before.object.meta().version;
            self.remove_object(&key, version, changed);
        }
        let (uid, controller) = (object.meta().uid.clone(), object.meta().controller.clone());
        self.objects.insert(key.clone(), Entry { object, release: None });
        if let Some(controller) = controller {
            self.children.entry(controller).or_default().insert(key.clone());
        }
        self.by_uid.insert(uid, key.clone());
        self.place(&key, touched, changed);
    }

    /// Finds the release of an object, and then of all that it controls.
    fn place(&mut self, key: &Key, touched: bool, changed: &mut Changed) {
        let Some(entry) = self.objects.get(key) else { return };
        let before = entry.release.clone();
        // What its controller was of, once that has gone before it: a pod takes its time to end.
        let meta = entry.object.meta();
        let orphaned = meta.controller.as_ref().is_some_and(|uid| !self.by_uid.contains_key(uid));
        let release = self.release_of(&entry.object).or_else(|| before.clone().filter(|_| orphaned));
        let uid = entry.object.meta().uid.clone();
        for release in before.iter().chain(&release) {
            if touched || before.as_ref() != Some(release) {
                changed.releases.insert(self.key(release));
            }
        }
        if before != release {
            if let Some(members) = before.as_ref().and_then(|before| self.releases.get_mut(before)) {
                members.objects.remove(key);
            }
            if let Some(release) = &release {
                self.releases.entry(Arc::clone(release)).or_default().objects.insert(key.clone());
            }
            if let Some(entry) = self.objects.get_mut(key) {
                entry.release.clone_from(&release);
            }
            for child in self.children.get(&uid).cloned().unwrap_or_default() {
                self.place(&child, true, changed);
            }
            if let Some(release) = &release {
                self.place_stray_events(&uid, release, changed);
            }
            self.forget_if_empty(before.as_ref());
        }
        if key.0 == Kind::Workload(WorkloadKind::StatefulSet) {
            self.place_claims(changed);
        }
    }

    /// Claims of a `StatefulSet` name nobody: neither an owner nor, always, a label.
    fn place_claims(&mut self, changed: &mut Changed) {
        let homeless: Vec<_> = self
            .objects
            .iter()
            .filter(|((kind, _), entry)| *kind == Kind::Claim && entry.release.is_none())
            .map(|(key, _)| key.clone())
            .collect();
        for key in homeless {
            self.place(&key, false, changed);
        }
    }

    /// The controller knows best; then what the object names itself; then the name of a claim.
    fn release_of(&self, object: &Object) -> Option<Arc<str>> {
        let meta = object.meta();
        let controller = meta.controller.as_ref().and_then(|uid| self.objects.get(self.by_uid.get(uid)?));
        if let Some(release) = controller.and_then(|entry| entry.release.clone()) {
            return Some(release);
        }
        if let Some(release) = &meta.named_release {
            return Some(Arc::from(release.as_str()));
        }
        match object {
            Object::Claim(claim) => self.objects.values().find_map(|entry| match &entry.object {
                Object::Workload(set) if is_claim_of(&claim.meta.name, set) => entry.release.clone(),
                _ => None,
            }),
            _ => None,
        }
    }

    pub(super) fn remove_object(&mut self, key: &Key, version: u64, changed: &mut Changed) {
        // Deleted before the list that brought this one: the name was used again.
        if self.objects.get(key).is_none_or(|entry| entry.object.meta().version > version) {
            return;
        }
        let Some(entry) = self.objects.remove(key) else { return };
        let meta = entry.object.meta();
        self.by_uid.remove(&meta.uid);
        if let Some(controller) = &meta.controller
            && let Some(children) = self.children.get_mut(controller)
        {
            children.remove(key);
            if children.is_empty() {
                self.children.remove(controller);
            }
        }
        if let Some(release) = &entry.release {
            changed.releases.insert(self.key(release));
            if let Some(members) = self.releases.get_mut(release) {
                members.objects.remove(key);
            }
            self.gone.push_back((meta.uid.clone(), Arc::clone(release)));
            if self.gone.len() > MAX_GONE {
                self.gone.pop_front();
            }
            self.forget_if_empty(Some(release));
        }
        // What it controlled keeps its release: the objects are about to go as well.
    }

    pub(super) fn apply_record(&mut self, secret: String, record: ReleaseRecord, changed: &mut Changed) {
        let release: Arc<str> = Arc::from(record.name.as_str());
        self.secrets.insert(secret, (Arc::clone(&release), record.revision));
        let members = self.releases.entry(Arc::clone(&release)).or_default();
        if members.records.get(&record.revision) != Some(&record) {
            members.records.insert(record.revision, record);
            changed.releases.insert(self.key(&release));
        }
    }

    pub(super) fn remove_record(&mut self, secret: &str, changed: &mut Changed) {
        let Some((release, revision)) = self.secrets.remove(secret) else { return };
        if let Some(members) = self.releases.get_mut(&release) {
            members.records.remove(&revision);
        }
        changed.releases.insert(self.key(&release));
        self.forget_if_empty(Some(&release));
    }

    pub(super) fn apply_event(&mut self, event: Arc<EventView>, changed: &mut Changed) {
        let known = self.by_uid.get(&event.object).and_then(|key| self.objects.get(key)?.release.clone());
        let gone = || self.gone.iter().find(|(uid, _)| *uid == event.object).map(|(_, release)| Arc::clone(release));
        match known.or_else(gone) {
            Some(release) => {
                let members = self.releases.entry(Arc::clone(&release)).or_default();
                if insert_event(&mut members.events, event, MAX_EVENTS) {
                    changed.releases.insert(self.key(&release));
                }
            }
            None => {
                insert_event(&mut self.stray_events, event, MAX_STRAY_EVENTS);
            }
        }
    }

    fn place_stray_events(&mut self, uid: &str, release: &Arc<str>, changed: &mut Changed) {
        if !self.stray_events.iter().any(|event| event.object == uid) {
            return;
        }
        let (placed, left): (Vec<_>, Vec<_>) = self.stray_events.drain(..).partition(|event| event.object == uid);
        self.stray_events = left.into();
        let members = self.releases.entry(Arc::clone(release)).or_default();
        for event in placed {
            insert_event(&mut members.events, event, MAX_EVENTS);
        }
        changed.releases.insert(self.key(release));
    }

    pub(super) fn remove_events(&mut self, is_gone: impl Fn(&EventView) -> bool, changed: &mut Changed) {
        self.stray_events.retain(|event| !is_gone(event));
        let mut touched = Vec::new();
        for (release, members) in &mut self.releases {
            let before = members.events.len();
            members.events.retain(|event| !is_gone(event));
            if members.events.len() != before {
                touched.push(Arc::clone(release));
            }
        }
        for release in touched {
            changed.releases.insert(self.key(&release));
            self.forget_if_empty(Some(&release));
        }
    }

    pub(super) fn retain(&mut self, kind: Kind, is_seen: impl Fn(&str) -> bool, changed: &mut Changed) {
        match kind {
            Kind::Event => self.remove_events(|event| !is_seen(&event.uid), changed),
            Kind::Record => {
                let gone: Vec<_> = self.secrets.keys().filter(|secret| !is_seen(secret)).cloned().collect();
                for secret in &gone {
                    self.remove_record(secret, changed);
                }
            }
            _ => {
                let of_kind = self.objects.keys().filter(|(of, name)| *of == kind && !is_seen(name));
                let gone: Vec<_> = of_kind.cloned().collect();
                for key in &gone {
                    self.remove_object(key, u64::MAX, changed);
                }
            }
        }
    }

    fn forget_if_empty(&mut self, release: Option<&Arc<str>>) {
        let Some(release) = release else { return };
        let is_empty =
            |members: &Members| members.objects.is_empty() && members.records.is_empty() && members.events.is_empty();
        if self.releases.get(release).is_some_and(is_empty) {
            self.releases.remove(release);
        }
    }
}

fn is_claim_of(claim: &str, set: &WorkloadView) -> bool {
    set.claim_templates.iter().any(|template| {
        let rest = claim.strip_prefix(template.as_str()).and_then(|rest| rest.strip_prefix('-'));
        let number = rest.and_then(|rest| rest.strip_prefix(set.meta.name.as_str())?.strip_prefix('-'));
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// Puts an event in its place, newest first; returns whether that is news.
fn insert_event(events: &mut VecDeque<Arc<EventView>>, event: Arc<EventView>, max: usize) -> bool {
    if let Some(index) = events.iter().position(|other| other.uid == event.uid) {
        if events[index] == event {
            return false;
        }
        events.remove(index);
    }
    let place = events.iter().position(|other| other.at <= event.at).unwrap_or(events.len());
    if place >= max {
        return false;
    }
    events.insert(place, event);
    events.truncate(max);
    true
}
