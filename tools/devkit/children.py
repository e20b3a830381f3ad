"""The processes that the supervisor starts: each leads a group of its own and is written down, so that whoever
comes after a killed supervisor can end what it left behind."""

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path

from . import paths, proc


def start_time(pid: int) -> str | None:
    """When a process began, in clock ticks: with its pid it names one process, a pid alone may be reused."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]


class Children:
    def __init__(self, record: Path):
        self.record = record
        self.running: dict[str, subprocess.Popen] = {}

    def start(self, name: str, argv: list[str], env: dict[str, str], log: Path) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > 20_000_000:
            log.replace(log.with_suffix(".old.log"))
        with log.open("ab") as out:
            self.running[name] = subprocess.Popen(
                argv, cwd=paths.ROOT, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        self.write()

    def write(self) -> None:
        rows = {"supervisor": os.getpid()} | {name: child.pid for name, child in self.running.items()}
        told = {name: {"pid": pid, "started": start_time(pid)} for name, pid in rows.items()}
        self.record.write_text(json.dumps(told, indent=2) + "\n")

    def ended(self) -> tuple[str, int] | None:
        for name, child in self.running.items():
            if child.poll() is not None:
                return name, child.returncode
        return None

    def stop(self, name: str, grace: float) -> None:
        child = self.running.pop(name, None)
        if child:
            proc.end_group(child, grace)

    def kill_all(self) -> None:
        for child in self.running.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


def recorded(record: Path) -> dict[str, int]:
    """The processes of an earlier run that still live."""
    try:
        rows = json.loads(record.read_text())
    except (OSError, ValueError):
        return {}
    return {n: r["pid"] for n, r in rows.items() if r["started"] and start_time(r["pid"]) == r["started"]}


def end_recorded(record: Path) -> None:
    """Ends what a killed supervisor left behind."""
    left = {name: pid for name, pid in recorded(record).items() if name != "supervisor" and pid != os.getpid()}
    for name, pid in left.items():
        proc.say(f"    an earlier run was killed; ending its {name} (pid {pid})")
        for sig in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, sig)
            until = time.monotonic() + 5
            while start_time(pid) is not None and time.monotonic() < until:
                time.sleep(0.05)
    record.unlink(missing_ok=True)
