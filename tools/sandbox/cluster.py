"""The life of one control plane: made, started, stopped and deleted by kwokctl's binary runtime.

kwokctl trusts its pid files and the ports that it once chose. After a killed run or a reboot neither
need be true, so both are checked here before it is asked to do anything.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import time
import urllib.request
from http.client import HTTPException
from pathlib import Path

from devkit import paths, proc
from devkit.net import free_port, is_free
from devkit.proc import Failed

HERE = Path(__file__).resolve().parent
COMPONENTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok-controller", "metrics-server")
# The default holds 254 Services; tests make more.
SERVICE_RANGE = "10.96.0.0/14"


class Cluster:
    def __init__(self, directory: Path):
        self.dir = directory
        self.name = "woow-" + hashlib.sha256(str(directory).encode()).hexdigest()[:8]
        self.work = directory / "kwok" / "clusters" / self.name
        self.admin_kubeconfig = directory / "admin.kubeconfig"
        self.server_kubeconfig = directory / "server.kubeconfig"
        self.logs = directory / "pod-logs" / "current.log"
        self.log = directory / "sandbox.log"

    # --- commands

    def up(self, steady: bool = False) -> bool:
        """Makes or starts it where needed; tells whether it had to. Whether it is steady is settled when it is made."""
        self.dir.mkdir(parents=True, exist_ok=True)
        if self.alive():
            return False
        self.end_leftovers()
        if (self.work / "made").exists():
            moved = self.move_ports()
            self.kwokctl("start", "cluster", "--name", self.name)
            # kwokctl writes this only when it makes a cluster; a moved port must reach the copy too.
            shutil.copyfile(self.work / "kubeconfig.yaml", self.admin_kubeconfig)
            if moved:
                self.wait_alive()
                self.tell_nodes()
        else:
            try:
                self.create(steady)
            except Failed:
                # A port may have been taken between our look and its use. Once more, from nothing.
                self.end_leftovers()
                self.create(steady)
        os.chmod(self.admin_kubeconfig, 0o600)
        self.wait_alive()
        return True

    def down(self) -> None:
        self.end_leftovers()

    def delete(self) -> None:
        self.end_leftovers()
        shutil.rmtree(self.dir, ignore_errors=True)

    def status(self) -> dict:
        return {
            "running": self.alive(),
            "name": self.name,
            "adminKubeconfig": str(self.admin_kubeconfig),
            "serverKubeconfig": str(self.server_kubeconfig),
            "logFile": str(self.logs),
            "processes": {name: pid for pid, name in self.processes().items()},
        }

    # --- making

    def create(self, steady: bool) -> None:
        shutil.rmtree(self.dir / "kwok", ignore_errors=True)
        self.logs.parent.mkdir(parents=True, exist_ok=True)
        self.logs.touch()
        (self.logs.parent / "previous.log").touch()
        config = self.dir / "kwok.yaml"
        text = "\n---\n".join((HERE / "kwok" / f).read_text() for f in ("cluster.yaml", "node.yaml", "pod.yaml", "trouble.yaml"))
        share = (paths.BIN / "kwokctl").resolve().parents[1] / "share"
        for key, value in {
            "@METRICS_MANIFESTS@": share / "metrics-server",
            "@LOGS_FILE@": self.logs,
            "@PREVIOUS_LOGS_FILE@": self.logs.parent / "previous.log",
        }.items():
            text = text.replace(key, str(value))
        text = re.sub("@PORT@", lambda _: str(free_port()), text)
        if steady:
            text = without_chance(text)
        config.write_text(text)
        binaries = [f"--{name}-binary={self.binary(name)}" for name in COMPONENTS]
        self.admin_kubeconfig.unlink(missing_ok=True)
        self.kwokctl(
            "create", "cluster", "--name", self.name, "--runtime", "binary", *binaries,
            "--enable", "metrics-server", "--kubeconfig", str(self.admin_kubeconfig), "--wait", "60s",
            "--node-lease-duration-seconds", "0",
            "--extra-args", f"kube-apiserver=service-cluster-ip-range={SERVICE_RANGE}",
            "--extra-args", f"kube-controller-manager=service-cluster-ip-range={SERVICE_RANGE}",
            # Alone, and after a restart not waiting for the end of one's own old lease.
            "--extra-args", "kube-controller-manager=leader-elect=false",
            "--extra-args", "kube-scheduler=leader-elect=false",
            # Else a rollout of many at once shows how its controllers are throttled, and little else.
            *(["--disable-qps-limits"] if steady else []),
            "-c", str(config),
        )  # fmt: skip
        (self.work / "made").touch()  # until now a killed run would have left half a cluster

    def binary(self, component: str) -> Path:
        path = paths.BIN / ("kwok" if component == "kwok-controller" else component)
        if not path.exists():
            raise Failed(f"{path.name} is not built", "run `make setup`")
        return path.resolve()

    def kwokctl(self, *args: str) -> None:
        env = paths.tool_env({"KWOK_WORKDIR": str(self.dir / "kwok")})
        argv = [str(self.binary("kwokctl")), *args]
        hint = f"its parts log to {self.work}/logs; `python3 tools/sandbox delete --dir {self.dir}` starts afresh"
        proc.logged(f"kwokctl {args[0]}", argv, self.log, cwd=self.dir, env=env, hint=hint)

    # --- what is running

    def processes(self) -> dict[int, str]:
        """Our processes by pid: those that work in this sandbox's own folder. Pid files may lie, /proc does not."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                if os.readlink(entry / "cwd") == str(self.work):
                    found[int(entry.name)] = Path(os.readlink(entry / "exe")).name
        return found

    def end_leftovers(self) -> None:
        """Stops all that runs here, the API server's clients first, etcd last; then forgets the pid files."""
        order = ["metrics-server", "kwok", "kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd"]
        # kwokctl itself kills outright; so do we, except for etcd, whose log replay is saved by a clean end.
        running = self.processes()
        for sig, last in ((signal.SIGKILL, False), (signal.SIGTERM, True)):
            ours = {p: n for p, n in running.items() if (n not in order or n == order[-1]) == last}
            self._end(ours, sig)
        self._end(self.processes(), signal.SIGKILL)
        for pid_file in (self.work / "pids").glob("*.pid"):
            pid_file.unlink(missing_ok=True)

    def _end(self, pids: dict[int, str], sig: signal.Signals) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sig)
        until = time.monotonic() + 5
        while time.monotonic() < until and any(pid in self.processes() for pid in pids):
            time.sleep(0.02)

    def alive(self) -> bool:
        """Every component has its process and the API server answers."""
        return self.whole() and self.answers()

    def whole(self) -> bool:
        return len(self.processes()) >= len(COMPONENTS)

    def answers(self) -> bool:
        try:
            return Api(self.admin_kubeconfig).get("/readyz", timeout=3) == "ok"
        except (OSError, HTTPException, ValueError, TypeError):
            return False

    def wait_alive(self) -> None:
        until = time.monotonic() + 60
        while not self.alive():
            if time.monotonic() > until:
                raise Failed("the sandbox's API server does not answer", f"read {self.work}/logs", self.log)
            if self.answers() and not self.whole():
                # metrics-server ends at once where it is quicker than the API server. What does not run is started again.
                self.kwokctl("start", "cluster", "--name", self.name)
            time.sleep(0.1)

    # --- ports

    def move_ports(self) -> bool:
        """Another program may have taken a port while the sandbox was stopped: writes free ones instead."""
        config = self.work / "kwok.yaml"
        ports = sorted(set(re.findall(r"Port: (\d{4,5})\b", config.read_text())))
        taken = {port: str(free_port()) for port in ports if not is_free(int(port))}
        if not taken:
            return False
        proc.say(f"    ports {', '.join(taken)} are taken now; moving the sandbox to {', '.join(taken.values())}")
        for path in [config, *self.work.glob("kubeconfig*")]:
            text = path.read_text()
            # Only whole numbers that stand where a port stands.
            path.write_text(re.sub(r"(?<=[:= \"])(\d{4,5})\b", lambda m: taken.get(m[1], m[1]), text))
        return True

    def tell_nodes(self) -> None:
        """A node's status says where its kubelet listens, and is written when it is first seen."""
        port = int(re.search(r"kwokControllerPort: (\d+)", (self.work / "kwok.yaml").read_text())[1])
        patch = json.dumps({"status": {"daemonEndpoints": {"kubeletEndpoint": {"Port": port}}}})
        for name in kubectl(self, "get", "nodes", "-o", "name").split():
            kubectl(self, "patch", name, "--subresource=status", "--type=merge", "-p", patch)


