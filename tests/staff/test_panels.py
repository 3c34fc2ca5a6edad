"""The boxes of the admin's first page."""

import pytest
from django.test import RequestFactory

from emsar.staff import panels
from emsar.staff.panels import Panel, panels_for, register_panel


@pytest.fixture(autouse=True)
def _no_panels(monkeypatch) -> None:
    monkeypatch.setattr(panels, "_PANELS", [])


def box(title: str, tone: str = "info") -> Panel:
    return Panel(title, "x.html", {}, tone)


def test_alarms_come_first_and_equals_in_their_order() -> None:
    for panel in (box("a"), box("b", "alarm"), box("c", "warning"), box("d"), box("e", "alarm")):
        register_panel(lambda request, panel=panel: panel)
    shown = panels_for(RequestFactory().get("/"))
    assert [panel.title for panel in shown] == ["b", "e", "c", "a", "d"]


def test_panel_that_does_not_concern_somebody_is_left_out() -> None:
    register_panel(lambda request: box("mine") if request.GET.get("dpo") else None)
    assert panels_for(RequestFactory().get("/")) == []
    assert len(panels_for(RequestFactory().get("/?dpo=1"))) == 1


def test_panel_registered_twice_is_shown_once() -> None:
    def build(request: object) -> Panel:
        return box("a")

    register_panel(build)
    register_panel(build)
    assert len(panels_for(RequestFactory().get("/"))) == 1
