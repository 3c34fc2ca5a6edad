from celery import shared_task

from emsar.staff.reviews.clock import tell_officer


@shared_task(ignore_result=True)
def watch_reviews() -> None:
    """Tell the officer once that the security review is overdue (E-9e)."""
    tell_officer()
