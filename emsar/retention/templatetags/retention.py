from typing import Any

from django import template
from django.template import Context

from emsar.datamap.rules import Governed
from emsar.entities.wording import capital
from emsar.retention import alarms, banner, wording

register = template.Library()


@register.inclusion_tag("admin/retention/alarm.html", takes_context=True)
def retention_alarm(context: Context) -> dict[str, Any]:
    """What is wrong with forgetting, for those who can see to it; nothing for others."""
    # An anonymous visitor has no role.
    concerned = getattr(context.get("user"), "role", "") in banner.READERS
    faults = banner.current_faults() if concerned else []
    return {"sentences": [alarms.words(fault) for fault in faults]}


@register.filter
def covered(rule: Governed | str) -> str:
    """``{{ rule|covered }}``: what a rule covers, by itself or by its name."""
    return capital(wording.covered_by(rule) if isinstance(rule, str) else wording.covered(rule))


@register.filter
def term(rule: Governed) -> str:
    """``{{ rule|term }}``: kept for 12 months"""
    return wording.term_words(rule)


@register.filter
def trigger(code: str) -> str:
    """``{{ rule.trigger|trigger }}``: the period is over"""
    return wording.trigger_words(code)


@register.filter
def company(slug: str) -> str:
    """The name of a company by its slug."""
    return wording.company_name(slug)
