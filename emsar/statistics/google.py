"""The one place that talks to Google, and only in a worker (E-4f).

Google's packages are imported inside functions: they take half a second and 60 MB, and the web
process has no business with them. What goes wrong becomes an outcome; Google's own words are
neither stored nor logged, because they can name the account and the project.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.conf import settings

from emsar.statistics.models import Outcome

logger = logging.getLogger(__name__)

# To read is all that the key has to be good for.
SCOPE = "https://www.googleapis.com/auth/analytics.readonly"
# Technical limits, in seconds: one question with all its attempts, and the waits between them.
QUESTION = 60.0
FIRST_WAIT = 1.0
LONGEST_WAIT = 15.0
# Of a whole run; Celery ends a task after 300.
RUN = 240.0

T = TypeVar("T")


class StoppedError(Exception):
    """Google cannot be asked any further in this run, and why."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome


class Budget:
    """The time that a run has; its clock does not mind when the system's is put right."""

    def __init__(self, seconds: float = RUN) -> None:
        self.ends = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds; raises StoppedError when there are none."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise StoppedError(Outcome.TIME)
        return left


def transport(kind: Any) -> Any:
    """The way to one of Google's services; tests put a local server in its place.

    The token is signed by the key itself, so no third address is asked for one.
    """
    from google.oauth2.service_account import Credentials

    path = settings.GA_CREDENTIALS_FILE
    key = Credentials.from_service_account_file(path, scopes=[SCOPE])  # type: ignore[no-untyped-call]
    return kind(credentials=key, always_use_jwt_access=True)


@contextmanager
def data_client() -> Iterator[Any]:
    """A client for reports. Raises StoppedError when the key cannot be read."""
    from google.analytics.data_v1beta import BetaAnalyticsDataClient
    from google.analytics.data_v1beta.services.beta_analytics_data.transports import (
        BetaAnalyticsDataGrpcTransport,
    )

    with BetaAnalyticsDataClient(transport=_open(BetaAnalyticsDataGrpcTransport)) as client:
        yield client


@contextmanager
def admin_client() -> Iterator[Any]:
    """A client for a property's settings. Raises StoppedError when the key cannot be read."""
    from google.analytics.admin_v1beta import AnalyticsAdminServiceClient
    from google.analytics.admin_v1beta.services.analytics_admin_service.transports import (
        AnalyticsAdminServiceGrpcTransport,
    )

    with AnalyticsAdminServiceClient(transport=_open(AnalyticsAdminServiceGrpcTransport)) as client:
        yield client


def _open(kind: Any) -> Any:
    try:
        return transport(kind)
    except Exception as problem:  # noqa: BLE001 - a key file may hold anything, "null" among it
        logger.warning("statistics: no usable key (%s)", type(problem).__name__)
        raise StoppedError(Outcome.KEY) from None


def ask(question: Callable[..., T], budget: Budget, **words: Any) -> T:
    """Ask once more when Google is away or fails, but never when it says that it is enough.

    Raises StoppedError.
    """
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError

    left = min(QUESTION, budget.left())
    try:
        return question(**words, retry=_patience(left), timeout=left)
    except (GoogleAPIError, GoogleAuthError) as problem:
        # Google's sentence stays out of logs and traces alike.
        logger.warning("statistics: %s", type(problem).__name__)
        raise StoppedError(_outcome_of(problem)) from None


def _patience(seconds: float) -> Any:
    from google.api_core.exceptions import InternalServerError, ServiceUnavailable
    from google.api_core.retry import Retry, if_exception_type

    return Retry(
        predicate=if_exception_type(ServiceUnavailable, InternalServerError),
        initial=FIRST_WAIT,
        maximum=LONGEST_WAIT,
        timeout=seconds,
    )


def _outcome_of(problem: Exception) -> Outcome:
    from google.api_core import exceptions as kinds
    from google.auth.exceptions import GoogleAuthError

    if isinstance(problem, kinds.ResourceExhausted):
        return Outcome.QUOTA
    if isinstance(problem, kinds.Forbidden | kinds.Unauthorized | GoogleAuthError):
        return Outcome.REFUSED
    if isinstance(problem, kinds.ServerError | kinds.RetryError):
        return Outcome.UNAVAILABLE
    return Outcome.FAILED
