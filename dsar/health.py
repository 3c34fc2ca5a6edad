"""What `/readyz` and ``check --database`` say about the rights of persons, as codes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.utils import timezone
from django.utils.translation import gettext as _

from dsar.models import Intake, ResidualTrace, Telling
from dsar.services.deadlines import broken
from emsar.entities.businessdays import BAKU
from emsar.site.health import Health
from emsar.staff.models import Role, User

# Technical limits, no promises: the worker looks every few seconds, a scan takes seconds.
INTAKE_LIMIT = timedelta(minutes=10)
SCAN_LIMIT = timedelta(hours=12)
# The job runs every hour.
SILENCE = timedelta(hours=3)


def faults(now: datetime | None = None) -> list[str]:
    """What is wrong: a broken promise, entries nobody took in, something left, no officer."""
    moment = now or timezone.now()
    found = []
    if broken(timezone.localdate(moment, BAKU)).exists():
        found.append("overdue")
    if Intake.objects.filter(received_at__lt=moment - INTAKE_LIMIT).exists():
        found.append("intake")
    if _left(moment):
        found.append("residual")
    if officer_is_missing():
        found.append("officer")
    return found


def _left(now: datetime) -> bool:
    """A scan found something, or a case has been waiting for a clean one for half a day.

    An answer that the officer has yet to tell is the board's alarm, not the site's.
    """
    untold = Telling.objects.filter(told_at__isnull=True).values("case")
    rows = ResidualTrace.objects.select_related("case").exclude(case__in=untold)
    late = now - SCAN_LIMIT
    return any(row.found.get("findings") or (row.case.executed_at or row.at) < late for row in rows)


def officer_is_missing() -> bool:
    """Nobody would decide, or be told of anything; asked in production alone."""
    if not settings.IS_PRODUCTION:
        return False
    return not User.objects.filter(is_active=True, role=Role.DPO).exists()


def check_rights() -> Health:
    """For `/readyz`."""
    found = faults()
    return Health(ok=not found, detail=", ".join(found) or None)


@checks.register(checks.Tags.database)
def there_is_an_officer(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """``check --database default --fail-level WARNING`` warns while there is no active officer."""
    if not databases or not officer_is_missing():
        return []
    return [
        checks.Warning(
            _("There is no active data protection officer: nobody decides about persons' rights."),
            hint=_("make one in the administration, under Staff"),
            id="dsar.W001",
        )
    ]
