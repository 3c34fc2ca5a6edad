"""What may be done with a request at this moment: what the page offers, and nothing else.

The services decide again when something is done; this only keeps useless buttons away.
"""

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
