"""Which rows each address is tried with: the same ones in every run, and fit for their purpose."""

from collections.abc import Callable

from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, UUIDField
from django.utils import timezone

from dsar.models import Case, Disclosure, Kind, Proposal
from emsar.entities.businessdays import BAKU
from emsar.outbox.models import OutboundMail
from emsar.retention.models import DeletionOrder, DestructionLine, LegalHold
from emsar.staff.models import Approval, StaffSession, User
from emsar.subjects.models import DataSubject
from policies.models import PolicyVersion
from requests_inbox.models import AccountingDocument, ConsultationRequest, Transfer
from tests.staff.matrix.world import ANY, COMPANIES, NOBODY, SOLUTIONS, World

Arguments = tuple[str, ...]
Sample = tuple[str, Arguments]
Row = tuple[str, Model]


def samples(world: World, name: str, places: int) -> list[Sample]:
    """Whose row, and what stands in the address for it."""
    if name in SPECIAL:
        return SPECIAL[name](world)
    if not places:
        return [(ANY, ())]
    found = _rows(_model_of(name), world)
    assert found, f"the world has no row for {name}"
    return [(whose, (str(row.pk),)) for whose, row in found]


def _model_of(name: str) -> type[Model]:
    models = {
        f"{model._meta.app_label}_{model._meta.model_name}_": model for model in apps.get_models()
    }
    fitting = [label for label in models if name.startswith(label)]
    assert fitting, f"say in SPECIAL which rows {name} is about"
    return models[max(fitting, key=len)]


def _rows(model: type[Model], world: World) -> list[Row]:
    """One row for each company that has one; the first where rows belong to nobody."""
    if model in CHOSEN:
        return CHOSEN[model](world)
    found: dict[str, list[Model]] = {}
    for row in model._default_manager.order_by("pk"):
        found.setdefault(whose_is(row), []).append(row)
    is_random = isinstance(model._meta.pk, UUIDField)
    several = is_random and any(len(rows) > 1 for rows in found.values())
    assert not several, f"the numbers of {model} are random: say in CHOSEN which are meant"
    return [(whose, rows[0]) for whose, rows in sorted(found.items())]


def whose_is(row: Model) -> str:
    if isinstance(row, Transfer) or row._meta.app_label == "entities":
        # The registers are everybody's, whichever company an entry is about.
        return ANY
    if isinstance(row, DeletionOrder):
        # Whoever reads that mailbox deletes the copy.
        return SOLUTIONS
    if not hasattr(row, "entity_id"):
        return ANY
    return getattr(row, "entity_id", None) or NOBODY


def _of_person(model: type[Model], column: str, **which: str) -> Callable[[World], list[Row]]:
    """What stands about the person of Solutions: own to one company, foreign to the other."""

    def row(world: World) -> list[Row]:
        person = world.known[SOLUTIONS].person.pk
        return [(SOLUTIONS, model._default_manager.get(**{column: person}, **which))]

    return row


def _documents(world: World) -> list[Row]:
    rows = AccountingDocument.objects
    return [(whose, rows.get(subject=world.known[whose].person)) for whose in COMPANIES]


# Of rows with random numbers: which of them.
CHOSEN: dict[type[Model], Callable[[World], list[Row]]] = {
    AccountingDocument: _documents,
    Case: _of_person(Case, "subject", kind=Kind.ACCESS),
    DataSubject: _of_person(DataSubject, "pk"),
    Disclosure: _of_person(Disclosure, "subject"),
    LegalHold: _of_person(LegalHold, "target"),
    OutboundMail: _of_person(OutboundMail, "subject", purpose="acknowledgement"),
    User: lambda world: _login("asker"),
}


def _login(name: str) -> list[Row]:
    return [(ANY, User.objects.get(username=name))]


def _verb_about(name: str) -> Callable[[World], list[Sample]]:
    return lambda world: [(ANY, (str(user.pk),)) for _, user in _login(name)]


def _one(model: type[Model], *columns: str) -> Callable[[World], list[Sample]]:
    """The first that was written."""

    def sample(world: World) -> list[Sample]:
        row = model._default_manager.order_by("pk")[0]
        return [(ANY, tuple(str(getattr(row, column)) for column in columns))]

    return sample


def _apps(world: World) -> list[Sample]:
    labels = {model._meta.app_label for model in admin.site._registry}
    return [(ANY, (label,)) for label in sorted(labels)]


def _on_site(world: World) -> list[Sample]:
    kind = ContentType.objects.get_for_model(ConsultationRequest)
    rows = _rows(ConsultationRequest, world)
    return [(whose, (str(kind.pk), str(row.pk))) for whose, row in rows]


def _decide(world: World) -> list[Sample]:
    case = str(world.known[SOLUTIONS].case.pk)
    return [(SOLUTIONS, (case, str(Proposal.objects.get(file=case).pk)))]


def _clear(world: World) -> list[Sample]:
    rows = _rows(ConsultationRequest, world)
    return [(whose, ("customer", str(row.pk))) for whose, row in rows]


def _letter(world: World) -> list[Sample]:
    return [(SOLUTIONS, (str(world.letter.pk),))]


def _own_logins(world: World) -> list[Sample]:
    """The second of each; the first is the one that asks."""
    logins = StaffSession.objects.filter(ended_at__isnull=True).order_by("started_at")
    return [
        (role, (str(logins.filter(user=user).last().pk),)) for role, user in world.people.items()
    ]


def _own_receipts(world: World) -> list[Sample]:
    return [(role, (str(event.uid),)) for role, event in world.receipts.items()]


def _act(world: World) -> list[Sample]:
    at = DestructionLine.objects.get().at
    return [(ANY, ("month", f"{timezone.localtime(at, BAKU):%Y-%m}"))]


SPECIAL: dict[str, Callable[[World], list[Sample]]] = {
    "app_list": _apps,
    "view_on_site": _on_site,
    "decide_approval": _one(Approval, "pk"),
    "end_login": _own_logins,
    "dsar_case_decide": _decide,
    "dsar_case_tell": _letter,
    "dsar_case_handover": _letter,
    "policies_policyversion_preview": lambda world: [
        (ANY, (str(PolicyVersion.objects.order_by("document", "number")[0].pk), "az"))
    ],
    "retention_clear": _clear,
    "retention_act": _act,
    "retention_necessityreview_sign": lambda world: [(ANY, ("consultation",))],
    "staff_user_invite": _verb_about("invited"),
    "staff_user_on": _verb_about("left"),
    "undertaking_receipt": _own_receipts,
    "invitation": lambda world: [(NOBODY, ("bm9ib2R5", "no-token"))],
    "new_password": lambda world: [(NOBODY, ("bm9ib2R5", "no-token"))],
    "<path:rest>": lambda world: [(ANY, ("nowhere/at/all/",))],
}
