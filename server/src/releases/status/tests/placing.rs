//! Pods that no node takes, or that lose their node.

use super::*;

fn nowhere(message: &str) -> String {
    of_pod(unscheduled(message))
}

#[test]
fn pods_without_a_node() {
    let several =
        "0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 Insufficient cpu, 3 Insufficient memory.";
    let preempts = "0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.";
    let is = |word: &str, message: &str| format!("ERROR {word} message={message} [0/1]");
    let selector = "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.";
    let apart = "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.";
    let spread = "0/2 nodes are available: 2 node(s) didn't match pod topology spread constraints.";
    let taint = "0/1 nodes are available: 1 node(s) had untolerated taint(s).";
    let cordon = "0/1 nodes are available: 1 node(s) were unschedulable.";
    let none = "no nodes available to schedule pods";
    let gate = "Scheduling is blocked due to non-empty scheduling gates";
    check(&[
        (
            "too little memory on the nodes, and whom it could push away",
            nowhere(preempts),
            "ERROR NO_ROOM resource=memory message=0/3 nodes are available: 3 Insufficient memory. [0/1]",
        ),
        (
            "too little of several things; nodes of the cluster itself are always tainted",
            nowhere(several),
            &format!("ERROR NO_ROOM resource=cpu, memory message={several} [0/1]"),
        ),
        (
            "no place for one more pod",
            nowhere("0/1 nodes are available: 1 Too many pods."),
            "ERROR NO_ROOM resource=pods message=0/1 nodes are available: 1 Too many pods. [0/1]",
        ),
        (
            "no free port",
            nowhere("0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports."),
            "ERROR NO_ROOM resource=ports message=0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports. [0/1]",
        ),
        ("no node with such labels", nowhere(selector), &is("NODE_SELECTOR_UNMATCHED", selector)),
        ("not beside those of its kind", nowhere(apart), &is("AFFINITY_UNMET", apart)),
        ("not spread evenly", nowhere(spread), &is("AFFINITY_UNMET", spread)),
        ("closed nodes", nowhere(taint), &is("NODES_TAINTED", taint)),
        ("nodes that take no new pods", nowhere(cordon), &is("NODES_TAINTED", cordon)),
        ("no nodes at all", nowhere(none), &is("NO_NODES", none)),
        ("another reason", nowhere(gate), &is("UNSCHEDULABLE", gate)),
        (
            "not looked at by the scheduler",
            of_pod(PodView { scheduled: None, ..unscheduled("") }),
            "DEPLOYING STARTING [0/1]",
        ),
        (
            "the kubelet found no room",
            of_pod(ended_pod("OutOfcpu", "Node didn't have enough resource: cpu")),
            "ERROR NO_ROOM message=Node didn't have enough resource: cpu node=n1 resource=cpu [0/1]",
        ),
        (
            "the kubelet did not take it",
            of_pod(ended_pod("UnexpectedAdmissionError", "Allocate failed")),
            "ERROR NODE_REFUSED message=Allocate failed node=n1 [0/1]",
        ),
    ]);
}

