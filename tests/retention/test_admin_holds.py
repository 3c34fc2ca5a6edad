"""Legal holds: placed from a page or a list, released after a look at what goes then."""

import uuid

import pytest

from emsar.audit.models import AuditEvent
from emsar.datamap.rules import rule
from emsar.entities.models import LegalReference
from emsar.retention.due import due_rows
from emsar.retention.models import LegalHold
from tests.factories import make_request, make_user, solutions_user
from tests.retention.desk import (
    ends,
    hold_on,
    in_days,
    make_hold,
    said,
    signed_in,
    url,
)

pytestmark = pytest.mark.django_db


def ground(**fields: object) -> dict[str, object]:
    reference = LegalReference.objects.filter(active=True).first()
    return {
        "reason": "court",
        "legal_reference": reference.pk,
        "document": "2-1(102)-14/2026",
        "review_on": in_days(30).isoformat(),
        **fields,
    }


def place(kind: str = "", target: object = "", **fields: object):
    query = f"?kind={kind}&target={target}" if kind else ""
    return signed_in(make_user()).post(url("legalhold_add") + query, ground(**fields), follow=True)


def actions() -> list[str]:
    rows = AuditEvent.objects.filter(action__startswith="hold.").order_by("id")
    names = rows.values_list("action", flat=True)
    return [name for name in names if name in {"hold.place", "hold.release"}]


def test_hold_on_one_request_keeps_it() -> None:
    request = ends(-1)
    assert list(due_rows(rule("consultation"))) == [request]
    response = place("record", request.pk)
    assert said(response) == ["The hold is in force."]
    hold = LegalHold.objects.get()
    assert (hold.kind, hold.target, hold.code) == ("record", request.pk, "")
    assert hold.document == "2-1(102)-14/2026"
    assert not due_rows(rule("consultation")).exists()
    assert actions() == ["hold.place"]


def test_hold_on_a_person_is_an_event_about_that_person() -> None:
    request = ends(-1)
    place("subject", request.subject_id)
    assert LegalHold.objects.get().target == request.subject_id
    assert AuditEvent.objects.get(action="hold.place").subject == request.subject_id
    assert not due_rows(rule("consultation")).exists()


@pytest.mark.parametrize(
    ("scope", "kind", "code"),
    [("company:solutions", "company", "solutions"), ("rule:consultation", "rule", "consultation")],
)
def test_hold_on_a_company_or_a_rule_is_chosen_from_a_list(scope, kind, code) -> None:
    ends(-1)
    place(scope=scope)
    hold = LegalHold.objects.get()
    assert (hold.kind, hold.code, hold.target) == (kind, code, None)
    assert not due_rows(rule("consultation")).exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"review_on": in_days(0).isoformat()},
        {"review_on": ""},
        {"reason": "because"},
        {"legal_reference": ""},
        {"scope": "company:nobody"},
        {"scope": "rule:"},
        {"scope": ""},
        {"document": "x" * 61},
    ],
)
def test_hold_without_a_proper_ground_is_refused(fields) -> None:
    response = signed_in(make_user()).post(
        url("legalhold_add"), ground(**{"scope": "company:solutions", **fields})
    )
    assert response.status_code == 422
    assert "errorlist" in response.text
    assert not LegalHold.objects.exists()


@pytest.mark.parametrize("target", [uuid.uuid4(), "nonsense", ""])
@pytest.mark.parametrize("kind", ["record", "subject", "company", "nonsense"])
def test_what_is_not_there_cannot_be_held(kind: str, target: object) -> None:
    address = f"{url('legalhold_add')}?kind={kind}&target={target}"
    client = signed_in(make_user())
    assert client.get(address).status_code == 404
    assert client.post(address, ground()).status_code == 404
    assert not LegalHold.objects.exists()


def test_page_names_what_is_kept_and_leads_back_to_it() -> None:
    request = make_request()
    address = f"{url('legalhold_add')}?kind=record&target={request.pk}"
    text = signed_in(make_user()).get(address).text
    assert f"request {request.reference}" in text
    assert f"/consultationrequest/{request.pk}/change/" in text
    event = AuditEvent.objects.get(action="hold.target.view")
    assert event.subject == request.subject_id


