"""The verbs of a request: guard, write, audit, outbox, in one transaction."""
