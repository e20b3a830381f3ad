"""Free ports on this machine."""

import random
import socket


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """Below the range from which the kernel takes ports for outgoing connections."""
    while True:
        port = random.randint(20_000, 32_000)
        if is_free(port):
            return port


def first_free(start: int, besides: tuple[int, ...] = ()) -> int:
    return next(port for port in range(start, 65_000) if port not in besides and is_free(port))
