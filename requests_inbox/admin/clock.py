"""Both clocks of a request with their arithmetic: reply due, and last day kept."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from emsar.entities.businessdays import Due
from emsar.entities.wording import day_text, explain
from emsar.retention.holds import ground_words, on_record
from policies.models import PolicyVersion
from policies.versions import PRIVACY, in_force, term_for
from requests_inbox.clocks import LastDay
from requests_inbox.models import ConsultationRequest
from requests_inbox.services.due import due_under
from requests_inbox.services.keeping import last_day_of

# The term behind each clause that a last day kept can name.
_KEPT_TERMS = {
    "E-7.2a": "consultation_retention",
    "E-7.2b": "consultation_retention",
    "E-8f": "erasure_deadline",
    "E-8g": "erasure_deadline",
}


@dataclass(frozen=True)
class Clock:
    """``stored`` is the due moment that holds; ``due`` what today's calendar makes of it.

    Each clock has the page of the version whose term it keeps; clauses are the page's anchors.
    """

    stored: datetime
    due: Due
    due_policy: str
    kept: LastDay
    kept_policy: str
    held: tuple[str, ...] = ()

    @property
    def steps(self) -> list[str]:
        """The arithmetic of the due moment, one step a line (E-4a)."""
        return explain(self.due)

    @property
    def moved(self) -> bool:
        """Whether the business calendar has changed since the due moment was stored."""
        return self.due.moment != self.stored

    @property
    def kept_until(self) -> str:
        """The last day kept in words; while a contract is open there is none."""
        return kept_words(self.kept.day)

    @property
    def kept_why(self) -> str:
        """The arithmetic of the last day kept: base, term and event."""
        base = {"base": day_text(self.kept.base)}
        if self.kept.day is None:
            return _("A contract was concluded on %(base)s and is open.") % base
        if not self.kept.term:
            return _("The contract's end, %(base)s, is later than the usual last day.") % base
        words = {**base, "term": self.kept.term, "event": self.kept.event}
        return _("%(term)s from %(base)s (%(event)s).") % words


def kept_words(day: date | None) -> str:
    """``24 November 2027``, or that the contract is still open."""
    return day_text(day) if day else _("as long as the contract lasts")


def last_day_preview(request: ConsultationRequest) -> list[tuple[str, str]]:
    """The line of a verb's page that says until when the request is kept as things stand."""
    return [(_("Last day kept"), kept_words(request.destroy_after))]


def clock_of(request: ConsultationRequest) -> Clock:
    """The clocks as they stand now."""
    kept = last_day_of(request)
    return Clock(
        stored=request.reply_due_at,
        due=due_under(request.waiting_since, request.version),
        due_policy=_policy_url("reply_within", request),
        kept=kept,
        held=tuple(ground_words(hold) for hold in on_record(request)),
        kept_policy=_policy_url(_KEPT_TERMS.get(kept.clause, ""), request),
    )


def _policy_url(term: str, request: ConsultationRequest) -> str:
    """The page of the version whose value of a term holds; of two equal ones the one shown."""
    for version in (request.version, in_force()) if term else ():
        if version is not None and version.terms.get(term) == term_for(term, request.version):
            return version_url(version)
    return version_url(None)


def version_url(version: PolicyVersion | None) -> str:
    """The page of a version of the privacy policy; without one, of what is in force."""
    if version is None:
        return reverse("policies:current", args=[PRIVACY])
    return reverse("policies:version", args=[PRIVACY, version.number])
