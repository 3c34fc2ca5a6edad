"""The officer tells, or hands over, what no mail can carry (E-8c, E-8k)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dsar.letters import email_of
from dsar.models import Case, CaseFile, Means, Release, Telling
from dsar.models.kinds import HANDING
from dsar.package import Package
from dsar.services import releases
from dsar.services.errors import CaseRefusedError, CaseStateError
from dsar.services.messages import guard_officer
from dsar.services.transitions import lock, note_event
from emsar.audit import record
from emsar.staff.models import User
from emsar.subjects.models import IdentifierKind, SubjectIdentifier


def waiting(case: Case) -> list[Telling]:
    """The answers of a case that are still to be told, oldest first."""
    return list(Telling.objects.filter(case=case, told_at__isnull=True))


def cases_waiting(now: datetime | None = None) -> QuerySet[Case]:
    """Cases with something to tell, or a package to hand over; running and completed ones."""
    told = Telling.objects.filter(case=OuterRef("pk"), told_at__isnull=True)
    address = SubjectIdentifier.objects.filter(
        subject=OuterRef("file__person"), kind=IdentifierKind.EMAIL
    )
    live = Release.objects.filter(
        case=OuterRef("pk"), expires_at__gt=now or timezone.now(), downloads=0
    )
    by_hand = Q(Exists(live)) & ~Q(Exists(address)) & Q(file__isnull=False)
    return Case.objects.filter(Q(Exists(told)) | by_hand).order_by("received_at", "pk")


@transaction.atomic
def tell(telling: Telling, means: str, *, by: User) -> None:
    """The officer told an answer: what was needed for it is emptied, that it was told stays.

    Raises CaseRefusedError without a means, CaseStateError when it was told before.
    """
    guard_officer(by)
    if means not in Means.values:
        raise CaseRefusedError(_("Please say how it was told."))
    case = lock(telling.case)
    mine = Telling.objects.filter(pk=telling.pk, told_at__isnull=True)
    told = {"told_at": timezone.now(), "told_by": by.pk, "means": means}
    if mine.update(addressee=None, words=None, **told) != 1:
        raise CaseStateError(_("This was told already."))
    note_event(case, "told", actor=by.pk, reason=means)
    record("case.tell", actor=by.pk, subject=case.subject, obj=case, detail={"means": means})


def is_by_hand(case: Case) -> bool:
    """Whether the officer has to hand over the package: the person has no email address."""
    file = CaseFile.objects.select_related("contact").filter(case=case).first()
    return file is not None and email_of(file) is None


def can_hand_over(case: Case) -> bool:
    """Whether there is a package at this moment, and nobody but the officer to bring it."""
    return is_by_hand(case) and releases.left(case) is not None


def hand_over(case: Case, means: str, *, by: User) -> Package:
    """Fetch the package of somebody without an email address, to be printed or saved for them.

    It counts as one of the person's own downloads, with the same limits and the same days. Raises
    CaseRefusedError for a person who can fetch it, without a means, and when it is too late.
    """
    guard_officer(by)
    if means not in HANDING:
        raise CaseRefusedError(_("Please say how it is handed over."))
    if not is_by_hand(case):
        raise CaseRefusedError(_("This person has an email address and fetches the package."))
    return releases.download(case, by=by, means=means)
