"""One of two who change the same rows at once is told so, and that nothing is lost."""

import pytest
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from emsar.site import errors
from tests.connections import in_thread, second_connection
from tests.site import urls as of_the_site

FAULTS = {
    "deadlock": DeadlockDetected,
    "race": SerializationFailure,
    "lock": LockNotAvailable,
}


def conflicting(request: HttpRequest, language: str, kind: str) -> HttpResponse:
    raise OperationalError("who and what") from FAULTS[kind]("who and what")


urlpatterns = [path("<str:language>/conflict/<str:kind>/", conflicting), *of_the_site.urlpatterns]
handler500 = of_the_site.handler500


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("language", ["az", "en", "ru"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_page_says_that_nothing_is_lost_and_to_send_again(
    client, db, caplog, kind, language, method
) -> None:
    response = getattr(client, method)(f"/{language}/conflict/{kind}/?token=secret")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "2"
    assert response.headers["Cache-Control"] == "no-store"
    assert f'<html lang="{language}">' in response.text
    assert "who and what" not in response.text
    assert "mailto:" not in response.text.partition("<main")[2].partition("</main>")[0]
    assert "secret" not in caplog.text
    assert [record.name for record in caplog.records] == ["emsar.site.errors"]


@pytest.mark.urls(__name__)
def test_words_are_those_of_a_conflict_and_not_of_an_outage(client, db) -> None:
    text = client.get("/en/conflict/deadlock/").text
    assert "Nothing is lost and nothing is half done: go back and send it again." in text
    assert "out of order" not in text


@pytest.mark.parametrize(
    ("exception", "is_one"),
    [
        (OperationalError(), False),
        (DeadlockDetected(), True),
        (SerializationFailure(), True),
        (ValueError(), False),
        (None, False),
    ],
)
def test_only_a_conflict_is_one(exception, is_one) -> None:
    assert errors.is_conflict(exception) is is_one


@pytest.mark.django_db(transaction=True)
def test_real_deadlock_is_seen_as_one(filled_db) -> None:
    """Two sessions and two locks, taken crosswise; PostgreSQL ends one of them."""

    def take(first: int, second: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [first])
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [second])

    with second_connection() as other:
        other.execute("SELECT pg_advisory_xact_lock(77002)")
        crossing = in_thread(lambda: take(77001, 77002))
        asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not other.execute(asked).fetchone()[0]:
            other.execute("SELECT pg_sleep(0.005)")
        faults = []
        try:
            other.execute("SELECT pg_advisory_xact_lock(77001)")
        except DeadlockDetected as problem:
            faults.append(problem)
        other.rollback()
        problem = crossing.exception(timeout=30)
        faults += [problem] if problem else []
    assert len(faults) == 1
    assert errors.is_conflict(faults[0])
