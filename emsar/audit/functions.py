"""Functions of the owner's that a role may call to do what its own rights do not allow.

They are defined anew by each set-up, so that they always fit the code, and nobody but the roles
named may call them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from psycopg import sql

Definition = Callable[[], sql.Composed]


@dataclass(frozen=True)
class OwnersFunction:
    """``signature`` are the types of the arguments, as SQL lists them."""

    name: str
    signature: str
    role: str
    define: Definition


_FUNCTIONS: dict[str, OwnersFunction] = {}


def lend(name: str, signature: str, *, role: str, define: Definition) -> None:
    """Let ``role`` alone call a function of the owner's; ``define`` gives its CREATE statement."""
    _FUNCTIONS[name] = OwnersFunction(name, signature, role, define)


def definitions(roles: tuple[str, ...]) -> list[sql.Composed]:
    """The statements that define every function and let its role, and nobody else, call it."""
    everybody = sql.SQL(", ").join([sql.SQL("PUBLIC"), *map(sql.Identifier, roles)])
    return [statement for each in _FUNCTIONS.values() for statement in _define(each, everybody)]


def _define(function: OwnersFunction, everybody: sql.Composed) -> list[sql.Composed]:
    # The signature is no text of anybody's: it stands in the code of the room that lends it.
    name = sql.SQL("public.{}({})").format(
        sql.Identifier(function.name), sql.SQL(function.signature)
    )
    return [
        function.define(),
        sql.SQL("REVOKE ALL ON FUNCTION {} FROM {}").format(name, everybody),
        sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(name, sql.Identifier(function.role)),
    ]
