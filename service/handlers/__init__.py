"""HTTP: parse, one action, reply."""
