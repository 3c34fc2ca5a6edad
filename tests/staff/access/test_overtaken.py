"""What waits for an officer ends when things stand otherwise, or when nobody wants it any more."""

import pytest
from django.test import Client
from django.urls import reverse

from emsar.audit.models import AuditEvent
from emsar.staff.access import approving, changing, overtaken
from emsar.staff.access.inviting import StaffRefusedError
from emsar.staff.models import Approval, Role, User
from tests.factories import make_user, solutions_user
from tests.staff.access.entering import give_factor

pytestmark = pytest.mark.django_db

Kind = Approval.Kind
WHY = "The colleague takes over."


@pytest.fixture
def officer() -> User:
    user = make_user(Role.DPO, username="officer")
    give_factor(user)
    return user


@pytest.fixture
def administrator() -> User:
    return make_user(Role.ADMINISTRATOR, username="admin")


@pytest.fixture
def colleague() -> User:
    user = solutions_user(username="colleague")
    give_factor(user)
    return user


@pytest.fixture
def asked(officer, administrator, colleague) -> Approval:
    return approving.ask(Kind.MAKE_OFFICER, colleague, reason=WHY, asked_by=administrator)


@pytest.mark.parametrize(
    "change",
    [
        lambda user: changing.deactivate(user, actor=None),
        lambda user: changing.change_role(user, Role.AUDITOR, None, actor=None),
        lambda user: changing.change_address(user, "other@example.com", actor=None),
        lambda user: changing.reset_factor(user, actor=None, reason=WHY),
    ],
    ids=["off", "role", "address", "factor"],
)
def test_change_of_the_login_ends_what_was_asked(asked, officer, colleague, change) -> None:
    change(colleague)
    assert not overtaken.waiting().exists()
    with pytest.raises(StaffRefusedError):
        approving.decide(asked, officer=officer, agreed=True)
    colleague.refresh_from_db()
    assert colleague.role != Role.DPO
    assert AuditEvent.objects.filter(action="staff.void_approval").count() == 1


def test_who_asked_and_left_gets_nothing_granted(asked, officer, administrator) -> None:
    changing.deactivate(administrator, actor=None)
    with pytest.raises(StaffRefusedError):
        approving.decide(asked, officer=officer, agreed=True)


def test_role_is_looked_at_once_more_when_it_is_decided(asked, officer, colleague) -> None:
    """However the login came to be what was asked for: nothing is done twice."""
    User.objects.filter(pk=colleague.pk).update(role=Role.DPO, entity=None)
    with pytest.raises(StaffRefusedError, match="not as it was"):
        approving.decide(asked, officer=officer, agreed=True)
    approving.decide(asked, officer=officer, agreed=False)


def test_same_can_be_asked_anew(asked, administrator, colleague) -> None:
    assert overtaken.take_back(colleague, actor=administrator.pk) == 1
    again = approving.ask(Kind.MAKE_OFFICER, colleague, reason=WHY, asked_by=administrator)
    assert list(overtaken.waiting()) == [again]


def test_officer_who_cannot_log_in_decides_nothing(administrator, colleague) -> None:
    make_user(Role.DPO, username="invited")
    with pytest.raises(StaffRefusedError, match="command line"):
        approving.ask(Kind.MAKE_OFFICER, colleague, reason=WHY, asked_by=administrator)


class TestPages:
    def verb(self, user: User, name: str = "back") -> str:
        return reverse(f"admin:staff_user_{name}", args=[user.pk])

    def page(self, client: Client, user: User) -> str:
        return client.get(reverse("admin:staff_user_change", args=[user.pk])).text

    def test_administrator_takes_it_back(self, client, asked, administrator, colleague) -> None:
        client.force_login(administrator)
        assert self.verb(colleague) in self.page(client, colleague)
        assert client.post(self.verb(colleague)).status_code == 302
        assert not overtaken.waiting().exists()
        assert self.verb(colleague) not in self.page(client, colleague)

    def test_new_officer_who_waits_can_be_taken_back(self, client, officer, administrator) -> None:
        client.force_login(administrator)
        new = make_user(Role.DPO, username="new", is_active=False)
        approving.ask(Kind.MAKE_OFFICER, new, reason=WHY, asked_by=administrator)
        page = self.page(client, new)
        assert self.verb(new) in page
        assert "What concerns your own access" not in page
        client.post(self.verb(new))
        assert self.verb(new, "on") in self.page(client, new)

    def test_officer_sees_no_role_that_is_not_there_yet(
        self, client, officer, administrator
    ) -> None:
        new = make_user(Role.DPO, username="new", is_active=False)
        approving.ask(Kind.MAKE_OFFICER, new, reason=WHY, asked_by=administrator)
        client.force_login(officer)
        page = client.get(reverse("admin:approvals")).text
        assert "none: the login is switched off" in page

    def test_what_was_taken_back_is_shown_as_such(self, client, asked, officer, colleague) -> None:
        overtaken.take_back(colleague, actor=officer.pk)
        client.force_login(officer)
        assert "taken back or overtaken" in client.get(reverse("admin:approvals")).text
