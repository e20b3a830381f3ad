//! The master key, and secrets in files.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::error::{ConfigError, Mistake};
use crate::crypto::random::Random;

/// Where the master key comes from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// From the configuration itself.
    Given(SecretString),
    /// From a file that must be there.
    File(PathBuf),
    /// From a file that is made at the first start.
    Made(PathBuf),
}

impl KeySource {
    pub(super) fn choose(given: Option<SecretString>, file: Option<PathBuf>, data_dir: &Path) -> Result<Self, Mistake> {
        match (given, file) {
            (Some(_), Some(_)) => {
                Err(Mistake::new("master_key", "`master_key_file` is set too", "keep one of the two"))
            }
            (Some(key), None) => is_key("master_key", &key).map(|()| Self::Given(key)),
            (None, Some(path)) => Ok(Self::File(path)),
            (None, None) => Ok(Self::Made(data_dir.join("master.key"))),
        }
    }

    pub(super) fn load(&self) -> Result<SecretString, ConfigError> {
        let key = match self {
            Self::Given(key) => key.clone(),
            Self::File(path) => read_secret("master_key_file", path)?,
            Self::Made(path) => {
                if !path.exists() {
                    make(path).map_err(|error| {
                        let wrong = format!("{} cannot be made ({error})", path.display());
                        Mistake::new("data_dir", wrong, "let the server write there, or set master_key_file")
                    })?;
                }
                read_secret("master_key_file", path)?
            }
        };
        is_key("master_key_file", &key)?;
        Ok(key)
    }
}

fn is_key(name: &str, key: &SecretString) -> Result<(), Mistake> {
    let text = key.expose_secret();
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(Mistake::new(name, "it is not 64 hexadecimal digits", "restore it; `openssl rand -hex 32` makes a first one"))
}

/// The text of a file, without the line break at its end.
pub(super) fn read_secret(name: &str, path: &Path) -> Result<SecretString, Mistake> {
    let text = fs::read_to_string(path).map(Zeroizing::new).map_err(|error| {
        Mistake::new(
            name,
            format!("{} cannot be read ({error})", path.display()),
            "name a file that the server may read",
        )
    })?;
    if text.trim().is_empty() {
        return Err(Mistake::new(name, format!("{} is empty", path.display()), "write the secret into it"));
    }
    Ok(SecretString::from(text.trim()))
}

/// Makes a folder that nobody else may look into.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Writes a new key. It appears whole or not at all, and never over another.
fn make(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let mut bytes = Zeroizing::new([0_u8; 32]);
    Random::default().fill(bytes.as_mut());
    let text = Zeroizing::new(hex::encode(bytes.as_ref()) + "\n");
    let draft = path.with_extension(format!("key.{}", std::process::id()));
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        match fs::hard_link(&draft, path) {
            // Another process was quicker; its key counts.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        }
    })();
    let _ = fs::remove_file(&draft);
    written
}
