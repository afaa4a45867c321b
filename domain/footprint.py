"""The area of sky that each image of a file covers."""

from __future__ import annotations

from math import asin, atan2, degrees, hypot, pi, radians, sin, sqrt
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from domain.celestial_wcs import CelestialWcs, read_celestial_wcs
from domain.header import HeaderUnit, Problem
from domain.sky_geometry import MIDDLE_COSINE, TOUCH_RAD, polygon_contains
from domain.wcs_keywords import BadWcs

__all__ = ["Footprint", "footprints"]

Vector = tuple[float, float, float]

WIDEST_RADIUS_DEG = 80.0
_WIDEST_CHORD = 2.0 * sin(radians(WIDEST_RADIUS_DEG) / 2.0)
# How far an outline may stray from the true, curved border, as a part of the footprint's diameter.
STRAY_PART = 3e-4
_STEPS = 16  # samples of an edge, a power of two
_ARCSEC_IN_RAD = 180.0 * 3600.0 / pi
_DOWN_THE_EDGES = np.arange(_STEPS) / _STEPS


class Footprint(msgspec.Struct, frozen=True):
    """The sky area of one image, ICRS.

    Attributes
    ----------
    unit_index : int
        The HDU.
    vertices_deg : list of (float, float)
        RA within [0, 360) and Dec of the outline along the outer edges of the outer pixels, joined by great circles;
        counter-clockwise as one sees the sky (from north through east), and not closed. Four where edges are straight,
        more where they are curved: the outline stays within 0.03 % of the diameter of the true border.
    center_ra_deg, center_dec_deg : float
        Where the middle of the image is: 0-based pixel ((width-1)/2, (height-1)/2).
    radius_deg : float
        Of the smallest circle about the centre that holds the outline.
    inner_radius_deg : float
        Of the largest circle about the centre that the outline holds; 0 where the centre is outside.
    pixel_scale_arcsec : float
        Side of a square of the area of the middle pixel.
    position_angle_deg : float
        Of the image's up direction (growing row numbers) at the centre, from north through east, within [0, 360).
    parity : 1 or -1
        1 where rows drawn upwards show the sky as seen by eye (east is left of north), -1 where mirrored.
    """

    unit_index: int
    vertices_deg: list[tuple[float, float]]
    center_ra_deg: float
    center_dec_deg: float
    radius_deg: float
    inner_radius_deg: float
    pixel_scale_arcsec: float
    position_angle_deg: float
    parity: Literal[1, -1]


class _Unbounded(ValueError):
    """The image reaches over the edge of its projection, or over too much of the sky for a polygon."""


def footprints(units: list[HeaderUnit]) -> tuple[list[Footprint], list[Problem]]:
    """Find the footprint of every image that has a celestial WCS.

    Images without one, tables, spectra, solar images and a mere pointing give none. Of a cube or a colour stack the two
    celestial axes count. Nothing in a header makes this fail.

    Parameters
    ----------
    units : list of HeaderUnit

    Returns
    -------
    (list of Footprint, list of Problem)
        In the order of the units. Problems: ``wcs-invalid`` (a WCS that cannot be used, with the reason),
        ``footprint-unbounded`` (an image of the whole sky, or beyond the edge of its projection) and
        ``wcs-approximate`` (a footprint without a distortion that cannot be read).

    Source
    ------
    Greisen & Calabretta 2002 and Calabretta & Greisen 2002 (FITS WCS Papers I and II); Shupe et al. 2005 (SIP).
    """
    found: list[Footprint] = []
    problems: list[Problem] = []
    for unit in units:
        try:
            wcs = read_celestial_wcs(unit)
            if wcs is None:
                continue
            found.append(_plain_footprint(unit.index, wcs) if wcs.is_plain else _curved_footprint(unit.index, wcs))
        except _Unbounded:
            detail = f"HDU {unit.index}: the image reaches over the edge of its projection or over half of the sky; "
            problems.append(
                Problem("footprint-unbounded", detail + "it has no footprint and no search by sky finds it.")
            )
        except (ValueError, ArithmeticError, TypeError) as error:
            reason = str(error) if isinstance(error, BadWcs) else "its values lead nowhere"
            detail = f"HDU {unit.index}: the WCS cannot be used ({reason}); no search by sky finds this image."
            problems.append(Problem("wcs-invalid", detail))
        else:
            if wcs.is_approximate:
                detail = f"HDU {unit.index}: the WCS has an IRAF distortion that is not read; "
                problems.append(Problem("wcs-approximate", detail + "the footprint may be off by some arcseconds."))
    return found, problems


