"""The words of a form as they were shown, and what an event is about, for the admin."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.models import ConsentText
from consent.notices import COOKIE_CHOICE, FREE_CONSULTATION, STAFF_UNDERTAKING
from policies.wording import policy_label

# The forms of visitors.
FORMS = {
    FREE_CONSULTATION: gettext_lazy("Free Consultation"),
    COOKIE_CHOICE: gettext_lazy("Cookies"),
}
EVERY_FORM = {**FORMS, STAFF_UNDERTAKING: gettext_lazy("Confidentiality undertaking")}


def form_name(form: str) -> str:
    """A form in words; its own name for one that is no longer known."""
    return str(EVERY_FORM.get(form, form))


def version_name(policy: str, number: str) -> str:
    """A version of a policy in words."""
    return f"{policy_label(policy)} {number}"


def shown(text: ConsentText) -> SafeString:
    """Sentence and fold-out, letter by letter."""
    # Made by our own renderer from a document without HTML, and frozen by the database.
    words = mark_safe(text.sentence + text.details)  # nosec B308 B703
    return format_html('<div class="words" lang="{}">{}</div>', text.language, words)


def mark(fits: bool) -> SafeString:
    """Whether a hash that was computed just now is the one that was recorded."""
    tone, words = ("done", _("matches")) if fits else ("overdue", _("does not match"))
    return format_html('<span class="badge badge--{}">{}</span>', tone, words)
