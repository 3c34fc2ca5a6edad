"""How a reply begins and ends, in the person's language."""

from django.utils import translation
from django.utils.translation import gettext as _

from emsar.entities.registry import registry
from emsar.staff.models import User
from requests_inbox.mails import greeted_name
from requests_inbox.models import ConsultationRequest


def opening(request: ConsultationRequest, user: User) -> str:
    """The frame of a reply that a colleague fills: greeting, space, farewell, name, company."""
    with translation.override(request.language):
        name = greeted_name(request.name)
        greeting = _("Dear %(name)s,") % {"name": name} if name else _("Hello,")
        farewell = _("Kind regards,")
    signed = [farewell, user.get_full_name(), _sender(request)]
    return "\n".join([greeting, "", "", "", *signed, ""])


def is_only_frame(body: str, request: ConsultationRequest, user: User) -> bool:
    """Whether nothing was written between greeting and farewell."""
    return body.split() == opening(request, user).split()


def _sender(request: ConsultationRequest) -> str:
    if request.entity_id is None:
        return registry().brand
    return registry().entity(request.entity_id).name.get(request.language)
