"""The officer's pages in a real browser: on a phone, in the dark, and without any script."""

import pytest
from django.urls import reverse

from dsar.models import Case, CaseMessage, CaseRecord, Kind, Outcome, Status
from emsar.staff.models import User
from tests.accessibility import faults, too_wide
from tests.desks import DARK, PHONE, WIDE
from tests.dsar.desk import a_full_board, make_case, make_disclosure, url, verb_url
from tests.factories import make_request, make_user

DIFFERENT = ("case-overdue", "case-approval", "case-correction", "case-shared")
COLOURFUL = ("first", "board", "figures", "case-overdue", "preview")


def addresses(officer: User) -> dict[str, str]:
    """Everything that the pages can show."""
    cases = a_full_board(officer)
    subject = cases["approval"].subject
    assert subject is not None
    entry = make_disclosure(subject, officer)
    proposal = cases["correction"].file.proposals.get()
    return {
        "first": reverse("admin:index"),
        "board": url("case_changelist"),
        "figures": url("figures"),
        "register": url("register"),
        "disclosures": url("disclosure_changelist"),
        "disclosure": url("disclosure_change", entry.pk),
        "find": url("disclosure_add"),
        "disclose": f"{url('disclosure_add')}?subject={subject}",
        "intake": url("case_add"),
        **{f"case-{name}": url("case_change", case.pk) for name, case in cases.items()},
        "prove": verb_url(cases["unverified"], "prove"),
        "records": verb_url(cases["shared"], "records"),
        "subject": verb_url(cases["child"], "subject"),
        "preview": verb_url(cases["approval"], "approve"),
        "refuse": verb_url(cases["complaint"], "refuse"),
        "answer": verb_url(cases["complaint"], "answer"),
        "propose": verb_url(cases["correction"], "propose"),
        "decide": url("case_decide", cases["correction"].pk, proposal.pk),
    }


@pytest.mark.parametrize(("language", "look"), [("az", PHONE), ("en", DARK), ("ru", WIDE)])
def test_pages_are_readable_and_keep_to_their_policy(open_as, language: str, look) -> None:
    officer, complaints = make_user(language=language), []
    page = open_as(officer, **look)
    places = addresses(officer)
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for name, address in places.items():
        page.goto(address)
        assert complaints == [], name
        assert too_wide(page) <= 0, name
        # Most cases differ in their words alone. In the dark only the colours differ.
        is_alike = name.startswith("case-") and name not in DIFFERENT
        is_looked_at = (look is PHONE and not is_alike) or (look is DARK and name in COLOURFUL)
        assert not is_looked_at or faults(page) == [], name
        complaints.clear()  # the check's own script may not add its styles here


def test_officer_answers_a_complaint_without_any_script(open_as) -> None:
    case = make_case(Kind.COMPLAINT, age=3)
    page = open_as(make_user(), java_script_enabled=False, locale="en-GB")
    page.goto(url("case_changelist"))
    page.click(f"text={case.reference}")
    page.click("summary:has-text('Add an internal note')")
    page.fill("#note-words", "Looked into it.")
    page.click("button:has-text('Add the note')")
    page.click("a:has-text('Answer and complete')")
    page.fill("[name=words]", "You are right; we have changed it.")
    page.check("[name=outcome][value=fulfilled]")
    page.click("button:has-text('Answer and complete the case')")
    case.refresh_from_db()
    assert (case.status, case.outcome) == (Status.COMPLETED, Outcome.FULFILLED)
    assert CaseMessage.objects.filter(file=case.pk).count() == 2


def test_officer_chooses_records_without_any_script(open_as) -> None:
    mine = make_request(email="two@example.com", name="Aysel")
    other = make_request(email="two@example.com", name="Orxan")
    case = make_case(Kind.ACCESS, email="two@example.com", is_shared=True)
    page = open_as(make_user(), java_script_enabled=False, locale="en-GB")
    page.goto(url("case_change", case.pk))
    page.click("a:has-text('Choose the records')")
    page.check(f"[name=record-{mine.pk}][value=yes]")
    page.check(f"[name=record-{other.pk}][value=no]")
    page.click("button:has-text('Note the choice')")
    chosen = dict(CaseRecord.objects.filter(file=case.pk).values_list("record", "belongs"))
    assert chosen == {mine.pk: True, other.pk: False}


def test_officer_approves_a_deletion_without_any_script(open_as) -> None:
    request = make_request(email="gone@example.com")
    case = make_case(Kind.DELETION, email="gone@example.com")
    page = open_as(make_user(), java_script_enabled=False, locale="en-GB")
    page.goto(verb_url(case, "approve"))
    page.check("[name=sure]")
    page.click("button:has-text('Approve the deletion')")
    assert not type(request).objects.filter(pk=request.pk).exists()
    assert Case.objects.get(pk=case.pk).status in {Status.EXECUTED, Status.COMPLETED}
