"""The mails of a case that follow by themselves, one function each (E-8k).

What the officer decides is told by :mod:`dsar.letters`. Each is written in the language of the
case and queued once: the same call again, after a crash or by a second worker, queues nothing.
None is returned where no address is known (a case by phone); the answers among them are then told
by the officer (:mod:`dsar.byhand`). A mail serves the person's rights,
so no block holds it back (E-8h).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone, translation

from dsar import byhand
from dsar.letters import email_of
from dsar.models import Case, CaseFile, Outcome
from dsar.plainwords import title_of
from dsar.services.lasting import end_of
from emsar.entities.registry import registry
from emsar.entities.wording import day_text, moment_text
from emsar.outbox.composing import compose
from emsar.outbox.models import OutboundMail, Purpose
from emsar.subjects import links
from requests_inbox.addresses import address as address_of
from requests_inbox.addresses import path

# What a link may do is the same; those that somebody asked for are counted.
CASE_LINK, PACKAGE_LINK = "case", "case-package"
_ANY_TOKEN = "TOKEN"  # noqa: S105 - the place of one
# The last mails of a case: they outlive what they tell of, so they name neither person nor case.
DELETED, CLOSED_UNVERIFIED, ENDED = "deleted", "closed_unverified", "ended"


def link_address(token: str, language: str) -> str:
    """Where a person proves that an address is theirs."""
    return address_of("dsar:link", language, _ANY_TOKEN).replace(_ANY_TOKEN, token)


def link(
    person: UUID, to: str, token: str, cases: Sequence[Case], *, language: str, until: datetime
) -> OutboundMail | None:
    """The link that proves the address, with what was asked for; nothing else is told yet."""
    asked = [(title_of(case.kind, language), case.reference) for case in cases]
    more = {"asked": asked, "url": link_address(token, language), "until": _moment(until, language)}
    facts: dict[str, Any] = {"subject_id": person, **_filed_with(person, cases)}
    return _queue("link", _common(language) | more, f"link:{token[:12]}", language, to, **facts)


def _filed_with(person: UUID, cases: Sequence[Case]) -> dict[str, Any]:
    """With which case the copy of a link goes: the first that it lists, else the newest one."""
    newest = Case.objects.filter(file__person=person).order_by("-received_at", "pk")
    case = cases[0] if cases else newest.first()
    return {"about": case.pk, "reference": case.reference} if case else {}


def acknowledged(case: Case) -> OutboundMail | None:
    """Identity is proved: the reference, and by when we answer (E-8k)."""
    return _about(case, "acknowledged", promise=_day(case.promise_due, case))


def package_ready(case: Case) -> OutboundMail | None:
    """The package can be fetched until its release expires, or the data go before; with a link
    of its own (E-8c)."""
    file, until = _file_of(case), case.release.expires_at
    to = email_of(file) if file else None
    if file is None or to is None:
        return None
    token = links.issue(PACKAGE_LINK, file.person_id, file.person_id, until - timezone.now())
    url, words = link_address(token, case.language), _moment(end_of(case.release), case.language)
    return _about(case, "package_ready", _to=to, url=url, until=words)


def deleted(
    case: Case,
    kept: Sequence[str] = (),
    *,
    outcome: str,
    to: str | None = None,
    reach: str | None = None,
) -> OutboundMail | None:
    """What became of a deletion; the lines ``kept`` say what stays, why and until when.

    ``outcome`` is that of the case: all is deleted, a part, or nothing could be. What is kept is
    refused in a way, so the mail then says where to complain (E-8i). To be called
    while the file is still there, or with its address. The mail names neither the
    person nor the case, so that the deletion does not take it along; see :func:`final_key`.
    """
    facts = {"kept": list(kept), "authority": bool(kept), "nothing": outcome == Outcome.REFUSED}
    return _about(case, DELETED, _final=True, _to=to, _reach=reach, **facts)


def ended(case: Case, *, to: str | None, reach: str, is_done: bool) -> OutboundMail | None:
    """The person's data are deleted, and with them what another case of theirs was about.

    ``is_done``: what it asked for is reached by that.
    """
    facts = {"done": is_done, "authority": True}
    return _about(case, ENDED, _final=True, _to=to, _reach=reach, **facts)


def closed_unverified(
    case: Case, *, to: str | None = None, reach: str | None = None
) -> OutboundMail | None:
    """Identity was never proved: closed, and what was written to us is deleted."""
    known = (byhand.reach_of(case) if reach is None else reach) or None
    return _about(case, CLOSED_UNVERIFIED, _final=True, _to=to, _reach=known, authority=True)


def final_key(case: Case) -> str:
    """The key of the mail that tells of a deletion: how its sending is watched."""
    return f"case:{case.pk}:{DELETED}"


def told_in(mail: OutboundMail) -> tuple[UUID | None, str]:
    """The case that a mail answers, and what it tells, by its key; None for other mails.

    What asks somebody to prove a new address is no answer.
    """
    kind, _, rest = mail.key.partition(":")
    number, _, what = rest.partition(":")
    is_answer = kind == "case" and mail.purpose == Purpose.RIGHTS
    return (UUID(number), what) if is_answer and not what.startswith("confirm:") else (None, "")


def _about(
    case: Case, name: str, *, _again: object = "", _to: str | None = None, _final: bool = False,
    _reach: str | None = None, **more: Any,
) -> OutboundMail | None:  # fmt: skip
    """A mail to the person of a case; ``_final`` ones point to nobody and survive a deletion.

    ``_reach``: how the officer tells the person where there is no email address that can be read;
    where nothing else is known either, the officer has the reference. None: it is not told by hand.
    """
    to = _to or contact_of(case)
    language = case.language
    context = _common(language) | {
        "reference": case.reference,
        "kind": title_of(case.kind, language),
        "received": _day(timezone.localtime(case.received_at).date(), case),
        "by_hand": not to,
        **more,
    }
    key = f"case:{case.pk}:{name}" + (f":{_again}" if _again else "")
    facts = {"reference": case.reference} if _final else _facts(case)
    if not to and _reach is not None:
        mail = _composed(name, context, key, language, None, **facts)
        byhand.keep(case, mail, reach=_reach or case.reference, final=_final)
        return None
    return _queue(name, context, key, language, to, **facts)


def contact_of(case: Case) -> str | None:
    """Where the answers of a case go; None when no address of the person is known."""
    file = _file_of(case)
    return email_of(file) if file else None


def _file_of(case: Case) -> CaseFile | None:
    files = CaseFile.objects.filter(pk=case.pk).select_related("contact")
    return files.first()


def _facts(case: Case) -> dict[str, Any]:
    person = CaseFile.objects.filter(pk=case.pk).values_list("person_id", flat=True).first()
    return {"subject_id": person, "about": case.pk, "reference": case.reference}


def _common(language: str) -> dict[str, Any]:
    authority = registry().authority
    return {
        "brand": registry().brand,
        "inquiry": registry().inquiry_email,
        "subject_words": registry().inquiry_subject.get(language),
        "form_url": f"{settings.SITE_ORIGIN}{path('dsar:form', language)}",
        "authority_name": authority.name.get(language),
        "authority_service": authority.service.get(language),
        "authority_reach": [
            reach for reach in (authority.website, authority.email, authority.phone) if reach
        ],
    }


def _queue(
    name: str, context: Mapping[str, object], key: str, language: str, to: str | None, **fields: Any
) -> OutboundMail | None:
    if not to:
        return None
    mail = _composed(name, context, key, language, to, **fields)
    OutboundMail.objects.bulk_create([mail], ignore_conflicts=True)
    return mail


def _composed(
    name: str, context: Mapping[str, object], key: str, language: str, to: str | None, **fields: Any
) -> OutboundMail:
    return compose(
        f"dsar_{name}",
        context,
        language=language,
        key=key,
        purpose=Purpose.RIGHTS,
        mailbox=registry().default_mailbox.address,
        to_address=to,
        **fields,
    )


def _day(day: date, case: Case) -> str:
    return day_text(day, case.language)


def _moment(moment: datetime, language: str) -> str:
    with translation.override(language):
        return moment_text(timezone.localtime(moment), language)
