"""The order of the tests, and how ``pytest -n`` deals them out to its processes."""

from itertools import groupby
from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

# These start the whole site. In one process they share it and do not compete with each other.
TOGETHER = ("tests/e2e/", "tests/embedded/test_run.py")


def is_together(nodeid: str) -> bool:
    """Whether a test belongs to those that one process is to run."""
    return nodeid.startswith(TOGETHER)


def put_longest_first(items: list[pytest.Item]) -> None:
    """Begin with the whole site; the others keep the order that pytest-django gave them.

    That order matters: a test with real transactions empties the database behind it, so those
    come after the tests that roll back.
    """
    items.sort(key=lambda item: not is_together(item.nodeid))


class ByFile(LoadScopeScheduling):
    """Neighbours of one file go to one process, so that what a module shares is made once.

    The queue keeps the order of the collection: the sizes of the portions do not change it.
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)
        self._scopes: dict[str, str] = {}

    def _split_scope(self, nodeid: str) -> str:
        if nodeid not in self._scopes:
            self._scopes = scopes(self.collection or [])
        return self._scopes[nodeid]


def scopes(nodeids: list[str]) -> dict[str, str]:
    """The portion of each test; a file whose tests stand in two places makes two portions."""
    found = {}
    for number, (name, portion) in enumerate(groupby(nodeids, key=_owner)):
        found |= dict.fromkeys(portion, name if name == "together" else f"{number} {name}")
    return found


def _owner(nodeid: str) -> str:
    return "together" if is_together(nodeid) else nodeid.partition("::")[0]
