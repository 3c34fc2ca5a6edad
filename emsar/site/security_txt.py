"""``/.well-known/security.txt``: where somebody who finds a weakness tells us (RFC 9116)."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from emsar.site.frame import PRIVACY, policy_url

# Less than the year that the RFC advises, so that a copy kept for months is still good.
GOOD_FOR = timedelta(days=180)
# Who reports a weakness is likeliest to read this one.
POLICY_LANGUAGE = "en"


def security_txt() -> str:
    """The file; it names the profile's mailbox and is never out of date."""
    origin = settings.SITE_ORIGIN
    with translation.override(POLICY_LANGUAGE):
        policy = policy_url(PRIVACY)
    fields = {
        "Contact": f"mailto:{settings.PROFILE.inquiry_email}",
        "Expires": expires().isoformat().replace("+00:00", "Z"),
        "Preferred-Languages": ", ".join(code for code, _name in settings.LANGUAGES),
        "Canonical": f"{origin}{reverse('security_txt')}",
        "Policy": f"{origin}{policy}",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def expires() -> datetime:
    """The end of the day (UTC) after ``GOOD_FOR``, so that it stays the same for a whole day."""
    day = (timezone.now() + GOOD_FOR).astimezone(UTC).date()
    return datetime.combine(day, time(), UTC)
