//! Workspaces: the list, the overview of one, its settings.

mod create;
mod layout;
mod list;
mod overview;
mod settings;

pub use layout::WorkspaceLayout;
pub use list::Workspaces;
pub use overview::{LaunchLink, Overview};
pub use settings::Settings;
