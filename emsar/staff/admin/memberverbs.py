"""What administrators do about a login; each verb says what it will do, then does it."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emsar.entities.models import LegalEntity
from emsar.staff.access import approving, changing, overtaken
from emsar.staff.access.inviting import StaffRefusedError, invite
from emsar.staff.admin.states import state_of
from emsar.staff.models import Approval, Role, User
from emsar.staff.verbpage import VerbForm, VerbPage, Visit, Words

REASON = gettext_lazy("Reason")


class ReasonForm(VerbForm[User]):
    reason = forms.CharField(label=REASON, max_length=500, widget=forms.Textarea({"rows": 3}))


class RoleForm(VerbForm[User]):
    """Another role or company; what makes an officer asks an officer."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)
    entity = forms.ModelChoiceField(
        LegalEntity.objects.none(), label=gettext_lazy("Company"), required=False
    )
    reason = forms.CharField(label=REASON, max_length=500, widget=forms.Textarea({"rows": 3}))

    def prepare(self) -> None:
        company: Any = self.fields["entity"]
        company.queryset = LegalEntity.objects.order_by("pk")
        self.initial.update(role=self.thing.role, entity=self.thing.entity_id)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        wanted = User(username=self.thing.username, role=given.get("role", ""))
        wanted.entity = given.get("entity")
        try:
            wanted.clean()
        except ValidationError as problem:
            self.add_error(None, problem.messages[0])
        if (wanted.role, wanted.entity_id) == (self.thing.role, self.thing.entity_id):
            self.add_error(None, _("That is the role that this login has."))
        return given


class AddressForm(ReasonForm):
    email = forms.EmailField(label=gettext_lazy("Email"))
    field_order = ("email", "reason")

    def prepare(self) -> None:
        self.initial.update(email=self.thing.email or "")


class MemberVerb(VerbPage[User]):
    """A verb of the administrator's about somebody else's login."""

    template = "admin/access/member_verb.html"
    refusals: ClassVar[tuple[type[Exception], ...]] = (StaffRefusedError,)
    # The states of a login in which the verb makes sense.
    states: ClassVar[frozenset[str]] = frozenset()

    def find(self, model_admin: Any, request: HttpRequest, key: object) -> User:
        if not model_admin.has_change_permission(request):
            raise PermissionDenied
        found: User | None = model_admin.get_object(request, unquote(str(key)))
        if found is None:
            raise Http404
        if found.pk == request.user.pk:
            raise PermissionDenied(_("Another administrator has to do this about you."))
        if request.method == "POST":
            # What is decided here goes by the login as it is, whoever else is changing it.
            changing.hold(found)
            vars(found).pop("has_factor", None)
        return found

    def address(self, thing: User) -> str:
        return reverse("admin:staff_user_change", args=[thing.pk])

    def frame(self, visit: Visit[User]) -> dict[str, Any]:
        return {
            **visit.model_admin.admin_site.each_context(visit.request),
            "opts": visit.model_admin.opts,
            "member": visit.thing,
            "state": state_of(visit.thing),
        }

    def fits(self, thing: User) -> bool:
        """Whether it makes sense as the login stands."""
        return state_of(thing).code in self.states

    def stop(self, visit: Visit[User]) -> HttpResponse | None:
        """Back to the login where the verb makes no sense as it stands, however it was asked."""
        if self.fits(visit.thing):
            return None
        messages.error(visit.request, _("This cannot be done as the login stands now."))
        return self.back(visit)

    def refused(self, visit: Visit[User], form: VerbForm[User], problem: Exception) -> HttpResponse:
        return self.again(visit, form, problem)


class Invite(MemberVerb):
    title = gettext_lazy("Mail an invitation")
    button = gettext_lazy("Mail it")
    explanation = gettext_lazy(
        "A link is mailed that works for 24 hours; links that were mailed before end with it."
    )
    second_factor = True
    states = frozenset({"invited", "stale"})

    def do(self, thing: User, data: dict[str, Any], user: User) -> str:
        invite(thing, actor=user.pk)
        return _("an invitation was mailed.")


class ChangeAddress(MemberVerb):
    title = gettext_lazy("Change the mail address")
    button = gettext_lazy("Change")
    explanation = gettext_lazy(
        "Links that are under way end. The address of before and the data protection officer are "
        "told. An officer's address needs another officer's approval first."
    )
    form = AddressForm
    second_factor = True
    states = frozenset({"invited", "stale", "ready"})

    def do(self, thing: User, data: dict[str, Any], user: User) -> str:
        if thing.is_dpo:
            kind, reason = Approval.Kind.ADDRESS, data["reason"]
            approving.ask(kind, thing, reason=reason, asked_by=user, address=data["email"])
            return _("an officer was asked to agree.")
        changing.change_address(thing, data["email"], actor=user.pk)
        return _("the address was changed.")


