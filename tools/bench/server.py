"""A server of our own for each part: fresh data, raised limits, ended with the part."""

import http.client
import json
import shutil
import subprocess
import time
from pathlib import Path

from devkit import net, paths, proc
from devkit.proc import Failed

from . import process
from .api import Api, make_token

ADMIN = "admin@woow.local"
# One program asks here in the place of hundreds of people. The limits stay in force and are counted; only the figures are others.
RAISED = {
    "WOOW_LIMITS__REQUESTS_PER_MINUTE_PER_ACTOR": "60000000",
    "WOOW_LIMITS__REQUESTS_PER_MINUTE_PER_ADDRESS": "60000000",
    "WOOW_LIMITS__SOCKETS_PER_ADDRESS": "1000",
    "WOOW_LIMITS__STREAMS_PER_SOCKET": "1000",
    "WOOW_LIMITS__CONNECTIONS_PER_ADDRESS": "2000",
    "WOOW_LIMITS__WORKSPACES_PER_PERSON": "100",
}


class Server:
    """A data folder with its database and admin; `start` runs the program on it."""

    def __init__(self, binary: Path, folder: Path, kubeconfig: Path):
        self.binary, self.folder = binary, folder
        self.port = net.free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = folder / "server.log"
        self.child: subprocess.Popen | None = None
        self._token = ""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        clean = {key: value for key, value in paths.tool_env().items() if not key.startswith("WOOW_")}
        self.env = clean | RAISED | {
            "WOOW_DATA_DIR": str(folder / "data"),
            "WOOW_LISTEN": f"127.0.0.1:{self.port}",
            "WOOW_PUBLIC_URL": self.url,
            "WOOW_SANDBOX": "true",
            "WOOW_KUBECONFIG": str(kubeconfig),
            "WOOW_HELM": str((paths.BIN / "helm").resolve()),
            "WOOW_CATALOG_DIR": str(paths.ROOT / "charts"),
        }  # fmt: skip
        self._once("migrate", "up")
        made = self._once("admin", "create", "--email", ADMIN, "--name", "Admin", "--role", "admin")
        self.password = json.loads(made)["password"]

    def _once(self, *args: str) -> str:
        done = subprocess.run([str(self.binary), *args], env=self.env, cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"woow-paas {args[0]} failed: {done.stderr.strip()[-800:]}")
        return done.stdout

    def start(self) -> float:
        """Starts it; the seconds until it said that it was ready."""
        began = time.perf_counter()
        with self.log.open("ab") as out:
            self.child = subprocess.Popen(
                [str(self.binary), "serve"], env=self.env, cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip
        while time.perf_counter() - began < 60:
            if self.child.poll() is not None:
                raise Failed(f"the server ended at its start (exit {self.child.returncode})", "", self.log)
            if self._is_ready():
                return time.perf_counter() - began
            time.sleep(0.002)
        raise Failed("the server did not become ready within 60 s", "", self.log)

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        if self.child:
            proc.end_group(self.child, 25)
            self.child = None

    @property
    def pid(self) -> int:
        if self.child is None:
            raise Failed("the server does not run")
        return self.child.pid

    def rss(self) -> float:
        return process.rss(self.pid)

    @property
    def token(self) -> str:
        self._token = self._token or make_token(self.port, self.url, ADMIN, self.password)
        return self._token

    def api(self) -> Api:
        return Api(self.port, {"Authorization": f"Bearer {self.token}"})

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def for_scripts(self) -> dict[str, str]:
        """What scripts of `end2end/bench` need in order to look at this server."""
        return {
            "WOOW_BENCH_URL": self.url,
            "WOOW_BENCH_TOKEN": self.token,
            "WOOW_BENCH_PID": str(self.pid),
            "WOOW_BENCH_EMAIL": ADMIN,
            "WOOW_BENCH_PASSWORD": self.password,
        }
