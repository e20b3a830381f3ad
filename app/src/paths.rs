//! Every address of the console, made and taken apart in one place.

use cynic::Id;
use std::fmt::{self, Display, Write};

/// An address of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Path {
    /// Where one signs in, and the address to go to afterwards.
    SignIn { next: Option<String> },
    /// Where a first password is changed.
    ChangePassword,
    /// Where one makes an account, if that is switched on.
    SignUp,
    /// Everybody who has an account, for Admins.
    People,
    /// The own account: password and tokens.
    Account,
    /// All workspaces.
    Workspaces,
    /// A workspace's overview.
    Workspace(Id),
    /// The marketplace, from within a workspace.
    Marketplace(Id),
    /// An app of the marketplace.
    App(Id, String),
    /// The form that launches an app.
    Launch(Id, String),
    /// A workspace's services.
    Services(Id),
    /// A service, at one of its tabs.
    Service(Id, Id, ServiceTab),
    /// Everything that was done in a workspace.
    Operations(Id),
    /// An operation of a workspace.
    Operation(Id, Id),
    /// A workspace's members.
    Members(Id),
    /// A workspace's settings.
    Settings(Id),
}

/// The tabs of a service's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ServiceTab {
    /// Status, address, pods, volumes, values.
    #[default]
    Overview,
    /// Live logs.
    Logs,
    /// Events of the cluster.
    Events,
    /// The open or last operation.
    Activity,
    /// Restart and delete.
    Settings,
}

impl ServiceTab {
    /// Every tab, in the order shown.
    pub const ALL: [Self; 5] = [Self::Overview, Self::Logs, Self::Events, Self::Activity, Self::Settings];

    /// The tab's word in the address; the first tab has none.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Logs => "logs",
            Self::Events => "events",
            Self::Activity => "activity",
            Self::Settings => "settings",
        }
    }

    /// The tab of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.as_str() == word)
    }
}

impl Path {
    /// Sign-in that comes back to `here`.
    pub fn sign_in_from(here: &str) -> Self {
        Self::SignIn { next: (here != "/").then(|| here.to_owned()) }
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignIn { next: None } => f.write_str("/sign-in"),
            Self::SignIn { next: Some(next) } => write!(f, "/sign-in?next={}", Escaped(next)),
            Self::ChangePassword => f.write_str("/change-password"),
            Self::SignUp => f.write_str("/sign-up"),
            Self::People => f.write_str("/people"),
            Self::Account => f.write_str("/account"),
            Self::Workspaces => f.write_str("/workspaces"),
            Self::Workspace(id) => write!(f, "/w/{}", id.inner()),
            Self::Marketplace(id) => write!(f, "/w/{}/marketplace", id.inner()),
            Self::App(id, slug) => write!(f, "/w/{}/marketplace/{}", id.inner(), Escaped(slug)),
            Self::Launch(id, slug) => write!(f, "/w/{}/marketplace/{}/launch", id.inner(), Escaped(slug)),
            Self::Services(id) => write!(f, "/w/{}/services", id.inner()),
            Self::Service(id, service, ServiceTab::Overview) => {
                write!(f, "/w/{}/services/{}", id.inner(), service.inner())
            }
            Self::Service(id, service, tab) => {
                write!(f, "/w/{}/services/{}/{}", id.inner(), service.inner(), tab.as_str())
            }
            Self::Operations(id) => write!(f, "/w/{}/operations", id.inner()),
            Self::Operation(id, operation) => write!(f, "/w/{}/operations/{}", id.inner(), operation.inner()),
            Self::Members(id) => write!(f, "/w/{}/members", id.inner()),
            Self::Settings(id) => write!(f, "/w/{}/settings", id.inner()),
        }
    }
}

/// A page with filters, of which those that are empty are left out.
pub fn filtered(page: &Path, filters: &[(&str, &str)]) -> String {
    let mut address = page.to_string();
    for (name, value) in filters.iter().filter(|(_, value)| !value.is_empty()) {
        let mark = if address.contains('?') { '&' } else { '?' };
        // Nothing that is written into a string can fail.
        let _ = write!(address, "{mark}{name}={}", Escaped(value));
    }
    address
}

/// Percent-encoded for a part of an address (RFC 3986, section 2.1).
pub struct Escaped<'a>(pub &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                f.write_char(char::from(byte))?;
            } else {
                write!(f, "%{byte:02X}")?;
            }
        }
        Ok(())
    }
}

/// An address that sign-in may lead back to: one of our own pages, never another site.
pub fn safe_next(next: Option<String>) -> String {
    next.filter(|next| next.starts_with('/') && !next.starts_with("//") && !next.contains('\\'))
        .filter(|next| !next.starts_with("/sign-in"))
        .unwrap_or_else(|| "/".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_leads_back_to_own_pages_only() {
        for next in ["https://evil.example", "//evil.example", "/\\evil.example", "/sign-in", ""] {
            assert_eq!(safe_next(Some(next.to_owned())), "/", "{next}");
        }
        assert_eq!(safe_next(Some("/w/1?tab=2".to_owned())), "/w/1?tab=2");
    }

    #[test]
    fn filters_stand_in_the_address_unless_they_are_empty() {
        let page = Path::Services(Id::new("1"));
        assert_eq!(filtered(&page, &[("q", ""), ("state", "")]), "/w/1/services");
        assert_eq!(
            filtered(&page, &[("q", "a b"), ("x", ""), ("state", "error")]),
            "/w/1/services?q=a%20b&state=error"
        );
    }

    #[test]
    fn addresses_are_escaped() {
        assert_eq!(Path::sign_in_from("/w/1?q=a b").to_string(), "/sign-in?next=%2Fw%2F1%3Fq%3Da%20b");
    }
}
