"""How many tests a tool says that it ran."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

CARGO = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored", re.M)


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    note: str = ""

    def __add__(self, other: "Count") -> "Count":
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


def cargo(log: str) -> Count:
    """Sums the result lines of all test binaries of one `cargo test`."""
    rows = [tuple(map(int, row)) for row in CARGO.findall(log)]
    return Count(*(sum(column) for column in zip(*rows))) if rows else Count()


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
