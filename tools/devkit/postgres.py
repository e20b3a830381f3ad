"""A private PostgreSQL for the tests: its own folder, its own free port, gone afterwards. No service of the machine is used."""

import hashlib
import os
import pwd
import secrets
import shutil
import tempfile
from pathlib import Path

from . import apt, net, paths, proc
from .proc import Failed

# It will not run as root, and the user that it runs as then may not look into root's folders.
FOLDER = Path(tempfile.gettempdir()) / f"woow-paas-postgres-{hashlib.sha256(str(paths.ROOT).encode()).hexdigest()[:8]}"
# The data is thrown away: what would outlive a power cut need not be waited for.
SETTINGS = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=400", "unix_socket_directories="]


def start(log: Path) -> str:
    """Starts it afresh; the URL of the instance, without a database's name."""
    programs = _programs()
    stop(log)
    FOLDER.mkdir(mode=0o700)
    password = secrets.token_urlsafe(16)
    (FOLDER / "password").write_text(password)
    for path in (FOLDER, FOLDER / "password"):
        _give(path)
    data = FOLDER / "data"
    init = ["initdb", "-D", str(data), "-U", "woow", "-A", "scram-sha-256", "--pwfile", str(FOLDER / "password")]
    _run(programs, [*init, "-E", "UTF8", "--locale", "C", "--no-sync"], log)
    port = net.free_port()
    options = " ".join(f"-c {setting}" for setting in [*SETTINGS, "listen_addresses=127.0.0.1", f"port={port}"])
    _run(programs, ["pg_ctl", "-D", str(data), "-l", str(FOLDER / "log"), "-w", "-o", options, "start"], log)
    return f"postgres://woow:{password}@127.0.0.1:{port}"


def stop(log: Path) -> None:
    """Ends it, and removes all that it was; also what a killed run has left."""
    if (FOLDER / "data" / "postmaster.pid").exists():
        _run(_programs(), ["pg_ctl", "-D", str(FOLDER / "data"), "-m", "immediate", "-w", "stop"], log, must=False)
    if FOLDER.exists():
        shutil.rmtree(FOLDER)


def _programs() -> Path:
    """The newest version's folder; Debian keeps it off PATH."""
    found = _installed()
    if not found:
        apt.install(["postgresql"], "PostgreSQL for the tests")
        found = _installed()
    if not found:
        raise Failed("PostgreSQL was installed, but there is no initdb")
    return found


def _installed() -> Path | None:
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return Path(on_path).resolve().parent if on_path else debian[-1].parent if debian else None


def _user() -> str | None:
    return "postgres" if os.geteuid() == 0 else None


def _give(path: Path) -> None:
    if user := _user():
        entry = pwd.getpwnam(user)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def _run(programs: Path, argv: list[str], log: Path, must: bool = True) -> None:
    user = _user()
    as_user = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"] if user else []
    code = proc.logged_code(argv[0], [*as_user, str(programs / argv[0]), *argv[1:]], log, cwd=FOLDER, env=dict(os.environ))
    if code and must:
        raise Failed(f"{argv[0]}: exit {code}", f"read {FOLDER / 'log'}")
