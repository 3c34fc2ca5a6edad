"""Published versions and their texts cannot be changed by anybody, the owner included (E-0a)."""

from django.db import migrations

_CREATE = """
CREATE FUNCTION policies_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'policy version % is published: % refused', OLD.number, TG_OP
            USING ERRCODE = '42501';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION policies_text_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched bigint[] := ARRAY[]::bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN touched := touched || OLD.version_id; END IF;
    IF TG_OP <> 'DELETE' THEN touched := touched || NEW.version_id; END IF;
    IF EXISTS (SELECT 1 FROM policies_policyversion
               WHERE id = ANY(touched) AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a text of a published policy version: % refused', TG_OP
            USING ERRCODE = '42501';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION policies_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_database() LIKE 'test\\_%' AND
       (SELECT pg_get_userbyid(relowner) = current_user FROM pg_class WHERE oid = TG_RELID) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '%: TRUNCATE refused', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON policies_policyversion
    FOR EACH ROW EXECUTE FUNCTION policies_version_frozen();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON policies_policytext
    FOR EACH ROW EXECUTE FUNCTION policies_text_frozen();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON policies_policyversion
    FOR EACH STATEMENT EXECUTE FUNCTION policies_no_truncate();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON policies_policytext
    FOR EACH STATEMENT EXECUTE FUNCTION policies_no_truncate();
"""
_DROP = """
DROP TRIGGER no_truncate ON policies_policytext;
DROP TRIGGER no_truncate ON policies_policyversion;
DROP TRIGGER frozen ON policies_policytext;
DROP TRIGGER frozen ON policies_policyversion;
DROP FUNCTION policies_no_truncate();
DROP FUNCTION policies_text_frozen();
DROP FUNCTION policies_version_frozen();
"""


def freeze() -> migrations.RunSQL:
    """The triggers; a version is frozen by the UPDATE that sets ``published_at``."""
    return migrations.RunSQL(_CREATE, _DROP)
