"""Normal forms of addresses, and finding or creating the person behind one."""

from typing import Any
from uuid import UUID, uuid4

import idna
import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.datamap.crypto import is_unreadable, lookup_key, lookup_keys
from emsar.datamap.folding import fold
from emsar.datamap.rotation import LOOKUP_LOCK, register_rekey
from emsar.datamap.statements import bound_cursor
from emsar.subjects.models import DataSubject, IdentifierKind, SubjectIdentifier

MAX_EMAIL = 254
MAX_LOCAL = 64
BATCH = 500
DEFAULT_REGION = "AZ"
_VALUE: Any = SubjectIdentifier._meta.get_field("value")


def normalise_email(text: str) -> str:
    """The address as we write to it: ASCII local part, domain in IDNA form.

    Raises ValidationError with a sentence for the reader.
    """
    local, at, domain = text.strip().rpartition("@")
    wrong = ValidationError(_("Enter a valid email address, such as name@example.com."), "invalid")
    if not at or not local.isascii() or '"' in local or len(local) > MAX_LOCAL:
        raise wrong
    try:
        # The standard makes two characters of İ, of which no registered name consists.
        ascii_domain = idna.encode(domain.replace("İ", "i"), uts46=True).decode().lower()
    except idna.IDNAError:
        raise wrong from None
    address = f"{local}@{ascii_domain}"
    if len(address) > MAX_EMAIL:
        raise wrong
    EmailValidator(message=wrong.message, code="invalid", allowlist=[])(address)
    return address


def normalise_phone(text: str) -> str:
    """E.164; a number without country code is taken as Azerbaijani. Raises ValidationError."""
    wrong = ValidationError(_("Enter a valid phone number, such as +994 12 345 67 89."), "invalid")
    try:
        number = phonenumbers.parse(text, DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        raise wrong from None
    if not phonenumbers.is_valid_number(number):
        raise wrong
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def format_phone(e164: str) -> str:
    """For people: ``+994 12 345 67 89``."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def find(kind: str, value: str) -> SubjectIdentifier | None:
    """The identifier of a normalised address, under any key of the ring."""
    keys = lookup_keys(kind, fold(value))
    found = SubjectIdentifier.objects.select_related("subject")
    return found.filter(kind=kind, key__in=keys).first()


# One round trip: the shared look-up lock before any key is written, then the row that is there, or
# a new one with its person, or, when somebody else was faster by a moment, nothing.
# The row that is there is held until the caller has written what points to its person, so that a
# sweep of what nobody points to leaves both alone.
_FIND_OR_CREATE = """
WITH held AS MATERIALIZED (
    SELECT pg_advisory_xact_lock_shared($8)
), found AS (
    SELECT id, subject_id FROM subjects_subjectidentifier
    WHERE kind = $1 AND key = ANY($2::bytea[]) LIMIT 1
    FOR KEY SHARE
), own AS (
    INSERT INTO subjects_subjectidentifier (subject_id, kind, key, value)
    SELECT $3::uuid, $1, $4::bytea, $5::bytea FROM held WHERE NOT EXISTS (SELECT FROM found)
    ON CONFLICT (kind, key) DO NOTHING RETURNING id, subject_id
), created AS (
    INSERT INTO subjects_datasubject (id, created_at)
    SELECT subject_id, $6::timestamptz FROM own WHERE $7::boolean
)
SELECT person.* FROM held, (SELECT * FROM found UNION ALL SELECT * FROM own) AS person
"""


def find_or_create(kind: str, value: str, subject: DataSubject | None = None) -> SubjectIdentifier:
    """The identifier of a normalised address; if nobody had it, it becomes that of ``subject``
    or of a new person.

    From here on the caller's transaction holds the shared look-up lock. Two visitors with one new
    address at the same moment get one person: the second insert meets the first one's key.
    """
    found = _run(kind, value, subject) or _run(kind, value, subject)
    assert found is not None  # noqa: S101 - what the first run met, the second one sees
    # The address itself is read when somebody asks for it.
    names = ["id", "subject_id", "kind"]
    return SubjectIdentifier.from_db(connection.alias, names, [*found, kind])


def _run(kind: str, value: str, subject: DataSubject | None) -> tuple[int, UUID] | None:
    keys = lookup_keys(kind, fold(value))
    sealed = _VALUE.get_db_prep_save(value, connections[DEFAULT_DB_ALIAS])
    person = subject.pk if subject else uuid4()
    rest: list[Any] = [timezone.now(), subject is None, LOOKUP_LOCK]
    with bound_cursor() as cursor:
        cursor.execute(_FIND_OR_CREATE, [kind, keys, person, keys[0], sealed, *rest])
        row: tuple[int, UUID] | None = cursor.fetchone()
    return row


def rekey() -> int:
    """Rewrite the keys of all identifiers under the current key (rotation).

    An address that cannot be read keeps its old key.
    """
    rows = SubjectIdentifier.objects.iterator(chunk_size=BATCH)
    return sum(_rekey(row) for row in rows if not is_unreadable(row.value))


def _rekey(row: SubjectIdentifier) -> int:
    key = lookup_key(row.kind, fold(row.value or ""))
    return SubjectIdentifier.objects.filter(pk=row.pk).update(key=key)


register_rekey("subjects", rekey)

__all__ = ["IdentifierKind", "find", "find_or_create", "normalise_email", "normalise_phone"]
