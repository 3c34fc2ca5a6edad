"""The consents of a person, for the person's page."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consent.admin.words import form_name
from consent.models import ConsentEvent
from emsar.subjects.models import DataSubject
from emsar.subjects.records import RecordLine


def consents_of(subject: DataSubject) -> list[RecordLine]:
    """What the person agreed to and withdrew, each with its proof."""
    return [_line(event) for event in ConsentEvent.objects.filter(subject=subject.pk)]


def _line(event: ConsentEvent) -> RecordLine:
    return RecordLine(
        name=_("Consent: %(form)s") % {"form": form_name(event.form)},
        address=reverse("admin:consent_consentevent_change", args=[event.pk]),
        at=event.at,
        state=event.get_kind_display(),
        moves=False,
    )
