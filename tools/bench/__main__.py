"""Measures the server beside what one would use instead, in one run: `make bench`.

    python3 tools/bench                          everything; half an hour on two cores, and the machine must be quiet
    python3 tools/bench --only launch,logs       these parts
    python3 tools/bench --quick                  each part once on a small size: shows that it works, and no figures
    python3 tools/bench --write                  puts the table into docs/performance.md
    python3 tools/bench --programs FOLDER        measures woow-paas and bench-hello of there, and builds nothing

`make bench ONLY=launch,logs QUICK=1 WRITE=1` says the same. The figures are shown as one table and kept in
`.local/bench/results.json` and `results.md`. A promise that is not kept does not fail the run: this measures, and
`make test` tests. A part that cannot be measured does.
"""

import argparse
import json
import os
import sys
import time
import traceback
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1] / "sandbox")]
from devkit import build, paths, proc, steps, toolchain  # noqa: E402
from devkit.proc import Failed, say  # noqa: E402

from bench import figures, machine, parts, world  # noqa: E402

DOCUMENT = paths.ROOT / "docs" / "performance.md"


def chosen(only: str) -> list[str]:
    names = [name.strip() for name in only.split(",") if name.strip()] or list(parts.ALL)
    if unknown := [name for name in names if name not in parts.ALL]:
        raise Failed(f"there is no part {', '.join(unknown)}", f"the parts are {', '.join(parts.ALL)}")
    return [name for name in parts.ALL if name in names]


def measure(place: world.World, names: list[str]) -> tuple[list[figures.Figure], dict[str, str]]:
    """All figures, and by part why it could not be measured."""
    found, failed = [], {}
    for name in names:
        say(f"==> measuring: {name}")
        began = time.monotonic()
        try:
            found += parts.ALL[name](place)
            say(f"    {name}: {proc.span(time.monotonic() - began)}")
        except Exception as error:  # the other parts' half an hour must not be lost
            failed[name] = f"{type(error).__name__}: {error}"
            say(f"    {name} could not be measured: {failed[name]}")
            if log := getattr(error, "log", None):
                say(proc.tail(log, 30))
            if not isinstance(error, Failed):
                say(traceback.format_exc())
        if name == names[-1]:
            break  # the sandbox goes as a whole
        try:
            place.clear()
        except Failed as error:
            failed[f"clearing after {name}"] = str(error)
    return found, failed


def main() -> int:
    given = os.environ
    parser = argparse.ArgumentParser(prog="tools/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=given.get("ONLY", ""), metavar="PART,…", help=", ".join(parts.ALL))
    parser.add_argument("--quick", action="store_true", default=given.get("QUICK", "") not in ("", "0"))
    parser.add_argument("--write", action="store_true", default=given.get("WRITE", "") not in ("", "0"))
    parser.add_argument("--profile", choices=["release", "dev"], default="release", help="Cargo's profile of what is measured")
    parser.add_argument("--programs", type=Path, metavar="FOLDER")
    args = parser.parse_args()
    names = chosen(args.only)
    if args.write and (args.quick or args.programs or args.profile != "release" or names != list(parts.ALL)):
        raise Failed("only a whole run of the release profile is written into the document")
    with proc.lock(world.HOME / "lock", "measuring in this checkout"):
        toolchain.ensure()
        binary, hello = world.found(args.programs) if args.programs else world.programs(args.profile)
        steps.npm_packages(build.fresh(paths.LOGS / "bench-npm.log"))
        if machine.is_busy():
            say(f"    others are at work on this machine (load {machine.load():.1f}): the figures will be worth little")
        what = f"programs of {args.programs}" if args.programs else f"Cargo's {args.profile} profile"
        about = machine.describe(what + (", small sizes" if args.quick else ""))
        place = world.World(binary, hello, args.quick)
        try:
            place.up()
            found, failed = measure(place, names)
        finally:
            place.down()
    return tell(about, found, failed, args.write)


def tell(about: dict, found: list[figures.Figure], failed: dict[str, str], write: bool) -> int:
    lines = machine.sentence(about)
    table = figures.markdown(found, lines)
    results = {"machine": about, "figures": [figures.as_object(figure) for figure in found], "failed": failed}
    (world.HOME / "results.json").write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    (world.HOME / "results.md").write_text(table + "\n")
    say("\n" + "\n".join([*lines, "", figures.plain(found), ""]))
    for figure in found:
        if figure.note:
            say(f"  {figure.what}: {figure.note}")
    kept = [figure.met for figure in found if figure.met is not None]
    say(f"\n{sum(kept)} of {len(kept)} promises kept; {(world.HOME / 'results.json').relative_to(paths.ROOT)} has all samples")
    for name, why in failed.items():
        say(f"not measured: {name}: {why}")
    if write and not failed:
        DOCUMENT.write_text(figures.put_between_marks(DOCUMENT.read_text(), table))
        say(f"{DOCUMENT.relative_to(paths.ROOT)} has the table")
    return 1 if failed else 0


if __name__ == "__main__":
    proc.main(main)
