"""Handing out a package: released once, fetched a few times within days, counted each time."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar import letters
from dsar.models import Case, CaseFile, Disclosure, Outcome, Release, Status
from dsar.models.kinds import RELEASING_KINDS
from dsar.models.releases import MOST_DOWNLOADS
from dsar.package import Package, assemble
from dsar.package.gathering import person_of
from dsar.services import lasting, sharing
from dsar.services.errors import CaseRefusedError
from dsar.services.snapshots import one_snapshot
from dsar.services.transitions import complete, lock, note_event
from dsar.walk import Held, held_about
from emsar.audit import record
from emsar.datamap import terms
from emsar.entities.businessdays import BAKU
from emsar.staff import rows
from emsar.staff.models import User

# What every case brings by itself: who asks, the case, its mail, and the events about them.
_BROUGHT = {"subjects", "outbox", "audit", "dsar"}
_TELLING = {"dsar.disclosure", "subjects.objection"}
_GONE = gettext_lazy("This copy cannot be fetched any more. You can ask for a new one at any time.")
_CHOOSE = gettext_lazy(
    "The data protection officer has to choose first whose data, or which records, it is about."
)


@dataclass(frozen=True)
class Left:
    """How often a package may still be fetched, and until when.

    ``until`` is the earlier of the end of its days and of a deletion that was asked for as well.
    """

    downloads: int
    until: datetime


@transaction.atomic
def release(case: Case, *, by: User | None = None) -> Release:
    """Let the person fetch their package for some days; the case is completed (E-8b, E-8c).

    ``by`` None is the machine. Raises CaseStateError when the case is not open or was released
    before, CaseRefusedError for a kind without a package, while a question about identity is
    open, and while nobody has chosen which records of a shared address are theirs.
    """
    locked = lock(case)
    released = release_locked(locked, by=by)
    for name in ("status", "outcome", "closed_at", "destroy_after", "paused_since"):
        setattr(case, name, getattr(locked, name))
    return released


def release_locked(case: Case, *, by: User | None = None) -> Release:
    """The same for a case that :func:`dsar.services.transitions.lock` gave to this transaction."""
    _guard(case)
    now = timezone.now()
    outcome = Outcome.FULFILLED if holds_something(case) else Outcome.NOTHING_HELD
    actor = by.pk if by else None
    complete(case, outcome, event="release", actor=actor, allowed=(Status.OPEN,))
    expires = _expires(case, now)
    released = Release.objects.create(case=case, released_at=now, expires_at=expires)
    record("case.release", actor=actor, subject=case.subject, obj=case)
    _tell(case)
    return released


def _expires(case: Case, now: datetime) -> datetime:
    """Until when it can be fetched (``[schedule]``): as long as the mailed link, or, where the
    officer has to hand it over, as long as the file of the case is kept."""
    file = CaseFile.objects.select_related("contact").filter(case=case).first()
    if file is None or file.destroy_after is None or letters.email_of(file) is not None:
        return now + timedelta(days=terms.value("schedule", "package_link"))
    return datetime.combine(file.destroy_after + timedelta(days=1), time(), BAKU)


def _guard(case: Case) -> None:
    if case.kind not in RELEASING_KINDS:
        raise CaseRefusedError(_("A case of this kind does not end with a copy of the data."))
    if case.paused_since is not None:
        raise CaseRefusedError(
            _("A question about identity is open. Nothing personal leaves before it is answered.")
        )
    if sharing.look_again(case):
        raise CaseRefusedError(str(_CHOOSE))


def _tell(case: Case) -> None:
    from dsar import mails

    mails.package_ready(case)


def holds_something(case: Case) -> bool:
    """Whether anything is held about the person but what the case brought by itself."""
    chosen = sharing.chosen_of(case)
    return any(
        _tellable(held).exists()
        for held in held_about(person_of(case), chosen)
        if held.label in _TELLING or held.label.partition(".")[0] not in _BROUGHT
    )


def _tellable(held: Held) -> QuerySet[Any]:
    """A disclosure of which the law forbids to tell must not show in the outcome either."""
    return held.rows.filter(is_secret=False) if held.line.model is Disclosure else held.rows


def left(case: Case, now: datetime | None = None) -> Left | None:
    """What is left of a release at a moment; None before it, after it, and when it is used up."""
    found = Release.objects.filter(case=case, expires_at__gt=now or timezone.now()).first()
    if found is None or found.downloads >= MOST_DOWNLOADS:
        return None
    return Left(MOST_DOWNLOADS - found.downloads, lasting.end_of(found, now))


def download(case: Case, *, by: User | None = None, means: str = "") -> Package:
    """Make the package and count that it was fetched; nothing is counted when making it fails.

    It is read as the data stood at one moment, and counted afterwards: whoever comes one too many
    gets nothing. ``by`` is the officer who hands it over, ``means`` how; None: the person. Raises
    CaseRefusedError when nothing was released, the days are over, or it was fetched as often as
    it may be (E-8c).
    """
    now, person = timezone.now(), person_of(case)
    if left(case, now) is None:
        raise CaseRefusedError(str(_GONE))
    with one_snapshot(person):
        package = _assembled(case, now)
    with rows.of_person(person):
        _count(case, package, now, by, means)
    return package


def _assembled(case: Case, now: datetime) -> Package:
    fresh = Case.objects.filter(pk=case.pk).first()
    if fresh is None or (not fresh.is_shared and sharing.would_be_shared(fresh)):
        raise CaseRefusedError(str(_GONE))
    return assemble(fresh, now)


@transaction.atomic
def _count(case: Case, package: Package, now: datetime, by: User | None, means: str) -> None:
    locked = lock(case)
    found = Release.objects.filter(case=case, expires_at__gt=now, downloads__lt=MOST_DOWNLOADS)
    # One statement: two clicks at once wait for one another, and neither is one too many.
    if found.update(downloads=F("downloads") + 1) != 1:
        raise CaseRefusedError(str(_GONE))
    # Another name may have come under the address since: then the officer has to choose first.
    if sharing.look_again(locked):
        raise CaseRefusedError(str(_GONE))
    released = Release.objects.filter(case=case)
    released.update(sha256=package.sha256, counts=package.counts)
    number = released.values_list("downloads", flat=True).get()
    detail: dict[str, str | int] = {
        "number": number,
        "sha256": package.sha256,
        "rows": sum(package.counts.values()),
    }
    actor = by.pk if by else None
    if means:
        detail["means"] = means
        note_event(locked, "handed_over", actor=actor, reason=means)
    action = "case.hand_over" if by else "case.download"
    record(action, actor=actor, subject=locked.subject, obj=locked, detail=detail)
