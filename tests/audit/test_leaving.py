"""Evidence that left by its term is not missed, and nothing else may hide behind that."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from emsar.audit import leaving, record
from emsar.audit.leaving import LEFT, certified, certify, ends_in, month_of
from emsar.audit.models import AuditEvent, Seal
from emsar.audit.sealing import seal
from emsar.audit.verification import verify_all, verify_chain, verify_head
from emsar.datamap.rules import EvidenceRule

pytestmark = pytest.mark.django_db

EVENTS = "audit.auditevent"
OF_EVENTS = EvidenceRule("old_events", AuditEvent, clause="", term="t")
OF_SEALS = EvidenceRule("old_seals", Seal, clause="", term="t")
JANUARY, FEBRUARY, MARCH = (date(2031, month, 1) for month in (1, 2, 3))
# What began before is past its term.
KEPT_SINCE = datetime(2031, 3, 1, tzinfo=leaving.ZONE)
NOW = datetime(2031, 4, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def rules(monkeypatch) -> None:
    """Two rules of the test's own, so that no term of a profile matters here."""
    monkeypatch.setattr(leaving, "evidence_rules", lambda: [OF_EVENTS, OF_SEALS])
    monkeypatch.setattr(leaving, "_OLDEST_KEPT", [lambda rule, now: KEPT_SINCE])


@pytest.fixture
def chain(rules) -> Iterator[dict[date, Seal]]:
    """One link and two events in each of three months; then the tests run in April."""
    seal()
    links = {month: link_in(month) for month in (JANUARY, FEBRUARY, MARCH)}
    with time_machine.travel(NOW):
        yield links


def link_in(month: date) -> Seal:
    with time_machine.travel(datetime(2031, month.month, 10, tzinfo=UTC)):
        for _ in range(2):
            record("a.b", actor=None)
        link = seal()
    assert link is not None
    return link


def events_of(month: date) -> list[int]:
    of_month = AuditEvent.objects.filter(at__year=2031, at__month=month.month, action="a.b")
    return list(of_month.order_by("id").values_list("id", flat=True))


