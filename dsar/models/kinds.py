"""What can be asked for, how it comes in, and how it is proved who asks."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """The rights of E-8 and what comes beside them; ``DECEASED`` is opened by staff alone."""

    INFORMATION = "information", _("information about my data")
    ACCESS = "access", _("a copy of my data")
    CORRECTION = "correction", _("correction")
    DELETION = "deletion", _("deletion")
    OBJECTION = "objection", _("objection to a use")
    WITHDRAWAL = "withdrawal", _("withdrawal of consent")
    BLOCKING = "blocking", _("blocking, or its end")
    COMPLAINT = "complaint", _("complaint")
    CHILD = "child", _("data of a child")
    OTHER = "other", _("another right")
    DECEASED = "deceased", _("data of a person who has died")


# What a visitor can choose, in the order of the page.
PUBLIC_KINDS = tuple(kind for kind in Kind if kind is not Kind.DECEASED)
# What destroys: a deletion, and what the policy promises to delete (E-11d, S-5b).
ERASING_KINDS = (Kind.DELETION, Kind.CHILD, Kind.DECEASED)
# What needs a person: no machine answers a complaint or knows the right value.
ANSWERED_BY_PEOPLE = (Kind.COMPLAINT, Kind.CORRECTION, Kind.OTHER)
# What ends with a package of everything that is held.
RELEASING_KINDS = (Kind.INFORMATION, Kind.ACCESS)


class Channel(models.TextChoices):
    """How it came in; the clocks start when it did."""

    FORM = "form", _("form on the site")
    EMAIL = "email", _("email")
    PHONE = "phone", _("phone")
    WHATSAPP = "whatsapp", "WhatsApp"
    LETTER = "letter", _("letter")


class Proof(models.TextChoices):
    """How it was proved who asks; documents are seen, never kept."""

    LINK = "link", _("a link mailed to the address")
    DOCUMENT = "document", _("an identity document was seen")
    SIGNATURE = "signature", _("an enhanced electronic signature")
    CALL_BACK = "call_back", _("a call back to the known number")


class Means(models.TextChoices):
    """How the officer tells or hands over what no mail can carry."""

    LETTER = "letter", _("by letter")
    PHONE = "phone", _("by phone")
    IN_PERSON = "in_person", _("in person")


# A package of data is paper or a disk, which no phone carries.
HANDING = (Means.LETTER, Means.IN_PERSON)
