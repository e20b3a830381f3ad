//! Parts without knowledge of API or router: what every page is made of.

mod alert;
mod button;
mod copy;
mod dialog;
mod field;
pub mod focus;
mod icon;
mod leave;
mod menu;
mod page;
mod resize;
mod table;
mod time;

pub use alert::{Alert, Tone};
pub use button::{Button, Kind, Press, RowButton, SubmitButton, watch_escape};
pub use copy::CopyButton;
pub use dialog::Dialog;
pub use field::{CheckField, SelectField, TextArea, TextField};
pub use icon::{Icon, icon};
pub use leave::watch_pointer;
pub use menu::Menu;
pub use page::{Empty, PageTitle, Skeleton};
pub use resize::on_resize;
pub use table::{Table, email};
pub use time::{Elapsed, Lasting, When};

use std::sync::atomic::{AtomicU32, Ordering};

/// An id for an element, unique on the page, to tie labels and descriptions to fields.
pub fn unique(prefix: &str) -> String {
    static LAST: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}-{}", LAST.fetch_add(1, Ordering::Relaxed))
}
