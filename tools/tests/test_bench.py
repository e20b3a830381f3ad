"""The parts of `make bench` and `make coverage` that only compute."""

import json
import sys
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOOLS), str(TOOLS / "sandbox")]

from bench import figures, machine  # noqa: E402
from bench.figures import Figure, Promise  # noqa: E402
from bench.parts import logs, status, watched  # noqa: E402
from bench.world import Workspace, inputs  # noqa: E402
from cluster import without_chance  # noqa: E402
from devkit.proc import Failed  # noqa: E402


class Ratios(unittest.TestCase):
    def test_how_many_times_better_is_the_same_question_for_less_and_for_more(self):
        self.assertEqual(Figure("p", "time", "ms", 5, 500).ratio, 100)
        self.assertEqual(Figure("p", "rate", "/s", 500, 5, better="more").ratio, 100)
        self.assertIsNone(Figure("p", "alone", "ms", 5).ratio)

    def test_the_figure_of_samples_is_their_median(self):
        figure = figures.of_samples("p", "w", "ms", [9, 1, 3], [10, 30])
        self.assertEqual((figure.ours, figure.other), (3, 20))
        self.assertEqual(figures.percentile([5, 1, 4, 2, 3], 0.99), 5)
        self.assertEqual(figures.percentile([5, 1, 4, 2, 3], 0.5), 3)


class Promises(unittest.TestCase):
    def met(self, promise: Promise | None, ours: float, other: float | None = None) -> bool | None:
        return Figure("p", "w", "ms", ours, other, promise=promise).met

    def test_each_kind_is_kept_and_broken_at_its_bound(self):
        self.assertTrue(self.met(Promise("ours", most=60), 60))
        self.assertFalse(self.met(Promise("ours", most=60), 60.1))
        self.assertTrue(self.met(Promise("added", most=300), 2300, 2000))
        self.assertFalse(self.met(Promise("added", most=300), 2301, 2000))
        self.assertTrue(self.met(Promise("ratio", least=100), 5, 500))
        self.assertFalse(self.met(Promise("ratio", least=100), 5, 499))

    def test_without_the_other_side_nothing_is_proved(self):
        self.assertFalse(self.met(Promise("ratio", least=100), 5))
        self.assertIsNone(self.met(None, 5))

    def test_they_read_as_sentences(self):
        for promise, text in (
            (Promise("ours", most=60), "at most 60 ms"),
            (Promise("added", most=300), "adds at most 300 ms"),
            (Promise("ratio", least=100), "at least 100 times"),
            (Promise("ours", least=1, most=1), "1 ms"),
        ):
            self.assertEqual(figures.promised(Figure("p", "w", "ms", 1, promise=promise)), text)


class Table(unittest.TestCase):
    FIGURE = Figure("launch", "Launch", "ms", 2250, 2000, "by hand", promise=Promise("added", most=300), note="one | two")

    def test_a_row_holds_both_sides_and_the_verdict(self):
        self.assertEqual(
            figures.row(self.FIGURE), ("Launch", "2,250 ms (+250 ms)", "2,000 ms (by hand)", "", "adds at most 300 ms", "yes")
        )

    def test_figures_have_three_digits(self):
        shown = [figures.show(value) for value in (0, 0.0444, 1.23456, 12.34, 99.99, 456.7, 1234.5, 60, 100)]
        self.assertEqual(shown, ["0", "0.044", "1.23", "12.3", "100", "457", "1,234", "60", "100"])
        self.assertEqual(figures.show(None), "")

    def test_the_document_keeps_all_but_the_table(self):
        document = f"before\n{figures.BEGIN}\nold\n{figures.END}\nafter\n"
        table = figures.markdown([self.FIGURE], ["Measured today."])
        written = figures.put_between_marks(document, table)
        self.assertTrue(written.startswith("before\n") and written.endswith("\nafter\n"))
        self.assertNotIn("old", written)
        self.assertIn("| Launch | 2,250 ms (+250 ms) |", written)
        self.assertIn("- Launch: one | two", written)
        with self.assertRaises(ValueError):
            figures.put_between_marks("no marks", table)

    def test_the_real_document_has_a_place_for_it(self):
        document = (TOOLS.parent / "docs" / "performance.md").read_text()
        self.assertIn("new", figures.put_between_marks(document, "new"))


