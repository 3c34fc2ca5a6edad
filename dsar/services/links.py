"""The link that proves an address: mailed seldom, used once, with the address typed again."""

from collections.abc import Collection
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dsar import mails
from dsar.mails import CASE_LINK, PACKAGE_LINK
from dsar.models import Case, Proposal
from dsar.services import identity
from dsar.services.corrections import NEW_ADDRESS
from dsar.services.transitions import lock_persons
from emsar.datamap import terms
from emsar.datamap.folding import fold
from emsar.staff.counter import hit
from emsar.subjects import links
from emsar.subjects.identifiers import IdentifierKind, find, normalise_email
from emsar.subjects.models import DataSubject, MailedLink, SubjectIdentifier

# Technical limits, as the form's own: they keep a stranger from filling somebody's mailbox.
LEAST_APART = timedelta(hours=1)
DAY = timedelta(days=1)
MOST_A_DAY = 3
# Typing the address is a second lock on the link; who guesses is stopped.
MOST_TRIES = 10


def mail_link(contact: SubjectIdentifier, language: str) -> bool:
    """Queue the mail with a new link, if the address may get one now (one an hour, three a day).

    It lists all that the link will confirm. To be called in the transaction that holds the
    person's row.
    """
    email = contact.value
    if not email or not _allowed(contact, email):
        return False
    asked = list(identity.unverified(contact.subject_id).order_by("received_at", "pk"))
    token = links.issue(CASE_LINK, contact.subject_id, contact.subject_id, lifetime())
    until = timezone.now() + lifetime()
    mails.link(contact.subject_id, email, token, asked, language=language, until=until)
    return True


def lifetime() -> timedelta:
    """How long a link can be used (``[schedule]``)."""
    return timedelta(days=terms.value("schedule", "case_link"))


def _allowed(contact: SubjectIdentifier, email: str) -> bool:
    """By the links that were mailed, to the minute, and by a counter that outlives an erasure."""
    now = timezone.now()
    mailed = MailedLink.objects.filter(purpose=CASE_LINK, subject_id=contact.subject_id)
    if mailed.filter(created_at__gt=now - LEAST_APART).exists():
        return False
    if mailed.filter(created_at__gt=now - DAY).count() >= MOST_A_DAY:
        return False
    return hit("case-link", fold(email), minutes=24 * 60) <= MOST_A_DAY


def open_link(token: str) -> MailedLink | None:
    """The live link of a token, or None: unknown, used, expired and foreign look the same."""
    return links.find_link(CASE_LINK, token) or links.find_link(PACKAGE_LINK, token)


def listed_under(link: MailedLink) -> QuerySet[Case]:
    """What the link confirms: what its mail listed, as far as nobody has confirmed it yet."""
    return identity.unverified(link.subject_id).filter(registered_at__lte=link.created_at)


@transaction.atomic
def use(
    link: MailedLink, typed: str, confirmed: Collection[str] | None = None
) -> DataSubject | None:
    """Spend the link, if the address is the person's; None when it is not, or was spent.

    ``confirmed`` are the references of what the person says is theirs; None: all of it.
    """
    if hit("case-link-try", str(link.pk), minutes=60) > MOST_TRIES:
        return None
    # Addresses and person before the link, as an erasure takes them.
    lock_persons([link.subject_id])
    if not _is_theirs(link, typed) or not links.spend(link):
        return None
    person = DataSubject.objects.get(pk=link.subject_id)
    identity.verify(person, asked_until=link.created_at, only=confirmed)
    return person


def _is_theirs(link: MailedLink, typed: str) -> bool:
    try:
        found = find(IdentifierKind.EMAIL, normalise_email(typed))
    except ValidationError:
        return False
    return found is not None and found.subject_id == link.subject_id


def is_new_address(token: str, typed: str) -> bool:
    """Whether the link of a token was mailed to the address that was typed.

    Who guesses is stopped: after ten tries an hour nothing is right any more.
    """
    link = links.find_link(NEW_ADDRESS, token)
    proposal = Proposal.objects.filter(pk=link.record).first() if link else None
    if link is None or proposal is None:
        return False
    if hit("new-address-try", str(link.pk), minutes=60) > MOST_TRIES:
        return False
    try:
        return fold(normalise_email(typed)) == fold(proposal.value or "")
    except ValidationError:
        return False
