from celery import shared_task

from dsar.services import deadlines, intake, residual
from emsar.audit.sealing import beat


@shared_task(ignore_result=True)
def look_up_intakes() -> None:
    """Open cases for what the form wrote; a query when there is nothing (idea 7)."""
    intake.look_up()


@shared_task(ignore_result=True)
def run_deadlines() -> None:
    """What is promised for today, in the night and caught up with every hour (E-7.2e, E-8k)."""
    deadlines.run()
    beat(deadlines.JOB)


@shared_task(ignore_result=True)
def scan_residues() -> None:
    """Look whether anything is left of whom an erasure was answered (S-5e)."""
    residual.settle_all()
