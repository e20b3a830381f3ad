//! Light, dark, or as the system says. `boot.js` applies the stored choice before the first paint.

use leptos::prelude::*;

/// The choice of a theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The choice as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

const KEY: &str = "woow.theme";

fn storage() -> Option<web_sys::Storage> {
    // Browsers may forbid storage altogether; then the choice lasts as long as the page.
    window().local_storage().ok().flatten()
}

thread_local! {
    static CHOSEN: ArcRwSignal<Theme> = ArcRwSignal::new(stored());
}

/// The choice, to be watched.
pub fn chosen() -> ArcRwSignal<Theme> {
    CHOSEN.with(Clone::clone)
}

fn stored() -> Theme {
    let text = storage().and_then(|storage| storage.get_item(KEY).ok().flatten()).unwrap_or_default();
    Theme::ALL.into_iter().find(|theme| theme.as_str() == text).unwrap_or_default()
}

/// Stores a choice and applies it.
pub fn choose(theme: Theme) {
    chosen().set(theme);
    if let Some(storage) = storage() {
        // A full or forbidden storage only forgets the choice.
        let _ = storage.set_item(KEY, theme.as_str());
    }
    if let Some(root) = document().document_element() {
        let _ = match theme {
            Theme::System => root.remove_attribute("data-theme"),
            Theme::Light | Theme::Dark => root.set_attribute("data-theme", theme.as_str()),
        };
    }
}
