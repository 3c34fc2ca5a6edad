"""What may be done with a request at this moment: what the page offers, and nothing else.

The services decide again when something is done; this only keeps useless buttons away.
"""

from emsar.staff.models import Role, User
from emsar.subjects.models import Objection
from requests_inbox.models import STOPPED, ConsultationRequest, Status

# What an objection to a purpose takes away (E-8f).
_OBJECTED: dict[str, str] = {
    Objection.Purpose.REPLY: "write",
    Objection.Purpose.ROUTING: "hand_over",
}
ALWAYS = ("note", "assign", "answered", "received", "hand_over")


def is_blocked(request: ConsultationRequest) -> bool:
    """Whether a block covers the request (E-8h)."""
    return request.subject.block_covers(request.registered_at)


def allowed(request: ConsultationRequest) -> frozenset[str]:
    """The verbs that the request's state permits."""
    if request.status in STOPPED:
        return frozenset()
    withdrawable = {"withdraw"} if request.consent is not None else set()
    if is_blocked(request) or request.subject.suspension_covers(request.registered_at):
        return frozenset(withdrawable)
    closing = {"close"} if request.status != Status.CLOSED else set()
    writing = {"write"} if request.contact is not None else set()
    objected = {_OBJECTED[code] for code in request.objected if code in _OBJECTED}
    return frozenset({*ALWAYS, *withdrawable, *closing, *writing}) - objected


def works_for(request: ConsultationRequest, user: User) -> bool:
    """Whether somebody is of the request's company, or the officer once it has one."""
    if request.entity_id is None:
        return False
    return user.entity_id == request.entity_id or user.role == Role.DPO


def allowed_with_contract(
    request: ConsultationRequest, user: User, *, has_documents: bool
) -> frozenset[str]:
    """What may be done with its contract: a withdrawal does not stand in the way (E-5b)."""
    if is_blocked(request) or not works_for(request, user):
        return frozenset()
    if not request.has_contract:
        return frozenset({"record"})
    return frozenset({"end", "class", "unclass" if has_documents else "remove"})
