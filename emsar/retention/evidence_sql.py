"""The owner's function through which evidence leaves, and what it lets go, in SQL (idea 6).

Neither web nor worker may delete evidence. The function may, and refuses by itself what is not
past its term: it reads the term where no role can write it, and asks the database's own clock.
It is made from the rules whenever the roles are set up.
"""

from datetime import datetime
from typing import Any

from django.db import models
from psycopg import sql

from emsar.audit.leaving import ZONE
from emsar.datamap.declarations import declaration_of
from emsar.datamap.rules import EvidenceRule, evidence_rules
from emsar.entities.models import ScheduleTerm
from emsar.retention.models import LegalHold

FUNCTION, SIGNATURE = "evidence_forget", "text, date"

_DEFINITION = """
CREATE OR REPLACE FUNCTION {function}(kind text, month date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS {body}
"""
_BODY = """
#variable_conflict use_column
<<here>>
DECLARE
    term text;
    lasts interval;
    begins timestamp;
    ends timestamp;
    gone bigint;
BEGIN
    here.term := CASE evidence_forget.kind {terms} END;
    IF here.term IS NULL THEN
        RAISE EXCEPTION 'there is no evidence of the kind %', evidence_forget.kind
            USING ERRCODE = '22023';
    END IF;
    here.begins := date_trunc('month', evidence_forget.month::timestamp);
    IF here.begins IS NULL OR here.begins <> evidence_forget.month::timestamp THEN
        RAISE EXCEPTION 'a month is named by its first day, not by %', evidence_forget.month
            USING ERRCODE = '22023';
    END IF;
    SELECT CASE t.unit
            WHEN 'calendar_days' THEN make_interval(days => t.value)
            WHEN 'calendar_months' THEN make_interval(months => t.value)
            WHEN 'years' THEN make_interval(years => t.value)
        END INTO here.lasts
        FROM {schedule} AS t WHERE t."group" = 'schedule' AND t.name = here.term AND t.enabled;
    IF here.lasts IS NULL THEN
        RAISE EXCEPTION 'the term % is missing, switched off or no period', here.term
            USING ERRCODE = '55000';
    END IF;
    here.ends := here.begins + interval '1 month';
    -- The clock of the database: that of whoever calls may be wrong.
    IF ((here.ends + here.lasts) AT TIME ZONE {zone} <= now()) IS NOT TRUE THEN
        RAISE EXCEPTION '% of % are not past their term', evidence_forget.kind,
            evidence_forget.month USING ERRCODE = '42501';
    END IF;
    CASE evidence_forget.kind {deletions} END CASE;
    GET DIAGNOSTICS here.gone = ROW_COUNT;
    RETURN here.gone;
END
"""
_DELETION = """
    WHEN {name} THEN DELETE {rows}
        AND e.at >= here.begins AT TIME ZONE {zone} AND e.at < here.ends AT TIME ZONE {zone};
"""
_MONTHS = """
SELECT date_trunc('month', e.at AT TIME ZONE {zone})::date, count(*) {rows}
AND e.at < {oldest_kept} GROUP BY 1 ORDER BY 1
"""
_HELD = "EXISTS (SELECT FROM {holds} AS h WHERE h.released_at IS NULL AND ({reached}))"
_POINTED_AT = "EXISTS (SELECT FROM {table} AS p WHERE p.{column} = e.{target})"


def define() -> sql.Composed:
    """The statement that creates the function for the rules as they are."""
    rules = evidence_rules()
    body = sql.SQL(_BODY).format(
        terms=sql.SQL(" ").join([_term(rule) for rule in rules]),
        deletions=sql.SQL("").join([_deletion(rule) for rule in rules]),
        schedule=_table(ScheduleTerm),
        zone=sql.Literal(ZONE.key),
    )
    # The body is a text within the statement: as a literal nothing in it can end it early.
    return sql.SQL(_DEFINITION).format(
        function=sql.Identifier("public", FUNCTION), body=sql.Literal(body.as_string(None))
    )


def _term(rule: EvidenceRule) -> sql.Composed:
    return sql.SQL("WHEN {} THEN {}").format(sql.Literal(rule.name), sql.Literal(rule.term))


def _deletion(rule: EvidenceRule) -> sql.Composed:
    return sql.SQL(_DELETION).format(
        name=sql.Literal(rule.name), rows=_free_rows(rule), zone=sql.Literal(ZONE.key)
    )


def months_with_rows(rule: EvidenceRule, oldest_kept: datetime) -> sql.Composed:
    """The query for the months before ``oldest_kept`` that have rows to go, and how many."""
    return sql.SQL(_MONTHS).format(
        zone=sql.Literal(ZONE.key), rows=_free_rows(rule), oldest_kept=sql.Literal(oldest_kept)
    )


def _free_rows(rule: EvidenceRule) -> sql.Composed:
    """The rows of a rule that no hold keeps and no record needs, as the rest of a statement."""
    kept = [_held(rule), *_pointed_at(rule.model)]
    # The condition is a constant of the code that declares the rule.
    return sql.SQL("FROM {} AS e WHERE ({}) AND NOT ({})").format(
        _table(rule.model), sql.SQL(rule.where), sql.SQL(" OR ").join(kept)
    )


def _held(rule: EvidenceRule) -> sql.Composed:
    line = declaration_of(rule.model)
    reached = [_hold("rule", "code", sql.Literal(rule.name))]
    if line and line.subject:
        reached.append(_hold("subject", "target", _column(rule.model, line.subject)))
    if line and line.company:
        reached.append(_hold("company", "code", _column(rule.model, line.company)))
    if rule.record:
        reached.append(_hold("record", "target", _column(rule.model, rule.record)))
    return sql.SQL(_HELD).format(holds=_table(LegalHold), reached=sql.SQL(" OR ").join(reached))


def _hold(kind: str, column: str, value: sql.Composable) -> sql.Composed:
    """That a hold of a kind names a value; some columns hold a UUID as text."""
    return sql.SQL("h.kind = {} AND h.{}::text = {}::text").format(
        sql.Literal(kind), sql.Identifier(column), value
    )


def _pointed_at(model: type[models.Model]) -> list[sql.Composed]:
    """What a record still points at stays as long as the record."""
    keys = [relation.field for relation in model._meta.related_objects]
    return [
        sql.SQL(_POINTED_AT).format(
            table=_table(key.model),
            column=sql.Identifier(str(key.column)),
            target=sql.Identifier(str(key.target_field.column)),
        )
        for key in keys
        if isinstance(key, models.ForeignKey)
    ]


def _column(model: type[models.Model], name: str) -> sql.Identifier:
    column: Any = model._meta.get_field(name)
    return sql.Identifier("e", str(column.column))


def _table(model: type[models.Model]) -> sql.Identifier:
    return sql.Identifier("public", model._meta.db_table)
