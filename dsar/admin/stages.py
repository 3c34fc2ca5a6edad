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
from dsar.models.cases import CaseQuerySet
from dsar.models.kinds import ERASING_KINDS, RELEASING_KINDS, Kind
from dsar.services.claims import IS_CLAIMED

# Whose subject the machine never picks.
PICKED_KINDS = (Kind.CHILD, Kind.DECEASED)


class Stage(TextChoices):
    """The value is the anchor on the board, the label what it waits for."""

    UNVERIFIED = "unverified", _("proof of identity")
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
    *(Stage.CLAIM, Stage.SUBJECT, Stage.RECORDS, Stage.CORRECTION),
    *(Stage.ANSWER, Stage.RELEASE, Stage.FINDINGS),
)


def with_stage(rows: CaseQuerySet) -> QuerySet[Case]:
    """Cases with what they wait for as ``stage``; the first condition that holds is it.

    ``scans`` counts the searches for what is left of an erased person; None if none.
    """
    proposed = Proposal.objects.filter(file=OuterRef("pk"), state=Proposal.State.PROPOSED)
    left = ResidualTrace.objects.filter(case=OuterRef("pk"), found__findings__0__isnull=False)
    scans = ResidualTrace.objects.filter(case=OuterRef("pk")).values("scans")
    found = rows.annotate(
        has_proposal=Exists(proposed), has_findings=Exists(left), scans=Subquery(scans)
    )
    whens = [When(condition, then=Value(stage.value)) for stage, condition in _conditions()]
    stage = When_(*whens, default=Value(Stage.ANSWER.value), output_field=CharField())
    return found.annotate(stage=stage)


def _conditions() -> list[tuple[Stage, Q]]:
    waits_for_second = Q(status=Status.APPROVED, seconded_by__isnull=True)
    return [
        (Stage.COMPLETED, Q(status=Status.COMPLETED)),
        (Stage.CLAIM, Q(status=Status.UNVERIFIED) & IS_CLAIMED),
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
    found: Any = with_stage(Case.objects.filter(pk=case.pk)).first()
    return Stage(found.stage if found else Stage.COMPLETED)
