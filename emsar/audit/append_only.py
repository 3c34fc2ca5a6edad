"""Migration operation that makes a table append-only for everybody but its owner (idea 6)."""

from django.db import migrations

CREATE_FUNCTION = """
CREATE OR REPLACE FUNCTION evidence_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE is_owner boolean;
BEGIN
    SELECT pg_get_userbyid(relowner) = current_user INTO is_owner
        FROM pg_class WHERE oid = TG_RELID;
    -- A row past its term leaves through a function of the owner's.
    IF is_owner AND TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    -- The test runner empties tables.
    IF is_owner AND TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '42501';
END $$;
"""
DROP_FUNCTION = "DROP FUNCTION IF EXISTS evidence_append_only();"


def create_function() -> migrations.RunSQL:
    """The trigger function; once, in this app's first migration."""
    return migrations.RunSQL(CREATE_FUNCTION, DROP_FUNCTION)


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE of ``table``; it must belong to an EvidenceRow."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION evidence_append_only();
        CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION evidence_append_only();
        """,
        f"""
        DROP TRIGGER append_only_rows ON {table};
        DROP TRIGGER append_only_table ON {table};
        """,
    )
