"""Use cases: permission, transaction, events."""
