"""A package is released once, fetched three times within its days, and kept nowhere."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dsar.models import Case, CaseFile, CaseRecord, Kind, Outcome, Release, Status
from dsar.package import assemble
from dsar.services import releases
from dsar.services.errors import CaseRefusedError, CaseStateError
from emsar.audit.models import AuditEvent
from emsar.datamap import terms
from emsar.outbox.models import OutboundMail
from emsar.subjects.models import DataSubject, SubjectIdentifier
from tests.dsar.people import disclose, known_person, open_case
from tests.dsar.unpacking import tables
from tests.factories import make_request, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(db) -> Case:
    return open_case(make_request().subject)


def test_release_completes_the_case_and_tells_the_person(case) -> None:
    released = releases.release(case)
    assert (case.status, case.outcome) == (Status.COMPLETED, Outcome.FULFILLED)
    days = terms.value("schedule", "package_link")
    assert released.expires_at - released.released_at == timedelta(days=days)
    assert (days, released.downloads, released.sha256, released.counts) == (5, 0, "", {})
    case.refresh_from_db()
    assert case.closed_at is not None
    assert case.events.last().event == "release"
    [mail] = OutboundMail.objects.filter(about=case.pk)
    assert mail.purpose == "rights"
    [event] = AuditEvent.objects.filter(action="case.release")
    assert (event.actor, event.subject, event.object_id) == (None, case.subject, str(case.pk))


def test_release_by_an_officer_says_who(case) -> None:
    officer = make_user()
    releases.release(case, by=officer)
    assert AuditEvent.objects.get(action="case.release").actor == officer.pk
    assert case.events.last().actor == officer.pk


def test_nothing_held_is_an_outcome_of_its_own() -> None:
    person = DataSubject.objects.create()
    SubjectIdentifier.objects.create(
        subject=person, kind="email", key=b"k" * 32, value="nobody@example.com"
    )
    case = open_case(person, Kind.INFORMATION)
    releases.release(case)
    assert case.outcome == Outcome.NOTHING_HELD
    assert releases.download(case).counts["subjects.subjectidentifier"] == 1


def test_disclosure_alone_is_something_held() -> None:
    person = DataSubject.objects.create()
    disclose(person, recipient="Court")
    case = open_case(person)
    releases.release(case)
    assert case.outcome == Outcome.FULFILLED


@pytest.mark.parametrize(
    "changes",
    [
        {"status": Status.UNVERIFIED},
        {"status": Status.COMPLETED, "outcome": "refused", "closed_at": timezone.now()},
    ],
    ids=["unverified", "completed"],
)
def test_release_is_only_for_open_cases(case, changes) -> None:
    if changes["status"] == Status.COMPLETED:
        changes = {**changes, "destroy_after": timezone.localdate()}
    Case.objects.filter(pk=case.pk).update(**changes)
    with pytest.raises(CaseStateError):
        releases.release(case)
    assert not Release.objects.exists()
    assert not AuditEvent.objects.filter(action="case.release").exists()


def test_release_happens_once(case) -> None:
    first = Case.objects.get(pk=case.pk)
    releases.release(case)
    with pytest.raises(CaseStateError):
        releases.release(first)
    assert Release.objects.count() == 1
    assert OutboundMail.objects.filter(about=case.pk).count() == 1


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in ("information", "access")])
def test_other_kinds_have_no_package(kind) -> None:
    case = open_case(make_request().subject, kind)
    with pytest.raises(CaseRefusedError):
        releases.release(case)


def test_nothing_leaves_while_a_question_about_identity_is_open(case) -> None:
    Case.objects.filter(pk=case.pk).update(paused_since=timezone.now())
    with pytest.raises(CaseRefusedError):
        releases.release(case)
    assert not Release.objects.exists()


def test_shared_address_waits_for_the_officers_choice() -> None:
    mine = make_request(name="Aysel Məmmədova", email="office@example.com")
    make_request(name="Rauf Quliyev", email="office@example.com")
    case = open_case(mine.subject)  # the second name came after identity was proved
    with pytest.raises(CaseRefusedError):
        releases.release(case)
    file = CaseFile.objects.get(case=case)
    CaseRecord.objects.create(file=file, record=mine.pk, belongs=True)
    Case.objects.filter(pk=case.pk).update(chosen_at=timezone.now(), is_shared=True)
    case.refresh_from_db()
    releases.release(case)
    package = releases.download(case)
    assert [row["name"] for row in tables(package)["requests_inbox.consultationrequest"]] == [
        "Aysel Məmmədova"
    ]


def test_another_name_after_the_release_closes_the_package() -> None:
    mine = make_request(name="Aysel Məmmədova", email="office@example.com")
    case = open_case(mine.subject)
    releases.release(case)
    releases.download(case)
    make_request(name="Rauf Quliyev", email="office@example.com")
    with pytest.raises(CaseRefusedError):
        releases.download(case)


def test_download_notes_hash_and_counts_and_keeps_no_copy(case, tmp_path, monkeypatch) -> None:
    """Nothing of it is put down, not even for a moment."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    released = releases.release(case)
    package = releases.download(case)
    released.refresh_from_db()
    assert (released.downloads, released.sha256) == (1, package.sha256)
    assert released.counts == package.counts
    [event] = AuditEvent.objects.filter(action="case.download")
    assert event.detail == {
        "number": 1,
        "sha256": package.sha256,
        "rows": sum(package.counts.values()),
    }
    assert list(tmp_path.iterdir()) == []
    assert {column.name for column in Release._meta.concrete_fields} == {
        "id",
        "case",
        "released_at",
        "expires_at",
        "downloads",
        "sha256",
        "counts",
    }


def test_three_downloads_and_no_more(case) -> None:
    releases.release(case)
    for number in (1, 2, 3):
        left = releases.left(case)
        assert left is not None
        assert left.downloads == 4 - number
        releases.download(case)
    assert releases.left(case) is None
    with pytest.raises(CaseRefusedError):
        releases.download(case)
    assert Release.objects.get().downloads == 3
    assert AuditEvent.objects.filter(action="case.download").count() == 3


def test_download_ends_with_its_days(case, time_machine) -> None:
    released = releases.release(case)
    time_machine.move_to(released.expires_at - timedelta(seconds=1))
    releases.download(case)
    time_machine.move_to(released.expires_at)
    assert releases.left(case) is None
    with pytest.raises(CaseRefusedError):
        releases.download(case)


def test_nothing_is_fetched_before_the_release(case) -> None:
    assert releases.left(case) is None
    with pytest.raises(CaseRefusedError):
        releases.download(case)


def test_failed_assembly_costs_no_download(case, monkeypatch) -> None:
    releases.release(case)

    def fail(*_: object) -> None:
        raise RuntimeError("the paper is out")

    monkeypatch.setattr("dsar.package.assembling.pdf", fail)
    with pytest.raises(RuntimeError):
        releases.download(case)
    assert Release.objects.get().downloads == 0
    assert not AuditEvent.objects.filter(action="case.download").exists()


def test_package_tells_of_the_copies_before_it(case) -> None:
    releases.release(case)
    first = releases.download(case)
    rows = tables(releases.download(case))
    told = [(row["downloads"], row["sha256"]) for row in rows["dsar.release"]]
    assert told == [(1, first.sha256)]
    assert "case.release" in {row["action"] for row in rows["audit.auditevent"]}


def test_name_of_the_file_says_the_reference_and_nobody() -> None:
    known = known_person()
    assert assemble(known.case).name == f"my-data-{known.case.reference}.zip"
