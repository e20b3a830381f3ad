//! What to do with a release in the state in which it is found: after a crash, a kill or a timeout as well.
//!
//! Helm refuses to go on from a pending record (<https://github.com/helm/helm/issues/8987>), so: a pending install is
//! removed and made anew; a pending upgrade or rollback goes back to the last deployed revision first. The process of
//! the earlier attempt must have ended before (see [`super::end_leftover`]).

use super::ID_LABEL;
use crate::adapters::kube::ReleaseRecord;

/// The status in a release's record (Helm's `pkg/release/common`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordStatus {
    /// It is what the cluster has.
    Deployed,
    /// A later revision took its place.
    Superseded,
    /// Helm could not do it.
    Failed,
    /// An install has begun.
    PendingInstall,
    /// An upgrade has begun.
    PendingUpgrade,
    /// A rollback has begun.
    PendingRollback,
    /// An uninstall has begun.
    Uninstalling,
    /// It was removed and its history kept.
    Uninstalled,
    /// Helm itself does not know.
    Unknown,
}

impl RecordStatus {
    /// Reads the label `status` of a record.
    pub fn parse(text: &str) -> Self {
        match text {
            "deployed" => Self::Deployed,
            "superseded" => Self::Superseded,
            "failed" => Self::Failed,
            "pending-install" => Self::PendingInstall,
            "pending-upgrade" => Self::PendingUpgrade,
            "pending-rollback" => Self::PendingRollback,
            "uninstalling" => Self::Uninstalling,
            "uninstalled" => Self::Uninstalled,
            _ => Self::Unknown,
        }
    }

    /// The status in Helm's words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deployed => "deployed",
            Self::Superseded => "superseded",
            Self::Failed => "failed",
            Self::PendingInstall => "pending-install",
            Self::PendingUpgrade => "pending-upgrade",
            Self::PendingRollback => "pending-rollback",
            Self::Uninstalling => "uninstalling",
            Self::Uninstalled => "uninstalled",
            Self::Unknown => "unknown",
        }
    }
}

/// One revision of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// The revision's number.
    pub revision: u32,
    /// Its status.
    pub status: RecordStatus,
    /// Whether the record carries the label `woow.io/id` that is expected.
    pub ours: bool,
}

impl Record {
    /// Reads a record's labels; `id` is what `woow.io/id` must be.
    pub fn read(record: &ReleaseRecord, id: &str) -> Self {
        Self {
            revision: record.revision,
            status: RecordStatus::parse(&record.status),
            ours: record.labels.get(ID_LABEL).is_some_and(|found| found == id),
        }
    }
}

/// What is wanted of the release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// It is there.
    Install,
    /// It is changed to new values: for upgrade, which no operation does yet.
    Upgrade,
    /// It is gone.
    Uninstall,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Install it.
    Install,
    /// Remove what is left, then install it.
    UninstallThenInstall,
    /// Go back to this revision; then look again.
    RollbackTo(u32),
    /// Upgrade it, which no operation does yet.
    Upgrade,
    /// It is as it should be.
    Keep,
    /// Remove it.
    Uninstall,
    /// There is nothing to do.
    Nothing,
    /// It belongs to someone else: touch nothing.
    RefuseForeign,
    /// There is no such release to change.
    RefuseMissing,
}

impl Action {
    /// The action's name in the journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::UninstallThenInstall => "uninstall and install",
            Self::RollbackTo(_) => "rollback",
            Self::Upgrade => "upgrade",
            Self::Keep => "keep",
            Self::Uninstall => "uninstall",
            Self::Nothing => "nothing",
            Self::RefuseForeign | Self::RefuseMissing => "refuse",
        }
    }
}

