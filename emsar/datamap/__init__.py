"""What personal data there is: field types, declarations, terms, and the check on them."""

from emsar.datamap.declarations import (
    Basis,
    Declaration,
    Erase,
    Personal,
    declaration_of,
    declarations,
    declare,
    declare_free,
)

__all__ = [
    "Basis",
    "Declaration",
    "Erase",
    "Personal",
    "declaration_of",
    "declarations",
    "declare",
    "declare_free",
]
