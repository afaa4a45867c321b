"""What ``generate.py`` writes from the service's OpenAPI document."""
