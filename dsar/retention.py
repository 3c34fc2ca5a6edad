"""When a case goes: its file 30 days after the end, its skeleton after three years."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dsar.models import Case, CaseFile, Disclosure, Intake, Telling
from emsar.datamap.rules import EvidenceRule, Rule, Trigger, govern, govern_evidence

govern(
    Rule(
        "case_files",
        CaseFile,
        clause="E-8k",
        term="case_documents",
        last_day="destroy_after",
        where=Q(destroy_after__isnull=False),
        trigger=Trigger.PURPOSE,
        title=_("files of completed cases"),
        officer_only=True,
    )
)
govern(
    Rule(
        "case_skeletons",
        Case,
        clause="E-8k",
        term="case_skeleton",
        last_day="destroy_after",
        where=Q(destroy_after__isnull=False),
        title=_("skeletons of cases"),
        officer_only=True,
    )
)
# A worker looks them up within a minute; what it could not look up is an alarm long before.
govern(
    Rule(
        "intakes",
        Intake,
        clause="E-8j",
        term="case_documents",
        since="received_at",
        title=_("entries of the rights form"),
    )
)
# A told answer is emptied at once and goes later; one that nobody has told waits for the officer,
# with an alarm every day, and goes with the file of its case at the latest.
govern(
    Rule(
        "tellings",
        Telling,
        clause="E-8k",
        term="case_documents",
        since="at",
        where=Q(told_at__isnull=False),
        title=_("answers to be told by letter or phone"),
    )
)
govern_evidence(EvidenceRule("disclosures", Disclosure, clause="E-6.3", term="disclosures"))
