"""Functions that are read at one look, files that are read at one sitting (style)."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.structure.sources import python_files, shown

LONGEST_FUNCTION = 40
LONGEST_FILE = 300
MEDIAN = 8
NINE_OF_TEN = 25


def code() -> Iterator[Path]:
    return (path for path in python_files() if "migrations" not in path.parts)


def functions() -> dict[str, int]:
    """Every function and its lines, decorators left out."""
    found = {}
    for path in code():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{shown(path)}:{node.lineno} {node.name}"
                found[name] = (node.end_lineno or node.lineno) - node.lineno + 1
    return found


def test_no_function_is_longer_than_forty_lines() -> None:
    assert {name: n for name, n in functions().items() if n > LONGEST_FUNCTION} == {}


def test_most_functions_are_short() -> None:
    lengths = sorted(functions().values())
    assert median(lengths) <= MEDIAN
    assert lengths[int(len(lengths) * 0.9)] < NINE_OF_TEN


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    lengths = {shown(path): len(path.read_text("utf-8").splitlines()) for path in code()}
    assert {name: n for name, n in lengths.items() if n >= LONGEST_FILE} == {}
