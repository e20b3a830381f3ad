"""One container's log with 500 followers, beside 20 times `kubectl logs -f`."""

import json
import re
import subprocess
import threading
import time
from datetime import datetime, timezone

from cluster import Api as Kubernetes
from devkit import paths, proc
from devkit.proc import Failed

from ..figures import Figure, Promise, percentile
from ..process import Peak
from ..world import SANDBOX, World, inputs, script

PODS = "query($id: ID!) { service(id: $id) { pods { name ready containers { name init } } } }"
LOG = SANDBOX / "pod-logs" / "current.log"
# So many lines are written at a time, and so often a second.
BURST, BURSTS_A_SECOND = 20, 5
BY_HAND = 20


def run(world: World) -> list[Figure]:
    followers, lines = world.size(500, 40), world.size(2000, 200)
    kubernetes = Kubernetes(world.admin_kubeconfig)
    with world.server("logs") as server:
        workspaces = world.workspaces(server, 1)
        service = world.launch(server, inputs(workspaces, 1))["each"][0]["service"]
        pod = server.api().ask(PODS, id=service["id"])["service"]["pods"][0]
        container = next(one["name"] for one in pod["containers"] if not one["init"])
        asked = {
            "url": server.url, "token": server.token, "followers": followers, "lines": lines, "mark": "bench-ours",
            "patienceMs": 120_000,
            "log": {"serviceId": service["id"], "pod": pod["name"], "container": container, "tail": 0},
        }  # fmt: skip
        with Peak([server.pid]) as memory, script("followers.mjs") as child:
            child.stdin.write(json.dumps(asked))
            child.stdin.close()
            if child.stdout.readline().strip() != "following":
                raise Failed("the followers could not all begin", "their words are above", server.log)
            upstreams = streams(kubernetes)
            write(lines, asked["mark"])
            told = json.loads(child.stdout.readline())
        # The server's own stream ends ten seconds after its last reader; kubectl's are counted beside it.
        by_hand = kubectl(world, kubernetes, service["namespace"], pod["name"], container, lines)
    return [
        Figure("logs", f"{followers} followers of one log: memory of the server", "MB", memory.most, by_hand["memory"],
               f"{BY_HAND} `kubectl logs -f`", promise=Promise("ours", most=150), note="resident, at its greatest; kubectl's together"),
        Figure("logs", "Memory for each follower", "MB", memory.most / followers, by_hand["memory"] / BY_HAND, "`kubectl logs -f`"),
        Figure("logs", f"Streams that the API server holds for {followers} followers", "", upstreams, by_hand["streams"],
               f"{BY_HAND} `kubectl logs -f`", promise=Promise("ours", least=1, most=1)),
        Figure("logs", f"Lines that arrived, of {followers * lines:,}", "", told["arrived"], better="more",
               promise=Promise("ours", least=followers * lines, most=followers * lines),
               note=f"{told['complete']} followers had all {lines:,} lines, {told['outOfOrder']} lines came out of order, "
                    f"{told['dropped']} were left out as told, {told['gaps']} gaps; by kubectl {by_hand['arrived']:,} of {BY_HAND * lines:,}"),
        Figure("logs", "From writing a line to having it: median", "ms", told["medianMs"], by_hand["median"], f"{BY_HAND} `kubectl logs -f`",
               note=f"{BURST * BURSTS_A_SECOND} lines a second, gathered for 50 ms; 99 of 100 within {told['p99Ms']} ms, by kubectl {by_hand['p99']:.0f} ms"),
    ]  # fmt: skip


def streams(kubernetes: Kubernetes) -> int:
    """The log streams that the API server holds open, by its own count."""
    return count_streams(kubernetes.get("/metrics", timeout=30))


def count_streams(metrics: str) -> int:
    found = re.findall(r'^apiserver_longrunning_requests\{[^}]*subresource="log"[^}]*\} (\S+)$', metrics, re.M)
    return round(sum(map(float, found)))


def write(lines: int, mark: str) -> None:
    """Writes at an even pace into the log that all containers of the sandbox share."""
    began = time.monotonic()
    for first in range(1, lines + 1, BURST):
        due = began + (first - 1) / (BURST * BURSTS_A_SECOND)
        time.sleep(max(0.0, due - time.monotonic()))
        now = datetime.now(timezone.utc)
        head = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond * 1000:09}Z stdout F {mark}"
        numbers = range(first, min(first + BURST, lines + 1))
        with LOG.open("a") as out:
            out.write("".join(f"{head} {number} {round(now.timestamp() * 1000)}\n" for number in numbers))


class Reader(threading.Thread):
    """Reads what one kubectl says, and when."""

    def __init__(self, argv: list[str], mark: str):
        super().__init__(daemon=True)
        self.child = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=paths.tool_env(), start_new_session=True
        )
        self.mark, self.delays = mark, []

    def run(self) -> None:
        for line in self.child.stdout:
            if line.startswith(self.mark + " "):
                self.delays.append(time.time() * 1000 - int(line.split()[2]))


def kubectl(world: World, kubernetes: Kubernetes, namespace: str, pod: str, container: str, lines: int) -> dict:
    argv = [str(paths.BIN / "kubectl"), "--kubeconfig", str(world.admin_kubeconfig), "logs", "--follow", "--tail=0"]
    before = streams(kubernetes)
    readers = [Reader([*argv, "--namespace", namespace, pod, "--container", container], "bench-kubectl") for _ in range(BY_HAND)]
    try:
        for reader in readers:
            reader.start()
        wait_until(lambda: streams(kubernetes) - before >= BY_HAND, 60)
        held = streams(kubernetes) - before
        with Peak([reader.child.pid for reader in readers]) as memory:
            write(lines, "bench-kubectl")
            wait_until(lambda: all(len(reader.delays) >= lines for reader in readers), 30)
    finally:
        for reader in readers:
            proc.end_group(reader.child, 3)
            reader.join()
    delays = [delay for reader in readers for delay in reader.delays]
    if not delays:
        raise Failed("kubectl showed no line of the log")
    return {
        "memory": memory.most, "streams": held, "arrived": len(delays),
        "median": percentile(delays, 0.5), "p99": percentile(delays, 0.99),
    }  # fmt: skip


def wait_until(holds, seconds: float) -> None:
    """Waits; who asks sees by the figures when it was in vain."""
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.1)
