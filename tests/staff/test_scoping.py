"""The base of the admin's pages: what is seen follows the person, what is done is audited."""

from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from emsar.audit.models import AuditEvent
from emsar.entities.models import LegalEntity
from emsar.staff.models import Role, User
from emsar.staff.scoping import AuditedAdmin, ReadOnlyAdmin, scoped
from emsar.subjects.identifiers import find_or_create
from emsar.subjects.models import DataSubject, SubjectIdentifier
from tests.factories import make_user, solutions_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> DataSubject:
    return find_or_create("email", "aysel@example.com").subject


def asked_by(user: User | AnonymousUser) -> HttpRequest:
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


def events() -> list[tuple[str, object, str, str, object]]:
    found = AuditEvent.objects.filter(action__startswith="admin.").order_by("id")
    return [(e.action, e.actor, e.object_type, e.object_id, e.detail) for e in found]


def test_rows_of_people_are_those_that_the_user_may_see(person) -> None:
    people = DataSubject.objects.all()
    assert list(scoped(people, make_user(Role.DPO))) == [person]
    assert not scoped(people, solutions_user()).exists()
    assert not scoped(people, AnonymousUser()).exists()


def test_rows_of_nobody_are_shown_whole() -> None:
    everything = LegalEntity.objects.all()
    assert scoped(everything, AnonymousUser()) is everything


@pytest.mark.parametrize(("role", "seen"), [(Role.DPO, 1), (Role.AUDITOR, 0)])
def test_lists_and_choices_are_scoped_alike(person, role, seen) -> None:
    request = asked_by(make_user(role))
    listing = AuditedAdmin(DataSubject, admin.site).get_queryset(request)
    field = SubjectIdentifier._meta.get_field("subject")
    choices = AuditedAdmin(SubjectIdentifier, admin.site).get_field_queryset(None, field, request)
    assert (listing.count(), choices.count()) == (seen, seen)


def test_choices_keep_the_order_of_their_own_admin(person) -> None:
    """Django gives a query set of its own where the other model has an order in the admin."""
    field = SubjectIdentifier._meta.get_field("subject")
    site = admin.AdminSite()
    site.register(DataSubject, AuditedAdmin, ordering=("created_at",))
    page = AuditedAdmin(SubjectIdentifier, site)
    assert page.get_field_queryset(None, field, asked_by(make_user(Role.DPO))).count() == 1
    assert page.get_field_queryset(None, field, asked_by(solutions_user())).count() == 0


def form(*changed: str) -> SimpleNamespace:
    return SimpleNamespace(changed_data=list(changed))


def test_change_is_told_by_the_names_of_its_fields() -> None:
    page, user = AuditedAdmin(User, admin.site), make_user()
    rows = SimpleNamespace(forms=[form("body"), form("body", "at"), form()])
    request = asked_by(user)
    message = page.construct_change_message(request, form("role"), [rows])
    page.log_change(request, user, message)
    assert events() == [
        ("admin.change", user.pk, "staff.user", str(user.pk), {"fields": "role,body,at"})
    ]


@pytest.mark.parametrize(
    "message",
    [
        "Aysel Məmmədova was changed",
        [],
        [{"added": {"name": "message", "object": "Aysel"}}],
        ["Aysel"],
        [{"changed": {"object": "Aysel"}}],
    ],
)
def test_words_of_another_kind_of_message_are_left_out(message) -> None:
    user = make_user()
    AuditedAdmin(User, admin.site).log_change(asked_by(user), user, message)
    assert [detail for *_, detail in events()] == [{}]


def test_deletion_names_kind_and_key_of_each_row() -> None:
    user, gone = make_user(), [make_user(), make_user()]
    rows = User.objects.filter(pk__in=[row.pk for row in gone]).order_by("username")
    AuditedAdmin(User, admin.site).log_deletions(asked_by(user), rows)
    assert events() == [("admin.delete", user.pk, "staff.user", str(row.pk), {}) for row in rows]


def test_read_only_page_permits_nothing_but_looking() -> None:
    page = ReadOnlyAdmin(User, admin.site)
    request = asked_by(make_user(Role.ADMINISTRATOR))
    assert page.has_view_permission(request)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
