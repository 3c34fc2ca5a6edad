"""The requests in the admin: the list, the page of one request, and everything done there."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path

from emsar.retention.admin.keeping import register_keeping
from emsar.staff.panels import register_panel
from emsar.staff.permissions import allow
from emsar.subjects.records import register_records
from requests_inbox.admin import documents, transfers  # noqa: F401 - each registers its page
from requests_inbox.admin.exporting import NAME, export_view
from requests_inbox.admin.keeping import contract_link
from requests_inbox.admin.listing import RequestList
from requests_inbox.admin.page import address_of, find_request, show
from requests_inbox.admin.pages import PAGES
from requests_inbox.admin.panel import requests_panel
from requests_inbox.admin.people import documents_of, requests_of
from requests_inbox.admin.register import register_view
from requests_inbox.admin.verbs import VERBS
from requests_inbox.models import ConsultationRequest

allow(("dpo", "entity_staff"), "requests_inbox.consultationrequest", "view", "add", "change")
register_panel(requests_panel)
register_records(requests_of)
register_records(documents_of)
register_keeping(contract_link)


@admin.register(ConsultationRequest)
class ConsultationRequestAdmin(RequestList):
    """Company staff see their company's requests and nobody's, the DPO all of them.

    Every address of a request answers 404 to those who may not see it (E-2b).
    """

    def get_urls(self) -> list[URLPattern]:
        views = VERBS | {name: page.view for name, page in PAGES.items()}
        own = [
            path(
                f"<uuid:pk>/{name}/",
                self.admin_site.admin_view(partial(view, self)),
                name=f"requests_inbox_consultationrequest_{name.replace('-', '_')}",
            )
            for name, view in views.items()
        ]
        view = self.admin_site.admin_view(partial(export_view, self))
        return [path("export/", view, name=NAME), *own, *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return register_view(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        item = find_request(self, request, unquote(object_id))
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return show(self, request, item)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        item = find_request(self, request, unquote(object_id))
        return redirect(f"{address_of(item)}#history")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
