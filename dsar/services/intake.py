"""The form writes one row, whoever asks; a worker looks the address up (E-8j)."""

import hashlib
import logging
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from dsar.models import Case, CaseFile, Channel, Intake
from dsar.services import links
from dsar.services.opening import open_case
from emsar.datamap.crypto import is_unreadable
from emsar.subjects.identifiers import IdentifierKind, find, find_or_create
from emsar.subjects.models import DataSubject, SubjectIdentifier

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RightsEntry:
    """What a visitor sent, validated; ``email`` is normalised, ``kinds`` empty for a link alone."""

    email: str
    kinds: tuple[str, ...]
    details: str
    language: str
    nonce: UUID

    @property
    def key(self) -> UUID:
        """The same for the same words of one page: a double click is one entry, a corrected form
        sent again is another."""
        words = "\x1f".join([self.email, ",".join(sorted(self.kinds)), self.details])
        digest = hashlib.sha256(self.nonce.bytes + words.encode()).digest()
        return UUID(bytes=digest[:16])


def receive(entry: RightsEntry) -> None:
    """One INSERT; nothing is looked up, so the answer cannot tell whether we know the address."""
    row = Intake(
        nonce=entry.key,
        language=entry.language,
        email=entry.email,
        kinds=list(entry.kinds),
        details=entry.details or None,
    )
    Intake.objects.bulk_create([row], ignore_conflicts=True)


def look_up(limit: int = 100) -> int:
    """Open the cases of what the form wrote and mail the links; how many entries are done.

    One short transaction an entry, which ends with the row deleted: a killed worker leaves it to
    the next one whole. An entry that fails is left for the next run, behind all that nobody has
    tried yet, so that the others go on however many of them fail.
    """
    waiting = Intake.objects.order_by(F("tried_at").asc(nulls_first=True), "received_at", "pk")
    keys = list(waiting.values_list("pk", flat=True)[:limit])
    return sum(_safely(key) for key in keys)


def _safely(key: UUID) -> bool:
    try:
        return _one(key)
    except Exception as problem:  # noqa: BLE001 - one entry must not keep the others waiting
        logger.critical("intake %s cannot be looked up: %s", key, type(problem).__name__)
        _put_back(key)
        return False


@transaction.atomic
def _one(key: UUID) -> bool:
    row = Intake.objects.select_for_update(skip_locked=True).filter(pk=key).first()
    if row is None:
        return False
    if is_unreadable(row.email) or is_unreadable(row.details):
        # It stays, and what stays is an alarm: with the right key it can be read again.
        _put_back(key)
        return False
    contact = _contact(row)
    if contact is not None:
        _act(row, contact)
    row.delete()
    return True


def _put_back(key: UUID) -> None:
    """Behind all others, those that were tried longest ago first."""
    Intake.objects.filter(pk=key).update(tried_at=timezone.now())


def _contact(row: Intake) -> SubjectIdentifier | None:
    """The address; only a demand makes a new person of it, not the wish for a link."""
    if row.kinds:
        made = find_or_create(IdentifierKind.EMAIL, row.email or "")
        return SubjectIdentifier.objects.select_related("subject").get(pk=made.pk)
    return find(IdentifierKind.EMAIL, row.email or "")


def _act(row: Intake, contact: SubjectIdentifier) -> None:
    person = DataSubject.objects.select_for_update(no_key=True).get(pk=contact.subject_id)
    for kind in row.kinds:
        _open(kind, row, person, contact)
    if CaseFile.objects.filter(person=person).exists():
        links.mail_link(contact, row.language)


def _open(kind: str, row: Intake, person: DataSubject, contact: SubjectIdentifier) -> Case:
    return open_case(
        kind,
        person=person,
        contact=contact,
        language=row.language,
        channel=Channel.FORM,
        received_at=row.received_at,
        details=row.details or "",
    )
