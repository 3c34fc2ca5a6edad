"""Whether the site is in order, for a load balancer and for the alarm of a monitor.

Lower and higher rooms register what they know to be necessary; nothing here is personal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from emsar.audit.models import Heartbeat
from emsar.outbox.health import queue_age
from emsar.retention import health as retention

# A technical limit, no promise: mail leaves within seconds while the worker runs.
QUEUE_LIMIT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Health:
    """One answer: in order or not, and a figure or word that says why (ages in seconds)."""

    ok: bool
    detail: str | int | None = None

    def as_json(self) -> dict[str, bool | str | int]:
        return {"ok": self.ok} if self.detail is None else {"ok": self.ok, "detail": self.detail}


Check = Callable[[], Health]
_checks: dict[str, Check] = {}
_jobs: dict[str, tuple[timedelta, Callable[[], bool]]] = {}
_started = timezone.now()


def register_check(name: str, check: Check) -> None:
    """Add a check to `/readyz`; a later one of the same name takes its place."""
    _checks[name] = check


def _always() -> bool:
    return True


def expect_job(job: str, within: timedelta, when: Callable[[], bool] = _always) -> None:
    """Let `/readyz` fail when the heartbeat of a scheduled job is older than ``within``.

    ``when`` says whether the job has anything to do at all on this site.
    """
    _jobs[job] = (within, when)


def check_queue() -> Health:
    """How long the oldest mail that is due has been waiting, in seconds."""
    age = queue_age()
    return Health(ok=age <= QUEUE_LIMIT, detail=int(age.total_seconds()))


def check_retention() -> Health:
    """Whether everything that must be forgotten is forgotten; what is wrong, as codes."""
    found = retention.faults()
    return Health(ok=not found, detail=", ".join(found) or None)


def check_jobs() -> Health:
    """The jobs that are late, by name. After a start each of them has its time to run first."""
    beats = dict(Heartbeat.objects.filter(job__in=_jobs).values_list("job", "at"))
    limits = {job: within for job, (within, when) in sorted(_jobs.items()) if when()}
    late = [job for job, within in limits.items() if _is_late(beats.get(job), within)]
    return Health(ok=not late, detail=", ".join(late) or None)


def _is_late(beat: datetime | None, within: timedelta) -> bool:
    last = max(beat, _started) if beat else _started
    return timezone.now() - last > within


def check_database() -> Health:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Health(ok=True)


def run_checks() -> dict[str, Health]:
    """Every check's answer; while the database is away the others are not asked."""
    found = {"database": _run(check_database)}
    if found["database"].ok:
        found |= {name: _run(check) for name, check in sorted(_checks.items())}
    return found


def _run(check: Check) -> Health:
    """A check that cannot be made is one that failed; the reason may name a host, so it is cut."""
    try:
        return check()
    except (DatabaseError, LookupError) as error:
        return Health(ok=False, detail=type(error).__name__)
