"""Evidence past its term leaves by the month, is certified, and is missed by nobody."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from emsar.audit.leaving import LEFT
from emsar.audit.models import AuditEvent, Seal
from emsar.audit.sealing import seal
from emsar.audit.verification import verify_all
from emsar.datamap.rules import EvidenceRule, evidence_rules
from emsar.datamap.terms import Unit
from emsar.entities.businessdays import ONE_DAY
from emsar.entities.models import ScheduleTerm
from emsar.entities.registry import read_registry, reset
from emsar.retention import evidence_checks
from emsar.retention.evidence import forget_evidence, forget_month, months_to_go, oldest_kept
from emsar.retention.models import DestructionLine, Sweep
from emsar.retention.sweeps import SweepFailedError, sweep
from tests.audit.test_roles_at_work import acting_as
from tests.retention.months import a_run, begins, event_of, forget, month_ago

pytestmark = pytest.mark.django_db

RULES = {rule.name: rule for rule in evidence_rules()}
VIEWS = RULES["views"]


def test_each_past_month_leaves_by_itself_with_its_line_and_its_certificate() -> None:
    older, newer, young = month_ago(30), month_ago(25), month_ago(24)
    for month in (older, newer, newer, young):
        event_of(month)
    run = a_run()

    with acting_as("emsar_worker"):
        assert forget_evidence(run, VIEWS) == 3

    assert AuditEvent.objects.filter(action="a.view").count() == 1
    lines = list(DestructionLine.objects.filter(sweep=run.pk).order_by("id"))
    assert [(line.rule, line.clause, line.trigger, line.records) for line in lines] == [
        ("views", "E-9c", "S-5a", 1),
        ("views", "E-9c", "S-5a", 2),
    ]
    assert lines[1].counts == {"audit.auditevent": 2}
    assert lines[1].first_day == lines[1].last_day == month_ago(0) - ONE_DAY
    certificates = AuditEvent.objects.filter(action=LEFT).order_by("id")
    assert [event.detail for event in certificates] == [
        {"rule": "views", "month": f"{older:%Y-%m}", "records": 1},
        {"rule": "views", "month": f"{newer:%Y-%m}", "records": 2},
    ]
    assert [event.object_id for event in certificates] == [str(line.pk) for line in lines]
    assert Sweep.objects.get(pk=run.pk).records == 3


def test_nothing_to_go_writes_nothing() -> None:
    event_of(month_ago(24))
    before = AuditEvent.objects.count()
    assert [forget_evidence(a_run(), rule) for rule in evidence_rules()] == [0] * len(RULES)
    assert not DestructionLine.objects.exists()
    assert AuditEvent.objects.count() == before


def test_second_worker_who_is_slower_certifies_nothing() -> None:
    month = month_ago(25)
    event_of(month)
    assert forget("views", month) == 1
    assert forget_month(a_run(), VIEWS, month) == 0
    assert not AuditEvent.objects.filter(action=LEFT).exists()


def test_young_month_leaves_neither_row_nor_line() -> None:
    event_of(month_ago(24))
    with pytest.raises(DatabaseError, match="not past their term"), transaction.atomic():
        forget_month(a_run(), VIEWS, month_ago(24))
    assert AuditEvent.objects.filter(action="a.view").exists()
    assert not DestructionLine.objects.exists()


@pytest.mark.parametrize("days", [-400, -1, 1, 400, 4000])
def test_clock_of_the_machine_lets_nothing_go_early(days) -> None:
    """Ahead of the database's clock it changes nothing; behind it things leave later."""
    event_of(month_ago(24))
    event_of(month_ago(60))
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        forget_evidence(a_run(), VIEWS, timezone.now())
    assert AuditEvent.objects.filter(action="a.view").count() == 1


