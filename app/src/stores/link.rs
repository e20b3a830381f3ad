//! How the live connection is.

use leptos::prelude::*;

/// The live connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Nobody needs it now.
    Quiet,
    /// It is there.
    Up,
    /// It was lost and is being made again.
    Lost,
    /// It is there, but the server fails to bring some of what is shown; that is asked for again.
    Failing,
}

thread_local! {
    static LINK: ArcRwSignal<Link> = ArcRwSignal::new(Link::Quiet);
}

/// How the live connection is, to be watched.
pub fn link() -> ArcRwSignal<Link> {
    LINK.with(Clone::clone)
}

/// Tells how it is.
pub fn set(state: Link) {
    let link = link();
    if link.get_untracked() != state {
        link.set(state);
    }
}
