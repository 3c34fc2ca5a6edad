import base64
import stat
from dataclasses import asdict
from pathlib import Path

import pytest

from emsar.embedded.errors import EmbeddedError
from emsar.embedded.files import write_json
from emsar.embedded.keys import kept_secrets, make_key, make_secrets


def test_secrets_are_made_once_and_kept_for_their_owner_alone(tmp_path: Path):
    first = kept_secrets(tmp_path)

    assert kept_secrets(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_two_data_folders_share_no_secret():
    one, other = make_secrets(), make_secrets()

    assert not set(vars(one).values()) & set(vars(other).values())


def test_a_key_is_its_id_and_32_bytes_in_base64():
    name, _, value = make_key("k1").partition(":")

    assert name == "k1"
    assert len(base64.b64decode(value)) == 32


def test_the_site_key_is_long_enough_for_production():
    assert len(make_secrets().secret_key) >= 50


def test_a_folder_from_before_there_was_a_token_is_given_one(tmp_path: Path):
    content = asdict(make_secrets())
    content.pop("readyz_token")
    write_json(tmp_path / "secrets.json", content)

    kept = kept_secrets(tmp_path)

    assert len(kept.readyz_token) >= 32
    assert kept.environment()["READYZ_TOKEN"] == kept.readyz_token
    assert kept_secrets(tmp_path) == kept
    assert kept.secret_key == content["secret_key"]


def test_lost_secrets_beside_a_database_are_refused_rather_than_replaced(tmp_path: Path):
    (tmp_path / "postgres").mkdir()

    with pytest.raises(EmbeddedError, match="without its keys the data beside it cannot be read"):
        kept_secrets(tmp_path)

    assert not (tmp_path / "secrets.json").exists()


@pytest.mark.parametrize("content", ["", "{}", '{"secret_key": "a"}', '{"unknown": 1}'])
def test_damaged_secrets_are_refused_with_advice(tmp_path: Path, content: str):
    (tmp_path / "secrets.json").write_text(content)

    with pytest.raises(EmbeddedError, match=r"is damaged .* Bring it back from a copy"):
        kept_secrets(tmp_path)
