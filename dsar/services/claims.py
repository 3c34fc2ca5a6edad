"""What company staff say of a case is their word until the officer confirms it (E-9c).

Colleagues work on their own company's requests, and a case reaches what both companies hold. So
nothing follows from a proof of identity that they saw (E-8j), nor from a day on which they say
that it was received, unless that day is near: the officer confirms it, or the person uses the
mailed link. A case that waits for the officer is not closed as unproved.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dsar.clocks import local_day
from dsar.models import Case, CaseEvent, CaseFile, CaseMessage, Proof
from dsar.services.transitions import note_event
from emsar.audit import record
from emsar.entities.registry import registry
from emsar.entities.wording import moment_text
from emsar.outbox.notices import notify_role
from emsar.staff.models import Role, User

PROOF_CLAIMED, EARLIER_CLAIMED = "proof_claimed", "earlier_claimed"
# What a colleague can have seen or done; a link proves itself.
SEEN = [proof for proof in Proof.values if proof != Proof.LINK]
BELIEVED = timedelta(days=7)
# Of cases that are not verified: a colleague saw a proof, or anything else waits for the officer.
IS_SEEN = Q(file__proof__in=SEEN)
IS_CLAIMED = IS_SEEN | Q(said_at__isnull=False)


def counted_from(received_at: datetime, by: User | None) -> datetime:
    """Since when the clocks of a new case run: company staff are believed for a week, so that the
    machine's day cannot be near by their word alone."""
    is_word = by is not None and not by.is_dpo
    return timezone.now() - BELIEVED if is_word and is_long_ago(received_at) else received_at


def is_long_ago(moment: datetime) -> bool:
    """Whether a moment lies on a day on which company staff are not believed."""
    return is_day_before(moment, timezone.now() - BELIEVED)


def is_day_before(moment: datetime, other: datetime) -> bool:
    """Whether a moment lies on an earlier day: the clocks count days of Asia/Baku, not hours."""
    return local_day(moment) < local_day(other)


def claim(case: Case, proof: str, note: str, *, by: User) -> None:
    """Note what a colleague saw, and ask the officer. The caller holds the row of the person.

    A second word of somebody else takes nothing away from the first: it is noted beside it.
    """
    free = CaseFile.objects.filter(pk=case.pk, proof="")
    if not free.update(proof=proof, proof_note=note.strip() or None, proof_by=by.pk):
        with translation.override(registry().default_language):
            words = f"{Proof(proof).label}: {note.strip()}"
        _note(case, words, by)
    _asked(case, PROOF_CLAIMED, proof, by)


def earlier(case: Case, moment: datetime, *, by: User) -> None:
    """Note that a case is said to have been received on an earlier day, and ask the officer.

    A clock that starts earlier lets the machine destroy earlier, so only the officer moves it. The
    earliest saying stays; a later one is noted beside it. The caller holds the row of the case.
    """
    if not is_day_before(moment, case.received_at):
        return
    words = moment_text(timezone.localtime(moment), registry().default_language)
    _note(case, words, by)
    if case.said_at is not None and not is_day_before(moment, case.said_at):
        _recorded(case, EARLIER_CLAIMED, "", by)
        return
    Case.objects.filter(pk=case.pk).update(said_at=moment)
    case.said_at = moment
    _asked(case, EARLIER_CLAIMED, "", by)


def saying(case: Case) -> CaseEvent | None:
    """Who said, and when, that the case was received earlier; None where nobody does."""
    if case.said_at is None:
        return None
    return CaseEvent.objects.filter(case=case, event=EARLIER_CLAIMED).order_by("-id").first()


def still_said(said_at: datetime | None, received_at: datetime) -> datetime | None:
    """What is left of a saying when a case counts from ``received_at``: nothing, once that is as
    early."""
    is_left = said_at is not None and is_day_before(said_at, received_at)
    return said_at if is_left else None


def hand_on(case: Case, other: Case) -> None:
    """Who said it in a case that ends is found in the one that goes on with that saying."""
    said = saying(other)
    if said is not None:
        status = case.status
        CaseEvent.objects.create(
            case=case,
            at=said.at,
            actor=said.actor,
            event=EARLIER_CLAIMED,
            from_status=status,
            to_status=status,
        )


def is_seen(case: Case) -> bool:
    """Whether a colleague says to have seen a proof of a case that nobody has proved."""
    return CaseFile.objects.filter(pk=case.pk, proof__in=SEEN).exists()


def is_claimed(case: Case) -> bool:
    """Whether a case that nobody has proved waits for the officer's word on a colleague's."""
    return Case.objects.filter(IS_CLAIMED, pk=case.pk).exists()


def _note(case: Case, words: str, by: User) -> None:
    file = CaseFile.objects.filter(pk=case.pk).first()
    if file is None:
        return
    with translation.override(registry().default_language):
        mark = _("A colleague says, and the officer has to confirm it:")
    body = f"{mark}\n\n{words}"
    note = CaseMessage.Direction.NOTE
    CaseMessage.objects.create(file=file, direction=note, body=body, author=by.pk)


def _asked(case: Case, event: str, reason: str, by: User) -> None:
    note_event(case, event, actor=by.pk, reason=reason)
    _recorded(case, event, reason, by)
    context = {"reference": case.reference, "case": str(case.pk), "what": event}
    key = f"case:{case.pk}:claim:{timezone.now():%s%f}"
    notify_role(Role.DPO, "dsar_claimed", context, key=key)


def _recorded(case: Case, event: str, reason: str, by: User) -> None:
    detail = {"what": event, **({"proof": reason} if reason else {})}
    record("case.claim", actor=by.pk, subject=case.subject, obj=case, detail=detail)
