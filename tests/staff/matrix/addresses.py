"""Every address below /admin/ with arguments that exist, and whose row each of them is about."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RegexPattern, RoutePattern

from tests.staff.matrix.samples import Arguments, samples
from tests.staff.matrix.world import World

# Django's way from "…/<number>/" on to "…/<number>/change/", for each model: it looks nothing up.
ONWARD = "<path:object_id>/"


@dataclass(frozen=True)
class Address:
    """``whose`` is a company, one of the people, "nobody", or "any" for what belongs to no one."""

    name: str
    path: str
    whose: str


def addresses(world: World) -> Iterator[Address]:
    """All of them, a line for each kind of row that there is."""
    for name, pattern in _patterns("/admin/", admin.site.get_urls()):
        if name == ONWARD:
            continue
        for whose, arguments in samples(world, name, pattern.count("<")):
            label = f"{name} {arguments[0]}" if name == "app_list" else name
            yield Address(label, _filled(pattern, arguments), whose)


def _patterns(prefix: str, entries: list[Any]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        text = _text(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(prefix + text, entry.url_patterns)
        elif isinstance(entry, URLPattern):
            yield entry.name or text, prefix + text


def _text(pattern: object) -> str:
    if isinstance(pattern, RoutePattern):
        return str(pattern)
    assert isinstance(pattern, RegexPattern), pattern
    # Django's page of one app, and what is left of the addresses.
    return "<str:app_label>/" if "app_label" in str(pattern) else "<path:rest>"


def _filled(pattern: str, arguments: Arguments) -> str:
    left = list(arguments)
    parts = pattern.split("<")
    return parts[0] + "".join(left.pop(0) + part.partition(">")[2] for part in parts[1:])
