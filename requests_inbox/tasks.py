from celery import shared_task

from emsar.audit.sealing import beat
from requests_inbox import reminders


@shared_task
def remind_staff() -> None:
    """Reminders of replies that are due (E-4a)."""
    reminders.remind()
    beat("remind_staff")
