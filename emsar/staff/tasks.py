from celery import shared_task

from emsar.audit.sealing import beat
from emsar.staff import housekeeping


@shared_task
def forget_short_lived() -> None:
    """Counters and ended sessions past their term."""
    housekeeping.forget_counters()
    housekeeping.forget_sessions()
    beat("forget_short_lived")