def _plain_footprint(unit_index: int, wcs: CelestialWcs) -> Footprint:
    """Four corners: a gnomonic image's edges are great circles."""
    at, right, top = wcs.at, wcs.width - 0.5, wcs.height - 0.5
    middle_x, middle_y = (wcs.width - 1) / 2, (wcs.height - 1) / 2
    outline = [at(-0.5, -0.5), at(right, -0.5), at(right, top), at(-0.5, top)]
    ahead_x, ahead_y = at(middle_x + 0.5, middle_y), at(middle_x, middle_y + 0.5)
    behind_x, behind_y = at(middle_x - 0.5, middle_y), at(middle_x, middle_y - 0.5)
    step_x, step_y = _minus(ahead_x, behind_x), _minus(ahead_y, behind_y)
    return _describe(unit_index, outline, at(middle_x, middle_y), step_x, step_y, holds_centre=True)


def _curved_footprint(unit_index: int, wcs: CelestialWcs) -> Footprint:
    """As many points along each edge as its curvature asks for."""
    along_x, along_y = _DOWN_THE_EDGES * wcs.width - 0.5, _DOWN_THE_EDGES * wcs.height - 0.5
    right, top = np.full(_STEPS, wcs.width - 0.5), np.full(_STEPS, wcs.height - 0.5)
    low = np.full(_STEPS, -0.5)
    middle_x, middle_y = (wcs.width - 1) / 2, (wcs.height - 1) / 2
    around_x = np.array([0.0, 0.5, -0.5, 0.0, 0.0]) + middle_x
    around_y = np.array([0.0, 0.0, 0.0, 0.5, -0.5]) + middle_y
    # Backwards along the upper and the left edge: from the far corner by the same steps.
    back_x, back_y = wcs.width - 1.0 - along_x, wcs.height - 1.0 - along_y
    directions = wcs.directions(
        np.concatenate((along_x, right, back_x, low, around_x)),
        np.concatenate((low, along_y, top, back_y, around_y)),
    )
    if not np.isfinite(directions).all():
        raise _Unbounded
    border, around = directions[: 4 * _STEPS], directions[4 * _STEPS :]
    centre = around[0]
    if float(((border - centre) ** 2).sum(axis=1).max()) > _WIDEST_CHORD**2:
        raise _Unbounded
    outline = _thinned(border, centre)
    holds = _fits_a_hemisphere(outline) and bool(polygon_contains(np.array(outline), centre[None, :])[0])
    x1, x0, y1, y0 = (tuple(row) for row in around[1:].tolist())
    return _describe(unit_index, outline, tuple(centre.tolist()), _minus(x1, x0), _minus(y1, y0), holds_centre=holds)


