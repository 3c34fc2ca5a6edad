"""Holds, sweeps, what was destroyed, and what is still to be deleted in mailboxes."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.audit.evidence import EvidenceRow
from emsar.datamap.rules import Trigger
from emsar.entities.models import LegalReference


class LegalHold(models.Model):
    """A legal ground to keep what would otherwise go (E-4g); joined at execution, never copied.

    ``target`` is the UUID of a person or a record, ``code`` the slug of a company or the name of a
    rule: kinds and UUIDs, no foreign key upwards.
    """

    class Kind(models.TextChoices):
        SUBJECT = "subject", _("a person")
        RECORD = "record", _("one request")
        COMPANY = "company", _("a company")
        RULE = "rule", _("a rule")

    class Reason(models.TextChoices):
        COURT = "court", _("proceedings before a court")
        AUTHORITY = "authority", _("lawful request of an authority")
        CLAIM = "claim", _("a claim made or defended")
        INSPECTION = "inspection", _("an inspection by the state")
        LAW = "law", _("another duty by law")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("what is kept"), max_length=10, choices=Kind.choices)
    target = models.UUIDField(_("number"), null=True, blank=True)
    code = models.CharField(_("company or rule"), max_length=50, blank=True)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices)
    legal_reference = models.ForeignKey(
        LegalReference, models.PROTECT, related_name="+", verbose_name=_("legal reference")
    )
    document = models.CharField(_("number of the document"), max_length=60, blank=True)
    review_on = models.DateField(_("look again on"))
    placed_at = models.DateTimeField(_("placed"), default=timezone.now, editable=False)
    placed_by = models.UUIDField(_("placed by"), null=True, editable=False)
    released_at = models.DateTimeField(_("released"), null=True, editable=False)
    released_by = models.UUIDField(_("released by"), null=True, editable=False)

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering: ClassVar[list[str]] = ["released_at", "review_on"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind__in=["subject", "record"], target__isnull=False, code="")
                | Q(~Q(code=""), kind__in=["company", "rule"], target__isnull=True),
                name="hold_names_its_target",
            ),
            # A second click places no second hold, which would outlive the release of the first.
            models.UniqueConstraint(
                fields=["kind", "target", "reason", "legal_reference", "document"],
                condition=Q(released_at__isnull=True, target__isnull=False),
                name="one_hold_on_a_target",
            ),
            models.UniqueConstraint(
                fields=["kind", "code", "reason", "legal_reference", "document"],
                condition=Q(released_at__isnull=True, target__isnull=True),
                name="one_hold_on_a_code",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["kind", "target"],
                condition=Q(released_at__isnull=True),
                name="holds_active",
            ),
            models.Index(fields=["target"], name="holds_of_target"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code or str(self.target)[:8]}"


class Clearance(models.Model):
    """The officer's word that a record need not wait any longer (decision E-7.2a).

    It holds for the last day that the record had then; with another one the officer is asked anew.
    """

    record = models.UUIDField(primary_key=True)
    last_day = models.DateField()
    by = models.UUIDField(null=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.record)[:8]


class Sweep(models.Model):
    """One run over the rules; several may run at once and share the work."""

    class Kind(models.TextChoices):
        NIGHT = "night", _("in the night")
        CATCH_UP = "catch_up", _("catching up")
        BY_HAND = "by_hand", _("by hand")
        CASE = "case", _("for a case")
        REPLAY = "replay", _("after a restore")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    records = models.PositiveIntegerField(_("records destroyed"), default=0)
    error = models.CharField(_("error"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("sweep")
        verbose_name_plural = _("sweeps")
        ordering: ClassVar[list[str]] = ["-started_at"]

    def __str__(self) -> str:
        return str(self.pk)[:8]


class DestructionLine(EvidenceRow):
    """A line of a certificate: what one batch destroyed, under which rule, and how much of it.

    ``counts`` are rows a table, ``records`` those that the rule names; dates are last days kept.
    """

    sweep = models.UUIDField(_("sweep"), db_index=True)
    case = models.UUIDField(_("case"), null=True)
    rule = models.CharField(_("rule"), max_length=50)
    clause = models.CharField(_("clause"), max_length=12, blank=True)
    trigger = models.CharField(
        _("reason"), max_length=5, choices=[(t.value, t.value) for t in Trigger]
    )
    records = models.PositiveIntegerField(_("records"))
    counts = models.JSONField(_("rows a table"), default=dict)
    first_day = models.DateField(_("first last day"), null=True)
    last_day = models.DateField(_("last last day"), null=True)

    class Meta:
        verbose_name = _("line of destruction")
        verbose_name_plural = _("lines of destruction")

    def __str__(self) -> str:
        return f"{self.rule} {self.uid}"


class LedgerEntry(EvidenceRow):
    """What was erased, as UUIDs and a time: what a restored backup must forget again."""

    line = models.UUIDField(_("line of destruction"))
    rule = models.CharField(_("rule"), max_length=50)
    records = ArrayField(models.UUIDField(), default=list)
    subjects = ArrayField(models.UUIDField(), default=list)

    class Meta:
        verbose_name = _("entry of the erasure ledger")
        verbose_name_plural = _("erasure ledger")

    def __str__(self) -> str:
        return str(self.uid)


class Shipment(models.Model):
    """That an entry of the ledger has reached its place outside the database."""

    entry = models.UUIDField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.entry)[:8]


class DeletionOrder(models.Model):
    """A copy in one of our mailboxes that must go: found by Message-ID, reference and date.

    It lies among the sent mail of the mailbox, or among what came in, or both.
    """

    class Method(models.TextChoices):
        BY_HAND = "by_hand", _("deleted by hand")
        MACHINE = "machine", _("deleted by the machine")

    id = models.BigAutoField(primary_key=True)
    line = models.UUIDField(_("line of destruction"), db_index=True)
    mailbox = models.EmailField(_("mailbox"))
    message_id = models.CharField("Message-ID", max_length=120)
    reference = models.CharField(_("reference"), max_length=20)
    copied_at = models.DateTimeField(_("date of the message"))
    created_at = models.DateTimeField(_("ordered"), default=timezone.now)
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = models.UUIDField(_("done by"), null=True)
    method = models.CharField(_("how"), max_length=8, choices=Method.choices, blank=True)
    # A block lay over the person's records, or the mail was about a case: the officer alone sees
    # what was theirs (E-8h).
    is_restricted = models.BooleanField(_("for the officer alone"), default=False)

    class Meta:
        verbose_name = _("deletion order")
        verbose_name_plural = _("deletion orders")
        ordering: ClassVar[list[str]] = ["created_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["mailbox", "created_at"],
                condition=Q(done_at__isnull=True),
                name="orders_open",
            ),
            models.Index(
                fields=["done_at"], condition=Q(done_at__isnull=False), name="orders_done"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox} {self.reference}"


class NecessityReview(models.Model):
    """The yearly question whether a rule's data are still needed, signed by the officer (S-5d)."""

    class Outcome(models.TextChoices):
        NEEDED = "needed", _("still needed as long as the rule says")
        SHORTEN = "shorten", _("the term should be shortened")

    id = models.BigAutoField(primary_key=True)
    rule = models.CharField(_("rule"), max_length=50)
    year = models.PositiveSmallIntegerField(_("year"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices)
    records = models.PositiveIntegerField(_("records at that time"), default=0)
    signed_at = models.DateTimeField(_("signed"), default=timezone.now)
    signed_by = models.UUIDField(_("signed by"), null=True)

    class Meta:
        verbose_name = _("review of necessity")
        verbose_name_plural = _("reviews of necessity")
        ordering: ClassVar[list[str]] = ["-year", "rule"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["rule", "year"], name="one_review_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.year}"
