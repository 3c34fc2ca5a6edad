"""The board says at one look what burns, and each case stands in exactly one of its sections."""

import pytest
from django.urls import reverse

from dsar.admin.board import running_cases, tally
from dsar.admin.frame import today_in_baku
from dsar.admin.progress import steps_of
from dsar.admin.stages import Stage, staged
from dsar.admin.words import left_words, machine_day
from dsar.models import Kind, Outcome, ResidualTrace, Status
from tests.dsar.desk import a_full_board, ended, make_case, signed_in, url
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def shown(response) -> dict[str, list[str]]:
    """The references of each section, in their order."""
    sections = response.context["sections"]
    return {section.key: [row.reference for row in section.rows] for section in sections}


def test_each_case_stands_where_it_waits_and_overdue_ones_first() -> None:
    officer = make_user()
    cases = a_full_board(officer)
    found = shown(signed_in(officer).get(url("case_changelist")))
    assert list(found) == ["overdue", "approval", "officer", "person", "unverified", "running"]
    names = {case.reference: name for name, case in cases.items()}
    assert {key: {names[reference] for reference in rows} for key, rows in found.items()} == {
        "overdue": {"overdue"},
        "approval": {"approval"},
        "officer": {"shared", "child", "correction", "complaint"},
        "person": {"asked"},
        "unverified": {"unverified"},
        "running": set(),
    }


def test_rows_of_a_section_go_by_the_earlier_deadline() -> None:
    late = make_case(Kind.COMPLAINT, age=1, statutory_due=None)
    first = make_case(Kind.COMPLAINT, age=3)
    child = make_case(Kind.CHILD, age=0)
    found = shown(signed_in(make_user()).get(url("case_changelist")))
    assert found["officer"] == [child.reference, first.reference, late.reference]


def test_completed_cases_are_not_on_the_board() -> None:
    ended(make_case())
    response = signed_in(make_user()).get(url("case_changelist"))
    assert not any(shown(response).values())
    assert "No case is open." in response.text


@pytest.mark.parametrize(
    ("fields", "stage"),
    [
        ({"verified": False}, Stage.UNVERIFIED),
        ({"kind": Kind.CHILD}, Stage.SUBJECT),
        ({"kind": Kind.DECEASED}, Stage.SUBJECT),
        ({"kind": Kind.DELETION}, Stage.APPROVAL),
        ({"kind": Kind.DELETION, "is_shared": True}, Stage.RECORDS),
        ({"kind": Kind.ACCESS, "is_shared": True}, Stage.RECORDS),
        ({"kind": Kind.INFORMATION}, Stage.RELEASE),
        ({"kind": Kind.COMPLAINT}, Stage.ANSWER),
        ({"kind": Kind.CORRECTION}, Stage.ANSWER),
        ({"kind": Kind.DELETION, "status": Status.APPROVED}, Stage.RUNNING),
        ({"kind": Kind.DELETION, "status": Status.EXECUTED}, Stage.RUNNING),
    ],
)
def test_stage_says_what_a_case_waits_for(fields: dict, stage: Stage) -> None:
    assert staged(make_case(**fields)) == stage


def test_what_the_scan_found_waits_for_the_officer_on_the_board() -> None:
    case = make_case(Kind.DELETION, status=Status.EXECUTED)
    row = ResidualTrace.objects.create(case=case, sealed="{}")
    assert staged(case) == Stage.RUNNING
    row.found = {"findings": [{"table": "a", "column": "b", "what": "c", "rows": 1}]}
    row.save()
    assert staged(case) == Stage.FINDINGS
    found = shown(signed_in(make_user()).get(url("case_changelist")))
    assert found["officer"] == [case.reference]


