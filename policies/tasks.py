from celery import shared_task

from emsar.audit.models import Heartbeat
from emsar.audit.sealing import beat
from emsar.entities import publication
from policies.recomputing import recompute_all

JOB = "recompute_dates"


@shared_task
def recompute_dates() -> None:
    """After a publication, bring every stored date up to the terms in force (idea 1)."""
    counter = str(publication.current())
    if Heartbeat.objects.filter(job=JOB, note=counter).exists():
        return
    recompute_all()
    beat(JOB, counter)
