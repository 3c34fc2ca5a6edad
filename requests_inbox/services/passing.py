"""What passes to another company with a request (E-6.1a)."""

from emsar.subjects.identifiers import format_phone
from emsar.subjects.models import Objection
from requests_inbox.models import ConsultationRequest, Message


def passed_on(request: ConsultationRequest) -> dict[str, str]:
    """The data of a request that a hand-over passes on, by field; what is empty passes nothing.

    The page shows this before, and the transfer names these fields after: they are the same. Of
    messages and internal notes it is their number; drafts are nobody's but their writer's.
    """
    entries = request.messages.exclude(kind=Message.Kind.DRAFT).count()
    values = {
        "name": request.name,
        "email": request.contact.value if request.contact else None,
        "phone": format_phone(request.phone.value or "") if request.phone else None,
        "company": request.company,
        "service": request.service.text("name"),
        # Words for a proposal that the person no longer wants are passed to nobody (E-8f).
        "project": None if Objection.Purpose.PROPOSAL in request.objected else request.project,
        "messages": str(entries) if entries else None,
    }
    return {field: value for field, value in values.items() if value}