#[test]
fn pods_that_lose_their_node() {
    let lost = |snapshot: &mut ReleaseSnapshot| {
        snapshot.lost_nodes.insert("n1".to_owned());
    };
    let disk = "The node was low on resource: ephemeral-storage. Threshold quantity: 1, available: 0.";
    let own = "Pod ephemeral local storage usage exceeds the total limit of containers 1Gi.";
    let volume = "Usage of EmptyDir volume \"tmp\" exceeds the limit \"64Mi\".";
    check(&[
        (
            "its node does not answer, whatever the pod says",
            changed(vec![ready("p")], 1, lost),
            "ERROR NODE_NOT_READY node=n1 [0/1]",
        ),
        (
            "the node controller's mark, where nodes may not be seen",
            changed(vec![PodView { ready: holds(false, "", ""), ..ready("p") }], 1, |snapshot| {
                snapshot.events = vec![event("p", "NodeNotReady", "Node is not ready", 1)];
            }),
            "ERROR NODE_NOT_READY node=n1 [0/1]",
        ),
        (
            "nobody can say how the pod is",
            of_pod(PodView { reason: "NodeLost".to_owned(), phase: PodPhase::Unknown, ..ready("p") }),
            "ERROR NODE_NOT_READY node=n1 [0/1]",
        ),
        (
            "its node has left the cluster",
            changed(vec![ready("p")], 1, |snapshot| {
                snapshot.gone_nodes.insert("n1".to_owned());
            }),
            "ERROR NODE_GONE node=n1 [0/1]",
        ),
        (
            "a pod that is to end on a node that does not answer",
            changed(vec![leaving("p", ago(600), "")], 1, lost),
            "ERROR NODE_NOT_READY node=n1 [0/1]",
        ),
        (
            "evicted for memory",
            of_pod(ended_pod("Evicted", "The node was low on resource: memory. Container app was using 900Mi.")),
            "ERROR EVICTED_MEMORY message=The node was low on resource: memory. Container app was using 900Mi. node=n1 [0/1]",
        ),
        (
            "evicted for disk",
            of_pod(ended_pod("Evicted", disk)),
            &format!("ERROR EVICTED_DISK message={disk} node=n1 [0/1]"),
        ),
        (
            "evicted for its own files",
            of_pod(ended_pod("Evicted", own)),
            &format!("ERROR EVICTED_DISK message={own} node=n1 [0/1]"),
        ),
        (
            "evicted for a full scratch volume",
            of_pod(ended_pod("Evicted", volume)),
            &format!("ERROR EVICTED_DISK message={volume} node=n1 [0/1]"),
        ),
        (
            "evicted for something else",
            of_pod(ended_pod("Evicted", "The node was low on resource: pids.")),
            "ERROR EVICTED message=The node was low on resource: pids. node=n1 [0/1]",
        ),
        (
            "the kubelet needed its place",
            of_pod(ended_pod("Preempting", "Preempted in order to admit critical pod")),
            "ERROR PREEMPTED message=Preempted in order to admit critical pod node=n1 [0/1]",
        ),
        (
            "the scheduler needed its place",
            changed(vec![leaving("p", NOW.plus_seconds(20), "PreemptionByScheduler")], 1, |_| {}),
            "ERROR PREEMPTED [0/1]",
        ),
        (
            "its node is emptied",
            changed(vec![leaving("p", NOW.plus_seconds(20), "EvictionByEvictionAPI")], 1, |_| {}),
            "DEPLOYING DRAINED [0/1]",
        ),
        (
            "its node was shut down",
            of_pod(ended_pod("Terminated", "Pod was terminated in response to imminent node shutdown.")),
            "ERROR NODE_SHUTDOWN message=Pod was terminated in response to imminent node shutdown. node=n1 [0/1]",
        ),
        (
            "it should have ended a minute ago",
            changed(vec![leaving("p", ago(60), "")], 1, |_| {}),
            "ERROR POD_STUCK_TERMINATING [0/1]",
        ),
        (
            "it does not end, and another does the work",
            changed(vec![leaving("old", ago(600), ""), ready("p")], 1, |_| {}),
            "RUNNING ALL_READY [1/1]",
        ),
    ]);
}

#[test]
fn a_pod_that_is_to_end_is_looked_at_again_when_it_should_have_ended() {
    let snapshot = release(1, vec![leaving("p", NOW.plus_seconds(30), "")]);
    let status = seen_at(&snapshot, NOW);
    assert_eq!((status.reason, status.since), (StatusReason::PodTerminating, None), "its end is not in the past");
    assert_eq!(status.recheck, Some(NOW.plus_seconds(90)));
    assert_eq!(seen_at(&snapshot, NOW.plus_seconds(90)).reason, StatusReason::PodStuckTerminating);
}
