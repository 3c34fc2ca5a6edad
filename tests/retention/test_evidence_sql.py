"""The owner's function: only the worker calls it, and it refuses what is not past its term."""

from datetime import timedelta

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from consent.models import ConsentEvent
from emsar.audit.models import AuditEvent, Seal
from emsar.audit.sealing import seal
from emsar.datamap.rules import evidence_rules
from emsar.entities.models import LegalReference, ScheduleTerm
from emsar.retention.models import LedgerEntry, LegalHold, Shipment
from requests_inbox.models import ConsultationRequest
from tests.connections import as_role
from tests.factories import make_request
from tests.retention.months import begins, event_at, event_of, forget, month_ago

pytestmark = pytest.mark.django_db

TERMS = ScheduleTerm.objects.filter(group="schedule")
# The profile keeps views for 24 months, other events for five years.
JUST_PAST = 25
NOT_YET = 24


def refusal(kind: str | None, month: object) -> tuple[str | None, str]:
    """How the database refuses: its code and its words."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        forget(kind, month)
    return caught.value.__cause__.sqlstate, str(caught.value).partition("\n")[0]


def test_month_past_its_term_leaves_and_no_row_of_another_month() -> None:
    month = month_ago(JUST_PAST)
    first, last = begins(month), begins(month_ago(JUST_PAST - 1)) - timedelta(microseconds=1)
    before, after = first - timedelta(microseconds=1), last + timedelta(microseconds=1)
    rows = [event_at(at) for at in (before, first, last, after)]
    assert forget("views", month) == 2
    left = AuditEvent.objects.filter(pk__in=[row.pk for row in rows])
    assert sorted(left.values_list("at", flat=True)) == [before, after]


def test_rows_of_another_kind_in_the_same_table_stay() -> None:
    month = month_ago(JUST_PAST)
    other = event_of(month, "a.change")
    for action in ("a.view", "a.list", "a.search"):
        event_of(month, action)
    assert forget("views", month) == 3
    assert AuditEvent.objects.filter(pk=other.pk).exists()
    assert forget("audit_events", month_ago(61)) == 0


@pytest.mark.parametrize("months", [NOT_YET, 1, 0, -1, -1200])
def test_month_that_is_not_past_its_term_is_refused(months) -> None:
    month = month_ago(months)
    said = f"views of {month} are not past their term"
    assert refusal("views", month) == ("42501", said)


@pytest.mark.parametrize("month", ["infinity", "5000-01-01"])
def test_end_of_time_is_refused(month) -> None:
    assert refusal("views", month)[0] == "42501"


@pytest.mark.parametrize("kind", [None, "", "no.such", "VIEWS", "views'; DROP TABLE staff_user"])
def test_unknown_kind_is_refused(kind) -> None:
    assert refusal(kind, month_ago(100))[0] == "22023"


@pytest.mark.parametrize("month", [None, "2001-01-02", "2001-01-31"])
def test_what_is_no_month_is_refused(month) -> None:
    code, said = refusal("views", month)
    assert (code, said[:36]) == ("22023", "a month is named by its first day, n")


@pytest.mark.parametrize(
    "change",
    [
        lambda: TERMS.filter(name="views").delete(),
        lambda: TERMS.filter(name="views").update(enabled=False),
        lambda: TERMS.filter(name="views").update(group="statutory"),
        lambda: TERMS.filter(name="views").update(unit="business_days"),
    ],
)
def test_term_that_nobody_states_is_refused(change) -> None:
    change()
    said = "the term views is missing, switched off or no period"
    assert refusal("views", month_ago(100)) == ("55000", said)


@pytest.mark.parametrize(("unit", "value"), [("years", 2), ("calendar_months", 24)])
def test_term_counts_from_the_end_of_the_month(unit, value) -> None:
    TERMS.filter(name="views").update(unit=unit, value=value)
    assert forget("views", month_ago(JUST_PAST)) == 0
    assert refusal("views", month_ago(NOT_YET))[0] == "42501"


def test_term_of_days_is_past_when_the_last_row_may_have_had_them() -> None:
    since_its_end = (begins(month_ago(0)) - begins(month_ago(2))).days
    TERMS.filter(name="views").update(unit="calendar_days", value=since_its_end)
    assert refusal("views", month_ago(2))[0] in {"42501"}
    assert forget("views", month_ago(4)) == 0


def test_setting_of_the_session_moves_no_month() -> None:
    """Neither its time zone nor its search path mean anything to the function."""
    month = month_ago(JUST_PAST)
    event_at(begins(month))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE entities_scheduleterm (LIKE entities_scheduleterm)")
        cursor.execute("CREATE TEMP TABLE audit_auditevent (LIKE audit_auditevent)")
        cursor.execute("SET LOCAL TIME ZONE 'Pacific/Kiritimati'")
        cursor.execute("SET LOCAL search_path = pg_temp, public")
        assert forget("views", month) == 1
        cursor.execute("SET LOCAL search_path = public")
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Baku'")
    assert refusal("views", month_ago(NOT_YET))[0] == "42501"


def hold(**names: object) -> LegalHold:
    return LegalHold.objects.create(
        reason=LegalHold.Reason.COURT,
        legal_reference=LegalReference.objects.first(),
        review_on=month_ago(-12),
        **names,
    )


@pytest.mark.parametrize(
    "names",
    [
        lambda event: {"kind": "rule", "code": "views"},
        lambda event: {"kind": "subject", "target": event.subject},
        lambda event: {"kind": "record", "target": event.object_id},
    ],
)
def test_row_that_a_hold_names_stays_until_it_is_released(names) -> None:
    request = make_request()
    month = month_ago(JUST_PAST)
    event = event_of(month, subject=request.subject_id, object_id=str(request.pk))
    placed = hold(**names(event))
    assert forget("views", month) == 0
    LegalHold.objects.filter(pk=placed.pk).update(released_at=begins(month_ago(0)))
    assert forget("views", month) == 1


def test_hold_on_something_else_keeps_nothing() -> None:
    hold(kind="rule", code="seals")
    hold(kind="subject", target=make_request().subject_id)
    event_of(month_ago(JUST_PAST))
    assert forget("views", month_ago(JUST_PAST)) == 1


def test_consent_stays_as_long_as_its_request_points_at_it() -> None:
    """The correspondence of a customer may be kept for longer than the five years."""
    request = make_request()
    month = month_ago(61)
    fields = dict.fromkeys(("kind", "method", "form", "language", "policy", "version"), "x")
    old = ConsentEvent(
        at=begins(month), subject=request.subject_id, about=request.pk, text_sha256="", **fields
    )
    old.save()
    ConsultationRequest.objects.filter(pk=request.pk).update(consent=old.uid)
    assert forget("consents", month) == 0
    ConsultationRequest.objects.filter(pk=request.pk).update(consent=None)
    assert forget("consents", month) == 1


def test_ledger_leaves_only_what_was_shipped() -> None:
    month = month_ago(3)
    shipped, waiting = (
        LedgerEntry(at=begins(month), line=make_request().pk, rule="spam") for _ in range(2)
    )
    shipped.save()
    waiting.save()
    Shipment.objects.create(entry=shipped.uid)
    assert forget("ledger", month) == 1
    assert list(LedgerEntry.objects.all()) == [waiting]


def test_seals_leave_like_any_other_evidence() -> None:
    link = seal()
    month = month_ago(61)
    old = Seal(at=begins(month), spans={}, previous=b"", kid=link.kid, digest=b"")
    old.save()
    assert forget("seals", month) == 1
    assert list(Seal.objects.all()) == [link]


@pytest.mark.parametrize("kind", [rule.name for rule in evidence_rules()])
def test_every_rule_has_its_place_in_the_function(kind) -> None:
    assert forget(kind, month_ago(100)) == 0
    assert refusal(kind, month_ago(0))[0] == "42501"


def test_web_may_not_call_it() -> None:
    with as_role("emsar_web") as web, pytest.raises(psycopg.errors.InsufficientPrivilege) as said:
        web.execute("SELECT evidence_forget('views', '2001-01-01')")
    assert "permission denied for function" in str(said.value)


def test_worker_forgets_with_the_owners_right_and_has_none_itself(filled_db) -> None:
    old, young = event_of(month_ago(JUST_PAST)), event_of(month_ago(NOT_YET))
    with as_role("emsar_worker") as worker:
        call = "SELECT evidence_forget(%s, %s)"
        assert worker.execute(call, ["views", month_ago(JUST_PAST)]).fetchone() == (1,)
        worker.commit()
        for kind, month in (("views", month_ago(NOT_YET)), ("audit_events", month_ago(60))):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="not past their term"):
                worker.execute(call, [kind, month])
            worker.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
            worker.execute("DELETE FROM audit_auditevent WHERE id = %s", [young.pk])
    ids = AuditEvent.objects.filter(pk__in=[old.pk, young.pk]).values_list("pk", flat=True)
    assert list(ids) == [young.pk]


@pytest.mark.parametrize("role", ["emsar_web", "emsar_worker"])
def test_no_role_writes_the_terms_or_the_function(role) -> None:
    for statement in (
        "UPDATE entities_scheduleterm SET value = 1",
        "DELETE FROM entities_scheduleterm",
        "ALTER FUNCTION evidence_forget(text, date) SECURITY INVOKER",
        "DROP FUNCTION evidence_forget(text, date)",
        "CREATE OR REPLACE FUNCTION evidence_forget(kind text, month date) RETURNS bigint"
        " LANGUAGE sql AS 'SELECT 1::bigint'",
    ):
        with as_role(role) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(statement)


def test_set_up_takes_away_what_was_granted_beside_it(capsys) -> None:
    may = "SELECT has_function_privilege(%s, 'evidence_forget(text, date)', 'EXECUTE')"
    with connection.cursor() as cursor:
        cursor.execute("GRANT EXECUTE ON FUNCTION evidence_forget(text, date) TO PUBLIC, emsar_web")
        call_command("setup_roles")
        found = {}
        for role in ("emsar_web", "emsar_worker"):
            cursor.execute(may, [role])
            found[role] = cursor.fetchone()[0]
    assert found == {"emsar_web": False, "emsar_worker": True}


def test_function_is_the_owners_of_the_tables_with_a_search_path_of_its_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.prosecdef, p.proconfig, p.proowner = c.relowner FROM pg_proc p, pg_class c"
            " WHERE p.proname = 'evidence_forget' AND c.oid = 'public.audit_auditevent'::regclass"
        )
        assert cursor.fetchall() == [(True, ["search_path=pg_catalog, pg_temp"], True)]
