"""The register of disclosures: nothing leaves without an entry (E-6.3, E-6.4)."""

import json
import re
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import QueryDict

from consent.services import withdraw
from dsar.admin.disclosing import DisclosureForm
from dsar.models import Disclosure, Kind
from dsar.services import disclosures
from dsar.services.errors import CaseRefusedError
from emsar.audit.models import AuditEvent
from emsar.audit.roles import WEB
from emsar.outbox.models import OutboundMail
from emsar.subjects.services import block
from tests.audit.test_roles_at_work import acting_as
from tests.dsar.corrected import give_phone
from tests.dsar.desk import make_case
from tests.factories import make_request, make_user, solutions_user

pytestmark = pytest.mark.django_db

NAME = "requests_inbox.consultationrequest.name"
PROJECT = "requests_inbox.consultationrequest.project"


@pytest.fixture
def item():
    return make_request(name="Aysel Memedova", project="Secret plans")


def enter(item, **fields) -> Disclosure:
    defaults = {
        "recipient": "District court",
        "document": "2(102)-77/2026",
        "ground": "court",
        "legal_reference": "personal-data",
        "fields": [NAME],
        "by": make_user(),
    }
    return disclosures.disclose(item.subject_id, **{**defaults, **fields})


def by_consent(item, **fields) -> Disclosure:
    consent = {"ground": "consent", "consent": item.consent_id, "document": ""}
    return enter(item, **{**consent, "legal_reference": "", **fields})


def test_entry_says_who_asked_by_which_right_what_and_who_approved(item) -> None:
    officer = make_user()
    entry = Disclosure.objects.get(pk=enter(item, by=officer).pk)
    assert (entry.recipient, entry.document, entry.ground) == (
        "District court",
        "2(102)-77/2026",
        "court",
    )
    assert (entry.fields, entry.approver, entry.subject) == ([NAME], officer.pk, item.subject_id)
    assert entry.intact()
    detail = AuditEvent.objects.get(action="disclosure.enter").detail
    assert detail == {"ground": "court", "fields": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipient": " "},
        {"recipient": "x" * 201},
        {"document": " "},
        {"document": "x" * 61},
        {"ground": ""},
        {"ground": "curiosity"},
        {"legal_reference": ""},
        {"legal_reference": "no-such-law"},
        {"fields": []},
        {"fields": ["subjects.subjectidentifier.key"]},
        {"fields": ["staff.user.email"]},
        {"fields": [NAME, "nothing"]},
    ],
)
def test_entry_lacks_nothing(item, wrong) -> None:
    with pytest.raises(CaseRefusedError):
        enter(item, **wrong)
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize("role", ["entity_staff", "administrator", "auditor"])
def test_only_the_officer_approves(item, role) -> None:
    by = solutions_user() if role == "entity_staff" else make_user(role)
    with pytest.raises(CaseRefusedError):
        enter(item, by=by)
    with pytest.raises(CaseRefusedError):
        disclosures.export(enter(item).uid, by=by)


def test_of_nobody_is_refused(item) -> None:
    with pytest.raises(CaseRefusedError):
        disclosures.disclose(
            uuid4(),
            recipient="Court",
            document="1",
            ground="court",
            legal_reference="personal-data",
            fields=[NAME],
            by=make_user(),
        )


class TestConsent:
    def test_that_was_given_allows_it(self, item) -> None:
        assert by_consent(item).consent == item.consent_id

    def test_of_somebody_else_or_none_does_not(self, item) -> None:
        for consent in (None, uuid4(), make_request().consent_id):
            with pytest.raises(CaseRefusedError, match="Without a consent"):
                by_consent(item, consent=consent)

    def test_that_was_withdrawn_does_not(self, item) -> None:
        entry = by_consent(item)
        event = withdraw(item.consent, method="staff", actor=None)
        for consent in (item.consent_id, event.uid):
            with pytest.raises(CaseRefusedError):
                by_consent(item, consent=consent)
        with pytest.raises(CaseRefusedError, match="withdrawn"):
            disclosures.export(entry.uid, by=make_user())

    def test_does_not_pass_a_block(self, item) -> None:
        entry = by_consent(item)
        block(item.subject, actor=None)
        with pytest.raises(CaseRefusedError, match="blocked"):
            by_consent(item)
        with pytest.raises(CaseRefusedError, match="blocked"):
            disclosures.export(entry.uid, by=make_user())

    def test_is_never_a_secret(self, item) -> None:
        with pytest.raises(CaseRefusedError):
            by_consent(item, is_secret=True)


class TestExport:
    def test_holds_the_fields_of_the_entry_and_nothing_else(self, item) -> None:
        content = json.loads(disclosures.export(enter(item).uid, by=make_user()))
        assert content["data"] == {
            "requests_inbox.consultationrequest": [{"name": "Aysel Memedova"}]
        }
        assert "Secret plans" not in json.dumps(content)
        assert AuditEvent.objects.filter(action="disclosure.export").count() == 1

    def test_is_of_this_person_alone(self, item) -> None:
        make_request(name="Rauf Quliyev")
        assert "Rauf" not in disclosures.export(enter(item).uid, by=make_user()).decode()

    def test_without_an_entry_does_not_exist(self, item) -> None:
        with pytest.raises(CaseRefusedError, match="without an entry"):
            disclosures.export(uuid4(), by=make_user())

    def test_of_a_forged_entry_does_not_exist(self, item) -> None:
        entry = enter(item)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE dsar_disclosure DISABLE TRIGGER USER")
            cursor.execute(
                "UPDATE dsar_disclosure SET fields = %s WHERE uid = %s",
                [json.dumps([NAME, PROJECT]), entry.uid],
            )
            cursor.execute("ALTER TABLE dsar_disclosure ENABLE TRIGGER USER")
        with pytest.raises(CaseRefusedError):
            disclosures.export(entry.uid, by=make_user())


