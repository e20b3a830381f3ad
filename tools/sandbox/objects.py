"""What an administrator would have put into a fresh cluster: nodes, storage and an ingress class."""

import json
import secrets

from cluster import Api, Cluster, kubectl
from devkit import proc

# (size, how many are kept free, access modes). A claim gets the smallest volume that fits.
POOL = [
    ("2Gi", 30, ["ReadWriteOnce"]),
    ("10Gi", 30, ["ReadWriteOnce"]),
    ("20Gi", 60, ["ReadWriteOnce"]),
    ("100Gi", 5, ["ReadWriteOnce", "ReadWriteMany"]),
]
CLASS = "standard"


def node(number: int) -> dict:
    name = f"sandbox-{number}"
    room = {"cpu": "64", "memory": "256Gi", "pods": "1000", "ephemeral-storage": "1Ti"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "annotations": {
                "kwok.x-k8s.io/node": "fake",
                "metrics.k8s.io/resource-metrics-path": f"/metrics/nodes/{name}/metrics/resource",
            },
            "labels": {
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "node-role.kubernetes.io/worker": "",
                "type": "kwok",
            },
        },
        "spec": {"podCIDR": f"10.{128 + number}.0.0/16", "podCIDRs": [f"10.{128 + number}.0.0/16"]},
        # Loopback: the API server and metrics-server ask "the kubelet" there, and kwok answers.
        "status": {
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "allocatable": room,
            "capacity": room,
        },
    }


def volume(size: str, modes: list[str]) -> dict:
    name = f"pool-{size.lower()}-{secrets.token_hex(4)}"
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "labels": {"sandbox.woow.io/pool": size}},
        "spec": {
            "capacity": {"storage": size},
            "accessModes": modes,
            "storageClassName": CLASS,
            # As with a real provisioner a deleted claim takes its volume along. (The controller manager
            # deletes hostPath volumes only below /tmp; no such folder is ever made.)
            "persistentVolumeReclaimPolicy": "Delete",
            "hostPath": {"path": f"/tmp/woow-sandbox-volumes/{name}"},
        },
    }


CLUSTER_WIDE = [
    {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": CLASS, "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
        "provisioner": "kubernetes.io/no-provisioner",
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
    },
    {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": {"name": "nginx", "annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}},
        "spec": {"controller": "k8s.io/ingress-nginx"},
    },
]


def ensure(cluster: Cluster, nodes: int) -> None:
    done = cluster.work / "objects"
    text = json.dumps({"nodes": nodes, "objects": [node(n) for n in range(1, nodes + 1)] + CLUSTER_WIDE})
    if done.exists() and done.read_text() == text:
        return
    kubectl(cluster, "apply", "--server-side", "--force-conflicts", "-f", "-", stdin=as_list(json.loads(text)["objects"]))
    top_up(Api(cluster.admin_kubeconfig))
    kubectl(cluster, "wait", "node", "--all", "--for=condition=Ready", "--timeout=30s")
    done.write_text(text)


def as_list(items: list[dict]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def top_up(api: Api) -> None:
    """Keeps the pool of free volumes full, and takes away what the controller could not delete."""
    free = {size: 0 for size, _, _ in POOL}
    for item in json.loads(api.get("/api/v1/persistentvolumes"))["items"]:
        size = item["metadata"].get("labels", {}).get("sandbox.woow.io/pool")
        phase = item.get("status", {}).get("phase", "Pending")
        if size in free and phase in ("Available", "Pending"):
            free[size] += 1
        elif size in free and phase == "Failed":
            api.open(f"/api/v1/persistentvolumes/{item['metadata']['name']}", "DELETE").close()
    for size, wanted, modes in POOL:
        for _ in range(wanted - free[size]):
            api.open("/api/v1/persistentvolumes", "POST", volume(size, modes)).close()
        if wanted > free[size] > 0:
            proc.say(f"volumes of {size}: {wanted - free[size]} added")
