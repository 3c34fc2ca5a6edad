"""The requests as a file: what one may see, without names unless they are needed."""

import pytest
from django.test import Client
from django.urls import reverse

from emsar.audit.models import AuditEvent
from emsar.staff.models import Role
from emsar.subjects.services import block
from requests_inbox.models import ConsultationRequest
from tests.exports import content_of, lines_of, taken
from tests.factories import consulting_user, make_request, make_user, solutions_user

pytestmark = pytest.mark.django_db
LIST = "/admin/requests_inbox/consultationrequest/"
EXPORT = f"{LIST}export/"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def references(client: Client, query: str = "") -> set[str]:
    return {line[0] for line in lines_of(taken(client, f"{EXPORT}{query}"))[1:]}


@pytest.fixture
def three() -> list[ConsultationRequest]:
    """One of Solutions, one of Consulting, one of nobody."""
    return [make_request(service=service) for service in ("cybersecurity", "tax", "other")]


def test_file_has_the_rows_of_whoever_takes_it(three):
    solutions, consulting, nobody = (row.reference for row in three)
    assert references(signed_in(solutions_user())) == {solutions, nobody}
    assert references(signed_in(consulting_user())) == {consulting, nobody}
    assert references(signed_in(make_user(Role.DPO))) == {solutions, consulting, nobody}


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
@pytest.mark.parametrize("method", ["get", "post"])
def test_other_roles_get_none(three, role, method):
    response = getattr(signed_in(make_user(role)), method)(EXPORT, {"purpose": "work"})
    assert response.status_code == 403
    assert not AuditEvent.objects.filter(action="staff.export").exists()


def test_filters_narrow_it_and_are_said(three):
    client = signed_in(make_user(Role.DPO))
    query = "?company=consulting&source=form"
    text = client.get(f"{EXPORT}{query}").text
    assert "<dt>Company</dt><dd>EMSAR CONSULTING LLC</dd>" in text
    assert "<dt>Lines</dt><dd>1</dd>" in text
    assert references(client, query) == {three[1].reference}
    detail = AuditEvent.objects.get(action="staff.export").detail
    assert (detail["filters"], detail["contacts"]) == ("company,source", 0)
    assert references(client, "?company=nowhere&status=x") == {row.reference for row in three}


def test_list_leads_to_its_export_and_leaves_words_out_of_the_address(three):
    client = signed_in(make_user(Role.DPO))
    text = client.get(LIST, {"company": "consulting", "q": "aysel@example.com"}).text
    assert f'href="{EXPORT}?company=consulting"' in text
    assert references(client, "?q=nobody") == {row.reference for row in three}


def test_names_leave_only_when_they_are_asked_for(three):
    client = signed_in(make_user(Role.DPO))
    plain = taken(client, EXPORT)
    assert "Aysel" not in content_of(plain).decode()
    assert "@" not in content_of(plain).decode()
    assert lines_of(plain)[0] == [
        "Reference", "Received", "Reply due", "First reply", "Last reply", "Closed", "Status",
        "Company", "Service", "Language", "Source",
    ]  # fmt: skip
    assert not AuditEvent.objects.filter(action="request.export").exists()

    lines = lines_of(taken(client, EXPORT, contacts="on"))
    assert lines[0][-2:] == ["Name", "Email"]
    assert {line[-2] for line in lines[1:]} == {"Aysel Məmmədova"}
    noted = AuditEvent.objects.filter(action="request.export")
    assert {event.subject for event in noted} == {row.subject_id for row in three}
    assert AuditEvent.objects.filter(action="staff.export").latest("id").detail["contacts"] == 1


def test_company_staff_s_names_are_noted_for_their_rows_alone(three):
    taken(signed_in(solutions_user()), EXPORT, contacts="on")
    noted = AuditEvent.objects.filter(action="request.export")
    assert {event.subject for event in noted} == {three[0].subject_id, three[2].subject_id}


def test_what_is_blocked_is_in_no_file(three):
    block(three[0].subject, actor=None)
    left = {three[1].reference, three[2].reference}
    assert references(signed_in(make_user(Role.DPO))) == left
    assert references(signed_in(solutions_user())) == {three[2].reference}


def test_name_that_a_sheet_would_run_is_guarded():
    make_request(name="=cmd|' /C calc'!A0")
    lines = lines_of(taken(signed_in(make_user(Role.DPO)), EXPORT, contacts="on"))
    assert lines[1][-2] == "'=cmd|' /C calc'!A0"


def test_file_is_in_the_language_of_whoever_takes_it(three):
    lines = lines_of(taken(signed_in(make_user(Role.DPO, language="ru")), EXPORT))
    assert lines[0][0] == "Номер"
    assert reverse("admin:requests_inbox_consultationrequest_export") == EXPORT


def test_many_rows_are_read_in_a_scope_of_their_own(three, monkeypatch):
    """The answer's own transaction, and the rows that it is about, are over by then."""
    monkeypatch.setattr("emsar.staff.exporting.FEW", 0)
    response = taken(signed_in(solutions_user()), EXPORT)
    assert response.streaming
    assert len(lines_of(response)) == 3
