"""The preview in three lists, and the word of the officer, and of a second person (idea 10)."""

import hashlib
import json
from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar.admin.forms import ExplainForm, PreviewForm
from dsar.admin.stages import second_needed
from dsar.admin.verbpage import VerbPage
from dsar.models import Case
from dsar.services import erasure, preview, residual
from dsar.services.errors import CaseRefusedError
from emsar.staff.models import User


def digest(found: Any) -> str:
    """A preview in 64 signs: another preview has another digest."""
    lists = [_plain(lines) for lines in (found.erase, found.keep, found.pseudonymise)]
    return hashlib.sha256(json.dumps(lists).encode()).hexdigest()


def _plain(lines: Iterable[Any]) -> list[list[str]]:
    return [[str(line.label), str(line.count), str(line.until)] for line in lines]


class PreviewPage(VerbPage):
    """What goes, what stays and why; approved only as it was seen."""

    form = PreviewForm
    dangerous = True
    second_factor = True
    template = "admin/dsar/preview.html"

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        if data["seen"] != digest(preview.preview(case)):
            raise CaseRefusedError(
                _("What would be erased has changed since you looked. Please read it again.")
            )
        return self.approve(case, user)

    @abstractmethod
    def approve(self, case: Case, user: User) -> str:
        """Give one's word; what is said then."""

    def more(self, case: Case) -> dict[str, Any]:
        found = preview.preview(case)
        return {"preview": found, "seen": digest(found), "two": second_needed()}


class Approve(PreviewPage):
    name = "approve"
    button = gettext_lazy("Approve the deletion")
    explanation = gettext_lazy(
        "Without your word the machine carries this out by itself in the night of the day below. "
        "What is erased does not come back."
    )

    def approve(self, case: Case, user: User) -> str:
        erasure.approve(case, by=user)
        if second_needed():
            return _("approved; a second person has to approve too.")
        return _("approved and carried out; the answer is on its way.")


class Second(PreviewPage):
    name = "second"
    button = gettext_lazy("Approve as second")
    explanation = gettext_lazy(
        "A colleague has approved this deletion. With your word it is carried out at once, and "
        "what is erased does not come back."
    )

    def approve(self, case: Case, user: User) -> str:
        erasure.second(case, by=user)
        return _("approved by two and carried out; the answer is on its way.")


class Explain(VerbPage):
    name = "explain"
    button = gettext_lazy("Leave these rows out")
    explanation = gettext_lazy(
        "The residual scan found something that looks like this person's. Look there first; if it "
        "is somebody else's, say so here and the next scan leaves these rows out. If it is this "
        "person's, it has to be deleted."
    )
    form = ExplainForm

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        residual.explain(case, data["place"], by=user)
        return _("the next scan leaves these rows out.")
