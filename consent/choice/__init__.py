"""The choice about cookies: read from one signed cookie, recorded, and carried out (E-10)."""
