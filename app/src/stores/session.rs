//! Who looks, what the server is, and whether this page is older than the server.

use crate::api::{
    ApiError, queries, socket,
    types::{ServerInfo, Viewer},
};
use crate::lean::spawn;
use leptos::prelude::*;
use shared::policy::{self, Actor, PlatformAction};
use std::cell::Cell;

/// Who looks.
#[derive(Debug, Clone, PartialEq)]
pub enum Session {
    /// Not known yet.
    Asking,
    /// Nobody is signed in.
    Nobody,
    /// This person.
    Someone(Viewer),
    /// The server did not answer.
    Unreachable(ApiError),
}

thread_local! {
    static SESSION: ArcRwSignal<Session> = ArcRwSignal::new(Session::Asking);
    static SERVER: ArcRwSignal<Option<ServerInfo>> = ArcRwSignal::new(None);
    static STALE: ArcRwSignal<bool> = ArcRwSignal::new(false);
    static LEFT: Cell<bool> = const { Cell::new(false) };
}

/// Who looks, to be watched.
pub fn session() -> ArcRwSignal<Session> {
    SESSION.with(Clone::clone)
}

/// The installation, once it has answered.
pub fn server() -> ArcRwSignal<Option<ServerInfo>> {
    SERVER.with(Clone::clone)
}

/// Whether the server is of another build than this page.
pub fn stale() -> ArcRwSignal<bool> {
    STALE.with(Clone::clone)
}

/// The person who looks, if someone is signed in.
pub fn viewer() -> Option<Viewer> {
    match session().get() {
        Session::Someone(viewer) => Some(viewer),
        Session::Asking | Session::Nobody | Session::Unreachable(_) => None,
    }
}

/// The person as the policy knows them.
pub fn actor() -> Option<Actor<'static>> {
    viewer().map(|viewer| Actor {
        platform_role: viewer.platform_role,
        scopes: None,
        must_change_password: viewer.must_change_password,
    })
}

/// Whether the page of people is for whoever looks.
pub fn sees_people() -> bool {
    actor().is_some_and(|actor| policy::platform(&actor, PlatformAction::SeePeople).is_ok())
}

/// Asks who looks. A session that is known stays shown meanwhile.
pub fn check() {
    spawn(async {
        match queries::boot().await {
            Ok(boot) => {
                saw_build(&boot.server.build_id);
                server().set(Some(boot.server));
                match boot.viewer {
                    Some(viewer) => put(Session::Someone(viewer)),
                    None => ended(),
                }
            }
            // While someone is signed in, a server that is away for a moment changes nothing.
            Err(error) if viewer_untracked().is_none() => put(Session::Unreachable(error)),
            Err(_) => {}
        }
    });
}

fn viewer_untracked() -> Option<Viewer> {
    untrack(viewer)
}

fn put(next: Session) {
    let session = session();
    if session.get_untracked() != next {
        session.set(next);
    }
}

/// Someone has signed in or changed their password: the socket asks anew with the new session.
pub fn began(viewer: Viewer) {
    socket::reset();
    put(Session::Someone(viewer));
    socket::try_now();
}

/// The session has ended, here or elsewhere.
pub fn ended() {
    socket::reset();
    put(Session::Nobody);
}

/// The viewer has signed out: whoever signs in next begins at the beginning, not where this one was.
pub fn left() {
    LEFT.set(true);
    ended();
}

/// Whether the session was ended by signing out; told once.
pub fn take_left() -> bool {
    LEFT.take()
}

/// The server wants a new password before anything else.
pub fn password_change_required() {
    if let Some(mut viewer) = viewer_untracked() {
        viewer.must_change_password = true;
        put(Session::Someone(viewer));
    } else {
        check();
    }
}

/// An answer came from this build. The first one seen is the one this page was loaded from.
pub fn saw_build(build: &str) {
    let first = server().with_untracked(|server| server.as_ref().map(|server| server.build_id.clone()));
    if first.is_some_and(|first| first != build) && !stale().get_untracked() {
        stale().set(true);
    }
}
