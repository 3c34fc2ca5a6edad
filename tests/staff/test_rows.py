"""Scopes: named for a transaction, given back whatever happens, and left with the transaction."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import DataError, connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from emsar.audit.rows import SETTING
from emsar.staff import rows
from emsar.staff.models import KeyedCount, Role, User
from emsar.staff.rowsmiddleware import StaffRowsMiddleware
from tests.factories import make_user, solutions_user

KEY = UUID("6ab1f9ba-4780-4d8a-a7cb-ae2695075344")


def scope() -> str:
    """The scope that holds now; empty for none."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT current_setting('{SETTING}', TRUE)")
        return (cursor.fetchone()[0] or "").strip()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "entity", "named"),
    [
        (Role.DPO, None, "everything"),
        (Role.ENTITY_STAFF, "solutions", "company solutions"),
        (Role.ADMINISTRATOR, None, "nothing"),
        (Role.AUDITOR, None, "nothing"),
    ],
)
def test_scope_of_a_member_follows_from_the_role(role, entity, named) -> None:
    with rows.of_member(make_user(role, entity)):
        assert scope() == named
    assert scope() == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "user",
    [
        User(role=Role.DPO, is_active=False),
        User(role=Role.ENTITY_STAFF, entity_id="solutions", is_active=False),
        User(role=Role.ENTITY_STAFF),
        User(role=""),
    ],
)
def test_who_has_left_or_is_nothing_works_on_nothing(user) -> None:
    with rows.of_member(user):
        assert scope() == "nothing"


@pytest.mark.django_db
def test_scope_within_a_scope_gives_it_back() -> None:
    with rows.of_person(KEY):
        with rows.counting():
            assert scope() == "counting"
            with rows.of_request(KEY):
                assert scope() == f"request {KEY}"
            assert scope() == "counting"
        assert scope() == f"person {KEY}"
    assert scope() == ""


@pytest.mark.django_db
def test_it_is_given_back_after_an_exception_and_a_fault_of_the_database() -> None:
    with rows.of_person(KEY):
        with pytest.raises(KeyError), rows.counting():
            raise KeyError
        assert scope() == f"person {KEY}"
        with pytest.raises(DataError), rows.counting(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert scope() == f"person {KEY}"
        with rows.counting():
            transaction.set_rollback(True)
        assert scope() == f"person {KEY}"


@pytest.mark.django_db
def test_savepoint_that_is_rolled_back_within_a_scope_leaves_it() -> None:
    with rows.of_person(KEY):
        with pytest.raises(KeyError), transaction.atomic():
            raise KeyError
        assert scope() == f"person {KEY}"


@pytest.mark.django_db
def test_scope_is_a_decorator_that_can_be_used_again() -> None:
    @rows.counting()
    def asked() -> str:
        return scope()

    assert (asked(), asked(), scope()) == ("counting", "counting", "")


def test_scope_ends_with_its_transaction(filled_db) -> None:
    with rows.counting():
        assert (scope(), connection.in_atomic_block) == ("counting", True)
    assert (scope(), connection.in_atomic_block) == ("", False)
    with pytest.raises(KeyError), rows.counting():
        raise KeyError
    assert (scope(), connection.in_atomic_block) == ("", False)


def test_what_needs_a_transaction_of_its_own_steps_out(filled_db) -> None:
    with rows.of_person(KEY):
        solutions_user(username="before")
        with rows.apart():
            assert (scope(), connection.in_atomic_block) == ("", False)
            assert User.objects.filter(username="before").exists()
        assert (scope(), connection.in_atomic_block) == (f"person {KEY}", True)
    with rows.apart():
        assert scope() == ""


def test_fault_outside_ends_the_scope_too(filled_db) -> None:
    def fail() -> None:
        with rows.of_person(KEY):
            solutions_user(username="before")
            with rows.apart():
                raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert (scope(), connection.in_atomic_block) == ("", False)
    assert User.objects.filter(username="before").exists()


def test_nobody_steps_out_of_a_savepoint(filled_db) -> None:
    with rows.of_person(KEY):
        with pytest.raises(RuntimeError), transaction.atomic(), rows.apart():
            pass
        assert scope() == f"person {KEY}"


def counted() -> int:
    return KeyedCount.objects.count()


class TestMiddleware:
    @pytest.fixture(autouse=True)
    def _filled(self, filled_db: None) -> Iterator[None]:
        self.seen: list[str] = []
        yield
        assert (scope(), connection.in_atomic_block) == ("", False)

    def answer(self, path: str, user: User | None, status: int = 200) -> HttpResponse:
        """Somebody's request, which writes a row and looks what its scope is."""

        def handle(request: object) -> HttpResponse:
            self.seen.append(scope())
            key = len(self.seen).to_bytes(32, "big")
            KeyedCount.objects.create(key=key, count=1, started_at="2026-11-22T10:00+04:00")
            return HttpResponse(status=status)

        request = RequestFactory().get(path)
        request.user = user or User()
        return StaffRowsMiddleware(handle)(request)

    @pytest.mark.parametrize("status", [200, 302, 403, 404, 409, 422])
    def test_what_is_refused_keeps_what_was_noted(self, status) -> None:
        assert self.answer("/admin/x/", solutions_user(), status).status_code == status
        assert (self.seen, counted()) == (["company solutions"], 1)

    @pytest.mark.parametrize("status", [500, 503])
    def test_fault_leaves_nothing(self, status) -> None:
        self.answer("/admin/x/", solutions_user(), status)
        assert (self.seen, counted()) == (["company solutions"], 0)

    def test_scope_is_nobody_s_after_it(self) -> None:
        self.answer("/admin/x/", make_user())
        self.answer("/en/free-consultation/", make_user(), 500)
        assert (self.seen, counted()) == (["everything", ""], 2)

    def test_stream_is_read_after_it_and_opens_its_own(self) -> None:
        user = solutions_user()

        def chunks() -> Iterator[bytes]:
            yield scope().encode()
            with rows.of_member(user):
                yield scope().encode()
            yield scope().encode()

        request = RequestFactory().get("/admin/x/")
        request.user = user
        response = StaffRowsMiddleware(lambda _: StreamingHttpResponse(chunks()))(request)
        assert list(response.streaming_content) == [b"", b"company solutions", b""]
