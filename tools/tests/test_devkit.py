"""The parts of our own tools where a mistake would go unseen: counting, and ending what is left."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOOLS), str(TOOLS / "sandbox")]

from devkit import children, counts, net, proc, steps  # noqa: E402


class Counting(unittest.TestCase):
    def test_every_binary_of_cargo_test_is_summed(self):
        log = (
            "test a ... ok\ntest result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n"
            "noise\ntest result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n"
        )
        self.assertEqual(counts.cargo(log), counts.Count(15, 2, 1))

    def test_no_result_line_is_no_test(self):
        self.assertEqual(counts.cargo("error[E0432]: unresolved import"), counts.Count())

    def test_a_flaky_browser_test_counts_as_failed(self):
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.json"
            report.write_text(json.dumps({"stats": {"expected": 5, "unexpected": 1, "flaky": 2, "skipped": 3}}))
            self.assertEqual(counts.playwright(report), counts.Count(5, 3, 3, "2 flaky"))

    def test_a_missing_report_is_no_test(self):
        self.assertEqual(counts.playwright(Path("/nonexistent")), counts.Count())


class Leftovers(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.record = Path(self.folder.name) / "run.json"
        self.addCleanup(self.folder.cleanup)

    def start(self) -> subprocess.Popen:
        child = subprocess.Popen(["sleep", "60"], start_new_session=True)
        self.addCleanup(lambda: (child.kill(), child.wait()))
        return child

    def write(self, pid: int, started: str | None) -> None:
        self.record.write_text(json.dumps({"server": {"pid": pid, "started": started}}))

    def test_a_process_that_was_left_is_ended(self):
        child = self.start()
        self.write(child.pid, children.start_time(child.pid))
        children.end_recorded(self.record)
        self.assertNotEqual(child.wait(5), 0)
        self.assertFalse(self.record.exists())

    def test_a_stranger_with_the_same_pid_is_left_alone(self):
        child = self.start()
        self.write(child.pid, "1")
        children.end_recorded(self.record)
        self.assertIsNone(child.poll())


class Small(unittest.TestCase):
    def test_a_port_in_use_is_not_free(self):
        import socket

        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.assertFalse(net.is_free(port))
            self.assertNotEqual(net.first_free(port), port)

    def test_images_are_found_in_a_rendered_chart(self):
        manifest = '      - name: a\n        image: "x.io/a:1@sha256:0"\n      - image: b:2\n  note: "image: c"\n'
        self.assertEqual(steps.images(manifest), {"x.io/a:1", "b:2"})

    def test_spans_read_well(self):
        self.assertEqual([proc.span(s) for s in (0.14, 42.4, 61)], ["0.1 s", "42 s", "1 min 01 s"])


if __name__ == "__main__":
    unittest.main()
