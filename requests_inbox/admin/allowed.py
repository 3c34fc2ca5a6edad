"""What may be done with a request at this moment: what the page offers, and nothing else.

The services decide again when something is done; this only keeps useless buttons away.
"""

from emsar.staff.models import Role, User
from requests_inbox.models import ConsultationRequest, Status

ALWAYS = ("note", "assign", "answered", "received", "hand_over")


def is_blocked(request: ConsultationRequest) -> bool:
    """Whether a block covers the request (E-8h)."""
    return request.subject.block_covers(request.registered_at)


def allowed(request: ConsultationRequest) -> frozenset[str]:
    """The verbs that the request's state permits."""
    if request.status == Status.WITHDRAWN:
        return frozenset()
    withdrawable = {"withdraw"} if request.consent is not None else set()
    if is_blocked(request):
        return frozenset(withdrawable)
    closing = {"close"} if request.status != Status.CLOSED else set()
    writing = {"write"} if request.contact is not None else set()
    return frozenset({*ALWAYS, *withdrawable, *closing, *writing})


def allowed_with_contract(
    request: ConsultationRequest, user: User, *, has_documents: bool
) -> frozenset[str]:
    """What may be done with its contract: a withdrawal does not stand in the way (E-5b)."""
    of_company = request.entity_id is not None and user.entity_id == request.entity_id
    if is_blocked(request) or not (of_company or (user.role == Role.DPO and request.entity_id)):
        return frozenset()
    if not request.has_contract:
        return frozenset({"record"})
    return frozenset({"end", "class", "unclass" if has_documents else "remove"})
