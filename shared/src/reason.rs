//! Why a service, or one of its pods, is in its state.

api_enum! {
    /// Why a service, or a pod, is in its state.
    StatusReason {
        /// The cluster does not answer.
        ClusterAway = "CLUSTER_AWAY",
        /// The platform has just started and is still reading the cluster.
        CacheWarming = "CACHE_WARMING",
        /// The cluster does not let the platform see `kinds`.
        CacheUnreadable = "CACHE_UNREADABLE",
        /// Its operation waits for its turn.
        Queued = "QUEUED",
        /// Its launch is at `step`.
        Launching = "LAUNCHING",
        /// It is being restarted.
        Restarting = "RESTARTING",
        /// It is being removed.
        Deleting = "DELETING",
        /// Its operation is being cancelled.
        Cancelling = "CANCELLING",
        /// Its launch was cancelled; nothing runs.
        LaunchCancelled = "LAUNCH_CANCELLED",
        /// Its launch failed; `error` says why.
        LaunchFailed = "LAUNCH_FAILED",
        /// Its removal failed; `error` says why.
        DeleteFailed = "DELETE_FAILED",
        /// The release is not in the cluster, though it should be.
        ReleaseMissing = "RELEASE_MISSING",
        /// A release of this name is there and is not the platform's.
        ReleaseForeign = "RELEASE_FOREIGN",
        /// Helm marked the release as failed.
        ReleaseFailed = "RELEASE_FAILED",
        /// Helm marked the release as failed, and its hook `job` has failed.
        HookFailed = "HOOK_FAILED",
        /// The release is stuck in `helmStatus` and nobody works on it.
        ReleaseStuck = "RELEASE_STUCK",
        /// The namespace is not there.
        NamespaceMissing = "NAMESPACE_MISSING",
        /// The namespace is being deleted.
        NamespaceTerminating = "NAMESPACE_TERMINATING",
        /// The namespace is being deleted, and something in it does not go: `message`.
        NamespaceStuck = "NAMESPACE_STUCK",
        /// Stopped, as wanted.
        Stopped = "STOPPED",
        /// The release has nothing that runs.
        NoWorkloads = "NO_WORKLOADS",
        /// All pods are ready.
        AllReady = "ALL_READY",
        /// Some pods are ready: `ready` of `total`.
        PartlyReady = "PARTLY_READY",
        /// New pods replace old ones: `updated` of `total`.
        RollingOut = "ROLLING_OUT",
        /// The rollout of `workload` is paused.
        RolloutPaused = "ROLLOUT_PAUSED",
        /// A rollout of `workload` does not get on: `message`.
        RolloutStuck = "ROLLOUT_STUCK",
        /// The pods of `workload` have not been made yet.
        WaitingForPods = "WAITING_FOR_PODS",
        /// The next pod of `workload` is made once `pod` is ready.
        OrdinalWaiting = "ORDINAL_WAITING",
        /// No node is meant for the pods of `workload`, of which each node should have one.
        DaemonSetNowhere = "DAEMON_SET_NOWHERE",
        /// The workspace's quota forbids the pods: `requested` of `resource` asked for, `used` of `limited` used.
        QuotaExceeded = "QUOTA_EXCEEDED",
        /// The quota wants pods to say how much of `resource` they may take, and these do not.
        LimitsMissing = "LIMITS_MISSING",
        /// The namespace's limits for one container or pod forbid the pods: `message`.
        LimitRangeRefused = "LIMIT_RANGE_REFUSED",
        /// The namespace's pod security level forbids the pods: `message`.
        PodSecurityRefused = "POD_SECURITY_REFUSED",
        /// The cluster's admission rule `rule` forbids the pods: `message`.
        AdmissionRefused = "ADMISSION_REFUSED",
        /// The cluster's admission webhook `rule` does not work, so no pods can be made: `message`.
        WebhookFailed = "WEBHOOK_FAILED",
        /// The service account `account` that the pods run as is missing.
        ServiceAccountMissing = "SERVICE_ACCOUNT_MISSING",
        /// The cluster's rules forbid the pods: `message`.
        PodsForbidden = "PODS_FORBIDDEN",
        /// The cluster cannot make the pods: `message`.
        PodsNotMade = "PODS_NOT_MADE",
        /// No node has enough `resource` left for the pod: `message`.
        NoRoom = "NO_ROOM",
        /// The cluster has no nodes.
        NoNodes = "NO_NODES",
        /// No node has the labels that the pod asks for: `message`.
        NodeSelectorUnmatched = "NODE_SELECTOR_UNMATCHED",
        /// No node fits beside the other pods as the pod asks: `message`.
        AffinityUnmet = "AFFINITY_UNMET",
        /// The nodes are closed to the pod: `message`.
        NodesTainted = "NODES_TAINTED",
        /// No node can take the pod: `message`.
        Unschedulable = "UNSCHEDULABLE",
        /// The pod's node took it not: `message`.
        NodeRefused = "NODE_REFUSED",
        /// The pod had to make room for a more important one.
        Preempted = "PREEMPTED",
        /// The pod is moved off its node.
        Drained = "DRAINED",
        /// The pod was evicted, since its node was short of memory: `message`.
        EvictedMemory = "EVICTED_MEMORY",
        /// The pod was evicted for disk space: `message`.
        EvictedDisk = "EVICTED_DISK",
        /// The pod was evicted: `message`.
        Evicted = "EVICTED",
        /// The pod ended with its node, which was shut down.
        NodeShutdown = "NODE_SHUTDOWN",
        /// The pod's node `node` does not answer.
        NodeNotReady = "NODE_NOT_READY",
        /// The pod's node `node` has left the cluster.
        NodeGone = "NODE_GONE",
        /// Volume `volume` is not there yet.
        VolumePending = "VOLUME_PENDING",
        /// There is no volume left for `volume`: `message`.
        VolumeNoneFree = "VOLUME_NONE_FREE",
        /// The storage class of `volume`, `class`, does not exist.
        VolumeClassMissing = "VOLUME_CLASS_MISSING",
        /// Volume `volume` cannot be made: `message`.
        VolumeProvisionFailed = "VOLUME_PROVISION_FAILED",
        /// The claim `volume` that the pod mounts is not there.
        ClaimMissing = "CLAIM_MISSING",
        /// The volume behind `volume` is gone, with its data.
        VolumeLost = "VOLUME_LOST",
        /// The pod's volume is bound to another node: `message`.
        VolumeNodeConflict = "VOLUME_NODE_CONFLICT",
        /// The volume is still held by another pod or node: `message`.
        VolumeInUse = "VOLUME_IN_USE",
        /// A volume cannot be attached to the node: `message`.
        VolumeAttachFailed = "VOLUME_ATTACH_FAILED",
        /// A volume cannot be mounted: `message`.
        VolumeMountFailed = "VOLUME_MOUNT_FAILED",
        /// The image `image` is being downloaded.
        ImagePulling = "IMAGE_PULLING",
        /// The image `image` cannot be pulled: `message`.
        ImagePullFailed = "IMAGE_PULL_FAILED",
        /// The image `image` does not exist in `registry`.
        ImageNotFound = "IMAGE_NOT_FOUND",
        /// `registry` does not give out the image `image`.
        ImageAccessDenied = "IMAGE_ACCESS_DENIED",
        /// `registry` gives out no more images for now.
        ImageRateLimited = "IMAGE_RATE_LIMITED",
        /// The image `image` is not made for the node's kind of processor.
        ImageWrongPlatform = "IMAGE_WRONG_PLATFORM",
        /// The image name `image` is not valid.
        ImageNameInvalid = "IMAGE_NAME_INVALID",
        /// `registry` cannot be reached: `message`.
        RegistryUnreachable = "REGISTRY_UNREACHABLE",
        /// The certificate of `registry` is not trusted: `message`.
        RegistryCertificateInvalid = "REGISTRY_CERTIFICATE_INVALID",
        /// The `ConfigMap` `name` that the pod needs is missing.
        ConfigMapMissing = "CONFIG_MAP_MISSING",
        /// The Secret `name` that the pod needs is missing.
        SecretMissing = "SECRET_MISSING",
        /// The key `key` is missing in the `ConfigMap` or Secret `name`.
        ConfigKeyMissing = "CONFIG_KEY_MISSING",
        /// The image of `container` runs as root, which the pod forbids.
        RunsAsRoot = "RUNS_AS_ROOT",
        /// What `container` is configured with cannot be put together: `message`.
        ContainerConfigFailed = "CONTAINER_CONFIG_FAILED",
        /// The pod's network cannot be set up: `message`.
        NetworkFailed = "NETWORK_FAILED",
        /// The node cannot make the pod's surroundings: `message`.
        SandboxFailed = "SANDBOX_FAILED",
        /// `container` has been in the making for long, and nothing says why.
        CreatingTooLong = "CREATING_TOO_LONG",
        /// The command of `container` is not in its image: `message`.
        CommandNotFound = "COMMAND_NOT_FOUND",
        /// `container` cannot be started: `message`.
        StartFailed = "START_FAILED",
        /// What `container` does right after its start failed: `message`.
        StartHookFailed = "START_HOOK_FAILED",
        /// `container` took more memory than it may (`limit`).
        OutOfMemory = "OUT_OF_MEMORY",
        /// `container` was killed with `exitCode`, and not for its memory limit.
        ContainerKilled = "CONTAINER_KILLED",
        /// `container` ends well again and again, `restarts` times, though it should go on.
        KeepsEnding = "KEEPS_ENDING",
        /// `container` ends again and again, last with `exitCode`, `restarts` times; `output` is what it said last.
        CrashLoop = "CRASH_LOOP",
        /// `container` ended with `exitCode` and will be started again; `output` is what it said last.
        ContainerExited = "CONTAINER_EXITED",
        /// `container` is restarted, since it stopped to answer its liveness probe: `message`.
        LivenessFailing = "LIVENESS_FAILING",
        /// `container` is restarted, since it was not up in the time of its startup probe: `message`.
        StartupFailing = "STARTUP_FAILING",
        /// `container` runs, and its readiness probe fails: `message`.
        ReadinessFailing = "READINESS_FAILING",
        /// The pod waits for a condition that something outside of it sets.
        ReadinessGateOpen = "READINESS_GATE_OPEN",
        /// `container` has started and is not ready yet.
        Starting = "STARTING",
        /// The preparing container `container` is at work.
        Preparing = "PREPARING",
        /// The preparing container `container` failed with `exitCode`; `output` is what it said last.
        InitFailed = "INIT_FAILED",
        /// The job `job` failed as often as it may, last with `exitCode`; `output` is what it said last.
        JobGaveUp = "JOB_GAVE_UP",
        /// The job `job` took longer than it may.
        JobTooLong = "JOB_TOO_LONG",
        /// The job `job` failed: `message`.
        JobFailed = "JOB_FAILED",
        /// The pod is being ended.
        PodTerminating = "POD_TERMINATING",
        /// The pod should have ended, and is still there.
        PodStuckTerminating = "POD_STUCK_TERMINATING",
    }
}

