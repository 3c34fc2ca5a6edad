"""The second wall: PostgreSQL itself shows the web only the rows that its transaction is about.

What somebody may see is decided by ``visible_to``; this holds where that is forgotten or broken
(E-2b, E-9c). A transaction names its scope (`emsar.staff.rows`); without one the web sees and
writes nothing. The worker, which serves everybody, sees all rows, and the owner passes by.

It is no wall against whoever can run statements of their own: they can name a scope too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import models
from psycopg import sql

# Local to a transaction, so that nothing is left of it on a connection that goes back to the pool.
SETTING = "emsar.rows"
SCHEMA = "public"
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Door:
    """Rows of a table that are open in these scopes, and what may be done with them.

    ``where`` is SQL about the row, in which ``{value}`` is what the scope is about, as ``kind``.
    What it says of other walled tables is held to their own doors.
    """

    scopes: str
    where: str = "TRUE"
    verbs: str = "SELECT, INSERT, UPDATE, DELETE"
    kind: str = "text"


_DOORS: dict[type[models.Model], tuple[Door, ...]] = {}


def protect(model: type[models.Model], *doors: Door) -> None:
    """Let the web see and write only what these doors open of a model's table.

    Raises ValueError for what is no verb on a row.
    """
    for door in doors:
        if not set(_listed(door.verbs)) <= set(VERBS):
            raise ValueError(f"{model._meta.label}: {door.verbs} is more than there is")
    _DOORS[model] = doors


def is_protected(model: type[models.Model]) -> bool:
    """Whether the model's table has this wall."""
    return model in _DOORS


def walls(web: str, worker: str) -> list[sql.Composed]:
    """The statements that put up every wall anew; what stood there before goes."""
    return [
        statement
        for model, doors in _DOORS.items()
        for statement in _wall(sql.Identifier(SCHEMA, model._meta.db_table), doors, web, worker)
    ]


_DROP = """
DO $$ DECLARE found name; BEGIN
    FOR found IN SELECT polname FROM pg_policy WHERE polrelid = {}::regclass LOOP
        EXECUTE format('DROP POLICY %I ON %s', found, {}::regclass);
    END LOOP;
END $$
"""


def _wall(
    table: sql.Identifier, doors: Sequence[Door], web: str, worker: str
) -> Iterator[sql.Composed]:
    name = sql.Literal(table.as_string(None))
    yield sql.SQL(_DROP).format(name, name)
    yield sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(table)
    yield sql.SQL("CREATE POLICY worker ON {} TO {} USING (TRUE)").format(
        table, sql.Identifier(worker)
    )
    for door in doors:
        for verb in _listed(door.verbs):
            yield _policy(table, door, verb, sql.Identifier(web))


def _policy(table: sql.Identifier, door: Door, verb: str, role: sql.Identifier) -> sql.Composed:
    # A new row is looked at as well, so that none can be put where it would not be seen.
    clause = "WITH CHECK" if verb == "INSERT" else "USING"
    statement = f"CREATE POLICY {{}} ON {{}} FOR {verb} TO {{}} {clause} ({{}})"
    name = sql.Identifier("_".join(["web", *_listed(door.scopes), verb.lower()]))
    # Neither verbs nor conditions are anybody's text: they stand in the code of a room.
    return sql.SQL(statement).format(name, table, role, sql.SQL(_condition(door)))


def _condition(door: Door) -> str:
    """The scope and its value are found once a statement, not once a row."""
    scope = f"current_setting('{SETTING}', TRUE)"
    names = ", ".join(f"'{name}'" for name in _listed(door.scopes))
    is_open = f"split_part({scope}, ' ', 1) IN ({names})"
    value = f"NULLIF(split_part({scope}, ' ', 2), '')::{door.kind}"
    # In another scope the value may be of another kind.
    where = door.where.format(value=f"(SELECT CASE WHEN {is_open} THEN {value} END)")
    return f"(SELECT {is_open}) AND ({where})"


def _listed(names: str) -> list[str]:
    return [name.strip() for name in names.split(",")]
