"""Running commands: with a log file, a sign of life, and nothing left behind on Ctrl-C."""

import contextlib
import fcntl
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

TTY = sys.stdout.isatty()


class Failed(Exception):
    """A step went wrong: what, and what to do. The log, if any, holds the rest."""

    def __init__(self, what: str, hint: str = "", log: Path | None = None):
        super().__init__(what)
        self.hint = hint
        self.log = log


def say(text: str) -> None:
    print(text, flush=True)


def span(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60):02} s"


def tail(path: Path, lines: int = 40) -> str:
    try:
        data = path.read_bytes()[-64_000:]
    except OSError:
        return ""
    text = re.sub(r"\x1b[\[(][0-9;]*[A-Za-z]", "", data.decode("utf-8", "replace"))  # colours
    return "\n".join(text.splitlines()[-lines:])


def end_group(process: subprocess.Popen, grace: float = 10.0) -> None:
    """Ends a process that leads its own group, and all that it started: asked first, then made to."""
    for sig, wait in ((signal.SIGTERM, grace), (signal.SIGKILL, 5.0)):
        try:
            os.killpg(process.pid, sig)
        except ProcessLookupError:
            break
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(wait)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # members that outlived their leader


def logged(title: str, argv: list[str], log: Path, *, cwd: Path, env: dict[str, str], hint: str = "") -> None:
    """Runs a command with its output in a log file, telling now and then that it is still at work."""
    code = logged_code(title, argv, log, cwd=cwd, env=env)
    if code != 0:
        raise Failed(f"{title} failed (exit {code})", hint, log)


def logged_code(
    title: str, argv: list[str], log: Path, *, cwd: Path, env: dict[str, str], limit: float = 3600
) -> int:
    """Like `logged`, and hands back the exit code. What takes longer than `limit` seconds hangs: it is ended."""
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with log.open("ab") as out:
        out.write(f"$ {shlex.join(argv)}\n".encode())
        out.flush()
        process = subprocess.Popen(
            argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
        try:
            return _wait(process, title, log, started, limit)
        except BaseException:
            end_group(process)
            raise
        finally:
            if TTY:
                print("\r\033[K", end="", flush=True)


def _wait(process: subprocess.Popen, title: str, log: Path, started: float, limit: float) -> int:
    told = 0.0
    while True:
        try:
            return process.wait(1.0)
        except subprocess.TimeoutExpired:
            spent = time.monotonic() - started
            if spent > limit:
                raise Failed(f"{title} did not end within {span(limit)}", "", log) from None
            if TTY:
                width = shutil.get_terminal_size().columns - 1
                last = tail(log, 1).strip()
                last = "" if last.startswith("$ ") else last  # the command itself says nothing new
                print(f"\r\033[K{f'    {span(spent)}  {last}'[:width]}", end="", flush=True)
            elif spent - told >= 30:
                told = spent
                say(f"    {title}: still at work after {span(spent)}")


@contextlib.contextmanager
def lock(path: Path, what: str):
    """One at a time, over processes and checkouts. The kernel frees it when the holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"    another run is busy with {what}; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def output(argv: list[str], **kwargs) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True, **kwargs).stdout.strip()


def _interrupt(*_) -> None:
    raise KeyboardInterrupt


def main(action) -> None:
    """Runs a command of ours; a known failure is told in three lines, not as a traceback."""
    # As Ctrl-C: what we started is ended before we go.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        sys.exit(action() or 0)
    except Failed as failed:
        if failed.log:
            say(tail(failed.log))
        say(f"\nFAILED: {failed}")
        if failed.log:
            say(f"  log:     {failed.log}")
        if failed.hint:
            say(f"  what to do: {failed.hint}")
        sys.exit(1)
    except KeyboardInterrupt:
        say("\nstopped")
        sys.exit(130)
