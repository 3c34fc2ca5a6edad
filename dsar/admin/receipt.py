"""The officer's word on when a case came in, where a colleague says that it was earlier (E-9c)."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar.admin.frame import today_in_baku
from dsar.admin.stages import Stage
from dsar.admin.verbpage import CaseForm, VerbPage
from dsar.admin.words import machine_day, staff_names
from dsar.models import Case
from dsar.services import claims, receipts
from dsar.services.errors import CaseStateError
from dsar.services.joining import would_end
from emsar.staff.models import User

CAME, NOT = "came", "not"


class ReceiptForm(CaseForm):
    """``seen`` is the moment that was read; another one than that is not answered unseen."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    answer = forms.ChoiceField(
        label=gettext_lazy("When it came in"),
        choices=[
            (CAME, gettext_lazy("It came in then: both terms count from then")),
            (NOT, gettext_lazy("It did not: the deadlines stay as they are")),
        ],
        widget=forms.RadioSelect,
    )

    def prepare(self) -> None:
        self.initial["seen"] = _mark(self.case)


class Receipt(VerbPage):
    name = "receipt"
    button = gettext_lazy("Note my word")
    explanation = gettext_lazy(
        "A colleague says that this case came in earlier than its deadlines count. The word of "
        "company staff moves nothing; look at the letter or the mail itself, or ask them."
    )
    form = ReceiptForm
    # The machine's day may come by it.
    second_factor = True
    template = "admin/dsar/receipt.html"

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        if data["seen"] != _mark(case):
            raise CaseStateError(receipts.CHANGED)
        if data["answer"] == CAME:
            receipts.came_then(case, by=user)
            return _("both terms count from the earlier day.")
        receipts.did_not(case, by=user)
        return _("the saying is taken away, and the deadlines stay as they are.")

    def more(self, thing: Case) -> dict[str, Any]:
        said, moved = claims.saying(thing), receipts.foreseen(thing)
        named = staff_names([said.actor]) if said else {}
        return {
            "said": said,
            "by": named.get(said.actor, "") if said else "",
            "moved": moved,
            "warning": _warning(thing, moved) if moved else "",
            "machine": machine_day(thing, Stage.RECEIPT),
        }


def _warning(case: Case, moved: Case) -> str:
    """What the officer should know before saying that it came in then."""
    if receipts.ends_too_soon(case, moved):
        return str(receipts.ENDS_BEFORE)
    if would_end(case, moved.promise_due):
        return _("Nobody has proved who asks, and the last promised day has come: whatever you "
                 "answer, the case is closed then and its file destroyed.")  # fmt: skip
    if machine_day(case, Stage.RECEIPT) and moved.execute_on <= today_in_baku():
        return _("Counted from then the machine's day has come: it acts within the hour.")
    return ""


def _mark(case: Case) -> str:
    return case.said_at.isoformat() if case.said_at else ""
