"""Processes as one measures them: how long, how much memory."""

import contextlib
import os
import re
import subprocess
import threading
import time
from pathlib import Path

from devkit import paths
from devkit.proc import Failed


def rss(pid: int) -> float:
    """Resident memory in MB; nothing for a process that has ended."""
    with contextlib.suppress(OSError):
        if found := re.search(r"^VmRSS:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.M):
            return int(found[1]) * 1024 / 1e6
    return 0.0


class Peak:
    """The most memory that some processes had together, looked at ten times a second."""

    def __init__(self, pids: list[int]):
        self.pids = pids
        self.most = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while True:
            self.most = max(self.most, sum(map(rss, self.pids)))
            if self._over.wait(0.1):
                return

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join()


def timed(argv: list[str], stdin: str = "") -> tuple[float, float, str]:
    """Runs a program; seconds, its greatest memory in MB, and what it said."""
    started = time.perf_counter()
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=paths.tool_env()
    ) as child:
        errors: list[str] = []
        reader = threading.Thread(target=lambda: errors.append(child.stderr.read()))
        reader.start()
        child.stdin.write(stdin)
        child.stdin.close()
        said = child.stdout.read()
        reader.join()
        # Not Popen.wait: only wait4 tells the memory of this child alone.
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    spent = time.perf_counter() - started
    if child.returncode != 0:
        raise Failed(f"{Path(argv[0]).name} {argv[1]}: exit {child.returncode}: {''.join(errors).strip()[-800:]}")
    return spent, usage.ru_maxrss * 1024 / 1e6, said
