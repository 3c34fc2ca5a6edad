from celery import shared_task

from emsar.statistics import control, fetching


@shared_task(ignore_result=True)
def fetch() -> None:
    """Yesterday's aggregates, from 09:00 in Baku on; asked each hour, done once a day (E-4f)."""
    fetching.fetch_due()


@shared_task(ignore_result=True)
def check_retention() -> None:
    """How long Google keeps, against what is promised; asked each hour, read once (E-7.2d)."""
    control.check_due()
