"""A page for a verb of a case: it says what will happen, does it, and goes back to the case."""

from abc import abstractmethod
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from dsar.admin.allowed import TITLES, allowed
from dsar.admin.casepage import address_of, case_frame, find_case, show
from dsar.admin.stages import staged
from dsar.models import Case
from dsar.services.errors import CaseRefusedError, CaseStateError
from emsar.staff import verbpage
from emsar.staff.models import User
from emsar.staff.verbpage import CONFLICT, VerbForm, Visit, Words


class CaseForm(VerbForm[Case]):
    """A form about one case, filled in by one officer."""

    @property
    def case(self) -> Case:
        return self.thing


class VerbPage(verbpage.VerbPage[Case]):
    """A verb of a case.

    What the state of the case no longer permits is told on the case's own page: another click,
    a colleague or the machine was faster.
    """

    name: ClassVar[str]
    template = "admin/dsar/verb.html"
    refusals: ClassVar[tuple[type[Exception], ...]] = (CaseStateError, CaseRefusedError)

    @property
    def title(self) -> Words:
        return TITLES[self.name]

    def find(self, model_admin: Any, request: HttpRequest, key: object) -> Case:
        return find_case(request, key)

    def address(self, thing: Case) -> str:
        return address_of(thing)

    def frame(self, visit: Visit[Case]) -> dict[str, Any]:
        return case_frame(visit.request, visit.thing, self.title)

    @abstractmethod
    def do(self, case: Case, data: dict[str, Any], user: User) -> str | HttpResponse:
        """Call the service; what is said when it is done, or the answer itself."""

    def stop(self, visit: Visit[Case]) -> HttpResponse | None:
        """To the case, saying so, once its state does not permit the verb."""
        case = visit.thing
        if self.name in allowed(case, staged(case), visit.user):
            return None
        words = _("“%(verb)s” is not possible for this case now.") % {"verb": self.title}
        if visit.request.method == "POST":
            return show(visit.request, case, status=CONFLICT, problem=words)
        messages.warning(visit.request, words)
        return self.back(visit)

    def refused(self, visit: Visit[Case], form: VerbForm[Case], problem: Exception) -> HttpResponse:
        if isinstance(problem, CaseStateError):
            fresh = find_case(visit.request, visit.thing.pk)
            return show(visit.request, fresh, status=CONFLICT, problem=str(problem))
        return self.again(visit, form, problem)
