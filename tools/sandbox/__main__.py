"""A local Kubernetes: a real control plane whose nodes and pods are simulated by kwok.

    python3 tools/sandbox up --dir DIR [--nodes 3]   make it, or start it again with its data
                             [--steady]              make it such that one can measure in it: no pod's pace is left
                                                     to chance, and Kubernetes' own parts are not slowed down
    python3 tools/sandbox feed --dir DIR             logs and volumes, in the foreground
    python3 tools/sandbox status --dir DIR           what there is, as JSON
    python3 tools/sandbox down --dir DIR             stop it, keep its data
    python3 tools/sandbox delete --dir DIR           stop it and delete its data

`DIR/admin.kubeconfig` is a cluster administrator's, `DIR/server.kubeconfig` the least rights that the
server asks for (the service account of charts/woow-paas). The programs come from `.local/bin`.
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from devkit import proc  # noqa: E402

from cluster import Cluster  # noqa: E402
import account  # noqa: E402
import feed  # noqa: E402
import objects  # noqa: E402


def up(cluster: Cluster, nodes: int, steady: bool) -> None:
    with proc.lock(cluster.dir / "lock", f"the sandbox in {cluster.dir}"):
        started = cluster.up(steady)
        # What was applied to a cluster stays in it: asked again only when it is another cluster or text.
        objects.ensure(cluster, nodes)
        account.ensure(cluster)
    proc.say(f"sandbox {'started' if started else 'is running'}: {cluster.server_kubeconfig}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools/sandbox", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["up", "down", "delete", "status", "feed"])
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--steady", action="store_true")
    parser.add_argument("--parent", type=int, help="feed: end when this process is no longer the parent")
    args = parser.parse_args()
    cluster = Cluster(args.dir.resolve())
    match args.command:
        case "up":
            up(cluster, args.nodes, args.steady)
        case "down":
            with proc.lock(cluster.dir / "lock", "this sandbox"):
                cluster.down()
        case "delete":
            cluster.delete()
        case "status":
            print(json.dumps(cluster.status(), indent=2))
        case "feed":
            feed.run(cluster, args.parent)


proc.main(main)
