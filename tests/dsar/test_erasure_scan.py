"""The residual scan: nothing may be left, wherever it was left, and the case says so (S-5e)."""

import pytest
from django.db import connection

from dsar.mails import final_key
from dsar.models import Case, Outcome, ResidualTrace, Status
from dsar.services import erasure, residual
from dsar.services.errors import CaseRefusedError
from emsar.audit.models import AuditEvent
from emsar.entities.models import LegalReference
from emsar.outbox import sending
from emsar.outbox.models import OutboundMail
from emsar.subjects.models import SubjectIdentifier
from tests.dsar.erasing import make_case, make_person
from tests.factories import make_user, solutions_user

pytestmark = pytest.mark.django_db
EMAIL = "leyla.hesenli@example.com"


@pytest.fixture
def officer():
    return make_user()


def finish(case: Case) -> Case:
    """Send the answer, scan, end."""
    sending.send_due()
    assert residual.settle(case), residual.findings_of(case)
    case.refresh_from_db()
    return case


def test_address_that_cannot_be_reached_is_emptied_and_the_case_ends(officer) -> None:
    case = make_case(make_person("Leyla Həsənli", EMAIL))
    erasure.approve(case, by=officer)
    OutboundMail.objects.filter(key=final_key(case)).update(status="failed")
    assert residual.settle(case)
    assert OutboundMail.objects.get(key=final_key(case)).to_address is None


def test_person_who_comes_back_is_somebody_new(officer) -> None:
    case = make_case(make_person("Leyla Həsənli", EMAIL))
    erasure.approve(case, by=officer)
    again = make_person("Leyla Həsənli", EMAIL)
    assert again.subject_id != case.subject
    assert finish(case).outcome == Outcome.FULFILLED


PLANTS = {
    "audit_heartbeat.note": "INSERT INTO audit_heartbeat VALUES ('x', now(), 'for {email}')",
    "retention_sweep.error": "INSERT INTO retention_sweep VALUES"
    " (gen_random_uuid(), 'case', now(), now(), 0, '{email}')",
    "retention_clearance.record": "INSERT INTO retention_clearance (record, last_day, at)"
    " VALUES ('{request}', now(), now())",
    "staff_keyedcount.key": "INSERT INTO staff_keyedcount (key, count, started_at) VALUES"
    " ('\\x{key}', 1, now())",
    "audit_auditevent.detail": "INSERT INTO audit_auditevent (uid, at, kid, hmac, action,"
    " object_type, object_id, detail) VALUES (gen_random_uuid(), now(), 'x', '', 'x', '', '',"
    ' \'{{"who": ["Leyla Həsənli"]}}\')',
    "retention_legalhold.document": "INSERT INTO retention_legalhold (id, kind, code, reason,"
    " legal_reference_id, document, review_on, placed_at) VALUES (gen_random_uuid(), 'rule', 'x',"
    " 'court', '{law}', 'of Leyla Həsənli', now(), now())",
    "outbox_outboundmail.body": "UPDATE outbox_outboundmail SET body = 'Dear Leyla Həsənli'"
    " WHERE key LIKE '%:deleted'",
    "dsar_intake.kinds": "INSERT INTO dsar_intake (id, nonce, received_at, language, email, kinds)"
    " VALUES (gen_random_uuid(), gen_random_uuid(), now(), 'az', '', ARRAY['{number}'])",
}


@pytest.mark.parametrize("plant", PLANTS)
def test_scan_finds_what_was_left_in_any_column(officer, plant) -> None:
    request = make_person("Leyla Həsənli", "l@hs.az")
    key = bytes(SubjectIdentifier.objects.get(subject=request.subject_id).key).hex()
    case = make_case(request)
    erasure.approve(case, by=officer)
    sending.send_due()
    assert residual.scan(case) == []
    facts = {
        "email": "l@hs.az", "request": request.pk, "key": key, "number": "l@hs.az",
        "law": LegalReference.objects.get(slug="civil-code").pk,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PLANTS[plant].format(**facts))
    assert [found.place for found in residual.scan(case)] == [plant]
    assert not residual.settle(case)
    case.refresh_from_db()
    assert case.status == Status.EXECUTED
    assert [found.place for found in residual.findings_of(case)] == [plant]
    with pytest.raises(CaseRefusedError, match="Nothing was found there"):
        residual.explain(case, "somewhere.else", by=officer)
    with pytest.raises(CaseRefusedError):
        residual.explain(case, plant, by=solutions_user())
    residual.explain(case, plant, by=officer)
    assert residual.settle(case)
    event = AuditEvent.objects.get(action="case.explain")
    assert (event.actor, event.detail) == (officer.pk, {"place": plant})


def test_trace_is_one_sealed_row_that_says_nothing_in_clear(officer) -> None:
    request = make_person("Leyla Həsənli", EMAIL)
    case = make_case(request)
    erasure.approve(case, by=officer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed, found::text FROM dsar_residualtrace")
        ((sealed, found),) = cursor.fetchall()
    assert EMAIL.encode() not in bytes(sealed)
    assert str(request.pk).encode() not in bytes(sealed)
    assert found == "{}"
    assert ResidualTrace.objects.get().sealed.count(EMAIL) == 1


def test_trace_that_cannot_be_read_keeps_the_case_open(officer) -> None:
    case = make_case(make_person("Leyla Həsənli", EMAIL))
    erasure.approve(case, by=officer)
    sending.send_due()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dsar_residualtrace SET sealed = '\\x00'")
    assert not residual.settle(case)
    assert [found.what for found in residual.findings_of(case)] == ["unreadable"]
