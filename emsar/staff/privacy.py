from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session

from emsar.datamap import Basis, Personal, declare, declare_free
from emsar.staff.models import KeyedCount, User

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
    },
    free={"random key": ("id",), "a hash, not the password": ("password",)},
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
