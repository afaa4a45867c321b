"""The values that pass between client and service, by the names of its OpenAPI document."""

from __future__ import annotations

from uraniborg._generated import wire as _wire
from uraniborg._generated.wire import *  # noqa: F403

__all__ = _wire.__all__
