import gc
from typing import Any

import pytest

from tests import assets, logins
from tests.browser import browser, context, mark_needs, page
from tests.desks import open_as
from tests.fixtures import _fresh_caches, django_db_setup, filled_db
from tests.measuring import measure_once
from tests.scheduling import ByFile, put_longest_first

__all__ = [
    "_fresh_caches",
    "browser",
    "context",
    "django_db_setup",
    "filled_db",
    "open_as",
    "page",
]


assets.install()
logins.install()

# Thousands of tests leave their objects behind; looking through all of them again and again is a
# tenth of the time.
gc.set_threshold(100_000, 50, 100)


def pytest_itemcollected(item: pytest.Item) -> None:
    mark_needs(item)
    measure_once(item)


# Last, because pytest-django sorts the tests before.
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    put_longest_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)
