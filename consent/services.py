"""Recording consents so that they can be proved (E-1l, E-5a) and withdrawn (E-8g)."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from consent.models import ConsentEvent, ConsentText
from consent.notices import COOKIE_CHOICE, FREE_CONSULTATION, STAFF_UNDERTAKING, Notice
from emsar.audit import record

_stored: set[str] = set()

_PURPOSE = ConsentEvent.Purpose
# What the words of each form ask for.
PURPOSES = {
    FREE_CONSULTATION: (_PURPOSE.REPLY, _PURPOSE.ROUTING, _PURPOSE.PROPOSAL),
    COOKIE_CHOICE: (_PURPOSE.ANALYTICS,),
    STAFF_UNDERTAKING: (_PURPOSE.CONFIDENTIALITY,),
}
COPIED = (
    *("subject", "about", "form", "text_sha256", "sentence_sha256"),
    *("language", "policy", "version", "purposes", "controllers"),
)


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
    notice: Notice,
    *,
    subject: UUID | None,
    about: UUID | None,
    controllers: Sequence[str],
    method: str,
) -> ConsentEvent:
    """The consent to be written in the caller's transaction; the words are stored at once.

    The caller writes it together with what it permits: if one fails, nothing is granted.
    ``subject`` and ``about`` are None for a choice about cookies alone.
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
        purposes=list(PURPOSES[notice.form]),
        controllers=list(controllers),
        sentence_sha256=notice.sentence_sha256,
    )


@transaction.atomic
def withdraw(given: ConsentEvent, *, method: str, actor: UUID | None) -> ConsentEvent:
    """Record the withdrawal of a consent; withdrawing twice returns the first withdrawal."""
    before = withdrawal_of(given)
    if before is not None:
        return before
    event = ConsentEvent(
        kind=ConsentEvent.Kind.WITHDRAWN,
        method=method,
        withdraws=given.uid,
        **{name: getattr(given, name) for name in COPIED},
    )
    event.save()
    record("consent.withdraw", actor=actor, subject=given.subject, obj=event)
    return event


def withdrawal_of(given: ConsentEvent) -> ConsentEvent | None:
    """The event that ended a consent, or None.

    Withdrawals written before they named the consent's receipt are known by person and request.
    """
    same = Q(withdraws=given.uid)
    if given.subject is not None:
        same |= Q(withdraws__isnull=True, subject=given.subject, about=given.about)
    ended = ConsentEvent.objects.filter(same, kind=ConsentEvent.Kind.WITHDRAWN)
    found: ConsentEvent | None = ended.order_by("id").first()
    return found


def text_is_as_stored(text: ConsentText) -> bool:
    """Whether the stored words still have the hash under which they were agreed to."""
    content = f"{text.sentence}\n---\n{text.details}"
    return hashlib.sha256(content.encode()).hexdigest() == text.sha256
