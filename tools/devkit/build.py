"""Builds the console (WebAssembly) and the server, each only when what it is made of has changed."""

import hashlib
import os
import shutil
from pathlib import Path

from . import paths, proc
from .proc import Failed, say

# What the console is made of. Cargo would find out too, but Trunk links anew each time (minutes of LTO).
APP_SOURCES = [
    "app", "shared", "style", ".cargo", "Cargo.toml", "Cargo.lock", "Trunk.toml", "schema.graphql",
    "tools/precompress.mjs", "tools/wasm", "tools/npm/package-lock.json", "tools/pins.toml",
]  # fmt: skip
# Everything that is not the console.
SERVER_SIDE = ["--workspace", "--exclude", "app"]
DIST = paths.ROOT / "dist"
# Written by Trunk only when all went well, and by precompress.mjs last of all.
FINISHED = DIST / ".csp.json"


def sources_hash(names: list[str]) -> str:
    digest = hashlib.sha256()
    for name in names:
        path = paths.ROOT / name
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            if file.exists() and "node_modules" not in file.parts:
                digest.update(f"{file.relative_to(paths.ROOT)}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def app(log_dir: Path | None = None) -> None:
    log_dir = log_dir or paths.LOGS
    if not (paths.ROOT / "app" / "index.html").exists():
        raise Failed("there is no app/index.html to build the console from")
    stamp, wanted = paths.LOCAL / "app.stamp", sources_hash(APP_SOURCES)
    if FINISHED.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    say("==> building the console (WebAssembly)")
    stamp.unlink(missing_ok=True)
    log = fresh(log_dir / "build-app.log")
    # Trunk reads NO_COLOR as a boolean and stops at "1", which others take for true.
    env = paths.tool_env({"NO_COLOR": "true", "TRUNK_SKIP_VERSION_CHECK": "true"})
    hint = "the compiler's words are above; `tools/build app` repeats it"
    proc.logged("trunk build", ["trunk", "build", "--release"], log, cwd=paths.ROOT, env=env, hint=hint)
    hint = "the last words are above: what a first visit loads may be over its budget"
    proc.logged("precompress", ["node", "tools/precompress.mjs", "dist"], log, cwd=paths.ROOT, env=env, hint=hint)
    stamp.write_text(wanted)


def server(log_dir: Path | None = None, *, with_tests: bool = False) -> None:
    """Cargo knows best what has changed. The binary is copied out of the target folder, which may be shared.

    What tests need turns on features of shared dependencies. Where tests follow, they are built with the server: apart,
    every dependency would be compiled twice.
    """
    DIST.mkdir(exist_ok=True)  # embedded at compile time
    target = paths.target_dir()
    with proc.lock(target / "woow-paas.lock", "the shared target folder"):
        log = fresh((log_dir or paths.LOGS) / "build-server.log")
        argv = ["cargo", "build", "--locked", "-p", "server", "--bin", "woow-paas"]
        if with_tests:
            argv = ["cargo", "test", "--no-run", "--locked", *SERVER_SIDE]
        say("==> building the server")
        proc.logged("cargo build", argv, log, cwd=paths.ROOT, env=paths.tool_env(), hint="the compiler's words are above")
        copy(target / "debug" / "woow-paas", paths.SERVER)


def copy(built: Path, to: Path) -> None:
    new = built.stat()
    if to.exists() and (to.stat().st_size, to.stat().st_mtime_ns) == (new.st_size, new.st_mtime_ns):
        return
    temporary = to.with_name(f".{to.name}.new")
    shutil.copy2(built, temporary)
    os.replace(temporary, to)  # a running server keeps the file that it was started from


def fresh(log: Path) -> Path:
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    return log


def schema() -> None:
    """Writes the committed schema anew from the server's code."""
    server()
    text = proc.output([str(paths.SERVER), "schema", "print"], cwd=paths.ROOT, env=paths.tool_env())
    (paths.ROOT / "schema.graphql").write_text(text + "\n")
    say("schema.graphql is written")
