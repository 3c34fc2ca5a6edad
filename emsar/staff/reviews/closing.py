"""Closing a review: all that was found is dealt with, and it is said how (E-9e)."""

from django.db import transaction
from django.db.models import F, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from emsar.audit import record
from emsar.staff.models import SecurityReview, User
from emsar.staff.models.reviews import SEVERITIES


class ReviewClosedError(Exception):
    """It was closed before, by whomever; the text is a sentence for staff."""


@transaction.atomic
def close(review: SecurityReview, words: str, *, by: User) -> None:
    """Close a review for good; what was open counts as closed. ReviewClosedError if it was."""
    dealt_with = {f"{each}_closed": F(f"{each}_closed") + F(f"{each}_open") for each in SEVERITIES}
    nothing_open = {f"{each}_open": Value(0) for each in SEVERITIES}
    columns = {"closed_at": timezone.now(), "closed_by": by, "closing": words}
    rows = SecurityReview.objects.filter(pk=review.pk, closed_at__isnull=True)
    if rows.update(**columns, **dealt_with, **nothing_open) != 1:
        raise ReviewClosedError(_("This review is closed already."))
    record("security_review.close", actor=by.pk, obj=review)
