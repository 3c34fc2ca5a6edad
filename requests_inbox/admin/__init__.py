from django.contrib import admin

from emsar.staff.permissions import allow
from emsar.staff.scoping import ReadOnlyAdmin
from requests_inbox.models import ConsultationRequest

allow(("dpo", "entity_staff"), "requests_inbox.consultationrequest", "view", "add", "change")


@admin.register(ConsultationRequest)
class ConsultationRequestAdmin(ReadOnlyAdmin):
    """The list of requests."""
