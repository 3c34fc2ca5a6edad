import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models import ConsentEvent
from emsar.datamap.fields import EncryptedTextField, lookup_words_field
from emsar.datamap.folding import search_keys
from emsar.entities.models import LegalEntity, Service
from emsar.staff.models import Role, User
from emsar.subjects.models import DataSubject, SubjectIdentifier, outside_block
from policies.models import PolicyVersion
from requests_inbox.moments import EARLIEST
from requests_inbox.references import new_reference


class Source(models.TextChoices):
    """How a request reached us (E-3.1a)."""

    FORM = "form", _("form")
    EMAIL = "email", _("email")
    PHONE = "phone", _("phone")
    WHATSAPP = "whatsapp", _("WhatsApp")


class Status(models.TextChoices):
    NEW = "new", _("new")
    IN_REVIEW = "in_review", _("in review")
    REPLIED = "replied", _("replied")
    CLOSED = "closed", _("closed")
    WITHDRAWN = "withdrawn", _("consent withdrawn")
    OBJECTED = "objected", _("stopped by an objection")


class CloseReason(models.TextChoices):
    NO_ANSWER_NEEDED = "no_answer_needed", _("no answer needed")
    SPAM = "spam", _("spam")
    DUPLICATE = "duplicate", _("duplicate")


OPEN = (Status.NEW, Status.IN_REVIEW)
# Nothing is done with it any more, by the person's own will (E-8f, E-8g).
STOPPED = (Status.WITHDRAWN, Status.OBJECTED)
CONTRACT_OPEN = Q(contract_start__isnull=False, contract_end__isnull=True)


