"""The Celery application: one plain beat, its schedule in code.

Every job takes row locks or an advisory lock, so a second beat or worker is harmless, and every
job can also be run by hand or all together by ``manage.py run_due``.
"""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging, task_postrun, task_prerun, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emsar.settings.production")

app = Celery("emsar")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Mail waits a few seconds at most; a tick that finds nothing to do costs one query. What a tick
# missed the next one finds, so ticks that could not be delivered in time expire.
app.conf.beat_schedule = {
    "send due mail": {
        "task": "emsar.outbox.tasks.send_due_mail",
        "schedule": 3.0,
        "options": {"expires": 30},
    },
    "seal evidence": {
        "task": "emsar.audit.tasks.seal_evidence",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "mail the head of the chain": {
        "task": "emsar.audit.tasks.mail_seal_head",
        "schedule": crontab(hour=8, minute=0),
    },
    "remind staff": {
        "task": "requests_inbox.tasks.remind_staff",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "recompute dates after a publication": {
        "task": "policies.tasks.recompute_dates",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "forget what is past its last day": {
        "task": "emsar.retention.tasks.sweep_night",
        "schedule": crontab(hour=3, minute=0),
    },
    "catch up with forgetting": {
        "task": "emsar.retention.tasks.catch_up",
        "schedule": crontab(minute=20),
    },
    "ship the erasure ledger": {
        "task": "emsar.retention.tasks.ship",
        "schedule": 5.0,
        "options": {"expires": 30},
    },
    "take in what people demand": {
        "task": "dsar.tasks.look_up_intakes",
        "schedule": 3.0,
        "options": {"expires": 30},
    },
    # At night after the sweep, and then every hour: a night that was missed is made up for.
    "carry out what is promised for today": {
        "task": "dsar.tasks.run_deadlines",
        "schedule": crontab(hour=3, minute=30),
    },
    "catch up with what was promised": {
        "task": "dsar.tasks.run_deadlines",
        "schedule": crontab(minute=40),
    },
    "look for what was left": {
        "task": "dsar.tasks.scan_residues",
        "schedule": 20.0,
        "options": {"expires": 60},
    },
    "watch over forgetting": {
        "task": "emsar.retention.tasks.watch",
        "schedule": crontab(hour=7, minute=0),
    },
    "watch over the security reviews": {
        "task": "emsar.staff.tasks.watch_reviews",
        "schedule": crontab(hour=8, minute=10),
    },
    # Both are done once a day and ask whether that is still to come: after a failure an hour later.
    "fetch statistics": {
        "task": "emsar.statistics.tasks.fetch",
        "schedule": crontab(hour="9-23", minute=0),
    },
    "check what Google keeps": {
        "task": "emsar.statistics.tasks.check_retention",
        "schedule": crontab(minute=50),
    },
}


@worker_init.connect
def refuse_wrong_keys(**_: object) -> None:
    """A worker with a wrong key would write what nobody can read."""
    from emsar.datamap.fingerprints import verify_keys

    verify_keys()


@setup_logging.connect
def log_as_the_site_does(**_: object) -> None:
    """Celery would add handlers of its own, which tell the arguments and words of a failed task."""
    from logging.config import dictConfig

    from django.conf import settings

    dictConfig(settings.LOGGING)


@task_prerun.connect
def begin_task(task_id: str = "", **_: object) -> None:
    """From now on the lines of the log carry the task's number."""
    from emsar.site import tracing

    tracing.task_id.set(task_id)


@task_postrun.connect
def end_task(**_: object) -> None:
    """What comes after belongs to no task."""
    from emsar.site import tracing

    tracing.task_id.set("")
