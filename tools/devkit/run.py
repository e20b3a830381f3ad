"""The supervisor behind `make run`: from a bare checkout to a page that one can open, and back to nothing."""

import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

from . import build, net, paths, proc, toolchain
from .children import Children, end_recorded, recorded
from .proc import Failed, say

RECORD = paths.LOCAL / "run.json"
LOCK = paths.LOCAL / "run.lock"
PORTS = paths.LOCAL / "ports.json"
SERVER_LOG = paths.DATA / "server.log"
DATA_NAME = re.compile(re.escape(paths.DATA.name) + "(-[0-9a-f]{8})?")
ADMIN = "admin@woow.local"


class Stop(BaseException):
    """Ctrl-C, or SIGTERM. Not an Exception: nothing that handles errors shall swallow it."""


def sandbox(command: str, directory: Path, *args: str, log: Path | None = None) -> None:
    argv = [sys.executable, str(paths.TOOLS / "sandbox"), command, "--dir", str(directory), *args]
    log = build.fresh(log or paths.LOGS / f"sandbox-{command}.log")
    proc.logged(f"sandbox {command}", argv, log, cwd=paths.ROOT, env=paths.tool_env())


def feed_argv(directory: Path) -> list[str]:
    argv = [sys.executable, str(paths.TOOLS / "sandbox"), "feed", "--dir", str(directory)]
    return [*argv, "--parent", str(os.getpid())]


def configured_kubeconfig() -> str | None:
    """The cluster that the configuration file names, if there is such a file and it names one."""
    path = os.environ.get("WOOW_CONFIG")
    if not path:
        return None
    try:
        return tomllib.loads(Path(path).read_text()).get("kubeconfig")
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise Failed(f"WOOW_CONFIG names {path}, which cannot be read ({error})") from error


def data_of(kubeconfig: Path) -> Path:
    """Each cluster has data of its own: operations of one must never be taken up in another."""
    digest = hashlib.sha256(str(kubeconfig).encode()).hexdigest()[:8]
    return paths.DATA.with_name(f"{paths.DATA.name}-{digest}")


def data_folders() -> list[Path]:
    """What `data_of` and the sandbox have made in this checkout."""
    return sorted(path for path in paths.LOCAL.glob(f"{paths.DATA.name}*") if DATA_NAME.fullmatch(path.name))


def given_listen() -> tuple[str, int] | None:
    """Host and port of `WOOW_LISTEN`, when it is given."""
    listen = os.environ.get("WOOW_LISTEN")
    if not listen:
        return None
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise Failed(f"WOOW_LISTEN is {listen}, which is no address with a port", "write it as 127.0.0.1:9000")
    return host, int(port)


def public_url(host: str, port: int) -> str:
    """Where a browser on this machine reaches that address. It must be exact: changes from another one are refused."""
    here = {"127.0.0.1", "[::1]", "0.0.0.0", "[::]"}
    return f"http://{'localhost' if host in here else host}:{port}"


def server_env(data: Path, kubeconfig: Path, *, in_sandbox: bool, port: int, metrics_port: int) -> dict[str, str]:
    given = os.environ
    host, port = given_listen() or ("127.0.0.1", port)
    return paths.tool_env({
        "WOOW_DATA_DIR": str(data),
        "WOOW_LISTEN": f"{host}:{port}",
        "WOOW_METRICS_LISTEN": given.get("WOOW_METRICS_LISTEN") or f"127.0.0.1:{metrics_port}",
        "WOOW_PUBLIC_URL": given.get("WOOW_PUBLIC_URL") or public_url(host, port),
        "WOOW_KUBECONFIG": str(kubeconfig),
        "WOOW_SANDBOX": "true" if in_sandbox else "false",
        "WOOW_CATALOG_DIR": given.get("WOOW_CATALOG_DIR", str(paths.ROOT / "charts")),
        "WOOW_HELM": str((paths.BIN / "helm").resolve()),
        "WOOW_APPS_DOMAIN": given.get("WOOW_APPS_DOMAIN", "apps.localhost"),
    })


