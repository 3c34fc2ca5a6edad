"""Reports of faults to Sentry, where somebody wants them: class and places, and nothing else.

What is sent is put together anew from the few fields that cannot hold anybody's words; leaving
fields out instead would send whatever the next version of the SDK adds. Imported only where
``SENTRY_DSN`` is set: the SDK changes Django and Celery from inside.
"""

from typing import Any, cast

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.types import Event, Hint

from emsar.site.tracing import request_id, task_id

WHOLE = ("event_id", "timestamp", "level", "platform")
OF_A_FAULT = ("type", "module")
OF_A_PLACE = ("filename", "function", "module", "lineno", "in_app")


def start_reports(dsn: str) -> None:
    """Report what Django and Celery could not handle; nothing is read of requests or variables."""
    sentry_sdk.init(
        dsn=dsn,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            DjangoIntegration(middleware_spans=False, signals_spans=False),
            CeleryIntegration(propagate_traces=False),
        ],
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        server_name="",
        before_send=scrubbed,
        before_breadcrumb=lambda _crumb, _hint: None,
        before_send_transaction=lambda _event, _hint: None,
    )


def scrubbed(event: Event, hint: Hint) -> Event | None:
    """What may leave the house of an event; None for one that tells of no fault."""
    given = cast("dict[str, Any]", event)
    faults = [_fault(fault) for fault in (given.get("exception") or {}).get("values") or []]
    if not faults:
        return None
    kept = {name: given[name] for name in WHOLE if name in given}
    tags = {"request": request_id.get(), "task": task_id.get()}
    kept["tags"] = {name: number for name, number in tags.items() if number}
    return cast("Event", kept | {"exception": {"values": faults}})


def _fault(fault: dict[str, Any]) -> dict[str, Any]:
    frames = (fault.get("stacktrace") or {}).get("frames") or []
    kept = {name: fault.get(name) for name in OF_A_FAULT}
    return kept | {"stacktrace": {"frames": [_place(frame) for frame in frames]}}


def _place(frame: dict[str, Any]) -> dict[str, Any]:
    return {name: frame[name] for name in OF_A_PLACE if name in frame}
