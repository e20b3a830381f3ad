//! The words of services: what is wanted, how it is, and why.

api_enum! {
    /// Whether a workspace may be changed.
    WorkspaceState {
        /// In use.
        Active = "ACTIVE",
        /// Nothing changes or launches; its services run on.
        Archived = "ARCHIVED",
    }
}

api_enum! {
    /// What the tenant wants of a service.
    DesiredState {
        /// It should run.
        Running = "RUNNING",
        /// It should be there, without pods.
        Stopped = "STOPPED",
        /// It should be gone.
        Deleted = "DELETED",
    }
}

api_enum! {
    /// How a service is, in a word. Derived from the cluster, never stored.
    ServiceState {
        /// Waiting for its turn or for the cluster.
        Pending = "PENDING",
        /// Being launched.
        Deploying = "DEPLOYING",
        /// Doing its work.
        Running = "RUNNING",
        /// Being changed while it runs.
        Upgrading = "UPGRADING",
        /// There, but not running, as wanted.
        Stopped = "STOPPED",
        /// Not doing its work; the reason says why.
        Error = "ERROR",
        /// Being removed.
        Deleting = "DELETING",
        /// The cluster does not answer.
        Unknown = "UNKNOWN",
    }
}

api_enum! {
    /// Why a service, or a pod, is in its state.
    StatusReason {
        /// The cluster does not answer.
        ClusterAway = "CLUSTER_AWAY",
        /// The platform has just started and is still reading the cluster.
        CacheWarming = "CACHE_WARMING",
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
        /// Helm marked the release as failed.
        ReleaseFailed = "RELEASE_FAILED",
        /// The release is stuck in `helmStatus` and nobody works on it.
        ReleaseStuck = "RELEASE_STUCK",
        /// The namespace is not there.
        NamespaceMissing = "NAMESPACE_MISSING",
        /// The namespace is being deleted.
        NamespaceTerminating = "NAMESPACE_TERMINATING",
        /// Stopped, as wanted.
        Stopped = "STOPPED",
        /// The release has nothing that runs.
        NoWorkloads = "NO_WORKLOADS",
        /// All pods are ready.
        AllReady = "ALL_READY",
        /// New pods replace old ones: `updated` of `total`.
        RollingOut = "ROLLING_OUT",
        /// A rollout of `workload` does not get on.
        RolloutStuck = "ROLLOUT_STUCK",
        /// The pods have not been made yet.
        WaitingForPods = "WAITING_FOR_PODS",
        /// The workspace's quota forbids the pods: `message`.
        QuotaExceeded = "QUOTA_EXCEEDED",
        /// The cluster's rules forbid the pods: `message`.
        PodsForbidden = "PODS_FORBIDDEN",
        /// No node can take the pod: `message`.
        Unschedulable = "UNSCHEDULABLE",
        /// Volume `volume` is not there yet.
        VolumePending = "VOLUME_PENDING",
        /// A volume cannot be mounted: `message`.
        VolumeMountFailed = "VOLUME_MOUNT_FAILED",
        /// The image `image` cannot be pulled.
        ImagePullFailed = "IMAGE_PULL_FAILED",
        /// The image name `image` is not valid.
        ImageNameInvalid = "IMAGE_NAME_INVALID",
        /// A Secret or `ConfigMap` that the pod needs is missing: `message`.
        ConfigMissing = "CONFIG_MISSING",
        /// `container` ends again and again, last with `exitCode`, `restarts` times.
        CrashLoop = "CRASH_LOOP",
        /// `container` ended with `exitCode` and will be started again.
        ContainerExited = "CONTAINER_EXITED",
        /// `container` took more memory than it may (`limit`).
        OutOfMemory = "OUT_OF_MEMORY",
        /// A probe of `container` fails: `message`.
        ProbeFailing = "PROBE_FAILING",
        /// `container` has started and is not ready yet.
        Starting = "STARTING",
        /// The preparing container `container` failed with `exitCode`.
        InitFailed = "INIT_FAILED",
        /// The pod was evicted: `message`.
        Evicted = "EVICTED",
        /// The pod's node `node` does not answer.
        NodeNotReady = "NODE_NOT_READY",
        /// The job `job` failed.
        JobFailed = "JOB_FAILED",
        /// The pod is being ended.
        PodTerminating = "POD_TERMINATING",
        /// Some pods are ready: `ready` of `total`.
        PartlyReady = "PARTLY_READY",
    }
}

api_enum! {
    /// How far the stream of a container's log is.
    LogState {
        /// Lines come as they are written.
        Following = "FOLLOWING",
        /// The container has not started, or the cluster is away; it goes on by itself.
        Waiting = "WAITING",
        /// The container has ended; no more lines come.
        Ended = "ENDED",
    }
}

api_enum! {
    /// Whether what a service uses is known, and why not.
    UsageState {
        /// The figures are of now.
        Current = "CURRENT",
        /// Nothing was measured yet; a new pod takes up to a minute.
        Waiting = "WAITING",
        /// No pod runs.
        NothingRuns = "NOTHING_RUNS",
        /// The cluster's newest figures are older than two minutes.
        Stale = "STALE",
        /// The cluster measures, but not these pods.
        Missing = "MISSING",
        /// The cluster has no metrics API.
        NotInstalled = "NOT_INSTALLED",
        /// The platform may not use the cluster's metrics API.
        Forbidden = "FORBIDDEN",
        /// The cluster's metrics API does not answer.
        Unavailable = "UNAVAILABLE",
    }
}

api_enum! {
    /// Which of the two that a container may have a limit of.
    UsageResource {
        /// Processor time; a container at its limit is slowed down.
        Cpu = "CPU",
        /// Memory; a container at its limit is ended.
        Memory = "MEMORY",
    }
}
