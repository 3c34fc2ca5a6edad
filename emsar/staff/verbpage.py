"""The pages of verbs in the admin: what will happen is said first, then it is done, then told.

Each room says about what its verbs are and what its services refuse; the way through is one.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise

from emsar.staff.access.stepup import confirmation
from emsar.staff.acting import acting_user
from emsar.staff.models import User

UNPROCESSABLE = 422
CONFLICT = 409
Words = str | Promise
ThingT = TypeVar("ThingT", bound=Model)


class VerbForm(forms.Form, Generic[ThingT]):
    """A form about one thing, filled in by one colleague."""

    def __init__(self, thing: ThingT, user: User, *args: Any, **kwargs: Any) -> None:
        self.thing, self.user = thing, user
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the thing."""


@dataclass(frozen=True)
class Visit(Generic[ThingT]):
    """A colleague on the page of a verb: by way of which admin, and about what."""

    model_admin: Any
    request: HttpRequest
    thing: ThingT
    user: User


class VerbPage(ABC, Generic[ThingT]):
    """GET shows the form and what will happen; POST does it and goes back to the thing.

    422 for a form that is not filled in right; what the service refuses is told by ``refused``.
    """

    button: ClassVar[Words]
    explanation: ClassVar[Words]
    form: ClassVar[type[VerbForm[Any]]] = VerbForm
    template: ClassVar[str]
    dangerous: ClassVar[bool] = False
    # What is posted is done only after the second factor, unless that was given a short while ago.
    second_factor: ClassVar[bool] = False
    # What the room's services raise when they refuse; ``refused`` gets nothing else.
    refusals: ClassVar[tuple[type[Exception], ...]]

    @property
    @abstractmethod
    def title(self) -> Words:
        """What the page is called, and the link that leads to it."""

    @abstractmethod
    def find(self, model_admin: Any, request: HttpRequest, key: object) -> ThingT:
        """The thing of an address; Http404 or PermissionDenied for who may not see it."""

    @abstractmethod
    def address(self, thing: ThingT) -> str:
        """The page of the thing itself."""

    @abstractmethod
    def do(self, thing: ThingT, data: dict[str, Any], user: User) -> str | HttpResponse:
        """Call the service; what is said when it is done, or the answer itself, such as a file."""

    @abstractmethod
    def refused(
        self, visit: Visit[ThingT], form: VerbForm[ThingT], problem: Exception
    ) -> HttpResponse:
        """Tell in words why the service refused."""

    @abstractmethod
    def frame(self, visit: Visit[ThingT]) -> dict[str, Any]:
        """The context that every page about the thing has."""

    def stop(self, visit: Visit[ThingT]) -> HttpResponse | None:
        """An answer in place of the page, where the verb is not for this moment."""
        return None

    def more(self, thing: ThingT) -> dict[str, Any]:
        """What else the page shows: what is at stake."""
        return {}

    def said(self, thing: ThingT, done: str) -> str:
        """The message on the next page, which names the thing."""
        return f"{thing}: {done}"

    def back(self, visit: Visit[ThingT]) -> HttpResponse:
        """Where it goes on afterwards."""
        return redirect(self.address(visit.thing))

    def view(self, model_admin: Any, request: HttpRequest, pk: object) -> HttpResponse:
        thing = self.find(model_admin, request, pk)
        visit = Visit(model_admin, request, thing, acting_user(request))
        if (answer := self.stop(visit)) is not None:
            return answer
        if request.method != "POST":
            return self.page(visit, self.make(visit))
        if self.second_factor and (asked := confirmation(request)) is not None:
            return asked
        form = self.make(visit, request.POST)
        if not form.is_valid():
            return self.page(visit, form, UNPROCESSABLE)
        return self.carry_out(visit, form)

    def make(self, visit: Visit[ThingT], data: Mapping[str, Any] | None = None) -> VerbForm[ThingT]:
        """The form, empty or filled in."""
        return self.form(visit.thing, visit.user, data)

    def carry_out(self, visit: Visit[ThingT], form: VerbForm[ThingT]) -> HttpResponse:
        """Do what a valid form asks for."""
        try:
            done = self.do(visit.thing, form.cleaned_data, visit.user)
        except self.refusals as problem:
            return self.refused(visit, form, problem)
        if isinstance(done, HttpResponse):
            return done
        messages.success(visit.request, self.said(visit.thing, done))
        return self.back(visit)

    def again(
        self, visit: Visit[ThingT], form: VerbForm[ThingT], problem: Exception
    ) -> HttpResponse:
        """The page once more, saying why, with the thing as it is by now."""
        form.add_error(None, str(problem))
        thing = self.find(visit.model_admin, visit.request, visit.thing.pk)
        return self.page(replace(visit, thing=thing), form, CONFLICT)

    def page(
        self, visit: Visit[ThingT], form: VerbForm[ThingT], status: int = 200, **more: Any
    ) -> HttpResponse:
        context = {
            **self.frame(visit),
            "verb": self,
            "title": self.title,
            "subtitle": str(visit.thing),
            "form": form,
            "back": self.address(visit.thing),
            **self.more(visit.thing),
            **more,
        }
        return TemplateResponse(visit.request, self.template, context, status=status)
