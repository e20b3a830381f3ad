"""Whether docs/dependencies.md says of each direct dependency why it is there, and of nothing that is not."""

import json
import re
import tomllib
from pathlib import Path

from . import paths

KINDS = ("dependencies", "dev-dependencies", "build-dependencies")
# Headings of the document, and what their tables are about.
CRATES = {name: name for name in ("shared", "migration", "server", "app")} | {"Bench (`tools/bench/hello`)": "tools/bench/hello"}
PACKAGES = {"Browser tests (`end2end/`)": "end2end"}


def of_crate(manifest: str) -> set[str]:
    """Direct dependencies by a Cargo.toml."""
    parsed = tomllib.loads(manifest)
    tables = [parsed, *parsed.get("target", {}).values()]
    return {name for table in tables for kind in KINDS for name in table.get(kind, {})}


def of_package(manifest: str) -> set[str]:
    """Direct dependencies by a package.json."""
    parsed = json.loads(manifest)
    return {name for kind in ("dependencies", "devDependencies") for name in parsed.get(kind, {})}


def lines(document: str) -> dict[str, dict[str, str]]:
    """The document's tables: by heading, each name in a first column with its reason."""
    found: dict[str, dict[str, str]] = {}
    heading = ""
    for line in document.splitlines():
        if line.startswith("## "):
            heading = line[3:].strip()
        elif row := re.fullmatch(r"\|(.*?)\|(.*)\|", line):
            names = re.sub(r"\(.*?\)", "", row[1]).split(",")
            found.setdefault(heading, {}).update({name.strip(" `"): row[2].strip() for name in names})
    return found


def compare(heading: str, used: set[str], told: dict[str, str]) -> list[str]:
    """What is wrong, in words."""
    told = {name: why for name, why in told.items() if name not in ("crate", "package", "---")}
    wrong = [f"{heading}: {name} has no line" for name in sorted(used - told.keys())]
    wrong += [f"{heading}: {name} has a line and is no dependency" for name in sorted(told.keys() - used)]
    return wrong + [f"{heading}: {name} has a line without a reason" for name, why in sorted(told.items()) if not why]


def mistakes(root: Path = paths.ROOT) -> list[str]:
    told = lines((root / "docs" / "dependencies.md").read_text())
    used = {heading: of_crate((root / folder / "Cargo.toml").read_text()) for heading, folder in CRATES.items()}
    used |= {heading: of_package((root / folder / "package.json").read_text()) for heading, folder in PACKAGES.items()}
    return [mistake for heading in used for mistake in compare(heading, used[heading], told.get(heading, {}))]
