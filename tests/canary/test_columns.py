"""Which columns may hold what somebody typed: the encrypted ones, each of which a walk fills."""

import pytest
from django.db import models

from emsar.datamap import declaration_of
from tests.canary import columns
from tests.canary.test_rights import FILLED as BY_PERSONS
from tests.canary.test_staff import FILLED as BY_COLLEAGUES

# Text that is personal and stands in clear: codes, numbers, references and keys of our own, and
# the two facts of a disclosure to an authority, which is evidence and names no visitor.
CLEAR = {
    *("audit.AuditEvent.action", "staff.User.username", "staff.StaffSession.key"),
    *("outbox.OutboundMail.reference", "outbox.MailCopy.mailbox", "outbox.MailCopy.message_id"),
    *("outbox.MailCopy.reference", "retention.DeletionOrder.mailbox"),
    *("retention.DeletionOrder.message_id", "retention.DeletionOrder.reference"),
    *("consent.ConsentEvent.text_sha256", "consent.ConsentEvent.sentence_sha256"),
    *("consent.ConsentEvent.language", "consent.ConsentEvent.version"),
    *("requests_inbox.AccountingDocument.reference", "requests_inbox.HistoryEntry.event"),
    *("requests_inbox.ConsultationRequest.reference", "requests_inbox.HistoryEntry.reason"),
    *("requests_inbox.ConsultationRequest.language", "requests_inbox.Transfer.from_entity"),
    *("requests_inbox.Transfer.to_entity", "dsar.Case.reference", "dsar.Case.language"),
    *("dsar.CaseEvent.event", "dsar.CaseEvent.reason", "dsar.Disclosure.recipient"),
    *("dsar.Disclosure.document", "dsar.Disclosure.legal_reference", "dsar.Proposal.row"),
    *("dsar.Proposal.column", "dsar.Intake.language", "dsar.Release.sha256"),
    *("sessions.Session.session_key", "sessions.Session.session_data"),
}


def test_every_encrypted_column_is_filled_by_a_walk() -> None:
    missing = columns.encrypted() - BY_PERSONS - BY_COLLEAGUES
    assert missing == set(), "let somebody fill them in, in tests/canary"
    assert (BY_PERSONS | BY_COLLEAGUES) - columns.encrypted() == set()


def test_personal_text_in_clear_is_known() -> None:
    assert set(_personal_text_in_clear()) == CLEAR, "is it typed by anybody? Then encrypt it"


def _personal_text_in_clear():
    for model in columns.models():
        declared = declaration_of(model)
        for column in model._meta.concrete_fields:
            place = f"{model._meta.db_table}.{column.column}"
            is_text = isinstance(column, models.CharField | models.TextField)
            is_personal = declared is not None and column.name in declared.personal
            if is_text and is_personal and not column.choices and place not in columns.encrypted():
                yield f"{model._meta.label}.{column.name}"


@pytest.mark.django_db
def test_look_reads_every_table_and_no_encrypted_column() -> None:
    found = columns.in_clear()
    assert found.keys().isdisjoint(columns.encrypted())
    assert len(found) > 300
    assert "django_migrations.name" in found
    assert "cybersecurity" in found["entities_service.slug"]
