"""The cases of a person, for the person's page."""

from django.urls import reverse
from django.utils.translation import gettext as _

from dsar.models import Case
from emsar.subjects.models import DataSubject
from emsar.subjects.records import RecordLine


def cases_of(subject: DataSubject) -> list[RecordLine]:
    """The demands about the person's data; only the officer opens that page."""
    return [_line(case) for case in Case.objects.filter(subject=subject.pk)]


def _line(case: Case) -> RecordLine:
    words = {"reference": case.reference, "kind": case.get_kind_display()}
    return RecordLine(
        name=_("Case %(reference)s: %(kind)s") % words,
        address=reverse("admin:dsar_case_change", args=[case.pk]),
        at=case.received_at,
        state=case.get_status_display(),
    )
