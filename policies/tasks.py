from celery import shared_task

from emsar.audit.models import Heartbeat
from emsar.audit.sealing import beat
from emsar.entities import publication
from policies import versions
from policies.recomputing import recompute_all

JOB = "recompute_dates"


@shared_task
def recompute_dates() -> None:
    """Bring every stored date up to the terms in force (idea 1).

    Runs every minute and works once after each publication, and once more when what was published
    earlier comes into force by itself.
    """
    publication.forget()  # else terms kept from before the publication would be used once more
    state = f"{publication.seen()}: {', '.join(versions.numbers_in_force())}"
    if Heartbeat.objects.filter(job=JOB, note=state).exists():
        return
    recompute_all()
    beat(JOB, state)