class ChangeRole(MemberVerb):
    title = gettext_lazy("Change role or company")
    button = gettext_lazy("Change")
    explanation = gettext_lazy(
        "All logins of this person end, and the data protection officer is told. Making somebody "
        "an officer needs an officer's approval first."
    )
    form = RoleForm
    second_factor = True
    states = frozenset({"invited", "stale", "ready"})

    def do(self, thing: User, data: dict[str, Any], user: User) -> str:
        if data["role"] == Role.DPO:
            kind = Approval.Kind.MAKE_OFFICER
            approving.ask(kind, thing, reason=data["reason"], asked_by=user)
            return _("an officer was asked to agree.")
        changing.change_role(thing, data["role"], data["entity"], actor=user.pk)
        return _("the role was changed.")


class ResetFactor(MemberVerb):
    title = gettext_lazy("Reset the second factor")
    button = gettext_lazy("Reset it")
    explanation = gettext_lazy(
        "App and recovery codes stop working, all logins end, and an invitation to set up a new "
        "factor is mailed. The person and the data protection officer are told. Make sure by "
        "telephone or face to face who is asking."
    )
    form = ReasonForm
    second_factor = True
    dangerous = True
    states = frozenset({"ready"})

    def do(self, thing: User, data: dict[str, Any], user: User) -> str:
        if thing.is_dpo:
            kind = Approval.Kind.RESET_FACTOR
            approving.ask(kind, thing, reason=data["reason"], asked_by=user)
            return _("an officer was asked to agree.")
        changing.reset_factor(thing, actor=user.pk, reason=data["reason"])
        return _("the second factor was reset.")


class SwitchOff(MemberVerb):
    title = gettext_lazy("Switch the login off")
    button = gettext_lazy("Switch off")
    explanation = gettext_lazy(
        "For somebody who leaves. All logins end at once; what the person did stays in the audit."
    )
    dangerous = True
    second_factor = True
    states = frozenset({"invited", "stale", "ready"})

    def do(self, thing: User, data: dict[str, Any], user: User) -> str:
        changing.deactivate(thing, actor=user.pk)
        return _("the login was switched off.")


class SwitchOn(MemberVerb):
    title = gettext_lazy("Switch the login on")
    button = gettext_lazy("Switch on")
    explanation = gettext_lazy(
        "For somebody who comes back. A new second factor has to be set up: an invitation is "
        "mailed. For an officer another officer has to agree first."
    )
    form = ReasonForm
    second_factor = True
    states = frozenset({"off"})

    def do(self, thing: User, data: dict[str, Any], user: User) -> str:
        if thing.is_dpo:
            kind = Approval.Kind.MAKE_OFFICER
            approving.ask(kind, thing, reason=data["reason"], asked_by=user)
            return _("an officer was asked to agree.")
        changing.reactivate(thing, actor=user.pk)
        return _("the login was switched on, and an invitation was mailed.")


class TakeBack(MemberVerb):
    title = gettext_lazy("Take back what was asked of the officers")
    button = gettext_lazy("Take back")
    explanation = gettext_lazy("Nobody decides about it any more. It can be asked anew.")

    def fits(self, thing: User) -> bool:
        return overtaken.waiting().filter(user=thing).exists()

    def do(self, thing: User, data: dict[str, Any], user: User) -> str:
        if not overtaken.take_back(thing, actor=user.pk):
            raise StaffRefusedError(_("Nothing waits any more."))
        return _("what was asked is taken back.")


VERBS: dict[str, MemberVerb] = {
    "invite": Invite(),
    "address": ChangeAddress(),
    "role": ChangeRole(),
    "factor": ResetFactor(),
    "off": SwitchOff(),
    "on": SwitchOn(),
    "back": TakeBack(),
}


def possible_verbs(user: User, request: HttpRequest) -> list[tuple[Words, str]]:
    """Title and address of what can be done about a login as it stands; nothing to oneself."""
    if user.pk == request.user.pk:
        return []
    return [
        (verb.title, reverse(f"admin:staff_user_{name}", args=[user.pk]))
        for name, verb in VERBS.items()
        if verb.fits(user)
    ]
