"""From nothing to ready, and the memory of a server that has nothing to do."""

import time

from ..figures import Figure, Promise, of_samples
from ..world import World

SETTLE = 10.0


def run(world: World) -> list[Figure]:
    server = world.server("start")
    times, memory = [], []
    for last in [False] * (world.size(9, 2) - 1) + [True]:
        times.append(server.start() * 1000)
        if last:
            # The caches are filled, the first requests are over; what is held now is held for good.
            time.sleep(world.size(int(SETTLE), 3))
            memory.append(server.rss())
        server.stop()
    return [
        of_samples("start", "Start until /readyz says ready", "ms", times, promise=Promise("ours", most=1000),
                   note="on a database that is migrated, with a cluster that answers"),
        of_samples("start", "Memory when idle", "MB", memory, promise=Promise("ours", most=60),
                   note="resident (RSS), ten seconds after the start, watching an empty cluster"),
    ]  # fmt: skip
