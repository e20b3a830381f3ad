"""How 200 services are, in one request, beside `helm list -A`."""

import json
import time

from ..api import request
from ..figures import Figure, Promise, of_samples, percentile
from ..world import Workspace, World
from devkit.proc import Failed

FIELDS = "name services { id name revision status { state reason readyPods totalPods } }"


def run(world: World) -> list[Figure]:
    count, ours, by_hand = world.size(200, 12), [], []
    with world.server("status") as server:
        workspaces, _ = world.launch_many(server, count)
        api, body = server.api(), request(query(workspaces))
        for _ in range(world.size(10, 3)):
            for _ in range(world.size(20, 5)):
                began = time.perf_counter()
                answer, text = api.post(body)
                ours.append((time.perf_counter() - began) * 1000)
                check(json.loads(text), count, answer.status)
            spent, _, listed = world.helm("list", "--all-namespaces", "--output", "json")
            by_hand.append(spent * 1000)
            if len(json.loads(listed)) != count:
                raise Failed(f"helm lists {len(json.loads(listed))} releases, not {count}")
    return [
        of_samples("status", f"Status of {count} releases", "ms", ours, by_hand, beside="`helm list -A`",
                   promise=Promise("ratio", least=100),
                   note="real releases of n8n; one GraphQL request over an open connection, with pods counted and a reason "
                        f"for each (99 of 100 within {percentile(ours, 0.99):.1f} ms); Helm tells the record's word only"),
    ]  # fmt: skip


def query(workspaces: list[Workspace]) -> str:
    """All in one request: each workspace under a name of its own."""
    asked = " ".join(f'w{number}: workspace(id: "{one.id}") {{ {FIELDS} }}' for number, one in enumerate(workspaces))
    return f"{{ {asked} }}"


def check(answer: dict, count: int, status: int) -> None:
    if answer.get("errors"):
        raise Failed(f"the API refused ({status}): {json.dumps(answer['errors'])[:400]}")
    services = [service for workspace in answer["data"].values() for service in workspace["services"]]
    running = [service for service in services if service["status"]["state"] == "RUNNING"]
    if len(running) != count:
        raise Failed(f"{len(running)} of {len(services)} services are running, not {count}")
