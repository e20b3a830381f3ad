"""The parts, in the order in which they are measured. A new one is a module here and a line in `ALL`."""

from collections.abc import Callable

from ..figures import Figure
from ..world import World
from . import console, launch, load, logs, many, start, status, watched

ALL: dict[str, Callable[[World], list[Figure]]] = {
    "start": start.run,
    "console": console.run,
    "launch": launch.run,
    "load": load.run,
    "logs": logs.run,
    "many": many.run,
    "status": status.run,
    "watched": watched.run,
}
