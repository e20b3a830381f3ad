"""What was measured, and whether it is what was promised. Pure: no process is started here and no file touched."""

import json
import math
import statistics
from dataclasses import asdict, dataclass, field

MARK = "BENCH "
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"


@dataclass
class Promise:
    """What the figure must be. `of` says which one: ours itself, what it adds to the other, or how many times better."""

    of: str  # "ours", "added" or "ratio"
    most: float | None = None
    least: float | None = None


@dataclass
class Figure:
    part: str
    what: str
    unit: str
    ours: float
    other: float | None = None  # what one would use instead, measured in the same run
    beside: str = ""  # what that is
    better: str = "less"  # or "more"
    promise: Promise | None = None
    samples: list[float] = field(default_factory=list)
    other_samples: list[float] = field(default_factory=list)
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times better ours is."""
        if self.other is None:
            return None
        worse, better = (self.other, self.ours) if self.better == "less" else (self.ours, self.other)
        return worse / better if better else math.inf

    @property
    def added(self) -> float | None:
        return None if self.other is None else self.ours - self.other

    @property
    def met(self) -> bool | None:
        """None where nothing was promised."""
        if self.promise is None:
            return None
        value = {"ours": self.ours, "added": self.added, "ratio": self.ratio}[self.promise.of]
        if value is None:
            return False
        within = self.promise.most is None or value <= self.promise.most
        return within and (self.promise.least is None or value >= self.promise.least)


def of_samples(part: str, what: str, unit: str, ours: list[float], other: list[float] | None = None, **more) -> Figure:
    """The figure of medians."""
    median = statistics.median(other) if other else None
    return Figure(part, what, unit, statistics.median(ours), median, samples=ours, other_samples=other or [], **more)


def percentile(samples: list[float], share: float) -> float:
    """The least sample that so large a share of all does not pass (nearest rank)."""
    ranked = sorted(samples)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def from_lines(output: str) -> list[Figure]:
    """The figures that a program tells, each on a line of its own: `BENCH ` and an object with a figure's fields."""
    return [_from_object(json.loads(line.strip()[len(MARK):])) for line in output.splitlines() if line.strip().startswith(MARK)]


def _from_object(told: dict) -> Figure:
    promise = told.pop("promise", None)
    samples = told.get("samples", [])
    if "ours" not in told and samples:
        told["ours"] = statistics.median(samples)
    return Figure(**told, promise=Promise(**promise) if promise else None)


def as_object(figure: Figure) -> dict:
    derived = {"ratio": figure.ratio, "added": figure.added, "met": figure.met}
    return asdict(figure) | {name: value for name, value in derived.items() if value is not None}


def show(value: float | None, unit: str = "") -> str:
    """Three digits are as many as such figures are good for."""
    if value is None:
        return ""
    if math.isinf(value):
        return "∞"
    if value and abs(value) < 1000:
        digits = max(0, 2 - math.floor(math.log10(abs(value))))
        text = f"{value:.{min(digits, 3)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = f"{round(value):,}"
    return f"{text} {unit}".strip()


def promised(figure: Figure) -> str:
    promise = figure.promise
    if promise is None:
        return ""
    words, unit = {"ours": ("", figure.unit), "added": ("adds ", figure.unit), "ratio": ("", "times")}[promise.of]
    if promise.most == promise.least:
        return words + show(promise.most, unit)
    bounds = [("at most", promise.most), ("at least", promise.least)]
    told = [f"{bound} {show(value, unit)}" for bound, value in bounds if value is not None]
    return words + " and ".join(told)


HEAD = ("What", "Woow PaaS", "Beside it", "Times better", "Promise", "Met")


def row(figure: Figure) -> tuple[str, ...]:
    beside = f"{show(figure.other, figure.unit)} ({figure.beside})" if figure.other is not None else ""
    met = {None: "", True: "yes", False: "**no**"}[figure.met]
    ours, ratio = show(figure.ours, figure.unit), show(figure.ratio)
    if figure.promise and figure.promise.of == "added" and figure.added is not None:
        # Ours does the same and more: what counts is how much comes on top.
        ours, ratio = f"{ours} ({figure.added:+,.0f} {figure.unit})", ""
    return figure.what, ours, beside, ratio, promised(figure), met


def markdown(figures: list[Figure], about: list[str]) -> str:
    """The table, what it was measured on, and what is to be known of single lines."""
    rows = [HEAD, ("---",) * len(HEAD), *map(row, figures)]
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |" for cells in rows]
    notes = [f"- {figure.what}: {figure.note}" for figure in figures if figure.note]
    return "\n".join([*about, "", *lines, *(["", *notes] if notes else [])])


def plain(figures: list[Figure]) -> str:
    """The same for a terminal."""
    rows = [HEAD, *map(row, figures)]
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(HEAD))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip() for cells in rows)


def put_between_marks(document: str, table: str) -> str:
    """The document with its table replaced."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the document has no place for the table: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{table}\n{END}{after}"
