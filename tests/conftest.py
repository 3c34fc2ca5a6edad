import pytest

from tests.browser import browser, context, mark_groups, page
from tests.fixtures import _fresh_caches, django_db_setup, filled_db

__all__ = ["_fresh_caches", "browser", "context", "django_db_setup", "filled_db", "page"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    mark_groups(items)
