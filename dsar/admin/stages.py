"""What each running case waits for, decided once, in SQL, for the board and for the case's page."""

from typing import Any

from django.conf import settings
from django.db.models import Case as When_
from django.db.models import (
    CharField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from dsar.models import Case, Proposal, ResidualTrace, Status
from dsar.models.cases import JOINING, CaseQuerySet
from dsar.models.kinds import ERASING_KINDS, RELEASING_KINDS, Kind
from dsar.services.claims import IS_SEEN

# Whose subject the machine never picks.
PICKED_KINDS = (Kind.CHILD, Kind.DECEASED)


class Stage(TextChoices):
    """The value is the anchor on the board, the label what it waits for."""

    UNVERIFIED = "unverified", _("proof of identity")
    # Translators: check: what the officer has to say of the day of receipt.
    RECEIPT = "receipt", _("your word on when it came in")
    CLAIM = "claim", _("your word on a proof that a colleague saw")
    SUBJECT = "subject", _("your word whose data it is about")
    RECORDS = "records", _("your choice of the records")
    PERSON = "person", _("an answer of the person")
    APPROVAL = "approval", _("your approval")
    SECOND = "second", _("a second approval")
    CORRECTION = "correction", _("your word on a correction")
    ANSWER = "answer", _("your answer")
    RELEASE = "release", _("the release of the package")
    FINDINGS = "findings", _("your word on what the scan found")
    RUNNING = "running", _("the machine")
    COMPLETED = "completed", _("nothing any more")


APPROVAL = (Stage.APPROVAL, Stage.SECOND)
OFFICER = (
    *(Stage.RECEIPT, Stage.CLAIM, Stage.SUBJECT, Stage.RECORDS),
    *(Stage.CORRECTION, Stage.ANSWER, Stage.RELEASE, Stage.FINDINGS),
)


def with_stage(rows: CaseQuerySet) -> QuerySet[Case]:
    """Cases with what they wait for as ``stage``; the first condition that holds is it.

    ``behind`` is the same without the word on when it came in, which keeps nothing else from being
    done. ``scans`` counts the searches for what is left of an erased person; None if none.
    """
    proposed = Proposal.objects.filter(file=OuterRef("pk"), state=Proposal.State.PROPOSED)
    left = ResidualTrace.objects.filter(case=OuterRef("pk"), found__findings__0__isnull=False)
    scans = ResidualTrace.objects.filter(case=OuterRef("pk")).values("scans")
    found = rows.annotate(
        has_proposal=Exists(proposed), has_findings=Exists(left), scans=Subquery(scans)
    )
    conditions = _conditions()
    rest = [pair for pair in conditions if pair[0] != Stage.RECEIPT]
    return found.annotate(stage=_first_of(conditions), behind=_first_of(rest))


def _first_of(conditions: list[tuple[Stage, Q]]) -> When_:
    whens = [When(condition, then=Value(stage.value)) for stage, condition in conditions]
    return When_(*whens, default=Value(Stage.ANSWER.value), output_field=CharField())


def _conditions() -> list[tuple[Stage, Q]]:
    waits_for_second = Q(status=Status.APPROVED, seconded_by__isnull=True)
    return [
        (Stage.COMPLETED, Q(status=Status.COMPLETED)),
        (Stage.RECEIPT, Q(status__in=JOINING, said_at__isnull=False)),
        (Stage.CLAIM, Q(status=Status.UNVERIFIED) & IS_SEEN),
        (Stage.UNVERIFIED, Q(status=Status.UNVERIFIED)),
        *([(Stage.SECOND, waits_for_second)] if second_needed() else []),
        (Stage.FINDINGS, Q(status=Status.EXECUTED, has_findings=True)),
        (Stage.RUNNING, Q(status__in=[Status.APPROVED, Status.EXECUTED])),
        (Stage.PERSON, Q(paused_since__isnull=False)),
        (Stage.SUBJECT, Q(kind__in=PICKED_KINDS, subject__isnull=True)),
        (Stage.RECORDS, Q(is_shared=True, chosen_at__isnull=True)),
        (Stage.CORRECTION, Q(has_proposal=True)),
        (Stage.APPROVAL, Q(kind__in=ERASING_KINDS)),
        (Stage.RELEASE, Q(kind__in=RELEASING_KINDS)),
    ]


def second_needed() -> bool:
    """Whether a destruction needs the word of a second person."""
    return bool(getattr(settings, "DSAR_SECOND_APPROVAL", False))


def staged(case: Case) -> Stage:
    """What one case waits for at this moment."""
    found = _looked_up(case)
    return Stage(found.stage if found else Stage.COMPLETED)


def behind(case: Case) -> Stage:
    """What a case waits for besides the word on when it came in; one of the board knows it."""
    found: Any = case if hasattr(case, "behind") else _looked_up(case)
    return Stage(found.behind if found else Stage.COMPLETED)


def _looked_up(case: Case) -> Any:
    return with_stage(Case.objects.filter(pk=case.pk)).first()
