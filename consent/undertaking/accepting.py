"""Accepting the undertaking, with the same proof as a consent (E-9d, E-1l)."""

from collections.abc import Collection
from dataclasses import replace
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from consent.models import ConsentEvent
from consent.notices import STAFF_UNDERTAKING, Notice, NoticeUnavailableError, notice
from consent.services import given
from emsar.audit import record
from emsar.entities.registry import registry
from emsar.staff.models import User
from policies.models import PolicyText
from policies.versions import UNDERTAKING, answered_under


def words(language: str) -> Notice:
    """What is shown: the sentence beside the button, and the frozen article of the version.

    Raises NoticeUnavailableError for an organisation without an undertaking.
    """
    sentence = notice(STAFF_UNDERTAKING, language)
    text = PolicyText.objects.filter(version=sentence.version, language=language).first()
    if text is None:
        raise NoticeUnavailableError(f"{UNDERTAKING}: no text in {language!r}")
    content = f"{sentence.sentence}\n---\n{text.html}"
    return replace(sentence, details=text.html, sha256=sha256(content.encode()).hexdigest())


def accepted_by(user: UUID, versions: Collection[str] | None = None) -> ConsentEvent | None:
    """The last acceptance of a member of staff under ``versions``, by default those that hold."""
    holding = answered_under(UNDERTAKING) if versions is None else versions
    events = ConsentEvent.objects.filter(subject=user, form=STAFF_UNDERTAKING)
    accepted = events.filter(kind=ConsentEvent.Kind.GIVEN, version__in=holding)
    found: ConsentEvent | None = accepted.order_by("-id").first()
    return found


@transaction.atomic
def accept(user: User, shown: Notice) -> ConsentEvent:
    """Write the acceptance of the words shown; pressing twice writes it once."""
    # Two windows of one colleague wait for each other.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    before = accepted_by(user.pk, {shown.version.number})
    if before is not None:
        return before
    event = given(
        shown,
        subject=user.pk,
        about=None,
        controllers=employers(user),
        method=ConsentEvent.Method.STAFF_PAGE,
    )
    event.save()
    record("undertaking.accept", actor=user.pk, obj=event, detail={"version": event.version})
    return event


def employers(user: User) -> list[str]:
    """Towards whom: the colleague's own company, or all of them for who works for the group."""
    return [user.entity_id] if user.entity_id else [row.slug for row in registry().entities]
