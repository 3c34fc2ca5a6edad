"""That a package was released: its hash and counts, never the package itself."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsar.models.cases import Case

MOST_DOWNLOADS = 3


class Release(models.Model):
    """The person may fetch the package until ``expires_at``, at most three times.

    ``sha256`` is the hash of the last package that was handed out, ``counts`` rows a table in it.
    """

    case = models.OneToOneField(Case, models.CASCADE, related_name="release")
    released_at = models.DateTimeField(_("released"), default=timezone.now)
    expires_at = models.DateTimeField(_("can be fetched until"))
    downloads = models.PositiveSmallIntegerField(_("fetched"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("release of a package")
        verbose_name_plural = _("releases of packages")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(downloads__lte=MOST_DOWNLOADS), name="few_downloads")
        ]

    def __str__(self) -> str:
        return str(self.case_id)[:8]
