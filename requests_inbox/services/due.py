"""When the reply to a message is due (E-4a), under the better of two versions' terms."""

from datetime import datetime

from emsar.entities.businessdays import Due
from emsar.entities.calendar import current_calendar
from policies.models import PolicyVersion
from policies.versions import term_for
from requests_inbox import clocks


def due_under(received: datetime, shown: PolicyVersion | None) -> Due:
    """The due moment of what came in at ``received``, with its arithmetic.

    ``shown`` is the version that the person saw; None when none was shown.
    """
    return clocks.reply_due(received, term_for("reply_within", shown), current_calendar())
