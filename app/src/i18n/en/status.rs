//! Why a service is as it is, and what to do next, in English.

use crate::i18n::texts::Explained;
use shared::service::StatusReason;

pub fn status(reason: StatusReason) -> Explained {
    let (sentence, next) = match reason {
        StatusReason::ClusterAway => (
            "The cluster does not answer, so how the service is cannot be seen.",
            "It may well be running. This page follows as soon as the cluster is back.",
        ),
        StatusReason::CacheWarming => ("The console has just started and is still reading the cluster.", ""),
        StatusReason::Queued => ("Waiting for its turn.", ""),
        StatusReason::Launching => ("Being launched: {step|starting}.", ""),
        StatusReason::Restarting => ("Its pods are being replaced one after another.", ""),
        StatusReason::Deleting => ("Being deleted.", ""),
        StatusReason::Cancelling => ("The operation is being cancelled, and what it did is being undone.", ""),
        StatusReason::LaunchCancelled => {
            ("The launch was cancelled; nothing runs.", "Try the launch again, or delete the service.")
        }
        StatusReason::LaunchFailed => (
            "The launch failed. {error}",
            "See Activity for the step that failed, then try again or delete the service.",
        ),
        StatusReason::DeleteFailed => {
            ("Deleting failed. {error}", "See Activity for the step that failed, then try again.")
        }
        StatusReason::ReleaseMissing => (
            "The release is not in the cluster any more. Someone may have removed it there.",
            "Delete the service here and launch it again; kept volumes are still in the workspace.",
        ),
        StatusReason::ReleaseFailed => {
            ("Helm marked the release as failed.", "See Activity and Events for the reason, then try again.")
        }
        StatusReason::ReleaseStuck => (
            "The release is stuck in “{helmStatus|pending}” and nobody works on it.",
            "Try the last operation again; it heals the release first.",
        ),
        StatusReason::NamespaceMissing => (
            "The workspace's namespace is not in the cluster any more.",
            "Ask the person who runs this console; it has to be made again.",
        ),
        StatusReason::NamespaceTerminating => (
            "The workspace's namespace is being deleted in the cluster.",
            "Ask the person who runs this console who has deleted it.",
        ),
        StatusReason::Stopped => ("Stopped, as wanted.", ""),
        StatusReason::NoWorkloads => ("The release has nothing that runs.", ""),
        StatusReason::AllReady => ("Running, all pods are ready.", ""),
        StatusReason::RollingOut => ("New pods replace the old ones: {updated|0} of {total|all} so far.", ""),
        StatusReason::RolloutStuck => (
            "The rollout of {workload|the new pods} does not get on.",
            "The pods below say what holds it up; Events and Logs tell more.",
        ),
        StatusReason::WaitingForPods => ("Waiting for the cluster to make the pods.", ""),
        StatusReason::QuotaExceeded => (
            "The workspace's quota does not allow more pods. {message}",
            "Delete a service that is not needed, or ask for a larger quota.",
        ),
        StatusReason::PodsForbidden => (
            "The cluster's rules forbid these pods. {message}",
            "Ask the person who runs this console; the app breaks a rule.",
        ),
        StatusReason::Unschedulable => (
            "No machine has room for the pod. {message}",
            "Choose less CPU or memory, or ask for another machine in the cluster.",
        ),
        StatusReason::VolumePending => (
            "Volume {volume|of the pod} is not there yet.",
            "If this lasts, the cluster may have no storage left: ask the person who runs it.",
        ),
        StatusReason::VolumeMountFailed => (
            "A volume cannot be mounted. {message}",
            "It often helps to wait until the old pod has gone; then restart the service.",
        ),
        StatusReason::ImagePullFailed => (
            "The image {image|of the app} cannot be pulled.",
            "Check that the registry can be reached and that the image exists; the cluster goes on trying.",
        ),
        StatusReason::ImageNameInvalid => {
            ("The image name {image|of the app} is not valid.", "Launch the app again with another version.")
        }
        StatusReason::ConfigMissing => (
            "A Secret or ConfigMap that the pod needs is missing. {message}",
            "Try the last operation again; it makes what is missing.",
        ),
        StatusReason::CrashLoop => (
            "{container|A container} ends again and again: {restarts|several} restarts, last with exit code {exitCode|unknown}.",
            "The last lines of its log usually say why.",
        ),
        StatusReason::ContainerExited => (
            "{container|A container} ended with exit code {exitCode|unknown} and is started again.",
            "If this repeats, read its log.",
        ),
        StatusReason::OutOfMemory => (
            "{container|A container} took more memory than it may ({limit|its limit}) and was ended.",
            "Launch it with more memory, or give it less to do.",
        ),
        StatusReason::ProbeFailing => (
            "{container|A container} runs but does not answer its health check. {message}",
            "Read its log to see what it waits for.",
        ),
        StatusReason::Starting => ("{container|The app} has started and is not ready yet.", ""),
        StatusReason::InitFailed => (
            "The preparing container {container|of the pod} failed with exit code {exitCode|unknown}.",
            "Choose it in Logs to see why.",
        ),
        StatusReason::Evicted => (
            "The pod was moved off its machine. {message}",
            "A new one is made by itself; if it happens often, choose more memory.",
        ),
        StatusReason::NodeNotReady => (
            "The machine {node|of the pod} does not answer.",
            "The cluster moves the pod after a few minutes; volumes may keep it where it is.",
        ),
        StatusReason::JobFailed => {
            ("The job {job|of the release} failed.", "Its pod's log says why; then try the operation again.")
        }
        StatusReason::PodTerminating => ("The pod is being ended.", ""),
        StatusReason::PartlyReady => (
            "Running, but only {ready|some} of {total|the} pods are ready.",
            "The pods below say what the others wait for.",
        ),
    };
    Explained { sentence, next }
}
