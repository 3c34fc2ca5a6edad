import json
import stat
from pathlib import Path

import pytest

from emsar.embedded.files import read_json, write_atomically, write_json


def test_written_json_is_read_back_and_closed_to_others(tmp_path: Path):
    path = tmp_path / "a.json"

    write_json(path, {"ad": "İlqar"})

    assert read_json(path) == {"ad": "İlqar"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_reading_what_is_missing_or_half_written_gives_none(tmp_path: Path):
    (tmp_path / "half.json").write_text('{"a":')

    assert read_json(tmp_path / "missing.json") is None
    assert read_json(tmp_path / "half.json") is None


def test_a_failed_write_leaves_the_old_text_and_no_litter(tmp_path: Path, monkeypatch):
    path = tmp_path / "a.json"
    write_json(path, 1)
    monkeypatch.setattr(Path, "replace", _full_disk)

    with pytest.raises(OSError, match="no space"):
        write_atomically(path, b"2")

    assert json.loads(path.read_text()) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def _full_disk(_path: Path, _target: Path) -> None:
    raise OSError("no space")
