"""A back-up from before an erasure: the ledger erases again, and the skeleton stays."""

import pytest

from dsar.models import Kind
from dsar.services import erasure
from emsar.outbox.sending import send_due
from emsar.retention.ledger import ship_waiting
from emsar.subjects.services import block
from tests.dsar.erasing import make_case, make_person
from tests.factories import make_user
from tests.retention.restoring import dump, manage, restored, rows_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


def test_replay_after_a_restore_forgets_the_person_and_keeps_the_case(
    filled_db, settings, tmp_path
) -> None:
    settings.LEDGER_URL = f"file://{tmp_path}/ledger.jsonl"
    request = make_person("Fuad Kərimov", "fuad@kerimov.example")
    other = make_person("Sevda Kərimova", "sevda@kerimova.example")
    case = make_case(request)
    dump(tmp_path / "before.dump")
    erasure.approve(case, by=make_user())
    ship_waiting()
    with restored(tmp_path / "before.dump") as name:
        assert len(rows_of(name, "SELECT id FROM subjects_datasubject")) == 2
        assert manage(name, "setup_roles", role="owner").returncode == 0
        done = manage(name, "replay_erasures")
        assert done.returncode == 0, done.stderr
        assert rows_of(name, "SELECT id FROM subjects_datasubject") == [(other.subject_id,)]
        left = rows_of(name, "SELECT id FROM requests_inbox_consultationrequest")
        assert left == [(other.pk,)]
        assert rows_of(name, "SELECT count(*) FROM dsar_casefile") == [(0,)]
        assert rows_of(name, "SELECT id FROM dsar_case") == [(case.pk,)]
        # The same demand, carried out again there, finds that nothing is held.
        assert manage(name, "verify_certificates").returncode == 0


def test_running_cases_that_lost_their_person_are_closed_and_hidden_copies_stay_hidden(
    filled_db, settings, tmp_path
) -> None:
    """A complaint, which goes on, a correction and a deletion ran at the time of the back-up, and a
    block lay over it all."""
    settings.LEDGER_URL = f"file://{tmp_path}/ledger.jsonl"
    request = make_person("Fuad Kərimov", "fuad@kerimov.example")
    untouched = make_person("Sevda Kərimova", "sevda@kerimova.example")
    send_due()
    block(request.subject, actor=None)
    deletion = make_case(request)
    correction = make_case(request, Kind.CORRECTION)
    complaint = make_case(request, Kind.COMPLAINT)
    other = make_case(untouched, Kind.COMPLAINT)
    dump(tmp_path / "before.dump")
    erasure.approve(deletion, by=make_user())
    ship_waiting()
    with restored(tmp_path / "before.dump") as name:
        assert manage(name, "setup_roles", role="owner").returncode == 0
        simulated = manage(name, "replay_erasures", "--simulate")
        assert simulated.returncode == 0, simulated.stderr
        states = "SELECT id, status, outcome, closed_at IS NULL FROM dsar_case ORDER BY kind, id"
        assert {row[1] for row in rows_of(name, states)} == {"open"}
        for _ in range(2):
            done = manage(name, "replay_erasures")
            assert done.returncode == 0, done.stderr
            assert set(rows_of(name, states)) == {
                (deletion.pk, "completed", "fulfilled", False),
                (correction.pk, "completed", "nothing_held", False),
                (complaint.pk, "open", "", True),
                (other.pk, "open", "", True),
            }
        orders = rows_of(name, "SELECT reference, is_restricted FROM retention_deletionorder")
        assert (request.reference, True) in orders
        assert {hidden for reference, hidden in orders if reference == request.reference} == {True}
        events = "SELECT count(*) FROM dsar_caseevent WHERE event = 'erased'"
        assert rows_of(name, events) == [(2,)]
        # The night finds nothing to do and nothing that is overdue for ever.
        night = manage(name, "run_deadlines")
        assert night.returncode == 0, night.stderr
        assert manage(name, "verify_certificates").returncode == 0
