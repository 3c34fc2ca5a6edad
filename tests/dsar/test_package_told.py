"""What was disclosed: under a shared address only if chosen, and for merged persons all of it."""

import pytest

from dsar.models import Case, CaseRecord, Disclosure
from dsar.package import assemble
from dsar.services import disclosures, sharing
from dsar.services.errors import CaseRefusedError
from dsar.walk import numbers_of
from emsar.audit import record
from emsar.subjects.models import DataSubject
from emsar.subjects.services import merge
from requests_inbox.models import ConsultationRequest, Transfer
from tests.dsar.desk import signed_in, url, verb_url
from tests.dsar.people import disclose, open_case
from tests.dsar.unpacking import tables, unpacked
from tests.factories import make_request, make_user

pytestmark = pytest.mark.django_db
COURT, TAX = "Nəsimi District Court", "State Tax Service"


class TestSharedAddress:
    @pytest.fixture
    def shared(self) -> tuple[Case, ConsultationRequest, ConsultationRequest]:
        mine = make_request(name="Aysel Məmmədova", email="office@example.com")
        other = make_request(name="Rauf Quliyev", email="office@example.com")
        return open_case(mine.subject, is_shared=True), mine, other

    @pytest.fixture
    def told(self, shared) -> tuple[Disclosure, Disclosure]:
        person = shared[1].subject
        return disclose(person, recipient=COURT), disclose(person, recipient=TAX, document="7")

    def test_page_offers_them_beside_the_requests(self, shared, told) -> None:
        case, mine, other = shared
        client = signed_in(make_user())
        page = client.get(verb_url(case, "records")).text
        assert f"Disclosed to: {COURT}" in page
        assert f"Disclosed to: {TAX}" in page
        data = {f"record-{mine.pk}": "yes", f"record-{other.pk}": "no"}
        assert client.post(verb_url(case, "records"), data).status_code == 422
        data |= {f"record-{told[0].uid}": "yes", f"record-{told[1].uid}": "no"}
        assert client.post(verb_url(case, "records"), data).status_code == 302
        chosen = set(CaseRecord.objects.filter(belongs=True).values_list("record", flat=True))
        assert chosen == {mine.pk, told[0].uid}
        shown = client.get(url("case_change", case.pk))
        assert shown.status_code == 200

    def test_package_shows_the_chosen_one_alone(self, shared, told) -> None:
        case, mine, other = shared
        choice = {mine.pk: True, other.pk: False, told[0].uid: True, told[1].uid: False}
        sharing.choose(case, choice, by=make_user())
        case.refresh_from_db()
        package = assemble(case)
        assert [row["recipient"] for row in tables(package)["dsar.disclosure"]] == [COURT]
        for name, content in unpacked(package).items():
            assert TAX.encode() not in content, name

    def test_choice_names_every_one(self, shared, told) -> None:
        case, mine, other = shared
        with pytest.raises(CaseRefusedError, match="every record"):
            sharing.choose(case, {mine.pk: True, other.pk: False}, by=make_user())


class TestMergedPersons:
    @pytest.fixture
    def kept(self) -> DataSubject:
        """Three persons who became one, a step at a time; each was told about to somebody."""
        first, second, kept = (make_request() for _ in range(3))
        for request, recipient in ((first, COURT), (second, TAX), (kept, "Customs")):
            disclose(request.subject, recipient=recipient)
            Transfer(
                request=request.pk, subject=request.subject_id, to_entity="consulting",
                actor=make_user().pk, reason="field", fields=["name"],
            ).save()  # fmt: skip
            record("request.note", actor=None, subject=request.subject_id)
        merge(second.subject, first.subject, actor=None)
        merge(kept.subject, second.subject, actor=None)
        return kept.subject

    def test_evidence_of_all_of_them_is_told(self, kept) -> None:
        rows = tables(assemble(open_case(kept)))
        assert {row["recipient"] for row in rows["dsar.disclosure"]} == {COURT, TAX, "Customs"}
        assert len(rows["requests_inbox.transfer"]) == 3
        assert len(rows["consent.consentevent"]) == 3
        noted = [row for row in rows["audit.auditevent"] if row["action"] == "request.note"]
        assert len(noted) == 3
        told = {row.recipient for row in disclosures.told_about(kept.pk)}
        assert told == {COURT, TAX, "Customs"}

    def test_officer_sees_them_on_the_case(self, kept) -> None:
        page = signed_in(make_user()).get(url("case_change", open_case(kept).pk)).text
        for recipient in (COURT, TAX, "Customs"):
            assert recipient in page

    def test_secret_one_stays_secret(self, kept) -> None:
        older = [number for number in numbers_of(kept.pk) if number != kept.pk]
        assert len(older) == 2
        disclose(DataSubject(pk=older[0]), recipient="State Security", is_secret=True)
        for content in unpacked(assemble(open_case(kept))).values():
            assert b"State Security" not in content

    def test_stranger_gets_nothing_of_them(self, kept) -> None:
        rows = tables(assemble(open_case(make_request().subject)))
        assert rows["dsar.disclosure"] == rows["requests_inbox.transfer"] == []

    def test_consent_of_the_merged_person_still_allows(self, kept) -> None:
        from consent.models import ConsentEvent

        older = next(number for number in numbers_of(kept.pk) if number != kept.pk)
        event = ConsentEvent.objects.get(subject=older)
        entry = disclosures.disclose(
            kept.pk, recipient="A bank", document="", ground="consent", consent=event.uid,
            fields=["requests_inbox.consultationrequest.name"], by=make_user(),
        )  # fmt: skip
        assert entry.pk
