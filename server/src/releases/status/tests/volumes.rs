//! Volumes that are not there, or cannot be used.

use super::*;

/// A pod that waits for a node, of a claim `data` in this phase, and what is said of the claim.
fn claimed(message: &str, phase: &str, said: Option<(&str, &str)>) -> String {
    let mut pod = unscheduled(message);
    pod.claims = vec!["data".to_owned()];
    changed(vec![pod], 1, |snapshot| {
        snapshot.claims = vec![claim("data", phase)];
        snapshot.events = said.map(|(reason, message)| event("data", reason, message, 2)).into_iter().collect();
    })
}

#[test]
fn volumes_that_are_not_there() {
    let unbound = "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.";
    let none = "0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind.";
    let class = "storageclass.storage.k8s.io \"fast\" not found";
    let provisioner = "failed to provision volume with StorageClass \"fast\": rpc error: out of space";
    let no_class = "no persistent volumes available for this claim and no storage class is set";
    let external = "Waiting for a volume to be created either by the external provisioner 'x' or manually";
    check(&[
        (
            "a claim that binds later is not the reason",
            claimed("0/1 nodes are available: 1 Insufficient cpu.", "Pending", None),
            "ERROR NO_ROOM resource=cpu message=0/1 nodes are available: 1 Insufficient cpu. [0/1]",
        ),
        (
            "no volume",
            claimed(none, "Pending", None),
            &format!("ERROR VOLUME_NONE_FREE volume=data message={none} [0/1]"),
        ),
        (
            "no volume, and the cluster has waited for the pod to make one",
            claimed(none, "Pending", Some(("WaitForFirstConsumer", "waiting for first consumer"))),
            &format!("ERROR VOLUME_NONE_FREE volume=data message={none} [0/1]"),
        ),
        (
            "no such storage class",
            claimed(unbound, "Pending", Some(("ProvisioningFailed", class))),
            &format!("ERROR VOLUME_CLASS_MISSING volume=data class=fast message={unbound} [0/1]"),
        ),
        (
            "no storage class at all",
            claimed(unbound, "Pending", Some(("FailedBinding", no_class))),
            &format!("ERROR VOLUME_CLASS_MISSING volume=data message={unbound} [0/1]"),
        ),
        (
            "the provisioner fails",
            claimed(unbound, "Pending", Some(("ProvisioningFailed", provisioner))),
            &format!("ERROR VOLUME_PROVISION_FAILED volume=data message={provisioner} [0/1]"),
        ),
        (
            "the volume is being made",
            claimed(unbound, "Pending", Some(("ExternalProvisioning", external))),
            &format!("DEPLOYING VOLUME_PENDING volume=data message={unbound} [0/1]"),
        ),
        (
            "a node is chosen, and the volume being made there",
            changed(
                vec![PodView { scheduled: None, claims: vec!["data".to_owned()], ..unscheduled("") }],
                1,
                |snapshot| {
                    snapshot.claims = vec![claim("data", "Pending")];
                },
            ),
            "DEPLOYING VOLUME_PENDING volume=data [0/1]",
        ),
        (
            "no claim",
            of_pod(unscheduled("persistentvolumeclaim \"files\" not found")),
            "ERROR CLAIM_MISSING volume=files message=persistentvolumeclaim \"files\" not found [0/1]",
        ),
        (
            "the volume is on another node",
            claimed("0/2 nodes are available: 2 node(s) didn't match PersistentVolume's node affinity.", "Bound", None),
            "ERROR VOLUME_NODE_CONFLICT volume=data message=0/2 nodes are available: 2 node(s) didn't match PersistentVolume's node affinity. [0/1]",
        ),
        (
            "the volume is in another zone, as older schedulers say it",
            claimed("0/2 nodes are available: 2 node(s) had volume node affinity conflict.", "Bound", None),
            "ERROR VOLUME_NODE_CONFLICT volume=data message=0/2 nodes are available: 2 node(s) had volume node affinity conflict. [0/1]",
        ),
        (
            "the volume is gone",
            changed(vec![ready("p")], 1, |snapshot| snapshot.claims = vec![claim("data", "Lost")]),
            "UPGRADING VOLUME_LOST volume=data [1/1]",
        ),
    ]);
}

#[test]
fn volumes_that_cannot_be_used() {
    let said = |events: &[(&str, &str)]| {
        changed(vec![waiting("ContainerCreating", "")], 1, |snapshot| {
            // Newest first.
            snapshot.events = events.iter().map(|(reason, message)| event("p", reason, message, 3)).collect();
        })
    };
    let held = "Multi-Attach error for volume \"pv\" Volume is already exclusively attached to one node and can't be attached to another";
    let late = "Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[]: timed out waiting for the condition";
    check(&[
        ("mount", said(&[("FailedMount", late)]), &format!("ERROR VOLUME_MOUNT_FAILED message={late} [0/1]")),
        (
            "attach, and what follows from it",
            said(&[("FailedMount", late), ("FailedAttachVolume", "AttachVolume.Attach failed: rpc error")]),
            "ERROR VOLUME_ATTACH_FAILED message=AttachVolume.Attach failed: rpc error [0/1]",
        ),
        (
            "still held elsewhere",
            said(&[("FailedMount", late), ("FailedAttachVolume", held)]),
            &format!("ERROR VOLUME_IN_USE message={held} [0/1]"),
        ),
        (
            "only one pod may have it",
            claimed(
                "0/1 nodes are available: 1 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod.",
                "Bound",
                None,
            ),
            "ERROR VOLUME_IN_USE volume=data message=0/1 nodes are available: 1 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod. [0/1]",
        ),
        (
            "it was mounted since",
            said(&[("Pulled", "Container image already present"), ("FailedMount", late)]),
            "DEPLOYING STARTING container=app [0/1]",
        ),
    ]);
}
