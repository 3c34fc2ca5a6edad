import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis as client

from emsar.embedded import redis as servers
from emsar.embedded.account import choose_account
from emsar.embedded.errors import EmbeddedError
from emsar.embedded.place import Place
from emsar.embedded.redis import Redis, answers, find_program
from emsar.embedded.servers import Claim
from tests.embedded.conftest import is_running, wait_until


@pytest.fixture
def server(claim: Claim) -> Iterator[Redis]:
    account = choose_account(claim.data_dir / "redis")
    sockets = Place(claim.data_dir, account).open()
    log = claim.data_dir / "redis.log"
    made = Redis(claim.data_dir / "redis", sockets, log, account, claim.register)
    made.start()
    yield made
    made.stop()


def test_it_answers_on_its_socket_and_on_no_port(server: Redis):
    with client.Redis.from_url(server.url) as connection:
        assert connection.ping()
        assert connection.config_get("port") == {"port": "0"}


def test_the_socket_lies_in_a_private_folder_and_the_server_is_not_root(server: Redis):
    assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700
    assert server.socket.stat().st_uid == server.account.uid != 0


def test_what_was_written_survives_a_kill(server: Redis):
    with client.Redis.from_url(server.url) as connection:
        connection.set("a", "b")
        connection.execute_command("CONFIG", "SET", "appendfsync", "always")
        connection.set("c", "d")
    (entry,) = server.register.entries()
    os.kill(entry.pid, signal.SIGKILL)
    wait_until(lambda: not is_running(entry.pid))

    server.start()

    with client.Redis.from_url(server.url) as connection:
        assert connection.get("a") == b"b"


def test_stopping_twice_is_harmless(server: Redis):
    server.stop()
    server.stop()

    assert not answers(server.socket)


def test_a_server_that_does_not_start_points_to_its_log(server: Redis):
    server.stop()
    (server.folder / "appendonly.aof").write_text("no such format")

    with pytest.raises(EmbeddedError, match=r"did not start; .*redis\.log says why"):
        server.start()


def test_the_systems_server_is_used_where_the_wheel_is_missing(monkeypatch, tmp_path: Path):
    program = tmp_path / "redis-server"
    program.touch(0o755)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_program() == program


def test_no_server_at_all_is_said_plainly(monkeypatch, tmp_path: Path):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EmbeddedError, match="set REDIS_URL to a server of your own"):
        servers.find_program()
