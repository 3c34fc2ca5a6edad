"""The table of docs/staff-access.md, which says who may open what."""

from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).resolve().parents[3] / "docs" / "staff-access.md"
ROLES = ("company staff", "officer", "administrator", "auditor")
ALL, OWN, NONE = "all", "own", "—"


@dataclass(frozen=True)
class Line:
    """What each role may open of an address: all rows, those of the own company, or none."""

    name: str
    cells: tuple[str, ...]

    def cell(self, role: str) -> str:
        return self.cells[ROLES.index(role)]


def lines() -> dict[str, Line]:
    """The table by address; AssertionError for a cell that says something else."""
    found: dict[str, Line] = {}
    for text in FILE.read_text("utf-8").splitlines():
        if not text.startswith("| `"):
            continue
        name, *cells = (part.strip() for part in text.strip("|").split("|"))
        assert len(cells) == len(ROLES), text
        assert set(cells) <= {ALL, OWN, NONE}, text
        name = name.strip("`")
        assert name not in found, f"{name} stands twice"
        found[name] = Line(name, tuple(cells))
    return found
