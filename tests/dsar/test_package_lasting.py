"""How long a copy lasts: by hand as long as its file, and before a deletion that comes first."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.test import Client

from dsar.models import Case, CaseFile, Kind, Means, Outcome, Release, Status
from dsar.package import assemble
from dsar.services import byhand, deadlines, identity, releases, reminding
from dsar.services.errors import CaseRefusedError
from emsar.entities.businessdays import BAKU
from emsar.entities.wording import moment_text
from emsar.outbox.models import OutboundMail, Purpose
from emsar.subjects.models import DataSubject
from requests_inbox.models import ConsultationRequest
from tests.dsar import people
from tests.dsar.asking import ask, enter, mails, text_of
from tests.dsar.desk import signed_in, url, verb_url
from tests.dsar.erasing import make_case, make_person
from tests.dsar.test_package_byhand import by_letter
from tests.dsar.unpacking import unpacked
from tests.factories import make_request, make_user

pytestmark = pytest.mark.django_db
RECEIVED = datetime(2026, 12, 10, 8, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def midnight(day) -> datetime:
    """00:00 of a day in Baku."""
    return datetime.combine(day, time(), BAKU)


class TestByHand:
    """Nobody mailed a link, so its five days are nobody's."""

    @pytest.mark.parametrize("days", [6, 29])
    def test_waits_for_the_officer_as_long_as_the_file_is_kept(self, days) -> None:
        with time_machine.travel(RECEIVED, tick=False):
            case = by_letter(Kind.ACCESS, received_at=RECEIVED - HOUR)
            last = CaseFile.objects.get().destroy_after
        with time_machine.travel(RECEIVED + timedelta(days=days), tick=False):
            client = signed_in(make_user())
            assert list(byhand.cases_waiting()) == [case]
            assert verb_url(case, "handover") in client.get(url("case_change", case.pk)).text
            assert releases.left(case).until == midnight(last + DAY)
            data = {"means": "letter", "sure": "on"}
            assert client.post(verb_url(case, "handover"), data).status_code == 200
            assert not byhand.cases_waiting().exists()

    def test_officer_is_reminded_every_day_until_then(self) -> None:
        with time_machine.travel(RECEIVED, tick=False):
            case = by_letter(Kind.ACCESS, received_at=RECEIVED - HOUR)
        rows = OutboundMail.objects.filter(purpose=Purpose.STAFF, key__contains=":by_hand:")
        seen = set()
        for days in range(20):
            reminding.remind(RECEIVED + timedelta(days=days))
            found = set(rows.values_list("key", flat=True)) - seen
            assert found, f"day {days}"
            seen |= found
        with time_machine.travel(RECEIVED + timedelta(days=20), tick=False):
            byhand.hand_over(case, Means.LETTER, by=make_user())
        reminding.remind(RECEIVED + timedelta(days=21))
        assert set(rows.values_list("key", flat=True)) == seen

    def test_ends_with_the_last_day_of_the_file(self) -> None:
        with time_machine.travel(RECEIVED, tick=False):
            case = by_letter(Kind.ACCESS, received_at=RECEIVED - HOUR)
            last = CaseFile.objects.get().destroy_after
        with (
            time_machine.travel(midnight(last + DAY), tick=False),
            pytest.raises(CaseRefusedError),
        ):
            byhand.hand_over(case, Means.LETTER, by=make_user())


def both(verified: datetime, *, release: bool = True) -> tuple[Case, Case]:
    """A copy and a deletion asked at one time, and the copy released when it was proved."""
    request = make_person("Kamran Vəliyev", "kamran@example.com")
    copy = make_case(request, Kind.ACCESS, received=RECEIVED)
    deletion = make_case(request, received=RECEIVED)
    if release:
        with time_machine.travel(verified, tick=False):
            releases.release(copy)
    return copy, deletion


class TestDeletionWaits:
    @pytest.mark.parametrize("late", [0, 1])
    def test_for_a_copy_of_the_last_day(self, late) -> None:
        deletion_day = make_case(make_person("X Y", "x@example.com"), received=RECEIVED).execute_on
        verified = midnight(deletion_day) + late * DAY + 10 * HOUR
        copy, deletion = both(verified)
        Case.objects.exclude(pk__in=[copy.pk, deletion.pk]).update(execute_on=RECEIVED.date())
        mine = ConsultationRequest.objects.filter(subject=copy.subject)
        for hours, is_there in ((1, True), (23, True), (25, False)):
            moment = verified + hours * HOUR
            with time_machine.travel(moment, tick=False):
                deadlines.run()
            assert mine.exists() is is_there, hours

    def test_no_longer_than_until_it_was_fetched(self) -> None:
        deletion_day = RECEIVED.date() + timedelta(days=27)
        copy, _deletion = both(midnight(deletion_day) + HOUR)
        with time_machine.travel(midnight(deletion_day) + 2 * HOUR, tick=False):
            releases.download(Case.objects.get(pk=copy.pk))
            assert deadlines.run()["erased"] == 1

    def test_never_past_the_promise(self) -> None:
        promised = RECEIVED.date() + timedelta(days=30)
        _copy, deletion = both(midnight(promised) + 8 * HOUR)
        assert deletion.promise_due == promised
        with time_machine.travel(midnight(promised) + 20 * HOUR, tick=False):
            assert deadlines.run()["erased"] == 0
        with time_machine.travel(midnight(promised) + 21 * HOUR, tick=False):
            assert deadlines.run()["erased"] == 1

    def test_for_none_that_is_older(self) -> None:
        copy, deletion = both(RECEIVED + DAY)
        with time_machine.travel(midnight(deletion.execute_on) + 4 * HOUR, tick=False):
            assert deadlines.run()["erased"] == 1
        assert Release.objects.get(case=copy).downloads == 0

    def test_copy_that_is_due_in_the_same_night_is_made_first(self) -> None:
        copy, deletion = both(RECEIVED, release=False)
        night = midnight(deletion.execute_on) + 4 * HOUR
        with time_machine.travel(night, tick=False):
            counts = deadlines.run(simulate=True)
            counts = deadlines.run()
        assert (counts["answered"], counts["erased"], counts["waiting"]) == (1, 0, 1)
        copy.refresh_from_db()
        assert copy.outcome == Outcome.FULFILLED