def test_whole_sweep_lets_evidence_go_and_one_rule_does_not() -> None:
    event_of(month_ago(25))
    sweep(Sweep.Kind.BY_HAND, only="spam")
    assert AuditEvent.objects.filter(action="a.view").exists()
    assert sweep(Sweep.Kind.NIGHT).records == 1
    assert not AuditEvent.objects.filter(action="a.view").exists()


def test_sweep_over_a_term_that_is_switched_off_fails_and_goes_on() -> None:
    ScheduleTerm.objects.filter(name="views").update(enabled=False)
    reset()
    event_of(month_ago(100))
    event_of(month_ago(61), "a.change")
    with pytest.raises(SweepFailedError, match="views: LookupError"):
        sweep(Sweep.Kind.NIGHT)
    assert AuditEvent.objects.filter(action="a.view").exists()
    assert not AuditEvent.objects.filter(action="a.change").exists()


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        *((Unit.CALENDAR_MONTHS, months) for months in (1, 12, 24, 25)),
        *((Unit.YEARS, years) for years in (1, 5)),
        *((Unit.CALENDAR_DAYS, days) for days in (1, 27, 28, 29, 30, 31, 59, 60, 365)),
    ],
)
def test_months_that_are_asked_for_are_those_that_the_function_lets_go(unit, value) -> None:
    ScheduleTerm.objects.filter(name="views").update(unit=unit, value=value)
    reset()
    oldest = oldest_kept(VIEWS, timezone.now())
    kept = next(n for n in range(100) if begins(month_ago(n)) == oldest)
    event_of(month_ago(kept + 1))
    event_of(month_ago(kept))
    assert list(months_to_go(VIEWS, timezone.now())) == [month_ago(kept + 1)]
    assert forget("views", month_ago(kept + 1)) == 1
    with pytest.raises(DatabaseError, match="not past their term"), transaction.atomic():
        forget("views", month_ago(kept))


def test_business_days_are_no_term_of_evidence() -> None:
    ScheduleTerm.objects.filter(name="views").update(unit=Unit.BUSINESS_DAYS)
    reset()
    with pytest.raises(LookupError, match="cannot count business days"):
        oldest_kept(VIEWS, timezone.now())


def test_chain_goes_on_after_rows_and_seals_of_old_months_left() -> None:
    """Five years of evidence at once: what left is not missed, what stays is verified."""
    for months in (64, 62, 61, 30, 25, 1):
        at = begins(month_ago(months)) + timedelta(days=5)
        with time_machine.travel(at):
            for action in ("a.view", "a.change"):
                event_of(month_ago(months), action)
            assert seal() is not None
    assert verify_all() == []
    sweep(Sweep.Kind.NIGHT)
    seal()
    assert AuditEvent.objects.filter(action="a.view").count() == 1
    assert AuditEvent.objects.filter(action="a.change").count() == 3
    assert Seal.objects.count() == 4
    assert verify_all() == []


def test_every_rule_of_the_profile_can_leave(settings) -> None:
    assert evidence_checks.evidence_can_leave(None) == []


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ("no_such", "reads the term 'no_such', which nobody states"),
        ("answer", "reads the term 'answer', which nobody states"),
    ],
)
def test_check_names_a_rule_without_a_term(monkeypatch, term, said) -> None:
    rule = EvidenceRule("attic", AuditEvent, clause="", term=term)
    monkeypatch.setattr(evidence_checks, "evidence_rules", lambda: [rule])
    (error,) = evidence_checks.evidence_can_leave(None)
    assert (error.id, error.msg) == ("retention.E003", f"The rule for evidence “attic” {said}")


def test_check_names_a_rule_that_counts_business_days(monkeypatch, settings) -> None:
    profile = read_registry()
    term = profile.term("schedule", "views")
    object.__setattr__(term, "unit", Unit.BUSINESS_DAYS.value)
    settings.PROFILE = profile
    monkeypatch.setattr(evidence_checks, "evidence_rules", lambda: [VIEWS])
    (error,) = evidence_checks.evidence_can_leave(None)
    assert error.msg.endswith("reads the term 'views', which counts business days")
