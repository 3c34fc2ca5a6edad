"""Whose data, and what may be told: shared addresses, secret disclosures, staff, holds."""

from datetime import date
from uuid import uuid4

import pytest
from django.utils import timezone

from dsar import owning
from dsar.models import Case, CaseFile, CaseMessage, CaseRecord
from dsar.package import assemble
from dsar.package.gathering import gather
from dsar.services.errors import CaseRefusedError
from emsar.audit import record
from emsar.entities.models import LegalReference
from emsar.outbox.models import MailCopy
from emsar.retention.models import LegalHold
from emsar.subjects.models import Objection, SubjectIdentifier
from requests_inbox.models import ConsultationRequest, Message, Transfer
from tests.dsar.people import disclose, known_person, open_case
from tests.dsar.unpacking import html, tables, unpacked
from tests.factories import make_request, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared():
    """Two people under one address, and the case of the first."""
    mine = make_request(name="Aysel Məmmədova", email="office@example.com", project="Mine")
    other = make_request(name="Rauf Quliyev", email="office@example.com", project="The other's")
    assert mine.subject == other.subject
    phone = SubjectIdentifier.objects.create(
        subject=mine.subject, kind="phone", key=b"p" * 32, value="+994559998877"
    )
    ConsultationRequest.objects.filter(pk=other.pk).update(phone=phone)
    for request, words in ((mine, "my note"), (other, "their note")):
        Message.objects.create(request=request, kind="note", body=words)
        Transfer(
            request=request.pk,
            subject=mine.subject_id,
            to_entity="consulting",
            actor=uuid4(),
            reason="both",
            fields=["name"],
        ).save()
        MailCopy.objects.create(
            mailbox="info@emsargroup.az",
            message_id=f"<{request.reference}@emsargroup.az>",
            reference=request.reference,
            about=request.pk,
            at=timezone.now(),
        )
    earlier = open_case(mine.subject, "other", status="open")
    file = CaseFile.objects.get(case=earlier)
    CaseMessage.objects.create(file=file, direction="from_person", body="their earlier words")
    case = open_case(mine.subject, is_shared=True)
    return mine, other, case


def choose(case: Case, mine, other) -> None:
    file = CaseFile.objects.get(case=case)
    CaseRecord.objects.create(file=file, record=mine.pk, belongs=True)
    CaseRecord.objects.create(file=file, record=other.pk, belongs=False)
    Case.objects.filter(pk=case.pk).update(chosen_at=timezone.now())
    case.refresh_from_db()


def test_shared_address_gives_nothing_before_the_officer_has_chosen(shared) -> None:
    _mine, _other, case = shared
    with pytest.raises(CaseRefusedError):
        assemble(case)


def test_shared_address_gives_the_chosen_records_alone(shared) -> None:
    mine, other, case = shared
    choose(case, mine, other)
    package = assemble(case)
    rows = tables(package)
    for label in ("consultationrequest", "message", "historyentry", "transfer"):
        assert len(rows[f"requests_inbox.{label}"]) == 1, label
    for label in ("consent.consentevent", "outbox.mailcopy", "dsar.case", "dsar.casefile"):
        assert len(rows[label]) == 1, label
    assert [row["value"] for row in rows["subjects.subjectidentifier"]] == ["office@example.com"]
    for name, content in unpacked(package).items():
        for secret in ("Rauf", "The other", "their note", "9998877", "their earlier"):
            assert secret.encode() not in content, f"{secret} in {name}"
        assert other.reference.encode() not in content
        assert str(other.pk).encode() not in content
    assert "More than one name stands under your address" in html(package)


def test_table_that_names_no_record_is_left_out_of_a_shared_address(shared, monkeypatch) -> None:
    """A table that is declared later must say to which record a row belongs, or is not told."""
    mine, other, case = shared
    choose(case, mine, other)
    Objection.objects.create(subject=mine.subject, purpose="notice")
    assert len(gather(case, [mine.pk]).rows("subjects.objection")) == 1
    monkeypatch.delitem(owning._OWN, Objection)
    assert gather(case, [mine.pk]).rows("subjects.objection") == []


