"""The steps of `make test`. A new kind of check is a function here and a line in `STEPS`."""

import contextlib
import hashlib
import re
import subprocess
import sys
from pathlib import Path

from . import apt, build, children, counts, dependencies, fuzz, paths, postgres, proc, run, toolchain
from .build import SERVER_SIDE
from .counts import Count
from .proc import Failed
from .testing import LOGS, Skip, Step, command

SANDBOX = LOGS / "sandbox"
END2END = paths.ROOT / "end2end"
# Writes the lines that the sandbox's containers seem to write.
feed = children.Children(LOGS / "feed.json")
# Of the instance that this run has started; with its password, so it is kept in memory only.
postgres_url = ""


def cargo(title: str, *args: str):
    return lambda log: command(title, ["cargo", *args], log)


def deny(log: Path) -> None:
    with proc_skip("cargo-deny could not be built here"):
        program = str(toolchain.ensure_deny())
    argv = [program, "--locked", "--workspace", "--config", "tools/deny.toml", "check"]
    command("cargo deny", [*argv, "bans", "licenses", "sources"], log)


def advisories(log: Path) -> None:
    with proc_skip("cargo-deny could not be built here"):
        program = str(toolchain.ensure_deny())
    code = proc.logged_code(
        "advisories", [program, "--locked", "--workspace", "--config", "tools/deny.toml", "check", "advisories"], log,
        cwd=paths.ROOT, env=paths.tool_env({"GIT_TERMINAL_PROMPT": "0"}), limit=300,
    )  # fmt: skip
    text = log.read_text(errors="replace")
    if code and ("failed to fetch" in text or "failed to load advisory database" in text):
        raise Skip("the advisory database is out of reach from here")
    if code:
        raise Failed(f"exit {code}")


def dependency_list(log: Path) -> None:
    mistakes = dependencies.mistakes()
    log.write_text("".join(f"{mistake}\n" for mistake in mistakes))
    if mistakes:
        raise Failed(f"{len(mistakes)} lines of docs/dependencies.md are missing or wrong")


@contextlib.contextmanager
def proc_skip(why: str):
    try:
        yield
    except Failed as failed:
        raise Skip(f"{why}: {failed}") from None


def own_tools(log: Path) -> Count:
    code = proc.logged_code(
        "tools", [sys.executable, "-m", "unittest", "discover", "-s", "tools/tests"], log, cwd=paths.ROOT, env=paths.tool_env()
    )
    return counts.unittest(log.read_text(errors="replace"), code)


def charts(log: Path) -> None:
    """Every chart passes Helm's lint and renders with its own defaults, and runs no image but those of `images.lock`."""
    helm = str(paths.BIN / "helm")
    rendered = set()
    for chart in sorted(p.parent for p in (paths.ROOT / "charts").glob("*/Chart.yaml")):
        name = str(chart.relative_to(paths.ROOT))
        library = "type: library" in (chart / "Chart.yaml").read_text()
        command(f"helm lint {name}", [helm, "lint", "--strict", name], log)
        if not library:
            argv = [helm, "template", "test", name, "--namespace", "test"]
            command(f"helm template {name}", argv, log)
            shown = subprocess.run(argv, capture_output=True, text=True, cwd=paths.ROOT, env=paths.tool_env())
            rendered |= images(shown.stdout)
    lock = (paths.ROOT / "charts/images.lock").read_text()
    listed = {line.split()[0] for line in lock.splitlines() if line and not line.startswith("#")}
    if different := rendered ^ listed:
        names = ", ".join(sorted(different))
        raise Failed(f"charts/images.lock and the charts differ: {names}", "write into the list what the charts run")


def images(manifest: str) -> set[str]:
    """The images of a rendered chart, without digests."""
    return {image.split("@")[0] for image in re.findall(r'^ *(?:- )?image: "?([^"\s]+)"?$', manifest, re.MULTILINE)}


def schema(log: Path) -> None:
    printed = subprocess.run(
        [str(paths.SERVER), "schema", "print"], capture_output=True, text=True, cwd=paths.ROOT, env=paths.tool_env()
    )
    log.write_text(printed.stdout + printed.stderr)
    committed = paths.ROOT / "schema.graphql"
    if printed.returncode != 0:
        raise Failed("`woow-paas schema print` failed")
    if committed.read_text().strip() != printed.stdout.strip():
        diff = subprocess.run(["diff", "-u", str(committed), "-"], input=printed.stdout, capture_output=True, text=True)
        log.write_text(diff.stdout)
        raise Failed("schema.graphql is not what the server's code says", "run `make schema` and commit the result")


def start_sandbox(log: Path) -> None:
    """A fresh one for each run, so that no test sees what an earlier run left."""
    if SANDBOX.exists():
        run.sandbox("delete", SANDBOX, log=log)
    run.sandbox("up", SANDBOX, log=log)
    children.end_recorded(feed.record)
    feed.start("feed", run.feed_argv(SANDBOX), paths.tool_env(), LOGS / "feed.log")


def stop_sandbox(keep: bool) -> None:
    feed.stop("feed", 3)
    if SANDBOX.exists():
        run.sandbox("down" if keep else "delete", SANDBOX, log=LOGS / "sandbox-stop.log")


def start_postgres(log: Path) -> None:
    global postgres_url
    postgres_url = postgres.start(log)


