"""What rests until an objection is decided goes on once none is undecided any more (E-8f, E-8g)."""

from uuid import UUID

from django.db.models import QuerySet

from dsar.models import Case, CaseEvent, Kind
from dsar.services.transitions import lock_persons, note_event
from emsar.subjects import services as subjects
from emsar.subjects.models import DataSubject

# What makes everything rest at once: an objection, and a withdrawal that waits for a choice.
KINDS = (Kind.OBJECTION, Kind.WITHDRAWAL)
SUSPENDED = "suspended"


def begin(case: Case, person: DataSubject) -> None:
    """Nothing is done with what exists now until the case is decided; harmless when repeated.

    What comes in after the first time is worked on, so that a later look does not stop it too.
    """
    known = CaseEvent.objects.filter(case=case, event=SUSPENDED).exists()
    if known and person.suspended_at is not None:
        return
    subjects.suspend(person, actor=None)
    note_event(case, SUSPENDED, actor=None)


def end(case: Case, *, actor: UUID | None) -> None:
    """However a case ended: what rests goes on, unless another undecided case needs it to rest."""
    if case.kind not in KINDS or case.subject is None:
        return
    # Two cases of a person that end at one moment must not each leave it to the other.
    lock_persons([case.subject])
    person = DataSubject.objects.filter(pk=case.subject).first()
    if person is not None and not _others(case).exists():
        subjects.resume(person, actor=actor)


def _others(case: Case) -> QuerySet[Case]:
    running = Case.objects.running().filter(subject=case.subject, kind__in=KINDS)
    return running.filter(verified_at__isnull=False).exclude(pk=case.pk)
