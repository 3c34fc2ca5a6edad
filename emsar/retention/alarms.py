"""Telling the officer that the sweep did not do what was promised."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from emsar.audit.notices import notify_role
from emsar.entities.businessdays import BAKU
from emsar.retention.wording import covered_by


def tell_officer(faults: Sequence[str]) -> int:
    """One mail a day with what is wrong; the number of mails, 0 when all is in order."""
    if not faults:
        return 0
    day = timezone.localdate(timezone.now(), BAKU)
    # Said when the mail is written, which is in the language of its reader.
    context = {"faults": tuple(faults), "sentences": [_words_later(fault) for fault in faults]}
    return notify_role("dpo", "retention_alarm", context, key=f"retention:{day}")


def words(fault: str) -> str:
    """A fault as a sentence in the active language."""
    name, _colon, detail = fault.partition(":")
    said = {
        "late": _("Something under the rule “%(rule)s” is past its last day and still here."),
        "term": _("The rule “%(rule)s” has no term any more, so nothing goes under it."),
        "silent": _("The sweep has not run to its end for more than a day."),
        "failed": _("The last sweep failed or was cut off."),
        "copies": _("Copies in mailboxes have been waiting for more than three days."),
        "replay": _(
            "This database was restored from a back-up and does not know of every erasure: run the "
            "replay before anything else."
        ),
        "ledger": _("Entries of the erasure ledger have not left the database."),
    }
    return said.get(name, name) % {"rule": covered_by(detail)}


_words_later = lazy(words, str)
