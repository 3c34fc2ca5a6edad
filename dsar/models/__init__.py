"""A case: its skeleton, which stays, its file, which goes, and what hangs on either."""

from dsar.models.cases import Case, CaseEvent, CaseQuerySet, Outcome, Status
from dsar.models.disclosures import Disclosure
from dsar.models.files import CaseFile, CaseMessage, CaseRecord, Proposal, ResidualTrace, Telling
from dsar.models.intake import Intake
from dsar.models.kinds import Channel, Kind, Means, Proof
from dsar.models.releases import Release

__all__ = [
    "Case",
    "CaseEvent",
    "CaseFile",
    "CaseMessage",
    "CaseQuerySet",
    "CaseRecord",
    "Channel",
    "Disclosure",
    "Intake",
    "Kind",
    "Means",
    "Outcome",
    "Proof",
    "Proposal",
    "Release",
    "ResidualTrace",
    "Status",
    "Telling",
]
