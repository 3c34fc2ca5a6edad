"""The skeleton of a case: kind, dates, outcome and bare UUIDs; it stays for three years."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dsar.models.kinds import Channel, Kind
from emsar.staff.models import User
from requests_inbox.references import new_reference


class Status(models.TextChoices):
    """Where a case stands; only ``transition`` moves it."""

    UNVERIFIED = "unverified", _("waiting for proof of identity")
    OPEN = "open", pgettext_lazy("case", "open")
    APPROVED = "approved", _("approved")
    EXECUTED = "executed", _("carried out, being checked")
    COMPLETED = "completed", _("completed")


class Outcome(models.TextChoices):
    """How a case ended."""

    FULFILLED = "fulfilled", _("done as asked")
    PARTLY = "partly", _("done in part")
    NOTHING_HELD = "nothing_held", _("nothing is held")
    REFUSED = "refused", _("refused")
    UNVERIFIED = "unverified", _("identity was never proved")
    WITHDRAWN = "withdrawn", _("withdrawn by the person")
    JOINED = "joined", _("joined with another case")


# A case that is still to be answered.
RUNNING = (Status.UNVERIFIED, Status.OPEN, Status.APPROVED, Status.EXECUTED)
# One that the same demand joins: what was carried out already says nothing about what came later.
JOINING = (Status.UNVERIFIED, Status.OPEN, Status.APPROVED)


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: Any) -> "CaseQuerySet":
        """The officer alone; the auditor has figures and certificates instead."""
        return self if isinstance(user, User) and user.is_dpo else self.none()

    def running(self) -> "CaseQuerySet":
        return self.filter(status__in=RUNNING)

    def joining(self) -> "CaseQuerySet":
        return self.filter(status__in=JOINING)

    def by_deadline(self) -> "CaseQuerySet":
        """By the earlier of the two deadlines, those past it first."""
        earlier = Least(F("promise_due"), Coalesce(F("statutory_due"), F("promise_due")))
        return self.annotate(due=earlier).order_by("due", "received_at")


class Case(models.Model):
    """A demand of a person about their data (E-8).

    ``subject`` is the person whose data it is about, as a bare UUID, so that the skeleton outlives
    them; NULL until one is assigned. Days are days of Asia/Baku: ``promise_due`` is the last day of
    the promised term, which never moves (E-8k), ``execute_on`` the one in whose night the machine
    does what nobody did, ``statutory_due`` NULL while that clock is switched off or paused.
    ``said_at`` is when a colleague says that it was received, earlier than ``received_at``: the
    clocks wait for the officer's word. ``destroy_after`` is the last day on which the skeleton is
    kept, NULL while the case runs.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(
        _("reference"), max_length=20, unique=True, default=new_reference, editable=False
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    channel = models.CharField(_("received by"), max_length=10, choices=Channel.choices)
    language = models.CharField(_("language"), max_length=2)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.UNVERIFIED
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True)
    subject = models.UUIDField(_("data subject"), null=True, editable=False)
    is_shared = models.BooleanField(_("address with several names"), default=False)
    received_at = models.DateTimeField(_("received"))
    # Translators: check: a colleague says so, and the officer has not confirmed it.
    said_at = models.DateTimeField(_("said to have been received"), null=True, editable=False)
    registered_at = models.DateTimeField(_("registered"), default=timezone.now, editable=False)
    registered_by = models.UUIDField(null=True, editable=False)
    verified_at = models.DateTimeField(_("identity proved"), null=True, editable=False)
    chosen_at = models.DateTimeField(_("records chosen"), null=True, editable=False)
    promise_due = models.DateField(_("promised until"))
    execute_on = models.DateField(_("carried out by the machine on"))
    statutory_due = models.DateField(_("due by law"), null=True)
    paused_since = models.DateTimeField(_("paused since"), null=True, editable=False)
    extended_at = models.DateTimeField(_("extended"), null=True, editable=False)
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    approved_by = models.UUIDField(null=True, editable=False)
    seconded_by = models.UUIDField(null=True, editable=False)
    executed_at = models.DateTimeField(_("carried out"), null=True, editable=False)
    closed_at = models.DateTimeField(_("completed"), null=True, editable=False)
    destroy_after = models.DateField(_("last day kept"), null=True, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(
                    status="completed",
                    closed_at__isnull=False,
                    destroy_after__isnull=False,
                )
                & ~Q(outcome="")
                | Q(~Q(status="completed"), outcome="", destroy_after__isnull=True),
                name="completed_case_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(execute_on__lte=F("promise_due")), name="machine_is_not_late"
            ),
            models.CheckConstraint(
                condition=Q(said_at__lt=F("received_at")), name="said_to_be_earlier"
            ),
            # The same asked twice before it is carried out joins the open case.
            models.UniqueConstraint(
                fields=["subject", "kind"],
                condition=Q(status__in=["unverified", "open", "approved"])
                & Q(subject__isnull=False)
                & ~Q(kind="child"),
                name="one_open_case_a_kind",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["promise_due"], condition=~Q(status="completed"), name="cases_running"
            ),
            models.Index(fields=["destroy_after"], name="cases_last_day"),
            models.Index(fields=["closed_at"], name="cases_closed"),
            models.Index(fields=["subject"], name="cases_of_subject"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_running(self) -> bool:
        return self.status != Status.COMPLETED


class CaseEvent(models.Model):
    """A dated change of a case: from what to what, by whom, and the reason as a code."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    actor = models.UUIDField(null=True)
    event = models.CharField(max_length=30)
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10)
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("event of a case")
        verbose_name_plural = _("events of cases")
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"
