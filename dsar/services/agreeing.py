"""What the person says of a value that the officer proposed (E-8d)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dsar.models import Case, Proposal
from dsar.services import corrections
from dsar.services.errors import CaseRefusedError, CaseStateError
from dsar.services.sharing import guard_chosen
from dsar.services.transitions import lock, note_event
from emsar.audit import record


@transaction.atomic
def agree(case: Case, proposal: Proposal, *, is_right: bool) -> None:
    """The person approves a value of the officer's, which is then made, or says that it is wrong.

    The officer's own word was given with the proposal, and counts although they may have left
    since. Raises CaseRefusedError for a value that the person proposed and while nobody has chosen
    which records are theirs, CaseStateError when it was decided before.
    """
    locked = lock(case)
    fresh = Proposal.objects.select_for_update(of=("self",)).filter(pk=proposal.pk).first()
    if fresh is None or fresh.state != Proposal.State.PROPOSED:
        raise CaseStateError(_("This proposal was decided already."))
    if fresh.proposed_by is None:
        raise CaseRefusedError(_("The data protection officer decides on what you proposed."))
    guard_chosen(locked)
    _note(locked, fresh, "agreed" if is_right else "disagreed")
    if is_right:
        corrections.accept(fresh)
    else:
        Proposal.objects.filter(pk=fresh.pk).update(
            state=Proposal.State.REJECTED, decided_at=timezone.now()
        )


def _note(case: Case, proposal: Proposal, event: str) -> None:
    note_event(case, event, actor=None, reason=proposal.column)
    record(
        f"case.correct.{event}",
        actor=None,
        subject=case.subject,
        obj=case,
        detail={"field": f"{proposal.model}.{proposal.column}"},
    )
