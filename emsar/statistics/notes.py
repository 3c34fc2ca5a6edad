"""What has to be known about the figures on the page, said in sentences."""

from dataclasses import dataclass
from datetime import datetime, time

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emsar.entities.businessdays import BAKU, ONE_DAY
from emsar.entities.wording import moment_text
from emsar.statistics.connection import property_number
from emsar.statistics.fetching import LEASE
from emsar.statistics.figures import Visits
from emsar.statistics.models import Fetch, Outcome, Snapshot
from emsar.statistics.reports import FEWEST_USERS

# By then the daily job of 09:00 has had an hour; earlier a day more is no sign of anything.
FETCHED_BY = time(10)


@dataclass(frozen=True)
class Attempt:
    """The last try to fetch: when, and what went wrong, if anything did."""

    at: str
    failed: str
    is_under_way: bool


def baku_text(moment: datetime) -> str:
    """A moment in words, in Asia/Baku."""
    return moment_text(timezone.localtime(moment, BAKU))


def is_stale(newest: Snapshot | None, now: datetime | None = None) -> bool:
    """Whether a daily job is missing, by the clock of Asia/Baku."""
    local = timezone.localtime(now, BAKU)
    days = 1 if local.time() >= FETCHED_BY else 2
    return newest is not None and newest.day < local.date() - days * ONE_DAY


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
    found = [*_of_period(now), _missing(now.missing)]
    found += [_before(words) for words in _of_period(before)]
    found += [_not_whole(now, before), _by_hand(now, before), *_zones(now, before)]
    return [words for words in found if words]


def _of_period(visits: Visits) -> list[str]:
    flags = ("thresholded", "sampled", "other_row")
    found = [_flag_words(flag, visits.flagged(flag)) for flag in flags]
    return [words for words in (*found, _hidden(visits.hidden)) if words]


def _before(words: str) -> str:
    return _("In the period before: %(note)s") % {"note": words}


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


def _not_whole(now: Visits, before: Visits) -> str:
    if before.missing:
        return _("The period before is not known as a whole, so no change is told.")
    if now.is_whole and before.is_whole:
        return ""
    return _("Not every day of the two periods is known, so no change is told.")


def _by_hand(now: Visits, before: Visits) -> str:
    """The daily job looks back a week only."""
    if not now.missing and not before.missing:
        return ""
    return _(
        "Days that have been missing for more than a week can be fetched with"
        " “manage.py fetch_statistics --day 2026-01-31”, run where the worker runs."
    )


def _zones(*periods: Visits) -> list[str]:
    known = [each for visits in periods for each in visits.known.values()]
    zones = {each.time_zone for each in known} - {"", str(BAKU)}
    words = _("Google counts the days in the time zone %(zone)s.")
    return [words % {"zone": zone} for zone in sorted(zones)]
