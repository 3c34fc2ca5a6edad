"""The sweep by hand: counted first, then carried out."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from emsar.datamap.rules import evidence_rules, rules
from emsar.retention.management.commands.apply_retention import bar
from emsar.retention.models import DestructionLine, LegalHold, Sweep
from requests_inbox.models import ConsultationRequest
from tests.retention.desk import ends, hold_on, today

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ledger(tmp_path, settings) -> None:
    settings.LEDGER_URL = f"file://{tmp_path / 'ledger.jsonl'}"


def run(**options: object) -> list[str]:
    out = StringIO()
    call_command("apply_retention", stdout=out, **options)
    return out.getvalue().splitlines()


def test_simulation_counts_shows_its_queries_and_changes_nothing() -> None:
    ends(-1)
    ends(-2, answered=False)
    hold_on(ends(-3))
    ends(3)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
        lines = run(simulate=True)
        transaction.set_rollback(True)
    number = next(n for n, line in enumerate(lines) if line.startswith("consultation "))
    assert lines[number] == "consultation (E-7.2a): 1 due, 1 held, 1 waiting"
    assert lines[number + 1].strip().startswith('SELECT "requests_inbox_consultationrequest"')
    assert len(lines) == 2 * (len(rules()) + len(evidence_rules())) + 1
    assert lines[-1] == "persons (S-5c): 0 to whom nothing points now"
    assert any(line.startswith("audit_events (E-9c): 0 due in 0 months") for line in lines)


def test_simulation_looks_ahead() -> None:
    ends(3)
    until = today() + timedelta(days=3)
    assert run(simulate=True, rule="consultation", until=until)[0].endswith(
        "1 due, 0 held, 0 waiting"
    )


def test_one_rule_alone_is_carried_out() -> None:
    gone, spam = ends(-1), ends(-1)
    ConsultationRequest.objects.filter(pk=spam.pk).update(close_reason="spam")
    (said,) = run(rule="consultation")
    assert said.startswith("destroyed: 1 (sweep ")
    assert list(ConsultationRequest.objects.all()) == [spam]
    assert not ConsultationRequest.objects.filter(pk=gone.pk).exists()
    (said,) = run(rule="audit_events")
    assert said.startswith("destroyed: 0 ")


def test_everything_is_carried_out_but_what_is_held() -> None:
    ends(-1)
    kept = ends(-1)
    hold_on(kept)
    run()
    assert list(ConsultationRequest.objects.all()) == [kept]
    assert Sweep.objects.get().kind == Sweep.Kind.BY_HAND
    assert DestructionLine.objects.filter(rule="consultation").get().records == 1
    assert LegalHold.objects.count() == 1


def test_nothing_goes_before_its_day_is_over() -> None:
    ends(0)
    for until in (today(), today() + timedelta(days=9)):
        with pytest.raises(CommandError, match="use --simulate"):
            run(until=until)
    assert ConsultationRequest.objects.count() == 1


def test_days_that_ended_before_a_day_go_alone() -> None:
    ends(-9)
    kept = ends(-2)
    run(rule="consultation", until=today() - timedelta(days=5))
    assert list(ConsultationRequest.objects.all()) == [kept]


def test_unknown_rule_is_answered_with_the_known_ones() -> None:
    with pytest.raises(CommandError, match=r"no rule nobody\. There are: .*consultation.*seals"):
        run(rule="nobody")


@pytest.mark.parametrize(
    ("done", "total", "filled"), [(0, 10, 0), (5, 10, 15), (10, 10, 30), (12, 10, 30), (0, 0, 30)]
)
def test_bar_says_how_far_it_is(done: int, total: int, filled: int) -> None:
    assert bar(done, total).count("#") == filled
