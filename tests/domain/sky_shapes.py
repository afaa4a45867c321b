"""Random shapes on the sky, for the tests of what covers, contains and meets them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from domain.sky_geometry import middle_of, unit_vector

__all__ = ["direction_from", "polygons", "positions", "star_polygon", "vertices_deg"]

# Places where cells, coordinates or projections are odd: the poles, RA 0, the transition belt of HEALPix, face corners.
_ODD = st.sampled_from(
    [(0.0, 90.0), (0.0, -90.0), (0.0, 0.0), (360.0, 41.8103), (45.0, 41.8103), (45.0, 0.0), (90.0, 89.99)]
)
_ANY = st.tuples(st.floats(0.0, 360.0), st.floats(-1.0, 1.0).map(lambda z: float(np.degrees(np.arcsin(z)))))
positions = st.one_of(_ANY, _ANY, _ODD)


def direction_from(start: np.ndarray, bearing_deg: float, away_deg: float) -> np.ndarray:
    """Walk from a unit vector along a great circle; the bearing counts from an arbitrary but fixed side."""
    side = np.cross(start, [0.0, 0.0, 1.0] if abs(start[2]) < 0.9 else [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    ahead = np.cos(np.radians(bearing_deg)) * side + np.sin(np.radians(bearing_deg)) * np.cross(start, side)
    there = np.cos(np.radians(away_deg)) * start + np.sin(np.radians(away_deg)) * ahead
    return there / np.linalg.norm(there)


def star_polygon(centre: np.ndarray, rng: np.random.Generator, widest_deg: float) -> np.ndarray:
    """Draw a polygon, often not convex, whose vertices lie at random distances all around a centre."""
    number = int(rng.integers(3, 9))
    bearings = (np.arange(number) + rng.uniform(0.1, 0.9, number)) * 360.0 / number
    return np.array([direction_from(centre, b, widest_deg * rng.uniform(0.1, 1.0)) for b in bearings])


@st.composite
def polygons(draw: st.DrawFn, widest_deg: float = 40.0) -> np.ndarray:
    """Draw a polygon of 3 to 8 vertices, from 0.1 arcsec to 80 degrees across, as unit vectors of shape (n, 3)."""
    centre = unit_vector(*draw(positions))
    exponent = draw(st.floats(-4.5, float(np.log10(widest_deg))))
    shape = star_polygon(centre, np.random.default_rng(draw(st.integers(0, 2**32))), 10.0**exponent)
    return shape if middle_of(shape) is not None else star_polygon(centre, np.random.default_rng(0), 1.0)


def vertices_deg(polygon: np.ndarray) -> list[tuple[float, float]]:
    """Give a polygon of unit vectors as (ra, dec) in degrees."""
    ra = np.degrees(np.arctan2(polygon[:, 1], polygon[:, 0]))
    dec = np.degrees(np.arctan2(polygon[:, 2], np.hypot(polygon[:, 0], polygon[:, 1])))
    return list(zip(ra.tolist(), dec.tolist(), strict=True))
