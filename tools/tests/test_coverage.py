"""What `make coverage` makes of compiler's words."""

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOOLS)]

from devkit import coverage  # noqa: E402
from devkit.coverage import Lines  # noqa: E402
from devkit.proc import Failed  # noqa: E402

SOURCE = "fn a() {\n    b();\n}\n\n#[cfg(test)]\nmod tests {\n    fn t() {}\n}\n"


class Environment(unittest.TestCase):
    def test_what_a_shell_would_read_is_read(self):
        shown = "export RUSTFLAGS='-C instrument-coverage --cfg=coverage'\nexport LLVM_PROFILE_FILE='/t/a b-%p.profraw'\n"
        self.assertEqual(
            coverage.exports(shown),
            {"RUSTFLAGS": "-C instrument-coverage --cfg=coverage", "LLVM_PROFILE_FILE": "/t/a b-%p.profraw"},
        )

    def test_counters_are_kept_even_by_who_is_killed(self):
        env = coverage.continuous({"LLVM_PROFILE_FILE": "/t/x-%p.profraw", "A": "b"})
        self.assertEqual(env["RUSTFLAGS"], "-C llvm-args=-runtime-counter-relocation")
        self.assertTrue(env["LLVM_PROFILE_FILE"].startswith("/t/") and "%c" in env["LLVM_PROFILE_FILE"])
        self.assertEqual(env["A"], "b")
        more = coverage.continuous({"RUSTFLAGS": "-C x", "LLVM_PROFILE_FILE": "/t/x"})
        self.assertEqual(more["RUSTFLAGS"], "-C x -C llvm-args=-runtime-counter-relocation")

    def test_a_tool_that_says_nothing_is_told(self):
        with self.assertRaises(Failed):
            coverage.continuous({})


class Counting(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def record(self, name: str, source: str, counts: dict[int, int]) -> str:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        lines = "".join(f"DA:{line},{count}\n" for line, count in counts.items())
        return f"SF:{path}\nFN:1,a\n{lines}LF:9\nend_of_record\n"

    def test_lines_are_summed_by_crate_without_the_tests_in_the_same_file(self):
        lcov = self.record("server/src/a.rs", SOURCE, {1: 3, 2: 0, 3: 3, 7: 1}) + self.record("server/src/b.rs", "x\n", {1: 1})
        lcov += self.record("shared/src/lib.rs", "x\n", {1: 0}) + "SF:/elsewhere/c.rs\nDA:1,1\nend_of_record\n"
        self.assertEqual(coverage.measure(lcov, self.root), {"server": Lines(3, 4), "shared": Lines(0, 1)})

    def test_a_test_module_in_a_file_of_its_own_ends_nothing(self):
        lcov = self.record("server/src/a.rs", "#[cfg(test)]\nmod tests;\nfn a() {}\n", {3: 1})
        self.assertEqual(coverage.measure(lcov, self.root), {"server": Lines(1, 1)})

    def verdict(self, found: dict[str, Lines], failed: list[Path] | None = None, held=coverage.HELD) -> int:
        with contextlib.redirect_stdout(io.StringIO()):
            return coverage.tell(found, failed or [], held)

    def test_each_of_the_held_crates_must_be_covered(self):
        enough, few = Lines(80, 100), Lines(79, 100)
        self.assertEqual(self.verdict({"server": enough, "shared": enough, "migration": few}), 0)
        self.assertEqual(self.verdict({"server": enough, "shared": few}), 1)
        self.assertEqual(self.verdict({"server": enough}), 1, "a crate that is missing is not covered")
        self.assertEqual(self.verdict({"shared": few}, held=()), 0)
        log = coverage.paths.ROOT / "log"
        self.assertEqual(self.verdict({"server": enough, "shared": enough}, [log]), 1, "a failed test is told")


if __name__ == "__main__":
    unittest.main()
