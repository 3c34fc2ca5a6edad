"""What company staff say of a case is their word until the officer confirms it (E-9c).

Colleagues work on their own company's requests, and a case reaches what both companies hold. So
nothing follows from a proof of identity that they saw (E-8j), nor from a day on which they say
that it was received: the officer enters it, or the person uses the mailed link. A case that waits
for the officer is not closed as unproved.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dsar.models import Case, CaseFile, CaseMessage, Proof
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
# Of cases that are not verified: a colleague's word is there.
IS_CLAIMED = Q(file__proof__in=SEEN)


def counted_from(received_at: datetime, by: User | None) -> datetime:
    """Since when the clocks of a new case run: company staff are believed for a week, so that the
    machine's day cannot be near by their word alone."""
    is_claimed = by is not None and not by.is_dpo
    now = timezone.now()
    return now if is_claimed and now - received_at > BELIEVED else received_at


def claim(case: Case, proof: str, note: str, *, by: User) -> None:
    """Note what a colleague saw, and ask the officer. The caller holds the row of the person.

    A second word of somebody else takes nothing away from the first: it is noted beside it.
    """
    free = CaseFile.objects.filter(pk=case.pk, proof="")
    if not free.update(proof=proof, proof_note=note.strip() or None, proof_by=by.pk):
        _note(case, f"{Proof(proof).label}: {note.strip()}", by)
    _asked(case, PROOF_CLAIMED, proof, by)


def earlier(case: Case, moment: datetime, *, by: User) -> None:
    """Note that a case is said to have been received earlier: a clock that starts earlier lets
    the machine destroy earlier, so the officer moves it by entering the demand."""
    words = moment_text(timezone.localtime(moment), registry().default_language)
    _note(case, words, by)
    _asked(case, EARLIER_CLAIMED, "", by)


def is_claimed(case: Case) -> bool:
    """Whether a case that nobody has proved waits for the officer's word on a colleague's."""
    return CaseFile.objects.filter(pk=case.pk, proof__in=SEEN).exists()


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
    detail = {"what": event, **({"proof": reason} if reason else {})}
    record("case.claim", actor=by.pk, subject=case.subject, obj=case, detail=detail)
    context = {"reference": case.reference, "case": str(case.pk), "what": event}
    key = f"case:{case.pk}:claim:{timezone.now():%s%f}"
    notify_role(Role.DPO, "dsar_claimed", context, key=key)
