"""Ports of the loopback address."""

import socket

from emsar.embedded.errors import EmbeddedError

HOST = "127.0.0.1"
VIEWER_OFFSET = 25


def parse_port(text: str) -> int:
    """A port that a user typed; raises EmbeddedError."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise EmbeddedError(f"PORT must be a number from 1 to 65535, not “{text}”.")
    return int(text)


def is_free(port: int) -> bool:
    """Whether nobody listens on ``port``; a server that shares its port does not hide."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def insist_on_free(port: int) -> None:
    """Raise EmbeddedError, with words for the user, when ``port`` is taken."""
    if not is_free(port):
        raise EmbeddedError(
            f"Port {port} is taken by another program. Choose another: make run PORT={port + 1}"
        )


def choose(wanted: int = 0, *, avoid: tuple[int, ...] = ()) -> int:
    """``wanted`` if it can be had, else any free port that is not in ``avoid``."""
    if 0 < wanted < 65536 and is_free(wanted):
        return wanted
    while True:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = int(probe.getsockname()[1])
        if port not in avoid:
            return port
