"""The rights of E-8 in plain words, with the terms that the policies, the schedule and the law
state at this moment; no number stands here."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, npgettext
from django.utils.translation import gettext_lazy as _

from dsar.models import Kind
from dsar.models.kinds import PUBLIC_KINDS
from emsar.datamap import terms
from policies.versions import term_in_force

_Words = str | Promise

TITLES: dict[Kind, _Words] = {
    Kind.INFORMATION: _("Tell me what you hold about me"),
    Kind.ACCESS: _("Give me a copy of my data"),
    Kind.CORRECTION: _("Correct my data"),
    Kind.DELETION: _("Delete my data"),
    Kind.OBJECTION: _("Stop using my data for a purpose"),
    Kind.WITHDRAWAL: _("Withdraw my consent"),
    Kind.BLOCKING: _("Block my data, or end a block"),
    Kind.COMPLAINT: _("I have a complaint"),
    Kind.CHILD: _("You hold data of a child"),
    Kind.OTHER: _("Another right"),
    Kind.DECEASED: _("Data of a person who has died"),
}
WORDS: dict[Kind, _Words] = {
    Kind.INFORMATION: _(
        "We tell you whether we hold anything, where it came from, why and by which right, who has "
        "seen it, and until when it is kept."
    ),
    Kind.ACCESS: _(
        "You get everything that we hold about you in one file: to read, and to use in other "
        "programs. Internal notes are in it too."
    ),
    Kind.CORRECTION: _(
        "Something is wrong or incomplete. You tell us the right value, we check it and change it "
        "everywhere, and whoever got the old value from us is told."
    ),
    Kind.DELETION: _(
        "We delete what we hold about you. What a law or a contract makes us keep stays, and we "
        "tell you what it is, why, and until when."
    ),
    Kind.OBJECTION: _(
        "For instance: preparing a proposal, passing your request to the other company, or mail "
        "about changes of the policy. That use stops at once."
    ),
    Kind.WITHDRAWAL: _(
        "You agreed when you sent us a form, and you can take that back at any time. Processing "
        "stops at once, and what rests on your consent alone is deleted."
    ),
    Kind.BLOCKING: _(
        "Your data stay, but nobody works with them: no reply, no passing on, no statistics, until "
        "you or we end the block."
    ),
    Kind.COMPLAINT: _(
        "You think that we have handled your data wrongly. The data protection officer looks into "
        "it and answers you."
    ),
    Kind.CHILD: _(
        "A child has left data with us. Tell us what you know; these requests come first, and the "
        "data are deleted."
    ),
    Kind.OTHER: _(
        "For instance: where we have your data from, proof that we may use them, or to forbid "
        "their use."
    ),
}


@dataclass(frozen=True)
class Right:
    """What can be asked for, as the page shows it; ``term`` says how fast, empty if unknown."""

    kind: str
    title: str
    words: str
    term: str


def title_of(kind: str, language: str | None = None) -> str:
    """What the person reads for a kind; in the active language when none is said."""
    with translation.override(language or translation.get_language()):
        return str(TITLES[Kind(kind)])


def rights() -> list[Right]:
    """All that a visitor can ask for, in the active language."""
    return [
        Right(kind, str(TITLES[kind]), str(WORDS[kind]), " ".join(_terms(kind)))
        for kind in PUBLIC_KINDS
    ]


AT_ONCE = (Kind.INFORMATION, Kind.ACCESS)


def _terms(kind: Kind) -> Iterator[str]:
    """How fast: what is done at once, then the promise of the policy, then the age or the law."""
    if kind in AT_ONCE:
        yield gettext("Ready as soon as you have opened the link in our mail.")
    if kind is Kind.CHILD:
        yield from _child_terms()
        return
    days = promised_days(kind)
    if days is None or kind in AT_ONCE:
        return
    if kind is Kind.DELETION:
        words = ngettext(
            "Done within %(days)d calendar day.", "Done within %(days)d calendar days.", days
        )
    else:
        words = ngettext(
            "Answered within %(days)d calendar day.",
            "Answered within %(days)d calendar days.",
            days,
        )
    yield words % {"days": days}


def _child_terms() -> Iterator[str]:
    age = _policy("minimum_age")
    if age is not None:
        words = npgettext(
            "age",
            "Our services are not meant for anybody under %(age)d year.",
            "Our services are not meant for anybody under %(age)d years.",
            age,
        )
        yield words % {"age": age}
    days = by_law("child_case")
    if days is not None:
        yield working_days_text(days)


def working_days_text(days: int) -> str:
    """How fast, where the law's own term is what counts."""
    words = ngettext(
        "Done within %(days)d working day.", "Done within %(days)d working days.", days
    )
    return words % {"days": days}


def promised_days(kind: str) -> int | None:
    """The promised term of a kind in calendar days (E-7.2e, E-8k); None where none is promised."""
    return _policy("erasure_deadline" if kind == Kind.DELETION else "answer_deadline")


def _policy(name: str) -> int | None:
    try:
        return term_in_force(name)
    except LookupError:
        return None


def by_law(name: str) -> int | None:
    """A term of the law in working days; None while that clock is switched off."""
    try:
        return terms.value("statutory", name)
    except LookupError:
        return None
