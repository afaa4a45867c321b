"""PostgreSQL stores, object stores, and FITS access over objects."""
