"""Erasing a person: approved by the officer, or by the deadline, in one transaction (idea 10).

Rows with all that hangs on them, the lines of the certificate, the orders for the mailboxes, the
entry of the ledger, the last answer and the trace for the residual scan stand together or not at
all, so a process that is killed leaves nothing half done and a second one finds nothing to do.
"""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dsar import byhand, mails
from dsar.models import Case, ResidualTrace, Status
from dsar.models.kinds import ERASING_KINDS
from dsar.services import alongside
from dsar.services.destruction import destroy
from dsar.services.errors import CaseRefusedError
from dsar.services.extent import extent_of, roots, rows_of
from dsar.services.preview import kept_lines, outcome_of
from dsar.services.sharing import look_again, needs_choice
from dsar.services.traces import trace_of
from dsar.services.transitions import lock, not_in_state, persons_of, transition
from emsar.audit import record
from emsar.staff.models import User

BEFORE = (Status.OPEN, Status.APPROVED)


def needs_second() -> bool:
    """Whether a second person has to agree (``DSAR_SECOND_APPROVAL``); the deadline does not."""
    return bool(settings.DSAR_SECOND_APPROVAL)


def is_asked(person: UUID) -> bool:
    """Whether somebody asked for the deletion of this person's data, proved or not."""
    return Case.objects.running().filter(subject=person, kind__in=ERASING_KINDS).exists()


@transaction.atomic
def approve(case: Case, *, by: User) -> None:
    """Approve what the preview showed; without a second person it is carried out at once.

    Raises CaseRefusedError when something is missing first, CaseStateError when somebody was
    faster.
    """
    _guard_officer(by)
    now = _ready(case)
    transition(
        now,
        Status.APPROVED,
        event="approved",
        actor=by.pk,
        allowed=[Status.OPEN],
        approved_at=timezone.now(),
        approved_by=by.pk,
    )
    record("case.approve", actor=by.pk, subject=now.subject, obj=now)
    if not needs_second():
        _carry_out(now, by.pk)
    _give_back(case, now)


@transaction.atomic
def second(case: Case, *, by: User) -> None:
    """The second person's word: carried out at once. Never the one who approved before."""
    _guard_officer(by)
    now = _ready(case)
    if now.status != Status.APPROVED:
        raise not_in_state(now.status)
    if now.approved_by == by.pk:
        raise CaseRefusedError(_("Somebody else has to agree, not the one who approved."))
    now.seconded_by = by.pk
    Case.objects.filter(pk=now.pk).update(seconded_by=by.pk)
    record("case.second", actor=by.pk, subject=now.subject, obj=now)
    _carry_out(now, by.pk)
    _give_back(case, now)


@transaction.atomic
def execute(case: Case, *, by: User | None = None) -> None:
    """Carry out an erasure; None is the machine on its day, which waits for no approval.

    Raises as :func:`approve`; what was carried out before raises CaseStateError and changes
    nothing.
    """
    now = _ready(case)
    if by is not None and needs_second() and now.seconded_by is None:
        raise CaseRefusedError(_("A second person has to agree first."))
    _carry_out(now, by.pk if by else None)
    _give_back(case, now)


def _ready(case: Case) -> Case:
    """The case under its lock, and its persons', if nothing but the decision is missing."""
    person = Case.objects.filter(pk=case.pk).values_list("subject", flat=True).first()
    _lock_persons(persons_of(case.pk))
    if person is not None:
        _lock_records(person)
    now = lock(case)
    if now.status not in BEFORE:
        raise not_in_state(now.status)
    if now.kind not in ERASING_KINDS:
        raise CaseRefusedError(_("A case of this kind deletes nothing."))
    if now.verified_at is None:
        raise CaseRefusedError(_("It is not proved yet who asks."))
    if needs_choice(now) or look_again(now) or now.subject != person:
        raise CaseRefusedError(_("First say whose data it is about, and which records."))
    return now


def _carry_out(case: Case, actor: UUID | None) -> None:
    extent = extent_of(case)
    to, reach, trace = mails.contact_of(case), byhand.reach_of(case), trace_of(extent)
    outcome = str(outcome_of(extent))
    with translation.override(case.language):
        kept = [str(line) for line in kept_lines(extent.kept)]
    others = alongside.others_of(case, extent)
    counts = destroy(case, extent)
    transition(
        case,
        Status.EXECUTED,
        event="executed",
        actor=actor,
        allowed=BEFORE,
        reason=outcome,
        executed_at=timezone.now(),
    )
    alongside.end(case, others, extent, actor)
    ResidualTrace.objects.create(case=case, sealed=trace)
    # Last, and without a name of its own, so that nothing of the above takes it along.
    mails.deleted(case, kept, to=to, reach=reach, outcome=outcome)
    detail: dict[str, str | int] = {"outcome": outcome, "rows": sum(counts.values())}
    record("case.execute", actor=actor, subject=case.subject, obj=case, detail=detail)


def _lock_persons(persons: Iterable[UUID]) -> None:
    """Whoever is writing about the persons at this moment ends first; whoever comes later waits.

    Who asks together with whose data it is, once: the addresses of both before both, as the
    visitors' form, the sweeps and :func:`dsar.services.transitions.lock` do, then the records.
    """
    known = sorted(persons)
    with connection.cursor() as cursor:
        for statement in (
            "SELECT FROM subjects_subjectidentifier WHERE subject_id = ANY(%s) ORDER BY id "
            "FOR UPDATE",
            "SELECT FROM subjects_datasubject WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
        ):
            cursor.execute(statement, [known])


def _lock_records(person: UUID) -> None:
    """Whatever keeps the person here, under its lock."""
    for model in roots():
        locked = rows_of(model, person).select_for_update(of=("self",))
        list(locked.values_list("pk", flat=True))


def _give_back(case: Case, now: Case) -> None:
    """The caller's case says what the row says."""
    for column in Case._meta.concrete_fields:
        setattr(case, column.attname, getattr(now, column.attname))


def _guard_officer(by: User) -> None:
    if not by.is_dpo:
        raise CaseRefusedError(_("Only the data protection officer decides this."))
