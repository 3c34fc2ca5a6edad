import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.datamap.fields import EncryptedTextField, LookupKeyField
from emsar.staff.models import User


class DataSubjectQuerySet(models.QuerySet["DataSubject"]):
    def visible_to(self, user: Any) -> "DataSubjectQuerySet":
        """The DPO sees everybody; others reach a person only through a record of theirs."""
        return self if isinstance(user, User) and user.is_dpo else self.none()


class DataSubject(models.Model):
    """A person, as a random UUID; everything personal points here (idea 4)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(_("known since"), default=timezone.now)
    blocked_at = models.DateTimeField(_("blocked since"), null=True, blank=True)
    # An objection is being decided: nothing is done with what exists since then (E-8f).
    suspended_at = models.DateTimeField(_("suspended since"), null=True, blank=True)

    objects = DataSubjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("data subject")
        verbose_name_plural = _("data subjects")

    def __str__(self) -> str:
        return str(self.pk)[:8]

    def block_covers(self, created: datetime) -> bool:
        """Whether a record that exists since ``created`` is blocked: see :func:`outside_block`."""
        return self.blocked_at is not None and created <= self.blocked_at

    def suspension_covers(self, created: datetime) -> bool:
        """Whether nothing is done with a record for the while: an objection is being decided."""
        return self.suspended_at is not None and created <= self.suspended_at


def outside_block(created: str) -> Q:
    """The records that no block covers; column ``created`` says since when each exists.

    A block covers what exists when it is set (E-8h); what the person sends later is processed.
    """
    nobody_blocked = Q(subject__isnull=True) | Q(subject__blocked_at__isnull=True)
    return nobody_blocked | Q(**{f"{created}__gt": F("subject__blocked_at")})


def without_blocked(events: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Rows with a bare UUID in ``subject``, less those about persons who are blocked (E-8h)."""
    blocked = DataSubject.objects.filter(blocked_at__isnull=False).values("pk")
    return events.exclude(subject__in=blocked)


def outside_suspension(created: str) -> Q:
    """The records with which work may go on: no objection to it is being decided (E-8f)."""
    nobody = Q(subject__isnull=True) | Q(subject__suspended_at__isnull=True)
    return nobody | Q(**{f"{created}__gt": F("subject__suspended_at")})


class UnblockReason(models.TextChoices):
    """Why a block ends; a code, so that the audit can say it (E-8h)."""

    ASKED = "asked", _("the person asked for it")
    SETTLED = "settled", _("what it was set for is settled")
    LAW = "law", _("a law demands it")
    MISTAKE = "mistake", _("it was set by mistake")


class IdentifierKind(models.TextChoices):
    EMAIL = "email", _("email")
    PHONE = "phone", _("phone")


class SubjectIdentifier(models.Model):
    """An address by which a person is known: encrypted, found by its keyed HMAC."""

    subject = models.ForeignKey(DataSubject, models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=8, choices=IdentifierKind.choices)
    key = LookupKeyField()
    value = EncryptedTextField()

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_owner_an_address")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Objection(models.Model):
    """A purpose for which the person's data may no longer be used (E-8f)."""

    class Purpose(models.TextChoices):
        REPLY = "reply", _("answering the request")
        ROUTING = "routing", _("passing data on to the other company")
        PROPOSAL = "proposal", _("preparing a proposal")
        NOTICE = "notice", _("mail about changes of the policy")

    subject = models.ForeignKey(DataSubject, models.CASCADE, related_name="objections")
    purpose = models.CharField(max_length=40, choices=Purpose.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "purpose"], name="one_objection_a_purpose")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class MailedLink(models.Model):
    """A link in a mail: the token is stored hashed, bound to one purpose and one record.

    ``expires_at`` None: as long as the record. ``used_at`` marks a single-use link as spent.
    """

    token_hash = models.BinaryField(max_length=32, unique=True)
    purpose = models.CharField(max_length=40)
    subject = models.ForeignKey(DataSubject, models.CASCADE, related_name="+")
    record = models.UUIDField()
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["record"])]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
