//! Services: the list, and the page of one with its tabs.

mod activity;
mod events;
mod list;
mod logs;
mod overview;
mod page;
mod pods;
mod settings;
mod sparkline;
mod usage;

pub use list::Services;
pub use logs::Logs;
pub use page::ServicePage;
