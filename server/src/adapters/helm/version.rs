//! Helm's version, and which ones we work with.

use std::fmt;

use super::error::{Cause, HelmError};

/// A version of Helm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// The major version.
    pub major: u32,
    /// The minor version.
    pub minor: u32,
    /// The patch, which some builds leave out.
    pub patch: Option<u32>,
}

impl Version {
    /// The major version that the server is written and tested for.
    pub const SUPPORTED: u32 = 4;

    /// Reads what `helm version --short` prints: `v4.3.1+gabc1234`, or only `v4.3` of a build without a stamp.
    pub fn parse(text: &str) -> Result<Self, HelmError> {
        let version = Self::read(text.trim()).ok_or_else(|| {
            let told: String = text.trim().chars().take(80).collect();
            HelmError::new(Cause::Missing, format!("the program does not answer like helm: {told:?}"))
        })?;
        if version.major == Self::SUPPORTED {
            return Ok(version);
        }
        let message = format!("helm is {version}, but version {} is needed", Self::SUPPORTED);
        Err(HelmError::new(Cause::WrongVersion, message))
    }

    fn read(text: &str) -> Option<Self> {
        let end = text.find(['+', '-', ' ']).unwrap_or(text.len());
        let mut parts = text.get(..end)?.strip_prefix('v')?.split('.').map(|part| part.parse::<u32>().ok());
        let version = Self {
            major: parts.next()??,
            minor: parts.next()??,
            patch: parts.next().map_or(Some(None), |p| p.map(Some))?,
        };
        parts.next().is_none().then_some(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamped_and_bare_versions_are_read() {
        for (text, shown) in
            [("v4.3\n", "4.3"), ("v4.3.1", "4.3.1"), ("v4.3.1+g0b1a2c3", "4.3.1"), ("v4.4.0-rc.1", "4.4.0")]
        {
            assert_eq!(Version::parse(text).map(|version| version.to_string()).ok().as_deref(), Some(shown));
        }
    }

    #[test]
    fn other_majors_and_other_programs_are_refused() {
        let error = Version::parse("v3.19.0+gabc").unwrap_err();
        assert_eq!(
            (error.cause, error.message.as_str()),
            (Cause::WrongVersion, "helm is 3.19.0, but version 4 is needed")
        );
        for text in ["", "v", "4.3.1", "v4", "v4.x", "v4.3.1.1", "GNU bash, version 5"] {
            assert_eq!(Version::parse(text).map_err(|error| error.cause), Err(Cause::Missing), "{text}");
        }
    }
}
