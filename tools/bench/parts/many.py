"""Many launches at once, beside a shell loop of `helm install` with as many at a time."""

from devkit import paths

from .. import process
from ..figures import Figure, of_samples
from ..world import A_WORKSPACE, APP, World

# What the server works on at once when nothing else is configured (`operations.workers`).
PARALLEL = 4


def run(world: World) -> list[Figure]:
    count, ours, by_hand = world.size(50, 6), [], []
    with world.server("many") as server:
        for number in range(world.size(3, 1)):
            _, launched = world.launch_many(server, count)
            ours.append(launched["totalMs"] / 1000)
            service = launched["each"][0]["service"]
            values = world.values_of(service["namespace"], service["releaseName"])
            world.clear()
            by_hand.append(install(world, count, str(values), number))
            world.clear()  # each round finds an empty cluster
    return [
        of_samples("many", f"{count} launches at once, until all are ready", "s", ours, by_hand,
                   beside=f"`xargs -P {PARALLEL} helm install`, then `kubectl wait`",
                   note=f"{PARALLEL} at a time on both sides, {A_WORKSPACE} in a namespace; by hand without --wait, which is "
                        "quicker, and waited for at the end"),
    ]  # fmt: skip


def install(world: World, count: int, values: str, round_: int) -> float:
    """Seconds until all are ready."""
    namespaces = [f"bench-many-{round_}-{number}" for number in range(-(-count // A_WORKSPACE))]
    label = {"bench.woow.io/by-hand": "many"}
    world.namespaces(namespaces, label)
    lines = "".join(f"by-hand-{number} {namespaces[number % len(namespaces)]}\n" for number in range(count))
    helm, kubectl = str(paths.BIN / "helm"), str(paths.BIN / "kubectl")
    chart, access = str(paths.ROOT / "charts" / APP), ["--kubeconfig", str(world.admin_kubeconfig)]
    one = f'"{helm}" install "$0" "{chart}" --namespace "$1" --values "{values}" --kubeconfig "{access[1]}" >/dev/null'
    spent, _, _ = process.timed(["xargs", "-P", str(PARALLEL), "-L", "1", "sh", "-c", one], lines)
    for namespace in namespaces:
        wait = ["wait", "deployment", "--all", "--for=condition=Available", "--namespace", namespace, "--timeout=600s"]
        waited, _, _ = process.timed([kubectl, *access, *wait])
        spent += waited
    return spent