def test_pages_of_person_and_request_lead_to_a_hold() -> None:
    request, client = make_request(), signed_in(make_user())
    pages = {
        f"/admin/subjects/datasubject/{request.subject_id}/change/": "subject",
        f"/admin/requests_inbox/consultationrequest/{request.pk}/change/": "record",
    }
    for page, kind in pages.items():
        assert f"legalhold/add/?kind={kind}&amp;target=" in client.get(page).text
    text = signed_in(solutions_user()).get(list(pages)[1]).text
    assert "legalhold" not in text


def test_release_shows_what_goes_then_and_ends_the_hold() -> None:
    request, user = ends(-1), make_user()
    hold = hold_on(request)
    client = signed_in(user)
    page = client.get(url("legalhold_release", hold.pk))
    assert [(one.rule.name, one.records) for one in page.context["freed"]] == [("consultation", 1)]
    hold.refresh_from_db()
    assert hold.released_at is None
    response = client.post(url("legalhold_release", hold.pk), follow=True)
    assert said(response) == ["The hold has ended."]
    hold.refresh_from_db()
    assert hold.released_by == user.pk
    assert list(due_rows(rule("consultation"))) == [request]
    assert actions() == ["hold.release"]


@pytest.mark.parametrize("kind", ["another hold", "not ended", "waits"])
def test_release_counts_only_what_nothing_else_keeps(kind: str) -> None:
    request = ends(3 if kind == "not ended" else -1, answered=kind != "waits")
    hold = hold_on(request)
    if kind == "another hold":
        make_hold(kind=LegalHold.Kind.COMPANY, code="solutions")
    page = signed_in(make_user()).get(url("legalhold_release", hold.pk))
    assert page.context["freed"] == []
    assert "Nothing: nothing that this hold keeps" in page.text


def test_released_hold_is_not_released_again() -> None:
    hold, client = hold_on(ends(-1)), signed_in(make_user())
    client.post(url("legalhold_release", hold.pk))
    response = client.post(url("legalhold_release", hold.pk))
    assert response.status_code == 409
    assert "This hold was released before." in response.text
    assert actions() == ["hold.release"]


@pytest.mark.parametrize("role", ["auditor", "administrator", "entity_staff"])
def test_nobody_else_places_or_releases(role: str) -> None:
    hold = hold_on(ends(-1))
    user = solutions_user() if role == "entity_staff" else make_user(role)
    client = signed_in(user)
    add = client.post(url("legalhold_add"), ground(scope="company:solutions"))
    assert add.status_code == 403
    assert client.post(url("legalhold_release", hold.pk)).status_code == 403
    hold.refresh_from_db()
    assert (LegalHold.objects.count(), hold.released_at, actions()) == (1, None, [])


def test_list_has_what_is_in_force_first_and_says_what_is_overdue() -> None:
    ended = hold_on(ends(3), review_on=in_days(-9))
    signed_in(make_user()).post(url("legalhold_release", ended.pk))
    later, overdue = hold_on(ends(3)), hold_on(ends(3), review_on=in_days(-1))
    response = signed_in(make_user()).get(url("legalhold_changelist"))
    assert list(response.context["cl"].result_list) == [overdue, later, ended]
    assert response.text.count("review overdue") == 1


def test_list_and_page_bear_what_has_gone_meanwhile() -> None:
    gone = make_hold(kind=LegalHold.Kind.RECORD, target=uuid.uuid4())
    make_hold(kind=LegalHold.Kind.RULE, code="no_longer_there")
    make_hold(kind=LegalHold.Kind.COMPANY, code="left-the-group")
    client = signed_in(make_user())
    text = client.get(url("legalhold_changelist")).text
    assert f"No longer here: {str(gone.target)[:8]}" in text
    assert "No_longer_there" in text
    assert "left-the-group" in text
    assert client.get(url("legalhold_change", gone.pk)).status_code == 200


def test_page_of_a_hold_takes_no_post() -> None:
    hold = hold_on(ends(3))
    response = signed_in(make_user()).post(url("legalhold_change", hold.pk), {"reason": "law"})
    assert response.status_code == 405
