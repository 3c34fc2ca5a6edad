"""Fixtures of every test: a database with the organisation and its published policies in it."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from consent import notices
from consent.choice import answers
from consent.services import forget_stored
from emsar.entities import registry
from emsar.entities.profile import LANGUAGES
from emsar.retention import banner
from policies import versions
from tests import snapshot, webrole

# What the registry and the notices keep in memory of the filled database.
_warmed_registry: list[Any] = []
_warmed_notices: dict[Any, Any] = {}


def fill() -> None:
    """What set-up does with an empty database."""
    call_command("setup_roles", verbosity=0, stdout=_Silence())
    call_command("register_keys", stdout=_Silence())
    call_command("load_organisation", settings.PROFILE_PATH, stdout=_Silence())
    call_command("publish_policies", stdout=_Silence())


class _Silence:
    def write(self, *_: object) -> None: ...

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> None:
    """The empty test database is filled once a session; every test leaves it so."""
    with django_db_blocker.unblock():
        fill()
        webrole.let_owner_be_web()
        snapshot.keep()
        _warm()
    webrole.answer_as_web()
    snapshot.put_back_after_tests()


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    """What processes keep in memory must not outlive a test's rolled-back rows."""
    _forget()
    with translation.override("en"):
        yield
    _forget()


def _forget() -> None:
    registry.reset()
    versions.reset()
    answers.forget()
    notices.forget()
    forget_stored()
    banner.forget()
    registry._kept.extend(_warmed_registry)
    notices._kept.update(_warmed_notices)


def _warm() -> None:
    """Read once what the filled database says: each test would render the same words again.

    A test that writes rows without a new publication counter calls ``registry.reset()``.
    """
    _forget()
    for form, language in product(notices.FORMS, LANGUAGES):
        notices.notice(form, language)
    _warmed_registry.extend(registry._kept)
    _warmed_notices.update(notices._kept)
    _forget()


@pytest.fixture
def filled_db(transactional_db: None) -> None:
    """For tests with real transactions."""
