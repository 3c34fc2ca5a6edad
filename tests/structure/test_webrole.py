"""Whoever asks the site in a test is answered by the web's role, and the test stays the owner."""

from typing import Any
from urllib.request import urlopen

import psycopg
import pytest
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from django.test import Client, override_settings
from django.urls import path

from emsar.audit.roles import WEB
from tests.webrole import as_web, driver


def user() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def who(_request: HttpRequest) -> StreamingHttpResponse:
    first = user()
    return StreamingHttpResponse(line.encode() for line in (first, " ", user()))


urlpatterns = [path("who", who)]


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[])
def test_client_is_answered_by_the_web() -> None:
    owner = user()
    assert Client().get("/who").getvalue().decode() == f"{WEB} {WEB}"
    assert user() == owner != WEB


def fetched(address: str) -> str:
    with urlopen(address, timeout=10) as response:  # noqa: S310 - our own server
        return response.read().decode()


def test_live_server_is_the_web(live_server: Any, filled_db: None) -> None:
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
        assert fetched(f"{live_server.url}/who") == f"{WEB} {WEB}"
    assert user() != WEB


@pytest.mark.django_db
def test_web_may_not_what_the_owner_may() -> None:
    with as_web(), pytest.raises(psycopg.errors.InsufficientPrivilege), driver().transaction():
        driver().execute("DELETE FROM audit_auditevent")
    assert user() != WEB
