//! Containers that do not start.

use super::*;

/// A pod whose container is being made, and an event about it.
fn making(reason: &str, message: &str) -> String {
    changed(vec![waiting("ContainerCreating", "")], 1, |snapshot| {
        snapshot.events = vec![event("p", reason, message, 3)];
    })
}

#[test]
fn containers_that_lack_something() {
    let config = |message: &str| of_pod(waiting("CreateContainerConfigError", message));
    let volume = "MountVolume.SetUp failed for volume \"config\" : configmap \"web\" not found";
    let keys = "MountVolume.SetUp failed for volume \"tls\" : references non-existent secret key: tls.crt";
    let root = "container has runAsNonRoot and image will run as root (pod: \"p\", container: app)";
    check(&[
        (
            "no Secret for the environment",
            config("secret \"web\" not found"),
            "ERROR SECRET_MISSING name=web container=app message=secret \"web\" not found [0/1]",
        ),
        (
            "no ConfigMap for the environment",
            config("configmap \"web\" not found"),
            "ERROR CONFIG_MAP_MISSING name=web container=app message=configmap \"web\" not found [0/1]",
        ),
        (
            "no ConfigMap for a volume",
            making("FailedMount", volume),
            &format!("ERROR CONFIG_MAP_MISSING name=web message={volume} [0/1]"),
        ),
        (
            "no such key in a Secret",
            config("couldn't find key password in Secret ns/web"),
            "ERROR CONFIG_KEY_MISSING key=password name=web container=app message=couldn't find key password in Secret ns/web [0/1]",
        ),
        (
            "no such key for a volume",
            making("FailedMount", keys),
            &format!("ERROR CONFIG_KEY_MISSING key=tls.crt message={keys} [0/1]"),
        ),
        ("it must not be root", config(root), &format!("ERROR RUNS_AS_ROOT container=app message={root} [0/1]")),
        (
            "something else about its configuration",
            config("failed to sync secret cache: timed out waiting for the condition"),
            "ERROR CONTAINER_CONFIG_FAILED container=app message=failed to sync secret cache: timed out waiting for the condition [0/1]",
        ),
    ]);
}

#[test]
fn containers_that_are_not_made() {
    let network = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \"1\": plugin type=\"calico\" failed (add)";
    let sandbox = "Failed to create pod sandbox: rpc error: code = DeadlineExceeded desc = context deadline exceeded";
    let absent = "failed to create containerd task: exec: \"serve\": executable file not found in $PATH: unknown";
    let mut long = waiting("ContainerCreating", "");
    long.started = Some(ago(300));
    let mut start_error = pod("p", |app| {
        app.restarts = 2;
        app.state = ContainerState::Terminated(end(128, "StartError"));
    });
    if let ContainerState::Terminated(end) = &mut start_error.containers[0].state {
        absent.clone_into(&mut end.message);
    }
    check(&[
        ("being made", of_pod(waiting("ContainerCreating", "")), "DEPLOYING STARTING container=app [0/1]"),
        ("being made for long", of_pod(long), "ERROR CREATING_TOO_LONG container=app [0/1]"),
        (
            "no network",
            making("FailedCreatePodSandBox", network),
            &format!("ERROR NETWORK_FAILED message={network} [0/1]"),
        ),
        (
            "no network on the whole node",
            making("NetworkNotReady", "network is not ready: cni plugin not initialized"),
            "ERROR NETWORK_FAILED message=network is not ready: cni plugin not initialized [0/1]",
        ),
        (
            "no sandbox",
            making("FailedCreatePodSandBox", sandbox),
            &format!("ERROR SANDBOX_FAILED message={sandbox} [0/1]"),
        ),
        (
            "the command is not in the image, as containerd says it",
            of_pod(start_error),
            &format!("ERROR COMMAND_NOT_FOUND container=app message={absent} exitCode=128 restarts=2 [0/1]"),
        ),
        (
            "the command is not in the image, before it was tried",
            of_pod(waiting("RunContainerError", absent)),
            &format!("ERROR COMMAND_NOT_FOUND container=app message={absent} restarts=0 [0/1]"),
        ),
        (
            "it cannot be started for another reason",
            of_pod(waiting("CreateContainerError", "context deadline exceeded")),
            "ERROR START_FAILED container=app message=context deadline exceeded restarts=0 [0/1]",
        ),
        (
            "what it does first fails",
            changed(vec![waiting("PostStartHookError", "hook failed")], 1, |snapshot| {
                snapshot.events = vec![event("p", "FailedPostStartHook", "PostStartHook failed: exit 1", 1)];
            }),
            "ERROR START_HOOK_FAILED container=app message=PostStartHook failed: exit 1 restarts=0 [0/1]",
        ),
    ]);
}

#[test]
fn containers_that_wait_for_others() {
    let mut failed = preparing(ContainerState::Terminated(end(2, "Error")), 3);
    if let ContainerState::Terminated(end) = &mut failed.containers[0].state {
        "no database\nexit".clone_into(&mut end.message);
    }
    check(&[
        (
            "still preparing",
            of_pod(preparing(ContainerState::Running { since: Some(ago(5)) }, 0)),
            "DEPLOYING PREPARING container=prepare [0/1]",
        ),
        (
            "prepared",
            of_pod(preparing(ContainerState::Terminated(end(0, "Completed")), 0)),
            "DEPLOYING STARTING container=app [0/1]",
        ),
        (
            "preparing fails",
            of_pod(failed),
            "ERROR INIT_FAILED container=prepare exitCode=2 restarts=3 output=no database\nexit [0/1]",
        ),
        (
            "preparing cannot begin",
            of_pod(preparing(state_waiting("ImagePullBackOff", "manifest unknown"), 0)),
            "ERROR IMAGE_NOT_FOUND container=prepare registry=docker.io message=manifest unknown [0/1]",
        ),
        (
            "preparing is taken up again",
            of_pod(preparing(state_waiting("CrashLoopBackOff", ""), 4)),
            "ERROR INIT_FAILED container=prepare restarts=4 [0/1]",
        ),
    ]);
}

#[test]
fn a_container_that_is_being_made_is_looked_at_again() {
    let mut pod = waiting("ContainerCreating", "");
    pod.started = Some(ago(100));
    let snapshot = release(1, vec![pod]);
    assert_eq!(seen_at(&snapshot, NOW).recheck, Some(NOW.plus_seconds(200)));
    assert_eq!(seen_at(&snapshot, NOW.plus_seconds(200)).reason, StatusReason::CreatingTooLong);
}
