"""The charts of the month, drawn on the server; every number stands beside them as text."""

from dataclasses import dataclass
from datetime import date

from dsar.figures import Figures, Line
from dsar.models import Kind

# The drawing's own units.
WIDTH, HEIGHT, TOP, BASE = 640, 190, 16, 160


@dataclass(frozen=True)
class KindBar:
    """A kind and its bars, in hundredths of the longest one."""

    label: str
    line: Line
    received: int
    in_time: int
    late: int


@dataclass(frozen=True)
class MonthBar:
    """A month of the drawing: the left edge and width of its bars and their heights."""

    month: date
    line: Line
    x: int
    width: int
    received: int
    in_time: int
    late: int

    @property
    def middle(self) -> int:
        return self.x + self.width

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def received_top(self) -> int:
        return BASE - self.received

    @property
    def in_time_top(self) -> int:
        return BASE - self.in_time

    @property
    def late_top(self) -> int:
        return BASE - self.in_time - self.late


def kind_bars(figures: Figures) -> list[KindBar]:
    """One line a kind of which something came in or was answered."""
    lines = figures.kinds
    most = max((max(line.received, line.answered) for line in lines.values()), default=0) or 1
    return [
        KindBar(
            str(Kind(kind).label),
            line,
            _part(line.received, most, 100),
            _part(line.in_time, most, 100),
            _part(line.late, most, 100),
        )
        for kind, line in lines.items()
    ]


def month_bars(figures: Figures) -> list[MonthBar]:
    """One pair of bars a month: what came in, and what was answered, late ones on top."""
    lines = figures.months
    most = max(max(line.received, line.answered) for line in lines.values()) or 1
    step = WIDTH // len(lines)
    room = BASE - TOP
    return [
        MonthBar(
            month=month,
            line=line,
            x=place * step + step // 5,
            width=step * 3 // 10,
            received=_part(line.received, most, room),
            in_time=_part(line.in_time, most, room),
            late=_part(line.late, most, room),
        )
        for place, (month, line) in enumerate(lines.items())
    ]


def _part(count: int, most: int, room: int) -> int:
    """A bar of something is never too thin to be seen."""
    return max(count * room // most, 2) if count else 0
