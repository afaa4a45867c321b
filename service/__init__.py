"""The HTTP service: handlers, actions, auth, jobs, configuration, wiring."""
