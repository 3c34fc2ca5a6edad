"""What the writer of a reply had before their eyes, and what has come since."""

from collections.abc import Collection

from requests_inbox.models import ConsultationRequest, Message, RequestScopedQuerySet

THREAD = (Message.Kind.OUTGOING, Message.Kind.INCOMING)


def seen_now(request: ConsultationRequest) -> list[str]:
    """The keys of all answers and messages of the person that the thread shows now."""
    return [str(key) for key in _thread(request).values_list("pk", flat=True)]


def unseen(request: ConsultationRequest, seen: Collection[str]) -> list[Message]:
    """What was added to the thread since ``seen``, in the order of its times.

    Not told by times: what is recorded by hand may lie before what was there already.
    """
    rows = _thread(request).select_related("author", "mail")
    return [message for message in rows if str(message.pk) not in seen]


def _thread(request: ConsultationRequest) -> RequestScopedQuerySet:
    return request.messages.filter(kind__in=THREAD).order_by("at")
