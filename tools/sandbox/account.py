"""The server's own kubeconfig: the service account of charts/woow-paas, never an administrator's rights."""

import base64
import json
import os
import subprocess
import time

from cluster import Cluster, kubectl
from devkit import paths, proc
from devkit.proc import Failed

NAMESPACE, ACCOUNT = "woow-system", "woow-paas"
CHART = paths.ROOT / "charts" / "woow-paas"
# The server runs outside of the sandbox: from its chart only who it is and what it may do is taken.
KINDS = {"ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}


def ensure(cluster: Cluster) -> None:
    chart = chart_text()
    done = cluster.work / "account"
    state = json.dumps([chart, cluster.admin_kubeconfig.read_text()])  # the address may have moved
    if done.exists() and done.read_text() == state and cluster.server_kubeconfig.exists():
        return
    objects = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}, *rbac(cluster)]
    if not any(o["kind"] == "ServiceAccount" and o["metadata"]["name"] == ACCOUNT for o in objects):
        proc.say("    charts/woow-paas makes no service account woow-paas: the server gets one without rights")
        objects.append({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": ACCOUNT, "namespace": NAMESPACE}})
    objects.append({
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/service-account-token",
        "metadata": {
            "name": "woow-paas-sandbox-token",
            "namespace": NAMESPACE,
            "annotations": {"kubernetes.io/service-account.name": ACCOUNT},
        },
    })
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    kubectl(cluster, "apply", "--server-side", "--force-conflicts", "-f", "-", stdin=text)
    write_kubeconfig(cluster, token(cluster))
    done.write_text(state)


def chart_text() -> str:
    files = sorted(p for p in CHART.rglob("*") if p.is_file()) if CHART.exists() else []
    return "".join(f"{p.relative_to(CHART)}\n{p.read_text(errors='replace')}" for p in files)


def rbac(cluster: Cluster) -> list[dict]:
    if not (CHART / "Chart.yaml").exists():
        return []
    argv = [str(paths.BIN / "helm"), "template", "woow-paas", str(CHART), "--namespace", NAMESPACE]
    done = subprocess.run(argv, capture_output=True, text=True, env=paths.tool_env())
    if done.returncode != 0:
        raise Failed(f"charts/woow-paas does not render: {done.stderr.strip()[-800:]}")
    # kubectl turns the YAML into JSON: Python's standard library reads none.
    out = kubectl(cluster, "create", "--dry-run=client", "--validate=false", "-o", "json", "-f", "-", stdin=done.stdout)
    objects = []
    decoder, rest = json.JSONDecoder(), out.strip()
    while rest:
        found, end = decoder.raw_decode(rest)
        objects += found["items"] if found["kind"] == "List" else [found]
        rest = rest[end:].lstrip()
    return [o for o in objects if o["kind"] in KINDS]


def token(cluster: Cluster) -> str:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        secret = json.loads(kubectl(cluster, "-n", NAMESPACE, "get", "secret", "woow-paas-sandbox-token", "-o", "json"))
        if secret.get("data", {}).get("token"):
            return base64.b64decode(secret["data"]["token"]).decode()
        time.sleep(0.1)
    raise Failed("the sandbox's controller manager gives the server no token", f"read {cluster.work}/logs")


def write_kubeconfig(cluster: Cluster, bearer: str) -> None:
    admin = json.loads(kubectl(cluster, "config", "view", "--raw", "--flatten", "-o", "json"))
    named = [{"name": "sandbox", "context": {"cluster": "sandbox", "user": ACCOUNT, "namespace": NAMESPACE}}]
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "sandbox", "cluster": admin["clusters"][0]["cluster"]}],
        "users": [{"name": ACCOUNT, "user": {"token": bearer}}],
        "contexts": named,
        "current-context": "sandbox",
    }
    temporary = cluster.server_kubeconfig.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(config, out, indent=2)
    temporary.replace(cluster.server_kubeconfig)
