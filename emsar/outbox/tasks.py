from celery import shared_task

from emsar.outbox import sending


@shared_task(ignore_result=True)
def send_due_mail() -> None:
    """Send what is due (idea 7); several of these may run at once."""
    sending.send_due()
