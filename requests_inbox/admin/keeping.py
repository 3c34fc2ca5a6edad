"""A contract keeps a request (E-7.2b): its page is offered where the request is about to leave."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from emsar.retention.admin.keeping import Link
from emsar.staff.models import User
from requests_inbox.admin.allowed import works_for
from requests_inbox.models import ConsultationRequest


def contract_link(record: Any, user: User) -> Link | None:
    """For a request without a contract, to those who may record one; that page looks again."""
    if not isinstance(record, ConsultationRequest) or record.has_contract:
        return None
    if not works_for(record, user):
        return None
    name = "admin:requests_inbox_consultationrequest_contract"
    return Link(_("Record a contract"), reverse(name, args=[record.pk]))
