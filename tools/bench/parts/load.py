"""Queries of pages at 100 connections, beside the least that async-graphql on axum does."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devkit import apt, paths, proc
from devkit.proc import Failed

from ..figures import MARK, Figure, of_samples
from ..world import A_WORKSPACE, World, inputs

CONNECTIONS = 100
SCRIPT = Path(__file__).resolve().parents[1] / "post.lua"
APPS = "{ apps(first: 50) { nodes { slug name category tags summary price { amount currency } iconUrl } pageInfo { endCursor } } }"
SERVICES = """query($id: ID!) { workspace(id: $id) { id name services { id name appSlug chartVersion
  app { slug name iconUrl documentation } address { host url simulated } revision createdAt
  status { state reason params { name value } readyPods totalPods since } openOperation { id kind targetName } } } }"""


@dataclass
class Target:
    what: str
    url: str
    body: str
    token: str = ""


def run(world: World) -> list[Figure]:
    wrk = apt.need("wrk", ["wrk"], "wrk, which makes the load")
    with hello(world) as bare, world.server("load") as server:
        workspaces = world.workspaces(server, 1)
        world.launch(server, inputs(workspaces, world.size(A_WORKSPACE, 2)))
        url, token = f"http://127.0.0.1:{server.port}/graphql", server.token
        targets = [
            Target("`{ server { version } }`", url, asked("{ server { version } }"), token),
            Target("The marketplace (12 apps)", url, asked(APPS), token),
            Target(f"The services of a workspace ({world.size(A_WORKSPACE, 2)})", url, asked(SERVICES, workspaces[0].id), token),
        ]
        least = Target("hello", f"http://{bare}/graphql", asked("{ hello }"))
        told: dict[str, list[dict]] = {}
        for _ in range(world.size(3, 1)):
            for target in [least, *targets]:
                told.setdefault(target.what, []).append(measure(wrk, target, world.size(8, 2)))
    return [figure for target in targets for figure in compared(target.what, told[target.what], told["hello"])]


def compared(what: str, ours: list[dict], bare: list[dict]) -> list[Figure]:
    rate, slowest = lambda one: one["requests"] / one["seconds"], lambda one: one["p99_ms"]
    size = ours[0]["bytes"] / max(1, ours[0]["requests"])
    note = f"{size:,.0f} bytes an answer, with its head; a personal access token; wrk on the same cores"
    beside = "bare async-graphql hello"
    return [
        of_samples("load", f"{what} at {CONNECTIONS} connections", "requests/s", [*map(rate, ours)], [*map(rate, bare)],
                   beside=beside, better="more", note=note),
        of_samples("load", f"{what}: 99 of 100 within", "ms", [*map(slowest, ours)], [*map(slowest, bare)], beside=beside),
    ]  # fmt: skip


def asked(query: str, id_: str = "") -> str:
    return json.dumps({"query": query, "variables": {"id": id_} if id_ else {}})


def measure(wrk: str, target: Target, seconds: int) -> dict:
    # The token goes by the environment: arguments can be read by everybody on the machine.
    env = dict(os.environ) | {"BENCH_BODY": target.body, "BENCH_TOKEN": target.token}
    argv = [wrk, "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s", "--timeout", "10s"]
    done = subprocess.run([*argv, "--script", str(SCRIPT), target.url], env=env, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if done.returncode or not lines:
        raise Failed(f"wrk failed (exit {done.returncode}): {(done.stderr or done.stdout).strip()[-800:]}")
    told = json.loads(lines[-1][len(MARK):])
    if told["errors"] or not told["requests"]:
        raise Failed(f"{target.what}: {told['errors']} of {told['requests']} requests failed, so its figures say nothing")
    return told


@contextmanager
def hello(world: World) -> Iterator[str]:
    """The bare server's address while it runs."""
    child = subprocess.Popen(
        [str(world.hello)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=paths.tool_env(), start_new_session=True
    )
    try:
        yield child.stdout.readline().strip()
    finally:
        proc.end_group(child, 3)
