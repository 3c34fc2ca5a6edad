"""Random histories of requests: nothing goes early, and nothing stays after its day."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emsar.entities.businessdays import BAKU
from emsar.retention.models import Clearance, LegalHold, Sweep
from emsar.retention.sweeps import sweep
from emsar.staff.models import User
from requests_inbox.models import ConsultationRequest
from requests_inbox.services import contracts, handling, replying
from requests_inbox.services.errors import RequestStateError
from tests.factories import make_request, solutions_user

pytestmark = pytest.mark.django_db
START = date(2026, 11, 23)
RULES = ("consultation", "customer", "withdrawn", "spam")
EVENTS = ("answer", "message", "close", "spam", "contract", "end", "hold", "release", "clear")
NIGHTS_AFTER = (0, 1, 2, 30, 31, 32)


@dataclass
class History:
    """What happened, kept beside the program: by this a row is judged."""

    due: date
    answers: list[date] = field(default_factory=list)
    closed: date | None = None
    spam: bool = False
    contract: tuple[date, date | None] | None = None
    held: bool = False
    cleared: date | None = None

    def last_day(self) -> date | None:
        """The last day kept, None while a contract is open."""
        if self.contract and self.contract[1] is None:
            return None
        if self.contract:
            return max(self.contract[1] or START, year_later(self.base()))
        if self.spam and self.closed:
            return self.closed + timedelta(days=30)
        return year_later(self.base())

    def base(self) -> date:
        return max(self.answers) if self.answers else self.closed or self.due

    def must_be_gone(self, today: date) -> bool:
        last = self.last_day()
        if last is None or self.held or today <= last:
            return False
        waits = not (self.answers or self.closed or self.contract or self.cleared == last)
        return not waits or today > last + timedelta(days=30)


def year_later(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 2, 28)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), BAKU)


@dataclass
class Play:
    """One history, played on the program."""

    request: ConsultationRequest
    by: User
    told: History

    def now(self) -> ConsultationRequest:
        return ConsultationRequest.objects.get(pk=self.request.pk)

    def do(self, event: str, day: date, length: int) -> None:
        """Whatever the program refuses did not happen."""
        try:
            getattr(self, f"_{event}")(day, length)
        except RequestStateError:
            return

    def _answer(self, day: date, length: int) -> None:
        replying.answered_elsewhere(self.now(), at=noon(day), channel="phone", note="", by=self.by)
        self.told.answers.append(day)
        self.told.closed, self.told.spam = None, False

    def _message(self, day: date, length: int) -> None:
        replying.message_received(
            self.now(), at=noon(day), channel="phone", body="More", by=self.by
        )
        row = self.now()
        self.told.due = row.reply_due_at.astimezone(BAKU).date()
        self.told.closed, self.told.spam = None, False

    def _close(self, day: date, length: int) -> None:
        handling.close(self.now(), "no_answer_needed", by=self.by)
        self.told.closed, self.told.spam = day, False

    def _spam(self, day: date, length: int) -> None:
        handling.close(self.now(), "spam", by=self.by)
        self.told.closed, self.told.spam = day, True

    def _contract(self, day: date, length: int) -> None:
        contracts.record_contract(self.now(), day, None, by=self.by)
        self.told.contract = (day, None)

    def _end(self, day: date, length: int) -> None:
        end = day + timedelta(days=length)
        contracts.end_contract(self.now(), end, by=self.by)
        assert self.told.contract
        self.told.contract = (self.told.contract[0], end)

    def _hold(self, day: date, length: int) -> None:
        if not self.told.held:
            LegalHold.objects.create(
                kind="record",
                target=self.request.pk,
                reason="court",
                legal_reference_id="personal-data",
                review_on=day,
            )
        self.told.held = True

    def _release(self, day: date, length: int) -> None:
        LegalHold.objects.filter(target=self.request.pk).update(released_at=noon(day))
        self.told.held = False

    def _clear(self, day: date, length: int) -> None:
        last = self.told.last_day()
        if last is not None:
            said = {"last_day": last}
            Clearance.objects.update_or_create(record=self.request.pk, defaults=said)
            self.told.cleared = last


def is_there(play: Play) -> bool:
    return ConsultationRequest.objects.filter(pk=play.request.pk).exists()


def night(play: Play, day: date) -> bool:
    """The sweep at 03:00 of a day; whether the request was rightly kept or destroyed."""
    moment = datetime.combine(day, time(3), BAKU).astimezone(UTC)
    with time_machine.travel(moment, tick=False):
        for name in RULES:
            sweep(Sweep.Kind.NIGHT, only=name)
    expected = not play.told.must_be_gone(day)
    assert is_there(play) is expected, (day, play.told, play.told.last_day())
    return expected


def begun() -> Play:
    with time_machine.travel(noon(START), tick=False):
        request = make_request()
    due = request.reply_due_at.astimezone(BAKU).date()
    return Play(request, solutions_user(), History(due))


step = st.tuples(st.sampled_from(EVENTS), st.integers(0, 200), st.integers(0, 500))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(step, max_size=7))
def test_nothing_goes_early_and_nothing_stays(tmp_path_factory, steps) -> None:
    from django.test import override_settings

    folder = tmp_path_factory.mktemp("ledger")
    with override_settings(LEDGER_URL=f"file://{folder}/ledger.jsonl"):
        play_through(begun(), steps)
    ConsultationRequest.objects.all().delete()
    User.objects.all().delete()


def play_through(play: Play, steps: list[tuple[str, int, int]]) -> None:
    day = START
    for event, pause, length in steps:
        day += timedelta(days=pause)
        if not night(play, day):
            return
        with time_machine.travel(noon(day), tick=False):
            play.do(event, day, length)
        if not night(play, day + timedelta(days=1)):
            return
        day += timedelta(days=1)
    last = play.told.last_day()
    for after in NIGHTS_AFTER if last else ():
        later = max(day, last + timedelta(days=after))
        if not night(play, later):
            return


@pytest.mark.parametrize("events", list(permutations(("answer", "contract", "hold"))))
def test_order_at_the_same_instant_does_not_matter(events, tmp_path, settings) -> None:
    settings.LEDGER_URL = f"file://{tmp_path}/ledger.jsonl"
    play, day = begun(), START + timedelta(days=10)
    with time_machine.travel(noon(day), tick=False):
        for event in events:
            play.do(event, day, 0)
        play.do("end", day, 100)
    row = play.now()
    assert row.destroy_after == year_later(day)
    assert (row.contract_start, row.contract_end) == (day, day + timedelta(days=100))
