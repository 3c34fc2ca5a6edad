"""The letters of the officer's decisions, one function each, in the language of the person.

All of them are mails that serve the person's rights, so that a block lets them pass (E-8h); each
names the case by its reference and nobody by name. Each says whether an address was known to
write to; if none was, the officer has to tell it (:mod:`dsar.byhand`).
"""

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from dsar import byhand
from dsar.grounds import Ground
from dsar.models import Case, CaseFile, CaseMessage
from emsar.datamap.crypto import is_unreadable
from emsar.entities.profile import ReferenceFacts
from emsar.entities.registry import registry
from emsar.entities.wording import day_text
from emsar.outbox.composing import compose
from emsar.outbox.models import OutboundMail, Purpose
from emsar.subjects.models import IdentifierKind, SubjectIdentifier
from requests_inbox.addresses import address

_ANY_TOKEN = "TOKEN"  # noqa: S105 - the place of one


def email_of(file: CaseFile) -> str | None:
    """Where letters go: the address that the case came from, else one of the person's; or None."""
    contact = file.contact
    if contact is None or contact.kind != IdentifierKind.EMAIL:
        rows = SubjectIdentifier.objects.filter(subject=file.person_id, kind=IdentifierKind.EMAIL)
        contact = rows.order_by("pk").first()
    value = contact.value if contact else None
    return None if is_unreadable(value) else value


def authority_lines(language: str) -> list[str]:
    """Name and address of the authority to which people complain (E-8i, E-14a)."""
    facts = registry().authority
    names = (facts.service.get(language), facts.name.get(language))
    reach = (facts.website, facts.email, facts.phone)
    return [", ".join(filter(None, names)), *filter(None, reach)]


def question(case: Case, file: CaseFile, row: CaseMessage) -> bool:
    """A question about identity, while which the term of the law rests (E-8k)."""
    with translation.override(case.language):
        words = [
            _("before we can go on with your request, we need to know the following:"),
            row.body or "",
            _("Until we have your answer, the term of the law rests. The day by which we promised "
              "to answer does not move: %(day)s.")
            % {"day": day_text(case.promise_due)},
        ]  # fmt: skip
        title = _("A question about your request %(reference)s")
        return _send(case, file, f"question:{row.pk}", title, words, automatic=False)


def message(case: Case, file: CaseFile, row: CaseMessage) -> bool:
    """What the officer writes to the person."""
    with translation.override(case.language):
        title = _("A message about your request %(reference)s")
        words = [row.body or ""]
        return _send(case, file, f"message:{row.pk}", title, words, automatic=False)


def extended(case: Case, file: CaseFile, reason: str) -> bool:
    """That the term of the law was extended, and why."""
    with translation.override(case.language):
        words = [
            _("we need more time for your request than the law usually gives, for this reason:"),
            reason,
        ]
        if case.statutory_due is not None:
            day = day_text(case.statutory_due)
            words.append(_("The extended term of the law ends on %(day)s.") % {"day": day})
        promise = {"day": day_text(case.promise_due)}
        words.append(_("What we promised stays as it is: our answer by %(day)s.") % promise)
        title = _("More time for your request %(reference)s")
        return _send(case, file, "extended", title, words, authority=True)


def refused(case: Case, file: CaseFile, ground: Ground, law: ReferenceFacts, words: str) -> bool:
    """A refusal with its ground, the law, and where to complain (E-8i)."""
    with translation.override(case.language):
        facts = {"kind": case.get_kind_display(), "ground": ground.label}
        paragraphs = [
            _("we cannot do what you asked for (%(kind)s). The ground: %(ground)s.") % facts,
            _("The law: %(title)s.") % {"title": law.title.get(case.language)},
            words,
        ]
        title = _("Your request %(reference)s: a refusal with its reasons")
        return _send(case, file, "refused", title, paragraphs, authority=True, automatic=False)


def answered(case: Case, file: CaseFile, words: str) -> bool:
    """The officer's answer, with where to complain (E-8i, E-14a)."""
    with translation.override(case.language):
        title = _("The answer to your request %(reference)s")
        return _send(case, file, "answer", title, [words], authority=True, automatic=False)


def taken_back(case: Case, file: CaseFile) -> bool:
    """That the person withdrew the request, and that nothing more happens."""
    with translation.override(case.language):
        words = [
            _("you have withdrawn this request, so we do nothing more about it. What was done "
              "before stays done."),
            _("You can ask again at any time."),
        ]  # fmt: skip
        return _send(case, file, "taken-back", _("Your request %(reference)s is closed"), words)


