"""Small factories without surprises: every value that a test depends on is said by the test."""

import itertools
import uuid
from typing import Any

from consent.notices import FREE_CONSULTATION, notice
from emsar.entities.models import LegalEntity
from emsar.staff.models import Role, User
from requests_inbox.models import ConsultationRequest
from requests_inbox.services.receive import FormEntry, receive

_numbers = itertools.count(1)

PASSWORD = "correct horse battery staple"


def make_user(role: str = Role.DPO, entity: str | None = None, **fields: Any) -> User:
    """A member of staff; company staff of ``entity``."""
    number = next(_numbers)
    defaults = {"username": f"user{number}", "email": f"user{number}@example.com", "language": "en"}
    company = LegalEntity.objects.get(slug=entity) if entity else None
    return User.objects.create_user(
        password=PASSWORD, role=role, entity=company, **{**defaults, **fields}
    )


def solutions_user(**fields: Any) -> User:
    return make_user(Role.ENTITY_STAFF, "solutions", **fields)


def consulting_user(**fields: Any) -> User:
    return make_user(Role.ENTITY_STAFF, "consulting", **fields)


def form_entry(**fields: Any) -> FormEntry:
    """A validated form entry of a new visitor."""
    defaults = {
        "name": "Aysel Məmmədova",
        "email": f"visitor{next(_numbers)}@example.com",
        "company": None,
        "service": "cybersecurity",
        "project": "We would like to have our network tested.",
        "nonce": uuid.uuid4(),
    }
    return FormEntry(**{**defaults, **fields})


def make_request(language: str = "en", **fields: Any) -> ConsultationRequest:
    """A request that came by the form."""
    return receive(form_entry(**fields), notice(FREE_CONSULTATION, language))
