"""What happens to requests when persons are merged or look-up keys rotate."""

from emsar.datamap.crypto import is_unreadable
from emsar.datamap.folding import word_keys
from emsar.subjects.models import DataSubject
from requests_inbox.models import AccountingDocument, ConsultationRequest

BATCH = 500


def move(kept: DataSubject, doubled: DataSubject) -> None:
    """What a doubled person has becomes that of the one who is kept."""
    ConsultationRequest.objects.filter(subject=doubled).update(subject=kept)
    AccountingDocument.objects.filter(subject=doubled).update(subject=kept)


def rekey() -> int:
    """Rewrite the keys of names and companies under the current key.

    A request whose name or company cannot be read keeps its old keys.
    """
    rows = ConsultationRequest.objects.only("pk", "name", "company").iterator(chunk_size=BATCH)
    return sum(_rekey(request) for request in rows)


def _rekey(request: ConsultationRequest) -> int:
    if is_unreadable(request.name) or is_unreadable(request.company):
        return 0
    keys = word_keys(request.name, request.company)
    return ConsultationRequest.objects.filter(pk=request.pk).update(search_keys=keys)