class Api:
    """The few requests that we make ourselves, with an administrator's kubeconfig as kwokctl writes it."""

    def __init__(self, kubeconfig: Path):
        text = kubeconfig.read_text()

        def value(key: str) -> str:
            return re.search(rf"^\s*{key}: (\S+)$", text, re.M)[1].strip('"')

        self.server = value("server")
        self.ssl = ssl.create_default_context(cafile=value("certificate-authority"))
        self.ssl.load_cert_chain(value("client-certificate"), value("client-key"))

    def open(self, path: str, method: str = "GET", body: object = None, timeout: float | None = 10):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.server + path, data, headers, method=method)
        return urllib.request.urlopen(request, timeout=timeout, context=self.ssl)

    def get(self, path: str, timeout: float = 10) -> str:
        with self.open(path, timeout=timeout) as answer:
            return answer.read().decode()


def without_chance(stages: str) -> str:
    """kwok's stages with the delays that they have at least, and never more."""
    return re.sub(r",? *jitterDurationMilliseconds: \d+", "", stages)


def kubectl(cluster: Cluster, *args: str, stdin: str | None = None) -> str:
    argv = [str(paths.BIN / "kubectl"), "--kubeconfig", str(cluster.admin_kubeconfig), *args]
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True, env=paths.tool_env())
    if done.returncode != 0:
        raise Failed(f"kubectl {args[0]}: {done.stderr.strip()[-800:]}")
    return done.stdout