@pytest.mark.parametrize(
    ("fields", "verb"),
    [
        ({"kind": Kind.DELETION}, "approve"),
        ({"kind": Kind.CHILD}, "subject"),
        ({"kind": Kind.ACCESS, "is_shared": True}, "records"),
        ({"kind": Kind.INFORMATION}, "release"),
        ({"kind": Kind.COMPLAINT}, "answer"),
        ({"kind": Kind.CORRECTION}, "propose"),
        ({"kind": Kind.OBJECTION}, "object"),
        ({"kind": Kind.BLOCKING}, "change"),
        ({"verified": False}, ""),
        ({"kind": Kind.DELETION, "status": Status.EXECUTED}, ""),
    ],
)
def test_board_leads_to_what_is_next(fields: dict, verb: str) -> None:
    case = make_case(**fields)
    text = signed_in(make_user()).get(url("case_changelist")).text
    cell = text.partition('class="next-step"')[2].partition("</td>")[0]
    assert (f'href="{url(f"case_{verb}", case.pk)}"' if verb else "</span>") in cell
    assert ("href" in cell) == bool(verb)


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ({"kind": Kind.DELETION}, "execute_on"),
        ({"kind": Kind.ACCESS}, "execute_on"),
        ({"kind": Kind.COMPLAINT, "verified": False}, "promise_due"),
        ({"kind": Kind.COMPLAINT}, None),
        ({"kind": Kind.CHILD}, None),
        ({"kind": Kind.ACCESS, "is_shared": True}, None),
    ],
)
def test_machine_day_is_told_only_where_the_machine_acts(fields: dict, day: str | None) -> None:
    case = make_case(**fields)
    assert machine_day(case, staged(case)) == (getattr(case, day) if day else None)


@pytest.mark.parametrize(
    ("fields", "states"),
    [
        ({"verified": False}, ["done", "now", "ahead"]),
        ({}, ["done", "done", "now"]),
        ({"kind": Kind.DELETION}, ["done", "done", "now", "ahead", "ahead", "ahead"]),
        ({"is_shared": True}, ["done", "done", "now", "ahead"]),
    ],
)
def test_steps_say_how_far_a_case_has_come(fields: dict, states: list[str]) -> None:
    assert [step.state for step in steps_of(make_case(**fields))] == states


def test_steps_that_an_ended_case_never_took_are_left_out() -> None:
    case = ended(make_case(Kind.DELETION), Outcome.WITHDRAWN)
    assert [str(step.title) for step in steps_of(case)] == [
        *("Receipt", "Proof of identity", "End")
    ]


def test_second_approval_is_a_stage_of_its_own_when_it_is_needed(settings) -> None:
    case = make_case(Kind.DELETION, status=Status.APPROVED)
    assert staged(case) == Stage.RUNNING
    settings.DSAR_SECOND_APPROVAL = True
    assert staged(case) == Stage.SECOND


def test_tally_counts_what_is_overdue_where_it_waits_too() -> None:
    officer = make_user()
    a_full_board(officer)
    found = tally(running_cases(), today_in_baku())
    assert (found.overdue, found.approval, found.officer) == (1, 2, 4)
    assert (found.person, found.unverified, found.running) == (1, 1, 8)


@pytest.mark.parametrize(
    ("days", "text", "tone"),
    [
        (-2, "overdue by 2 days", "overdue"),
        (-1, "overdue by 1 day", "overdue"),
        (0, "due today", "overdue"),
        (1, "1 day left", "today"),
        (3, "3 days left", "today"),
        (4, "4 days left", "later"),
    ],
)
def test_days_left_are_said_in_words_with_a_tone(days: int, text: str, tone: str) -> None:
    today = today_in_baku()
    found = left_words(today.fromordinal(today.toordinal() + days))
    assert (found.text, found.tone) == (text, tone)


@pytest.mark.parametrize("many", [1, 6])
def test_board_asks_the_database_as_often_for_many_cases(
    many: int, django_assert_max_num_queries
) -> None:
    for _number in range(many):
        make_case(Kind.COMPLAINT)
    client = signed_in(make_user())
    client.get(url("case_changelist"))
    with django_assert_max_num_queries(18):
        client.get(url("case_changelist"))


def test_first_page_shows_the_officer_what_burns_as_an_alarm() -> None:
    a_full_board(make_user())
    panels = signed_in(make_user()).get(reverse("admin:index")).context["panels"]
    panel = next(one for one in panels if one.title == "Rights of persons")
    assert panel.tone == "alarm"


@pytest.mark.parametrize(("age", "tone"), [(0, "warning"), (40, "alarm")])
def test_panel_warns_while_something_waits_for_the_officer(age: int, tone: str) -> None:
    make_case(Kind.COMPLAINT, age=age)
    panels = signed_in(make_user()).get(reverse("admin:index")).context["panels"]
    assert next(one for one in panels if one.title == "Rights of persons").tone == tone


def test_auditor_sees_counts_and_no_case_on_the_first_page() -> None:
    case = make_case()
    response = signed_in(make_user("auditor")).get(reverse("admin:index"))
    assert "Rights of persons: this month" in [one.title for one in response.context["panels"]]
    assert case.reference not in response.text
