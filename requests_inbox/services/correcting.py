"""What follows for a request when a value of its person is corrected (E-8d)."""

from typing import Any
from uuid import UUID

from emsar.datamap.folding import word_keys
from requests_inbox.models import ConsultationRequest
from requests_inbox.services.keeping import last_day_of
from requests_inbox.services.transitions import note_event


def computed(request: ConsultationRequest) -> dict[str, Any]:
    """The columns that follow from others: search keys and the last day kept."""
    keys = word_keys(request.name, request.company)
    return {"search_keys": keys, "destroy_after": last_day_of(request).day}


def note_correction(request: ConsultationRequest, field: str, *, actor: UUID | None) -> None:
    """A dated line of the history that says which field, never which value."""
    note_event(request, "corrected", actor=actor, reason=field)