def delete(table: str, ids: list[int]) -> None:
    """What the owner's function does, and what an intruder with the owner's login could do."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [ids])
        assert cursor.rowcount == len(ids)


def let_go(month: date) -> None:
    ids = events_of(month)
    delete("audit_auditevent", ids)
    certify(OF_EVENTS, month, len(ids), obj=Seal(pk=1))


def let_seals_go(month: date) -> None:
    its = Seal.objects.filter(at__year=2031, at__month=month.month)
    ids, ends = list(its.values_list("id", flat=True)), ends_in(month)
    # The link over what the set-up wrote stands before all of them.
    ids += list(Seal.objects.filter(at__year__lt=2031).values_list("id", flat=True))
    delete("audit_seal", ids)
    certify(OF_SEALS, month, len(ids), obj=Seal(pk=1), ends=ends)


def test_month_is_that_of_baku() -> None:
    assert month_of(datetime(2031, 1, 31, 19, 59, tzinfo=UTC)) == "2031-01"
    assert month_of(datetime(2031, 1, 31, 20, 0, tzinfo=UTC)) == "2031-02"


def test_month_that_left_is_not_missed(chain) -> None:
    let_go(JANUARY)
    assert verify_all() == []
    let_go(FEBRUARY)
    seal()
    assert verify_all() == []


def test_month_that_left_without_a_certificate_is_missed(chain) -> None:
    delete("audit_auditevent", events_of(JANUARY))
    said = f"Seal {chain[JANUARY].pk}: 2 rows of {EVENTS} are missing"
    assert verify_all() == [said]


def test_more_rows_than_certified_are_missed(chain) -> None:
    delete("audit_auditevent", events_of(JANUARY))
    certify(OF_EVENTS, JANUARY, 1, obj=Seal(pk=1))
    said = f"Seal {chain[JANUARY].pk}: 1 rows of {EVENTS} are missing"
    assert verify_all() == [said]


def test_certificate_of_one_month_explains_no_other(chain) -> None:
    let_go(JANUARY)
    delete("audit_auditevent", events_of(FEBRUARY)[:1])
    said = f"Seal {chain[FEBRUARY].pk}: 1 rows of {EVENTS} are missing"
    assert verify_all() == [said]


def test_what_is_younger_than_its_term_must_be_there_whoever_certifies(chain) -> None:
    let_go(MARCH)
    assert verify_all() == [f"Seal {chain[MARCH].pk}: 2 rows of {EVENTS} are missing"]


def test_certificate_that_was_changed_counts_for_nothing(chain, tamper) -> None:
    let_go(JANUARY)
    event = AuditEvent.objects.get(action=LEFT)
    delete("audit_auditevent", events_of(FEBRUARY))
    change = (
        """UPDATE audit_auditevent SET detail = detail || '{"month": "2031-02"}' WHERE id = %s"""
    )
    tamper("audit_auditevent", change, event.pk)
    assert verify_all() == [
        f"audit.AuditEvent {event.pk} ({event.uid}): not as it was written",
        f"Seal {chain[JANUARY].pk}: 2 rows of {EVENTS} are missing",
        f"Seal {chain[FEBRUARY].pk}: 2 rows of {EVENTS} are missing",
    ]


def test_certificate_of_a_rule_that_nobody_knows_counts_for_nothing(chain) -> None:
    delete("audit_auditevent", events_of(JANUARY))
    certify(EvidenceRule("gone", AuditEvent, clause="", term="t"), JANUARY, 2, obj=Seal(pk=1))
    assert len(verify_all()) == 1


def test_nothing_may_be_missing_where_no_room_knows_the_terms(chain, monkeypatch) -> None:
    let_go(JANUARY)
    monkeypatch.setattr(leaving, "_OLDEST_KEPT", [])
    assert len(verify_all()) == 1


def test_certificate_stands_when_its_term_is_stated_no_more(chain, monkeypatch) -> None:
    def nobody_states_it(rule: EvidenceRule, now: datetime) -> datetime:
        raise LookupError(rule.term)

    let_go(JANUARY)
    monkeypatch.setattr(leaving, "_OLDEST_KEPT", [nobody_states_it])
    assert verify_all() == []


def test_what_is_left_of_a_span_is_still_compared(chain, tamper) -> None:
    """One link over the turn of a month: the older half leaves, the younger one stays proved."""
    with time_machine.travel(datetime(2031, 2, 28, 19, 59, tzinfo=UTC)):
        old = record("a.b", actor=None)
    with time_machine.travel(datetime(2031, 2, 28, 20, 1, tzinfo=UTC)):
        young = record("a.b", actor=None)
        link = seal()
    assert set(link.spans[EVENTS]["months"]) == {"2031-02", "2031-03"}
    delete("audit_auditevent", [old.pk])
    certify(OF_EVENTS, FEBRUARY, 1, obj=link)
    assert verify_all() == []
    young.action = "b.other"
    young.sign()
    change = "UPDATE audit_auditevent SET action = %s, hmac = %s WHERE id = %s"
    tamper("audit_auditevent", change, young.action, young.hmac, young.pk)
    assert verify_all() == [f"Seal {link.pk}: rows of {EVENTS} changed after sealing"]


def test_row_in_a_month_that_was_not_sealed_shows(chain, tamper) -> None:
    """A row under a sealed number, dated into another month and signed with the key."""
    number = events_of(MARCH)[0]
    delete("audit_auditevent", [number])
    AuditEvent(id=number, at=datetime(2031, 1, 10, tzinfo=UTC), action="a.b", detail={}).save()
    assert verify_all() == [f"Seal {chain[MARCH].pk}: 1 rows of {EVENTS} are missing"]


def test_chain_may_begin_behind_seals_that_left(chain) -> None:
    let_go(JANUARY)
    let_seals_go(JANUARY)
    assert Seal.objects.order_by("id").first() == chain[FEBRUARY]
    assert verify_all() == []
    seal()
    assert verify_all() == []


def test_chain_may_not_begin_where_no_certificate_says_so(chain) -> None:
    let_seals_go(JANUARY)
    delete("audit_seal", [chain[FEBRUARY].pk])
    said = f"Seal {chain[MARCH].pk}: does not follow the link before it"
    assert list(verify_chain()) == [said]


def test_chain_may_not_begin_behind_young_seals(chain) -> None:
    link_in(date(2031, 4, 1))
    let_seals_go(JANUARY)
    let_seals_go(FEBRUARY)
    assert list(verify_chain()) == []
    let_seals_go(MARCH)
    (said,) = verify_chain()
    assert said.endswith("does not follow the link before it")


def test_clock_set_back_over_the_end_of_a_month_leaves_no_hole(chain) -> None:
    """January's last seal stands behind February's first: both ends are certified."""
    with time_machine.travel(datetime(2031, 1, 20, tzinfo=UTC)):
        record("a.b", actor=None)
        late = seal()
    with time_machine.travel(datetime(2031, 3, 20, tzinfo=UTC)):
        record("a.b", actor=None)
        seal()
    assert ends_in(JANUARY) == [bytes(chain[JANUARY].digest).hex(), bytes(late.digest).hex()]
    let_go(JANUARY)
    let_seals_go(JANUARY)
    assert verify_all() == []


def test_month_without_seals_has_no_end(chain) -> None:
    assert ends_in(date(2030, 12, 1)) == []


def head_of(link: Seal) -> str:
    return f"{link.pk}:{bytes(link.digest).hex()}"


def test_head_of_a_seal_that_left_is_no_problem(chain) -> None:
    let_seals_go(JANUARY)
    assert list(verify_head(head_of(chain[JANUARY]))) == []
    assert list(verify_head(head_of(chain[MARCH]))) == []


def test_head_is_missed_where_its_seal_did_not_leave_by_its_term(chain) -> None:
    head = head_of(chain[JANUARY])
    before = list(Seal.objects.filter(pk__lte=chain[JANUARY].pk).values_list("pk", flat=True))
    delete("audit_seal", before)
    assert len(list(verify_head(head))) == 1
    delete("audit_seal", [chain[FEBRUARY].pk, chain[MARCH].pk])
    assert len(list(verify_head(head))) == 1


def test_head_of_a_cut_tail_is_still_missed(chain) -> None:
    let_seals_go(JANUARY)
    delete("audit_seal", [chain[MARCH].pk])
    assert len(list(verify_head(head_of(chain[MARCH])))) == 1


def test_command_verifies_what_is_left(chain) -> None:
    let_go(JANUARY)
    let_seals_go(JANUARY)
    told = StringIO()
    call_command("verify_audit", head=head_of(chain[JANUARY]), stdout=told)
    assert told.getvalue().startswith("All evidence is as it was written.")


def test_every_certificate_explains_a_row_once(chain) -> None:
    let_go(JANUARY)
    left = certified(NOW + timedelta(days=1))
    assert left.unexplained(EVENTS, "2031-01", 1) == 0
    assert left.unexplained(EVENTS, "2031-01", 3) == 2
    assert left.unexplained(EVENTS, "2031-01", 1) == 1
