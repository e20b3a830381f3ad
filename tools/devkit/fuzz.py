"""Schemathesis against the server: queries made up from `schema.graphql`, the same ones in each run."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

from . import paths, proc
from .counts import Count
from .proc import Failed
from .testing import Skip

REQUIREMENTS = paths.TOOLS / "fuzz-requirements.txt"
SEED, EXAMPLES = "1", "60"
EMAIL, PASSWORD, ORIGIN = "fuzz@example.com", "a long enough password", "http://127.0.0.1:8080"
# Words that only the inside of the server knows, so that no answer holds one.
INSIDE = ["sqlx", "sqlite", "sea_orm", "SELECT ", "INSERT ", "kube::", "panicked", "thread '", ".rs:", "/usr/", "/home/", "/root/", "/tmp/"]
# Asked for by the person in the browser, not by a program: a token may not do it, and it would end the run's own rights.
LEFT_OUT = ["changePassword", "signIn", "signOut", "createAccessToken", "revokeAccessToken"]


def run(log: Path, test_env: dict[str, str]) -> Count:
    schemathesis = installed(log)
    with tempfile.TemporaryDirectory() as folder, server(Path(folder), test_env) as (address, server_log):
        token, ids = prepared(address)
        env = os.environ | {
            "SCHEMATHESIS_HOOKS": "fuzz_checks",
            "PYTHONPATH": str(Path(__file__).parent),
            "WOOW_FUZZ_CODES": ",".join(error_codes()),
            "WOOW_FUZZ_IDS": ",".join(ids),
            "WOOW_FUZZ_INSIDE": json.dumps(INSIDE),
            "NO_PROXY": "127.0.0.1",
        }
        argv = [
            str(schemathesis), "run", str(paths.ROOT / "schema.graphql"), "--url", f"http://{address}/graphql",
            "-H", f"Authorization: Bearer {token}", "-H", "Accept: application/json", "--phases", "fuzzing",
            "--checks", "answers_in_our_words", "--max-examples", EXAMPLES, "--seed", SEED, "--no-shrink",
            "--generation-database", "none", "--suppress-health-check", "all", "--continue-on-failure",
            *[word for name in LEFT_OUT for word in ("--exclude-name", f"Mutation.{name}")],
        ]  # fmt: skip
        code = proc.logged_code("schemathesis", argv, log, cwd=Path(folder), env=env, limit=300)
        lines = server_log.read_text(errors="replace").splitlines()
    bad = [line for line in lines if '"level":"ERROR"' in line or "panicked" in line]
    if bad:
        with log.open("a") as out:
            out.write("the server's log:\n" + "\n".join(bad) + "\n")
        raise Failed(f"the server has logged {len(bad)} faults")
    if code:
        raise Failed("an answer is not as it should be", "the log tells the query; ask it again with curl")
    asked = re.search(r"^\s*(\d+) generated", log.read_text(errors="replace"), re.MULTILINE)
    if not asked or int(asked.group(1)) < 100:
        raise Failed("Schemathesis has hardly asked anything")
    return Count(passed=1, note=f"{asked.group(1)} queries")


def error_codes() -> list[str]:
    """The codes of `shared/src/error.rs`, which errors carry outside of the schema's types."""
    text = (paths.ROOT / "shared/src/error.rs").read_text()
    return re.findall(r'= "([A-Z_]+)"', text.split("ErrorCode {", 1)[1].split("\n}", 1)[0])


def installed(log: Path) -> Path:
    """Schemathesis in an environment of its own in the cache, made once for each list of versions."""
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    venv = paths.cache() / "tools" / f"fuzz-{wanted}"
    program, whole = venv / "bin/schemathesis", venv / "whole"
    if whole.exists():
        return program
    shutil.rmtree(venv, ignore_errors=True)
    for argv in (
        [sys.executable, "-m", "venv", str(venv)],
        [str(venv / "bin/pip"), "install", "--quiet", "--no-input", "--require-virtualenv", "-r", str(REQUIREMENTS)],
    ):
        if proc.logged_code("fuzz tools", argv, log, cwd=paths.ROOT, env=dict(os.environ), limit=300):
            shutil.rmtree(venv, ignore_errors=True)
            raise Skip("Schemathesis could not be installed here")
    whole.touch()
    return program


