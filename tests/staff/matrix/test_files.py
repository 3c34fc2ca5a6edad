"""Every file, taken by everybody and read to its end, against docs/staff-access.md."""

import pytest

from emsar.staff import exporting
from emsar.staff.exporting import Export
from tests.staff.matrix.asking import NOTES
from tests.staff.matrix.files import FILES
from tests.staff.matrix.table import NONE, lines
from tests.staff.matrix.world import COLUMN, SEEN, WORDS

pytestmark = pytest.mark.django_db


def test_table_names_every_file_and_no_other() -> None:
    assert set(lines("file")) == set(FILES)
    ours = [kind for kind in Export.__subclasses__() if not kind.__module__.startswith("tests.")]
    formats = sum(1 + len(kind.formats) for kind in ours)
    sheets = [name for name, file in FILES.items() if "purpose" in file.data]
    assert len(sheets) == formats, "an export that nobody has tried"


SHEETS = [name for name in FILES if name.endswith(".csv")]
# Large sheets leave while they are read, in a scope of their own: here those of one line as well.
WAYS = [*((name, exporting.FEW) for name in FILES), *((name, 0) for name in SHEETS)]


@pytest.mark.parametrize(("name", "few"), WAYS)
def test_file_goes_to_whom_the_table_says_with_their_own_rows_alone(
    world, clients, everywhere, monkeypatch, name, few
) -> None:
    monkeypatch.setattr(exporting, "FEW", few)
    for role, client in clients.items():
        answer = FILES[name].fetch(client, everywhere)
        may = lines("file")[name].cell(COLUMN.get(role, role)) != NONE
        assert (answer.is_file, answer.is_open) == (may, may), (role, answer.status)
        assert may or not answer.wrote - NOTES, role
        assert answer.holds(WORDS) == (FILES[name].words & SEEN[role] if may else set()), role
        assert answer.holds(world.references) <= SEEN[role], role
        assert not may or FILES[name].says(world) in answer.text, role


@pytest.mark.parametrize("name", [name for name, file in FILES.items() if "purpose" in file.data])
def test_exports_ask_for_the_second_factor(clients, everywhere, settings, name) -> None:
    settings.STAFF_STEP_UP_MINUTES = 0
    answer = FILES[name].fetch(clients["dpo"], everywhere)
    assert "second_factor_asked" in answer.text
    assert not answer.is_file
    assert not answer.wrote
