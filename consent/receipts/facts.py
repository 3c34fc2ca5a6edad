"""What a receipt says: the events of one consent, the words agreed to, and how it stands now."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe

from consent.models import ConsentEvent, ConsentText
from consent.notices import COOKIE_CHOICE
from consent.receipts.parties import companies
from consent.receipts.standing import Standing, standing_of
from consent.services import text_is_as_stored, withdrawal_of
from consent.wording import screen_sha256
from policies.models import PolicyVersion


@dataclass(frozen=True)
class Receipt:
    """A consent and its withdrawal; one of the two may be missing, never both.

    ``given`` is missing when the consent itself left by its term before the withdrawal did.
    """

    given: ConsentEvent | None
    withdrawn: ConsentEvent | None

    @property
    def event(self) -> ConsentEvent:
        """The event that says to what was agreed; a withdrawal repeats it."""
        found = self.given or self.withdrawn
        assert found is not None  # noqa: S101 - see the class
        return found

    @property
    def number(self) -> UUID:
        """The number of the record: that of the consent, also when it is no longer kept."""
        return self.given.uid if self.given else self.event.withdraws or self.event.uid

    @property
    def events(self) -> list[ConsentEvent]:
        return [event for event in (self.given, self.withdrawn) if event is not None]

    @property
    def is_for_cookies(self) -> bool:
        return self.event.form == COOKIE_CHOICE

    @cached_property
    def text(self) -> ConsentText | None:
        return self.event.text

    @cached_property
    def version(self) -> PolicyVersion | None:
        """The version agreed to, with its terms."""
        named = PolicyVersion.objects.published().filter(policy=self.event.policy)
        return named.filter(number=self.event.version).first()

    @cached_property
    def standing(self) -> Standing:
        return standing_of(self.event, self.withdrawn, self.version)

    @cached_property
    def is_as_written(self) -> bool:
        """Whether the rows are those that were written then."""
        return all(event.intact() for event in self.events)

    @cached_property
    def words_match(self) -> bool:
        """Whether the stored words have, computed now, the hashes that were agreed to."""
        text = self.text
        if text is None or not text_is_as_stored(text):
            return False
        agreed = self.event.sentence_sha256
        return not agreed or agreed == screen_sha256(text.sentence)

    @property
    def words(self) -> SafeString:
        """Sentence and fold-out, made by our own renderer from a document without HTML."""
        return mark_safe(self.text.sentence + self.text.details) if self.text else SafeString("")  # nosec B308 B703

    @property
    def purposes(self) -> list[str]:
        return [purpose_text(code) for code in self.event.purposes]

    def controllers(self, language: str) -> list[str]:
        """The companies towards which it was given, by the names that they have now."""
        return [facts.name.get(language) for facts in companies(self.event.controllers)]


def purpose_text(code: str) -> str:
    """A purpose in the active language."""
    return str(dict(ConsentEvent.Purpose.choices).get(code, code))


def receipt_of(uid: UUID) -> Receipt | None:
    """The receipt of a consent or of a withdrawal: one receipt for both; None for no event."""
    event = ConsentEvent.objects.filter(uid=uid).first()
    if event is None:
        return None
    if event.kind == ConsentEvent.Kind.WITHDRAWN:
        return Receipt(consent_ended_by(event), event)
    return Receipt(event, withdrawal_of(event))


def consent_ended_by(withdrawal: ConsentEvent) -> ConsentEvent | None:
    """The consent that a withdrawal ended; None when it is no longer kept.

    Withdrawals written before they named it are known by person and request.
    """
    given = ConsentEvent.objects.filter(kind=ConsentEvent.Kind.GIVEN)
    if withdrawal.withdraws is not None:
        given = given.filter(uid=withdrawal.withdraws)
    else:
        given = given.filter(subject=withdrawal.subject, about=withdrawal.about)
    found: ConsentEvent | None = given.order_by("id").first()
    return found
