"""The admin site: who gets in, its first page, and the language of the person who works there."""

from functools import update_wrapper
from typing import Any
from urllib.parse import urlencode

from django.apps import apps as django_apps
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.functional import LazyObject
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from emsar.entities.registry import registry
from emsar.entities.wording import capital
from emsar.staff.access import sessions
from emsar.staff.access.views import enrolling, entering, forgotten
from emsar.staff.access.views.login import PasswordStep
from emsar.staff.access.views.password import own_password
from emsar.staff.gates import closed_gate
from emsar.staff.house import in_house
from emsar.staff.language import set_language
from emsar.staff.login import StaffLoginForm
from emsar.staff.models import User
from emsar.staff.pages import OwnPage, registered_pages
from emsar.staff.panels import panels_for
from emsar.staff.ways import page_of_ours

# Open to everybody: each of them looks for itself who comes.
WAY_IN = [
    path("login/code/", entering.code, name="login_code"),
    path("invitation/<str:name>/<str:token>/", enrolling.invitation, name="invitation"),
    path("second-factor/", enrolling.second_factor, name="second_factor"),
    path("forgotten/", forgotten.forgotten, name="forgotten"),
    path("new-password/<str:name>/<str:token>/", forgotten.new_password, name="new_password"),
]


class EmsarAdminSite(AdminSite):
    """Staff only, and nothing before every gate is passed."""

    login_form = StaffLoginForm
    index_template = "admin/first_page.html"
    index_title = _("Today")
    site_title = _("Administration")
    site_url = "/"
    enable_nav_sidebar = True

    def register(
        self,
        model_or_iterable: Any,
        admin_class: type[ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        if model_or_iterable in (Group, (Group,)):
            # Django registers its groups by itself; rights follow from the role here.
            return
        super().register(model_or_iterable, in_house(admin_class or ModelAdmin), **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return is_member(request) and closed_gate(request) is None

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Whoever is logged in and stands before a gate is led to its page."""
        guarded = super().admin_view(view, cacheable)

        def led(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            gate = closed_gate(request) if is_member(request) else None
            if gate is None:
                answer: HttpResponse = guarded(request, *args, **kwargs)
                return answer
            return redirect(f"{reverse(gate.page)}?{urlencode({'next': request.get_full_path()})}")

        return update_wrapper(led, view)

    def member_view(self, view: Any) -> Any:
        """A page that is open before the gates, to whoever is logged in."""

        @never_cache
        @csrf_protect
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not is_member(request):
                return redirect_to_login(request.get_full_path(), reverse("admin:login"))
            answer: HttpResponse = view(request, *args, **kwargs)
            return answer

        return update_wrapper(shown, view)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"site_header": registry().organisation.brand}

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, {**(extra_context or {}), "panels": panels_for(request)})

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """The rooms that people work in first, the kernel last: as the house stands."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            for line in app["models"]:
                line["name"] = capital(str(line["model"]._meta.verbose_name_plural))
        order = [config.label for config in django_apps.get_app_configs()]
        return sorted(apps, key=lambda app: order.index(app["app_label"]), reverse=True)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        change = self.admin_view(require_POST(self.change_language))
        own = [path(page.route, self._opened(page), name=page.name) for page in registered_pages()]
        return [path("language/", change, name="language"), *WAY_IN, *own, *super().get_urls()]

    def _opened(self, page: OwnPage) -> Any:
        return self.member_view(page.view) if page.before_gates else self.admin_view(page.view)

    def change_language(self, request: HttpRequest) -> HttpResponse:
        set_language(request)
        return redirect(page_of_ours(request.POST.get("next", "")))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Name and password; what they open is the page for the second factor."""
        if is_member(request):
            return redirect(page_of_ours(request.GET.get("next", "")))
        more = {"ended": request.GET.get("ended", ""), **(extra_context or {})}
        view = PasswordStep.as_view(
            authentication_form=self.login_form,
            template_name="admin/login.html",
            extra_context={**self.each_context(request), "title": _("Log in"), **more},
        )
        request.current_app = self.name
        return never_cache(view)(request)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if is_member(request) and request.method == "POST":
            sessions.leave(request, sessions.End.LOGOUT)
        return super().logout(request, extra_context)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """No page of ours uses it, and Django's would name rows to whoever guesses its address."""
        raise Http404

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """A page of ours, in words of ours."""
        return own_password(request)

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Nobody is led here; what Django knows of the address goes on to one's own login."""
        return redirect("admin:account")


def is_member(request: HttpRequest) -> bool:
    """Whether an active member of staff is logged in, with both factors."""
    user = _plain(request.user)
    return isinstance(user, User) and user.is_active and sessions.current(request) is not None


def _plain(user: object) -> object:
    """The user behind Django's lazy wrapper."""
    if isinstance(user, LazyObject):
        user.pk  # noqa: B018 - touching it loads the user
        return user._wrapped
    return user
