"""What may be done with a case at this moment: what its page offers, and nothing else.

The services decide again when something is done; this only keeps useless buttons away.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dsar.admin.stages import APPROVAL, OFFICER, Stage, behind, second_needed
from dsar.models import Case, CaseFile, Kind, Status
from dsar.models.kinds import ERASING_KINDS
from dsar.services import byhand
from dsar.services.answers import undelivered
from dsar.services.residual import findings_of
from emsar.staff.models import User
from emsar.subjects.models import DataSubject

# Verbs of the officer's while a case is worked on, in the order of the page.
WORK = (
    *("told", "receipt", "link", "prove", "subject", "records", "approve", "second", "release"),
    *("propose", "object", "explain", "block", "lift", "answer", "question", "resume", "extend"),
    *("refuse", "withdraw", "tell", "handover"),
)
TALK = ("message", "note")
TITLES: dict[str, str | Promise] = {
    "told": _("The person was told by another way"),
    "receipt": _("Say when it came in"),
    "link": _("Mail a link that proves the address"),
    "prove": _("Record the proof of identity"),
    "subject": _("Pick the data subject"),
    "records": _("Choose the records"),
    "approve": _("Preview and approve the deletion"),
    "second": _("Look at the preview and approve as second"),
    "release": _("Release the package"),
    "tell": _("Tell the answer by letter or phone"),
    "handover": _("Hand over the package"),
    "explain": _("Explain what the residual scan found"),
    "propose": _("Enter a correction"),
    "object": _("Carry out the objection"),
    "block": _("Block the records"),
    "lift": _("Lift the block"),
    "answer": _("Answer and complete"),
    "question": _("Ask a question about identity"),
    "resume": _("The question is answered"),
    "extend": _("Extend the term by law"),
    "refuse": _("Refuse"),
    "withdraw": _("The person withdraws the request"),
    "message": _("Write to the person"),
    "note": _("Add an internal note"),
}
# The one thing that each stage asks for.
FIRST = {
    Stage.UNVERIFIED: "prove",
    Stage.RECEIPT: "receipt",
    Stage.CLAIM: "prove",
    Stage.SUBJECT: "subject",
    Stage.RECORDS: "records",
    Stage.PERSON: "resume",
    Stage.APPROVAL: "approve",
    Stage.SECOND: "second",
    Stage.RELEASE: "release",
    Stage.FINDINGS: "explain",
}
# An answer is what comes last where something has to be done before; the first that is allowed.
ANSWERS: dict[str, tuple[str, ...]] = {
    Kind.CORRECTION: ("propose", "answer"),
    Kind.OBJECTION: ("object", "answer"),
    Kind.BLOCKING: ("lift", "block", "answer"),
}


@dataclass(frozen=True)
class Verb:
    """A verb of the page: its title and where its own page is."""

    name: str
    title: str | Promise
    address: str


@dataclass(frozen=True)
class Groups:
    """The verb that comes first, if one does, and the others."""

    first: Verb | None
    others: list[Verb]


def groups_of(case: Case, stage: Stage, user: User) -> Groups:
    """The verbs of a case's page."""
    may = allowed(case, stage, user)
    names = [name for name in WORK if name in may]
    found = {name: _verb(case, name) for name in names}
    first = next((name for name in first_names(stage, case.kind) if name in found), "")
    return Groups(found.pop(first, None), list(found.values()))


def first_names(stage: Stage, kind: str) -> tuple[str, ...]:
    """What a stage asks for: the first that is allowed; nothing where only time can help."""
    if stage == Stage.ANSWER:
        return ANSWERS.get(kind, ("answer",))
    return (FIRST[stage],) if stage in FIRST else ()


def next_verb(case: Case, stage: Stage) -> Verb | None:
    """What the board offers for a case that waits for the officer; without asking the database.

    Where its own page has to be read before, that page; None where nobody has to do anything.
    """
    if stage not in (*APPROVAL, *OFFICER):
        return None
    names = first_names(stage, case.kind)
    if stage == Stage.CORRECTION or case.kind == Kind.BLOCKING:
        page = reverse("admin:dsar_case_change", args=[case.pk])
        return Verb("page", _("Read it and decide"), page)
    return _verb(case, names[0])


