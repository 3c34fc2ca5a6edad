"""The form, the worker and the person's pages with the rights that their roles have."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dsar.models import Case, Intake, Kind, Status
from dsar.services import identity
from dsar.services.intake import look_up
from emsar.audit.roles import WEB, WORKER
from tests.audit.test_roles_at_work import acting_as
from tests.dsar.asking import ADDRESS, ask, enter, mails
from tests.factories import make_request

pytestmark = pytest.mark.django_db
FIELDS = {"email": ADDRESS, "kind": ["access", "correction"], "details": "", "website": ""}


def test_web_takes_in_worker_looks_up_web_lets_in() -> None:
    make_request(email=ADDRESS)
    client = Client()
    with acting_as(WEB):
        assert client.post("/en/my-data/", FIELDS).status_code == 303
    with acting_as(WORKER):
        assert look_up() == 1
    assert Intake.objects.count() == 0
    with acting_as(WEB):
        assert enter(client).status_code == 303
        released = Case.objects.get(kind=Kind.ACCESS)
        assert client.post(f"/en/my-data/cases/{released.reference}/copy/").status_code == 200
        running = Case.objects.get(kind=Kind.CORRECTION)
        path = f"/en/my-data/cases/{running.reference}/"
        assert client.get(path).status_code == 200
        assert client.post(f"{path}message/", {"body": "When?"}).status_code == 303
        assert client.post(f"{path}take-back/").status_code == 303
    assert len(mails()) == 2


def test_worker_makes_new_persons() -> None:
    client = Client()
    with acting_as(WEB):
        client.post("/en/my-data/", FIELDS)
    with acting_as(WORKER):
        assert look_up() == 1
    assert Case.objects.count() == 2


def test_worker_closes_what_nobody_proved() -> None:
    ask(Kind.DELETION)
    with acting_as(WORKER):
        assert identity.close_unverified(timezone.now() + timedelta(days=31)) == 1
    assert Case.objects.get().status == Status.COMPLETED
