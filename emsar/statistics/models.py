"""Daily aggregates that identify nobody, how fetching them went, and how long Google keeps."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Dimension(models.TextChoices):
    """What a day's visits are told apart by, one at a time: no figure combines two of them."""

    HOST = "host", _("Sites")
    PAGE = "page", _("Pages")
    COUNTRY = "country", _("Countries")
    CITY = "city", _("Cities")
    LANGUAGE = "language", _("Languages")
    DEVICE = "device", _("Devices")
    SOURCE = "source", _("Sources")


class Outcome(models.TextChoices):
    """How asking Google went; never a word of Google's own, which could name an account."""

    OK = "ok", _("in order")
    QUOTA = "quota", _("Google's quota is used up for now")
    UNAVAILABLE = "unavailable", _("Google did not answer")
    # Translators: check: "service account" is Google's own term
    REFUSED = "refused", _("Google refused the service account")
    KEY = "key", _("the key of the service account cannot be read")
    FAILED = "failed", _("Google could not answer the question")
    TIME = "time", _("there was not enough time; the rest follows")
    CUT = "cut", _("it was cut off")


class Snapshot(models.Model):
    """The aggregates of one day, as Google had them at ``fetched_at``.

    ``day`` is a day of the property's ``time_zone``. The totals are NULL on a day with fewer
    visitors than are stored (see ``emsar.statistics.fetching``). The flags are Google's own:
    small rows left out by it, an estimate from a sample, and values put together under "(other)".
    """

    ga_property = models.CharField(max_length=20)
    day = models.DateField(unique=True)
    fetched_at = models.DateTimeField(default=timezone.now)
    time_zone = models.CharField(max_length=60, blank=True)
    users = models.PositiveIntegerField(null=True)
    visits = models.PositiveIntegerField(null=True)
    views = models.PositiveIntegerField(null=True)
    thresholded = models.BooleanField(default=False)
    sampled = models.BooleanField(default=False)
    other_row = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("statistics of a day")
        verbose_name_plural = _("statistics by day")

    def __str__(self) -> str:
        return str(self.day)


class Figure(models.Model):
    """One value of one dimension on one day: a page, a country, …"""

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="figures")
    dimension = models.CharField(max_length=10, choices=Dimension.choices)
    value = models.CharField(max_length=200)
    users = models.PositiveIntegerField()
    visits = models.PositiveIntegerField()
    views = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("figure of the statistics")
        verbose_name_plural = _("figures of the statistics")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["snapshot", "dimension", "value"], name="one_figure_a_value"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.pk}"


class Fetch(models.Model):
    """One run of fetching: ``day`` for a day asked for by hand, NULL for the daily job's days.

    ``ended_at`` is NULL while it runs, and stays so for one that was killed.
    """

    ga_property = models.CharField(max_length=20)
    day = models.DateField(null=True)
    started_at = models.DateTimeField(default=timezone.now, db_index=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.CUT)
    days = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("fetching of statistics")
        verbose_name_plural = _("fetchings of statistics")

    def __str__(self) -> str:
        return str(self.pk)


class RetentionReading(models.Model):
    """What Google said about how long it keeps (E-7.2d): in months, NULL where it names no end.

    ``verdict`` is what came of it under the term in force at that moment, for the mails alone; the
    page compares anew with the term of now.
    """

    class Verdict(models.TextChoices):
        IN_ORDER = "in_order", _("in order")
        BROKEN = "broken", _("not as promised")
        UNREADABLE = "unreadable", _("cannot be read")

    ga_property = models.CharField(max_length=20)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    event_months = models.PositiveSmallIntegerField(null=True)
    user_months = models.PositiveSmallIntegerField(null=True)
    resets = models.BooleanField(null=True)
    verdict = models.CharField(max_length=12, choices=Verdict.choices)

    class Meta:
        verbose_name = _("reading of Google's retention")
        verbose_name_plural = _("readings of Google's retention")

    def __str__(self) -> str:
        return str(self.pk)
