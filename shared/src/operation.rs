//! The words of operations: what is done to the outside world, step by step, with a journal.

api_enum! {
    /// What an operation does.
    OperationKind {
        /// Makes a workspace's namespace with its limits and accounts.
        WorkspaceCreate = "WORKSPACE_CREATE",
        /// Installs a service and waits until it is ready.
        ServiceLaunch = "SERVICE_LAUNCH",
        /// Restarts a service's pods.
        ServiceRestart = "SERVICE_RESTART",
        /// Removes a service.
        ServiceDelete = "SERVICE_DELETE",
    }
}

api_enum! {
    /// How far an operation is.
    OperationState {
        /// It waits for its turn.
        Queued = "QUEUED",
        /// It is being done.
        Running = "RUNNING",
        /// It was asked to stop and undoes what it did.
        Cancelling = "CANCELLING",
        /// It is done.
        Succeeded = "SUCCEEDED",
        /// It failed for good; it may be retried.
        Failed = "FAILED",
        /// It was stopped and undone; it may be retried.
        Cancelled = "CANCELLED",
    }
}

impl OperationState {
    /// Whether the operation still holds its target.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Running | Self::Cancelling)
    }
}

api_enum! {
    /// Which operations a list shows.
    OperationFilter {
        /// Those that wait, run or are being undone.
        Open = "OPEN",
        /// Those that failed.
        Failed = "FAILED",
    }
}

api_enum! {
    /// A step of an operation.
    StepName {
        /// The namespace is there and ours.
        Namespace = "NAMESPACE",
        /// Quota, default limits, network policy and pod security are set.
        Limits = "LIMITS",
        /// The deployer account is there and bound in this namespace only.
        Access = "ACCESS",
        /// The chart is rendered and checked.
        Chart = "CHART",
        /// Helm installs the release.
        Install = "INSTALL",
        /// The web address is the service's own.
        Address = "ADDRESS",
        /// The pods are ready.
        Ready = "READY",
        /// The pods are told to restart.
        Restart = "RESTART",
        /// Helm removes the release.
        Uninstall = "UNINSTALL",
        /// The volumes are kept or removed, as chosen.
        Volumes = "VOLUMES",
        /// The platform forgets the service and frees its address.
        Forget = "FORGET",
        /// What was done is undone.
        Undo = "UNDO",
    }
}

api_enum! {
    /// How far a step is.
    StepState {
        /// Not begun.
        Pending = "PENDING",
        /// Being done.
        Running = "RUNNING",
        /// Done.
        Done = "DONE",
        /// Failed.
        Failed = "FAILED",
    }
}

api_enum! {
    /// Why an operation failed.
    OperationErrorCode {
        /// The cluster does not answer.
        ClusterUnreachable = "CLUSTER_UNREACHABLE",
        /// The cluster does not allow it to the platform's account: `message`.
        ClusterForbidden = "CLUSTER_FORBIDDEN",
        /// The cluster refused an object: `message`.
        ClusterRefused = "CLUSTER_REFUSED",
        /// The namespace `namespace` is being deleted.
        NamespaceTerminating = "NAMESPACE_TERMINATING",
        /// A namespace `namespace` is there and is not ours.
        NamespaceForeign = "NAMESPACE_FOREIGN",
        /// The chart cannot be rendered: `message`.
        ChartInvalid = "CHART_INVALID",
        /// The chart's schema refers to another document, `reference`.
        ChartSchemaForeignRef = "CHART_SCHEMA_FOREIGN_REF",
        /// The chart makes an object of the whole cluster or of a kind that is not allowed: `kind`, `name`.
        ChartClusterScoped = "CHART_CLUSTER_SCOPED",
        /// The chart makes an object in another namespace, `namespace`.
        ChartForeignNamespace = "CHART_FOREIGN_NAMESPACE",
        /// The chart refuses the values: `message`.
        ValuesRefused = "VALUES_REFUSED",
        /// The helm program is missing or of another major version.
        HelmMissing = "HELM_MISSING",
        /// Helm failed: `message`.
        HelmFailed = "HELM_FAILED",
        /// Helm did not end in time.
        HelmTimeout = "HELM_TIMEOUT",
        /// The release `release`, or an object of it, is there and is not ours.
        ReleaseForeign = "RELEASE_FOREIGN",
        /// The release's record is more than Kubernetes can store.
        ReleaseRecordTooLarge = "RELEASE_RECORD_TOO_LARGE",
        /// The workspace's quota is used up: `message`.
        QuotaExceeded = "QUOTA_EXCEEDED",
        /// The pods were not ready in time.
        NotReadyInTime = "NOT_READY_IN_TIME",
        /// Pods or volumes of before are still being removed.
        StillDeleting = "STILL_DELETING",
        /// A stored secret cannot be decrypted.
        SecretUnreadable = "SECRET_UNREADABLE",
        /// What the operation was for is gone.
        TargetGone = "TARGET_GONE",
        /// A fault of ours.
        Internal = "INTERNAL",
    }
}

