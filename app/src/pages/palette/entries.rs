//! What can be gone to or done from the search.

use crate::{
    api::lists::Destinations,
    components::sign_out,
    i18n::{t, with},
    paths::{Path, ServiceTab},
    stores::{
        head, session,
        theme::{self, Theme},
    },
    ui::Icon,
};
use cynic::Id;
use leptos::prelude::Get;
use shared::fuzzy;

/// What happens when an entry is chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// Another page is shown.
    Go(String),
    /// The console looks otherwise.
    Theme(Theme),
    /// The session ends.
    SignOut,
}

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What it is called.
    pub label: String,
    /// What it is: a page, a service, …, and where.
    pub detail: String,
    /// Its picture.
    pub symbol: Icon,
    /// What choosing it does.
    pub deed: Deed,
}

impl Entry {
    /// What it is remembered by: never a name, which may be of a customer.
    pub fn key(&self) -> String {
        match &self.deed {
            Deed::Go(address) => address.clone(),
            Deed::Theme(theme) => format!("theme:{theme:?}"),
            Deed::SignOut => "sign-out".to_owned(),
        }
    }

    /// Does what choosing it does; where to go, if anywhere.
    pub fn choose(self) -> Option<String> {
        match self.deed {
            Deed::Go(address) => return Some(address),
            Deed::Theme(theme) => theme::choose(theme),
            Deed::SignOut => sign_out(),
        }
        None
    }
}

fn entry(label: impl Into<String>, detail: impl Into<String>, symbol: Icon, deed: Deed) -> Entry {
    Entry { label: label.into(), detail: detail.into(), symbol, deed }
}

/// Everything that can be chosen: pages of the workspace that the viewer is in first, then the others.
pub fn all(here: Option<&Id>, known: &Destinations) -> Vec<Entry> {
    let (texts, frame) = (&t().palette, &t().frame);
    let go = |path: Path| Deed::Go(path.to_string());
    let mut entries = Vec::new();
    if let Some(id) = here {
        let name = known.workspaces.iter().find(|one| one.id == *id).map_or("", |one| one.name.as_str());
        let detail = with(texts.page_in, "name", name);
        entries.extend([
            entry(frame.overview, &*detail, Icon::LayoutDashboard, go(Path::Workspace(id.clone()))),
            entry(frame.services, &*detail, Icon::Box, go(Path::Services(id.clone()))),
            entry(frame.marketplace, &*detail, Icon::Store, go(Path::Marketplace(id.clone()))),
        ]);
        if !head::no_members().get() {
            entries.push(entry(frame.members, &*detail, Icon::Users, go(Path::Members(id.clone()))));
        }
        entries.extend([
            entry(frame.operations, &*detail, Icon::Activity, go(Path::Operations(id.clone()))),
            entry(frame.settings, &*detail, Icon::Settings, go(Path::Settings(id.clone()))),
        ]);
    }
    entries.extend([
        entry(frame.workspaces, texts.page, Icon::Layers, go(Path::Workspaces)),
        entry(frame.account, texts.page, Icon::User, go(Path::Account)),
    ]);
    if session::sees_people() {
        entries.push(entry(frame.people, texts.page, Icon::Users, go(Path::People)));
    }
    entries.extend(known.services.iter().map(|service| {
        let path = Path::Service(service.workspace_id.clone(), service.id.clone(), ServiceTab::Overview);
        let detail = with(texts.service_in, "name", &service.workspace_name);
        entry(&service.name, detail, Icon::Box, go(path))
    }));
    entries.extend(
        known
            .workspaces
            .iter()
            .map(|one| entry(&one.name, texts.workspace, Icon::Layers, go(Path::Workspace(one.id.clone())))),
    );
    let themes = [
        (Theme::System, frame.theme_system, Icon::Monitor),
        (Theme::Light, frame.theme_light, Icon::Sun),
        (Theme::Dark, frame.theme_dark, Icon::Moon),
    ];
    entries.extend(themes.into_iter().map(|(theme, words, symbol)| {
        entry(format!("{}: {words}", frame.theme), texts.action, symbol, Deed::Theme(theme))
    }));
    entries.push(entry(frame.sign_out, texts.action, Icon::LogOut, Deed::SignOut));
    entries
}

/// Most entries that are shown at once.
const SHOWN: usize = 40;

/// The entries that fit what is typed, best first. With nothing typed, those that were chosen lately come first.
pub fn fitting(entries: &[Entry], typed: &str, recent: &[String]) -> Vec<Entry> {
    let mut found: Vec<(u32, usize, &Entry)> = entries
        .iter()
        .enumerate()
        .filter_map(|(at, entry)| {
            let lately = recent.iter().position(|key| *key == entry.key());
            if typed.trim().is_empty() {
                let rank = lately.map_or(0, |place| u32::try_from(recent.len() - place).unwrap_or(0));
                return Some((rank, at, entry));
            }
            // The name counts more than where it is.
            let name = fuzzy::score(&entry.label, typed).map(|score| score * 2 + 1);
            let score = name.or_else(|| fuzzy::score(&format!("{} {}", entry.label, entry.detail), typed))?;
            Some((score + u32::from(lately.is_some()) * 200, at, entry))
        })
        .collect();
    found.sort_by_key(|(score, at, _)| (std::cmp::Reverse(*score), *at));
    found.into_iter().take(SHOWN).map(|(_, _, entry)| entry.clone()).collect()
}
