import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from emsar.embedded.keys import kept_secrets
from emsar.embedded.postgres import Postgres, connection_parameters
from emsar.embedded.servers import (
    Claim,
    claimed,
    remove_abandoned,
    servers,
    throw_away_folder,
    with_login,
)
from tests.embedded.conftest import is_running

ADDRESSES = {"DATABASE_URL", "DATABASE_URL_WEB", "DATABASE_URL_WORKER", "REDIS_URL", "DATA_DIR"}
KEYS = {"SECRET_KEY", "FIELD_KEYS", "LOOKUP_KEYS", "EVIDENCE_KEYS", "READYZ_TOKEN"}


def test_the_servers_run_only_inside(claim: Claim):
    with servers(claim, {}, durable=False) as added:
        assert set(added) == ADDRESSES | KEYS
        database = connection_parameters(added["DATABASE_URL"])
        with psycopg.connect(**database) as connection:  # type: ignore[arg-type]
            assert connection.execute("SELECT 1").fetchone() == (1,)
        with redis.Redis.from_url(added["REDIS_URL"]) as client:
            assert client.ping()

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**database)  # type: ignore[arg-type]
    assert claim.register.entries() == []


def test_nothing_of_ours_stays_outside_the_data_folder_and_no_folder_changes_its_rights(
    data_dir: Path, monkeypatch
):
    temporary = data_dir.parent / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    deep = data_dir / ("x" * 100)
    folders = [data_dir.parent, *data_dir.parent.parents, Path(sys.prefix)]
    before = [(folder.stat().st_mode, folder.stat().st_uid) for folder in folders]

    with claimed(deep) as held, servers(held, {}, durable=False):
        assert list(temporary.iterdir())

    assert list(temporary.iterdir()) == []
    assert [(folder.stat().st_mode, folder.stat().st_uid) for folder in folders] == before


def test_two_data_folders_run_side_by_side(claim: Claim, tmp_path: Path):
    with (
        claimed(tmp_path / "b") as other,
        servers(claim, {}, durable=False) as one,
        servers(other, {}, durable=False) as two,
    ):
        assert not set(one.values()) & set(two.values())


def test_given_servers_are_used_and_none_is_started(claim: Claim):
    given = {"DATABASE_URL": "postgres://o:w@db.example:5433/site", "REDIS_URL": "redis://r/1"}

    with servers(claim, given) as added:
        assert claim.register.entries() == []
        assert set(added) == KEYS | {"DATABASE_URL_WEB", "DATABASE_URL_WORKER", "DATA_DIR"}
        web = urlsplit(added["DATABASE_URL_WEB"])
        assert (web.username, web.hostname, web.port, web.path) == (
            "emsar_web",
            "db.example",
            5433,
            "/site",
        )


def test_only_what_is_missing_is_started(claim: Claim):
    given = {"DATABASE_URL": "postgres://o:w@db.example/site", "FIELD_KEYS": "mine"}

    with servers(claim, given) as added:
        assert [entry.name for entry in claim.register.entries()] == ["redis"]
        assert not {"DATABASE_URL", "FIELD_KEYS"} & set(added)


def test_a_role_of_another_server_is_not_mixed_with_ours(claim: Claim):
    given = {"DATABASE_URL_WEB": "postgres://emsar_web:w@elsewhere/d", "REDIS_URL": "redis://r/1"}

    with servers(claim, given, durable=False) as added:
        assert "elsewhere" not in added["DATABASE_URL_WEB"]


def test_the_sockets_stay_until_the_last_server_has_stopped(claim: Claim, monkeypatch):
    seen: list[bool] = []
    stop = Postgres.stop

    def watched(server: Postgres) -> None:
        seen.append((server.sockets / ".s.PGSQL.5432").exists())
        stop(server)

    monkeypatch.setattr(Postgres, "stop", watched)
    with servers(claim, {}, durable=False):
        pass

    assert seen == [True]


def test_an_empty_variable_counts_as_missing(claim: Claim):
    with servers(claim, {"REDIS_URL": "", "DATABASE_URL": "postgres://o@h/d"}) as added:
        assert added["REDIS_URL"].startswith("unix://")


def test_a_login_is_exchanged_and_quoted():
    assert with_login("postgres://o:w@h:1/d?a=b", "u", "p@/") == "postgres://u:p%40%2F@h:1/d?a=b"
    assert with_login("postgres:///d", "u", "p") == "postgres://u:p@/d"


def test_survivors_of_a_killed_run_are_reported_and_stopped(data_dir: Path):
    code = """
import os, signal, sys
from pathlib import Path
from emsar.embedded.servers import claimed, servers
with claimed(Path(sys.argv[1])) as claim, servers(claim, {}, durable=False):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code, str(data_dir)], check=False)

    with claimed(data_dir) as claim:
        assert claim.survivors == ["redis", "postgres"]
        with servers(claim, {}, durable=False) as added:
            database = connection_parameters(added["DATABASE_URL"])
            psycopg.connect(**database).close()  # type: ignore[arg-type]


def test_keys_stay_the_same_from_start_to_start(claim: Claim):
    given = {"DATABASE_URL": "postgres://o@h/d", "REDIS_URL": "redis://r/1"}
    with servers(claim, given) as first, servers(claim, given) as second:
        assert first == second
        assert first["FIELD_KEYS"] == kept_secrets(claim.data_dir).field_keys


def test_a_throw_away_folder_goes_and_takes_abandoned_ones_along(tmp_path: Path):
    abandoned = tmp_path / "4194305-gone"
    abandoned.mkdir()
    with throw_away_folder(tmp_path) as folder:
        assert folder.is_dir()
        with throw_away_folder(tmp_path):
            assert folder.is_dir()
        assert list(tmp_path.iterdir()) == [folder]

    assert list(tmp_path.iterdir()) == []


def test_a_folder_whose_run_is_alive_is_not_abandoned(tmp_path: Path):
    folder = tmp_path / f"{os.getpid()}-mine"
    folder.mkdir()

    remove_abandoned(folder)

    assert folder.is_dir()


def test_servers_whose_folder_was_removed_are_stopped_all_the_same(claim: Claim):
    with servers(claim, {}, durable=False):
        pids = [entry.pid for entry in claim.register.entries()]
        shutil.rmtree(claim.data_dir)

    assert len(pids) == 2
    assert not any(is_running(pid) for pid in pids)
