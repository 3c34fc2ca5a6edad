"""The requests of a person, for the person's page."""

from django.urls import reverse
from django.utils.translation import gettext as _

from emsar.subjects.models import DataSubject
from emsar.subjects.records import RecordLine
from requests_inbox.models import ConsultationRequest


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