impl OperationErrorCode {
    /// The parameters that always come with it, for the sentence that explains it; more may come.
    pub const fn params(self) -> &'static [&'static str] {
        match self {
            Self::ChartClusterScoped => &["kind", "name"],
            Self::NamespaceTerminating | Self::NamespaceForeign | Self::ChartForeignNamespace => &["namespace"],
            Self::ChartSchemaForeignRef => &["reference"],
            Self::ReleaseForeign => &["release"],
            Self::StillDeleting => &["names"],
            Self::ClusterForbidden
            | Self::ClusterRefused
            | Self::ChartInvalid
            | Self::ValuesRefused
            | Self::HelmFailed
            | Self::QuotaExceeded => &["message"],
            Self::ClusterUnreachable
            | Self::HelmMissing
            | Self::HelmTimeout
            | Self::ReleaseRecordTooLarge
            | Self::NotReadyInTime
            | Self::SecretUnreadable
            | Self::TargetGone
            | Self::Internal => &[],
        }
    }
}

api_enum! {
    /// How much a journal entry matters.
    JournalLevel {
        /// For information.
        Info = "INFO",
        /// Worth a look.
        Warning = "WARNING",
        /// Something failed.
        Error = "ERROR",
    }
}

api_enum! {
    /// What a journal entry says.
    JournalCode {
        /// It was asked for.
        Queued = "QUEUED",
        /// A server began with it.
        Started = "STARTED",
        /// A server took it up after another had lost it.
        TakenUp = "TAKEN_UP",
        /// A step began.
        StepStarted = "STEP_STARTED",
        /// A step is done.
        StepDone = "STEP_DONE",
        /// A step failed.
        StepFailed = "STEP_FAILED",
        /// The step will be tried again in `seconds`.
        WillRetry = "WILL_RETRY",
        /// All is done.
        Succeeded = "SUCCEEDED",
        /// It failed for good.
        Failed = "FAILED",
        /// Someone asked to cancel it.
        CancelRequested = "CANCEL_REQUESTED",
        /// It was cancelled and undone.
        Cancelled = "CANCELLED",
        /// Someone asked to try again.
        RetryRequested = "RETRY_REQUESTED",
        /// The namespace was created.
        NamespaceCreated = "NAMESPACE_CREATED",
        /// The namespace was there already.
        NamespaceKept = "NAMESPACE_KEPT",
        /// Quota, limits and network policy were applied.
        LimitsApplied = "LIMITS_APPLIED",
        /// The deployer account was applied.
        AccessApplied = "ACCESS_APPLIED",
        /// The chart makes `objects` objects, all of them allowed.
        ChartChecked = "CHART_CHECKED",
        /// Helm was started: `command`, process `pid`.
        HelmStarted = "HELM_STARTED",
        /// Helm ended after `millis`.
        HelmFinished = "HELM_FINISHED",
        /// A line that Helm printed: `text`.
        HelmOutput = "HELM_OUTPUT",
        /// A Helm process that an earlier attempt had left was ended.
        HelmEndedLeftover = "HELM_ENDED_LEFTOVER",
        /// A release stuck in `status` was healed by `action`.
        ReleaseHealed = "RELEASE_HEALED",
        /// The release was there already, as it should be.
        ReleaseKept = "RELEASE_KEPT",
        /// The web address `host` is the service's own.
        AddressReserved = "ADDRESS_RESERVED",
        /// `ready` of `total` pods are ready.
        PodsProgress = "PODS_PROGRESS",
        /// An event of the cluster: `object`, `reason`, `message`.
        ClusterEvent = "CLUSTER_EVENT",
        /// The pods were told to restart.
        RestartRequested = "RESTART_REQUESTED",
        /// The release was removed.
        ReleaseRemoved = "RELEASE_REMOVED",
        /// Volume `name` was kept.
        VolumeKept = "VOLUME_KEPT",
        /// Volume `name` was removed.
        VolumeRemoved = "VOLUME_REMOVED",
        /// The server shut down and left the operation to the next.
        HandedOver = "HANDED_OVER",
    }
}
