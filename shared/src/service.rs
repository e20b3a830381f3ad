//! The words of services: what is wanted, how it is, and why.

pub use crate::reason::StatusReason;

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
        /// Being restarted, as asked.
        Restarting = "RESTARTING",
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
