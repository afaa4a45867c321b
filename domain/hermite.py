"""Between the nodes of a path: polynomials that meet positions and their derivatives at both ends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["cubic_rates", "cubic_weights", "quintic_rates", "quintic_weights"]

Floats = npt.NDArray[np.float64]


def cubic_weights(share: npt.ArrayLike, step_s: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Weights of start position, start velocity, end position and end velocity at a share, 0 to 1, of a step."""
    s = np.asarray(share, dtype=np.float64)
    to_end = s * s * (3.0 - 2.0 * s)
    return 1.0 - to_end, step_s * s * (1.0 - s) ** 2, to_end, step_s * s * s * (s - 1.0)


def cubic_rates(share: npt.ArrayLike, step_s: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Derivatives by time of ``cubic_weights``."""
    s = np.asarray(share, dtype=np.float64)
    slope = 6.0 * s * (1.0 - s) / step_s
    return -slope, (1.0 - s) * (1.0 - 3.0 * s), slope, s * (3.0 * s - 2.0)


def quintic_weights(share: npt.ArrayLike, step_s: float) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Weights of position, velocity and acceleration at the start, then at the end, at a share of a step.

    Source
    ------
    The Hermite interpolant of fifth degree; Press et al. 2007, Numerical Recipes, describe how it is built.
    """
    s = np.asarray(share, dtype=np.float64)
    r = 1.0 - s
    to_end = s**3 * (10.0 - 15.0 * s + 6.0 * s * s)
    return (
        1.0 - to_end,
        step_s * s * r**3 * (1.0 + 3.0 * s),
        step_s**2 * 0.5 * s * s * r**3,
        to_end,
        -step_s * s**3 * r * (4.0 - 3.0 * s),
        step_s**2 * 0.5 * s**3 * r * r,
    )


def quintic_rates(share: npt.ArrayLike, step_s: float) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Derivatives by time of ``quintic_weights``."""
    s = np.asarray(share, dtype=np.float64)
    r = 1.0 - s
    slope = 30.0 * s * s * r * r / step_s
    return (
        -slope,
        r * r * (1.0 + 2.0 * s - 15.0 * s * s),
        step_s * 0.5 * s * r * r * (2.0 - 5.0 * s),
        slope,
        s * s * (28.0 * s - 12.0 - 15.0 * s * s),
        step_s * 0.5 * s * s * r * (3.0 - 5.0 * s),
    )
