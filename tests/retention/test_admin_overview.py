"""The page of the rules, its chart and panel, the lists of sweeps, and the alarm above all."""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from emsar.audit.models import Heartbeat
from emsar.entities.businessdays import BAKU
from emsar.outbox.models import OutboundMail
from emsar.retention import banner, health
from emsar.retention.admin import overview
from emsar.retention.alarms import tell_officer, words
from emsar.retention.figures import all_figures
from emsar.retention.models import DestructionLine, Sweep
from emsar.retention.sweeps import JOB
from tests.factories import make_user, solutions_user
from tests.retention.desk import ends, hold_on, in_days, make_order, signed_in, today, url

pytestmark = pytest.mark.django_db


def figures(user) -> dict[str, tuple[int, int, int, int, int | None]]:
    context = signed_in(user).get(url("overview")).context
    return {
        one.rule.name: (one.governed, one.due, one.held, one.waiting, one.soon)
        for one in context["figures"]
    }


def a_line(**fields) -> DestructionLine:
    run = Sweep.objects.create(kind="night", records=3, ended_at=timezone.now())
    defaults = {
        "sweep": run.pk,
        "rule": "consultation",
        "clause": "E-7.2a",
        "trigger": "S-5a",
        "records": 3,
        "counts": {"requests_inbox.message": 4},
        "first_day": in_days(-3),
        "last_day": in_days(-2),
    }
    line = DestructionLine(**{**defaults, **fields})
    line.save()
    return line


@pytest.mark.parametrize("role", ["dpo", "auditor"])
def test_each_rule_has_its_figures(role: str) -> None:
    ends(-1)
    ends(-1, answered=False)
    ends(29)
    ends(30)
    hold_on(ends(-5))
    found = figures(make_user(role))
    assert found["consultation"] == (5, 1, 1, 1, 1)
    assert found["outbox_rows"][4] is None


@pytest.mark.parametrize(("since_sweep", "late"), [(None, False), (timedelta(minutes=5), True)])
def test_rule_is_called_late_once_a_sweep_had_its_chance(since_sweep, late: bool) -> None:
    ends(-1)
    if since_sweep is not None:
        defaults = {"at": timezone.now() - since_sweep}
        Heartbeat.objects.update_or_create(job=JOB, defaults=defaults)
    noon = datetime.combine(in_days(0), time(12), BAKU)
    with connection.cursor() as cursor:
        # At whatever hour the tests run: the site was set up just before.
        installed = "UPDATE django_migrations SET applied = %s WHERE app = 'retention'"
        cursor.execute(installed, [noon - timedelta(hours=1)])
    with time_machine.travel(noon, tick=False):
        line = next(one for one in all_figures() if one.rule.name == "consultation")
    assert (line.due, line.is_late) == (1, late)


def test_rules_are_said_in_words() -> None:
    text = signed_in(make_user()).get(url("overview")).text
    assert "Requests for consultation" in text
    assert "kept for 12 months" in text
    assert "E-7.2a, S-5a" in text


def test_page_shows_nobody_s_data() -> None:
    request = ends(3, name="Aysel Məmmədova", email="aysel@example.com")
    text = signed_in(make_user("auditor")).get(url("overview")).text
    for personal in (request.name, "aysel@example.com", request.reference, str(request.pk)):
        assert personal not in text


def test_auditor_sees_how_many_orders_are_open() -> None:
    make_order(age=5)
    make_order()
    text = signed_in(make_user("auditor")).get(url("overview")).text
    assert "2 copies are still to be deleted" in text
    assert "open for more than three days: 1" in text


def test_chart_counts_by_week() -> None:
    for days in (0, 6, 7, 83, 84):
        ends(days)
    ends(-1)
    bars = signed_in(make_user()).get(url("overview")).context["bars"]
    assert [bar.count for bar in bars] == [2, 1, *[0] * 9, 1]
    assert [bar.width for bar in bars] == [100, 50, *[0] * 9, 50]
    assert (bars[0].first, bars[-1].last) == (today(), in_days(83))


def test_thin_bar_is_still_seen() -> None:
    assert (overview._width(1, 10_000), overview._width(0, 10_000)) == (1, 0)


def test_panel_shows_the_totals_to_officer_and_auditor() -> None:
    ends(3)
    ends(-1, answered=False)
    for role, tone in (("dpo", "warning"), ("auditor", "info")):
        panels = signed_in(make_user(role)).get(reverse("admin:index")).context["panels"]
        panel = next(one for one in panels if one.title == "Retention")
        totals = panel.context["totals"]
        assert (totals.due, totals.held, totals.waiting, totals.soon) == (0, 0, 1, 1)
        assert panel.tone == tone
    for user in (solutions_user(), make_user("administrator")):
        panels = signed_in(user).get(reverse("admin:index")).context["panels"]
        assert "Retention" not in [panel.title for panel in panels]


