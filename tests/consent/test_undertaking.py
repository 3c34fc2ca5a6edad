"""Nobody sees anything of the administration before the undertaking is accepted (E-9d)."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from consent.models import ConsentEvent, ConsentText
from consent.overview import cells, weeks_until_now
from consent.receipts.address import receipt_path
from consent.services import text_is_as_stored
from consent.undertaking.accepting import accept, accepted_by, words
from consent.undertaking.gate import SESSION_KEY, mark_accepted
from consent.undertaking.panel import own_row
from consent.undertaking.people import colleagues
from consent.verification import verify_consents
from consent.wording import screen_sha256
from emsar.audit.models import AuditEvent
from emsar.audit.sealing import seal
from emsar.staff.models import Role, User
from emsar.staff.ownrows import own_rows
from policies import drafts, versions
from policies.models import PolicyVersion
from policies.publishing import publish
from tests.consent.undertaking import PAGE, accepting, token
from tests.factories import make_request, make_user, solutions_user

pytestmark = pytest.mark.django_db

STAFF = "/admin/undertaking/staff/"
ROLES = [*Role]


def member(role: str = Role.DPO, **fields: object) -> User:
    return solutions_user(**fields) if role == Role.ENTITY_STAFF else make_user(role, **fields)


def signed_in(user: User) -> Client:
    """Logged in, and nothing accepted in this session."""
    client = Client()
    client.force_login(user)
    session = client.session
    session.pop(SESSION_KEY, None)
    session.save()
    return client


def published_again(*, asks: bool = True) -> PolicyVersion:
    """A second version of the undertaking, from today on."""
    first = PolicyVersion.objects.get(policy="undertaking")
    draft = drafts.draft_from(first, actor=None)
    PolicyVersion.objects.filter(pk=draft.pk).update(requires_reconsent=asks)
    return publish(draft, actor=None, effective=timezone.localdate())


class TestGate:
    @pytest.mark.parametrize("role", ROLES)
    @pytest.mark.parametrize(
        "address",
        ["/admin/", "/admin/policies/policyversion/", STAFF, "/admin/password_change/"],
    )
    def test_every_page_leads_to_the_undertaking(self, role, address):
        response = signed_in(member(role)).get(address)
        assert response.status_code == 302
        assert response.url.startswith(f"{PAGE}?next=%2Fadmin%2F")

    @pytest.mark.parametrize("role", ROLES)
    def test_page_shows_the_text_and_nothing_of_the_inside(self, role):
        make_request()
        response = signed_in(member(role, full_name="Lalə Əliyeva")).get(PAGE)
        assert response.status_code == 200
        assert "the labour legislation of the Republic of Azerbaijan" in response.text
        assert "I accept the undertaking" in response.text
        for inside in ("nav-sidebar", "/admin/consent/", "/admin/staff/user/", "password_change"):
            assert inside not in response.text

    def test_language_and_way_out_are_open(self):
        user = member()
        client = signed_in(user)
        assert client.post("/admin/language/", {"language": "ru", "next": PAGE}).url == PAGE
        assert "Я принимаю это обязательство" in client.get(PAGE).text
        assert client.post("/admin/logout/").status_code in {200, 302}
        assert client.get(PAGE).status_code == 302

    def test_strangers_are_led_to_the_login(self, client):
        assert "/admin/login/" in client.get(PAGE).url

    def test_it_passes_once_it_is_accepted_also_in_the_next_session(self):
        user = member()
        client = signed_in(user)
        accepting(client)
        assert client.get("/admin/").status_code == 200
        other = signed_in(user)
        assert other.get("/admin/").status_code == 200
        assert other.session[SESSION_KEY] == "1.0"

    def test_it_costs_no_query_once_the_session_knows(self):
        client = signed_in(member())
        accepting(client)
        client.get(STAFF)
        with CaptureQueriesContext(connection) as captured:
            client.get("/admin/password_change/")
        asked = [row["sql"] for row in captured if "consent_" in row["sql"]]
        assert asked == []
        assert not [row for row in captured if "policies_policyversion" in row["sql"]]

    def test_new_version_asks_everybody_again(self):
        client = signed_in(member())
        accepting(client)
        second = published_again()
        assert second.number == "1.1"
        assert client.get("/admin/").url.startswith(PAGE)
        accepting(client)
        assert client.get("/admin/").status_code == 200
        given = ConsentEvent.objects.filter(form="undertaking").order_by("id")
        assert [event.version for event in given] == ["1.0", "1.1"]

    def test_mere_correction_asks_nobody_again(self):
        client = signed_in(member())
        accepting(client)
        published_again(asks=False)
        assert client.get("/admin/").status_code == 200

    def test_draft_from_it_asks_again_unless_the_officer_unticks_it(self):
        first = PolicyVersion.objects.get(policy="undertaking")
        assert drafts.draft_from(first, actor=None).requires_reconsent
        privacy = PolicyVersion.objects.get(policy="privacy-policy", number="1.0")
        assert not drafts.draft_from(privacy, actor=None).requires_reconsent

    def test_organisation_without_one_asks_nobody(self, monkeypatch):
        monkeypatch.setattr(versions, "_read_answered", lambda policy, day: frozenset())
        versions.reset()
        client = signed_in(member())
        assert client.get("/admin/").status_code == 200

    def test_marked_session_passes(self):
        client = signed_in(member())
        session = client.session
        mark_accepted(session)
        session.save()
        assert client.get("/admin/").status_code == 200
        assert not ConsentEvent.objects.exists()


class TestAcceptance:
    @pytest.mark.parametrize("language", ["az", "en", "ru"])
    def test_event_proves_the_words_that_were_shown(self, language):
        user = member(Role.ENTITY_STAFF, language=language)
        client = signed_in(user)
        page = client.get(PAGE).text
        accepting(client)

        event = ConsentEvent.objects.get(subject=user.pk)
        assert (event.form, event.kind, event.method) == ("undertaking", "given", "staff_page")
        assert (event.policy, event.version, event.language) == ("undertaking", "1.0", language)
        assert (event.purposes, event.controllers) == (["confidentiality"], ["solutions"])
        assert event.about is None
        text = event.text
        assert text_is_as_stored(text)
        assert event.sentence_sha256 == screen_sha256(text.sentence)
        assert text.sentence in page
        assert text.details in page
        done = AuditEvent.objects.get(action="undertaking.accept")
        assert (done.actor, done.subject, done.object_id) == (user.pk, None, str(event.pk))

    def test_who_works_for_the_group_binds_themselves_to_all_companies(self):
        accepting(signed_in(member(Role.AUDITOR)))
        assert ConsentEvent.objects.get().controllers == ["solutions", "consulting"]

    @pytest.mark.parametrize("shown", ["", "forged", None])
    def test_words_that_were_not_shown_are_not_accepted(self, shown):
        client = signed_in(member())
        if shown is None:
            shown = token(signed_in(member(language="ru")).get(PAGE).text)
        response = accepting(client, shown=shown)
        assert response.status_code == 409
        assert "Nothing was accepted." in response.text
        assert not ConsentEvent.objects.exists()

    def test_page_of_the_version_before_accepts_nothing(self):
        client = signed_in(member())
        shown = token(client.get(PAGE).text)
        published_again()
        assert client.post(PAGE, {"shown": shown}).status_code == 409
        assert not ConsentEvent.objects.exists()

    def test_pressing_twice_writes_once(self):
        user = member()
        shown = words("en")
        assert accept(user, shown) == accept(user, shown)
        client = signed_in(user)
        assert "/receipt/" in client.get(PAGE).url
        assert ConsentEvent.objects.count() == 1

    def test_post_from_elsewhere_is_refused(self):
        user = member()
        client = Client(enforce_csrf_checks=True)
        client.cookies = signed_in(user).cookies
        assert client.post(PAGE, {"shown": "x"}).status_code == 403
        assert accepted_by(user.pk) is None

    @pytest.mark.parametrize(
        ("wanted", "onward"),
        [
            ("/admin/policies/policyversion/?policy=x", "/admin/policies/policyversion/?policy=x"),
            *(("https://evil.example/admin/", "/admin/"), ("//evil.example/admin/", "/admin/")),
            *(("/en/", "/admin/"), (PAGE, "/admin/"), ("", "/admin/")),
        ],
    )
    def test_it_goes_on_where_one_wanted_to_go(self, wanted, onward):
        response = accepting(signed_in(member()), next=wanted)
        assert response.status_code == 302
        assert parse_qs(urlsplit(response.url).query)["next"] == [onward]


class TestReceipt:
    def test_person_sees_the_words_and_the_proof(self):
        user = member()
        client = signed_in(user)
        response = client.get(accepting(client).url)
        event = ConsentEvent.objects.get()
        assert event.text.details in response.text
        assert event.text.sentence in response.text
        for shown in (
            str(event.uid),
            event.text_sha256,
            event.sentence_sha256,
            "as it was written",
        ):
            assert shown in response.text
        assert not AuditEvent.objects.filter(action="consent.view").exists()

    @pytest.mark.parametrize(
        ("role", "status"), [(role, 200 if role == Role.DPO else 404) for role in Role]
    )
    def test_a_colleague_s_is_open_to_the_officer_alone(self, role, status):
        event = accept(member(), words("en"))
        reader = member(role)
        accept(reader, words("en"))
        address = reverse("admin:undertaking_receipt", args=[event.uid])
        assert signed_in(reader).get(address).status_code == status
        looked = AuditEvent.objects.filter(action="consent.view", actor=reader.pk)
        assert looked.exists() is (status == 200)

    def test_other_consents_have_none_here(self):
        user = member()
        accept(user, words("en"))
        uid = make_request().consent.uid
        address = reverse("admin:undertaking_receipt", args=[uid])
        assert signed_in(user).get(address).status_code == 404

    @pytest.mark.parametrize("end", ["", "receipt.json"])
    def test_it_has_no_public_address(self, client, end):
        event = accept(member(), words("en"))
        assert client.get(receipt_path(event, "en") + end).status_code == 404

    @pytest.mark.parametrize("page", ["", "1.0/", "versions/"])
    def test_text_has_no_public_address(self, client, page):
        assert client.get(f"/en/undertaking/{page}").status_code == 404
        assert "undertaking" not in client.get("/en/").text


class TestElsewhere:
    def test_officer_reads_the_proof_like_any_other(self):
        officer = member()
        accept(officer, words("ru"))
        event = accept(member(Role.ENTITY_STAFF, username="leyla"), words("ru"))
        client = signed_in(officer)
        text = client.get(f"/admin/consent/consentevent/{event.pk}/change/").text
        for shown in (
            "leyla",
            "Confidentiality undertaking 1.0",
            "keep personal data confidential",
        ):
            assert shown in text
        assert f"{event.text.sentence}{event.text.details}" in text
        assert "/admin/undertaking/receipt/" in text
        listed = client.get("/admin/consent/consentevent/?form__exact=undertaking")
        assert listed.context["cl"].result_count == 2

    def test_it_is_no_visitor_s_consent_in_the_figures(self):
        make_request()
        before = cells(weeks_until_now(4))
        accept(member(), words("en"))
        assert cells(weeks_until_now(4)) == before
        assert cells(weeks_until_now(4), "undertaking") == []

    def test_it_is_verified_like_any_other(self):
        accept(member(), words("az"))
        seal()
        assert list(verify_consents()) == []

    def test_person_s_records_know_nothing_of_it(self, client):
        officer = member()
        accept(officer, words("en"))
        subject = make_request().subject
        text = signed_in(officer).get(f"/admin/subjects/datasubject/{subject.pk}/change/").text
        assert "undertaking" not in text

    def test_words_are_stored_once(self):
        for _number in range(2):
            accept(member(), words("en"))
        assert ConsentText.objects.filter(form="undertaking").count() == 1


class TestOversight:
    def test_list_names_who_accepted_what_when_and_who_did_not(self):
        officer = member(username="officer")
        accept(officer, words("en"))
        member(Role.ENTITY_STAFF, username="leyla", full_name="Leyla Nağıyeva")
        member(Role.AUDITOR, username="gone", is_active=False)
        text = signed_in(officer).get(STAFF).text
        assert "not accepted yet: 1" in text
        assert re.search(r"Leyla Nağıyeva.*?company staff.*?not accepted yet", text, re.DOTALL)
        assert "gone" not in text
        assert "1.0" in text

    def test_version_that_holds_no_more_is_marked(self):
        officer = member()
        accept(officer, words("en"))
        published_again()
        assert [(row.holds, row.event.version) for row in colleagues()] == [(False, "1.0")]
        accept(officer, words("en"))
        assert [(row.holds, row.event.version) for row in colleagues()] == [(True, "1.1")]

    @pytest.mark.parametrize(
        ("role", "status"),
        [
            *((Role.DPO, 200), (Role.ADMINISTRATOR, 200)),
            *((Role.AUDITOR, 403), (Role.ENTITY_STAFF, 403)),
        ],
    )
    def test_who_may_see_it(self, role, status):
        user = member(role)
        accept(user, words("en"))
        client = signed_in(user)
        assert client.get(STAFF).status_code == status
        assert (STAFF in client.get("/admin/").text) is (status == 200)
        assert client.post(STAFF).status_code in {403, 405}

    def test_administrator_is_led_to_no_proof(self):
        user = member(Role.ADMINISTRATOR)
        accept(user, words("en"))
        accept(member(), words("en"))
        assert "/admin/undertaking/receipt/" not in signed_in(user).get(STAFF).text


class TestOwnPage:
    def test_it_says_when_one_accepted_and_leads_to_the_proof(self):
        user = member()
        with override("en"):
            assert (own_row(user).words, own_row(user).address) == ("not accepted yet", PAGE)
            event = accept(user, words("en"))
            row = own_row(user)
        assert row.words.startswith("version 1.0, accepted ")
        assert row.address == f"/admin/undertaking/receipt/{event.uid}/"
        assert row.title in [each.title for each in own_rows(user)]

    def test_it_says_nothing_where_there_is_none(self, monkeypatch):
        monkeypatch.setattr(versions, "_read", lambda day: {})
        versions.reset()
        assert own_row(member()) is None


class TestPublishing:
    def test_officer_is_told_whom_a_new_version_asks(self):
        officer = member()
        accept(officer, words("en"))
        draft = drafts.draft_from(PolicyVersion.objects.get(policy="undertaking"), actor=None)
        address = f"/admin/policies/policyversion/{draft.pk}/"
        client = signed_in(officer)
        assert "sks every member of staff to accept again" in client.get(f"{address}change/").text
        assert (
            "Every member of staff is asked to accept it" in client.get(f"{address}publish/").text
        )
        published = PolicyVersion.objects.get(policy="undertaking", number="1.0")
        text = client.get(f"/admin/policies/policyversion/{published.pk}/change/").text
        assert "sks every member of staff to accept again" in text
        assert "cookie" not in text.split("<fieldset")[1].split("</fieldset>")[0]