def ports() -> tuple[int, int]:
    """The port of the page and of the metrics. They stay the same while they are free, as bookmarks do.

    Where `WOOW_LISTEN` is given, the page's is that one, and nothing is looked for or kept.
    """
    try:
        page, metrics = (int(json.loads(PORTS.read_text())[key]) for key in ("page", "metrics"))
    except (OSError, ValueError, KeyError, TypeError):
        page, metrics = 8080, 9464
    given = given_listen()
    if given:
        page = given[1]
    elif not net.is_free(page):
        wanted, page = page, net.first_free(8080)
        say(f"    port {wanted} is taken; the page is on {page}")
    if metrics == page or not net.is_free(metrics):
        metrics = net.first_free(9464, besides=(page,))
    if given:
        return page, metrics
    PORTS.write_text(json.dumps({"page": page, "metrics": metrics}) + "\n")
    return page, metrics


class Supervisor:
    def __init__(self) -> None:
        self.children = Children(RECORD)
        self.signals = 0
        self.own_sandbox = False  # whether one is to be stopped

    def on_signal(self, *_) -> None:
        self.signals += 1
        if self.signals == 1:
            raise Stop
        if self.signals == 2:
            say("\n    ending everything at once")
            self.children.kill_all()

    def run(self) -> int:
        paths.LOCAL.mkdir(exist_ok=True)
        with hold_lock() as held:
            if not held:
                pid = recorded(RECORD).get("supervisor")
                raise Failed(f"this checkout runs already (pid {pid})", "stop that one with Ctrl-C, or use `make reset`")
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, self.on_signal)
            try:
                self.start()
                return self.watch()
            except Stop:
                return 0
            finally:
                self.signals = max(self.signals, 1)  # from here on a signal hurries, and does not interrupt
                self.stop()

    def start(self) -> None:
        end_recorded(RECORD)
        self.children.write()
        toolchain.ensure()
        build.app()
        build.server()
        given = os.environ.get("WOOW_KUBECONFIG") or configured_kubeconfig()
        data = paths.DATA
        if given:
            kubeconfig = Path(given).expanduser().resolve()
            if not kubeconfig.is_file():
                raise Failed(f"the kubeconfig {kubeconfig} is no file")
            data = data_of(kubeconfig)
        else:
            kubeconfig = paths.SANDBOX / "server.kubeconfig"
            self.own_sandbox = True
            say("==> starting the sandbox (a local Kubernetes with simulated nodes)")
            sandbox("up", paths.SANDBOX)
            self.children.start("feed", feed_argv(paths.SANDBOX), paths.tool_env(), paths.LOGS / "feed.log")
        for folder in {data, SERVER_LOG.parent}:
            folder.mkdir(mode=0o700, exist_ok=True)
        # Between finding a port free and using it, another checkout could do the same.
        with proc.lock(paths.cache() / "start.lock", "starting its server"):
            page, metrics = ports()
            env = server_env(data, kubeconfig, in_sandbox=not given, port=page, metrics_port=metrics)
            say("==> starting the server")
            first_admin = self.prepare(env)
            self.children.start("server", [str(paths.SERVER), "serve"], env, SERVER_LOG)
            self.wait_ready(env["WOOW_LISTEN"])
        self.banner(env, kubeconfig, first_admin)

    def prepare(self, env: dict[str, str]) -> dict:
        """Migrates, and makes the first admin where there is nobody yet."""
        self.once(["migrate", "up"], env)
        create = ["admin", "create", "--email", ADMIN, "--name", "Admin", "--role", "admin", "--if-none"]
        answer = self.once([*create, "--must-change"], env).strip().splitlines()
        try:
            return json.loads(answer[-1]) if answer else {}
        except ValueError:
            raise Failed("`woow-paas admin create` did not answer with JSON") from None

    def once(self, args: list[str], env: dict[str, str]) -> str:
        done = subprocess.run([str(paths.SERVER), *args], cwd=paths.ROOT, env=env, capture_output=True, text=True)
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip()[-2000:]
            raise Failed(f"woow-paas {' '.join(args[:2])} failed:\n{said}", "`make reset` starts afresh, without your data")
        return done.stdout

    def wait_ready(self, listen: str) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            ended = self.children.ended()
            if ended and ended[0] == "server":
                raise Failed(f"the server ended at its start (exit {ended[1]})", "", SERVER_LOG)
            try:
                with urllib.request.urlopen(f"http://{listen}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (OSError, urllib.error.URLError):
                pass
            time.sleep(0.05)
        raise Failed("the server did not become ready within 60 s", "", SERVER_LOG)

    def banner(self, env: dict[str, str], kubeconfig: Path, admin: dict) -> None:
        where = f"your cluster ({kubeconfig})" if not self.own_sandbox else "a local sandbox"
        say("")
        say(f"  Woow PaaS is ready:  {env['WOOW_PUBLIC_URL']}")
        if admin.get("password"):
            say("")
            say(f"    sign in as    {admin['email']}")
            say(f"    password      {admin['password']}")
            say("    (shown this once; you change it when you first sign in)")
        say("")
        say(f"  cluster: {where}")
        say(f"  log:     {SERVER_LOG.relative_to(paths.ROOT)}")
        say("  Ctrl-C stops everything.")
        say("")

    def watch(self) -> int:
        while True:
            ended = self.children.ended()
            if ended:
                name, code = ended
                log = SERVER_LOG if name == "server" else paths.LOGS / "feed.log"
                raise Failed(f"the {name} ended by itself (exit {code})", "start again with `make run`", log)
            time.sleep(0.5)

    def stop(self) -> None:
        if self.children.running or self.own_sandbox:
            say("\n==> stopping")
        self.children.stop("server", 1 if self.signals > 1 else 20)
        self.children.stop("feed", 3)
        if self.own_sandbox:
            sandbox("down", paths.SANDBOX)
        RECORD.unlink(missing_ok=True)
        say("stopped; nothing is left running")


class hold_lock:
    """Whether this process alone runs the checkout. The kernel frees it however the holder ends."""

    def __enter__(self) -> bool:
        self.handle = LOCK.open("w")
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def __exit__(self, *_) -> None:
        self.handle.close()


def reset() -> None:
    """Ends a running supervisor and deletes what this checkout keeps. Tools and builds stay."""
    if not paths.LOCAL.exists():
        return say("there is nothing to reset")
    if sys.stdin.isatty() and os.environ.get("FORCE") != "1":
        folders = ", ".join(str(path.relative_to(paths.ROOT)) for path in data_folders()) or "none yet"
        say(f"This deletes the sandbox of this checkout, and accounts, databases and master keys of it ({folders}),")
        say("those for clusters of yours among them. What runs in such a cluster stays there.")
        answer = input("Type `yes`: ")
        if answer.strip() != "yes":
            raise Failed("nothing was deleted")
    supervisor = recorded(RECORD).get("supervisor")
    if supervisor:
        say(f"==> stopping the running one (pid {supervisor})")
        os.kill(supervisor, signal.SIGTERM)
    until = time.monotonic() + 60
    while True:
        with hold_lock() as held:
            if held:
                end_recorded(RECORD)
                for directory in (paths.SANDBOX, paths.LOCAL / "test" / "sandbox"):
                    if directory.exists():
                        sandbox("delete", directory)
                for path in (*data_folders(), paths.LOCAL / "test"):
                    shutil.rmtree(path, ignore_errors=True)
                PORTS.unlink(missing_ok=True)
                return say("reset; the next `make run` starts afresh")
        if time.monotonic() > until:
            raise Failed("the running one does not stop", "end it by hand, then `make reset` again")
        time.sleep(0.2)