class TestSharedAddress:
    """Several names under one address: the entry says of which records it speaks (E-6.3)."""

    FIELDS = (
        *(NAME, "subjects.subjectidentifier.value", "requests_inbox.message.body"),
        *("dsar.casefile.details", "dsar.disclosure.recipient", "consent.consentevent.about"),
    )

    @pytest.fixture
    def pair(self):
        email = "family@example.com"
        mine = make_request(name="Aysel Memedova", email=email)
        other = make_request(name="Rauf Quliyev", email=email)
        give_phone(mine, "+994501112233")
        give_phone(other, "+994552223344")
        return mine, other

    @pytest.mark.parametrize("wrong", ["none", "empty", "foreign"])
    def test_without_a_choice_nothing_is_entered(self, pair, wrong) -> None:
        foreign = make_request().pk
        records = {"none": None, "empty": [], "foreign": [pair[0].pk, foreign]}[wrong]
        with pytest.raises(CaseRefusedError, match="choose the records"):
            enter(pair[0], records=records)
        assert not Disclosure.objects.exists()

    def test_export_takes_what_was_chosen_and_nothing_else(self, pair) -> None:
        mine, other = pair
        told = enter(mine, recipient="Another court", records=[other.pk])
        make_case(Kind.ACCESS, email="family@example.com", details="Words of Rauf.")
        entry = enter(mine, fields=list(self.FIELDS), records=[mine.pk])
        assert (entry.records, Disclosure.objects.get(pk=entry.pk).intact()) == (
            [str(mine.pk)],
            True,
        )
        content = disclosures.export(entry.uid, by=make_user()).decode()
        for gone in ("Rauf", "+994552223344", str(other.pk), told.recipient):
            assert gone not in content
        data = json.loads(content)["data"]
        assert data["requests_inbox.consultationrequest"] == [{"name": "Aysel Memedova"}]
        values = {row["value"] for row in data["subjects.subjectidentifier"]}
        assert values == {"family@example.com", "+994501112233"}
        assert [row["about"] for row in data["consent.consentevent"]] == [str(mine.pk)]

    def test_earlier_disclosure_is_chosen_by_its_number(self, pair) -> None:
        told = enter(pair[0], recipient="Another court", records=[pair[0].pk])
        entry = enter(pair[0], fields=["dsar.disclosure.recipient"], records=[told.uid])
        data = json.loads(disclosures.export(entry.uid, by=make_user()))["data"]
        assert data == {"dsar.disclosure": [{"recipient": "Another court"}]}

    def test_consent_to_the_request_of_another_name_is_not_the_person_s(self, pair) -> None:
        mine, other = pair
        with pytest.raises(CaseRefusedError, match="Without a consent"):
            by_consent(mine, consent=other.consent_id, records=[mine.pk])
        entry = by_consent(mine, records=[mine.pk])
        assert "Rauf" not in disclosures.export(entry.uid, by=make_user()).decode()

    def test_form_offers_the_consents_to_the_chosen_records(self, pair) -> None:
        mine, other = pair
        offered = {key for key, _ in DisclosureForm(mine.subject).fields["consent"].choices}
        assert offered == {"", str(mine.consent_id), str(other.consent_id)}
        form = DisclosureForm(mine.subject, QueryDict(f"records={mine.pk}"))
        assert [key for key, _ in form.fields["consent"].choices] == ["", str(mine.consent_id)]

    def test_entry_from_before_the_other_name_lets_nothing_leave(self, item) -> None:
        entry = enter(item)
        assert entry.records is None
        make_request(name="Rauf Quliyev", email=item.contact.value)
        with pytest.raises(CaseRefusedError, match="Another name"):
            disclosures.export(entry.uid, by=make_user())


def as_web(statement: str) -> None:
    """Run it with the rights of the web's role; what fails leaves nothing behind."""
    with transaction.atomic(), acting_as(WEB), connection.cursor() as cursor:
        cursor.execute(statement)


def test_register_is_append_only(item) -> None:
    enter(item)
    for change in (
        "UPDATE dsar_disclosure SET recipient = 'Somebody'",
        "DELETE FROM dsar_disclosure",
        "TRUNCATE dsar_disclosure",
    ):
        with pytest.raises(DatabaseError, match=r"permission denied|append-only"):
            as_web(change)
    assert Disclosure.objects.get().recipient == "District court"


def test_person_is_told_but_for_what_the_law_keeps_secret(item) -> None:
    open_entry, _secret = enter(item), enter(item, is_secret=True)
    assert disclosures.told_about(item.subject_id) == [open_entry]


def test_keys_and_bare_numbers_cannot_be_disclosed() -> None:
    names = disclosures.exportable_fields()
    assert NAME in names
    assert "subjects.subjectidentifier.key" not in names
    assert "requests_inbox.consultationrequest.search_keys" not in names


def test_live_links_of_the_person_leave_with_nobody(item) -> None:
    """A mail that is still queued holds a link that opens the person's pages."""
    token = re.search(r"/withdraw\w*/([\w-]{20,})", waiting_mail(item))
    assert token
    entry = enter(item, fields=["outbox.outboundmail.body"])
    content = disclosures.export(entry.uid, by=make_user()).decode()
    assert item.reference in content
    assert token[1] not in content


def waiting_mail(item) -> str:
    mails = OutboundMail.objects.filter(subject_id=item.subject_id, to_address__isnull=False)
    return "\n".join(mail.body or "" for mail in mails)
