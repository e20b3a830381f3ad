"""The parts of our own tools where a mistake would go unseen: counting, and ending what is left."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

TOOLS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOOLS), str(TOOLS / "sandbox")]

from devkit import children, counts, dependencies, net, paths, proc, run  # noqa: E402
from devkit import children, counts, net, proc, steps  # noqa: E402


class Counting(unittest.TestCase):
    def test_every_binary_of_cargo_test_is_summed(self):
        log = (
            "test a ... ok\ntest result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n"
            "noise\ntest result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n"
        )
        self.assertEqual(counts.cargo(log), counts.Count(15, 2, 1))

    def test_what_a_test_died_of_is_told_before_its_frames(self):
        log = (
            "test a::b ... FAILED\n\nfailures:\n\n---- a::b stdout ----\n\nthread 'a::b' panicked at tests/it/a.rs:7:9:\n"
            + "".join(f"line {n}\n" for n in range(30))
            + "stack backtrace:\n   0: panicking\n             at /rustc/library/std/src/panicking.rs:1:2\n"
            "   1: f\n             at ./tests/it/a.rs:7:9\n   2: g\n             at ./tests/it/a.rs:7:9\n"
            "\n---- a::c stdout ----\nno backtrace\n\n\nfailures:\n    a::b\n    a::c\n"
        )
        wrong = counts.cargo(log).wrong
        self.assertEqual(wrong[:2], ["a::b", "  thread 'a::b' panicked at tests/it/a.rs:7:9:"])
        self.assertEqual(wrong[-5:], ["  line 23", "  [and 6 lines more]", "  at ./tests/it/a.rs:7:9", "a::c", "  no backtrace"])

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


class Addresses(unittest.TestCase):
    def env(self, **given: str) -> dict[str, str]:
        given = {f"WOOW_{name}": value for name, value in given.items()}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("WOOW_")}
        with mock.patch.dict(os.environ, clean | given, clear=True):
            return run.server_env(Path("/data"), Path("/kubeconfig"), in_sandbox=False, port=8081, metrics_port=9464)

    def test_people_are_sent_to_where_the_server_listens(self):
        for listen, url in (
            (None, "http://localhost:8081"),
            ("127.0.0.1:9000", "http://localhost:9000"),
            ("0.0.0.0:9000", "http://localhost:9000"),
            ("[::1]:9000", "http://localhost:9000"),
            ("192.0.2.7:9000", "http://192.0.2.7:9000"),
        ):
            with self.subTest(listen):
                env = self.env(**({"LISTEN": listen} if listen else {}))
                self.assertEqual((env["WOOW_LISTEN"], env["WOOW_PUBLIC_URL"]), (listen or "127.0.0.1:8081", url))

    def test_a_public_url_that_is_given_stays(self):
        env = self.env(LISTEN="0.0.0.0:9000", PUBLIC_URL="https://paas.example.com")
        self.assertEqual(env["WOOW_PUBLIC_URL"], "https://paas.example.com")

    def test_an_address_without_a_port_is_told(self):
        for listen in ("127.0.0.1", ":9000", "127.0.0.1:web", "127.0.0.1:0"):
            with self.subTest(listen), self.assertRaises(proc.Failed):
                self.env(LISTEN=listen)

    def test_a_port_that_is_given_is_taken_and_not_kept(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(run, "PORTS", Path(folder) / "ports.json"):
            with mock.patch.dict(os.environ, {"WOOW_LISTEN": "127.0.0.1:9000"}):
                self.assertEqual(run.ports()[0], 9000)
            self.assertFalse(run.PORTS.exists())


class Reset(unittest.TestCase):
    def test_the_data_of_every_cluster_go_and_nothing_else(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(paths, "LOCAL", Path(folder)):
            for name in ("data", "data-1a2b3c4d", "data-of-mine", "database", "sandbox"):
                (Path(folder) / name).mkdir()
            self.assertEqual([path.name for path in run.data_folders()], ["data", "data-1a2b3c4d"])

    def test_what_is_made_for_a_cluster_is_found(self):
        self.assertRegex(run.data_of(Path("/some/kubeconfig")).name, run.DATA_NAME)


class Dependencies(unittest.TestCase):
    DOCUMENT = (
        "## server\n\n| crate | why |\n| --- | --- |\n| serde, serde_json | JSON |\n| cynic (feature `client`) | |\n\n"
        "For tests:\n\n| crate | why |\n| --- | --- |\n| tempfile | folders |\n"
    )

    def test_every_kind_of_dependency_is_seen(self):
        manifest = (
            "[dependencies]\na = \"1\"\n[dependencies.b]\nversion = \"1\"\n[dev-dependencies]\nc = \"1\"\n"
            "[build-dependencies]\nd = \"1\"\n[target.'cfg(unix)'.dependencies]\ne = \"1\"\n"
        )
        self.assertEqual(dependencies.of_crate(manifest), set("abcde"))
        self.assertEqual(dependencies.of_package('{"dependencies": {"a": "1"}, "devDependencies": {"b": "1"}}'), {"a", "b"})

    def test_what_is_missing_left_over_or_without_a_reason_is_told(self):
        told = dependencies.lines(self.DOCUMENT)["server"]
        self.assertEqual(
            dependencies.compare("server", {"serde", "serde_json", "cynic", "hmac"}, told),
            ["server: hmac has no line", "server: tempfile has a line and is no dependency",
             "server: cynic has a line without a reason"],
        )  # fmt: skip
        self.assertEqual(dependencies.compare("server", {"serde", "serde_json", "tempfile"}, told | {"cynic": "x"}),
                         ["server: cynic has a line and is no dependency"])  # fmt: skip

    def test_ours_are_told(self):
        self.assertEqual(dependencies.mistakes(), [])


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
