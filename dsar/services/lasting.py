"""How long a copy of the data can really be fetched, where a deletion was asked for as well.

The deletion waits for a copy that was released within the last day, so that whoever asks for both
at the last moment gets both, and it never waits longer than it was promised (E-7.2e).
"""

from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from dsar.clocks import ONE_DAY
from dsar.models import Case, Release, Status
from dsar.models.kinds import ERASING_KINDS
from dsar.services.sharing import needs_choice
from emsar.entities.businessdays import BAKU

# Technical limits: so long a copy is waited for, and so much of the last promised day is kept for
# the deletion itself, which is tried every hour.
WAITS = timedelta(days=1)
LAST_TRIES = timedelta(hours=3)


def end_of(release: Release, now: datetime | None = None) -> datetime:
    """The last moment at which a copy can be fetched: its days are over, or the data are gone."""
    moment = now or timezone.now()
    nights = [_night(case, release, moment) for case in _deletions(release.case)]
    return min([release.expires_at, *nights])


def is_waited_for(deletion: Case, now: datetime) -> bool:
    """Whether a deletion has to wait for a copy that its person has not fetched yet."""
    if now >= _latest(deletion):
        return False
    rows = Release.objects.filter(case__subject=deletion.subject, downloads=0)
    return rows.filter(released_at__gt=now - WAITS, expires_at__gt=now).exists()


def _deletions(case: Case) -> QuerySet[Case]:
    """What deletes the same person's data by itself, as far as it is proved who asks."""
    rows = Case.objects.filter(subject=case.subject, kind__in=ERASING_KINDS)
    return rows.filter(status__in=[Status.OPEN, Status.APPROVED], verified_at__isnull=False)


def _night(deletion: Case, release: Release, now: datetime) -> datetime:
    if needs_choice(deletion):
        return release.expires_at
    night = datetime.combine(deletion.execute_on, time(), BAKU)
    waits = now
    if not release.downloads:
        waits = min(release.released_at + WAITS, _latest(deletion))
    return max(night, waits)


def _latest(deletion: Case) -> datetime:
    return datetime.combine(deletion.promise_due + ONE_DAY, time(), BAKU) - LAST_TRIES
