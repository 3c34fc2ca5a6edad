"""What is posted everywhere: whatever the forms of the administration ask for, filled in.

A forged post has to be refused for who sends it, not for what is missing in it.
"""

from typing import Any

from tests.staff.matrix.world import SAID_AT

# One body for all of them; forms take what they know.
POSTED: dict[str, Any] = {
    "answer": "yes",
    "asked": "on",
    "at": "2026-11-23T10:00",
    "body": "A reply of some length",
    "channel": "phone",
    "closing": "Words.",
    "email": "new@example.com",
    "format": "csv",
    "ground": "law_keeps",
    "item_key": "request",
    "language": "en",
    "law": "civil-code",
    "legal_reference": "personal-data",
    "means": "letter",
    "note": "Words.",
    "outcome": "fulfilled",
    "purpose": "work",
    "reason": "x",
    "start": "2026-11-20",
    "sure": "on",
    "title": "Invoice 12",
    "to_entity": "consulting",
    "words": "Words of some length.",
}
# Where a field means something else.
INSTEAD: dict[str, dict[str, Any]] = {
    "dsar_case_decide": {"answer": "apply"},
    "dsar_case_receipt": {"answer": "not", "seen": SAID_AT.isoformat()},
    "requests_inbox_consultationrequest_close": {"reason": "spam"},
    # Longer would wait for the officer.
    "requests_inbox_consultationrequest_contract_end": {"end": "2026-09-01"},
    "requests_inbox_consultationrequest_hand_over": {"reason": "field"},
    "retention_legalhold_release": {"reason": "settled"},
    "retention_necessityreview_sign": {"outcome": "needed"},
    "staff_user_change": {"full_name": "Another Name"},
    "staff_user_role": {"role": "auditor"},
    "subjects_datasubject_object": {"purpose": "reply"},
    "subjects_datasubject_unblock": {"reason": "asked"},
}
_OF_REQUESTS = (
    *("close", "contract_end", "document", "draft", "export", "note", "release", "reply", "take"),
    *("withdraw", "write"),
)
_OF_CASES = (
    *("extend", "handover", "message", "note", "question", "receipt", "refuse", "release"),
    "withdraw",
)
_OF_LOGINS = ("address", "back", "change", "factor", "invite", "off", "on", "role")
# Of these it is sure that a post does its work for whoever may: it writes, or gives a file.
CARRIED_OUT = frozenset(
    {
        *("decide_approval", "end_login", "end_others", "new_codes", "dsar_disclosure_export"),
        *("policies_policyversion_new_draft", "staff_securityreview_close"),
        *("retention_legalhold_release", "retention_necessityreview_sign"),
        *(f"subjects_datasubject_{verb}" for verb in ("block", "object", "unblock")),
        *(f"requests_inbox_consultationrequest_{verb}" for verb in _OF_REQUESTS),
        *(f"dsar_case_{verb}" for verb in _OF_CASES),
        *(f"staff_user_{verb}" for verb in _OF_LOGINS),
    }
)


def posted(name: str) -> dict[str, Any]:
    """The body for an address."""
    return POSTED | INSTEAD.get(name, {})
