//! A reason with its figures, and which of two is worse.

use crate::clock::Instant;
use StatusReason as R;
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

/// What is nearer to the cause goes before what follows from it: a missing node before a container that is not ready, a
/// rollout that is stuck after all that may hold it up. What passes by itself comes last.
pub(super) const WORST_FIRST: &[StatusReason] = &[
    // Nothing on the node can be trusted.
    R::NodeGone,
    R::NodeNotReady,
    // The pod must not be made.
    R::QuotaExceeded,
    R::LimitsMissing,
    R::LimitRangeRefused,
    R::PodSecurityRefused,
    R::AdmissionRefused,
    R::WebhookFailed,
    R::ServiceAccountMissing,
    R::PodsForbidden,
    R::PodsNotMade,
    // It has no image.
    R::ImageNameInvalid,
    R::ImageNotFound,
    R::ImageAccessDenied,
    R::ImageWrongPlatform,
    R::RegistryCertificateInvalid,
    R::RegistryUnreachable,
    R::ImageRateLimited,
    R::ImagePullFailed,
    // It cannot be put together.
    R::ConfigMapMissing,
    R::SecretMissing,
    R::ConfigKeyMissing,
    R::RunsAsRoot,
    R::ContainerConfigFailed,
    // It does not stay.
    R::OutOfMemory,
    R::CommandNotFound,
    R::StartFailed,
    R::StartHookFailed,
    R::InitFailed,
    R::LivenessFailing,
    R::StartupFailing,
    R::KeepsEnding,
    R::ContainerKilled,
    R::CrashLoop,
    // It does not get what it needs of its node.
    R::VolumeLost,
    R::VolumeInUse,
    R::VolumeAttachFailed,
    R::VolumeMountFailed,
    R::NetworkFailed,
    R::SandboxFailed,
    // It has no place.
    R::ClaimMissing,
    R::VolumeClassMissing,
    R::VolumeProvisionFailed,
    R::VolumeNoneFree,
    R::VolumeNodeConflict,
    R::NoRoom,
    R::NoNodes,
    R::NodeSelectorUnmatched,
    R::AffinityUnmet,
    R::NodesTainted,
    R::Unschedulable,
    R::NodeRefused,
    // It lost its place.
    R::EvictedMemory,
    R::EvictedDisk,
    R::Evicted,
    R::Preempted,
    R::NodeShutdown,
    // It may still come.
    R::ReadinessFailing,
    R::ContainerExited,
    R::JobGaveUp,
    R::JobTooLong,
    R::JobFailed,
    R::CreatingTooLong,
    R::PodStuckTerminating,
    // What only follows from all that.
    R::RolloutPaused,
    R::RolloutStuck,
    // It passes.
    R::VolumePending,
    R::Drained,
    R::PodTerminating,
    R::OrdinalWaiting,
    R::WaitingForPods,
    R::ImagePulling,
    R::Preparing,
    R::Starting,
    R::ReadinessGateOpen,
    R::RollingOut,
];

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

    /// Greater is worse; nothing is wrong at zero.
    pub(super) fn weight(&self) -> usize {
        let place = WORST_FIRST.iter().position(|reason| *reason == self.reason);
        place.map_or(0, |place| WORST_FIRST.len() - place)
    }

    /// Whether waiting alone will probably not help.
    pub(super) fn is_broken(&self) -> bool {
        self.weight() > 0 && !self.reason.is_passing()
    }
}
