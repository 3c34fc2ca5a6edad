"""A copy of everything that is held about a person, made when it is fetched and never stored."""

from dsar.package.assembling import Package, assemble

__all__ = ["Package", "assemble"]
