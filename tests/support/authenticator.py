"""The codes of somebody's authenticator."""

from __future__ import annotations

import time

import pyotp

__all__ = ["STEP_S", "code_of"]

STEP_S = 30
IN_HAND_S = 5


def code_of(secret: str, steps: int = 0) -> str:
    """Give the code of now, or of some steps of 30 s away.

    The step before this one is good only as long as this one lasts: where that is for a moment, the next is waited for.
    """
    left_s = STEP_S - time.time() % STEP_S
    if steps < 0 and left_s < IN_HAND_S:
        time.sleep(left_s)
    return pyotp.TOTP(secret).at(time.time() + STEP_S * steps)
