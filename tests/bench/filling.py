"""Fills the tables with many requests and all that hangs on each, by the database itself."""

import os
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection, transaction

from emsar.datamap.keys import ring
from policies.models import PolicyVersion

CHUNK = 50_000
# A sealed value looks like this to the database: the id of its key, then bytes that cannot be
# compressed.
SEALED = 60
_STATEMENTS = (
    """
    INSERT INTO subjects_datasubject (id, created_at)
    SELECT md5('s' || n)::uuid, now() - interval '400 days' FROM generate_series(%(a)s, %(b)s) n
    """,
    """
    INSERT INTO subjects_subjectidentifier (subject_id, kind, key, value)
    SELECT md5('s' || n)::uuid, 'email', sha256(('k' || n)::bytea), %(sealed)s
    FROM generate_series(%(a)s, %(b)s) n
    """,
    """
    INSERT INTO consent_consentevent (uid, at, kid, hmac, kind, method, subject, about, form,
        text_sha256, language, policy, version, purposes, controllers)
    SELECT md5('c' || n)::uuid, now() - interval '400 days', 'bench', sha256(('c' || n)::bytea),
        'given', 'form_button', md5('s' || n)::uuid, md5('r' || n)::uuid, 'free-consultation',
        'x', 'az', 'privacy-policy', '1.0', '[]', '[]'
    FROM generate_series(%(a)s, %(b)s) n
    """,
    """
    INSERT INTO requests_inbox_consultationrequest (id, reference, subject_id, contact_id,
        entity_id, service_id, language, source, name, project, search_keys, received_at,
        registered_at, status, waiting_since, reply_due_at, replied_at, first_replied_at,
        close_reason, destroy_after, version_id, consent_id, objected)
    SELECT md5('r' || n)::uuid, 'B' || n, md5('s' || n)::uuid, i.id, 'solutions', 'cybersecurity',
        'az', 'form', %(sealed)s, %(sealed)s, ARRAY[sha256(('w' || n %% 5000)::bytea)],
        answered - interval '1 day', answered - interval '1 day', 'replied',
        answered - interval '1 day', answered, answered, answered, '', ends, %(version)s,
        md5('c' || n)::uuid, '{}'
    FROM generate_series(%(a)s, %(b)s) n
    CROSS JOIN LATERAL (SELECT CASE WHEN n <= %(due)s THEN %(day)s::date - n %% 20
        ELSE %(day)s::date + 30 + n %% 300 END AS ends) AS kept
    CROSS JOIN LATERAL (SELECT (ends - interval '12 months' + interval '12 hours')
        AT TIME ZONE 'Asia/Baku' AS answered) AS begun
    JOIN subjects_subjectidentifier i ON i.kind = 'email' AND i.key = sha256(('k' || n)::bytea)
    """,
    """
    INSERT INTO requests_inbox_historyentry (request_id, at, event, from_status, to_status,
        reason)
    SELECT md5('r' || n)::uuid, now() - interval '400 days', e, '', 'new', ''
    FROM generate_series(%(a)s, %(b)s) n, unnest(ARRAY['received', 'replied']) e
    """,
    """
    INSERT INTO requests_inbox_message (id, request_id, kind, channel, state, body, at)
    SELECT md5('g' || n)::uuid, md5('r' || n)::uuid, 'outgoing', 'email', 'sent', %(sealed)s,
        now() - interval '399 days'
    FROM generate_series(%(a)s, %(b)s) n
    """,
    """
    INSERT INTO subjects_mailedlink (token_hash, purpose, subject_id, record, created_at)
    SELECT sha256(('t' || n)::bytea), 'withdrawal', md5('s' || n)::uuid, md5('r' || n)::uuid, now()
    FROM generate_series(%(a)s, %(b)s) n
    """,
    """
    INSERT INTO outbox_outboundmail (id, key, purpose, subject_id, about, reference, language,
        mailbox, copy_in, enclosure, message_id, automatic, status, attempts, created_at, due_at,
        sent_at, last_error)
    SELECT md5('m' || n)::uuid, 'm' || n, 'reply', md5('s' || n)::uuid, md5('r' || n)::uuid,
        'B' || n, 'az', 'info@example.com', '', '', '<m' || n || '@example.com>', false, 'sent', 1,
        now(), now(), now(), ''
    FROM generate_series(%(a)s, %(b)s) n
    """,
    """
    INSERT INTO outbox_mailcopy (mailbox, message_id, reference, about, at)
    SELECT 'info@example.com', '<m' || n || '@example.com>', 'B' || n, md5('r' || n)::uuid, now()
    FROM generate_series(%(a)s, %(b)s) n
    """,
)


def fill(requests: int, due: int, day: date, *, first: int = 1) -> None:
    """Those up to number ``requests``, of which ``due`` ended on ``day`` or a few days before.

    ``first`` is the number to begin with, when a table is filled further.
    """
    version = PolicyVersion.objects.published().get(policy="privacy-policy")
    common: dict[str, Any] = {
        "due": due,
        "day": day,
        "version": version.pk,
        "sealed": sealed(),
    }
    for begin, end in _chunks(first, requests):
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in _STATEMENTS:
                cursor.execute(statement, common | {"a": begin, "b": end})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def sealed() -> bytes:
    kid = ring("FIELD_KEYS").current[0]
    return bytes([len(kid)]) + kid.encode() + os.urandom(SEALED)


def end_more(requests: int, day: date) -> None:
    """Let so many of those that are still kept have ended on ``day``."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE requests_inbox_consultationrequest AS r SET destroy_after = %(day)s,
                replied_at = (%(day)s::date - interval '12 months' + interval '12 hours')
                    AT TIME ZONE 'Asia/Baku'
            FROM (SELECT id FROM requests_inbox_consultationrequest
                WHERE destroy_after > %(day)s LIMIT %(requests)s) AS kept
            WHERE r.id = kept.id
            """,
            {"day": day, "requests": requests},
        )


def _chunks(first: int, last: int) -> Iterator[tuple[int, int]]:
    for begin in range(first, last + 1, CHUNK):
        yield begin, min(begin + CHUNK - 1, last)
