"""A person whose records are blocked, and what colleagues see of them."""

from emsar.subjects.services import block
from requests_inbox.models import ConsultationRequest
from tests.factories import make_request
from tests.requests_inbox.desk import signed_in

EMAIL = "aysel@example.com"
NAME = "Aysel Memedova"


def make_item() -> ConsultationRequest:
    return make_request(email=EMAIL, name=NAME, company="Azurite")


def block_it(item: ConsultationRequest) -> None:
    item.subject.refresh_from_db()
    block(item.subject, actor=None)


def seen(user, path: str, **query: str) -> str:
    """What a page shows to a colleague; empty when there is none for them."""
    response = signed_in(user).get(path, query)
    return response.content.decode() if response.status_code == 200 else ""
