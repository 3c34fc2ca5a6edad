"""Whoever got an old value from us is told the right one (E-8d)."""

from collections.abc import Sequence

from dsar.models import Case, Proposal
from emsar.entities.registry import registry
from emsar.outbox.models import MailCopy
from requests_inbox import mails
from requests_inbox.models import ConsultationRequest, Transfer


def tell_holders(
    case: Case, requests: Sequence[ConsultationRequest], proposal: Proposal, field: str
) -> int:
    """Mail every mailbox that holds a copy of a request that changed; how many mails.

    Those are the mailboxes in which a copy is known, and those of the companies that the request
    was passed to or from (E-6.1a). Each gets the new value, as a copy that goes with its request.
    """
    told = 0
    for request in requests:
        for mailbox in sorted(_holders(request)):
            number = f"{proposal.pk}"
            mail = mails.correction(request, mailbox, field, proposal.value or "", number)
            mail.save(force_insert=True)
            told += 1
    return told


def _holders(request: ConsultationRequest) -> set[str]:
    copies = set(MailCopy.objects.filter(about=request.pk).values_list("mailbox", flat=True))
    passages = Transfer.objects.filter(request=request.pk).values_list("from_entity", "to_entity")
    companies = {slug for passage in passages for slug in passage}
    return copies | {registry().mailbox_of(slug).address for slug in companies}