impl StatusReason {
    /// Whether what keeps a pod or workload from being ready will probably pass by itself.
    pub const fn is_passing(self) -> bool {
        matches!(
            self,
            Self::PodTerminating
                | Self::Drained
                | Self::VolumePending
                | Self::OrdinalWaiting
                | Self::WaitingForPods
                | Self::ImagePulling
                | Self::Preparing
                | Self::Starting
                | Self::ReadinessGateOpen
                | Self::RollingOut
                | Self::Restarting
                | Self::PartlyReady
                | Self::AllReady
        )
    }

    /// The figures and names that may come with it.
    pub const fn params(self) -> &'static [&'static str] {
        match self {
            Self::CacheUnreadable => &["kinds"],
            Self::Queued | Self::Launching | Self::Restarting | Self::Deleting | Self::Cancelling => &["step"],
            Self::LaunchFailed | Self::DeleteFailed => &["step", "error"],
            Self::ReleaseFailed | Self::ReleaseStuck => &["helmStatus"],
            Self::HookFailed | Self::JobGaveUp | Self::JobTooLong | Self::JobFailed => {
                &["job", "message", "container", "exitCode", "output"]
            }
            Self::PartlyReady => &["ready", "total"],
            Self::RollingOut => &["updated", "total"],
            Self::RolloutPaused | Self::WaitingForPods | Self::DaemonSetNowhere => &["workload"],
            Self::OrdinalWaiting => &["workload", "pod"],
            Self::QuotaExceeded => &["workload", "message", "resource", "requested", "used", "limited"],
            Self::LimitsMissing | Self::NoRoom => &["workload", "message", "resource", "node"],
            Self::AdmissionRefused | Self::WebhookFailed => &["workload", "message", "rule"],
            Self::ServiceAccountMissing => &["workload", "message", "account"],
            Self::RolloutStuck
            | Self::LimitRangeRefused
            | Self::PodSecurityRefused
            | Self::PodsForbidden
            | Self::PodsNotMade => &["workload", "message"],
            Self::NodeNotReady | Self::NodeGone => &["node"],
            Self::NodeRefused
            | Self::Preempted
            | Self::EvictedMemory
            | Self::EvictedDisk
            | Self::Evicted
            | Self::NodeShutdown => &["message", "node"],
            Self::VolumeClassMissing => &["volume", "class", "message"],
            Self::VolumePending
            | Self::VolumeNoneFree
            | Self::VolumeProvisionFailed
            | Self::ClaimMissing
            | Self::VolumeLost
            | Self::VolumeNodeConflict
            | Self::VolumeInUse => &["volume", "message"],
            Self::ImagePulling
            | Self::ImagePullFailed
            | Self::ImageNotFound
            | Self::ImageAccessDenied
            | Self::ImageRateLimited
            | Self::ImageWrongPlatform
            | Self::ImageNameInvalid
            | Self::RegistryUnreachable
            | Self::RegistryCertificateInvalid => &["container", "image", "registry", "message"],
            Self::ConfigMapMissing | Self::SecretMissing | Self::ConfigKeyMissing => {
                &["container", "name", "key", "message"]
            }
            Self::OutOfMemory => &["container", "limit", "restarts"],
            Self::CommandNotFound | Self::StartFailed | Self::StartHookFailed => {
                &["container", "message", "exitCode", "restarts"]
            }
            Self::ContainerKilled | Self::KeepsEnding | Self::CrashLoop | Self::ContainerExited | Self::InitFailed => {
                &["container", "exitCode", "restarts", "output", "message", "node"]
            }
            Self::LivenessFailing | Self::StartupFailing | Self::ReadinessFailing => {
                &["container", "message", "restarts"]
            }
            Self::RunsAsRoot
            | Self::ContainerConfigFailed
            | Self::CreatingTooLong
            | Self::Starting
            | Self::Preparing => &["container", "message"],
            Self::NamespaceStuck
            | Self::AffinityUnmet
            | Self::NodeSelectorUnmatched
            | Self::NodesTainted
            | Self::NoNodes
            | Self::Unschedulable
            | Self::VolumeAttachFailed
            | Self::VolumeMountFailed
            | Self::NetworkFailed
            | Self::SandboxFailed => &["message"],
            Self::ClusterAway
            | Self::CacheWarming
            | Self::LaunchCancelled
            | Self::ReleaseMissing
            | Self::ReleaseForeign
            | Self::NamespaceMissing
            | Self::NamespaceTerminating
            | Self::Stopped
            | Self::NoWorkloads
            | Self::AllReady
            | Self::Drained
            | Self::ReadinessGateOpen
            | Self::PodTerminating
            | Self::PodStuckTerminating => &[],
        }
    }
}