@contextlib.contextmanager
def server(folder: Path, test_env: dict[str, str]):
    """A server of its own on an empty database, without limits of speed; its address, and its log."""
    env = {key: value for key, value in test_env.items() if not key.startswith("WOOW_")} | {
        "WOOW_DATA_DIR": str(folder / "data"),
        "WOOW_DATABASE__URL": f"sqlite://{folder}/data/woow.db?mode=rwc",
        "WOOW_LISTEN": "127.0.0.1:0",
        "WOOW_PUBLIC_URL": ORIGIN,
        "WOOW_SANDBOX": "true",
        "WOOW_KUBECONFIG": test_env["WOOW_TEST_KUBECONFIG"],
        "WOOW_HELM": test_env["WOOW_HELM"],
        "WOOW_CATALOG_DIR": test_env["WOOW_CATALOG_DIR"],
        "WOOW_LOG__FORMAT": "json",
        "WOOW_LIMITS__REQUESTS_PER_MINUTE_PER_ACTOR": "1000000",
        "WOOW_LIMITS__REQUESTS_PER_MINUTE_PER_ADDRESS": "1000000",
    }
    binary = test_env["WOOW_BIN"]
    create = [binary, "admin", "create", "--email", EMAIL, "--name", "Fuzz", "--role", "admin", "--password-stdin"]
    for argv in ([binary, "migrate", "up"], create):
        subprocess.run(argv, env=env, input=PASSWORD, text=True, check=True, capture_output=True)
    server_log = folder / "server.log"
    with server_log.open("w") as out:
        process = subprocess.Popen([binary, "serve"], env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        yield listening(process, server_log), server_log
    finally:
        process.terminate()
        process.wait(30)


def listening(process: subprocess.Popen, log: Path) -> str:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        if found := re.search(r'"message":"listening","address":"([^"]+)"', log.read_text()):
            return found.group(1)
        time.sleep(0.05)
    raise Failed("the server does not listen: " + log.read_text()[-500:])


def prepared(address: str) -> tuple[str, list[str]]:
    """A token, and ids of things that are there: a workspace with a service, its operation, the person, the token."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar()))

    def ask(query: str, **variables) -> dict:
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"content-type": "application/json", "accept": "application/json", "origin": ORIGIN}
        with opener.open(urllib.request.Request(f"http://{address}/graphql", body, headers)) as answer:
            return json.load(answer)["data"]

    signed_in = ask(
        "mutation($i: SignInInput!) { signIn(input: $i) { viewer { id } } }", i={"email": EMAIL, "password": PASSWORD}
    )
    token = ask(
        "mutation($i: CreateAccessTokenInput!) { createAccessToken(input: $i) { secret accessToken { id } } }",
        i={"name": "fuzz", "scopes": ["READ", "WRITE"], "expiresInDays": 1},
    )["createAccessToken"]
    made = ask("mutation { createWorkspace(input: { name: \"Fuzz\" }) { workspace { id } operation { id } } }")
    workspace = made["createWorkspace"]
    launched = ask(
        "mutation($i: LaunchServiceInput!) { launchService(input: $i) { service { id } operation { id } } }",
        i={"workspaceId": workspace["workspace"]["id"], "app": "valkey", "name": "Cache"},
    )["launchService"]
    ids = [signed_in["signIn"]["viewer"]["id"], token["accessToken"]["id"], workspace["workspace"]["id"]]
    ids += [workspace["operation"]["id"], launched["service"]["id"], launched["operation"]["id"]]
    return token["secret"], ids