def _verb(case: Case, name: str) -> Verb:
    return Verb(name, TITLES[name], reverse(f"admin:dsar_case_{name}", args=[case.pk]))


def allowed(case: Case, stage: Stage, user: User) -> frozenset[str]:
    """The verbs that the state of a case permits to this officer."""
    failed = undelivered().filter(pk=case.pk).exists()
    found = _by_hand(case) | ({"told"} if failed else set())
    if stage == Stage.RECEIPT:
        # When it came in keeps nothing else from being done.
        found, stage = {*found, "receipt"}, behind(case)
    return _by_state(case, stage, user) | found


def _by_hand(case: Case) -> set[str]:
    """What no mail carries waits for the officer, whatever the state of the case."""
    found = {"tell"} if byhand.waiting(case) else set()
    return found | ({"handover"} if byhand.can_hand_over(case) else set())


def _by_state(case: Case, stage: Stage, user: User) -> frozenset[str]:
    talk = talk_of(case)
    if case.status == Status.EXECUTED:
        return talk | ({"explain"} if findings_of(case) else set())
    if not talk:
        return frozenset()
    if case.status == Status.COMPLETED:
        return talk | _afterwards(case)
    if case.status == Status.APPROVED:
        return talk | _second(case, stage, user)
    if case.status == Status.UNVERIFIED:
        return talk | {"link", "prove", "withdraw", *_clock(case)}
    return talk | {"refuse", "withdraw", *_clock(case), *_open(case, stage)}


def talk_of(case: Case) -> frozenset[str]:
    """Notes as long as the file is there; messages while the case runs and it is proved who asks.

    The page shows the forms of these verbs, and the verbs let in whom the page shows them.
    """
    if not CaseFile.objects.filter(case=case).exists():
        # Gone with the data, or its last day has passed.
        return frozenset()
    return frozenset(TALK if case.is_running and case.verified_at else {"note"})


def _second(case: Case, stage: Stage, user: User) -> set[str]:
    """Whoever approved cannot be the second too."""
    mine = case.approved_by == user.pk
    return {"second"} if stage == Stage.SECOND and second_needed() and not mine else set()


def _clock(case: Case) -> set[str]:
    """A pause is begun or ended; an extension is made once."""
    asked = {"resume"} if case.paused_since is not None else {"question"}
    return asked if case.extended_at is not None else {*asked, "extend"}


def _open(case: Case, stage: Stage) -> set[str]:
    found = _choices(case)
    if stage in APPROVAL:
        found.add("approve")
    if stage == Stage.RELEASE:
        found.add("release")
    if stage not in (Stage.SUBJECT, Stage.RECORDS) and case.kind not in ERASING_KINDS:
        found |= {"answer", *_by_kind(case)}
    return found


def _choices(case: Case) -> set[str]:
    """A choice can be made again as long as nothing rests on it."""
    found = {"records"} if case.is_shared and case.subject else set()
    return found | ({"subject"} if case.kind in (Kind.CHILD, Kind.DECEASED) else set())


def _by_kind(case: Case) -> set[str]:
    """What belongs to one kind of case, or to the catch-all kinds."""
    found: set[str] = set()
    if case.kind in (Kind.CORRECTION, Kind.OTHER):
        found.add("propose")
    if case.kind in (Kind.OBJECTION, Kind.OTHER):
        found.add("object")
    if case.kind in (Kind.BLOCKING, Kind.OTHER, Kind.COMPLAINT):
        found.add("lift" if _is_blocked(case) else "block")
    if case.kind == Kind.BLOCKING:
        # Whoever is blocked already may want it for what has come since.
        found.add("block")
    return found


def _afterwards(case: Case) -> set[str]:
    """A block that the case brought can be lifted from it as long as its file is there."""
    return {"lift"} if case.kind == Kind.BLOCKING and _is_blocked(case) else set()


def _is_blocked(case: Case) -> bool:
    if case.subject is None:
        return False
    return DataSubject.objects.filter(pk=case.subject, blocked_at__isnull=False).exists()
