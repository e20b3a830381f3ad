"""What the scripts of `end2end/bench` measure in Chromium: each prints lines `BENCH {…}` with a figure's fields."""

from devkit import apt, build, counts, paths, proc, steps
from devkit.proc import Failed

from ..figures import Figure, from_lines
from ..world import HOME, SANDBOX, World, inputs


def run(world: World) -> list[Figure]:
    chromium = apt.need("chromium", ["chromium"], "Chromium for the browser's part")
    log = build.fresh(paths.LOGS / "bench-console.log")
    server = world.server("console")
    with server:
        # A few services, so that pages are not empty. A script fills the other workspace, with more than its quota holds.
        few, crowd = world.workspaces(server, 2)
        made = world.launch(server, inputs([few], world.size(5, 1)))
        env = steps.test_env() | server.for_scripts() | {
            "WOOW_TEST_KUBECONFIG": str(SANDBOX / "server.kubeconfig"),
            "WOOW_TEST_ADMIN_KUBECONFIG": str(world.admin_kubeconfig),
            "WOOW_TEST_LOG_FILE": str(SANDBOX / "pod-logs" / "current.log"),
            "WOOW_BIN": str(world.binary),
            "WOOW_CHROMIUM": chromium,
            "WOOW_BENCH_QUICK": "1" if world.quick else "",
            "WOOW_BENCH_WORKSPACE": few.id,
            "WOOW_BENCH_CROWD": crowd.id,
            "WOOW_BENCH_CROWD_NAMESPACE": crowd.namespace,
            "WOOW_BENCH_SERVICE": made["each"][0]["service"]["id"],
        }  # fmt: skip
        report = HOME / "playwright.json"
        report.unlink(missing_ok=True)
        env["PLAYWRIGHT_JSON_OUTPUT_NAME"] = env["PLAYWRIGHT_JSON_OUTPUT_FILE"] = str(report)
        argv = ["npx", "--no-install", "playwright", "test", "--config", "bench.config.ts", "--reporter=list,json"]
        code = proc.logged_code("playwright", argv, log, cwd=steps.END2END, env=env)
    figures = from_lines(log.read_text(errors="replace"))
    if code or counts.playwright(report).failed:
        raise Failed(f"a script of end2end/bench failed (exit {code})", "read the log", log)
    if not figures:
        raise Failed("no script of end2end/bench told a figure", "read the log", log)
    return figures