def test_disclosure_that_must_stay_secret_is_not_told_anywhere() -> None:
    known = known_person()
    secret = disclose(known.person, recipient="State Security", document="X-1", is_secret=True)
    told = disclose(known.person, recipient="Tax Service")
    officer = make_user()
    for entry in (secret, told):
        record("disclosure.enter", actor=officer.pk, subject=known.person.pk, obj=entry)
    package = assemble(known.case)
    recipients = [row["recipient"] for row in tables(package)["dsar.disclosure"]]
    assert recipients == ["Nəsimi District Court", "Tax Service"]
    actions = [row["action"] for row in tables(package)["audit.auditevent"]]
    assert actions.count("disclosure.enter") == 1
    for content in unpacked(package).values():
        assert b"State Security" not in content


def test_staff_are_told_by_role_and_company_never_by_name() -> None:
    known = known_person()
    package = assemble(known.case)
    rows = {row["action"]: row["actor"] for row in tables(package)["audit.auditevent"]}
    assert rows["request.view"] == {"role": "entity_staff", "company": "solutions"}
    assert rows["retention.view"] == {"role": "dpo", "company": None}
    assert rows["request.received"] is None
    assert "company staff, EMSAR SOLUTIONS LLC" in html(package)
    for name, content in unpacked(package).items():
        for user in (known.officer, known.colleague):
            for word in (user.username, str(user.pk), user.full_name or user.username):
                assert word.encode() not in content, f"{word} in {name}"


def test_colleague_who_has_left_is_told_as_staff() -> None:
    known = known_person()
    record("request.view", actor=uuid4(), subject=known.person.pk, obj=known.request)
    assert "a member of our staff" in html(assemble(known.case))


def test_looks_at_a_record_that_name_no_person_are_told_too() -> None:
    known = known_person()
    events = gather(known.case, None).rows("audit.auditevent")
    assert "retention.view" in {event.action for event in events if event.subject is None}


def hold(**fields) -> LegalHold:
    law = LegalReference.objects.get(slug="civil-code")
    defaults = {"reason": "claim", "legal_reference": law, "review_on": date(2030, 1, 1)}
    return LegalHold.objects.create(**{**defaults, **fields})


def test_holds_on_the_person_the_record_the_company_and_the_rule_are_told() -> None:
    request = make_request()
    stranger = make_request(service="customs")
    case = open_case(request.subject)
    reaching = {
        hold(kind="subject", target=request.subject_id).pk,
        hold(kind="record", target=request.pk).pk,
        hold(kind="company", code="solutions").pk,
        hold(kind="rule", code="consultation").pk,
    }
    hold(kind="subject", target=stranger.subject_id)
    hold(kind="record", target=stranger.pk)
    hold(kind="company", code="consulting")
    hold(kind="rule", code="customer")
    hold(kind="rule", code="no_such_rule")
    hold(kind="company", code="solutions", released_at=timezone.now())
    found = gather(case, None)
    assert {row.pk for row in found.rows("retention.legalhold")} == reaching
    page = html(assemble(case))
    assert "everything that is held about you" in page
    assert f"the request {request.reference} and its documents" in page
    assert "everything of EMSAR SOLUTIONS LLC" in page
    assert "Civil Code" in page


def test_request_says_its_own_basis_and_why_it_is_kept_until_then() -> None:
    request = make_request()
    case = open_case(request.subject)
    page = html(assemble(case))
    assert "<dd>Your consent</dd>" in page
    assert "Term: 12 calendar months." in page
    ConsultationRequest.objects.filter(pk=request.pk).update(
        contract_start=date(2026, 1, 5), destroy_after=None
    )
    page = html(assemble(case))
    assert "<dd>A contract with you</dd>" in page
    assert "As long as the contract lasts." in page


def test_authority_and_how_to_complain_come_from_the_registry() -> None:
    page = html(assemble(known_person().case))
    for words in (
        "Ministry of Digital Development and Transport",
        "Electronic Security Service",
        "https://mincom.gov.az",
        "Personal data inquiry",
    ):
        assert words in page


def test_case_that_is_nobodys_yet_gives_nothing() -> None:
    case = open_case(make_request().subject)
    CaseFile.objects.filter(case=case).delete()
    Case.objects.filter(pk=case.pk).update(subject=None)
    case.refresh_from_db()
    with pytest.raises(CaseRefusedError):
        assemble(case)
