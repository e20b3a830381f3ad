//! The workspace that pages are in, and what the viewer may do there.

use crate::lean::memo;
use crate::{
    api::{live::Live, types::WorkspaceView},
    i18n::t,
    stores::session,
};
use cynic::Id;
use leptos::prelude::*;
use shared::{
    policy::{self, Denial, Standing, WorkspaceAction},
    service::WorkspaceState,
};

/// The workspace that pages are in: one stream for all of them.
#[derive(Clone, Copy)]
pub struct Workspace {
    /// Its id, from the address.
    pub id: Memo<Id>,
    /// It, live.
    pub live: RwSignal<Live<WorkspaceView>>,
}

impl Workspace {
    /// Its name; empty until it is here.
    pub fn name(self) -> String {
        self.live.with(|live| live.ready().map(|workspace| workspace.name.clone()).unwrap_or_default())
    }
}

/// The workspace that this page is in.
pub fn use_workspace() -> Workspace {
    expect_context::<Workspace>()
}

/// What the viewer is in the workspace, and whether it is archived. Who sees it and is no member reads by a support grant.
pub fn standing_in(workspace: Workspace) -> Option<(Standing, bool)> {
    workspace.live.with(|live| {
        let workspace = live.ready()?;
        let standing = workspace.viewer_role.map_or(Standing::Support, Standing::Member);
        Some((standing, workspace.state == WorkspaceState::Archived))
    })
}

/// Why the viewer may not do something in the workspace; none where they may, or where it is not known yet.
pub fn off(action: WorkspaceAction) -> Signal<Option<String>> {
    let workspace = use_workspace();
    // What is drawn by it is drawn anew only where the answer changes, not with every change of the workspace.
    memo(move |_| {
        let (actor, (standing, archived)) = (session::actor()?, standing_in(workspace)?);
        let denial = policy::workspace(&actor, standing, archived, action).err()?;
        let words = match (standing, denial) {
            // A role in the workspace is what they do not have.
            (Standing::Support, Denial::Role) => t().support.reads_only,
            _ => (t().denial)(denial),
        };
        Some(words.to_owned())
    })
    .into()
}
