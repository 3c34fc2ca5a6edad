"""The confidentiality undertaking of staff: asked for before the administration opens (E-9d)."""
