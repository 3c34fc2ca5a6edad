import os
import stat
from pathlib import Path

import pytest

from emsar.embedded.account import Account, choose_account
from emsar.embedded.errors import EmbeddedError
from emsar.embedded.place import SOCKET_PATH_LIMIT, Place, fits, is_private, lend
from emsar.embedded.servers import Claim


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return choose_account(tmp_path / "none")


@pytest.fixture
def long_folder(data_dir: Path) -> Path:
    folder = data_dir / ("x" * 60) / ("y" * 60)
    folder.mkdir(parents=True)
    return folder


def test_the_sockets_stand_in_the_data_folder_when_they_fit(claim: Claim, account: Account):
    place = Place(claim.data_dir, account)

    assert place.open() == claim.data_dir / "run"
    assert place.open() == claim.data_dir / "run"
    assert is_private(claim.data_dir / "run", account)


def test_a_long_path_sends_the_sockets_elsewhere_and_is_remembered(
    long_folder: Path, account: Account
):
    folder = Place(long_folder, account).open()

    assert fits(folder)
    assert is_private(folder, account)
    assert Place(long_folder, account).open() == folder
    Place(long_folder, account).close()
    assert not folder.exists()


def test_a_name_that_no_address_can_carry_sends_the_sockets_elsewhere(
    data_dir: Path, account: Account
):
    odd = data_dir / "a b+%41"
    odd.mkdir(parents=True)
    place = Place(odd, account)

    assert place.open().parent != odd
    place.close()


def test_a_closed_folder_above_sends_the_sockets_elsewhere(data_dir: Path):
    (data_dir / "in").mkdir(parents=True)
    data_dir.chmod(0o700)
    stranger = Account(os.geteuid() + 61_234, 61_234, borrowed=True)

    assert not stranger.reaches(data_dir / "in")
    assert Place(data_dir / "in", stranger)._parent() != data_dir


@pytest.mark.parametrize("trick", ["opened", "link", "gone"])
def test_a_remembered_folder_that_is_not_private_any_more_is_not_used(
    long_folder: Path, account: Account, trick: str, tmp_path: Path
):
    place = Place(long_folder, account)
    folder = place.open()
    if trick == "opened":
        folder.chmod(0o777)
    else:
        folder.rmdir()
    if trick == "link":
        folder.symlink_to(tmp_path)

    other = place.open()

    assert other != folder
    assert is_private(other, account)
    place.close()
    folder.unlink() if trick == "link" else folder.exists() and folder.rmdir()


def test_a_foreign_owner_is_not_private(tmp_path: Path):
    tmp_path.chmod(0o700)

    assert is_private(tmp_path, Account(os.geteuid(), 0, borrowed=False))
    assert not is_private(tmp_path, Account(os.geteuid() + 1, 0, borrowed=False))


def test_an_open_folder_of_sockets_is_refused(claim: Claim, account: Account):
    run = claim.data_dir / "run"
    run.mkdir()
    run.chmod(0o755)

    with pytest.raises(EmbeddedError, match="only the servers may enter"):
        Place(claim.data_dir, account).open()


def test_no_folder_at_all_is_said_plainly(long_folder: Path, account: Account, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long_folder))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(long_folder))
    monkeypatch.setattr("emsar.embedded.place.COMMON", ())

    with pytest.raises(EmbeddedError, match="Choose a DATA_DIR with a shorter path"):
        Place(long_folder, account).open()


def test_the_limit_counts_bytes_and_the_longest_socket_name():
    assert fits(Path("/" + "x" * (SOCKET_PATH_LIMIT - 20)))
    assert not fits(Path("/" + "x" * (SOCKET_PATH_LIMIT - 19)))


def test_a_program_is_lent_as_it_is_or_as_a_copy(data_dir: Path, tmp_path: Path):
    data_dir.mkdir()
    program = data_dir / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    me = Account(os.geteuid(), os.getegid(), borrowed=False)

    assert lend(program, shelf, me) == program

    me_borrowed = Account(os.geteuid(), os.getegid(), borrowed=True)
    data_dir.chmod(0o600)
    copy = lend(program, shelf, me_borrowed)
    data_dir.chmod(0o700)
    assert copy == shelf / "program"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o755
    assert [p.name for p in shelf.iterdir()] == ["program"]
