//! Who is in a workspace: members, and staff who support it. Nothing outside needs what is in here but by these names, so that
//! the page can be loaded on its own.

mod add;
mod change;
mod grants;
mod leave;
mod list;
mod staff;

pub use list::Members;
pub use staff::{StaffDoor, SupportBar};

use crate::i18n::t;
use shared::roles::WorkspaceRole;

/// A role as a word.
const fn word(texts: &crate::i18n::MemberTexts, role: WorkspaceRole) -> &'static str {
    match role {
        WorkspaceRole::Owner => texts.owner,
        WorkspaceRole::Admin => texts.admin,
        WorkspaceRole::User => texts.user,
        WorkspaceRole::Guest => texts.guest,
    }
}

/// What someone of a role may do.
const fn meaning(texts: &crate::i18n::MemberTexts, role: WorkspaceRole) -> &'static str {
    match role {
        WorkspaceRole::Owner => texts.owner_text,
        WorkspaceRole::Admin => texts.admin_text,
        WorkspaceRole::User => texts.user_text,
        WorkspaceRole::Guest => texts.guest_text,
    }
}

/// A role in the locale's words.
fn role_word(role: WorkspaceRole) -> &'static str {
    word(&t().members, role)
}
