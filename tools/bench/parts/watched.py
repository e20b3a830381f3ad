"""2,000 releases in the cluster: how long until the caches are filled, and what they weigh."""

import base64
import gzip
import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from cluster import Api as Kubernetes
from devkit.proc import Failed, say

from ..api import Api
from ..figures import Figure, of_samples
from ..process import Peak
from ..world import World, inputs

A_NAMESPACE = 100
STATUS = "query($id: ID!) { service(id: $id) { status { state reason } } }"


def run(world: World) -> list[Figure]:
    count = world.size(2000, 100)
    server = world.server("watched")
    try:
        server.start()
        service = world.launch(server, inputs(world.workspaces(server, 1), 1))["each"][0]["service"]
        server.stop()
        one = [warm(server, service["id"]) for _ in range(world.size(3, 1))]
        say(f"    making {count} releases")
        fill(world, count, service["namespace"], service["releaseName"])
        many = [warm(server, service["id"]) for _ in range(world.size(5, 2))]
    finally:
        server.stop()
    listed = [world.helm("list", "--all-namespaces", "--max", "0", "--output", "json") for _ in range(world.size(3, 1))]
    note = (
        "made for this by writing Secrets (copies of a real release's record) and Deployments, whose pods are made and run by the "
        "sandbox; of these releases the database knows nothing. Greatest while the caches fill: "
        f"{max(peak for _, _, peak in many):.0f} MB; with one release {one[-1][1]:.0f} MB"
    )
    return [
        of_samples("watched", f"{count + 1:,} releases watched: from the start until the caches are warm", "ms",
                   [spent for spent, _, _ in many], [seconds * 1000 for seconds, _, _ in listed],
                   beside="one `helm list -A -m 0`", note="the start itself is in it; after that each look costs no request"),
        of_samples("watched", f"{count + 1:,} releases watched: memory of the server", "MB", [rss for _, rss, _ in many],
                   [most for _, most, _ in listed], beside="one `helm list -A -m 0`, at its greatest", note=note),
    ]  # fmt: skip


def warm(server, service: str) -> tuple[float, float, float]:
    """Milliseconds from the start to the first status that is known; memory in MB when it has settled, and its peak."""
    began = time.perf_counter()
    server.start()
    try:
        with Peak([server.pid]) as peak:
            api: Api = server.api()
            while api.ask(STATUS, id=service)["service"]["status"]["reason"] == "CACHE_WARMING":
                time.sleep(0.002)
                if time.perf_counter() - began > 300:
                    raise Failed("the caches are not warm after five minutes", "", server.log)
            spent = (time.perf_counter() - began) * 1000
            time.sleep(5)
        return spent, server.rss(), peak.most
    finally:
        server.stop()


def fill(world: World, count: int, namespace: str, release: str) -> None:
    """Releases as the cluster would show them, each with its record, Deployment and pod."""
    kubernetes = Kubernetes(world.admin_kubeconfig)
    path = f"/api/v1/namespaces/{namespace}/secrets/sh.helm.release.v1.{release}.v1"
    record = unpack(json.loads(kubernetes.get(path))["data"]["release"])
    namespaces = [f"bench-watched-{number}" for number in range(-(-count // A_NAMESPACE))]
    for name in namespaces:
        world.namespaces([name], {"woow.io/workspace": str(uuid.uuid4())})

    def make(number: int) -> None:
        place, name = namespaces[number // A_NAMESPACE], f"watched-{number}"
        kubernetes.open(f"/api/v1/namespaces/{place}/secrets", "POST", secret(record, place, name), 60).close()
        kubernetes.open(f"/apis/apps/v1/namespaces/{place}/deployments", "POST", deployment(name), 60).close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(count)))
    for name in namespaces:
        wait = ["deployment", "--all", "--for=condition=Available", "--namespace", name, "--timeout=900s"]
        world.kubectl("wait", *wait)


def unpack(text: str) -> dict:
    """A release's record, as Helm stores it: gzip in base64, and the Secret's own base64 around it."""
    return json.loads(gzip.decompress(base64.b64decode(base64.b64decode(text))))


def pack(record: dict) -> str:
    packed = gzip.compress(json.dumps(record).encode(), 9)
    return base64.b64encode(base64.b64encode(packed)).decode()


def secret(record: dict, namespace: str, name: str) -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "helm.sh/release.v1",
        "metadata": {
            "name": f"sh.helm.release.v1.{name}.v1",
            "labels": {"owner": "helm", "name": name, "status": "deployed", "version": "1", "modifiedAt": str(int(time.time()))},
        },
        "data": {"release": pack(record | {"name": name, "namespace": namespace})},
    }


def deployment(name: str) -> dict:
    labels = {"app.kubernetes.io/instance": name, "app.kubernetes.io/managed-by": "Helm"}
    room = {"cpu": "1m", "memory": "1Mi"}
    container = {"name": "app", "image": "registry.example/app:1", "resources": {"requests": room, "limits": room}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels, "annotations": {"meta.helm.sh/release-name": name}},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": {"app.kubernetes.io/instance": name}},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }
