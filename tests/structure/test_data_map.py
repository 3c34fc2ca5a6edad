"""The data map against the models: nothing is missing, nothing personal stands in clear, and no
name on screen says more than it must."""

import pytest
from django.apps import apps
from django.db import models
from django.db.models.constants import LOOKUP_SEP

from emsar.datamap import declaration_of, declarations
from emsar.datamap.checks import data_map_is_complete
from emsar.datamap.fields import EncryptedTextField
from emsar.subjects.models import DataSubject

TEXT = (models.CharField, models.TextField, models.JSONField)

# Personal columns that hold text in clear, because they hold a code of ours and never what a person
# typed. Whoever adds a column here says so in its declaration, or encrypts it.
CODES = {
    "audit.AuditEvent": {"action"},
    "consent.ConsentEvent": {
        *("language", "text_sha256", "sentence_sha256", "version", "purposes", "controllers"),
    },
    "dsar.Case": {"reference", "language"},
    "dsar.CaseEvent": {"event", "reason"},
    # A body that asked and the number of its paper: names of offices, not of persons; and numbers.
    "dsar.Disclosure": {"recipient", "document", "legal_reference", "fields", "records"},
    "dsar.Intake": {"language"},
    "dsar.Proposal": {"row", "column"},
    "dsar.Release": {"sha256", "counts"},
    "outbox.MailCopy": {"message_id", "reference", "mailbox"},
    "outbox.OutboundMail": {"reference"},
    "requests_inbox.AccountingDocument": {"reference"},
    "requests_inbox.ConsultationRequest": {"reference", "language"},
    "requests_inbox.HistoryEntry": {"event", "reason"},
    "retention.DeletionOrder": {"message_id", "reference", "mailbox"},
    "requests_inbox.Transfer": {"from_entity", "to_entity", "fields"},
    # A login name says a function; Django's session is signed and holds a UUID.
    "staff.User": {"username"},
    # The key of that session, by which a login is ended.
    "staff.StaffSession": {"key"},
    "sessions.Session": {"session_key", "session_data"},
}


def test_every_column_of_every_model_is_declared() -> None:
    assert data_map_is_complete(None) == []
    declared = {line.model for line in declarations()}
    assert declared == {m for m in apps.get_models(include_auto_created=True) if not m._meta.proxy}


def clear_text(model: type[models.Model]) -> set[str]:
    """The personal columns of a model that PostgreSQL holds as text, choices of ours left out."""
    personal = declaration_of(model).personal
    return {
        field.name
        for field in model._meta.concrete_fields
        if field.name in personal
        and isinstance(field, TEXT)
        and not isinstance(field, EncryptedTextField)
        and not field.choices
    }


def test_personal_text_is_encrypted_unless_it_is_a_code() -> None:
    found = {line.model._meta.label: clear_text(line.model) for line in declarations()}
    assert {label: names for label, names in found.items() if names} == CODES


def test_what_people_type_is_encrypted() -> None:
    """The columns of E-3.1 by name, so that none of them slips into the list above."""
    encrypted = {
        f"{line.model._meta.label}.{field.name}"
        for line in declarations()
        for field in line.model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    }
    assert encrypted >= {
        "requests_inbox.ConsultationRequest.name",
        "requests_inbox.ConsultationRequest.company",
        "requests_inbox.ConsultationRequest.project",
        "requests_inbox.Message.body",
        "requests_inbox.AccountingDocument.title",
        "requests_inbox.AccountingDocument.text",
        "subjects.SubjectIdentifier.value",
        "outbox.OutboundMail.to_address",
        "outbox.OutboundMail.reply_to",
        "outbox.OutboundMail.subject_line",
        "outbox.OutboundMail.body",
        "staff.User.full_name",
        "staff.User.email",
    }


def end_of(model: type[models.Model], path: str) -> models.Field:
    """The column that a look-up path leads to."""
    *steps, last = path.split(LOOKUP_SEP)
    for step in steps:
        model = model._meta.get_field(step).related_model
    return model._meta.get_field(last)


@pytest.mark.parametrize(
    "line", [line for line in declarations() if line.subject], ids=lambda line: line.model.__name__
)
def test_path_to_the_person_leads_to_a_person_or_their_uuid(line) -> None:
    column = end_of(line.model, line.subject)
    to_person = column.is_relation and column.related_model is DataSubject
    assert to_person or isinstance(column, models.UUIDField)


def test_no_address_of_the_network_has_a_column() -> None:
    """E-3.2a, E-3.2i: counted under a daily key, never stored."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            assert not isinstance(field, models.GenericIPAddressField), field
            words = set(field.name.lower().split("_"))
            assert not words & {"ip", "agent", "ua", "browser", "geo", "city"}, field


@pytest.mark.parametrize(
    "model",
    [
        m
        for m in apps.get_models()
        if any(isinstance(f, EncryptedTextField) for f in m._meta.fields)
    ],
    ids=lambda model: model._meta.label,
)
def test_name_on_screen_says_nothing_that_is_encrypted(model) -> None:
    """Django writes ``str()`` of a row into pages, messages and logs."""
    secrets = {
        field.name: f"canary-{field.name}"
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    }
    row = model(**secrets)
    for words in (str(row), repr(row)):
        assert not [value for value in secrets.values() if value in words]
