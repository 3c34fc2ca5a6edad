"""Second connections to the test database: as its owner, and as the application's two roles."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from django.conf import settings
from django.db import connection, connections

from emsar.embedded.postgres import connection_parameters

T = TypeVar("T")

ROLES = ("emsar_web", "emsar_worker")


@contextmanager
def second_connection(*, autocommit: bool = False) -> Iterator[psycopg.Connection[Any]]:
    """Another session of the owner; what it has not committed is rolled back at the end."""
    with closing_late(psycopg.connect(**_owner(), autocommit=autocommit)) as other:
        yield other


@contextmanager
def as_role(role: str) -> Iterator[psycopg.Connection[Any]]:
    """A session of the web's or the worker's own login, with the password of its address."""
    url = settings.DATABASE_ROLE_URLS[role]
    assert url, f"the tests need the address of {role}: run them with make test"
    login = connection_parameters(url) | {"dbname": connection.settings_dict["NAME"]}
    with closing_late(psycopg.connect(**login)) as other:
        yield other


@contextmanager
def closing_late(other: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    """Close without committing, unlike psycopg's own block; its locks are free when it ends."""
    try:
        yield other
    finally:
        if not other.broken:
            other.rollback()
        other.close()


def _owner() -> dict[str, Any]:
    names = ("host", "port", "user", "password", "dbname")
    given = connection.get_connection_params()
    return {name: given[name] for name in names if given.get(name)}


def in_thread(work: Callable[[], T]) -> "Future[T]":
    """Run ``work`` beside the test, on a Django connection of its own."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as problem:  # noqa: BLE001 - the test raises it
            future.set_exception(problem)
        finally:
            connections.close_all()

    threading.Thread(target=run, daemon=True).start()
    return future
