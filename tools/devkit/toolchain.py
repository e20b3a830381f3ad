"""Set-up: every program that the build and the sandbox need, from pinned sources, built once.

A *part* is a set of programs from one source (the Go module, one `cargo install`, the npm lock). It
lies in the cache under a name that holds the hash of its pins, so a new pin makes a new part beside
the old one. A part is built in a temporary folder and renamed when whole: if it is there, it is good.
The tools of a checkout are one folder of links to the parts that its pins ask for.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from . import paths, proc
from .proc import Failed, say

GO, NPM = paths.TOOLS / "go", paths.TOOLS / "npm"

# With their own release profiles these tools take a quarter of an hour. They run for seconds.
QUICK_BUILD = {
    "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "64",
    "CARGO_PROFILE_RELEASE_DEBUG": "0",
    "CARGO_PROFILE_RELEASE_STRIP": "symbols",
}


@dataclass
class Part:
    name: str
    pins: str  # all that decides the result
    about: str
    build: Callable[["Part", Path, Path], None]  # (part, folder to fill, log)

    @property
    def key(self) -> str:
        return _hash(platform.machine(), self.name, self.pins)

    @property
    def home(self) -> Path:
        return paths.cache() / "tools" / "parts" / f"{self.name}-{self.key}"


def _hash(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


def _pins() -> dict[str, str]:
    return tomllib.loads((paths.TOOLS / "pins.toml").read_text())


def wasm_bindgen_version() -> str:
    lock = paths.ROOT / "Cargo.lock"
    packages = tomllib.loads(lock.read_text())["package"] if lock.exists() else []
    found = [p["version"] for p in packages if p["name"] == "wasm-bindgen"]
    if len(found) != 1:
        raise Failed("Cargo.lock names no single version of wasm-bindgen", "check the dependencies of app/")
    return found[0]


def _go_version(module: str) -> str:
    for line in (GO / "go.mod").read_text().splitlines():
        words = line.split()
        if words[:1] == [module] and len(words) > 1 and words[1].startswith("v"):
            return words[1]
    raise Failed(f"tools/go/go.mod does not name {module}")


def _build_go(part: Part, into: Path, log: Path) -> None:
    kubernetes = _go_version("k8s.io/kubernetes")
    helm = _go_version("helm.sh/helm/v4")
    flags = (
        f"-s -w -X k8s.io/component-base/version.gitVersion={kubernetes}"
        f" -X helm.sh/helm/v4/internal/version.version={helm}"
    )
    env = paths.tool_env({"GOBIN": str(into / "bin"), "CGO_ENABLED": "0", "GOWORK": "off"})
    argv = ["go", "install", "-trimpath", "-buildvcs=false", "-ldflags", flags, "tool"]
    proc.logged(part.about, argv, log, cwd=GO, env=env, hint=_NET)
    (into / "bin" / "server").rename(into / "bin" / "etcd")
    # kwokctl wants metrics-server's manifests as a folder; without one it would ask GitHub.
    module = proc.output(["go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/metrics-server"], cwd=GO)
    shutil.copytree(Path(module) / "manifests/base", into / "share/metrics-server", copy_function=shutil.copyfile)
    for path in [into / "share", *(into / "share").rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)  # Go's module cache is read-only


def _cargo_install(crate: str, version: str, *flags: str) -> Callable[[Part, Path, Path], None]:
    def build(part: Part, into: Path, log: Path) -> None:
        # One scratch folder for all: these tools share many crates.
        scratch = paths.cache() / "tools" / "scratch"
        env = paths.tool_env({**QUICK_BUILD, "CARGO_TARGET_DIR": str(scratch)})
        argv = ["cargo", "install", crate, "--version", f"={version}", "--root", str(into), *flags]
        # From outside of the checkout: its .cargo/config and lock are none of the tool's business.
        proc.logged(part.about, argv, log, cwd=paths.cache(), env=env, hint=_NET)

    return build


def _build_npm(part: Part, into: Path, log: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(NPM / name, into / name)
    argv = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    proc.logged(part.about, argv, log, cwd=into, env=paths.tool_env(), hint=_NET)
    (into / "bin").mkdir()
    (into / "bin" / "wasm-opt").symlink_to("../node_modules/binaryen/bin/wasm-opt")


_NET = "read the log; a package registry may be out of reach (crates.io, proxy.golang.org, registry.npmjs.org)"


def parts() -> list[Part]:
    pins, bindgen = _pins(), wasm_bindgen_version()
    modules = (GO / "go.mod").read_text() + (GO / "go.sum").read_text()
    trunk = _cargo_install("trunk", pins["trunk"], "--locked", "--no-default-features", "--features", "rustls")
    split = _cargo_install("wasm_split_cli_support", pins["wasm-split"], "--locked", "--features", "build-binary")
    return [
        Part("go", modules, "Kubernetes, etcd, kwok and Helm from tools/go", _build_go),
        Part("trunk", pins["trunk"], f"trunk {pins['trunk']}", trunk),
        Part("wasm-bindgen", bindgen, f"wasm-bindgen {bindgen}", _cargo_install("wasm-bindgen-cli", bindgen)),
        Part("wasm-split", pins["wasm-split"], f"wasm-split {pins['wasm-split']}", split),
        Part("npm", (NPM / "package-lock.json").read_text(), "wasm-opt from tools/npm", _build_npm),
    ]


def cargo_deny() -> Part:
    version = _pins()["cargo-deny"]
    return Part("cargo-deny", version, f"cargo-deny {version}", _cargo_install("cargo-deny", version, "--locked"))


def cargo_llvm_cov() -> Part:
    version = _pins()["cargo-llvm-cov"]
    return Part("cargo-llvm-cov", version, f"cargo-llvm-cov {version}", _cargo_install("cargo-llvm-cov", version, "--locked"))


def ensure_part(part: Part) -> None:
    if part.home.exists():
        return
    with proc.lock(paths.cache() / "tools" / "lock", part.about):
        if part.home.exists():
            return
        say(f"==> building {part.about}")
        temporary = part.home.with_name(f"{part.home.name}.tmp")
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        log = paths.LOGS / f"setup-{part.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_bytes(b"")
        part.build(part, temporary, log)
        temporary.rename(part.home)


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and os.readlink(link) == str(target):
        return
    temporary = link.with_name(f".{link.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)


def ensure() -> None:
    """Builds what is missing and points `.local/bin` at it. Milliseconds when nothing is."""
    needed = parts()
    missing = [part for part in needed if not part.home.exists()]
    if missing:
        check_base()
    for part in missing:
        ensure_part(part)
    if missing:
        shutil.rmtree(paths.cache() / "tools" / "scratch", ignore_errors=True)
    bin_dir = paths.cache() / "tools" / _hash(*[part.key for part in needed]) / "bin"
    bin_dir.mkdir(parents=True, exist_ok=True)
    for part in needed:
        for program in (part.home / "bin").iterdir():
            _link(bin_dir / program.name, program)
    paths.LOCAL.mkdir(exist_ok=True)
    _link(paths.BIN, bin_dir)
    ensure_wasm_target()


def ensure_deny() -> Path:
    part = cargo_deny()
    ensure_part(part)
    return part.home / "bin" / "cargo-deny"


def ensure_llvm_cov() -> Path:
    part = cargo_llvm_cov()
    ensure_part(part)
    if not list(_sysroot().glob("lib/rustlib/*/bin/llvm-profdata")):
        say("==> adding Rust's llvm-tools")
        if subprocess.run(["rustup", "component", "add", "llvm-tools"], cwd=paths.ROOT).returncode != 0:
            raise Failed("Rust's llvm-tools cannot be added", "rustup component add llvm-tools")
    return part.home / "bin" / "cargo-llvm-cov"


def _sysroot() -> Path:
    return Path(proc.output(["rustc", "--print", "sysroot"], cwd=paths.ROOT))


def ensure_wasm_target() -> None:
    if (_sysroot() / "lib/rustlib/wasm32-unknown-unknown/lib").exists():
        return
    say("==> adding Rust's wasm32-unknown-unknown target")
    argv = ["rustup", "target", "add", "wasm32-unknown-unknown"]
    if subprocess.run(argv, cwd=paths.ROOT).returncode != 0:
        raise Failed("Rust's WebAssembly target cannot be added", "rustup target add wasm32-unknown-unknown")


def check_base() -> None:
    """What must be there before us. All that is missing is told at once."""
    from . import apt

    hints = {
        "cargo": "Rust: https://rustup.rs",
        "rustup": "Rust by rustup: https://rustup.rs",
        "go": "Go 1.26 or later: https://go.dev/doc/install",
        "node": "Node.js 20 or later: https://nodejs.org",
        "npm": "npm, which comes with Node.js",
    }
    missing = [hint for name, hint in hints.items() if not shutil.which(name)]
    if not missing:
        major = int(proc.output(["node", "--version"]).lstrip("v").split(".")[0])
        if major < 20:
            missing.append(f"Node.js 20 or later (this is {major})")
    if missing:
        raise Failed("set-up needs programs that are not here", "install " + "; ".join(missing))
    if not shutil.which("cc"):
        apt.install(["build-essential"], "a C compiler and linker")
