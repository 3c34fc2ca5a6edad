"""Every look-up of a package goes by an index, so that a million requests do not slow it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dsar.package import assemble
from tests.dsar.people import known_person

pytestmark = pytest.mark.django_db
# Registers of the organisation and the holds in force: a handful of rows, read whole.
SMALL = ("entities_", "policies_", "staff_user")


def test_no_statement_reads_a_table_from_end_to_end() -> None:
    known = known_person()
    assemble(known.case)
    with CaptureQueriesContext(connection) as queries:
        assemble(known.case)
    asked = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert len(asked) > 20
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for statement in asked:
            cursor.execute(f"EXPLAIN {statement}")
            plan = [line for (line,) in cursor.fetchall()]
            whole = [line for line in plan if "Seq Scan on" in line and not is_small(line)]
            assert not whole, f"{statement}\n{plan}"


def is_small(line: str) -> bool:
    name = line.partition("Seq Scan on ")[2].split()[0]
    return name.startswith(SMALL)
