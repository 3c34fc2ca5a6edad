from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.datamap.fields import EncryptedTextField
from emsar.staff.models.users import User

# A slip of the pen can be put right; after that the review is closed, not edited.
EDITED_WITHIN = timedelta(days=1)
SEVERITIES = ("high", "medium", "low")


class SecurityReview(models.Model):
    """A review of security by the SOLUTIONS team, or by somebody from outside (E-9e).

    ``held_on`` and ``next_due`` are days of Asia/Baku. What was found is encrypted: it says where
    we are weak. ``told_at``: when the officer was mailed that the next one is overdue.
    """

    id = models.BigAutoField(primary_key=True)
    held_on = models.DateField(_("held on"))
    reviewer = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewer"),
    )
    reviewer_words = EncryptedTextField(_("reviewer from outside"), null=True, blank=True)
    scope = EncryptedTextField(_("what was looked at"))
    # Translators: check: "aşkar edilmiş nöqsanlar" for the findings of a security review
    findings = EncryptedTextField(_("findings"))
    measures = EncryptedTextField(_("measures"), null=True, blank=True)
    high_open = models.PositiveSmallIntegerField(_("high, open"), default=0)
    high_closed = models.PositiveSmallIntegerField(_("high, closed"), default=0)
    medium_open = models.PositiveSmallIntegerField(_("medium, open"), default=0)
    medium_closed = models.PositiveSmallIntegerField(_("medium, closed"), default=0)
    low_open = models.PositiveSmallIntegerField(_("low, open"), default=0)
    low_closed = models.PositiveSmallIntegerField(_("low, closed"), default=0)
    next_due = models.DateField(_("next review due"), blank=True)
    written_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    written_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", editable=False, verbose_name=_("written by")
    )
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    closed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("closed by"),
    )
    closing = EncryptedTextField(_("what was done"), null=True, editable=False)
    told_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("security review")
        verbose_name_plural = _("security reviews")
        ordering: ClassVar[list[str]] = ["-held_on", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(next_due__gt=F("held_on")), name="staff_next_review_is_later"
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=False) | Q(reviewer_words__isnull=False),
                name="staff_review_has_a_reviewer",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False, closing__isnull=False),
                name="staff_closed_review_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on:%d.%m.%Y}" if self.held_on else "—"

    @property
    def open_findings(self) -> int:
        return sum(getattr(self, f"{severity}_open") for severity in SEVERITIES)

    @property
    def closed_findings(self) -> int:
        return sum(getattr(self, f"{severity}_closed") for severity in SEVERITIES)

    def can_be_edited(self, now: datetime | None = None) -> bool:
        """Within a day of being written, unless it was closed before."""
        return self.closed_at is None and (now or timezone.now()) < self.written_at + EDITED_WITHIN

    def is_overdue(self, today: date) -> bool:
        """Whether the review after this one should have been held before ``today``."""
        return self.next_due < today

    def clean_fields(self, exclude: Any = None) -> None:
        """Empty words are none: the constraint asks for a reviewer of one kind."""
        self.reviewer_words = self.reviewer_words or None
        super().clean_fields(exclude)
