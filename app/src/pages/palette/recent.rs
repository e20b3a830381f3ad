//! What was chosen lately, kept in the browser.

const NAME: &str = "woow.recent";
const MOST: usize = 8;

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The keys of what was chosen lately, newest first. Where storage is forbidden there are none.
pub fn read() -> Vec<String> {
    let text = storage().and_then(|storage| storage.get_item(NAME).ok().flatten()).unwrap_or_default();
    text.lines().take(MOST).map(ToOwned::to_owned).collect()
}

/// Remembers a choice.
pub fn remember(key: &str) {
    let mut keys = read();
    keys.retain(|other| other != key);
    keys.insert(0, key.to_owned());
    keys.truncate(MOST);
    if let Some(storage) = storage() {
        // Full or forbidden: then the next search begins without it.
        let _ = storage.set_item(NAME, &keys.join("\n"));
    }
}