/// Decides from all records of a release, in any order.
pub fn decide(records: &[Record], intent: Intent) -> Action {
    use RecordStatus as S;
    let Some(newest) = records.iter().max_by_key(|record| record.revision) else {
        return match intent {
            Intent::Install => Action::Install,
            Intent::Upgrade => Action::RefuseMissing,
            Intent::Uninstall => Action::Nothing,
        };
    };
    if records.iter().any(|record| !record.ours) {
        return Action::RefuseForeign;
    }
    // The last revision that was up: deployed, or superseded by one that came later.
    let good = records
        .iter()
        .filter(|record| matches!(record.status, S::Deployed | S::Superseded))
        .max_by_key(|record| (record.status == S::Deployed, record.revision))
        .map(|record| record.revision);
    match (intent, newest.status) {
        (Intent::Uninstall, _) => Action::Uninstall,
        (Intent::Install, S::Deployed) => Action::Keep,
        (Intent::Upgrade, S::Deployed) => Action::Upgrade,
        // Nothing of it ever ran, or it was being removed: what is left goes away, claims are kept.
        (Intent::Install, S::PendingInstall | S::Uninstalling | S::Uninstalled) => Action::UninstallThenInstall,
        (Intent::Upgrade, S::PendingInstall | S::Uninstalling | S::Uninstalled) => Action::RefuseMissing,
        (_, S::PendingUpgrade | S::PendingRollback) => match (good, intent) {
            (Some(revision), _) => Action::RollbackTo(revision),
            (None, Intent::Install) => Action::UninstallThenInstall,
            (None, _) => Action::RefuseMissing,
        },
        // Helm upgrades from a failed revision as long as an earlier one was deployed.
        (Intent::Install | Intent::Upgrade, S::Failed | S::Superseded | S::Unknown) => match (good, intent) {
            (Some(_), Intent::Upgrade) => Action::Upgrade,
            (Some(revision), _) => Action::RollbackTo(revision),
            (None, Intent::Install) => Action::UninstallThenInstall,
            (None, _) => Action::RefuseMissing,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RecordStatus as S;

    fn records(statuses: &[S]) -> Vec<Record> {
        (1..).zip(statuses).map(|(revision, &status)| Record { revision, status, ours: true }).collect()
    }

    #[test]
    fn each_state_and_intent_has_one_action() {
        use Action as A;
        // statuses from the first revision to the newest; then what install, upgrade and uninstall do
        let table: &[(&[S], [A; 3])] = &[
            (&[], [A::Install, A::RefuseMissing, A::Nothing]),
            (&[S::Deployed], [A::Keep, A::Upgrade, A::Uninstall]),
            (&[S::PendingInstall], [A::UninstallThenInstall, A::RefuseMissing, A::Uninstall]),
            (&[S::Failed], [A::UninstallThenInstall, A::RefuseMissing, A::Uninstall]),
            (&[S::Uninstalling], [A::UninstallThenInstall, A::RefuseMissing, A::Uninstall]),
            (&[S::Uninstalled], [A::UninstallThenInstall, A::RefuseMissing, A::Uninstall]),
            (&[S::Unknown], [A::UninstallThenInstall, A::RefuseMissing, A::Uninstall]),
            (&[S::Superseded, S::Deployed], [A::Keep, A::Upgrade, A::Uninstall]),
            (&[S::Deployed, S::PendingUpgrade], [A::RollbackTo(1), A::RollbackTo(1), A::Uninstall]),
            (&[S::Superseded, S::Deployed, S::PendingRollback], [A::RollbackTo(2), A::RollbackTo(2), A::Uninstall]),
            (&[S::Superseded, S::PendingUpgrade], [A::RollbackTo(1), A::RollbackTo(1), A::Uninstall]),
            (&[S::Deployed, S::Failed], [A::RollbackTo(1), A::Upgrade, A::Uninstall]),
            (&[S::Deployed, S::Failed, S::Failed], [A::RollbackTo(1), A::Upgrade, A::Uninstall]),
            (&[S::Failed, S::PendingUpgrade], [A::UninstallThenInstall, A::RefuseMissing, A::Uninstall]),
            (&[S::Deployed, S::Uninstalling], [A::UninstallThenInstall, A::RefuseMissing, A::Uninstall]),
            (&[S::Superseded, S::Superseded], [A::RollbackTo(2), A::Upgrade, A::Uninstall]),
        ];
        for (statuses, expected) in table {
            let records = records(statuses);
            let actions = [Intent::Install, Intent::Upgrade, Intent::Uninstall].map(|intent| decide(&records, intent));
            assert_eq!(actions, *expected, "{statuses:?}");
            let mut turned = records.clone();
            turned.reverse();
            assert_eq!(decide(&turned, Intent::Install), expected[0], "order does not matter: {statuses:?}");
        }
    }

    #[test]
    fn what_is_not_ours_is_never_touched() {
        for status in [S::Deployed, S::Failed, S::PendingInstall] {
            let foreign = [Record { revision: 1, status, ours: false }];
            for intent in [Intent::Install, Intent::Upgrade, Intent::Uninstall] {
                assert_eq!(decide(&foreign, intent), Action::RefuseForeign);
            }
        }
    }

    #[test]
    fn status_labels_are_read() {
        for status in [S::Deployed, S::Superseded, S::Failed, S::PendingInstall, S::PendingUpgrade, S::PendingRollback]
        {
            assert_eq!(S::parse(status.as_str()), status);
        }
        assert_eq!(S::parse("something-new"), S::Unknown);
    }
}
