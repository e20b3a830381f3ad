//! A launcher of the real Helm that misbehaves once where a test says so.

use std::{os::unix::fs::PermissionsExt, path::PathBuf};

/// How the next call of a subcommand misbehaves.
#[derive(Clone, Copy)]
pub enum Trouble {
    /// It never ends, unless asked to.
    Hangs,
    /// It does its work, and prints a hundred megabytes in one line and as much in many.
    Floods,
    /// It ends as a container does that is out of memory.
    Exits137,
    /// It fails, and its message holds the values that it was given.
    Leaks,
    /// Something kills it before it has begun.
    KilledBefore,
    /// Something kills it when its work is done.
    KilledAfter,
    /// Somebody asks it to end, and it says what Helm says then.
    AskedToEnd,
}

/// The launcher, for one server.
pub struct Wrapper(tempfile::TempDir);

impl Wrapper {
    /// The proxy at this port hears where it is while it renders a chart.
    pub fn new(proxy: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let helm = std::env::var("WOOW_HELM").expect("WOOW_HELM is not set: run `make test`");
        let script = include_str!("../../fixtures/helm/troubled.sh");
        let script = script.replace("@HELM@", &helm).replace("@FOLDER@", folder.path().to_str().unwrap());
        let script = script.replace("@PROXY@", &proxy.to_string());
        let path = folder.path().join("helm");
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }

    /// What the server is told to be Helm.
    pub fn program(&self) -> PathBuf {
        self.0.path().join("helm")
    }

    /// The next call of this subcommand in a namespace misbehaves; those after it do not.
    pub fn trouble(&self, namespace: &str, subcommand: &str, trouble: Trouble) {
        let word = match trouble {
            Trouble::Hangs => "hangs",
            Trouble::Floods => "floods",
            Trouble::Exits137 => "exits-137",
            Trouble::Leaks => "leaks",
            Trouble::KilledBefore => "killed-before",
            Trouble::KilledAfter => "killed-after",
            Trouble::AskedToEnd => "asked-to-end",
        };
        std::fs::write(self.0.path().join(format!("{subcommand}.{namespace}.trouble")), word).unwrap();
    }
}
