"""The mailed links: opening one changes nothing, for scanners open them too; the button does."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dsar import session
from dsar.forms import AddressForm
from dsar.models import Kind
from dsar.plainwords import title_of
from dsar.services import corrections, links
from dsar.services.errors import CaseRefusedError, CaseStateError
from dsar.views.replies import secluded
from emsar.site.posting import SeeOther
from emsar.staff import rows
from emsar.subjects.models import MailedLink

# As on the form.
ORDER = [kind.value for kind in Kind]

UNPROCESSABLE = 422


@secluded
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The way to one's requests: the address once more, and a button."""
    found = links.open_link(token)
    if found is None:
        return render(request, "dsar/invalid_link.html", status=404)
    if request.method != "POST":
        return _ask(request, found, AddressForm(), 200)
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _ask(request, found, form)
    with rows.of_person(found.subject_id):
        person = links.use(found, form.cleaned_data["email"], _confirmed(request))
    if person is None:
        form.add_error("email", _("The link was not mailed to this address, or it was used."))
        return _ask(request, found, form)
    response = SeeOther(reverse("dsar:cases"))
    session.start(response, person.pk)
    return response


def _confirmed(request: HttpRequest) -> list[str] | None:
    """What was left ticked; None where nothing was listed to be ticked."""
    if "listed" not in request.POST:
        return None
    # No reference holds a NUL, and PostgreSQL takes none.
    return [ticked for ticked in request.POST.getlist("mine") if "\0" not in ticked]


def _ask(
    request: HttpRequest, found: MailedLink, form: AddressForm, status: int = 422
) -> HttpResponse:
    """Which rights were asked for, but no name and no address: a scanner may see the page."""
    ticked = _confirmed(request) if request.method == "POST" else None
    listed = sorted(links.listed_under(found), key=lambda case: ORDER.index(case.kind))
    asked = [
        (case.reference, title_of(case.kind), ticked is None or case.reference in ticked)
        for case in listed
    ]
    context = {"form": form, "asked": asked}
    return render(request, "dsar/link.html", context, status=status)


@secluded
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever reads the mail at a new address types it and confirms that it is theirs (E-8d)."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "dsar/address.html", {"form": form})
    if not form.is_valid():
        return render(request, "dsar/address.html", {"form": form}, status=UNPROCESSABLE)
    if not links.is_new_address(token, form.cleaned_data["email"]):
        form.add_error("email", _("The link was not mailed to this address, or it was used."))
        return render(request, "dsar/address.html", {"form": form}, status=UNPROCESSABLE)
    try:
        corrections.confirm_address(token)
    except (CaseStateError, CaseRefusedError):
        return render(request, "dsar/invalid_link.html", status=404)
    return render(request, "dsar/address_confirmed.html")
