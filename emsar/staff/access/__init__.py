"""The way in: invitation, password, second factor; and out again (E-9b, E-9c, S-2b)."""
