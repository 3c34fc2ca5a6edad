"""Rights of persons at the e-Social portal: its own terms, channel, hosts and clause numbers."""

import io
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from dsar.models import Case, Kind, Outcome, Release, Status
from dsar.services import erasure
from dsar.services.dates import promise_of, statutory_of
from dsar.services.intake import look_up
from dsar.services.residual import settle_all
from emsar.entities.businessdays import BAKU
from emsar.outbox.models import OutboundMail, Purpose
from emsar.outbox.sending import send_due
from emsar.retention.models import DeletionOrder, DestructionLine
from emsar.retention.orders import orders_for
from emsar.staff.models import Role
from emsar.subjects.models import DataSubject
from tests.dsar.asking import enter, mails, path_in
from tests.dsar.desk import signed_in, url
from tests.factories import make_user

pytestmark = pytest.mark.usefixtures("portal")
ADDRESS = "vətəndaş@example.com".replace("ə", "e").replace("ş", "s")
LANGUAGES = ("az", "en", "ru")
FOREIGN = ("EMSAR", "emsargroup", "emsarsolutions", "emsarconsulting", "2009619051")


def ask(client: Client, *kinds: str, language: str = "az") -> None:
    data = {"email": ADDRESS, "kind": list(kinds), "details": "Hamısı.", "website": ""}
    assert client.post(f"/{language}/my-data/", data).status_code == 303
    assert look_up() == 1


def verified(client: Client, kind: str, language: str = "az") -> Case:
    ask(client, kind, language=language)
    assert enter(client, ADDRESS).status_code == 303
    return Case.objects.get(kind=kind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_names_the_portals_channel_terms_and_authority(client, portal, language) -> None:
    page = client.get(f"/{language}/my-data/").text
    assert "info@sosial.gov.az" in page
    assert portal.inquiry_subject.get(language) in page
    assert portal.authority.website in page
    assert "30 " not in page.partition("<main")[2].partition("</form>")[0], "it promises no 30 days"
    for foreign in FOREIGN:
        assert foreign not in page


def test_promise_is_the_term_of_the_law_where_the_policy_states_none(client) -> None:
    """Decision S-4i: seven working days, of which the last three calendar days are kept free."""
    case = verified(client, Kind.COMPLAINT)
    by_law = statutory_of(case)
    assert case.promise_due == by_law.last_day == promise_of(case.kind, case.received_at).last_day
    received = timezone.localdate(case.received_at, BAKU)
    assert by_law.days == 7
    assert timedelta(days=8) < case.promise_due - received < timedelta(days=30)
    assert (case.promise_due - case.execute_on).days == 3


def test_link_goes_out_from_the_portal_and_leads_to_its_host(client, settings, portal) -> None:
    ask(client, Kind.ACCESS)
    (mail,) = mails()
    assert mail.mailbox == "info@sosial.gov.az"
    assert mail.message_id.endswith("@e-sosial.az>")
    assert f"{settings.SITE_ORIGIN}{path_in(mail)}" in mail.body
    assert portal.brand in mail.body
    for foreign in FOREIGN:
        assert foreign not in mail.body.replace(settings.SITE_ORIGIN, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_access_from_the_form_to_the_package_in_hand(client, portal, language) -> None:
    case = verified(client, Kind.ACCESS, language)
    assert (case.status, case.outcome) == (Status.COMPLETED, Outcome.NOTHING_HELD)
    response = client.post(f"/{language}/my-data/cases/{case.reference}/copy/")
    assert response.status_code == 200
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        page = archive.read("my-data.html").decode()
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode("latin-1")
    assert f'<html lang="{language}">' in page
    for own in (portal.entities[0].name.get(language), "info@sosial.gov.az", "e-sosial.az"):
        assert own in page
    for foreign in FOREIGN:
        assert foreign not in everything
    assert Release.objects.get().downloads == 1


def test_deletion_from_the_form_to_the_completed_case(client) -> None:
    case = verified(client, Kind.DELETION)
    assert case.status == Status.OPEN
    erasure.approve(case, by=make_user())
    send_due()
    assert settle_all() == 1
    case.refresh_from_db()
    assert (case.status, case.outcome) == (Status.COMPLETED, Outcome.NOTHING_HELD)
    assert not DataSubject.objects.exists()
    assert {line.case for line in DestructionLine.objects.all()} == {case.pk}
    last = OutboundMail.objects.filter(key=f"case:{case.pk}:deleted").get()
    assert (last.to_address, last.body, last.mailbox) == (None, None, "info@sosial.gov.az")


def test_machine_deletes_on_the_day_of_the_portals_term(client, time_machine) -> None:
    case = verified(client, Kind.DELETION)
    before = timezone.make_aware(
        timezone.datetime.combine(case.execute_on, timezone.datetime.min.time()), BAKU
    )
    time_machine.move_to(before - timedelta(hours=1), tick=False)
    call_command("run_deadlines", stdout=io.StringIO())
    case.refresh_from_db()
    assert case.status == Status.OPEN
    time_machine.move_to(before + timedelta(hours=4), tick=False)
    call_command("run_deadlines", stdout=io.StringIO())
    case.refresh_from_db()
    assert case.status == Status.EXECUTED


def test_officer_works_on_the_portals_cases(client, portal) -> None:
    case = verified(client, Kind.COMPLAINT)
    officer = signed_in(make_user(Role.DPO))
    for address in (
        url("case_changelist"),
        url("case_change", case.pk),
        url("case_add"),
        url("figures"),
        url("register"),
    ):
        response = officer.get(address)
        assert response.status_code == 200, address
        for foreign in FOREIGN:
            assert foreign not in response.text, address
    data = {"words": "Cavab.", "outcome": "fulfilled"}
    assert officer.post(url("case_answer", case.pk), data).status_code == 302
    answer = OutboundMail.objects.filter(purpose=Purpose.RIGHTS).order_by("-created_at").first()
    assert portal.authority.name.get("az") in answer.body


def test_colleagues_see_the_orders_of_their_mailbox(portal) -> None:
    """The portal has no mailbox of a whole group beside that of its one company."""
    entity, mailbox = portal.entities[0].slug, portal.default_mailbox.address
    DeletionOrder.objects.create(
        line=uuid4(), mailbox=mailbox, message_id="<a@b>", copied_at=timezone.now()
    )
    colleague = make_user(Role.ENTITY_STAFF, entity)
    assert [order.mailbox for order in orders_for(colleague)] == [mailbox]
