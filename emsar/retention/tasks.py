from celery import shared_task

from emsar.retention import health, ledger, sweeps
from emsar.retention.alarms import tell_officer
from emsar.retention.models import Sweep
from emsar.retention.sweeps import Pace

# Below Celery's own limit, so that a long night ends between two batches; by day visitors come
# first, and at night a backup may be running.
NIGHT = Pace(seconds=240, rest=1)
DAY = Pace(size=500, seconds=240, rest=3)


@shared_task(ignore_result=True)
def sweep_night() -> None:
    """The night's sweep at 03:00 in Baku; what it does not finish is caught up with."""
    sweeps.sweep(Sweep.Kind.NIGHT, pace=NIGHT)
    ledger.tend()


@shared_task(ignore_result=True)
def catch_up() -> None:
    """What the night left: several of these may run beside each other."""
    sweeps.sweep(Sweep.Kind.CATCH_UP, pace=DAY)
    ledger.tend()


@shared_task(ignore_result=True)
def ship() -> None:
    """What the web entered in the ledger leaves the database; a query when there is nothing."""
    if ledger.waiting().exists():
        ledger.ship_waiting()


@shared_task(ignore_result=True)
def watch() -> None:
    """Mail the officer once a day while something is wrong (the dead-man's alarm)."""
    tell_officer(health.faults())
