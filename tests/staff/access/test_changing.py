"""What administrators may do about a login, and what needs an officer."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail
from emsar.staff.access import approving, factors, recovery
from emsar.staff.access.inviting import StaffRefusedError, invite
from emsar.staff.models import Approval, RecoveryCode, Role, StaffSession, TotpDevice, User
from tests.factories import PASSWORD, make_user, solutions_user
from tests.staff.access.entering import code_now, give_factor, is_in

pytestmark = pytest.mark.django_db

ENROL = reverse("admin:second_factor")
WHY = "Lost the phone on the train."


def verb(user: User, name: str) -> str:
    return reverse(f"admin:staff_user_{name}", args=[user.pk])


def mails(key: str) -> list[OutboundMail]:
    return list(OutboundMail.objects.filter(key__startswith=key).order_by("created_at"))


@pytest.fixture
def officer() -> User:
    user = make_user(Role.DPO, username="officer")
    give_factor(user)
    return user


@pytest.fixture
def administrator(client) -> User:
    user = make_user(Role.ADMINISTRATOR, username="admin")
    client.force_login(user)
    return user


@pytest.fixture
def colleague() -> User:
    user = solutions_user(username="colleague")
    give_factor(user)
    recovery.renew(user)
    return user


@pytest.fixture
def inside(colleague) -> Client:
    browser = Client()
    browser.force_login(colleague)
    return browser


class TestCreating:
    def create(self, client, **fields: str):
        given = {"username": "new", "full_name": "Yeni İşçi", "email": "new@example.com"}
        given |= {"role": "entity_staff", "entity": "solutions", "language": "az"}
        return client.post(reverse("admin:staff_user_add"), {**given, **fields})

    def test_new_colleague_is_invited_and_officers_are_told(
        self, client, administrator, officer
    ) -> None:
        assert self.create(client).status_code == 302
        user = User.objects.get(username="new")
        assert (user.is_active, user.has_usable_password()) == (True, False)
        (mail,) = mails(f"invitation:{user.pk}")
        assert (mail.to_address, mail.language) == ("new@example.com", "az")
        (told,) = mails("staff:new:")
        assert told.to_address == officer.email

    def test_officer_is_invited_when_an_officer_agreed(
        self, client, administrator, officer
    ) -> None:
        response = self.create(client, role="dpo", entity="", reason="")
        assert "reason" in response.context["adminform"].form.errors
        assert self.create(client, role="dpo", entity="", reason=WHY).status_code == 302
        user = User.objects.get(username="new")
        assert not user.is_active
        assert mails("invitation:") == []
        asked = Approval.objects.get(kind="make_dpo", user=user)
        approving.decide(asked, officer=officer, agreed=True)
        user.refresh_from_db()
        assert (user.is_active, user.role) == (True, "dpo")
        assert len(mails(f"invitation:{user.pk}")) == 1

    def test_first_officer_is_not_made_here(self, client, administrator) -> None:
        response = self.create(client, role="dpo", entity="", reason=WHY)
        assert "role" in response.context["adminform"].form.errors
        assert not User.objects.filter(role=Role.DPO).exists()

    def test_address_is_needed(self, client, administrator) -> None:
        assert "email" in self.create(client, email="").context["adminform"].form.errors


class TestLostFactor:
    def test_reset_ends_everything_and_tells_everybody(
        self, client, administrator, officer, colleague, inside
    ) -> None:
        assert client.post(verb(colleague, "factor"), {"reason": WHY}).status_code == 302
        assert not TotpDevice.objects.filter(user=colleague).exists()
        assert not RecoveryCode.objects.filter(user=colleague).exists()
        assert not is_in(inside)
        (told,) = mails(f"factor:{colleague.pk}")
        assert (told.to_address, WHY in told.body) == (colleague.email, True)
        (officers,) = mails("staff:factor:")
        assert (officers.to_address, WHY in officers.body) == (officer.email, True)
        assert len(mails(f"invitation:{colleague.pk}")) == 1
        event = AuditEvent.objects.get(action="staff.reset_factor")
        assert (event.actor, event.object_id) == (administrator.pk, str(colleague.pk))

    def test_reason_is_needed(self, client, administrator, colleague) -> None:
        assert client.post(verb(colleague, "factor"), {"reason": ""}).status_code == 422
        assert TotpDevice.objects.filter(user=colleague).exists()

    def test_officers_factor_waits_for_another_officer(
        self, client, administrator, officer
    ) -> None:
        lost = make_user(Role.DPO, username="lost")
        give_factor(lost)
        client.post(verb(lost, "factor"), {"reason": WHY})
        assert TotpDevice.objects.filter(user=lost).exists()
        asked = Approval.objects.get()
        assert {mail.to_address for mail in mails("approval:")} == {officer.email, lost.email}
        with pytest.raises(StaffRefusedError):
            approving.decide(asked, officer=lost, agreed=True)
        approving.decide(asked, officer=officer, agreed=True)
        assert not TotpDevice.objects.filter(user=lost).exists()

    def test_only_officer_is_sent_to_the_command_line(self, client, administrator, officer) -> None:
        response = client.post(verb(officer, "factor"), {"reason": WHY})
        assert response.status_code == 409
        assert "command line" in response.text
        assert Approval.objects.count() == 0

    def test_own_factor_is_another_administrators_business(self, client, administrator) -> None:
        give_factor(administrator)
        assert client.post(verb(administrator, "factor"), {"reason": WHY}).status_code == 403
        assert client.get(verb(administrator, "role")).status_code == 403


class TestRoles:
    def test_other_role_ends_the_logins(
        self, client, administrator, officer, colleague, inside
    ) -> None:
        fields = {"role": "entity_staff", "entity": "consulting", "reason": WHY}
        assert client.post(verb(colleague, "role"), fields).status_code == 302
        colleague.refresh_from_db()
        assert colleague.entity_id == "consulting"
        assert not is_in(inside)
        assert len(mails("staff:role:")) == 1

    def test_officer_is_made_by_an_officer(
        self, client, administrator, officer, colleague, inside
    ) -> None:
        fields = {"role": "dpo", "entity": "", "reason": WHY}
        assert client.post(verb(colleague, "role"), fields).status_code == 302
        colleague.refresh_from_db()
        assert colleague.role == "entity_staff"
        assert is_in(inside)
        browser = Client()
        browser.force_login(officer)
        page = browser.get(reverse("admin:approvals")).text
        assert WHY in page
        asked = Approval.objects.get()
        address = reverse("admin:decide_approval", args=[asked.pk])
        assert browser.post(address, {"answer": "yes"}).status_code == 302
        colleague.refresh_from_db()
        assert (colleague.role, colleague.entity_id) == ("dpo", None)
        assert not is_in(inside)
        assert browser.post(address, {"answer": "no"}, follow=True).status_code == 200
        asked.refresh_from_db()
        assert asked.agreed is True

    def test_refusal_changes_nothing(self, administrator, officer, colleague) -> None:
        kind = Approval.Kind.MAKE_OFFICER
        asked = approving.ask(kind, colleague, reason=WHY, asked_by=administrator)
        approving.decide(asked, officer=officer, agreed=False)
        colleague.refresh_from_db()
        assert colleague.role == "entity_staff"

    def test_same_is_asked_once(self, administrator, officer, colleague) -> None:
        kind = Approval.Kind.MAKE_OFFICER
        approving.ask(kind, colleague, reason=WHY, asked_by=administrator)
        with pytest.raises(StaffRefusedError):
            approving.ask(kind, colleague, reason=WHY, asked_by=administrator)

    @pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
    def test_approvals_are_the_officers(self, client, role) -> None:
        client.force_login(make_user(role))
        assert client.get(reverse("admin:approvals")).status_code == 403
        address = reverse("admin:decide_approval", args=[make_user().pk])
        assert client.post(address, {"answer": "yes"}).status_code == 403

    def test_role_that_fits_no_company_is_refused(self, client, administrator, colleague) -> None:
        fields = {"role": "auditor", "entity": "solutions", "reason": WHY}
        assert client.post(verb(colleague, "role"), fields).status_code == 422


def test_another_name_is_told_to_the_person_and_the_officers(
    client, administrator, officer, colleague
) -> None:
    fields = {"full_name": "Somebody Else", "language": "en"}
    address = reverse("admin:staff_user_change", args=[colleague.pk])
    assert client.post(address, fields).status_code == 302
    assert {mail.to_address for mail in mails("staff:name:")} == {officer.email, colleague.email}


class TestLeaving:
    def test_who_leaves_is_out_at_once_and_stays_in_the_audit(
        self, client, administrator, colleague, inside
    ) -> None:
        assert is_in(inside)
        assert client.post(verb(colleague, "off")).status_code == 302
        assert not is_in(inside)
        assert StaffSession.objects.get(user=colleague).end == "access"
        assert User.objects.get(pk=colleague.pk).is_active is False

    @pytest.mark.parametrize(
        ("name", "fields"),
        [("off", {}), ("role", {"role": "auditor", "entity": "", "reason": WHY})],
    )
    def test_last_officer_who_can_log_in_stays(
        self, client, administrator, officer, name, fields
    ) -> None:
        make_user(Role.DPO, username="invited")
        response = client.post(verb(officer, name), fields)
        assert response.status_code == 409
        officer.refresh_from_db()
        assert (officer.is_active, officer.role) == (True, "dpo")

    def test_officers_are_told_who_leaves(self, client, administrator, officer, colleague) -> None:
        client.post(verb(colleague, "off"))
        (told,) = mails("staff:off:")
        assert told.to_address == officer.email
        assert "The login colleague was switched off." in told.body

    def test_who_comes_back_sets_everything_up_anew(
        self, client, administrator, officer, colleague
    ) -> None:
        client.post(verb(colleague, "off"))
        client.post(verb(colleague, "on"), {"reason": WHY})
        assert User.objects.get(pk=colleague.pk).is_active
        assert not TotpDevice.objects.filter(user=colleague).exists()
        assert len(mails(f"invitation:{colleague.pk}")) == 1

    def test_officer_comes_back_by_an_officer(self, client, administrator, officer) -> None:
        gone = make_user(Role.DPO, username="gone", is_active=False)
        client.post(verb(gone, "on"), {"reason": WHY})
        assert not User.objects.get(pk=gone.pk).is_active
        approving.decide(Approval.objects.get(), officer=officer, agreed=True)
        assert User.objects.get(pk=gone.pk).is_active


def test_other_address_is_told_to_the_one_before(client, administrator, officer, colleague) -> None:
    before = colleague.email
    fields = {"email": "moved@example.com", "reason": WHY}
    assert client.post(verb(colleague, "address"), fields).status_code == 302
    assert User.objects.get(pk=colleague.pk).email == "moved@example.com"
    (told,) = mails(f"address:{colleague.pk}")
    assert told.to_address == before
    assert len(mails("staff:address:")) == 1


@pytest.mark.parametrize("role", [Role.DPO, Role.AUDITOR])
@pytest.mark.parametrize("name", ["invite", "address", "role", "factor", "off", "on", "back"])
def test_verbs_are_the_administrators(client, colleague, role, name) -> None:
    client.force_login(make_user(role))
    assert client.get(verb(colleague, name)).status_code == 403
    assert client.post(verb(colleague, name), {"reason": WHY}).status_code == 403


def test_page_of_a_login_offers_what_makes_sense(client, administrator, colleague) -> None:
    page = client.get(reverse("admin:staff_user_change", args=[colleague.pk])).text
    assert verb(colleague, "factor") in page
    assert verb(colleague, "invite") not in page
    client.post(verb(colleague, "off"))
    page = client.get(reverse("admin:staff_user_change", args=[colleague.pk])).text
    assert verb(colleague, "on") in page
    assert verb(colleague, "factor") not in page


class TestCommandLine:
    def invite(self, *arguments: str) -> str:
        told = StringIO()
        call_command("invite_staff", *arguments, stdout=told)
        return told.getvalue()

    def test_first_officer_is_made(self, client) -> None:
        told = self.invite("officer", "--role", "dpo", "--email", "dpo@example.com")
        user = User.objects.get(username="officer")
        assert (user.role, user.is_active) == ("dpo", True)
        link = told.split()[-1]
        assert client.get(link.partition("testserver")[2]).status_code == 200

    def test_name_is_stored_as_the_login_page_reads_it(self, officer) -> None:
        self.invite("Chief", "--role", "auditor", "--email", "chief@example.com")
        assert User.objects.filter(username="chief").exists()
        with pytest.raises(CommandError, match="exists"):
            self.invite("CHIEF", "--role", "auditor", "--email", "chief@example.com")

    def test_company_staff_need_their_company(self) -> None:
        with pytest.raises(CommandError, match="need a company"):
            self.invite("x", "--role", "entity_staff", "--email", "x@example.com")
        self.invite("x", "--role", "entity_staff", "--company", "solutions", "--email", "x@e.com")

    def test_lost_factor_of_the_only_officer_is_reset(self, officer) -> None:
        told = self.invite("officer", "--again")
        assert "/admin/invitation/" in told
        assert not TotpDevice.objects.filter(user=officer).exists()
        assert len(mails(f"factor:{officer.pk}")) == 1

    def test_officers_are_made_by_an_officer_where_there_is_one(self, officer) -> None:
        other = make_user(Role.DPO, username="other")
        secret = give_factor(other)
        with pytest.raises(CommandError, match="decides about other officers"):
            self.invite("third", "--role", "dpo", "--email", "third@example.com")
        with pytest.raises(CommandError, match="decides about other officers"):
            self.invite("other", "--again")
        assert not User.objects.filter(username="third").exists()
        assert factors.factor_of(other).secret == secret

    def test_officer_is_told_of_the_command_line(self, officer) -> None:
        self.invite("new", "--role", "administrator", "--email", "new@example.com")
        (told,) = mails("staff:console:")
        assert told.to_address == officer.email
        assert "on the command line" in told.body
        event = AuditEvent.objects.get(action="staff.command_line")
        assert event.object_id == str(User.objects.get(username="new").pk)

    def test_name_that_exists_is_not_taken_twice(self, officer) -> None:
        with pytest.raises(CommandError, match="exists"):
            self.invite("officer", "--role", "dpo", "--email", "x@example.com")
        with pytest.raises(CommandError, match="no login"):
            self.invite("nobody", "--again")


def test_officers_address_is_changed_by_an_officer(client, administrator, officer) -> None:
    other = make_user(Role.DPO, username="other")
    before = other.email
    fields = {"email": "moved@example.com", "reason": WHY}
    client.post(verb(other, "address"), fields)
    assert User.objects.get(pk=other.pk).email == before
    approving.decide(Approval.objects.get(), officer=officer, agreed=True)
    assert User.objects.get(pk=other.pk).email == "moved@example.com"
    told = {mail.to_address for mail in mails("staff:address:")}
    assert told == {officer.email, before}


class TestTakingOver:
    """What an administrator alone must not be able to do with somebody else's login."""

    def test_who_has_a_factor_is_not_invited(self, client, administrator, colleague) -> None:
        assert client.post(verb(colleague, "invite")).status_code == 302
        assert mails("invitation:") == []
        with pytest.raises(StaffRefusedError):
            invite(colleague, actor=administrator.pk)

    def test_link_of_before_leads_to_no_second_app(self, client, administrator) -> None:
        new = make_user(Role.AUDITOR, username="new")
        link = invite(new, actor=None).partition("testserver")[2]
        give_factor(new)
        assert Client().get(link).status_code == 404

    @pytest.mark.parametrize("name", ["factor", "on"])
    def test_verb_is_not_done_where_it_makes_no_sense(self, client, administrator, name) -> None:
        invited = make_user(Role.AUDITOR, username="invited", invited_at=timezone.now())
        client.post(verb(invited, name), {"reason": WHY})
        assert OutboundMail.objects.count() == 0

    @pytest.mark.parametrize("what", ["password__startswith", "password__regex", "password"])
    def test_no_filter_tells_of_a_password(self, client, administrator, colleague, what) -> None:
        address = reverse("admin:staff_user_changelist")
        assert client.get(address, {what: "md5"}).status_code == 400

    def test_opening_the_way_out_ends_nothing(self, client, administrator) -> None:
        client.get(reverse("admin:logout"))
        assert is_in(client)


class TestTwoAtOneLink:
    def test_new_invitation_ends_what_stands_before_the_app(self) -> None:
        new = make_user(Role.AUDITOR, username="new")
        first, second = _halfway(new), _halfway(new)
        assert first.get(ENROL).status_code == 302
        page = second.get(ENROL).text
        assert "code secret" in page

    def test_factor_that_is_there_is_replaced_by_nobody(self) -> None:
        new = make_user(Role.AUDITOR, username="new")
        device = factors.begin_enrolment(new)
        secret = give_factor(new)
        assert not factors.confirm(device, code_now(device.secret))
        assert factors.factor_of(new).secret == secret


def _halfway(user: User) -> Client:
    """A browser that has typed the password behind a fresh link."""
    user.refresh_from_db()
    link = invite(user, actor=None).partition("testserver")[2]
    browser = Client()
    assert browser.post(link, {"password": PASSWORD}).url == ENROL
    return browser
