"""Where things are.

Everything that is dear to build and the same for every checkout lies in the cache, outside of the
checkout. Everything that belongs to one checkout lies in its `.local` (not in git), so that two
checkouts never meet, and `make reset` can simply delete.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"
LOCAL = ROOT / ".local"
BIN = LOCAL / "bin"  # link to the tools of this checkout's pins
WASM = TOOLS / "wasm"  # stands before wasm-bindgen of BIN
SERVER = LOCAL / "woow-paas"  # the built server, copied here: the target folder may be shared
DATA = LOCAL / "data"
SANDBOX = LOCAL / "sandbox"
LOGS = LOCAL / "logs"

# rustup puts cargo where only a new login shell would find it.
_CARGO = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo")) / "bin"
os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), str(_CARGO)])


def cache() -> Path:
    given = os.environ.get("WOOW_CACHE")
    if given:
        return Path(given).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "woow-paas"


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in ("1", "true")


def target_dir() -> Path:
    """Cargo's target folder: shared in CI, so that a fresh clone does not compile the world again."""
    if in_ci() or os.environ.get("WOOW_SHARED_TARGET") == "1":
        return cache() / "target"
    return ROOT / "target"


def tool_env(extra: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of every command we start: our tools first, and no ambient cluster."""
    env = dict(os.environ)
    env["PATH"] = os.pathsep.join([str(WASM), str(BIN), env["PATH"]])
    env["CARGO_TARGET_DIR"] = str(target_dir())
    # A cluster is only ever used when it is named; kubectl and helm get theirs by argument.
    env.pop("KUBECONFIG", None)
    if extra:
        env.update(extra)
    return env