def stop_postgres() -> None:
    postgres.stop(LOGS / "postgres-stop.log")


def test_env() -> dict[str, str]:
    """No setting of the developer's own reaches a test."""
    clean = {key: value for key, value in paths.tool_env().items() if not key.startswith("WOOW_")}
    return clean | {
        "WOOW_TEST_KUBECONFIG": str(SANDBOX / "server.kubeconfig"),
        "WOOW_TEST_ADMIN_KUBECONFIG": str(SANDBOX / "admin.kubeconfig"),
        "WOOW_TEST_LOG_FILE": str(SANDBOX / "pod-logs" / "current.log"),
        "WOOW_HELM": str((paths.BIN / "helm").resolve()),
        "WOOW_CATALOG_DIR": str(paths.ROOT / "charts"),
        "WOOW_BIN": str(paths.SERVER),
        "WOOW_TEST_POSTGRES": postgres_url,
    }


def rust(log: Path) -> Count:
    return cargo_test(log, SERVER_SIDE, [], "sqlite")


# What stands on the database. What runs two servers is on PostgreSQL always, and so is what holds its locks.
ON_POSTGRES = ["product", "engine", "faults", "--skip", "together", "--skip", "races", "--skip", "in_database"]


def rust_on_postgres(log: Path) -> Count:
    return cargo_test(log, ["-p", "server", "--test", "it"], ON_POSTGRES, "postgres")


def cargo_test(log: Path, what: list[str], filters: list[str], database: str) -> Count:
    argv = ["cargo", "test", "--locked", *what, "--no-fail-fast", "--", *filters]
    code = proc.logged_code("cargo test", argv, log, cwd=paths.ROOT, env=test_env() | {"WOOW_TEST_DATABASE": database})
    count = counts.cargo(log.read_text(errors="replace"))
    if code and not count.failed:
        count += Count(failed=1)  # it did not compile, or a test binary died
    if not code and not count.passed:
        raise Failed("cargo test ran no test")
    return count


def end2end(log: Path) -> Count:
    chromium = apt.need("chromium", ["chromium"], "Chromium for the browser tests")
    npm_packages(log)
    report = LOGS / "end2end.json"
    report.unlink(missing_ok=True)
    env = test_env() | {
        "WOOW_CHROMIUM": chromium,
        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1",
        "PLAYWRIGHT_JSON_OUTPUT_NAME": str(report),
        "PLAYWRIGHT_JSON_OUTPUT_FILE": str(report),
    }
    argv = ["npx", "--no-install", "playwright", "test", "--reporter=list,json"]
    code = proc.logged_code("playwright", argv, log, cwd=END2END, env=env)
    count = counts.playwright(report)
    if code and not count.failed:
        count += Count(failed=1)
    if not code and not count.passed:
        raise Failed("Playwright ran no test")
    return count


def npm_packages(log: Path) -> None:
    """Installs what the lock says, once for each lock."""
    if not (END2END / "package-lock.json").exists():
        raise Failed("there is no end2end/package-lock.json")
    wanted = hashlib.sha256((END2END / "package-lock.json").read_bytes()).hexdigest()
    stamp = END2END / "node_modules" / ".woow-stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    env = paths.tool_env({"PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"})
    command("npm ci", ["npm", "ci", "--no-audit", "--no-fund"], log, env=env, cwd=END2END)
    stamp.write_text(wanted)


STEPS = [
    Step("format", "lint", cargo("cargo fmt", "fmt", "--all", "--check"), "run `make fmt`"),
    Step("tools", "lint", own_tools),
    Step("build app", "build", lambda log: build.app(LOGS), "fix what the compiler says"),
    Step("build server", "build", lambda log: build.server(LOGS, with_tests=True), "fix what the compiler says"),
    Step("schema", "build", schema, needs=("build server",)),
    Step("charts", "lint", charts, "`.local/bin/helm lint charts/<name>` repeats it"),
    Step(
        "clippy server", "lint",
        cargo("clippy", "clippy", "--locked", *SERVER_SIDE, "--all-targets", "--", "-D", "warnings"),
    ),
    Step(
        "clippy app", "lint",
        cargo("clippy", "clippy", "--locked", "-p", "app", "--target", "wasm32-unknown-unknown", "--", "-D", "warnings"),
    ),
    Step("dependencies", "lint", deny, "see tools/deny.toml; replace the crate, or say there why it may stay"),
    Step("dependency list", "lint", dependency_list, "write in docs/dependencies.md why it is there, or take it out"),
    Step("advisories", "lint", advisories, "update the crate that the advisory names"),
    Step("sandbox", "sandbox", start_sandbox),
    Step("PostgreSQL", "test", start_postgres),
    Step("unit and cluster", "test", rust, needs=("sandbox", "PostgreSQL")),
    Step("on PostgreSQL", "test", rust_on_postgres, needs=("sandbox", "PostgreSQL")),
    Step(
        "made-up queries", "test", lambda log: fuzz.run(log, test_env()),
        "the log tells the query; ask it again with curl", ("build server", "sandbox"),
    ),
    Step("end to end", "e2e", end2end, "traces are in end2end/test-results", needs=("build app", "build server", "sandbox")),
]  # fmt: skip

# What `tools/test --group X` runs; without a group, all.
GROUPS = {
    "lint": {"lint"},
    "test": {"build", "sandbox", "test"},
    "e2e": {"build", "sandbox", "e2e"},
}
