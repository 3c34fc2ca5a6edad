"""A package is read as the data stood at one moment, whatever is written meanwhile."""

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError

from dsar.models import Case, Release
from dsar.package import gathering
from dsar.services import releases
from dsar.services.snapshots import one_snapshot
from emsar.audit import record
from requests_inbox.models import ConsultationRequest, Message
from tests.connections import in_thread
from tests.dsar.people import open_case
from tests.dsar.unpacking import tables
from tests.factories import make_request

PROJECT = "What was asked for at first."


@pytest.fixture
def case(filled_db) -> Case:
    case = open_case(make_request(project=PROJECT).subject)
    releases.release(case)
    return case


def test_row_that_changes_between_two_reads_changes_nothing_in_it(case, monkeypatch) -> None:
    """The events are read last: by then somebody has written to all that was and was not read."""
    request = ConsultationRequest.objects.get()
    real = gathering._events

    def write() -> None:
        ConsultationRequest.objects.filter(pk=request.pk).update(project="Something else.")
        Message.objects.create(request=request, kind="note", body="Written meanwhile.")
        record("request.view", actor=None, subject=request.subject_id, obj=request)

    def late(found):
        in_thread(write).result(timeout=30)
        return real(found)

    monkeypatch.setattr(gathering, "_events", late)
    rows = tables(releases.download(case))
    assert [row["project"] for row in rows["requests_inbox.consultationrequest"]] == [PROJECT]
    assert rows["requests_inbox.message"] == []
    assert "request.view" not in {row["action"] for row in rows["audit.auditevent"]}
    monkeypatch.setattr(gathering, "_events", real)
    later = tables(releases.download(case))
    assert [row["body"] for row in later["requests_inbox.message"]] == ["Written meanwhile."]
    assert "request.view" in {row["action"] for row in later["audit.auditevent"]}


def test_nothing_is_written_while_it_is_read(case) -> None:
    with pytest.raises(InternalError, match="read-only"), one_snapshot(case.subject):
        Release.objects.update(downloads=1)
    assert Release.objects.get().downloads == 0


def test_reading_keeps_nobody_from_writing(case, monkeypatch) -> None:
    """Neither the case nor its release is locked before the package is there."""
    real = gathering._events

    def late(found):
        def write() -> int:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
                return Case.objects.filter(pk=case.pk).update(language="ru")

        assert in_thread(write).result(timeout=30) == 1
        return real(found)

    monkeypatch.setattr(gathering, "_events", late)
    assert releases.download(case).counts


def test_within_another_transaction_it_is_refused(case) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError), one_snapshot(case.subject):
        pass
