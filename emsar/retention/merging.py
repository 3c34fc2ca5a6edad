"""When two persons turn out to be one, holds on either keep the records of both."""

from django.utils import timezone

from emsar.retention.models import LegalHold
from emsar.subjects.models import DataSubject

SAME = ("reason", "legal_reference_id", "document")


def move(kept: DataSubject, doubled: DataSubject) -> None:
    """Holds on the doubled person become holds on the one that stays; none ends by a merge."""
    active = LegalHold.objects.filter(kind=LegalHold.Kind.SUBJECT, released_at__isnull=True)
    for hold in active.filter(target=doubled.pk):
        same = {name: getattr(hold, name) for name in SAME}
        if active.filter(target=kept.pk, **same).exists():
            # The same ground keeps them already, from now on those of both.
            LegalHold.objects.filter(pk=hold.pk).update(released_at=timezone.now())
        LegalHold.objects.filter(pk=hold.pk).update(target=kept.pk)
