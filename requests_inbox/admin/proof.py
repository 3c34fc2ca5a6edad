"""The proof of the consent: the words as they were shown, and that nothing was changed since."""

from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from consent.models import ConsentEvent, ConsentText
from consent.services import text_is_as_stored
from requests_inbox.admin.clock import version_url
from requests_inbox.admin.history import company_name
from requests_inbox.models import ConsultationRequest


@dataclass(frozen=True)
class Proof:
    """A consent with everything that proves it (E-1l, E-5a); ``policy`` is the page agreed to."""

    event: ConsentEvent
    text: ConsentText | None
    withdrawn: ConsentEvent | None
    policy: str

    @property
    def event_intact(self) -> bool:
        """Whether the event is the row that was written then."""
        return self.event.intact()

    @property
    def words_intact(self) -> bool:
        """Whether the stored words still have the hash that was agreed to, computed now."""
        return self.text is not None and self.text.intact() and text_is_as_stored(self.text)

    @property
    def words(self) -> SafeString:
        """Sentence and fold-out, made by our own renderer from a document without HTML."""
        return mark_safe(self.text.sentence + self.text.details) if self.text else SafeString("")  # nosec B308 B703

    @property
    def controllers(self) -> list[str]:
        return [company_name(slug) for slug in self.event.controllers]

    @property
    def purposes(self) -> list[str]:
        words = dict(ConsentEvent.Purpose.choices)
        return [str(words.get(purpose, purpose)) for purpose in self.event.purposes]


def proof_of(request: ConsultationRequest) -> Proof | None:
    """The proof of a request's consent; None for one that staff registered."""
    event = request.consent
    if event is None:
        return None
    withdrawals = ConsentEvent.objects.filter(kind=ConsentEvent.Kind.WITHDRAWN, about=request.pk)
    first = withdrawals.order_by("id").first()
    return Proof(event, event.text, first, version_url(request.version))
