"""The file of a case: who asks, what is written, what is chosen; gone 30 days after the end."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsar.models.cases import Case
from dsar.models.kinds import Means, Proof
from emsar.datamap.fields import EncryptedTextField
from emsar.subjects.models import DataSubject, SubjectIdentifier


class CaseFile(models.Model):
    """What is personal about a case; its number is that of the case.

    ``person`` is who asks, for a child's data the reporter. ``destroy_after`` is the last day on
    which the file is kept, NULL while the case runs.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    case = models.OneToOneField(Case, models.CASCADE, related_name="file")
    person = models.ForeignKey(DataSubject, models.PROTECT, related_name="+")
    contact = models.ForeignKey(SubjectIdentifier, models.PROTECT, null=True, related_name="+")
    # Of whoever has neither an email address nor a phone number, or wants a letter.
    name = EncryptedTextField(_("name and surname"), null=True)
    postal = EncryptedTextField(_("postal address"), null=True)
    details = EncryptedTextField(_("in their words"), null=True)
    proof = models.CharField(_("identity proved by"), max_length=10, choices=Proof.choices)
    proof_note = EncryptedTextField(_("what was seen"), null=True)
    proof_by = models.UUIDField(null=True)
    destroy_after = models.DateField(_("last day kept"), null=True)

    class Meta:
        verbose_name = _("file of a case")
        verbose_name_plural = _("files of cases")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["destroy_after"], name="case_files_last_day"),
        ]

    def __str__(self) -> str:
        return str(self.pk)[:8]


class CaseMessage(models.Model):
    """A message between the person and the officer, or a note of the officer's."""

    class Direction(models.TextChoices):
        FROM_PERSON = "from_person", _("from the person")
        TO_PERSON = "to_person", _("to the person")
        NOTE = "note", _("internal note")

    file = models.ForeignKey(CaseFile, models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=12, choices=Direction.choices)
    body = EncryptedTextField()
    author = models.UUIDField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("message of a case")
        verbose_name_plural = _("messages of cases")
        ordering: ClassVar[list[str]] = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.direction} {self.pk}"


class Telling(models.Model):
    """An answer that no mail can carry: the officer tells it by letter, by phone or in person.

    ``addressee`` and ``words`` are what is needed for that, and are emptied once it is told. The
    answer to a deletion hangs on no file, so that the deletion does not take it along.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="tellings")
    file = models.ForeignKey(CaseFile, models.CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=160)
    addressee = EncryptedTextField(_("to whom"), null=True)
    words = EncryptedTextField(_("what is to be told"), null=True)
    at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(_("told"), null=True)
    told_by = models.UUIDField(null=True)
    means = models.CharField(_("how"), max_length=10, choices=Means.choices, blank=True)

    class Meta:
        verbose_name = _("answer to be told")
        verbose_name_plural = _("answers to be told")
        ordering: ClassVar[list[str]] = ["at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key"], name="one_telling_a_key")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], condition=Q(told_at__isnull=True), name="tellings_open"),
        ]

    def __str__(self) -> str:
        return f"{self.key.rpartition(':')[2]} {self.pk}"


class CaseRecord(models.Model):
    """The officer's choice whether a record under a shared address is the person's."""

    file = models.ForeignKey(CaseFile, models.CASCADE, related_name="records")
    record = models.UUIDField()
    belongs = models.BooleanField()

    class Meta:
        verbose_name = _("choice of a record")
        verbose_name_plural = _("choices of records")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["file", "record"], name="one_choice_a_record")
        ]

    def __str__(self) -> str:
        return str(self.record)[:8]


class Proposal(models.Model):
    """A value that is to replace a wrong one (E-8d); ``row`` is the key of the row as text."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        CONFIRMING = "confirming", _("waiting for the link to the new address")
        APPLIED = "applied", _("corrected")
        REJECTED = "rejected", _("not corrected")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(CaseFile, models.CASCADE, related_name="proposals")
    model = models.CharField(max_length=60)
    row = models.CharField(max_length=40)
    column = models.CharField(max_length=40)
    value = EncryptedTextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    # The officer who proposed it, and waits for the person to approve; NULL: the person.
    proposed_by = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("proposed value")
        verbose_name_plural = _("proposed values")
        ordering: ClassVar[list[str]] = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.column} {str(self.pk)[:8]}"


class ResidualTrace(models.Model):
    """What the residual scan looks for after an erasure; one row, gone when nothing is found.

    ``sealed`` is JSON: look-up keys, UUIDs and values of the person, encrypted together.
    """

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="trace")
    sealed = EncryptedTextField()
    at = models.DateTimeField(default=timezone.now)
    scans = models.PositiveSmallIntegerField(default=0)
    found = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("trace for the residual scan")
        verbose_name_plural = _("traces for the residual scan")

    def __str__(self) -> str:
        return str(self.pk)[:8]
