//! A reason with its figures, and which of two is worse.

use crate::clock::Instant;
use shared::service::StatusReason;

/// A figure or name for the sentence.
pub type Param = (&'static str, String);

/// Why something is as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The word.
    pub reason: StatusReason,
    /// Its figures and names.
    pub params: Vec<Param>,
    /// Since when, where known.
    pub since: Option<Instant>,
}

impl Reason {
    /// Without figures.
    pub const fn of(reason: StatusReason) -> Self {
        Self { reason, params: Vec::new(), since: None }
    }

    /// With one more figure; an empty one says nothing and is left out.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.params.push((name, value));
        }
        self
    }

    /// With more figures.
    #[must_use]
    pub fn with_all(mut self, params: impl IntoIterator<Item = Param>) -> Self {
        self.params.extend(params);
        self
    }

    /// Since then.
    #[must_use]
    pub const fn since(mut self, since: Option<Instant>) -> Self {
        self.since = since;
        self
    }

    pub(super) const fn named(mut self, reason: StatusReason) -> Self {
        self.reason = reason;
        self
    }

    pub(super) fn without_params(mut self) -> Self {
        self.params.clear();
        self
    }

    /// Greater is worse. What is nearer to the cause goes before what follows from it: a missing node before a
    /// container that is not ready, a rollout that is stuck after all that may hold it up.
    pub(super) const fn weight(&self) -> u8 {
        use StatusReason as R;
        match self.reason {
            R::NodeNotReady => 30,
            R::QuotaExceeded => 29,
            R::PodsForbidden => 28,
            R::ImageNameInvalid => 27,
            R::ImagePullFailed => 26,
            R::ConfigMissing => 25,
            R::OutOfMemory => 24,
            R::InitFailed => 23,
            R::CrashLoop => 22,
            R::VolumeMountFailed => 21,
            R::VolumePending => 20,
            R::Unschedulable => 19,
            R::Evicted => 18,
            R::ProbeFailing => 17,
            R::ContainerExited => 16,
            R::JobFailed => 15,
            R::RolloutStuck => 14,
            R::PodTerminating => 4,
            R::WaitingForPods => 3,
            R::Starting => 2,
            R::RollingOut => 1,
            _ => 0,
        }
    }

    /// Whether waiting alone will probably not help.
    pub(super) const fn is_broken(&self) -> bool {
        self.weight() >= 14
    }
}
