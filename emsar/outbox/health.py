"""How long mail has been waiting for a worker."""

from datetime import timedelta

from django.utils import timezone

from emsar.outbox.models import OutboundMail


def queue_age() -> timedelta:
    """Since when the longest waiting mail has been due; zero when none is.

    A mail that the server refused waits by itself and says nothing about the worker.
    """
    now = timezone.now()
    waiting = OutboundMail.objects.due(now).order_by("due_at").values_list("due_at", flat=True)
    return now - (waiting.first() or now)
