"""The verbs of a case, a module for each kind of them."""
