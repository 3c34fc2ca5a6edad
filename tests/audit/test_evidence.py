"""Evidence rows: each carries an HMAC over all that it says."""

import json
import uuid
from datetime import date, datetime, timedelta, timezone

import pytest
from django.db import IntegrityError
from django.utils import timezone as django_timezone

from consent.models import ConsentEvent
from dsar.models import Disclosure
from emsar.audit import record
from emsar.audit.evidence import EvidenceRow, evidence_models
from emsar.audit.models import AuditEvent
from emsar.retention.models import DestructionLine, LedgerEntry
from requests_inbox.models import Transfer, TransferReason
from requests_inbox.services.handling import hand_over
from tests.factories import make_request, solutions_user
from tests.keys import make_key

pytestmark = pytest.mark.django_db
KEY = uuid.UUID(int=7)


@pytest.fixture
def evidence() -> list[EvidenceRow]:
    """A row of every kind, as it comes back from the database."""
    request = make_request(service="cybersecurity")
    hand_over(request, "consulting", TransferReason.FIELD, by=solutions_user())
    line = DestructionLine(
        sweep=uuid.uuid4(), rule="spam", trigger="S-5c", records=1, first_day=date(2027, 1, 2)
    )
    line.save()
    LedgerEntry(line=line.uid, rule="spam", records=[request.pk], subjects=[]).save()
    Disclosure(
        subject=request.subject_id,
        recipient="A court",
        document="12/2027",
        ground="court",
        fields=["requests_inbox.consultationrequest.name"],
        approver=uuid.uuid4(),
    ).save()
    rows = [model.objects.order_by("-id").first() for model in evidence_models()]
    assert all(rows), "a new kind of evidence: make a row of it above"
    return rows


def test_rows_are_intact_when_they_come_back(evidence) -> None:
    assert {row._meta.label for row in evidence} >= {
        "audit.AuditEvent",
        "consent.ConsentEvent",
        "consent.ConsentText",
        "policies.PolicyPublication",
        "dsar.Disclosure",
        "retention.DestructionLine",
        "retention.LedgerEntry",
        "requests_inbox.Transfer",
    }
    assert all(row.intact() for row in evidence)


def other_than(value: object) -> object:
    """A value of the same type that says something else."""
    changes = {
        bool: lambda v: not v,
        int: lambda v: v + 1,
        str: lambda v: f"{v}x",
        dict: lambda v: {**v, "x": 1},
        list: lambda v: [*v, "x"],
        uuid.UUID: lambda v: uuid.uuid4(),
        datetime: lambda v: v + timedelta(microseconds=1),
        date: lambda v: v + timedelta(days=1),
        type(None): lambda v: uuid.uuid4(),
    }
    return changes[type(value)](value)


def test_change_of_any_column_shows(evidence) -> None:
    for row in evidence:
        for field in row._meta.concrete_fields:
            if field.name in {"id", "hmac", "kid"}:
                continue
            before = getattr(row, field.attname)
            setattr(row, field.attname, other_than(before))
            assert not row.intact(), f"{row._meta.label}.{field.name} is not covered by the HMAC"
            setattr(row, field.attname, before)
        assert row.intact()


def test_hmac_of_another_row_does_not_fit(evidence) -> None:
    first, second = record("a.b", actor=None), record("a.b", actor=None)
    first.hmac = second.hmac
    assert not first.intact()


def test_row_under_an_old_key_stays_verifiable_while_the_ring_has_it(settings) -> None:
    settings.EVIDENCE_KEYS = [make_key("e-old")]
    row = record("a.b", actor=None)
    settings.EVIDENCE_KEYS = [make_key("e-new"), make_key("e-old")]
    assert (AuditEvent.objects.get(pk=row.pk).intact(), row.kid) == (True, "e-old")
    assert record("a.b", actor=None).kid == "e-new"

    settings.EVIDENCE_KEYS = [make_key("e-new")]
    assert not AuditEvent.objects.get(pk=row.pk).intact()
    settings.EVIDENCE_KEYS = [make_key("e-new"), make_key("e-old", secret="other")]
    assert not AuditEvent.objects.get(pk=row.pk).intact()


def test_canonical_form_does_not_depend_on_the_time_zone() -> None:
    row = record("a.b", actor=None)
    before = row.canonical()
    row.at = row.at.astimezone(timezone(timedelta(hours=-7)))
    assert row.canonical() == before
    with django_timezone.override("America/Lima"):
        assert AuditEvent.objects.get(pk=row.pk).canonical() == before


def test_same_content_in_another_table_is_other_evidence(evidence) -> None:
    tables = {row.canonical().decode().partition('"table": ')[2].split('"')[1] for row in evidence}
    assert tables == {row._meta.db_table for row in evidence}


def test_saving_again_is_refused() -> None:
    """``save`` only ever inserts; the database would refuse an update as well."""
    row = record("a.b", actor=None)
    with pytest.raises(IntegrityError, match="duplicate key"):
        row.save()


def test_evidence_names_no_foreign_key_and_no_encrypted_value() -> None:
    """Erasing a person takes the meaning from the UUIDs; nothing else may have to go."""
    for model in evidence_models():
        assert not [field.name for field in model._meta.concrete_fields if field.is_relation]
    assert {f.name for f in ConsentEvent._meta.concrete_fields} == {
        *("id", "uid", "at", "kid", "hmac", "kind", "method", "subject", "about", "form"),
        *("text_sha256", "language", "policy", "version", "purposes", "controllers"),
        *("sentence_sha256", "withdraws"),
    }
    assert Transfer._meta.get_field("subject").get_internal_type() == "UUIDField"


def test_row_from_before_a_column_came_is_still_as_it_was_written(evidence) -> None:
    """The HMACs of 2026's first rows knew nothing of the columns that consents got later."""
    event = next(row for row in evidence if isinstance(row, ConsentEvent))
    assert set(event.ADDED_LATER) == {"sentence_sha256", "withdraws"}
    event.sentence_sha256, event.withdraws = "", None
    assert not {"sentence_sha256", "withdraws"} & set(json.loads(event.canonical()))
    event.sign()
    assert event.intact()


@pytest.mark.parametrize(("column", "value"), [("sentence_sha256", "0" * 64), ("withdraws", KEY)])
def test_column_that_came_later_can_be_neither_added_nor_taken(evidence, column, value) -> None:
    event = next(row for row in evidence if isinstance(row, ConsentEvent))
    absent = event.ADDED_LATER[column]
    for before, after in ((absent, value), (value, absent)):
        setattr(event, column, before)
        event.sign()
        setattr(event, column, after)
        assert not event.intact()
