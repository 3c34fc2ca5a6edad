import socket
from collections.abc import Iterator

import pytest

from emsar.embedded import ports
from emsar.embedded.errors import EmbeddedError


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens who lets others share it, as some web servers do."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        server.bind((ports.HOST, 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_taken_port_is_refused_with_a_way_out(taken: int):
    with pytest.raises(EmbeddedError, match=f"Port {taken} is taken .* PORT={taken + 1}"):
        ports.insist_on_free(taken)


def test_a_free_port_is_accepted():
    ports.insist_on_free(ports.choose())


def test_the_wanted_port_is_chosen_when_free_and_another_when_taken(taken: int):
    free = ports.choose()

    assert ports.choose(free) == free
    assert ports.choose(taken) != taken


def test_a_wish_beyond_the_last_port_is_answered_with_a_free_one():
    assert 0 < ports.choose(65_560) < 65_536


@pytest.mark.parametrize("text", ["", "abc", "0", "65536", "-1", "80 ", "٨٠"])
def test_what_is_no_port_is_refused(text: str):
    with pytest.raises(EmbeddedError, match="PORT must be a number"):
        ports.parse_port(text)


def test_a_port_is_parsed():
    assert ports.parse_port("8001") == 8001
