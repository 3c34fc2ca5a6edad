"""A back-up from before an erasure: the ledger erases again, and the skeleton stays."""

import pytest

from dsar.services import erasure
from emsar.retention.ledger import ship_waiting
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
