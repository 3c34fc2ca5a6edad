from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session

from emsar.datamap import Basis, Personal, declare, declare_free
from emsar.staff.models import (
    Approval,
    KeyedCount,
    RecoveryCode,
    SecurityReview,
    StaffSession,
    TotpDevice,
    User,
)

declare(
    User,
    purpose="let authorised staff in and reach them (E-9c, S-2b)",
    basis=Basis.CONTRACT,
    controller="employer",
    term="employment",
    clauses=("E-9c", "S-2b"),
    personal={
        "username": Personal("the login name, a function rather than a person"),
        "full_name": Personal("shown to colleagues", correct=True),
        "email": Personal("reminders and invitations", correct=True),
        "last_login": Personal("security reviews (E-9e)"),
        "date_joined": Personal("since when the account exists"),
        "language": Personal("the language of the admin and of notices", correct=True),
        "role": Personal("what the person may do"),
        "entity": Personal("which company employs the person"),
        "is_active": Personal("whether the person may log in"),
        "invited_at": Personal("until when the mailed link works"),
    },
    free={"random key": ("id",), "a hash, not the password": ("password",)},
)
declare(
    TotpDevice,
    purpose="let in who has the second factor (E-9b)",
    basis=Basis.CONTRACT,
    controller="employer",
    term="employment",
    clauses=("E-9b",),
    personal={
        "user": Personal("whose factor it is"),
        "secret": Personal("what the app holds", export=False),
        "created_at": Personal("when it was set up"),
    },
    free={
        "random key": ("id",),
        "how far codes were used": ("last_step",),
        "whether it is in use": ("confirmed",),
    },
)
declare(
    RecoveryCode,
    purpose="let in who lost the second factor (E-9b)",
    basis=Basis.CONTRACT,
    controller="employer",
    term="employment",
    clauses=("E-9b",),
    personal={
        "user": Personal("whose code it is"),
        "created_at": Personal("when it was made"),
        "used_at": Personal("when it was spent"),
    },
    free={"number": ("id",), "a hash, not the code": ("code_hash",)},
)
declare(
    StaffSession,
    purpose="show staff where their login is open, and end it in time (E-9b, E-9c)",
    basis=Basis.CONTRACT,
    controller="employer",
    term="login_attempts",
    clauses=("E-9b", "E-9c"),
    personal={
        "user": Personal("who is logged in"),
        "key": Personal("the browser's session, so that it can be ended", export=False),
        "program": Personal("the kind of browser, so that one's own are recognised"),
        "started_at": Personal("since when"),
        "seen_at": Personal("when it was used last"),
        "confirmed_at": Personal("when the second factor was given last"),
        "ended_at": Personal("when it ended"),
        "end": Personal("why it ended"),
    },
    free={"random key": ("id",)},
)
declare(
    Approval,
    purpose="make officers by officers alone (E-9c)",
    basis=Basis.CONTRACT,
    controller="employer",
    term="employment",
    clauses=("E-9c",),
    personal={
        "user": Personal("whom it is about"),
        "reason": Personal("why it was asked for"),
        "address": Personal("the address that was asked for"),
        "asked_by": Personal("who asked"),
        "asked_at": Personal("when it was asked"),
        "decided_by": Personal("who decided"),
        "decided_at": Personal("when it was decided"),
        "agreed": Personal("what was decided"),
        "void_at": Personal("when it was taken back or overtaken"),
    },
    free={"random key": ("id",), "says what is asked": ("kind",)},
)
declare(
    SecurityReview,
    purpose="show that security is reviewed regularly (E-9e)",
    basis=Basis.CONTRACT,
    controller="employer",
    term="certificates",
    clauses=("E-9e",),
    personal={
        "reviewer": Personal("who reviewed"),
        "reviewer_words": Personal("who reviewed, without a login here"),
        "scope": Personal("what was looked at, in words that should name nobody"),
        "findings": Personal("what was found, in words that should name nobody"),
        "measures": Personal("what is done about it, in words that should name nobody"),
        "written_by": Personal("who wrote it down"),
        "closed_by": Personal("who closed it"),
        "closing": Personal("what was done, in words that should name nobody"),
    },
    free={
        "number": ("id",),
        "dates of ours": ("held_on", "next_due", "written_at", "closed_at", "told_at"),
        "counts of findings": (
            *("high_open", "high_closed", "medium_open", "medium_closed"),
            *("low_open", "low_closed"),
        ),
    },
)
declare_free(
    KeyedCount,
    a_keyed_hash_whose_key_changes_daily=("key",),
    numbers=("count", "started_at"),
)
declare(
    Session,
    purpose="keep staff logged in",
    basis=Basis.CONTRACT,
    controller="employer",
    term="session",
    personal={
        "session_key": Personal("stands for a logged-in member of staff", export=False),
        "session_data": Personal("signed; holds the staff member's UUID", export=False),
        "expire_date": Personal("when the login ends", export=False),
    },
)
declare_free(
    LogEntry,
    Djangos_log_is_not_written_the_audit_is=(
        "id",
        "action_time",
        "user",
        "content_type",
        "object_id",
        "object_repr",
        "action_flag",
        "change_message",
    ),
)
declare_free(Group, not_used_rights_follow_from_the_role=("id", "name"))
declare_free(Permission, names_of_rights=("id", "name", "content_type", "codename"))
declare_free(ContentType, names_of_tables=("id", "app_label", "model"))
for through in (Group.permissions.through,):
    declare_free(through, not_used_rights_follow_from_the_role=("id", "group", "permission"))
