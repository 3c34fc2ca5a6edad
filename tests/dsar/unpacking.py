"""What a package holds, for tests."""

import csv
import io
import json
import zipfile
from typing import Any

from dsar.package import Package


def unpacked(package: Package) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package.bytes)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def data(package: Package) -> dict[str, Any]:
    return json.loads(unpacked(package)["my-data.json"])


def tables(package: Package) -> dict[str, list[dict[str, Any]]]:
    return {table["table"]: table["rows"] for table in data(package)["tables"]}


def html(package: Package) -> str:
    return unpacked(package)["my-data.html"].decode()


def sheet(package: Package, label: str) -> list[dict[str, str]]:
    text = unpacked(package)[f"tables/{label}.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))
