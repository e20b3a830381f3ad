"""Debian packages: installed by ourselves where we may, else the line to type is told."""

import os
import shutil
import subprocess

from . import paths, proc
from .proc import Failed, say


def install(packages: list[str], what: str) -> None:
    line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    hint = f"type: sudo {line}"
    if not shutil.which("apt-get"):
        raise Failed(f"{what} is missing", f"install {' '.join(packages)} with your system's package manager")
    if os.geteuid() == 0:
        prefix = []
    elif shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        prefix = ["sudo", "-n"]
    else:
        raise Failed(f"{what} is missing, and installing it needs root", hint)
    say(f"==> installing {what} ({' '.join(packages)})")
    log = paths.LOGS / "apt.log"
    env = paths.tool_env({"DEBIAN_FRONTEND": "noninteractive"})
    as_root = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    # Another apt may be at work (a fresh machine updates itself): wait for its lock.
    wait = ["-o", "DPkg::Lock::Timeout=600"]
    proc.logged_code("apt-get update", [*as_root, "apt-get", *wait, "update"], log, cwd=paths.LOCAL, env=env)
    proc.logged(what, [*as_root, *line.split(), *wait], log, cwd=paths.LOCAL, env=env, hint=hint)


def need(program: str, packages: list[str], what: str) -> str:
    found = shutil.which(program)
    if not found:
        install(packages, what)
        found = shutil.which(program)
    if not found:
        raise Failed(f"{what} was installed, but there is no {program} on PATH")
    return found
