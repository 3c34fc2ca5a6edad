"""The mails about a request, one function each; what they may say is part of the promise."""

import re
from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Any
from unicodedata import category

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from consent.enclosures import code_of
from consent.notices import Notice
from consent.receipts.address import receipt_address
from emsar.entities.businessdays import Due
from emsar.entities.profile import MailboxFacts
from emsar.entities.registry import registry
from emsar.entities.wording import day_text, moment_text
from emsar.outbox.composing import compose, compose_filled, plain
from emsar.outbox.models import OutboundMail, Purpose
from emsar.retention.holds import ground_words, on_record
from emsar.subjects.identifiers import format_phone
from emsar.subjects.models import Objection
from requests_inbox.addresses import address, admin_address, withdrawal_address
from requests_inbox.models import ConsultationRequest, Message, Status

_PLAIN_NAME = re.compile(r"[^\W\d_]+(?:[ '’ʼ-][^\W\d_]+)*")
MAX_GREETED = 60
MAX_GREETED_WORDS = 4


def _language_name(code: str, language: str) -> str:
    with translation.override(language):
        return str(dict(settings.LANGUAGES).get(code, code))


def greeted_name(name: str | None) -> str:
    """The name if it is made like one, else nothing: the form must carry no text to strangers."""
    text = (name or "").strip()
    short = len(text) <= MAX_GREETED and len(text.split(" ")) <= MAX_GREETED_WORDS
    # To a pattern a superscript digit is a letter too.
    plain = _PLAIN_NAME.fullmatch(text) and not any(category(char).startswith("N") for char in text)
    return text if short and plain else ""


def to_mailbox(
    request: ConsultationRequest, mailbox: MailboxFacts, email: str | None, *, again: str = ""
) -> OutboundMail:
    """The request as the company's mailbox gets it; answering it writes to the person."""
    language = registry().default_language
    service = registry().service(request.service_id).name.get(language)
    context: dict[str, Hashable] = {
        "reference": request.reference,
        "name": request.name or "",
        "company": request.company or "",
        "project": _project(request),
        "reply_language": _language_name(request.language, language),
        "email": email or "",
        "phone": format_phone(request.phone.value or "") if request.phone else "",
        "service": service,
        "received": _moment(request.received_at, language),
        "due": _moment(request.reply_due_at, language),
        "admin": admin_address(request.pk, language),
    }
    return compose_filled(
        "request_arrived",
        context,
        language=language,
        key=f"request:{request.pk}:staff{again}",
        purpose=Purpose.ROUTING,
        **{**_facts(request), "mailbox": mailbox.address},
        copy_in=mailbox.address,
        to_address=mailbox.address,
        reply_to=email,
    )


def _project(request: ConsultationRequest) -> str:
    """Nothing when the person objected to the use of these words (E-8f)."""
    return "" if Objection.Purpose.PROPOSAL in request.objected else request.project or ""


def acknowledgement(
    request: ConsultationRequest, email: str, notice: Notice, token: str, due: Due
) -> OutboundMail:
    """What the person gets at once: the reference, what was agreed to, the way out (E-8g)."""
    language = request.language
    context: dict[str, Hashable] = {
        "name": greeted_name(request.name),
        "reference": request.reference,
        "brand": registry().brand,
        "controllers": tuple(entity.name.get(language) for entity in registry().entities),
        "version": notice.version.number,
        "shows_number": registry().shows_version_number,
        "policy_url": address(
            "policies:version", language, "privacy-policy", notice.version.number
        ),
        "withdrawal_url": withdrawal_address(token, language),
        "receipt_url": _receipt(request, language),
        "due": moment_text(due.moment, language),
        "months": request.version.terms.get("consultation_retention") if request.version else 0,
        "inquiry": registry().inquiry_email,
        "subject_words": registry().inquiry_subject.get(language),
    }
    return compose_filled(
        "acknowledgement",
        context,
        language=language,
        key=f"request:{request.pk}:acknowledgement",
        purpose=Purpose.ACKNOWLEDGEMENT,
        **_facts(request),
        to_address=email,
        enclosure=code_of(notice.sha256),
    )


def reply(request: ConsultationRequest, message: Message) -> OutboundMail:
    """A reply that a member of staff wrote, from the company's mailbox (E-3.1c)."""
    with translation.override(request.language):
        subject = _("Your request %(reference)s") % {"reference": request.reference}
    return plain(
        subject,
        f"{message.body}\n",
        language=request.language,
        key=f"request:{request.pk}:reply:{message.pk}",
        purpose=Purpose.REPLY,
        **_facts(request),
        copy_in="",
        to_address=request.contact.value if request.contact else None,
        automatic=False,
    )


