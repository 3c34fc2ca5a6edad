"""Staff open cases for what reached them by phone, WhatsApp, letter or mail (E-3.1a, E-8j)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar.models import Case, Status
from dsar.models.kinds import ERASING_KINDS
from dsar.services import claims, identity, links
from dsar.services.errors import CaseRefusedError
from dsar.services.opening import open_case
from emsar.staff import rows
from emsar.staff.models import User
from emsar.subjects.identifiers import IdentifierKind, find, find_or_create
from emsar.subjects.models import DataSubject, SubjectIdentifier

NOBODY = gettext_lazy(
    "Please give an email address or a phone number or, if there is neither, the name or the "
    "postal address of whoever asks."
)


@dataclass(frozen=True)
class StaffEntry:
    """What a colleague took down; addresses are normalised.

    Without an email address and a phone number a name or a postal address is given. ``proof`` is
    empty while nobody has seen one.
    """

    channel: str
    received_at: datetime
    kinds: list[str]
    email: str
    phone: str
    language: str
    details: str
    proof: str
    proof_note: str
    name: str = ""
    postal: str = ""


@transaction.atomic
def register(entry: StaffEntry, *, by: User) -> list[Case]:
    """Open (or join) a case a kind; record the proof, or mail the link that proves the address.

    What company staff saw is a claim, on which nothing is done before the officer confirms it.

    Raises CaseRefusedError for no kind, nothing that says who asks, two addresses that are not
    known as one person's, and a moment to come.
    """
    if not entry.kinds:
        raise CaseRefusedError(_("Please say what is asked for."))
    contact, phone = _identifiers(entry)
    main = contact or phone
    person = _person(main, entry)
    # What follows is about all that the person has with us, whichever company it is with.
    with rows.of_person(person.pk):
        return _registered(entry, person, main, by=by)


def _registered(
    entry: StaffEntry, person: DataSubject, main: SubjectIdentifier | None, *, by: User
) -> list[Case]:
    cases = [_open(kind, entry, person, main, by) for kind in dict.fromkeys(entry.kinds)]
    waiting = [case for case in cases if case.status == Status.UNVERIFIED]
    if entry.proof and by.is_dpo:
        # Deletions first: a copy that is released tells how long it can be fetched.
        for case in sorted(waiting, key=lambda case: case.kind not in ERASING_KINDS):
            identity.prove(case, entry.proof, entry.proof_note, by=by)
        return cases
    if entry.proof:
        for case in waiting:
            claims.claim(case, entry.proof, entry.proof_note, by=by)
    if waiting and main is not None and main.kind == IdentifierKind.EMAIL:
        links.mail_link(main, entry.language)
    return cases


def _person(known: SubjectIdentifier | None, entry: StaffEntry) -> DataSubject:
    """Whose the address is; who has none is somebody new, whom the officer may join with others."""
    if known is not None:
        return DataSubject.objects.get(pk=known.subject_id)
    if not (entry.name or entry.postal):
        raise CaseRefusedError(str(NOBODY))
    return DataSubject.objects.create()


def _open(
    kind: str, entry: StaffEntry, person: DataSubject, contact: SubjectIdentifier | None, by: User
) -> Case:
    return open_case(
        kind,
        person=person,
        contact=contact,
        language=entry.language,
        channel=entry.channel,
        received_at=entry.received_at,
        details=entry.details,
        by=by,
        reach={"name": entry.name, "postal": entry.postal},
        proof=entry.proof if by.is_dpo else "",
    )


def _identifiers(
    entry: StaffEntry,
) -> tuple[SubjectIdentifier | None, SubjectIdentifier | None]:
    """The addresses of whoever asks; two of them only when they are one person's already.

    A caller who names somebody else's number beside an address of their own must not become that
    person: a link mailed to the one would open the data of the other.
    """
    if entry.email and entry.phone:
        return _known_as_one(entry.email, entry.phone)
    if entry.email:
        return find_or_create(IdentifierKind.EMAIL, entry.email), None
    return None, find_or_create(IdentifierKind.PHONE, entry.phone) if entry.phone else None


def _known_as_one(email: str, number: str) -> tuple[SubjectIdentifier, SubjectIdentifier]:
    contact, phone = find(IdentifierKind.EMAIL, email), find(IdentifierKind.PHONE, number)
    if contact is None or phone is None or contact.subject_id != phone.subject_id:
        words = _("These two addresses are not known as one person's. Please enter only the one "
                  "from which it came: whoever proves it must not get the data behind the other. "
                  "The data protection officer can join the records.")  # fmt: skip
        raise CaseRefusedError(words)
    return contact, phone