class RequestQuerySet(models.QuerySet["ConsultationRequest"]):
    def visible_to(self, user: Any) -> "RequestQuerySet":
        """Company staff: their company's and nobody's, unless blocked; the DPO: all (E-2b)."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        if user.role == Role.DPO:
            return self
        if user.role != Role.ENTITY_STAFF:
            return self.none()
        own = Q(entity=user.entity_id) | Q(entity__isnull=True)
        return self.filter(own, outside_block("registered_at"))

    def open(self) -> "RequestQuerySet":
        return self.filter(status__in=OPEN)

    def overdue(self, now: datetime) -> "RequestQuerySet":
        return self.open().filter(reply_due_at__lt=now)

    def with_words(self, query: str) -> "RequestQuerySet":
        """Those whose name or company has every word of the query, however it is typed."""
        found = self
        for keys in search_keys(query):
            anywhere = Q()
            for key in keys:
                anywhere |= Q(search_keys__contains=[key])
            found = found.filter(anywhere)
        return found


class ConsultationRequest(models.Model):
    """A request for consultation. ``destroy_after`` is the last day kept, in Asia/Baku (E-7.2a).

    Staff record the contract that came of it; while that is open, no day is the last (E-7.2b).
    ``objected`` are codes of the purposes to which the person objected; ``objected_until`` is the
    last day on which the words for a proposal are kept after that, ``project`` NULL when gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(
        _("reference"), max_length=20, default=new_reference, editable=False
    )
    subject = models.ForeignKey(DataSubject, models.PROTECT, related_name="requests")
    contact = models.ForeignKey(
        SubjectIdentifier, models.PROTECT, null=True, related_name="+", verbose_name=_("email")
    )
    phone = models.ForeignKey(
        SubjectIdentifier,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("phone"),
        db_index=False,
    )
    # The few values of these are not worth an index each; see the indexes below.
    entity = models.ForeignKey(
        LegalEntity, models.PROTECT, null=True, verbose_name=_("company"), db_index=False
    )
    service = models.ForeignKey(Service, models.PROTECT, verbose_name=_("service"), db_index=False)
    language = models.CharField(_("language"), max_length=2)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    name = EncryptedTextField(_("name and surname"))
    company = EncryptedTextField(_("company of the person"), null=True)
    project = EncryptedTextField(_("project information"), null=True)
    search_keys = lookup_words_field()
    received_at = models.DateTimeField(_("received"))
    registered_at = models.DateTimeField(_("registered"), default=timezone.now)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.NEW
    )
    waiting_since = models.DateTimeField(_("waiting since"))
    reply_due_at = models.DateTimeField(_("reply due"))
    replied_at = models.DateTimeField(_("last reply sent"), null=True)
    first_replied_at = models.DateTimeField(_("first reply sent"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    close_reason = models.CharField(
        _("reason for closing"), max_length=20, choices=CloseReason.choices, blank=True
    )
    objected = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    objected_until = models.DateField(_("words for a proposal kept until"), null=True)
    contract_start = models.DateField(_("contract since"), null=True)
    contract_end = models.DateField(_("contract until"), null=True)
    destroy_after = models.DateField(_("last day kept"), null=True)
    version = models.ForeignKey(
        PolicyVersion,
        models.PROTECT,
        null=True,
        verbose_name=_("policy version"),
        db_index=False,
    )
    consent = models.ForeignKey(
        ConsentEvent, models.PROTECT, null=True, to_field="uid", verbose_name=_("consent")
    )
    assigned_to = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("works on it"),
        db_index=False,
    )
    writing_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    writing_until = models.DateTimeField(null=True)
    form_nonce = models.UUIDField(null=True, unique=True, editable=False)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering: ClassVar[list[str]] = ["-received_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Not ``unique=True``, which adds an index for searches by the beginning of a text.
            models.UniqueConstraint(fields=["reference"], name="one_request_a_reference"),
            # One impossible moment would keep the whole list from being shown.
            models.CheckConstraint(
                condition=Q(received_at__gte=EARLIEST) & Q(reply_due_at__gte=EARLIEST),
                name="request_of_our_time",
            ),
            models.CheckConstraint(
                condition=Q(CONTRACT_OPEN, destroy_after__isnull=True)
                | Q(~CONTRACT_OPEN, destroy_after__isnull=False),
                name="only_open_contract_has_no_last_day",
            ),
            models.CheckConstraint(
                condition=Q(contract_end__isnull=True)
                | Q(contract_start__isnull=False, contract_end__gte=F("contract_start")),
                name="contract_ends_after_it_starts",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["phone"], condition=Q(phone__isnull=False), name="inbox_phone"),
            models.Index(
                fields=["assigned_to"], condition=Q(assigned_to__isnull=False), name="inbox_mine"
            ),
            models.Index(
                fields=["writing_by"], condition=Q(writing_by__isnull=False), name="inbox_writing"
            ),
            models.Index(fields=["entity", "status", "-received_at"]),
            models.Index(fields=["reply_due_at"], condition=Q(status__in=OPEN), name="inbox_open"),
            models.Index(fields=["destroy_after"]),
            models.Index(
                fields=["objected_until"],
                condition=Q(objected_until__isnull=False),
                name="inbox_objected",
            ),
            models.Index(fields=["-received_at"]),
            GinIndex(fields=["search_keys"], name="inbox_words"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def has_contract(self) -> bool:
        """Whether a contract is recorded, open or ended: the basis is then the contract (E-5b)."""
        return self.contract_start is not None

    def is_overdue(self, now: datetime | None = None) -> bool:
        return self.is_open and self.reply_due_at < (now or timezone.now())

    def writer(self, now: datetime | None = None) -> User | None:
        """Who is writing a reply at this moment, if anybody; nobody answers blocked records."""
        until = self.writing_until
        if until is None or until <= (now or timezone.now()):
            return None
        return None if self.subject.block_covers(self.registered_at) else self.writing_by


class RequestScopedQuerySet(models.QuerySet[Any]):
    """Rows that belong to a request and are seen by whoever may see it."""

    def visible_to(self, user: Any) -> "RequestScopedQuerySet":
        return self.filter(request__in=ConsultationRequest.objects.visible_to(user))
