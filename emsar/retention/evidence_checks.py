"""``manage.py check`` refuses rules for evidence whose term nobody states."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from emsar.datamap.rules import EvidenceRule, evidence_rules
from emsar.datamap.terms import Unit


@register()
def evidence_can_leave(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Every rule for evidence names a term of the schedule that counts months, years or days."""
    return [
        Error(f"The rule for evidence “{rule.name}” {said}", hint=hint, id="retention.E003")
        for rule in evidence_rules()
        for said, hint in _faults(rule)
    ]


def _faults(rule: EvidenceRule) -> list[tuple[str, str]]:
    stated = [t for t in settings.PROFILE.terms if (t.group, t.name) == ("schedule", rule.term)]
    if not any(term.enabled for term in stated):
        hint = "write it into [schedule] of the profile, and do not switch it off"
        return [(f"reads the term {rule.term!r}, which nobody states", hint)]
    if stated[0].unit == Unit.BUSINESS_DAYS:
        hint = "say it in days, months or years"
        return [(f"reads the term {rule.term!r}, which counts business days", hint)]
    return []
