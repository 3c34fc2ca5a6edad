"""What is done to a person's records as a whole: block, object, merge."""

from collections.abc import Callable, Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from emsar.audit import record
from emsar.subjects.models import (
    DataSubject,
    MailedLink,
    Objection,
    SubjectIdentifier,
    UnblockReason,
)

Stopper = Callable[[DataSubject, str, Collection[UUID] | None, UUID | None], None]

_MERGERS: list[Callable[[DataSubject, DataSubject], None]] = []
_STOPPERS: list[Stopper] = []


class SubjectStateError(Exception):
    """The person's records are not in the state that the verb needs."""


def register_merger(move: Callable[[DataSubject, DataSubject], None]) -> None:
    """A higher room says how its rows move from one person to another."""
    if move not in _MERGERS:
        _MERGERS.append(move)


def register_stopper(stop: Stopper) -> None:
    """A higher room says what stops when a person objects to a purpose (E-8f).

    It is given the person, the purpose, the records that are meant (None: all of them), and who
    acts (None: the machine).
    """
    if stop not in _STOPPERS:
        _STOPPERS.append(stop)


@transaction.atomic
def block(subject: DataSubject, *, actor: UUID | None) -> None:
    """Suspend processing of the records that exist now (E-8h); raises if blocked already."""
    _set_blocked(subject, from_null=True)
    record("subject.block", actor=actor, subject=subject.pk, obj=subject)


@transaction.atomic
def block_again(subject: DataSubject, *, actor: UUID | None) -> None:
    """Let a block cover what has come since it was set; raises if there is none."""
    rows = DataSubject.objects.filter(pk=subject.pk, blocked_at__isnull=False)
    now = timezone.now()
    if rows.update(blocked_at=now) != 1:
        raise SubjectStateError("not blocked")
    subject.blocked_at = now
    record("subject.block", actor=actor, subject=subject.pk, obj=subject, detail={"again": 1})


@transaction.atomic
def unblock(subject: DataSubject, *, actor: UUID | None, reason: str) -> None:
    """End the suspension; raises if there is none, ValueError for what is no reason (E-8h)."""
    code = UnblockReason(reason).value
    _set_blocked(subject, from_null=False)
    detail = {"reason": code}
    record("subject.unblock", actor=actor, subject=subject.pk, obj=subject, detail=detail)


def _set_blocked(subject: DataSubject, *, from_null: bool) -> None:
    new = timezone.now() if from_null else None
    rows = DataSubject.objects.filter(pk=subject.pk, blocked_at__isnull=from_null)
    if rows.update(blocked_at=new) != 1:
        raise SubjectStateError("blocked already" if from_null else "not blocked")
    subject.blocked_at = new


@transaction.atomic
def object_to(
    subject: DataSubject,
    purpose: str,
    *,
    actor: UUID | None,
    records: Collection[UUID] | None = None,
) -> bool:
    """Note an objection (E-8f) and let every room stop what rests on that purpose.

    ``purpose`` is a code, ``records`` the ones that are meant where several people share an
    address. False when it was noted before; then it covers what has come since as well.
    """
    now = timezone.now()
    _, new = Objection.objects.update_or_create(
        subject=subject, purpose=purpose, defaults={"at": now}
    )
    for stop in _STOPPERS:
        stop(subject, purpose, records, actor)
    if new:
        record("subject.object", actor=actor, subject=subject.pk, detail={"purpose": purpose})
    return new


@transaction.atomic
def suspend(subject: DataSubject, *, actor: UUID | None) -> None:
    """Let everything rest that exists now, until an objection is decided (E-8f)."""
    now = timezone.now()
    DataSubject.objects.filter(pk=subject.pk).update(suspended_at=now)
    subject.suspended_at = now
    record("subject.suspend", actor=actor, subject=subject.pk, obj=subject)


@transaction.atomic
def resume(subject: DataSubject, *, actor: UUID | None) -> bool:
    """The objection is decided: what it does not stop goes on. False when nothing rested."""
    rows = DataSubject.objects.filter(pk=subject.pk, suspended_at__isnull=False)
    subject.suspended_at = None
    if rows.update(suspended_at=None) != 1:
        return False
    record("subject.resume", actor=actor, subject=subject.pk, obj=subject)
    return True


def objects_to(subject: UUID, purpose: str) -> bool:
    """Whether a person objected to a purpose that is not tied to a record, such as notices."""
    return Objection.objects.filter(subject=subject, purpose=purpose).exists()


@transaction.atomic
def merge(kept: DataSubject, doubled: DataSubject, *, actor: UUID | None) -> None:
    """Make two records of one person one, by the DPO's decision.

    A block survives, the later one if both were blocked: it covers what either covered.
    """
    if kept.pk == doubled.pk:
        raise SubjectStateError("one and the same person")
    both = _lock_both(kept, doubled)
    blocks = [person.blocked_at for person in both if person.blocked_at]
    rests = [person.suspended_at for person in both if person.suspended_at]
    SubjectIdentifier.objects.filter(subject=doubled).update(subject=kept)
    MailedLink.objects.filter(subject=doubled).update(subject=kept)
    for objection in Objection.objects.filter(subject=doubled):
        Objection.objects.get_or_create(
            subject=kept, purpose=objection.purpose, defaults={"at": objection.at}
        )
    for move in _MERGERS:
        move(kept, doubled)
    kept.blocked_at, kept.suspended_at = max(blocks, default=None), max(rests, default=None)
    DataSubject.objects.filter(pk=kept.pk).update(
        blocked_at=kept.blocked_at, suspended_at=kept.suspended_at
    )
    record("subject.merge", actor=actor, subject=kept.pk, detail={"from": str(doubled.pk)})
    doubled.delete()


def _lock_both(kept: DataSubject, doubled: DataSubject) -> list[DataSubject]:
    """Both persons as they are now, locked; their addresses before them, as everywhere."""
    keys = [kept.pk, doubled.pk]
    addresses = SubjectIdentifier.objects.select_for_update(no_key=True).filter(subject__in=keys)
    list(addresses.order_by("pk").values_list("pk", flat=True))
    return list(DataSubject.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
