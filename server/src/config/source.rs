//! Where the configuration comes from: a TOML file, then the environment.

use std::path::Path;

use figment::{
    Error, Metadata, Profile, Provider,
    providers::{Format, Toml},
    value::{Dict, Map, Value},
};

use super::error::{ConfigError, Mistake};

const PREFIX: &str = "WOOW_";
/// Variables of our own tools, which are not the server's.
const FOREIGN: &[&str] = &["CONFIG", "CACHE", "BIN", "SHARED_TARGET"];
const FOREIGN_PREFIXES: &[&str] = &["TEST_", "E2E_"];
/// Keys whose value is not a text, or tables of such.
const NUMBERS: &[&str] = &["limits.", "operations.", "retention."];
const LISTS: &[&str] = &["trusted_proxies"];
const SWITCHES: &[&str] = &["sandbox"];

/// Reads the file.
pub(super) fn file(path: &Path) -> Result<impl Provider + use<>, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let wrong = format!("{} cannot be read ({error})", path.display());
        Mistake::new("config", wrong, "give an existing file by --config or WOOW_CONFIG")
    })?;
    let provider = Toml::string(&text);
    if let Err(error) = provider.data() {
        let wrong = format!("{} is not TOML: {}", path.display(), without_excerpt(&error.to_string()));
        return Err(Mistake::new("config", wrong, "correct it; `woow-paas config example` shows the form").into());
    }
    Ok(provider)
}

/// Leaves out the lines that quote the file, which may hold secrets.
fn without_excerpt(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.contains(" | ") && !line.trim_end().ends_with('|'));
    lines.map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(": ")
}

/// `WOOW_*`; `__` stands for the dot: `WOOW_DATABASE__URL` is `database.url`. Empty ones count as not set.
pub(super) struct Environment(Vec<(String, String)>);

impl Environment {
    pub(super) fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let ours = variables.into_iter().filter_map(|(name, value)| {
            let key = name.strip_prefix(PREFIX)?;
            let foreign = FOREIGN.contains(&key) || FOREIGN_PREFIXES.iter().any(|prefix| key.starts_with(prefix));
            (!foreign && !value.is_empty()).then(|| (key.to_lowercase().replace("__", "."), value))
        });
        Self(ours.collect())
    }
}

impl Provider for Environment {
    fn metadata(&self) -> Metadata {
        Metadata::named("environment")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut root = Dict::new();
        for (key, text) in &self.0 {
            insert(&mut root, key, value(key, text));
        }
        Ok(Profile::Default.collect(root))
    }
}

fn insert(dict: &mut Dict, key: &str, value: Value) {
    let Some((table, rest)) = key.split_once('.') else {
        dict.insert(key.to_owned(), value);
        return;
    };
    let inner = dict.entry(table.to_owned()).or_insert_with(|| Value::from(Dict::new()));
    if let Value::Dict(_, inner) = inner {
        insert(inner, rest, value);
    }
}

/// Variables are texts; what the key wants to be a number, a list or a switch is read as such. A text that does not fit
/// stays one and is refused by its type.
fn value(key: &str, text: &str) -> Value {
    let text = text.trim();
    if LISTS.contains(&key) {
        let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        return Value::from(parts);
    }
    if SWITCHES.contains(&key) {
        match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => return Value::from(true),
            "0" | "false" | "no" | "off" => return Value::from(false),
            _ => {}
        }
    }
    match text.parse::<u64>() {
        Ok(number) if NUMBERS.iter().any(|table| key.starts_with(table)) => Value::from(number),
        _ => Value::from(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_of_the_file_is_not_repeated() {
        let text = "TOML parse error at line 1, column 14\n  |\n1 | master_key = \"hunter2\n  |              ^\ninvalid basic string\n";
        let text = without_excerpt(text);
        assert!(!text.contains("hunter2"), "{text}");
        assert!(text.contains("line 1, column 14"), "{text}");
    }
}
