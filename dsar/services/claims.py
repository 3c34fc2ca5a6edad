"""What company staff saw as proof of identity is their word until the officer confirms it.

Colleagues work on their own company's requests (E-9c), and a case reaches what both companies
hold: so nothing follows from their word. The officer confirms it, or the person uses the mailed
link (E-8j). A case that waits for the officer is not closed as unproved.
"""

from django.db.models import Q
from django.utils import timezone

from dsar.models import Case, CaseFile, Proof
from dsar.services.transitions import note_event
from emsar.audit import record
from emsar.outbox.notices import notify_role
from emsar.staff.models import Role, User

CLAIMED = "proof_claimed"
# What a colleague can have seen or done; a link proves itself.
SEEN = [proof for proof in Proof.values if proof != Proof.LINK]
# Of cases that are not verified: a colleague's word is there.
IS_CLAIMED = Q(file__proof__in=SEEN)


def claim(case: Case, proof: str, note: str, *, by: User) -> None:
    """Note what a colleague saw, and ask the officer. The caller holds the row of the person."""
    files = CaseFile.objects.filter(pk=case.pk)
    files.update(proof=proof, proof_note=note.strip() or None, proof_by=by.pk)
    note_event(case, CLAIMED, actor=by.pk, reason=proof)
    record("case.claim_proof", actor=by.pk, subject=case.subject, obj=case, detail={"proof": proof})
    context = {"reference": case.reference, "case": str(case.pk)}
    key = f"case:{case.pk}:claim:{timezone.now():%s%f}"
    notify_role(Role.DPO, "dsar_proof_claimed", context, key=key)


def is_claimed(case: Case) -> bool:
    """Whether a case that nobody has proved waits for the officer's word on a colleague's."""
    return CaseFile.objects.filter(pk=case.pk, proof__in=SEEN).exists()
