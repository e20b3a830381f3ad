"""What all parts stand on: the programs that are measured, a sandbox of their own, and ways to fill it."""

import contextlib
import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from devkit import build, children, paths, proc, run
from devkit.proc import Failed, say

from . import process
from .server import Server

HOME = paths.LOCAL / "bench"
SANDBOX = HOME / "sandbox"
SCRIPTS = paths.ROOT / "end2end" / "bench"
# n8n is what all launches are of: an ordinary app with a volume, an address and a generated secret.
APP = "n8n"
# So many of them fit into the quota of a workspace, by the number of volumes.
A_WORKSPACE = 10
OPERATION = "query($id: ID!) { operation(id: $id) { state } }"
CREATE = (
    "mutation($input: CreateWorkspaceInput!) { createWorkspace(input: $input) {"
    " workspace { id namespace } operation { id } } }"
)


@dataclass
class Workspace:
    id: str
    namespace: str


@dataclass
class World:
    binary: Path
    hello: Path
    quick: bool
    feed: children.Children | None = None

    def size(self, whole: int, quick: int) -> int:
        return quick if self.quick else whole

    @property
    def admin_kubeconfig(self) -> Path:
        return SANDBOX / "admin.kubeconfig"

    def server(self, part: str) -> Server:
        return Server(self.binary, HOME / "servers" / part, SANDBOX / "server.kubeconfig")

    # --- the sandbox

    def up(self) -> None:
        say("==> starting a sandbox whose pods become ready at an even pace")
        if SANDBOX.exists():
            run.sandbox("delete", SANDBOX)
        run.sandbox("up", SANDBOX, "--steady")
        self.feed = children.Children(HOME / "feed.json")
        children.end_recorded(self.feed.record)
        self.feed.start("feed", run.feed_argv(SANDBOX), paths.tool_env(), HOME / "feed.log")

    def down(self) -> None:
        if self.feed:
            self.feed.stop("feed", 3)
        if SANDBOX.exists():
            run.sandbox("delete", SANDBOX)

    def kubectl(self, *args: str, stdin: str = "") -> str:
        argv = [str(paths.BIN / "kubectl"), "--kubeconfig", str(self.admin_kubeconfig), *args]
        done = subprocess.run(argv, input=stdin, capture_output=True, text=True, env=paths.tool_env())
        if done.returncode != 0:
            raise Failed(f"kubectl {' '.join(args[:2])}: {done.stderr.strip()[-800:]}")
        return done.stdout

    def helm(self, *args: str) -> tuple[float, float, str]:
        """Seconds, greatest memory in MB, and what it said."""
        return process.timed([str(paths.BIN / "helm"), *args, "--kubeconfig", str(self.admin_kubeconfig)])

    def namespaces(self, names: list[str], labels: dict[str, str]) -> None:
        items = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": n, "labels": labels}} for n in names]
        self.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))

    def clear(self) -> None:
        """Takes away what was made, so that what comes next finds an empty cluster."""
        for selector in ("woow.io/workspace", "bench.woow.io/by-hand"):
            self.kubectl("delete", "namespace", "--selector", selector, "--ignore-not-found", "--timeout=600s")

    # --- through the API

    def workspaces(self, server: Server, count: int) -> list[Workspace]:
        api, made = server.api(), []
        for number in range(count):
            answer = api.ask(CREATE, input={"name": f"Bench {number}"})["createWorkspace"]
            made.append((answer["operation"]["id"], Workspace(**answer["workspace"])))
        for operation, _ in made:
            while (state := api.ask(OPERATION, id=operation)["operation"]["state"]) in ("QUEUED", "RUNNING"):
                time.sleep(0.05)
            if state != "SUCCEEDED":
                raise Failed(f"a workspace could not be made: {state}", "", server.log)
        return [workspace for _, workspace in made]

    def launch(self, server: Server, inputs: list[dict]) -> dict:
        """All at once, as a page with a WebSocket sees it: `totalMs`, and `each` with `ms` and `service`."""
        asked = {"url": server.url, "token": server.token, "inputs": inputs}
        with script("launch.mjs") as child:
            said, _ = child.communicate(json.dumps(asked))
        if child.returncode != 0:
            raise Failed(f"launch.mjs: exit {child.returncode}", "its words are above", server.log)
        return json.loads(said)

    def launch_many(self, server: Server, count: int) -> tuple[list[Workspace], dict]:
        workspaces = self.workspaces(server, -(-count // A_WORKSPACE))
        return workspaces, self.launch(server, inputs(workspaces, count))

    def values_of(self, namespace: str, release: str) -> Path:
        """The values that the server gave to Helm, so that by hand the same is installed."""
        _, _, values = self.helm("get", "values", release, "--namespace", namespace, "--output", "json")
        file = HOME / "values.json"
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_text(values)
        return file


def inputs(workspaces: list[Workspace], count: int) -> list[dict]:
    """Launches spread evenly over workspaces."""
    return [
        {"workspaceId": workspaces[number % len(workspaces)].id, "app": APP, "name": f"App {number}"}
        for number in range(count)
    ]


@contextlib.contextmanager
def script(name: str, *args: str):
    """A Node program of `end2end/bench`, with pipes; ended when it is left."""
    argv = ["node", str(SCRIPTS / name), *args]
    child = subprocess.Popen(
        argv, cwd=SCRIPTS, env=paths.tool_env(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            proc.end_group(child, 3)


def programs(profile: str) -> tuple[Path, Path]:
    """Builds the console, the server and what it is held against. The target folder is in the cache, apart from the one
    of the development profile."""
    build.app()
    target = paths.cache() / "target-bench"
    release = ["--release"] if profile == "release" else []
    with proc.lock(target / "woow-paas.lock", "the target folder of `make bench`"):
        say(f"==> building the server ({profile} profile)")
        log = build.fresh(paths.LOGS / "build-bench.log")
        argv = ["cargo", "build", "--locked", *release, "-p", "server", "-p", "bench-hello", "--bins"]
        env = paths.tool_env({"CARGO_TARGET_DIR": str(target)})
        proc.logged("cargo build", argv, log, cwd=paths.ROOT, env=env, hint="the compiler's words are above")
        made = []
        for name in ("woow-paas", "bench-hello"):
            HOME.mkdir(parents=True, exist_ok=True)
            build.copy(target / ("release" if release else "debug") / name, HOME / name)
            made.append(HOME / name)
    return made[0], made[1]


def found(folder: Path) -> tuple[Path, Path]:
    """Programs that were built elsewhere."""
    named = [(folder / name).resolve() for name in ("woow-paas", "bench-hello")]
    if missing := [str(path) for path in named if not path.is_file()]:
        raise Failed(f"there is no {' and no '.join(missing)}")
    return named[0], named[1]
