"""A catalogue as large and as mixed as what is in orbit, of satellites that never flew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from domain.element_set import ElementSet

__all__ = ["EPOCH", "make_sets"]

EPOCH = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)

# Share of the catalogue; mean motion, rev/day; eccentricity up to; inclination, degrees. The shares are those of
# CelesTrak's active catalogue of July 2026, rounded.
_SHELLS = (
    (0.38, 15.06, 0.0003, 53.1),
    (0.22, 15.30, 0.0003, 43.0),
    (0.06, 15.20, 0.0003, 97.6),
    (0.04, 13.10, 0.0005, 87.9),
    (0.10, 15.15, 0.0020, 97.5),
    (0.09, 14.60, 0.0040, 98.2),
    (0.06, 14.30, 0.0100, 65.0),
    (0.045, 1.0027, 0.0005, 1.0),
    (0.002, 1.0027, 0.1000, 60.0),
    (0.0005, 2.27, 0.7300, 20.0),
    (0.0005, 2.006, 0.7200, 63.4),
    (0.002, 12.00, 0.1500, 70.0),
)


def make_sets(count: int, seed: int = 1) -> Iterator[ElementSet]:
    """Make element sets of the day before ``EPOCH``."""
    rng = np.random.default_rng(seed)
    shares = np.array([shell[0] for shell in _SHELLS])
    # What the shares leave open is in medium orbits.
    kinds = rng.choice(len(_SHELLS) + 1, size=count, p=[*shares, 1.0 - shares.sum()])
    shells = (*_SHELLS, (0.0, 2.0056, 0.01, 56.0))
    for number, kind in enumerate(kinds.tolist()):
        _, mean_motion, eccentricity, inclination_deg = shells[kind]
        yield ElementSet(
            norad_id=700_000 + number,
            name=f"BENCH-{number}",
            designator=f"2026-{number % 999 + 1:03d}A",
            epoch=EPOCH - timedelta(days=float(rng.uniform(0.0, 1.0))),
            mean_motion_rev_day=mean_motion * float(rng.uniform(0.995, 1.005)),
            eccentricity=eccentricity * float(rng.uniform(0.8, 1.0) if eccentricity > 0.05 else rng.uniform()),
            inclination_deg=inclination_deg + float(rng.uniform(-0.5, 0.5)),
            raan_deg=float(rng.uniform(0.0, 360.0)),
            perigee_argument_deg=float(rng.uniform(0.0, 360.0)),
            mean_anomaly_deg=float(rng.uniform(0.0, 360.0)),
            bstar=1e-4 if mean_motion > 10 else 0.0,
        )
