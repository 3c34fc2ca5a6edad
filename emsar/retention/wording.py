"""Rules, reasons, terms and tables in words of the active language."""

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from emsar.datamap.rules import Governed, Trigger, evidence_rules, rules
from emsar.entities.registry import registry
from emsar.retention import persons
from emsar.retention.acts.words import length
from emsar.retention.due import term_of

# Tables that no list of the admin shows have no name of their own.
_TABLES: dict[str, Promise] = {
    "subjects.mailedlink": gettext_lazy("links sent by mail"),
    "subjects.objection": gettext_lazy("objections"),
    "staff.keyedcount": gettext_lazy("counters of attempts"),
    "retention.clearance": gettext_lazy("releases by the officer"),
}
_TRIGGERS: dict[str, Promise] = {
    Trigger.PERIOD: gettext_lazy("the retention period is over"),
    Trigger.DEATH: gettext_lazy("the person has died"),
    Trigger.PURPOSE: gettext_lazy("the purpose is fulfilled"),
    Trigger.NECESSITY: gettext_lazy("storage is no longer needed"),
}


def covered(rule: Governed) -> str:
    """What a rule covers."""
    return str(rule.title) or table_words(rule.model._meta.label_lower)


def covered_by(name: str) -> str:
    """What the rule of a name covers; the bare name of one that is no longer known."""
    if name == persons.RULE:
        return _("persons of whom no record is left")
    every: list[Governed] = [*rules(), *evidence_rules()]
    known = [rule for rule in every if rule.name == name]
    return covered(known[0]) if known else name


def rule_choices() -> list[tuple[str, str]]:
    """Name and words of each rule."""
    return [(rule.name, covered(rule)) for rule in rules()]


def trigger_words(code: str) -> str:
    """One of the four reasons of S-5."""
    return str(_TRIGGERS.get(code, code))


def rows_words(label: str, count: int) -> str:
    """So many rows of a table, to stand beside the number: one row is called in the singular."""
    if count == 1 and label not in _TABLES:
        try:
            return str(apps.get_model(label)._meta.verbose_name)
        except (LookupError, ValueError):
            return label
    return table_words(label)


def table_words(label: str) -> str:
    """The rows of a table; the bare label of a table that is no longer there."""
    if label in _TABLES:
        return str(_TABLES[label])
    try:
        return str(apps.get_model(label)._meta.verbose_name_plural)
    except (LookupError, ValueError):
        return label


def term_words(rule: Governed) -> str:
    """How long a rule keeps: "kept for 12 months", or until the moment that a row names."""
    if not rule.term:
        return _("kept until the moment that it states itself")
    try:
        value, unit = term_of(rule)
    except LookupError:
        return _("its term is switched off")
    return _("kept for %(term)s") % {"term": length(value, unit)}


def company_name(slug: str) -> str:
    """The company in the active language; a slug that is gone stays what it is."""
    try:
        return registry().entity(slug).name.get((get_language() or "").split("-")[0])
    except LookupError:
        return slug
