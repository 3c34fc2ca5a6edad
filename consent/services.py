"""Recording consents so that they can be proved (E-1l, E-5a) and withdrawn (E-8g)."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from consent.models import ConsentEvent, ConsentText
from consent.notices import Notice
from emsar.audit import record

_stored: set[str] = set()


def store_text(notice: Notice) -> None:
    """Store the words once; costs no query when this process knows that they are stored."""
    if notice.sha256 in _stored:
        return
    if not ConsentText.objects.filter(sha256=notice.sha256).exists():
        row = ConsentText(
            sha256=notice.sha256,
            form=notice.form,
            language=notice.language,
            sentence=notice.sentence,
            details=notice.details,
        )
        ConsentText.objects.bulk_create([row], ignore_conflicts=True)
    transaction.on_commit(lambda: _stored.add(notice.sha256))


def forget_stored() -> None:
    """For tests whose database is rolled back under the process."""
    _stored.clear()


def given(
    notice: Notice, *, subject: UUID, about: UUID, controllers: Sequence[str], method: str
) -> ConsentEvent:
    """The consent to be written in the caller's transaction; the words are stored at once.

    The caller writes it together with what it permits: if one fails, nothing is granted.
    """
    store_text(notice)
    return ConsentEvent(
        kind=ConsentEvent.Kind.GIVEN,
        method=method,
        subject=subject,
        about=about,
        form=notice.form,
        text_sha256=notice.sha256,
        language=notice.language,
        policy=notice.version.policy_id,
        version=notice.version.number,
        purposes=ConsentEvent.Purpose.values,
        controllers=list(controllers),
    )


@transaction.atomic
def withdraw(given: ConsentEvent, *, method: str, actor: UUID | None) -> ConsentEvent:
    """Record the withdrawal of a consent; withdrawing twice returns the first withdrawal."""
    before: ConsentEvent | None = ConsentEvent.objects.filter(
        kind=ConsentEvent.Kind.WITHDRAWN, subject=given.subject, about=given.about
    ).first()
    if before is not None:
        return before
    copied = ("subject", "about", "form", "text_sha256", "language", "policy", "version")
    event = ConsentEvent(
        kind=ConsentEvent.Kind.WITHDRAWN,
        method=method,
        purposes=given.purposes,
        controllers=given.controllers,
        **{name: getattr(given, name) for name in copied},
    )
    event.save()
    record("consent.withdraw", actor=actor, subject=given.subject, obj=event)
    return event


def text_is_as_stored(text: ConsentText) -> bool:
    """Whether the stored words still have the hash under which they were agreed to."""
    content = f"{text.sentence}\n---\n{text.details}"
    return hashlib.sha256(content.encode()).hexdigest() == text.sha256
