"""The message catalogues: extracted, compiled and checked with Babel, without GNU gettext.

Every visible text is a message with an English id and an entry in the catalogue of each
language under ``locale/``; a page never mixes languages (S-0g), so `make check` fails while one
entry is missing.
"""
