"""The residual scan: a case ends only when nothing of an erased person is found any more (S-5e).

First the answer has to be sent and emptied; then every column of every table is looked through.
What is found and what no line of the data map explains keeps the case open and alarms the
officer, who has it removed, or says that it is somebody else's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from dsar.mails import DELETED, final_key
from dsar.models import Case, CaseEvent, Outcome, ResidualTrace, Status, Telling
from dsar.services.errors import CaseRefusedError
from dsar.services.searching import Finding, Report, search
from dsar.services.traces import read
from dsar.services.transitions import complete, lock, note_event
from emsar.audit import record
from emsar.outbox.models import BLANK, OutboundMail
from emsar.outbox.models import Status as MailStatus
from emsar.staff.models import User

# Technical limits, no promises: after a scan that found something, or that was cut off, the next
# one waits so long.
AGAIN = timedelta(minutes=10)
# As :func:`final_key` and :func:`_answer_is_out` say it of one case.
_KEY = Concat(Value("case:"), Cast("pk", CharField()), Value(f":{DELETED}"))
_MAIL_WAITS = OutboundMail.objects.filter(
    key=OuterRef("key"), status__in=[MailStatus.QUEUED, MailStatus.SENDING]
)
_TELLING_WAITS = Telling.objects.filter(key=OuterRef("key"), told_at__isnull=True)
UNREADABLE = Finding("dsar_residualtrace", "sealed", "unreadable", 1)


def scan(case: Case) -> list[Finding]:
    """What is left of the person of a case and nothing explains; empty when nothing is."""
    return look(case).findings


def look(case: Case) -> Report:
    """The same with the time that it took; what the officer explained is left out."""
    row = ResidualTrace.objects.filter(case=case).first()
    if row is None:
        return Report()
    trace = read(row)
    report = search(trace, _erased_at(case)) if trace else Report([UNREADABLE])
    explained = row.found.get("explained", [])
    report.findings = [found for found in report.findings if found.sign not in explained]
    return report


def _erased_at(case: Case) -> datetime:
    return case.executed_at or case.registered_at


def findings_of(case: Case) -> list[Finding]:
    """What the last scan found, as it was written down."""
    row = ResidualTrace.objects.filter(case=case).first()
    return [Finding(**found) for found in row.found.get("findings", [])] if row else []


def settle_all(limit: int = 20) -> int:
    """Scan what has been answered, and end the cases of which nothing is left; how many.

    What is not answered yet is left out by the query, so that it keeps no other waiting.
    """
    rested = Q(scans=0) | Q(at__lt=timezone.now() - AGAIN)
    rows = ResidualTrace.objects.filter(rested, case__status=Status.EXECUTED)
    rows = rows.annotate(key=_KEY).exclude(Exists(_MAIL_WAITS) | Exists(_TELLING_WAITS))
    return sum(settle(row.case) for row in rows.select_related("case").order_by("at", "pk")[:limit])


def settle(case: Case) -> bool:
    """End a case if its answer is out and nothing is left; whether it ended.

    Several workers are harmless: the row of the trace is claimed by one of them.
    """
    if not _answer_is_out(case) or not _claim(case):
        return False
    findings = scan(case)
    if findings:
        _write_down(case, findings)
        return False
    return _end(case)


def _answer_is_out(case: Case) -> bool:
    """Whether the last mail is sent and emptied; one that cannot be delivered is emptied here."""
    mails = OutboundMail.objects.filter(key=final_key(case))
    given_up = mails.filter(status__in=[MailStatus.FAILED, MailStatus.CANCELLED])
    if given_up.filter(to_address__isnull=False).update(status=MailStatus.CANCELLED, **BLANK):
        note_event(case, "answer_undeliverable", actor=None, reason=DELETED)
    # What the officer has to tell by letter or phone is not out before it is told.
    if Telling.objects.filter(key=final_key(case), told_at__isnull=True).exists():
        return False
    return not mails.filter(status__in=[MailStatus.QUEUED, MailStatus.SENDING]).exists()


def _claim(case: Case) -> bool:
    row = ResidualTrace.objects.filter(case=case).first()
    if row is None:
        return False
    mine = ResidualTrace.objects.filter(case=case, scans=row.scans, at=row.at)
    return mine.update(at=timezone.now(), scans=F("scans") + 1) == 1


@transaction.atomic
def _write_down(case: Case, findings: Sequence[Finding]) -> None:
    row = ResidualTrace.objects.select_for_update().filter(case=case).first()
    if row is None:
        return
    row.found = {**row.found, "findings": [vars(found) for found in findings]}
    row.save(update_fields=["found"])
    detail: dict[str, str | int] = {"places": len(findings), "first": findings[0].place}
    record("case.residual_found", actor=None, subject=case.subject, obj=case, detail=detail)


@transaction.atomic
def _end(case: Case) -> bool:
    now = lock(case)
    if now.status != Status.EXECUTED:
        return False
    outcome = _outcome(now)
    ResidualTrace.objects.filter(case=now).delete()
    complete(now, outcome, event="completed", actor=None, allowed=[Status.EXECUTED])
    record("case.complete", actor=None, subject=now.subject, obj=now, detail={"outcome": outcome})
    case.refresh_from_db()
    return True


def _outcome(case: Case) -> str:
    """As the execution noted it."""
    events = CaseEvent.objects.filter(case=case, event="executed").order_by("-id")
    return events.values_list("reason", flat=True).first() or Outcome.FULFILLED


@transaction.atomic
def explain(case: Case, place: str, *, by: User) -> None:
    """The officer has looked: what was found at ``place`` ("table.column") is not the person's.

    The next scan leaves out these very rows as they were found; others there, and these once they
    say something else, are found again. Raises CaseRefusedError for a place where nothing was
    found.
    """
    if not by.is_dpo:
        raise CaseRefusedError(_("Only the data protection officer decides this."))
    row = ResidualTrace.objects.select_for_update().filter(case=case).first()
    found = [Finding(**each) for each in row.found.get("findings", [])] if row else []
    here = {each.sign for each in found if each.place == place}
    if row is None or not here:
        raise CaseRefusedError(_("Nothing was found there."))
    left = [vars(each) for each in found if each.place != place]
    explained = sorted({*row.found.get("explained", []), *here})
    row.found = {"findings": left, "explained": explained}
    row.scans = 0
    row.save(update_fields=["found", "scans"])
    note_event(case, "explained", actor=by.pk)
    record("case.explain", actor=by.pk, subject=case.subject, obj=case, detail={"place": place})