class Scripts(unittest.TestCase):
    def test_the_lines_of_a_script_become_figures(self):
        told = {"part": "console", "what": "Paint", "unit": "ms", "samples": [3, 1, 2], "promise": {"of": "ours", "most": 5}}
        output = f"Running 1 test\nBENCH {json.dumps(told)}\n  ok 1 a test\n"
        (figure,) = figures.from_lines(output)
        self.assertEqual((figure.ours, figure.met), (2, True))
        self.assertEqual(figures.as_object(figure)["met"], True)

    def test_an_unknown_field_is_a_mistake(self):
        with self.assertRaises(TypeError):
            figures.from_lines('BENCH {"part": "p", "what": "w", "unit": "", "ours": 1, "tagret": 2}')


class Reading(unittest.TestCase):
    def test_the_machine_is_described_by_the_kernels_tables(self):
        self.assertEqual(machine.processor("processor\t: 0\nmodel name\t: A B @ 2\n"), "A B @ 2")
        self.assertEqual(machine.memory("MemTotal:       16777216 kB\n"), 16)

    def test_only_streams_of_logs_are_counted(self):
        metrics = (
            '# TYPE apiserver_longrunning_requests gauge\n'
            'apiserver_longrunning_requests{component="apiserver",resource="pods",subresource="log",verb="CONNECT"} 3\n'
            'apiserver_longrunning_requests{component="apiserver",resource="pods",subresource="",verb="WATCH"} 9\n'
        )
        self.assertEqual(logs.count_streams(metrics), 3)
        self.assertEqual(logs.count_streams(""), 0)

    def test_an_answer_that_is_not_what_was_asked_for_is_no_figure(self):
        def answer(*states: str) -> dict:
            return {"data": {"w0": {"services": [{"status": {"state": state}} for state in states]}}}

        status.check(answer("RUNNING", "RUNNING"), 2, 200)
        for wrong in (answer("RUNNING", "ERROR"), answer("RUNNING"), {"errors": [{"message": "no"}], "data": None}):
            with self.assertRaises(Failed):
                status.check(wrong, 2, 200)

    def test_each_workspace_is_asked_for_by_a_name_of_its_own(self):
        asked = status.query([Workspace("a", "ns-a"), Workspace("b", "ns-b")])
        self.assertIn('w0: workspace(id: "a")', asked)
        self.assertIn('w1: workspace(id: "b")', asked)


class Making(unittest.TestCase):
    def test_launches_are_spread_evenly_and_differ_in_name(self):
        made = inputs([Workspace("a", ""), Workspace("b", "")], 5)
        self.assertEqual([one["workspaceId"] for one in made], ["a", "b", "a", "b", "a"])
        self.assertEqual(len({one["name"] for one in made}), 5)

    def test_a_copied_record_is_the_releases_own(self):
        made = watched.secret({"name": "old", "namespace": "old", "chart": {"metadata": {"name": "n8n"}}}, "ns", "new")
        record = watched.unpack(made["data"]["release"])
        self.assertEqual((record["name"], record["namespace"], record["chart"]["metadata"]["name"]), ("new", "ns", "n8n"))
        self.assertEqual(made["metadata"]["labels"]["name"], "new")

    def test_a_steady_sandbox_leaves_nothing_to_chance(self):
        folder = TOOLS / "sandbox" / "kwok"
        text = without_chance("\n".join(file.read_text() for file in sorted(folder.glob("*.yaml"))))
        self.assertNotIn("jitter", text)
        self.assertIn("delay: {durationMilliseconds: 1200}", text)
        self.assertIn("delay: {durationMilliseconds: 500}", text)


if __name__ == "__main__":
    unittest.main()
