"""Tables, columns, bases, companies and recipients of the data map in the active language."""

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dsar.package.labels import TABLES
from dsar.package.tablewords import TableWords
from emsar.datamap.declarations import Basis, Declaration
from emsar.datamap.terms import Unit, policy_term
from emsar.entities.profile import EntityFacts
from emsar.entities.registry import registry
from emsar.entities.wording import capital
from emsar.retention.acts.words import length
from policies.versions import in_force, term_in_force

_BASES: dict[str, Promise] = {
    Basis.CONSENT: gettext_lazy("your consent"),
    Basis.CONTRACT: gettext_lazy("a contract with you"),
    Basis.LEGAL_OBLIGATION: gettext_lazy("a duty by law"),
    Basis.LEGITIMATE_INTERESTS: gettext_lazy("legitimate interests"),
}


def active() -> str:
    return (get_language() or "").split("-")[0]


def words_of(line: Declaration) -> TableWords | None:
    return TABLES.get(line.model._meta.label_lower)


def table_title(line: Declaration) -> str:
    """What the table is called; one without words yet has the name that staff know."""
    found = words_of(line)
    return str(found.title) if found else capital(str(line.model._meta.verbose_name_plural))


def column_title(line: Declaration, name: str) -> str:
    """What a column is called, with a capital letter."""
    found = words_of(line)
    if found and name in found.columns:
        return capital(str(found.columns[name]))
    column = line.model._meta.get_field(name)
    return capital(str(getattr(column, "verbose_name", name)))


def basis_words(basis: str) -> str:
    return str(_BASES.get(basis, basis))


def controllers_of(line: Declaration) -> tuple[EntityFacts, ...]:
    """Whose records these can be: a table says one of the companies, or both (E-2b, E-2c)."""
    every = registry().entities
    named = tuple(entity for entity in every if entity.slug == line.controller)
    return named or every


def controller_words(line: Declaration) -> str:
    return "; ".join(entity.name.get(active()) for entity in controllers_of(line))


def company_words() -> list[str]:
    """A company a line, each with its tax number and its address."""
    return [
        _("%(name)s, TIN %(tin)s, %(email)s")
        % {"name": entity.name.get(active()), "tin": entity.tin, "email": entity.email}
        for entity in registry().entities
    ]


def recipient_words(line: Declaration) -> str:
    """Who else may receive them, in which country, as far as the registry knows (E-6.2, E-12b)."""
    known = {found.slug: found for found in registry().recipients}
    return "; ".join(
        f"{known[slug].name.get(active())} ({known[slug].country.get(active())})"
        for slug in line.recipients
        if slug in known
    )


def kept_words(line: Declaration) -> str:
    """How long the rows of a table are kept, and why."""
    found = words_of(line)
    if found is None:
        return _("For %(term)s.") % {"term": term_length(line.term)}
    values = {"term": term_length(line.term), "views": term_length("views")}
    return str(found.kept) % values


def term_length(name: str) -> str:
    """A term in words, to stand after "for"; the bare name of one that is switched off."""
    declared = policy_term(name)
    try:
        if declared is not None:
            return length(term_in_force(name), declared.unit)
        term = registry().term("schedule", name)
    except LookupError:
        return name
    return length(term.value, Unit(term.unit))


def sections_of(clauses: tuple[str, ...]) -> str:
    """The sections of the policy that clauses stand in: "2, 7.2"; of our own policy only."""
    numbers = [clause.partition("-")[2].rstrip("abcdefghijklmnopqrstuvwxyz") for clause in clauses]
    return ", ".join(dict.fromkeys(number for number in numbers if number))


def policy_words(clauses: tuple[str, ...]) -> str:
    """Where the policy in force says so; empty when no policy is."""
    ours = tuple(clause for clause in clauses if clause.startswith("E-"))
    version = in_force()
    if version is None or not ours:
        return ""
    values = {"number": version.number, "sections": sections_of(ours)}
    return _("Privacy policy, version %(number)s, sections: %(sections)s") % values
