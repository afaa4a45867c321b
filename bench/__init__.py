"""What is promised about speed, measured beside a named peer in the same run; `make bench`."""
