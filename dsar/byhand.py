"""What no mail can carry: kept until the officer has told it by letter, by phone or in person.

Nothing is sent and nothing is lost: a letter of ours to somebody without an email address is
written as for everybody else and waits, encrypted, on the page of the case.
"""

from django.utils.translation import gettext as _

from dsar.models import Case, CaseFile, Telling
from dsar.models.cases import CaseEvent
from emsar.datamap.crypto import is_unreadable
from emsar.outbox.models import OutboundMail
from emsar.subjects.identifiers import format_phone
from emsar.subjects.models import IdentifierKind, SubjectIdentifier

TO_TELL = "to_tell"


def reach_of(case: Case) -> str:
    """Name, postal address and phone number of who asks, a line each; empty without a file."""
    file = CaseFile.objects.filter(case=case).first()
    if file is None:
        return ""
    rows = SubjectIdentifier.objects.filter(subject=file.person_id, kind=IdentifierKind.PHONE)
    phones = [_readable(row.value) for row in rows.order_by("pk")]
    known = [_readable(file.name), _readable(file.postal), *map(format_phone, filter(None, phones))]
    return "\n".join(filter(None, known))


def _readable(value: str | None) -> str:
    if value is None:
        return ""
    return _("cannot be read") if is_unreadable(value) else value


def keep(case: Case, mail: OutboundMail, *, reach: str, final: bool = False) -> None:
    """Keep the words of a mail that cannot be sent; the same again keeps nothing twice.

    ``reach`` says how the person can be reached; ``final`` words outlive the file of the case.
    """
    file = None if final else CaseFile.objects.filter(case=case).first()
    row = Telling(case=case, file=file, key=mail.key, addressee=reach)
    row.words = f"{mail.subject_line}\n\n{mail.body}"
    if Telling.objects.filter(key=mail.key).exists():
        return
    Telling.objects.bulk_create([row], ignore_conflicts=True)
    CaseEvent.objects.create(
        case=case, event=TO_TELL, from_status=case.status, to_status=case.status
    )
