"""How many tests a tool says that it ran."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

CARGO = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored", re.M)
# What a test has written, from its name to the next one's or the list of names.
CARGO_FAILURE = re.compile(r"^---- (\S+) stdout ----\n(.*?)(?=^---- |^failures:)", re.M | re.S)
# An assertion may print a whole journal.
MOST_LINES = 25


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    note: str = ""
    wrong: list[str] = field(default_factory=list)  # what the tests that failed have said

    def __add__(self, other: "Count") -> "Count":
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


def cargo(log: str) -> Count:
    """Sums the result lines of all test binaries of one `cargo test`."""
    rows = [tuple(map(int, row)) for row in CARGO.findall(log)]
    count = Count(*(sum(column) for column in zip(*rows))) if rows else Count()
    count.wrong = [line for name, said in CARGO_FAILURE.findall(log) for line in panic(name, said)]
    return count


def panic(name: str, said: str) -> list[str]:
    """What a test died of, and where, without the frames that are not ours."""
    message, _, backtrace = said.strip().partition("stack backtrace:")
    lines = message.strip().splitlines()
    if len(lines) > MOST_LINES:
        lines[MOST_LINES:] = [f"[and {len(lines) - MOST_LINES} lines more]"]
    frames = dict.fromkeys(re.findall(r"^\s+(at \./\S+)", backtrace, re.M))
    return [name, *(f"  {line}" for line in (*lines, *frames))]


def unittest(log: str, code: int) -> Count:
    """Python's own runner tells how many ran, and of those how many went wrong."""
    ran = re.search(r"^Ran (\d+) tests?", log, re.M)
    wrong = sum(int(n) for n in re.findall(r"(?:failures|errors)=(\d+)", log))
    total = int(ran[1]) if ran else 0
    return Count(total - wrong, max(wrong, 1) if code else 0)


def playwright(report: Path) -> Count:
    """Reads the totals of Playwright's JSON reporter. A test that passed only when repeated is told, and counts as failed:
    a flaky test is a defect."""
    try:
        stats = json.loads(report.read_text())["stats"]
    except (OSError, ValueError, KeyError):
        return Count()
    note = f"{stats['flaky']} flaky" if stats["flaky"] else ""
    return Count(stats["expected"], stats["unexpected"] + stats["flaky"], stats["skipped"], note)
