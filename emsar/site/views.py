import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache

from emsar.site.finished import publish
from emsar.site.frame import page_frame
from emsar.site.health import run_checks
from emsar.site.languages import accepted_language
from emsar.site.measured import measured
from emsar.site.security_txt import security_txt
from emsar.staff.same_origin import read_only


@read_only
def root(request: HttpRequest) -> HttpResponse:
    """Leads to the home page in the browser's language; the address then keeps the language."""
    response = HttpResponseRedirect(f"/{accepted_language(request)}/")
    response.headers["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Accept-Language"])
    return response


@read_only
@measured
def home(request: HttpRequest) -> HttpResponse:
    return publish(render(request, "site/home.html"))


@read_only
@measured
def company(request: HttpRequest, slug: str) -> HttpResponse:
    """What one company does and how to reach it (E-1b, E-1c, E-2d to E-2k)."""
    found = page_frame(request).company(slug)
    if found is None:
        raise Http404
    return publish(render(request, "site/company.html", {"company": found}))


@never_cache
@read_only
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked, so that a lost database restarts nothing."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@read_only
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether requests can be served and mail goes out; 503 when something is not in order.

    What it is that is wrong is told to whoever has the token; a stranger learns good or bad.
    """
    found = run_checks()
    ready = all(health.ok for health in found.values())
    status = 200 if ready else 503
    if not has_token(request):
        return JsonResponse({"status": "ok" if ready else "failing"}, status=status)
    checks = {name: health.as_json() for name, health in found.items()}
    return JsonResponse({"ok": ready, "checks": checks}, status=status)


def has_token(request: HttpRequest) -> bool:
    """Whether the request carries ``READYZ_TOKEN``; without one in the settings nobody does."""
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    expected = settings.READYZ_TOKEN
    if not expected or scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(given.strip().encode(), expected.encode())


@read_only
def security(request: HttpRequest) -> HttpResponse:
    """Where weaknesses are reported to; from the profile's file, so it needs no database."""
    response = HttpResponse(security_txt(), content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "max-age=86400"
    return response
