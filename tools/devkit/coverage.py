"""How much of the server's code the tests run: `make coverage`.

Our crates are compiled with counters (rustc's `-C instrument-coverage`, by cargo-llvm-cov), in a target folder of its own.
Servers that tests start count too: their file of counters is mapped into memory as they run (`%c`), so that even one that is
killed outright leaves what it has counted.
"""

import os
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import build, paths, proc, steps, toolchain
from .proc import Failed, say
from .testing import LOGS

LEAST = 80.0
# What must be covered; `migration` is told, and runs in whole at the start of every test with a database.
HELD = ("server", "shared")
# Without this, counters cannot be mapped from a file on Linux (Clang, "Source-based Code Coverage", continuous mode).
CONTINUOUS = "-C llvm-args=-runtime-counter-relocation"
SCOPES = {
    "shared": [["cargo", "test", "--locked", "-p", "shared"]],
    "unit": [["cargo", "test", "--locked", "-p", "shared"], ["cargo", "test", "--locked", "-p", "server", "--lib"]],
}


@dataclass
class Lines:
    covered: int = 0
    all: int = 0

    @property
    def share(self) -> float:
        return 100 * self.covered / self.all if self.all else 0.0

    def __add__(self, other: "Lines") -> "Lines":
        return Lines(self.covered + other.covered, self.all + other.all)


def run(scope: str) -> int:
    """`shared` and `unit` run those tests alone and demand nothing; `all` runs every test and demands what is promised."""
    folder = paths.cache() / "target-coverage"
    with proc.lock(folder / "woow-paas.lock", "the target folder of `make coverage`"):
        toolchain.ensure()
        program = toolchain.ensure_llvm_cov()
        overlay = instrumented(program, folder)
        env = paths.tool_env(overlay)
        logs = LOGS / "coverage"
        llvm_cov(program, env, logs, "clean", "--profraw-only")
        failed = []
        for number, (argv, more) in enumerate(commands(scope, logs), 1):
            say(f"==> {' '.join(argv)}")
            log = build.fresh(logs / f"tests-{number}.log")
            if proc.logged_code("tests", argv, log, cwd=paths.ROOT, env=more | overlay):
                failed.append(log)
        report = logs / "lcov.info"
        llvm_cov(program, env, logs, "report", "--lcov", "--output-path", str(report))
    return tell(measure(report.read_text(), paths.ROOT), failed, HELD if scope == "all" else ())


def commands(scope: str, logs: Path) -> list[tuple[list[str], dict[str, str]]]:
    if scope in SCOPES:
        return [(argv, paths.tool_env()) for argv in SCOPES[scope]]
    build.app()
    steps.start_sandbox(build.fresh(logs / "sandbox.log"))
    steps.start_postgres(build.fresh(logs / "postgres.log"))
    test = ["cargo", "test", "--locked", "--no-fail-fast"]
    again = [*test, "-p", "server", "--test", "it", "--", *steps.ON_POSTGRES]
    return [
        ([*test, *build.SERVER_SIDE], steps.test_env() | {"WOOW_TEST_DATABASE": "sqlite"}),
        (again, steps.test_env() | {"WOOW_TEST_DATABASE": "postgres"}),
    ]


def instrumented(program: Path, folder: Path) -> dict[str, str]:
    """The variables by which cargo builds with counters and programs count."""
    overlay = {
        "CARGO_TARGET_DIR": str(folder),
        "PATH": os.pathsep.join([str(program.parent), paths.tool_env()["PATH"]]),
    }
    shown = subprocess.run(
        [str(program), "llvm-cov", "show-env", "--sh"],
        cwd=paths.ROOT, env=paths.tool_env(overlay), capture_output=True, text=True,
    )  # fmt: skip
    if shown.returncode != 0:
        raise Failed(f"cargo llvm-cov show-env: {shown.stderr.strip()[-800:]}")
    return overlay | continuous(exports(shown.stdout))


def exports(shown: str) -> dict[str, str]:
    """`export NAME='value'`, line by line, as a shell would read it."""
    words = [shlex.split(line.removeprefix("export ")) for line in shown.splitlines() if "=" in line]
    return dict(word[0].split("=", 1) for word in words)


def continuous(env: dict[str, str]) -> dict[str, str]:
    """Counters go to their file at once, and a file is one process's alone."""
    if "LLVM_PROFILE_FILE" not in env:
        raise Failed("cargo llvm-cov show-env does not tell where counters go", "its version is in tools/pins.toml")
    flags = f"{env.get('RUSTFLAGS', '')} {CONTINUOUS}".strip()
    place = Path(env["LLVM_PROFILE_FILE"]).parent
    return env | {"RUSTFLAGS": flags, "LLVM_PROFILE_FILE": str(place / "woow-%p-%m%c.profraw")}


def llvm_cov(program: Path, env: dict[str, str], logs: Path, *args: str) -> None:
    argv = [str(program), "llvm-cov", *args]
    proc.logged(f"cargo llvm-cov {args[0]}", argv, logs / "llvm-cov.log", cwd=paths.ROOT, env=env)


def measure(lcov: str, root: Path) -> dict[str, Lines]:
    """Lines by crate. Tests that stand in the same file are not counted: they always run."""
    found: dict[str, Lines] = {}
    for record in lcov.split("end_of_record"):
        name = re.search(r"^SF:(.+)$", record, re.M)
        if not name or not (path := Path(name[1])).is_relative_to(root):
            continue
        crate, end = path.relative_to(root).parts[0], first_test_line(path)
        if crate == "tools":
            continue
        counts = [(int(line), int(count)) for line, count in re.findall(r"^DA:(\d+),(\d+)", record, re.M)]
        own = [count for line, count in counts if line < end]
        found[crate] = found.get(crate, Lines()) + Lines(sum(count > 0 for count in own), len(own))
    return found


def first_test_line(path: Path) -> float:
    """Where a file's own tests begin; by our convention they are its last part."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return float("inf")
    for number, (line, following) in enumerate(zip(lines, lines[1:]), 1):
        if line == "#[cfg(test)]" and re.match(r"mod \w+ \{", following):
            return number
    return float("inf")


def tell(found: dict[str, Lines], failed: list[Path], held: tuple[str, ...]) -> int:
    say("")
    for crate, lines in sorted(found.items()):
        say(f"  {crate:<10} {lines.share:5.1f} %   {lines.covered:,} of {lines.all:,} lines")
    low = [crate for crate in held if found.get(crate, Lines()).share < LEAST]
    for log in failed:
        say(f"failed    tests; {log.relative_to(paths.ROOT)}")
    for crate in low:
        say(f"failed    {crate} is below {LEAST:.0f} %")
    if held and not low and not failed:
        say(f"{' and '.join(held)} are above {LEAST:.0f} %")
    return 1 if low or failed else 0


def stop() -> None:
    steps.stop_sandbox(keep=False)
    steps.stop_postgres()
