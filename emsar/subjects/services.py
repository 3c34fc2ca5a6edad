"""What is done to a person's records as a whole: block, object, merge."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from emsar.audit import record
from emsar.subjects.models import DataSubject, MailedLink, Objection, SubjectIdentifier

_MERGERS: list[Callable[[DataSubject, DataSubject], None]] = []


class SubjectStateError(Exception):
    """The person's records are not in the state that the verb needs."""


def register_merger(move: Callable[[DataSubject, DataSubject], None]) -> None:
    """A higher room says how its rows move from one person to another."""
    if move not in _MERGERS:
        _MERGERS.append(move)


@transaction.atomic
def block(subject: DataSubject, *, actor: UUID | None) -> None:
    """Suspend processing of the records that exist now (E-8h); raises if blocked already."""
    _set_blocked(subject, from_null=True)
    record("subject.block", actor=actor, subject=subject.pk, obj=subject)


@transaction.atomic
def unblock(subject: DataSubject, *, actor: UUID | None) -> None:
    """End the suspension; raises if there is none."""
    _set_blocked(subject, from_null=False)
    record("subject.unblock", actor=actor, subject=subject.pk, obj=subject)


def _set_blocked(subject: DataSubject, *, from_null: bool) -> None:
    new = timezone.now() if from_null else None
    rows = DataSubject.objects.filter(pk=subject.pk, blocked_at__isnull=from_null)
    if rows.update(blocked_at=new) != 1:
        raise SubjectStateError("blocked already" if from_null else "not blocked")
    subject.blocked_at = new


@transaction.atomic
def object_to(subject: DataSubject, purpose: str, *, actor: UUID | None) -> bool:
    """Note an objection (E-8f); ``purpose`` is a code. False when it was noted before."""
    _, new = Objection.objects.get_or_create(subject=subject, purpose=purpose)
    if new:
        record("subject.object", actor=actor, subject=subject.pk, detail={"purpose": purpose})
    return new


@transaction.atomic
def merge(kept: DataSubject, doubled: DataSubject, *, actor: UUID | None) -> None:
    """Make two records of one person one, by the DPO's decision.

    A block survives, the later one if both were blocked: it covers what either covered.
    """
    if kept.pk == doubled.pk:
        raise SubjectStateError("one and the same person")
    people = DataSubject.objects.select_for_update().filter(pk__in=[kept.pk, doubled.pk])
    blocks = [person.blocked_at for person in people.order_by("pk") if person.blocked_at]
    SubjectIdentifier.objects.filter(subject=doubled).update(subject=kept)
    MailedLink.objects.filter(subject=doubled).update(subject=kept)
    for objection in Objection.objects.filter(subject=doubled):
        Objection.objects.get_or_create(
            subject=kept, purpose=objection.purpose, defaults={"at": objection.at}
        )
    for move in _MERGERS:
        move(kept, doubled)
    kept.blocked_at = max(blocks, default=None)
    DataSubject.objects.filter(pk=kept.pk).update(blocked_at=kept.blocked_at)
    record("subject.merge", actor=actor, subject=kept.pk, detail={"from": str(doubled.pk)})
    doubled.delete()
