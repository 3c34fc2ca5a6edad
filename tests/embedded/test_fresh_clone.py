"""``make run`` in a clone in which nothing was run before: no catalogue is compiled yet."""

import shutil
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.stack import ROOT, Stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]
MADE_LATER = shutil.ignore_patterns(".*", "*.mo", "__pycache__", "var", "staticfiles", "tests")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files of a fresh clone, without what was made from them."""
    copy = tmp_path / "clone"
    shutil.copytree(ROOT, copy, ignore=MADE_LATER)
    assert not list(copy.rglob("*.mo"))
    return copy


def test_the_first_run_publishes_the_policies_in_all_languages(clone: Path, tmp_path: Path):
    stack = Stack(tmp_path / "data", root=clone)
    stack.start()
    try:
        stack.wait_ready()
        for language, words in (("az", "Qüvvəyə"), ("en", "Effective"), ("ru", "Дата вступления")):
            connection = HTTPConnection("127.0.0.1", stack.port, timeout=20)
            connection.request("GET", f"/{language}/privacy-policy/")
            assert words in connection.getresponse().read().decode()
            connection.close()
    finally:
        stack.stop()
