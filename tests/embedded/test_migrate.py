"""``manage.py migrate`` as docs/operations.md says it, on a database without any table."""

import os
import subprocess
import sys

import psycopg
from django.conf import settings

from emsar.embedded.postgres import connection_parameters
from tests.connections import second_connection


def test_empty_database_is_migrated_and_checked(db) -> None:
    owner = os.environ["DATABASE_URL"]
    name = f"emsar_empty_{os.getpid()}"
    with second_connection(autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    try:
        url = f"{owner.rpartition('/')[0]}/{name}"
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate", "--no-input"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATABASE_URL": url, "DATABASE_ROLE": "owner"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        with psycopg.connect(**connection_parameters(url)) as session:
            assert session.execute("SELECT count(*) FROM policies_policyversion").fetchone()
    finally:
        with second_connection(autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
