"""The officer's verbs that decide or tell something; each names the service that does it."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar import letters
from dsar.admin.forms import (
    AnswerForm,
    ConfirmForm,
    MessageForm,
    NoteForm,
    ProveForm,
    QuestionForm,
    ReasonForm,
    RefuseForm,
    WithdrawForm,
)
from dsar.admin.verbpage import VerbPage
from dsar.models import Case, CaseFile
from dsar.services import deciding, identity, links, messages
from dsar.services.errors import CaseRefusedError
from emsar.audit import record
from emsar.site.languages import active_language
from emsar.staff.models import User
from emsar.subjects.models import DataSubject, IdentifierKind


class Prove(VerbPage):
    name = "prove"
    button = gettext_lazy("Record the proof")
    explanation = gettext_lazy(
        "For proof that no machine can see. From here on the case is carried out: an access case "
        "is released at once, a withdrawal takes effect. Documents are seen, never kept."
    )
    form = ProveForm

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        identity.prove(case, data["proof"], data["note"], by=user)
        return _("the proof of identity was recorded.")


class MailLink(VerbPage):
    name = "link"
    button = gettext_lazy("Mail the link")
    explanation = gettext_lazy(
        "The person gets a link that proves the address and opens the page of the case; at most "
        "one an hour and three a day."
    )

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        with transaction.atomic():
            file = CaseFile.objects.select_related("contact").get(case=case)
            DataSubject.objects.select_for_update(no_key=True).get(pk=file.person_id)
            contact = file.contact
            if contact is None or contact.kind != IdentifierKind.EMAIL:
                raise CaseRefusedError(_("No email address is known."))
            if not links.mail_link(contact, case.language):
                raise CaseRefusedError(_("No more link can be mailed to this address now."))
            record("case.link", actor=user.pk, subject=case.subject, obj=case)
        return _("the link is being mailed.")


class Question(VerbPage):
    name = "question"
    button = gettext_lazy("Send the question")
    explanation = gettext_lazy(
        "The person gets the question by mail and on the page of the case. The term by law rests "
        "until it is answered; the promised day does not move."
    )
    form = QuestionForm

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        deciding.pause(case, data["words"], by=user)
        return _("the question was sent, and the term by law rests.")


class Resume(VerbPage):
    name = "resume"
    button = gettext_lazy("Let the term run again")
    explanation = gettext_lazy(
        "When the answer reached you by another way than the page of the case. The term by law "
        "runs again from today."
    )

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        deciding.resume(case, by=user)
        return _("the term by law runs again.")


class Extend(VerbPage):
    name = "extend"
    button = gettext_lazy("Extend once and tell the person")
    explanation = gettext_lazy(
        "The term by law can be extended once. The person is told the reason. The promised day "
        "does not move."
    )
    form = ReasonForm

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        deciding.extend(case, data["words"], by=user)
        return _("the term by law was extended, and the person is told why.")


class Refuse(VerbPage):
    name = "refuse"
    button = gettext_lazy("Refuse and complete the case")
    explanation = gettext_lazy(
        "The person reads the ground, the law, your reasons and where to complain, in their "
        "language. This ends the case and cannot be undone."
    )
    form = RefuseForm
    dangerous = True

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        law = data["legal_reference"].pk
        deciding.refuse(case, data["ground"], law, data["words"], by=user)
        return _("refused; the person is told the ground and the authority.")

    def more(self, case: Case) -> dict[str, Any]:
        return authority_lines()


class Answer(VerbPage):
    name = "answer"
    button = gettext_lazy("Answer and complete the case")
    explanation = gettext_lazy(
        "The answer goes out by mail and stands on the page of the case, with the authority and "
        "its address. This ends the case and cannot be undone."
    )
    form = AnswerForm
    dangerous = True

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        deciding.answer(case, data["words"], by=user, outcome=data["outcome"])
        return _("answered and completed.")

    def more(self, case: Case) -> dict[str, Any]:
        return authority_lines()


class Withdraw(VerbPage):
    name = "withdraw"
    button = gettext_lazy("Record it and complete the case")
    explanation = gettext_lazy(
        "When the person takes the request back by phone or in writing. What was done before "
        "stays done. This ends the case and cannot be undone."
    )
    form = WithdrawForm
    dangerous = True

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        deciding.withdraw(case, by_person=False, by=user)
        return _("the person's word was recorded, and the case is completed.")


class Release(VerbPage):
    name = "release"
    button = gettext_lazy("Release the package")
    explanation = gettext_lazy(
        "The person is told by mail that the package is ready, and fetches it from the page of "
        "the case. It is made when it is fetched and never stored. This ends the case."
    )
    form = ConfirmForm

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        from dsar.services.releases import release

        release(case, by=user)
        return _("the package is released, and the person is told.")


class Message(VerbPage):
    """Posted from the case's own page; the page of its own is for what was refused."""

    name = "message"
    button = gettext_lazy("Send")
    explanation = gettext_lazy("Goes out by mail and stands on the page of the case.")

    form = MessageForm

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        messages.write(case, data["words"], by=user)
        return _("the message is being sent.")


class Note(VerbPage):
    name = "note"
    button = gettext_lazy("Add the note")
    explanation = gettext_lazy(
        "Not sent. The person gets it with their data when they ask for them."
    )

    form = NoteForm

    def do(self, case: Case, data: dict[str, Any], user: User) -> str:
        messages.note(case, data["words"], by=user)
        return _("the note was added.")


def authority_lines() -> dict[str, Any]:
    """The authority that the letter names, so that the officer sees what goes out."""
    return {"authority": letters.authority_lines(active_language())}
