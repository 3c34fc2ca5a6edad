"""The requests of a person, for the person's page."""

from django.urls import reverse
from django.utils.translation import gettext as _

from emsar.subjects.models import DataSubject
from emsar.subjects.records import RecordLine
from requests_inbox.models import AccountingDocument, ConsultationRequest


def requests_of(subject: DataSubject) -> list[RecordLine]:
    """What the person asked us; the DPO's page shows all of it."""
    rows = ConsultationRequest.objects.filter(subject=subject)
    return [_line(row) for row in rows.only("reference", "status", "received_at")]


def _line(row: ConsultationRequest) -> RecordLine:
    return RecordLine(
        name=_("Request %(reference)s") % {"reference": row.reference},
        address=reverse("admin:requests_inbox_consultationrequest_change", args=[row.pk]),
        at=row.received_at,
        state=row.get_status_display(),
    )


def documents_of(subject: DataSubject) -> list[RecordLine]:
    """What of the person's requests the law wants kept longer (E-7.2c)."""
    rows = AccountingDocument.objects.filter(subject=subject).select_related("legal_reference")
    return [_document_line(row) for row in rows.only("reference", "at", "legal_reference")]


def _document_line(row: AccountingDocument) -> RecordLine:
    return RecordLine(
        name=_("Accounting document of request %(reference)s") % {"reference": row.reference},
        address=reverse("admin:requests_inbox_accountingdocument_change", args=[row.pk]),
        at=row.at,
        state=row.legal_reference.text("title"),
    )
