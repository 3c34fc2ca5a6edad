"""Aggregates end with the term that the policy gives to Google's data (E-7.2d)."""

from django.utils.translation import gettext_lazy as _

from emsar.datamap.rules import Rule, Source, govern
from emsar.statistics.models import Fetch, RetentionReading, Snapshot

# Counted from the day itself, not from the fetching: a day that is fetched again ends no later.
RULE = govern(
    Rule(
        "statistics",
        Snapshot,
        clause="E-7.2d",
        term="analytics_retention",
        source=Source.POLICY,
        since="day",
        title=_("statistics of visits"),
    )
)
govern(
    Rule(
        "statistics_fetches",
        Fetch,
        clause="E-7.2d",
        term="analytics_retention",
        source=Source.POLICY,
        since="started_at",
        title=_("runs that fetched statistics"),
    )
)
# That Google's settings were in order is shown as long as what was destroyed is certified.
govern(
    Rule(
        "analytics_readings",
        RetentionReading,
        clause="E-7.2d",
        term="certificates",
        since="at",
        title=_("readings of Google's retention settings"),
    )
)
