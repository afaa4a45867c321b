"""A demonstration of the whole house: a simulated observing night, and the driver that brings it in."""
