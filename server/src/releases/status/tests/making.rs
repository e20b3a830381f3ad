//! Pods that the cluster does not let be made.

use super::*;

/// What a Deployment says when its pods are refused with this answer.
fn refused(answer: &str) -> String {
    changed(vec![], 1, |snapshot| {
        workload(snapshot, |workload| workload.failure = holds(true, "FailedCreate", answer));
    })
}

#[test]
fn pods_that_may_not_be_made() {
    let quota = "pods \"web-1-x\" is forbidden: exceeded quota: woow-quota, requested: limits.memory=64Gi, used: limits.memory=1Gi, limited: limits.memory=32Gi";
    let over = "resource=limits.memory requested=64Gi used=1Gi limited=32Gi";
    let several = "pods \"x\" is forbidden: exceeded quota: q, requested: limits.cpu=4,pods=1, used: limits.cpu=14,pods=9, limited: limits.cpu=16,pods=9";
    let claim = "create Claim data-web-0 for Pod web-0 in StatefulSet web failed error: persistentvolumeclaims \"data-web-0\" is forbidden: exceeded quota: q, requested: requests.storage=200Gi, used: requests.storage=0, limited: requests.storage=100Gi";
    let silent =
        "pods \"x\" is forbidden: failed quota: q: must specify limits.cpu for: app,side; limits.memory for: app";
    let range = "pods \"x\" is forbidden: maximum memory usage per Container is 2Gi, but limit is 8Gi";
    let security = "pods \"x\" is forbidden: violates PodSecurity \"baseline:latest\": privileged (container \"app\" must not set securityContext.privileged=true)";
    let webhook = "admission webhook \"rules.example.org\" denied the request: no latest tags";
    let policy = "pods \"x\" is forbidden: ValidatingAdmissionPolicy 'no-latest' with binding 'all' denied request: no latest tags";
    let broken = "Internal error occurred: failed calling webhook \"rules.example.org\": failed to call webhook: Post \"https://rules.svc:443/\": dial tcp: connection refused";
    let account = "pods \"x\" is forbidden: error looking up service account ns/web: serviceaccount \"web\" not found";
    let privileges = "pods \"x\" is forbidden: no PriorityClass with name high was found";
    let invalid = "Pod \"x\" is invalid: spec.containers[0].image: Required value";
    check(&[
        (
            "quota, by the Deployment's condition",
            refused(quota),
            &format!("ERROR QUOTA_EXCEEDED {over} message={quota} workload=web [0/1]"),
        ),
        (
            "quota, by an event of a StatefulSet",
            changed(vec![], 1, |snapshot| {
                workload(snapshot, |set| set.kind = WorkloadKind::StatefulSet);
                snapshot.events = vec![event("web", "FailedCreate", quota, 4)];
            }),
            &format!("ERROR QUOTA_EXCEEDED {over} message={quota} workload=web [0/1]"),
        ),
        (
            "several resources of a quota",
            refused(several),
            &format!(
                "ERROR QUOTA_EXCEEDED resource=limits.cpu, pods requested=4, 1 used=14, 9 limited=16, 9 message={several} workload=web [0/1]"
            ),
        ),
        (
            "the quota of volumes",
            changed(vec![], 1, |snapshot| snapshot.events = vec![event("web", "FailedCreate", claim, 1)]),
            &format!(
                "ERROR QUOTA_EXCEEDED resource=requests.storage requested=200Gi used=0 limited=100Gi message={claim} workload=web [0/1]"
            ),
        ),
        (
            "a quota for what the pods do not name",
            refused(silent),
            &format!("ERROR LIMITS_MISSING resource=limits.cpu, limits.memory message={silent} workload=web [0/1]"),
        ),
        (
            "more than one container may have",
            refused(range),
            &format!("ERROR LIMIT_RANGE_REFUSED message={range} workload=web [0/1]"),
        ),
        (
            "pod security, by an event of the ReplicaSet",
            changed(vec![], 1, |snapshot| snapshot.events = vec![event("web-1", "FailedCreate", security, 4)]),
            &format!("ERROR POD_SECURITY_REFUSED message={security} workload=web [0/1]"),
        ),
        (
            "an admission webhook",
            refused(webhook),
            &format!("ERROR ADMISSION_REFUSED rule=rules.example.org message={webhook} workload=web [0/1]"),
        ),
        (
            "an admission policy",
            refused(policy),
            &format!("ERROR ADMISSION_REFUSED rule=no-latest message={policy} workload=web [0/1]"),
        ),
        (
            "an admission webhook that does not answer",
            refused(broken),
            &format!("ERROR WEBHOOK_FAILED rule=rules.example.org message={broken} workload=web [0/1]"),
        ),
        (
            "no service account",
            refused(account),
            &format!("ERROR SERVICE_ACCOUNT_MISSING account=web message={account} workload=web [0/1]"),
        ),
        ("another rule", refused(privileges), &format!("ERROR PODS_FORBIDDEN message={privileges} workload=web [0/1]")),
        ("no rule", refused(invalid), &format!("ERROR PODS_NOT_MADE message={invalid} workload=web [0/1]")),
        (
            "it was forbidden, and works since",
            changed(vec![], 1, |snapshot| {
                let mut works = event("web-1", "SuccessfulCreate", "Created pod", 1);
                Arc::make_mut(&mut works).at = ago(1);
                snapshot.events = vec![works, event("web-1", "FailedCreate", security, 4)];
            }),
            "DEPLOYING WAITING_FOR_PODS workload=web [0/1]",
        ),
    ]);
}
