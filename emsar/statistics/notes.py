"""What has to be known about the figures on the page, said in sentences."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emsar.entities.businessdays import BAKU
from emsar.entities.wording import moment_text
from emsar.statistics.connection import property_number
from emsar.statistics.fetching import LEASE
from emsar.statistics.figures import Visits
from emsar.statistics.models import Fetch, Outcome, Snapshot
from emsar.statistics.reports import FEWEST_USERS

# Before the daily job of today the newest day is the one before yesterday; older ones are stale.
FRESH_DAYS = 2


@dataclass(frozen=True)
class Attempt:
    """The last try to fetch: when, and what went wrong, if anything did."""

    at: str
    failed: str
    is_under_way: bool


def baku_text(moment: datetime) -> str:
    """A moment in words, in Asia/Baku."""
    return moment_text(timezone.localtime(moment, BAKU))


def is_stale(newest: Snapshot | None, today: date) -> bool:
    """Whether a daily job is missing (``today`` in Asia/Baku)."""
    return newest is not None and newest.day < today - timedelta(days=FRESH_DAYS)


def last_attempt(now: datetime | None = None) -> Attempt | None:
    """The last try for the connected property; None before the first."""
    runs = Fetch.objects.filter(ga_property=property_number())
    run = runs.order_by("-started_at").first()
    if run is None:
        return None
    moment = now or timezone.now()
    under_way = run.ended_at is None and run.started_at > moment - LEASE
    is_wrong = run.outcome != Outcome.OK and not under_way
    failed = str(Outcome(run.outcome).label) if is_wrong else ""
    return Attempt(baku_text(run.started_at), failed, under_way)


def missing_settings() -> list[str]:
    """The variables without which nothing can be fetched."""
    return [name for name in ("GA_PROPERTY_ID", "GA_CREDENTIALS_FILE") if not _is_set(name)]


def _is_set(name: str) -> bool:
    return bool(getattr(settings, name))


def notes(now: Visits, before: Visits) -> list[str]:
    """What limits the figures of these two periods, Google's own remarks among it."""
    found = [_flag_words(flag, now.flagged(flag)) for flag in ("thresholded", "sampled")]
    found += [_flag_words("other_row", now.flagged("other_row")), _hidden(now.hidden)]
    found += [_missing(now.missing), _missing_before(before), *_zones(now)]
    return [words for words in found if words]


def _flag_words(flag: str, days: int) -> str:
    if not days:
        return ""
    words = {
        "thresholded": ngettext(
            # Translators: check: "thresholds" is Google's own term
            "On %(days)d day Google applied its thresholds and left out small values.",
            "On %(days)d days Google applied its thresholds and left out small values.",
            days,
        ),
        "sampled": ngettext(
            "On %(days)d day Google estimated the figures from a sample.",
            "On %(days)d days Google estimated the figures from a sample.",
            days,
        ),
        "other_row": ngettext(
            "On %(days)d day Google put small values together, or not all of them were fetched.",
            "On %(days)d days Google put small values together, or not all of them were fetched.",
            days,
        ),
    }
    return words[flag] % {"days": days}


def _hidden(days: int) -> str:
    words = ngettext(
        "On %(days)d day there were fewer than %(least)d visitors: it counts as empty.",
        "On %(days)d days there were fewer than %(least)d visitors: they count as empty.",
        days,
    )
    return words % {"days": days, "least": FEWEST_USERS} if days else ""


def _missing(days: int) -> str:
    words = ngettext(
        "%(days)d day of this period has not been fetched.",
        "%(days)d days of this period have not been fetched.",
        days,
    )
    return words % {"days": days} if days else ""


def _missing_before(before: Visits) -> str:
    if not before.missing:
        return ""
    return _("The period before is not known as a whole, so no change is told.")


def _zones(visits: Visits) -> list[str]:
    zones = {each.time_zone for each in visits.known.values()} - {"", str(BAKU)}
    words = _("Google counts the days in the time zone %(zone)s.")
    return [words % {"zone": zone} for zone in sorted(zones)]
