"""Both clocks of a request with their arithmetic: reply due, and last day kept."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from emsar.entities.businessdays import Due
from emsar.entities.wording import explain
from policies.versions import PRIVACY
from requests_inbox.clocks import LastDay
from requests_inbox.models import ConsultationRequest
from requests_inbox.services.due import due_under
from requests_inbox.services.keeping import last_day_of


@dataclass(frozen=True)
class Clock:
    """``stored`` is the due moment that holds; ``due`` what today's calendar makes of it."""

    stored: datetime
    due: Due
    kept: LastDay
    policy: str

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
    return Clock(
        stored=request.reply_due_at,
        due=due_under(request.waiting_since, request.version),
        kept=last_day_of(request),
        policy=_policy_url(request),
    )


def _policy_url(request: ConsultationRequest) -> str:
    """The page of the version that the request is held to; clauses are its anchors."""
    if request.version is None:
        return reverse("policies:current", args=[PRIVACY])
    return reverse("policies:version", args=[PRIVACY, request.version.number])