def _thinned(border: npt.NDArray[np.float64], centre: npt.NDArray[np.float64]) -> list[Vector]:
    """Keep of each edge's samples the fewest, evenly spaced, that leave the others close to the chords."""
    closed = np.concatenate((border, border[:1]))
    corners = border[::_STEPS]
    stray = STRAY_PART * 2.0 * float(np.sqrt(((corners - centre) ** 2).sum(axis=1).max()))
    outline: list[Vector] = []
    for edge in range(4):
        samples = closed[edge * _STEPS : (edge + 1) * _STEPS + 1]
        parts = 1
        while parts < _STEPS and _distance_to_chords(samples, parts) > stray:
            parts *= 2
        outline.extend(tuple(row) for row in samples[: -1 : _STEPS // parts].tolist())
    return outline


def _distance_to_chords(samples: npt.NDArray[np.float64], parts: int) -> float:
    """Measure how far samples, shape (17, 3), are at most from the great circles that join every 16/parts-th."""
    every = _STEPS // parts
    start, end = samples[:-1:every], samples[every::every]
    normal = start[:, (1, 2, 0)] * end[:, (2, 0, 1)] - start[:, (2, 0, 1)] * end[:, (1, 2, 0)]
    length = np.sqrt((normal * normal).sum(axis=1))
    between = samples[:-1].reshape(parts, every, 3)
    beside = np.abs((between * normal[:, None, :]).sum(axis=2))
    return float((beside / np.maximum(length, TOUCH_RAD)[:, None]).max())


def _fits_a_hemisphere(outline: list[Vector]) -> bool:
    x, y, z = (sum(vector[axis] for vector in outline) for axis in range(3))
    least = MIDDLE_COSINE * sqrt(x * x + y * y + z * z)
    return least > 0.0 and all(a * x + b * y + c * z >= least for a, b, c in outline)


def _describe(
    unit_index: int, outline: list[Vector], centre: Vector, step_x: Vector, step_y: Vector, *, holds_centre: bool
) -> Footprint:
    """Put a footprint together from its outline and the change of direction over one pixel at the centre."""
    widest = sqrt(max(_square(_minus(vertex, centre)) for vertex in outline))
    if widest > _WIDEST_CHORD or not _fits_a_hemisphere(outline):
        raise _Unbounded
    cx, cy, _ = centre
    across = _dot(_cross(step_x, step_y), centre)
    # Seen from inside the sphere, x to the right and y up turn the other way than from outside.
    parity: Literal[1, -1] = 1 if across < 0.0 else -1
    if parity < 0:
        outline = [outline[0], *outline[:0:-1]]
    away = hypot(cx, cy)
    east: Vector = (-cy / away, cx / away, 0.0) if away > TOUCH_RAD else (0.0, 1.0, 0.0)
    angle_deg = degrees(atan2(_dot(step_y, east), _dot(step_y, _cross(centre, east))))
    inner = min(_distance_to_arc(centre, a, b) for a, b in zip(outline, outline[1:] + outline[:1], strict=True))
    center_ra_deg, center_dec_deg = _position(centre)
    return Footprint(
        unit_index,
        [_position(vertex) for vertex in outline],
        center_ra_deg,
        center_dec_deg,
        degrees(2.0 * asin(widest / 2.0) + TOUCH_RAD),
        degrees(max(inner - TOUCH_RAD, 0.0)) if holds_centre else 0.0,
        sqrt(abs(across)) * _ARCSEC_IN_RAD,
        angle_deg % 360.0 if angle_deg % 360.0 < 360.0 else 0.0,
        parity,
    )


def _distance_to_arc(point: Vector, start: Vector, end: Vector) -> float:
    """Angle between a point and a great-circle arc, radians."""
    normal = _cross(start, end)
    length = sqrt(_square(normal))
    if length > 0.0 and _dot(_cross(normal, start), point) >= 0.0 and _dot(_cross(end, normal), point) >= 0.0:
        return asin(min(1.0, abs(_dot(normal, point)) / length))
    nearest = min(_square(_minus(point, start)), _square(_minus(point, end)))
    return 2.0 * asin(min(1.0, sqrt(nearest) / 2.0))


def _position(vector: Vector) -> tuple[float, float]:
    x, y, z = vector
    ra_deg = degrees(atan2(y, x)) % 360.0
    return (ra_deg if ra_deg < 360.0 else 0.0), degrees(atan2(z, hypot(x, y)))


def _minus(a: Vector, b: Vector) -> Vector:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _cross(a: Vector, b: Vector) -> Vector:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def _square(a: Vector) -> float:
    return a[0] * a[0] + a[1] * a[1] + a[2] * a[2]
