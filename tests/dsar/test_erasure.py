"""Erasing a person: approved, in one transaction, answered, scanned, completed (idea 10)."""

import pytest

from dsar.mails import final_key
from dsar.models import Case, CaseFile, Outcome, ResidualTrace, Status
from dsar.services import erasure, residual
from emsar.outbox import sending
from emsar.outbox.models import OutboundMail
from emsar.retention.models import DestructionLine, LedgerEntry, Sweep
from emsar.subjects.models import DataSubject, SubjectIdentifier
from requests_inbox.models import ConsultationRequest
from tests.dsar.erasing import make_case, make_person
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def send_answers() -> None:
    OutboundMail.objects.all().exclude(key__endswith=":deleted").delete()
    sending.send_due()


def test_approved_erasure_leaves_skeleton_certificate_and_ledger() -> None:
    request = make_person("Ayxan Quliyev", "ayxan.quliyev@example.com")
    person, case = request.subject_id, make_case(request)
    erasure.approve(case, by=make_user())
    assert case.status == Status.EXECUTED
    assert not ConsultationRequest.objects.filter(subject=person).exists()
    assert not DataSubject.objects.filter(pk=person).exists()
    assert not SubjectIdentifier.objects.filter(subject=person).exists()
    assert not CaseFile.objects.filter(pk=case.pk).exists()
    assert Case.objects.get(pk=case.pk).subject == person
    lines = list(DestructionLine.objects.filter(case=case.pk).order_by("id"))
    assert [(line.rule, line.records) for line in lines] == [("consultation", 1), ("case_files", 1)]
    assert {line.trigger for line in lines} == {"S-5c"}
    assert Sweep.objects.get(pk=lines[0].sweep).records == 2
    entries = LedgerEntry.objects.filter(line__in=[line.uid for line in lines]).order_by("id")
    assert [(e.records, e.subjects) for e in entries] == [([request.pk], []), ([case.pk], [person])]
    mail = OutboundMail.objects.get(key=final_key(case))
    assert (mail.to_address, mail.subject_id) == ("ayxan.quliyev@example.com", None)
    assert residual.scan(case) == []
    assert residual.settle(case) is False, "the answer is still to be sent"
    sending.send_due()
    assert residual.settle(case) is True
    case.refresh_from_db()
    assert (case.status, case.outcome) == (Status.COMPLETED, Outcome.FULFILLED)
    assert not ResidualTrace.objects.exists()
