"""The runner behind `make test`: steps one after another, each with its time and log, one summary at the end."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from . import build, paths, proc
from .counts import Count
from .proc import Failed, say

LOGS = paths.LOCAL / "test"


class Skip(Exception):
    """A step that cannot be done here, and need not be."""


@dataclass
class Step:
    name: str
    group: str
    action: Callable[[Path], Count | None]  # given its log; hands back counts where it ran real tests
    hint: str = ""
    needs: tuple[str, ...] = ()  # steps without which this one has no sense


@dataclass
class Runner:
    total: Count = field(default_factory=Count)
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def run(self, step: Step) -> None:
        missing = [name for name in step.needs if name in self.failed]
        if missing:
            self.failed.append(step.name)
            self.total += Count(failed=1)
            return say(f"FAIL  {step.name:<16} not run: it needs {', '.join(missing)}")
        say(f"....  {step.name}")
        log = build.fresh(LOGS / f"{step.name.replace(' ', '-')}.log")
        started = time.monotonic()
        try:
            count = step.action(log) or Count(passed=1)
        except Skip as skip:
            self.skipped.append(f"{step.name}: {skip}")
            return say(f"skip  {step.name:<16} {skip}")
        except Failed as failed:
            self.tell(step, log, started, Count(failed=1), str(failed), failed.hint)
        else:
            self.tell(step, log, started, count, "", "")

    def tell(self, step: Step, log: Path, started: float, count: Count, why: str, hint: str) -> None:
        self.total += count
        spent = proc.span(time.monotonic() - started)
        many = f"{count.passed} passed" if count.passed + count.failed > 1 else ""
        many += f", {count.failed} failed" if many and count.failed else ""
        many += f", {count.skipped} skipped" if count.skipped else ""
        many += f", {count.note}" if count.note else ""
        if not count.failed:
            return say(f"ok    {step.name:<16} {spent:>12}  {many.lstrip(', ')}".rstrip())
        self.failed.append(step.name)
        say(f"FAIL  {step.name:<16} {spent:>12}  {many.lstrip(', ') or why}")
        for line in count.wrong:
            say(f"      {line}")
        say("      ---- the end of its log")
        for line in proc.tail(log, 60).splitlines():
            say(f"      {line}")
        say(f"      ---- {log.relative_to(paths.ROOT)}")
        say(f"      what to do: {hint or step.hint or 'read the log'}")

    def summary(self) -> int:
        say("")
        for line in self.skipped:
            say(f"skipped   {line}")
        if self.total.skipped:
            say(f"skipped   {self.total.skipped} tests that their own authors marked so")
        for name in self.failed:
            say(f"failed    {name}")
        say(f"{self.total.passed} passed, {self.total.failed} failed")
        return 1 if self.total.failed else 0


def command(
    title: str, argv: list[str], log: Path, *, env: dict[str, str] | None = None, cwd: Path = paths.ROOT, limit: float = 3600
) -> None:
    code = proc.logged_code(title, argv, log, cwd=cwd, env=env or paths.tool_env(), limit=limit)
    if code != 0:
        raise Failed(f"exit {code}")
