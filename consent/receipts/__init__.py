"""A receipt for each consent and withdrawal: to be read, and as JSON (E-5a, E-8g)."""
