"""Normal forms of addresses, and finding or creating the person behind one."""

import idna
import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from emsar.datamap.crypto import lookup_key, lookup_keys
from emsar.datamap.folding import fold
from emsar.datamap.rotation import register_rekey
from emsar.subjects.models import DataSubject, IdentifierKind, SubjectIdentifier

MAX_EMAIL = 254
DEFAULT_REGION = "AZ"


def normalise_email(text: str) -> str:
    """The address as we write to it: ASCII local part, domain in IDNA form.

    Raises ValidationError with a sentence for the reader.
    """
    local, at, domain = text.strip().rpartition("@")
    wrong = ValidationError(_("Enter a valid email address, such as name@example.com."), "invalid")
    if not at or not local.isascii() or '"' in local or len(text) > MAX_EMAIL:
        raise wrong
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode().lower()
    except idna.IDNAError:
        raise wrong from None
    address = f"{local}@{ascii_domain}"
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


def find_or_create(
    kind: str, value: str, subject: DataSubject | None = None
) -> SubjectIdentifier:
    """The identifier of a normalised address; if nobody had it, it becomes that of ``subject``
    or of a new person.

    The caller's transaction holds the shared look-up lock. Two visitors with one new address at
    the same moment get one person: the second insert finds the first one's key.
    """
    return find(kind, value) or _create(kind, value, subject)


def _create(kind: str, value: str, subject: DataSubject | None) -> SubjectIdentifier:
    person = subject or DataSubject.objects.create()
    key = lookup_key(kind, fold(value))
    row = SubjectIdentifier(subject=person, kind=kind, key=key, value=value)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if subject is None:
            person.delete()
        return SubjectIdentifier.objects.select_related("subject").get(kind=kind, key=key)
    return row


def rekey() -> int:
    """Rewrite the keys of all identifiers under the current key (rotation)."""
    rows = list(SubjectIdentifier.objects.all())
    for row in rows:
        row.key = lookup_key(row.kind, fold(row.value or ""))
    SubjectIdentifier.objects.bulk_update(rows, ["key"], batch_size=500)
    return len(rows)


register_rekey("subjects", rekey)

__all__ = ["IdentifierKind", "find", "find_or_create", "normalise_email", "normalise_phone"]