def privacy_notice(request: ConsultationRequest, email: str) -> OutboundMail:
    """To a person whose request was taken by phone or otherwise, without the form's page."""
    language = request.language
    context = {
        "name": greeted_name(request.name),
        "reference": request.reference,
        "brand": registry().brand,
        "policy_url": address("policies:current", language, "privacy-policy"),
        "inquiry": registry().inquiry_email,
        "subject_words": registry().inquiry_subject.get(language),
    }
    return compose(
        "privacy_notice",
        context,
        language=language,
        key=f"request:{request.pk}:privacy-notice",
        purpose=Purpose.PRIVACY_NOTICE,
        **_facts(request),
        to_address=email,
    )


def withdrawal(request: ConsultationRequest) -> list[OutboundMail]:
    """Tell the mailbox to stop, and the person that it stopped (E-8g)."""
    mailbox = mailbox_of(request)
    ours: dict[str, Any] = {"copy_in": mailbox, "to_address": mailbox}
    found = [_about_withdrawal(request, "consent_withdrawn", registry().default_language, **ours)]
    email = request.contact.value if request.contact else None
    if email:
        theirs = {"to_address": email}
        found.append(_about_withdrawal(request, "withdrawal_confirmed", request.language, **theirs))
    return found


def objection(request: ConsultationRequest, purposes: Sequence[str], mailbox: str) -> OutboundMail:
    """Tell a mailbox that holds a copy what may no longer be done with it (E-8f)."""
    language = registry().default_language
    last_day = request.destroy_after if request.status == Status.OBJECTED else None
    with translation.override(language):
        words = "; ".join(str(Objection.Purpose(code).label) for code in purposes)
    context = {
        "reference": request.reference,
        "purposes": words,
        "last_day": day_text(last_day, language) if last_day else "",
        "admin": admin_address(request.pk, language),
    }
    codes = "-".join(purposes)
    return compose(
        "objection_noted",
        context,
        language=language,
        key=f"request:{request.pk}:objection:{codes}:{mailbox}",
        purpose=Purpose.RIGHTS,
        **_facts(request),
        copy_in=mailbox,
        to_address=mailbox,
    )


def correction(
    request: ConsultationRequest, mailbox: str, field: str, value: str, number: str
) -> OutboundMail:
    """Tell a mailbox that holds a copy which value of it was wrong, and the right one (E-8d).

    ``field`` names the value, ``number`` is that of the correction. The mail is one more copy of
    the request and goes with it.
    """
    language = registry().default_language
    context = {
        "reference": request.reference,
        "field": field,
        "value": value,
        "admin": admin_address(request.pk, language),
    }
    return compose(
        "value_corrected",
        context,
        language=language,
        key=f"request:{request.pk}:corrected:{number}:{mailbox}",
        purpose=Purpose.RIGHTS,
        **_facts(request),
        copy_in=mailbox,
        to_address=mailbox,
    )


def _about_withdrawal(
    request: ConsultationRequest, template: str, language: str, **fields: Any
) -> OutboundMail:
    context = {
        "reference": request.reference,
        "at": _moment(request.closed_at or timezone.now(), language),
        "last_day": day_text(request.destroy_after, language) if request.destroy_after else "",
        "held": _held(request, language),
        "admin": admin_address(request.pk, language),
        "receipt_url": _receipt(request, language),
        "brand": registry().brand,
    }
    return compose(
        template,
        context,
        language=language,
        key=f"request:{request.pk}:{template}",
        purpose=Purpose.RIGHTS,
        **_facts(request),
        **fields,
    )


def _receipt(request: ConsultationRequest, language: str) -> str:
    """Where the person can look at what was agreed to; empty where nothing was clicked."""
    return receipt_address(request.consent_id, language) if request.consent_id else ""


def _held(request: ConsultationRequest, language: str) -> tuple[str, ...]:
    """The legal grounds that keep the request for now (E-4g), in a language."""
    with translation.override(language):
        return tuple(ground_words(hold) for hold in on_record(request))


def _facts(request: ConsultationRequest) -> dict[str, Any]:
    """What every mail about a request notes: whose it is, of what, and from where it goes."""
    return {
        "subject_id": request.subject_id,
        "about": request.pk,
        "reference": request.reference,
        "mailbox": mailbox_of(request),
    }


def mailbox_of(request: ConsultationRequest) -> str:
    return registry().mailbox_of(request.entity_id or "").address


def _moment(moment: datetime, language: str) -> str:
    return moment_text(timezone.localtime(moment), language)
