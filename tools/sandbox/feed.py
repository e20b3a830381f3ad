"""What a live cluster does by itself and a simulated one does not: containers log, storage makes volumes."""

import contextlib
import fcntl
import json
import os
import random
import signal
import socket
import threading
import time
from datetime import datetime, timezone
from http.client import HTTPException
from pathlib import Path

import objects
from cluster import Api, Cluster
from devkit import proc
from devkit.proc import Failed

ROTATE_AT = 10 * 1024 * 1024  # as a kubelet does: a week of lines

PATHS = ["/", "/healthz", "/api/items", "/api/items/42", "/login", "/assets/app.css", "/metrics"]
LINES = [
    ("stdout", lambda: f'10.129.0.{random.randint(2, 250)} "GET {random.choice(PATHS)}" 200 {random.randint(1, 90)} ms'),
    ("stdout", lambda: f'10.129.0.{random.randint(2, 250)} "POST /api/items" 201 {random.randint(5, 240)} ms'),
    ("stdout", lambda: f"job {random.randint(1000, 9999)} done in {random.randint(20, 900)} ms, {random.randint(0, 5)} waiting"),
    ("stdout", lambda: f"checkpoint complete: wrote {random.randint(1, 400)} buffers"),
    ("stdout", lambda: f"cache: {random.randint(90, 99)} % hits, {random.randint(10, 80)} MiB"),
    ("stderr", lambda: f"warning: slow query, {random.randint(300, 2500)} ms: SELECT * FROM items WHERE owner = $1"),
    ("stderr", lambda: 'error: upstream "mail" refused the connection, trying again in 5 s'),
]  # fmt: skip
WEIGHTS = [40, 8, 12, 4, 6, 2, 1]


def run(cluster: Cluster, parent: int | None) -> None:
    """In the foreground until it is ended, or its parent or its folder is gone. Once for a sandbox."""
    try:
        alone = (cluster.dir / "feed.lock").open("w")
        fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        raise Failed(f"there is no sandbox in {cluster.dir}", "make it first: `up`") from None
    except BlockingIOError:
        raise Failed("this sandbox is being fed already", "end the other `feed`, or leave it at work") from None
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=keep_volumes, args=(cluster,), daemon=True).start()
    while not stop.wait(random.uniform(0.5, 1.5)):
        if (parent and os.getppid() != parent) or not cluster.logs.parent.exists():
            return
        stream, text = random.choices(LINES, WEIGHTS)[0]
        write(cluster.logs, stream, text())


def write(path: Path, stream: str, text: str) -> None:
    """One line in the form of CRI. Full files move aside as a kubelet's do: readers that follow go on in the new one."""
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > ROTATE_AT:
            path.replace(path.parent / "previous.log")
    now = datetime.now(timezone.utc)
    with path.open("a") as out:
        out.write(f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond * 1000:09}Z {stream} F {text}\n")


def keep_volumes(cluster: Cluster) -> None:
    """Fills the pool whenever a volume is taken or released: it watches, and never polls."""
    wait = 1.0
    while True:
        try:
            api = Api(cluster.admin_kubeconfig)
            objects.top_up(api)
            watch(api)
            wait = 1.0
        except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
            # The API server is away (stopped, or started anew on another port): ask again, ever less often.
            proc.say(f"volumes: {error}; trying again in {wait:.0f} s")
            time.sleep(wait)
            wait = min(wait * 2, 30)


def watch(api: Api) -> None:
    version = json.loads(api.get("/api/v1/persistentvolumes?limit=1"))["metadata"]["resourceVersion"]
    path = f"/api/v1/persistentvolumes?watch=1&resourceVersion={version}&timeoutSeconds=600"
    with api.open(path, timeout=700) as events, contextlib.suppress(socket.timeout):
        for line in events:
            event = json.loads(line)
            if event["type"] == "ERROR":
                return
            if event["object"].get("status", {}).get("phase") in ("Bound", "Failed"):
                time.sleep(1)  # claims come in groups: fill up once for all of them
                objects.top_up(api)