def test_acts_are_linked_where_they_are_printed(monkeypatch) -> None:
    line = a_line()
    client, month = signed_in(make_user()), f"{today():%Y-%m}"
    addresses = {"month": f"/printed/{month}/", "sweep": f"/printed/{line.sweep}/"}
    for module in ("overview", "sweeps"):
        name = f"emsar.retention.admin.{module}.act_address"
        monkeypatch.setattr(name, lambda scope, _key: addresses[scope])
    assert addresses["month"] in client.get(url("overview")).text
    assert addresses["sweep"] in client.get(url("sweep_changelist")).text
    assert addresses["sweep"] in client.get(url("sweep_change", line.sweep)).text
    text = signed_in(make_user("administrator")).get(url("sweep_changelist")).text
    assert addresses["sweep"] not in text


def test_no_link_where_nobody_prints_acts(monkeypatch) -> None:
    line = a_line()
    for module in ("overview", "sweeps"):
        monkeypatch.setattr(f"emsar.retention.admin.{module}.act_address", lambda *_: "")
    client = signed_in(make_user())
    assert "Acts of destruction by month" not in client.get(url("overview")).text
    assert "Act of destruction" not in client.get(url("sweep_change", line.sweep)).text


@pytest.mark.parametrize(
    ("ago", "fields", "outcome"),
    [
        (timedelta(0), {}, "running"),
        (timedelta(hours=3), {}, "cut off"),
        (timedelta(0), {"error": "spam: OperationalError"}, "spam: OperationalError"),
    ],
)
def test_sweep_says_how_it_ended(ago: timedelta, fields: dict[str, str], outcome: str) -> None:
    Sweep.objects.create(kind="night", started_at=timezone.now() - ago, **fields)
    assert outcome in signed_in(make_user("administrator")).get(url("sweep_changelist")).text


def test_sweep_says_how_long_it_took() -> None:
    start = timezone.now()
    for seconds in (0, 59, 250):
        end = start + timedelta(seconds=seconds)
        Sweep.objects.create(kind="night", started_at=start, ended_at=end)
    text = signed_in(make_user()).get(url("sweep_changelist")).text
    for span in (">1 s<", ">59 s<", ">4 min 10 s<"):
        assert span in text


def test_lines_are_filtered_by_rule_and_sweep() -> None:
    first, second = a_line(), a_line(rule="persons", clause="S-5c", first_day=None, last_day=None)
    client, address = signed_in(make_user()), url("destructionline_changelist")

    def found(**query: str) -> set[DestructionLine]:
        return set(client.get(address, query).context["cl"].result_list)

    assert found(rule="persons") == {second}
    assert found(sweep=str(first.sweep)) == {first}
    assert found(rule="nonsense") == {first, second}
    text = client.get(url("destructionline_change", first.pk)).text
    assert "Messages: 4" in text
    assert "The retention period is over (S-5a)" in text


def banner_of(user) -> str:
    text = signed_in(user).get(reverse("admin:password_change")).text
    return text if "Forgetting is not in order." in text else ""


@pytest.mark.parametrize("role", ["dpo", "administrator"])
def test_alarm_stands_above_every_page(role: str, monkeypatch) -> None:
    monkeypatch.setattr(health, "faults", lambda: ["late:consultation", "ledger"])
    text = banner_of(make_user(role))
    assert "requests for consultation” is past its last day" in text
    assert "Entries of the erasure ledger" in text


@pytest.mark.parametrize("role", ["auditor", "entity_staff"])
def test_alarm_is_not_for_others(role: str, monkeypatch) -> None:
    monkeypatch.setattr(health, "faults", lambda: pytest.fail("nobody asked"))
    user = solutions_user() if role == "entity_staff" else make_user(role)
    assert banner_of(user) == ""


def test_no_alarm_while_all_is_well(client, monkeypatch) -> None:
    monkeypatch.setattr(health, "faults", list)
    assert banner_of(make_user()) == ""
    assert client.get(reverse("admin:login")).status_code == 200


def test_faults_are_looked_for_once_a_minute(monkeypatch) -> None:
    asked, clock = [], [100.0]
    monkeypatch.setattr(health, "faults", lambda: asked.append(1) or ["silent"])
    monkeypatch.setattr(banner.time, "monotonic", lambda: clock[0])
    for moment, times in ((100.0, 1), (159.9, 1), (160.0, 2), (161.0, 2)):
        clock[0] = moment
        assert banner.current_faults() == ["silent"]
        assert len(asked) == times
    banner.forget()
    assert banner.current_faults() == ["silent"]
    assert len(asked) == 3


def test_officer_is_mailed_in_the_language_of_each() -> None:
    for language in ("en", "ru"):
        make_user(language=language)
    faults = ["late:consultation", "copies"]
    assert tell_officer(faults) == 2
    assert tell_officer(faults) == 2
    mails = {mail.language: mail for mail in OutboundMail.objects.all()}
    assert set(mails) == {"en", "ru"}
    assert OutboundMail.objects.count() == 2
    assert mails["en"].subject_line == "Alarm: personal data are not forgotten as promised"
    body = mails["en"].body
    assert "- Copies in mailboxes have been waiting for more than three days." in body
    assert url("sweep_changelist") in body
    with translation.override("ru"):
        assert f"- {words('copies')}" in mails["ru"].body


def test_nobody_is_mailed_while_all_is_well() -> None:
    make_user()
    assert tell_officer([]) == 0
    assert not OutboundMail.objects.exists()