def consent_withdrawn(case: Case, file: CaseFile, references: Sequence[str]) -> bool:
    """Which requests the withdrawal of consent stopped (E-8g); none is an answer too."""
    with translation.override(case.language):
        words = [_("we hold no request that still rests on a consent of yours.")]
        if references:
            words = [
                _("your consent is withdrawn. The processing of these requests has stopped:"),
                ", ".join(references),
                _("About each of them you get a mail that says until when its data are deleted."),
            ]
        title = _("Your request %(reference)s: withdrawal of consent")
        return _send(case, file, "consent-withdrawn", title, words, authority=True)


def objected(case: Case, file: CaseFile, purposes: Sequence[str], lines: Sequence[str]) -> bool:
    """To what the objection was noted, what is deleted by when, and what is kept and why (E-8f)."""
    with translation.override(case.language):
        first = _("we no longer use your data for this: %(purposes)s.")
        words = [first % {"purposes": "; ".join(purposes)}, *lines]
        title = _("Your objection %(reference)s is noted")
        return _send(case, file, "objected", title, words, authority=True)


def blocked(case: Case, file: CaseFile) -> bool:
    """That processing is suspended, and how that ends (E-8h)."""
    with translation.override(case.language):
        words = [
            _("your records are blocked: nobody but the data protection officer sees them, nobody "
              "answers them, and they are not passed on. They are not deleted by that."),
            _("What you send us from now on is not blocked. To end the block, ask for it in the "
              "same way."),
        ]  # fmt: skip
        key = f"blocked:{case.events.count()}"
        return _send(case, file, key, _("Your request %(reference)s: blocking"), words)


def unblocked(case: Case, file: CaseFile, reason: str) -> bool:
    """That the block has ended, and why."""
    with translation.override(case.language):
        words = [
            _("the block of your records has ended. They are processed as before."),
            _("The reason: %(reason)s.") % {"reason": reason},
        ]
        key = f"unblocked:{case.events.count()}"
        return _send(case, file, key, _("Your request %(reference)s: end of the block"), words)


def corrected(case: Case, file: CaseFile, fields: Sequence[str]) -> bool:
    """Which data were corrected; the values themselves are not repeated (E-8d)."""
    with translation.override(case.language):
        words = [
            _("we have corrected: %(fields)s.") % {"fields": ", ".join(fields)},
            _("Whoever had the old value from us is told."),
        ]
        return _send(case, file, "corrected", _("Your request %(reference)s: corrected"), words)


def confirm_address(case: Case, file: CaseFile, to: str, token: str, number: str) -> None:
    """The link that proves a new address; it goes to that address alone (E-8d)."""
    with translation.override(case.language):
        words = [
            _("somebody asked us to write to this address from now on. If it was you, open this "
              "page and confirm it:"),
            address("dsar:address", case.language, _ANY_TOKEN).replace(_ANY_TOKEN, token),
            _("If it was not you, do nothing: then nothing changes."),
        ]  # fmt: skip
        title = _("Is this your address? %(reference)s")
        mail = _compose(case, file, f"confirm:{number}", title, words)
    mail.to_address = to
    mail.save(force_insert=True)


def _common(language: str) -> dict[str, object]:
    """What the frame of every mail about a case says, ``dsar_base``."""
    facts, organisation = registry().authority, registry()
    return {
        "brand": organisation.brand,
        "inquiry": organisation.inquiry_email,
        "subject_words": organisation.inquiry_subject.get(language),
        "form_url": address("dsar:form", language),
        "authority_name": facts.name.get(language),
        "authority_service": facts.service.get(language),
        "authority_reach": list(filter(None, (facts.website, facts.email, facts.phone))),
    }


def _send(
    case: Case,
    file: CaseFile,
    key: str,
    title: str,
    paragraphs: Sequence[str],
    *,
    authority: bool = False,
    automatic: bool = True,
) -> bool:
    """Queue a letter; False when no address is known to write to, and it has to be told."""
    to = email_of(file)
    more = {"authority": authority, "by_hand": to is None}
    mail = _compose(case, file, key, title, paragraphs, **more)
    if to is None:
        byhand.keep(case, mail, reach=byhand.reach_of(case))
        return False
    mail.to_address, mail.automatic = to, automatic
    mail.save(force_insert=True)
    return True


def _compose(
    case: Case,
    file: CaseFile,
    key: str,
    title: str,
    paragraphs: Sequence[str],
    *,
    authority: bool = False,
    by_hand: bool = False,
) -> OutboundMail:
    context = {
        "title": title % {"reference": case.reference},
        "paragraphs": [text for text in paragraphs if text],
        "authority": authority,
        "by_hand": by_hand,
        **_common(case.language),
    }
    return compose(
        "dsar_letter",
        context,
        language=case.language,
        key=f"case:{case.pk}:{key}",
        purpose=Purpose.RIGHTS,
        subject_id=file.person_id,
        about=case.pk,
        reference=case.reference,
        mailbox=registry().default_mailbox.address,
    )
