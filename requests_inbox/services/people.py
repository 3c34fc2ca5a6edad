"""What happens to requests when persons are merged or look-up keys rotate."""

from emsar.datamap.folding import word_keys
from emsar.subjects.models import DataSubject
from requests_inbox.models import ConsultationRequest

BATCH = 500


def move(kept: DataSubject, doubled: DataSubject) -> None:
    """The requests of a doubled person become those of the one that is kept."""
    ConsultationRequest.objects.filter(subject=doubled).update(subject=kept)


def rekey() -> int:
    """Rewrite the keys of names and companies under the current key."""
    rows = ConsultationRequest.objects.only("pk", "name", "company").iterator(chunk_size=BATCH)
    done = 0
    for request in rows:
        keys = word_keys(request.name, request.company)
        done += ConsultationRequest.objects.filter(pk=request.pk).update(search_keys=keys)
    return done
