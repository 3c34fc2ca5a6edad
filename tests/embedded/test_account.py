import os
import pwd
from pathlib import Path

import pytest

from emsar.embedded import account as accounts
from emsar.embedded.account import Account, choose_account
from emsar.embedded.errors import EmbeddedError


@pytest.fixture
def as_root(monkeypatch) -> None:
    """The choice as root would make it, whoever runs this test."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)


def test_an_ordinary_user_keeps_its_own_account(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(os, "geteuid", lambda: 1234)

    chosen = choose_account(tmp_path)

    assert (chosen.uid, chosen.borrowed, chosen.switch) == (1234, False, {})


def test_root_borrows_an_account_that_exists_and_is_not_root(as_root, tmp_path: Path):
    chosen = choose_account(tmp_path / "new")

    assert chosen.borrowed
    assert chosen.uid != 0
    assert pwd.getpwuid(chosen.uid).pw_name in accounts.CANDIDATES


def test_root_goes_on_with_the_owner_of_the_data(as_root, tmp_path: Path, monkeypatch):
    status = os.stat_result((0o40700, 0, 0, 0, 4321, 4322, 0, 0, 0, 0))
    monkeypatch.setattr(Path, "exists", lambda _path: True)
    monkeypatch.setattr(Path, "stat", lambda _path: status)

    chosen = choose_account(tmp_path / "postgres")

    assert (chosen.uid, chosen.gid, chosen.borrowed) == (4321, 4322, True)


def test_a_machine_with_no_account_to_lend_is_told_so(as_root, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(accounts, "CANDIDATES", ("no-such-account",))

    with pytest.raises(EmbeddedError, match="Start as an ordinary user"):
        choose_account(tmp_path / "new")


def test_a_borrowed_account_is_stopped_by_a_closed_folder_on_the_way(tmp_path: Path):
    inner = tmp_path / "closed" / "inner"
    inner.mkdir(parents=True)
    tmp_path.chmod(0o755)
    (tmp_path / "closed").chmod(0o700)
    nobody = Account(61_234, 61_234, borrowed=True)

    assert not nobody.reaches(inner)


def test_a_borrowed_account_passes_open_folders_its_own_and_its_groups():
    nobody = Account(61_234, 61_235, borrowed=True)

    assert nobody.reaches(Path("/usr/bin"))
    assert nobody._passes(_status(0o700, 61_234, 0))
    assert nobody._passes(_status(0o070, 0, 61_235))
    assert not nobody._passes(_status(0o707, 0, 61_235))
    assert not nobody._passes(_status(0o077, 61_234, 0))


def _status(mode: int, uid: int, gid: int) -> os.stat_result:
    return os.stat_result((0o40000 | mode, 0, 0, 0, uid, gid, 0, 0, 0, 0))
