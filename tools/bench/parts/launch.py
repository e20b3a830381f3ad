"""One launch, from the request until the page shows that all is ready, beside `helm install --wait` by hand."""

import time

from ..api import Api
from ..figures import Figure, Promise, of_samples
from ..world import APP, OPERATION, World
from devkit import paths
from devkit.proc import Failed

DELETE = "mutation($input: DeleteServiceInput!) { deleteService(input: $input) { operation { id } } }"
BY_HAND = "bench-by-hand"


def run(world: World) -> list[Figure]:
    ours, by_hand = [], []
    chart = str(paths.ROOT / "charts" / APP)
    with world.server("launch") as server:
        workspace = world.workspaces(server, 1)[0]
        world.namespaces([BY_HAND], {"bench.woow.io/by-hand": "launch"})
        api, values = server.api(), None
        for number in range(world.size(15, 2) + 1):
            name = f"Launch {number}"
            made = world.launch(server, [{"workspaceId": workspace.id, "app": APP, "name": name}])["each"][0]
            service = made["service"]
            values = values or world.values_of(service["namespace"], service["releaseName"])
            delete(api, service["id"], name)
            release = f"by-hand-{number}"
            install = ["install", release, chart, "--namespace", BY_HAND, "--values", str(values), "--wait"]
            spent, _, _ = world.helm(*install)
            world.helm("uninstall", release, "--namespace", BY_HAND, "--wait")
            world.kubectl("delete", "pvc", "--all", "--namespace", BY_HAND, "--timeout=60s")
            if number:  # the first of each fills caches of the disk
                ours.append(made["ms"])
                by_hand.append(spent * 1000)
    return [
        of_samples("launch", "Launch of n8n until it is ready", "ms", ours, by_hand,
                   beside="`helm install --wait` by hand", promise=Promise("added", most=300),
                   note="same chart, same values, an existing namespace, by turns; simulated pods are ready 1.5 s after they "
                        "are scheduled. Ours checks the rendered chart, limits and access before"),
    ]  # fmt: skip


def delete(api: Api, service: str, name: str) -> None:
    """Away with it and its volumes, so that each launch finds the same namespace."""
    answer = api.ask(DELETE, input={"id": service, "confirmName": name, "removeVolumes": True})
    operation = answer["deleteService"]["operation"]["id"]
    while (state := api.ask(OPERATION, id=operation)["operation"]["state"]) in ("QUEUED", "RUNNING"):
        time.sleep(0.05)
    if state != "SUCCEEDED":
        raise Failed(f"a service could not be deleted: {state}")
