"""When two persons turn out to be one, their cases come together as well."""

from dsar.models import Case, CaseFile, CaseMessage, Outcome
from dsar.models.cases import RUNNING
from dsar.services.transitions import complete
from emsar.subjects.models import DataSubject


def move(kept: DataSubject, doubled: DataSubject) -> None:
    """Cases and files of the doubled person become those of the one that stays.

    Of two running cases of one kind the later one joins the earlier, whose deadlines are nearer.
    """
    for kind in Case.objects.joining().filter(subject=doubled.pk).values_list("kind", flat=True):
        _join(kept, doubled, kind)
    Case.objects.filter(subject=doubled.pk).update(subject=kept.pk)
    CaseFile.objects.filter(person=doubled).update(person=kept)


def _join(kept: DataSubject, doubled: DataSubject, kind: str) -> None:
    both = Case.objects.joining().filter(kind=kind, subject__in=[kept.pk, doubled.pk])
    found = list(both.select_for_update().order_by("received_at", "pk"))
    for later in found[1:]:
        _hand_over_words(found[0], later)
        complete(later, Outcome.JOINED, event="joined", actor=None, allowed=RUNNING)


def _hand_over_words(earlier: Case, later: Case) -> None:
    """What the person wrote to the case that ends is read in the one that goes on."""
    file = CaseFile.objects.filter(case=later).first()
    target = CaseFile.objects.filter(case=earlier).first()
    if file is None or target is None:
        return
    if file.details:
        CaseMessage.objects.create(
            file=target,
            direction=CaseMessage.Direction.FROM_PERSON,
            body=file.details,
            at=later.received_at,
        )
    CaseMessage.objects.filter(file=file).update(file=target)
