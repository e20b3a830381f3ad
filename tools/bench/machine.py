"""On what it was measured: a figure without its machine says nothing."""

import os
import platform
import re
import subprocess
from datetime import datetime, timezone
from pathlib import Path

from devkit import paths, proc


def processor(cpuinfo: str) -> str:
    found = re.search(r"^model name\s*: (.+)$", cpuinfo, re.M)
    return found[1].strip() if found else platform.machine()


def memory(meminfo: str) -> float:
    """In GiB."""
    found = re.search(r"^MemTotal:\s+(\d+) kB$", meminfo, re.M)
    return int(found[1]) / 2**20 if found else 0.0


def commit() -> str:
    try:
        short = proc.output(["git", "rev-parse", "--short", "HEAD"], cwd=paths.ROOT)
        changed = proc.output(["git", "status", "--porcelain", "--untracked-files=no"], cwd=paths.ROOT)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return short + (" with changes" if changed else "")


def load() -> float:
    return os.getloadavg()[0]


def is_busy() -> bool:
    """Whether others are at work here: then no figure is worth much."""
    return load() > 0.5 * (os.cpu_count() or 1)


def describe(build: str) -> dict:
    return {
        "at": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit(),
        "build": build,
        "processor": processor(Path("/proc/cpuinfo").read_text()),
        "cores": os.cpu_count(),
        "memory_gib": round(memory(Path("/proc/meminfo").read_text()), 1),
        "kernel": platform.release(),
        "load_before": round(load(), 2),
        "helm": proc.output([str(paths.BIN / "helm"), "version", "--short"]),
    }


def sentence(machine: dict) -> list[str]:
    lines = [
        f"Measured {machine['at']} at commit {machine['commit']} ({machine['build']}), on {machine['processor']} with "
        f"{machine['cores']} cores and {machine['memory_gib']} GiB of memory, Linux {machine['kernel']}, Helm {machine['helm']}."
    ]
    if machine["load_before"] > 0.5 * machine["cores"]:
        lines.append(f"Others were at work on the machine (load {machine['load_before']}): the figures are worth little.")
    return lines
