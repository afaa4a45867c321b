"""The Uraniborg client."""
