"""Both clocks of a request with their arithmetic: reply due, and last day kept."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from emsar.entities.businessdays import Due
from emsar.entities.wording import explain
from policies.models import PolicyVersion
from policies.versions import PRIVACY, in_force, term_for
from requests_inbox.clocks import LastDay
from requests_inbox.models import ConsultationRequest
from requests_inbox.services.due import due_under
from requests_inbox.services.keeping import last_day_of

# The term behind each clause that a last day kept can name.
_KEPT_TERMS = {"E-7.2a": "consultation_retention", "E-8g": "erasure_deadline"}


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

    @property
    def steps(self) -> list[str]:
        """The arithmetic of the due moment, one step a line (E-4a)."""
        return explain(self.due)

    @property
    def moved(self) -> bool:
        """Whether the business calendar has changed since the due moment was stored."""
        return self.due.moment != self.stored


def clock_of(request: ConsultationRequest) -> Clock:
    """The clocks as they stand now."""
    kept = last_day_of(request)
    return Clock(
        stored=request.reply_due_at,
        due=due_under(request.waiting_since, request.version),
        due_policy=_policy_url("reply_within", request),
        kept=kept,
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