class TestUntil:
    def test_page_and_mail_tell_the_night_of_the_deletion(self) -> None:
        verified = midnight(RECEIVED.date() + timedelta(days=25)) + HOUR
        copy, deletion = both(verified)
        night = midnight(deletion.execute_on)
        assert Release.objects.get().expires_at > night
        assert releases.left(copy, verified).until == night
        assert (
            moment_text(night, "en")
            in OutboundMail.objects.get(key=f"case:{copy.pk}:package_ready").body
        )

    def test_last_minute_copy_has_its_day(self) -> None:
        verified = midnight(RECEIVED.date() + timedelta(days=27)) + 10 * HOUR
        copy, _deletion = both(verified)
        assert releases.left(copy, verified).until == verified + DAY
        end = moment_text((verified + DAY).astimezone(BAKU), "en")
        assert end in OutboundMail.objects.get(key=f"case:{copy.pk}:package_ready").body

    @pytest.mark.parametrize(
        "change", [{"status": Status.UNVERIFIED, "verified_at": None}, {"is_shared": True}]
    )
    def test_deletion_that_would_not_be_carried_out_shortens_nothing(self, change) -> None:
        copy, deletion = both(midnight(RECEIVED.date() + timedelta(days=25)))
        Case.objects.filter(pk=deletion.pk).update(**change)
        released = Release.objects.get()
        assert releases.left(copy, released.released_at).until == released.expires_at

    def test_both_proved_by_one_link_late(self) -> None:
        client = Client()
        with time_machine.travel(RECEIVED, tick=True):
            make_request(email="aysel@example.com")
            ask(Kind.ACCESS, Kind.DELETION)
        late = RECEIVED + timedelta(days=5)
        # The copy is proved first, and must know all the same that a deletion is proved with it.
        Case.objects.filter(kind=Kind.DELETION).update(received_at=RECEIVED + HOUR)
        Case.objects.update(execute_on=late.date(), promise_due=late.date() + 3 * DAY)
        with time_machine.travel(late, tick=True):
            assert enter(client).status_code == 303
            released = Release.objects.get()
            end = (released.released_at + DAY).astimezone(BAKU)
            ready = mails()[-1]
            assert moment_text(end, "en") in ready.body
            reference = Case.objects.get(kind=Kind.ACCESS).reference
            page = client.get(f"/en/my-data/cases/{reference}/").text
            assert moment_text(end, "en") in text_of(page)

    def test_both_proved_by_a_colleague(self) -> None:
        with time_machine.travel(RECEIVED, tick=False):
            entry = {"kinds": [Kind.ACCESS, Kind.DELETION], "email": "rena@example.com"}
            earlier = RECEIVED - timedelta(days=25)
            from dsar.services.registering import StaffEntry, register

            facts = {"channel": "letter", "received_at": earlier, "phone": "", "language": "en"}
            proof = {"details": "", "proof": "document", "proof_note": "Seen."}
            make_request(email="rena@example.com")
            cases = register(StaffEntry(**entry, **facts, **proof), by=make_user())
        copy = next(case for case in cases if case.kind == Kind.ACCESS)
        night = midnight(cases[1].execute_on)
        body = OutboundMail.objects.get(key=f"case:{copy.pk}:package_ready").body
        assert moment_text(night, "en") in body


def test_secret_disclosure_does_not_show_in_the_outcome() -> None:
    person = DataSubject.objects.create()
    case = people.open_case(person)
    people.disclose(person, recipient="Nəsimi District Court", is_secret=True)
    assert not releases.holds_something(case)
    people.disclose(person, recipient="Nəsimi District Court")
    assert releases.holds_something(case)


def test_package_holds_no_link_that_still_works() -> None:
    make_request(email="aysel@example.com")
    ask(Kind.ACCESS)
    identity.verify(DataSubject.objects.get())
    tokens = [mail.body.split("/my-data/link/")[1].partition("/")[0] for mail in mails()]
    assert len(tokens) == 2
    assert {len(token) for token in tokens} == {43}
    files = unpacked(assemble(Case.objects.get()))
    for name, content in files.items():
        for token in tokens:
            assert token.encode() not in content, name
    assert b"/my-data/link/" in files["my-data.json"]
    assert "/my-data/link/•••/" in files["my-data.html"].decode()
