//! Why a service is as it is, and what to do next, in English. Where somebody else has to do it, the words say who.

use crate::i18n::texts::Explained;
use shared::service::StatusReason;

/// It passes by itself.
const NOTHING: &str = "";
const ACTIVITY: &str = "See Activity for the step that failed, then try again or delete the service.";
const APP_FAULT: &str = "Ask the person who runs this console: the app's chart needs a correction.";
const MACHINES: &str = "Ask the person who runs this console to look at the cluster's machines.";
const REGISTRY: &str = "Ask the person who runs this console; the cluster goes on trying by itself.";
const STORAGE: &str = "Ask the person who runs this console to look at the cluster's storage.";
const NEEDS: &str = "Try the last operation again: it makes what is missing. If that does not help, ask the person who runs this console.";
const LOG: &str = "The last lines of its log usually say why.";
const MOVED: &str = "A new pod is made by itself. If it does not come up, restart the service.";

#[allow(clippy::too_many_lines, reason = "one row for each reason")]
pub fn status(reason: StatusReason) -> Explained {
    let (sentence, next) = match reason {
        StatusReason::ClusterAway => (
            "The cluster does not answer, so how the service is cannot be seen.",
            "It may well be running. This page follows as soon as the cluster is back.",
        ),
        StatusReason::CacheWarming => ("The console has just started and is still reading the cluster.", NOTHING),
        StatusReason::CacheUnreadable => (
            "The cluster does not let the console see {kinds|what runs}, so how the service is cannot be said.",
            "Ask the person who runs this console to give its account the missing rights.",
        ),
        StatusReason::Queued => ("Waiting for its turn.", NOTHING),
        StatusReason::Launching => ("Being launched: {step|starting}.", NOTHING),
        StatusReason::Restarting => ("Its pods are being replaced one after another.", NOTHING),
        StatusReason::Deleting => ("Being deleted.", NOTHING),
        StatusReason::Cancelling => ("The operation is being cancelled, and what it did is being undone.", NOTHING),
        StatusReason::LaunchCancelled => {
            ("The launch was cancelled; nothing runs.", "Try the launch again, or delete the service.")
        }
        StatusReason::LaunchFailed => ("The launch failed. {error}", ACTIVITY),
        StatusReason::DeleteFailed => {
            ("Deleting failed. {error}", "See Activity for the step that failed, then try again.")
        }
        StatusReason::ReleaseMissing => (
            "The release is not in the cluster any more. Someone may have removed it there.",
            "Delete the service here and launch it again; kept volumes are still in the workspace.",
        ),
        StatusReason::ReleaseForeign => (
            "A release of this name is in the cluster that this console did not make.",
            "Ask the person who runs this console to rename or remove it there.",
        ),
        StatusReason::ReleaseFailed => {
            ("Helm marked the release as failed.", "See Activity and Events for the reason, then try again.")
        }
        StatusReason::HookFailed => (
            "The hook {job|of the release} failed, and with it the release. {output}",
            "Its pod's log says why. Mend that, then try the operation again.",
        ),
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
        StatusReason::NamespaceStuck => (
            "The workspace's namespace is being deleted, and something in it does not go. {message}",
            "Ask the person who runs this console: what is named here has to be removed by hand.",
        ),
        StatusReason::Stopped => ("Stopped, as wanted.", NOTHING),
        StatusReason::NoWorkloads => ("The release has nothing that runs.", NOTHING),
        StatusReason::AllReady => ("Running, all pods are ready.", NOTHING),
        StatusReason::PartlyReady => (
            "Running, but only {ready|some} of {total|the} pods are ready.",
            "The pods below say what the others wait for.",
        ),
        StatusReason::RollingOut => ("New pods replace the old ones: {updated|0} of {total|all} so far.", NOTHING),
        StatusReason::RolloutPaused => (
            "Somebody has paused the rollout of {workload|the new pods} in the cluster.",
            "Ask the person who runs this console to resume it, or restart the service once it is resumed.",
        ),
        StatusReason::RolloutStuck => (
            "The rollout of {workload|the new pods} does not get on. {message}",
            "The pods below say what holds it up; Events and Logs tell more.",
        ),
        StatusReason::WaitingForPods => ("Waiting for the cluster to make the pods.", NOTHING),
        StatusReason::OrdinalWaiting => {
            ("The next pod is made as soon as {pod|the one before it} is ready.", "See below what that one waits for.")
        }
        StatusReason::DaemonSetNowhere => (
            "{workload|It} should run on each machine of a kind, and the cluster has none of that kind.",
            "Ask the person who runs this console which machines are meant.",
        ),
        StatusReason::QuotaExceeded => (
            "The workspace's quota does not allow the pods: of {resource|a resource}, {requested|more} is asked for, {used|all} of {limited|it} is in use. {message}",
            "Launch it smaller, delete a service that is not needed, or ask the person who runs this console for a larger quota.",
        ),
        StatusReason::LimitsMissing => (
            "The pods do not say how much of {resource|a resource} they may take, as the workspace's quota wants. {message}",
            APP_FAULT,
        ),
        StatusReason::LimitRangeRefused => (
            "The pods ask for more, or less, than one pod may have in this workspace. {message}",
            "Launch the app with an amount within these limits, or ask the person who runs this console to change them.",
        ),
        StatusReason::PodSecurityRefused => {
            ("The pods want rights that this workspace's security level does not allow. {message}", APP_FAULT)
        }
        StatusReason::AdmissionRefused => (
            "The cluster's rule {rule|of admission} does not allow the pods. {message}",
            "Ask the person who runs this console; the app breaks a rule of theirs.",
        ),
        StatusReason::WebhookFailed => (
            "The cluster cannot make pods, since its check {rule|of new objects} does not work. {message}",
            "Ask the person who runs this console to mend it; the cluster then goes on by itself.",
        ),
        StatusReason::ServiceAccountMissing => {
            ("The service account {account|of the pods} is missing. {message}", NEEDS)
        }
        StatusReason::PodsForbidden => (
            "The cluster's rules forbid these pods. {message}",
            "Ask the person who runs this console; the app breaks a rule.",
        ),
        StatusReason::PodsNotMade => ("The cluster cannot make the pods. {message}", APP_FAULT),
        StatusReason::NoRoom => (
            "No machine has enough {resource|room} left for the pod. {message}",
            "Launch it with less, or ask the person who runs this console for another machine.",
        ),
        StatusReason::NoNodes => ("The cluster has no machines that pods could run on. {message}", MACHINES),
        StatusReason::NodeSelectorUnmatched => (
            "The pod asks for a machine of a kind that the cluster does not have. {message}",
            "Ask the person who runs this console which machines are meant.",
        ),
        StatusReason::AffinityUnmet => (
            "No machine fits beside the other pods as the app asks. {message}",
            "Launch it with fewer replicas, or ask the person who runs this console for another machine.",
        ),
        StatusReason::NodesTainted => ("The cluster's machines are closed to this pod. {message}", MACHINES),
        StatusReason::Unschedulable => ("No machine can take the pod. {message}", MACHINES),
        StatusReason::NodeRefused => ("The machine chosen for the pod did not take it. {message}", MACHINES),
        StatusReason::Preempted => (
            "The pod had to make room for a more important one. {message}",
            "A new one is made by itself and waits for room. If none comes, ask the person who runs this console.",
        ),
        StatusReason::Drained => ("The pod is being moved to another machine.", NOTHING),
        StatusReason::EvictedMemory => (
            "The pod was ended because its machine was short of memory. {message}",
            "A new one is made by itself. If it happens often, launch the app with more memory.",
        ),
        StatusReason::EvictedDisk => (
            "The pod was ended because of disk space. {message}",
            "A new one is made by itself. If it happens often, let the app write into its volume, or write less.",
        ),
        StatusReason::Evicted => ("The pod was moved off its machine. {message}", MOVED),
        StatusReason::NodeShutdown => ("The pod ended because its machine was shut down. {message}", MOVED),
        StatusReason::NodeNotReady => (
            "The machine {node|of the pod} does not answer.",
            "The cluster moves the pod after a few minutes; volumes may keep it where it is. If it lasts, ask the person who runs this console.",
        ),
        StatusReason::NodeGone => ("The machine {node|of the pod} has left the cluster.", MOVED),
        StatusReason::VolumePending => (
            "Volume {volume|of the pod} is being made.",
            "If this lasts for minutes, ask the person who runs this console to look at the cluster's storage.",
        ),
        StatusReason::VolumeNoneFree => ("The cluster has no volume left for {volume|the pod}. {message}", STORAGE),
        StatusReason::VolumeClassMissing => (
            "The storage class {class|of the cluster} that volume {volume|of the pod} needs does not exist. {message}",
            STORAGE,
        ),
        StatusReason::VolumeProvisionFailed => ("Volume {volume|of the pod} cannot be made. {message}", STORAGE),
        StatusReason::ClaimMissing => ("The pod's volume {volume|claim} is not there. {message}", NEEDS),
        StatusReason::VolumeLost => (
            "The disk behind volume {volume|of the pod} is gone. {message}",
            "Ask the person who runs this console at once: only a backup may bring its data back.",
        ),
        StatusReason::VolumeNodeConflict => {
            ("The pod's volume is bound to a machine or zone that cannot take the pod. {message}", MACHINES)
        }
        StatusReason::VolumeInUse => (
            "The volume is still held by another pod or machine. {message}",
            "It usually comes free within minutes, once the old pod has gone. If it lasts, ask the person who runs this console.",
        ),
        StatusReason::VolumeAttachFailed => ("The volume cannot be attached to the pod's machine. {message}", STORAGE),
        StatusReason::VolumeMountFailed => (
            "A volume cannot be mounted. {message}",
            "It often helps to wait until the old pod has gone; then restart the service. If not, ask the person who runs this console.",
        ),
        StatusReason::ImagePulling => ("The image {image|of the app} is being downloaded.", NOTHING),
        StatusReason::ImagePullFailed => (
            "The image {image|of the app} cannot be pulled. {message}",
            "The cluster goes on trying. If it lasts, ask the person who runs this console.",
        ),
        StatusReason::ImageNotFound => (
            "The image {image|of the app} does not exist in {registry|the registry}. {message}",
            "Launch the app with a version that exists.",
        ),
        StatusReason::ImageAccessDenied => (
            "{registry|The registry} does not give out the image {image|of the app}: it is private, or not there. {message}",
            "Check its name and version. If it is private, ask the person who runs this console for access to it.",
        ),
        StatusReason::ImageRateLimited => (
            "{registry|The registry} gives the cluster no more images for now. {message}",
            "Wait: the cluster goes on trying. If it happens often, ask the person who runs this console for an account or a mirror.",
        ),
        StatusReason::ImageWrongPlatform => (
            "The image {image|of the app} is not made for the kind of processor that the machine has. {message}",
            "Launch the app with another version, or ask the person who runs this console for another machine.",
        ),
        StatusReason::ImageNameInvalid => {
            ("The image name {image|of the app} is not valid.", "Launch the app again with another version.")
        }
        StatusReason::RegistryUnreachable => ("The cluster cannot reach {registry|the registry}. {message}", REGISTRY),
        StatusReason::RegistryCertificateInvalid => {
            ("The cluster does not trust the certificate of {registry|the registry}. {message}", REGISTRY)
        }
        StatusReason::ConfigMapMissing => ("The ConfigMap {name|of the pod} is missing. {message}", NEEDS),
        StatusReason::SecretMissing => ("The Secret {name|of the pod} is missing. {message}", NEEDS),
        StatusReason::ConfigKeyMissing => {
            ("The key {key|that the pod needs} is missing in {name|its configuration}. {message}", NEEDS)
        }
        StatusReason::RunsAsRoot => {
            ("The image of {container|the app} runs as root, which the pod forbids. {message}", APP_FAULT)
        }
        StatusReason::ContainerConfigFailed => (
            "The configuration of {container|a container} cannot be put together. {message}",
            "Try the last operation again. If that does not help, ask the person who runs this console.",
        ),
        StatusReason::NetworkFailed => ("The pod gets no network. {message}", MACHINES),
        StatusReason::SandboxFailed => ("The machine cannot prepare the pod. {message}", MACHINES),
        StatusReason::CreatingTooLong => (
            "{container|A container} has been in the making for more than five minutes, and the cluster does not say why.",
            "See Events. If they say nothing, ask the person who runs this console to look at the pod's machine.",
        ),
        StatusReason::CommandNotFound => {
            ("The command of {container|a container} is not in its image. {message}", APP_FAULT)
        }
        StatusReason::StartFailed => (
            "{container|A container} cannot be started. {message}",
            "Restart the service. If that does not help, ask the person who runs this console.",
        ),
        StatusReason::StartHookFailed => {
            ("What {container|a container} does right after its start failed. {message}", LOG)
        }
        StatusReason::OutOfMemory => (
            "{container|A container} took more memory than it may ({limit|its limit}) and was ended.",
            "Launch it with more memory, or give it less to do.",
        ),
        StatusReason::ContainerKilled => (
            "{container|A container} was killed from outside (exit code {exitCode|137}), and not for its memory limit. {output}",
            "See Events and the end of its log. If nothing is there, ask the person who runs this console.",
        ),
        StatusReason::KeepsEnding => (
            "{container|A container} ends again and again without an error: {restarts|several} restarts. It should go on running.",
            "Check its settings; the last lines of its log say what it did.",
        ),
        StatusReason::CrashLoop => (
            "{container|A container} ends again and again: {restarts|several} restarts, last with exit code {exitCode|unknown}. {output}",
            LOG,
        ),
        StatusReason::ContainerExited => (
            "{container|A container} ended with exit code {exitCode|unknown} and is started again. {output}",
            "If this repeats, read its log.",
        ),
        StatusReason::LivenessFailing => (
            "{container|A container} stopped answering its health check and is started again. {message}",
            "Read the end of its log. Under load, more CPU or memory helps.",
        ),
        StatusReason::StartupFailing => (
            "{container|A container} is not up in the time that it has for starting, and is started again. {message}",
            "Read its log to see what it waits for. If it is only slow, launch it with more CPU.",
        ),
        StatusReason::ReadinessFailing => (
            "{container|A container} runs but does not answer its health check. {message}",
            "Read its log to see what it waits for.",
        ),
        StatusReason::ReadinessGateOpen => (
            "The pod is up and waits for something outside of it, such as a load balancer.",
            "If this lasts, ask the person who runs this console.",
        ),
        StatusReason::Starting => ("{container|The app} has started and is not ready yet.", NOTHING),
        StatusReason::Preparing => ("{container|A container} prepares the pod.", NOTHING),
        StatusReason::InitFailed => (
            "The preparing container {container|of the pod} failed with exit code {exitCode|unknown}. {output}",
            "Choose it in Logs to see why.",
        ),
        StatusReason::JobGaveUp => (
            "The job {job|of the release} failed as often as it may, last with exit code {exitCode|unknown}. {output}",
            "Its pod's log says why; then try the operation again.",
        ),
        StatusReason::JobTooLong => (
            "The job {job|of the release} took longer than it may.",
            "Its pod's log says how far it came; then try the operation again.",
        ),
        StatusReason::JobFailed => {
            ("The job {job|of the release} failed. {message}", "Its pod's log says why; then try the operation again.")
        }
        StatusReason::PodTerminating => ("The pod is being ended.", NOTHING),
        StatusReason::PodStuckTerminating => (
            "The pod should have ended by now, and is still there.",
            "Wait some minutes. If it stays, ask the person who runs this console to remove it by hand.",
        ),
    };
    Explained { sentence, next }
}
