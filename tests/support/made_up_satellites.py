"""A catalogue of satellites that never flew: every kind of orbit, and some that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from domain.element_set import ElementSet

__all__ = ["EPOCH", "decayed_set", "made_up_sets", "unusable_sets"]

EPOCH = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

# Mean motion, rev/day; greatest eccentricity; inclination, degrees. Low, sun-synchronous, very low, 1200 km, medium,
# geostationary, inclined synchronous, transfer, Molniya, and far out.
_KINDS = (
    (15.2, 0.002, 53.0),
    (14.9, 0.01, 97.6),
    (16.1, 0.003, 43.0),
    (13.16, 0.001, 87.9),
    (2.0056, 0.02, 56.0),
    (1.00273, 0.0004, 0.05),
    (1.00273, 0.1, 62.0),
    (2.27, 0.73, 27.0),
    (2.006, 0.72, 63.4),
    (0.3, 0.4, 40.0),
    (11.0, 0.2, 65.0),
)


def made_up_sets(count: int, seed: int = 7, epoch: datetime = EPOCH, age_days: float = 1.0) -> Iterator[ElementSet]:
    """Make elements, all kinds in turn, with epochs up to ``age_days`` before the epoch given."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        mean_motion, eccentricity, inclination_deg = _KINDS[number % len(_KINDS)]
        yield ElementSet(
            norad_id=900_000 + number,
            name=f"MADE-UP-{number}",
            designator=f"2026-{number // 26 + 1:03d}{chr(65 + number % 26)}",
            epoch=epoch - timedelta(days=float(rng.uniform(0.0, age_days))),
            mean_motion_rev_day=mean_motion * float(rng.uniform(0.998, 1.002)),
            eccentricity=eccentricity * float(rng.uniform(0.9, 1.0) if eccentricity > 0.05 else rng.uniform()),
            inclination_deg=inclination_deg + float(rng.uniform(0.0, 0.5)),
            raan_deg=float(rng.uniform(0.0, 360.0)),
            perigee_argument_deg=float(rng.uniform(0.0, 360.0)),
            mean_anomaly_deg=float(rng.uniform(0.0, 360.0)),
            bstar=float(rng.uniform(0.0, 3e-4)) if mean_motion > 10 else 0.0,
        )


def decayed_set(epoch: datetime = EPOCH) -> ElementSet:
    """Make a satellite that falls within days: SGP4 finds it below the ground ten days later."""
    return ElementSet(
        norad_id=990_001,
        name="MADE-UP DECAYING",
        epoch=epoch,
        mean_motion_rev_day=16.45,
        eccentricity=0.0005,
        inclination_deg=51.6,
        raan_deg=10.0,
        perigee_argument_deg=20.0,
        mean_anomaly_deg=30.0,
        bstar=0.01,
    )


def unusable_sets(epoch: datetime = EPOCH) -> list[ElementSet]:
    """Make sets that SGP4 refuses, each for another reason."""
    plain = {
        "epoch": epoch,
        "inclination_deg": 50.0,
        "raan_deg": 0.0,
        "perigee_argument_deg": 0.0,
        "mean_anomaly_deg": 0.0,
    }
    return [
        ElementSet(norad_id=991_001, name="BEYOND", mean_motion_rev_day=15.0, eccentricity=1.2, **plain),
        ElementSet(norad_id=991_002, name="STILL", mean_motion_rev_day=0.0, eccentricity=0.0, **plain),
        ElementSet(norad_id=991_003, name="NOT A NUMBER", mean_motion_rev_day=float("nan"), eccentricity=0.0, **plain),
        ElementSet(norad_id=991_004, name="BACKWARDS", mean_motion_rev_day=-15.0, eccentricity=0.0, **plain),
        ElementSet(
            norad_id=991_005,
            name="NO ANGLE",
            mean_motion_rev_day=15.0,
            eccentricity=0.0,
            **{**plain, "raan_deg": float("inf")},
        ),
        ElementSet(norad_id=991_006, name="NEGATIVE", mean_motion_rev_day=15.0, eccentricity=-0.2, **plain),
    ]
