"""How long the oldest mail that is due has been waiting."""

from datetime import timedelta

from django.utils import timezone

from emsar.outbox.models import OutboundMail


def queue_age() -> timedelta:
    """Zero when nothing is due."""
    now = timezone.now()
    oldest = OutboundMail.objects.due(now).order_by("created_at").first()
    return now - oldest.created_at if oldest else timedelta()
