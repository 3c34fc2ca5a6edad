"""Security reviews: a register, and a clock that nobody can let run out unseen (E-9e)."""
