"""Exact predicates between points, cones and polygons on the sphere.

A polygon is an array of unit vectors, shape (n, 3): its vertices in order (either way round), joined by great-circle
arcs, closed by the arc from the last to the first. It must lie within one hemisphere, so that the gnomonic projection
about its middle turns every arc into a straight line. Inside is what an even-odd count says; the border belongs to it.
A cone is the closed disc of points within a radius of a centre. PostgreSQL answers the same questions by
``storage.sky_functions``.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, isfinite, radians, sin, sqrt

import numpy as np
import numpy.typing as npt

from domain.errors import InvalidInput

__all__ = [
    "MIDDLE_COSINE",
    "TOUCH_RAD",
    "Vectors",
    "edge_distance_rad",
    "middle_of",
    "next_vertices",
    "polygon_contains",
    "polygon_from_degrees",
    "polygon_meets_cone",
    "polygons_meet",
    "position_deg",
    "separation_deg",
    "square_to",
    "unit_vector",
]

Vectors = npt.NDArray[np.float64]

TOUCH_RAD = (
    1e-12  # shapes nearer than this touch: 0.2 microarcseconds, some thousand times the rounding of a unit vector
)
MIDDLE_COSINE = 0.05  # every vertex stays within 87 degrees of the polygon's middle


def unit_vector(ra_deg: npt.ArrayLike, dec_deg: npt.ArrayLike) -> Vectors:
    """Turn positions into unit vectors.

    Parameters
    ----------
    ra_deg, dec_deg : float or array, any one shape
        ICRS degrees.

    Returns
    -------
    ndarray, shape (..., 3)
        x towards (0, 0), y towards (90, 0), z towards the north pole.
    """
    ra, dec = np.radians(ra_deg), np.radians(dec_deg)
    across = np.cos(dec)
    return np.stack((across * np.cos(ra), across * np.sin(ra), np.sin(dec)), axis=-1)


def position_deg(vectors: Vectors) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Turn vectors of shape (..., 3), of any length, into RA within [0, 360) and Dec, degrees."""
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    ra = np.degrees(np.arctan2(y, x)) % 360.0
    return np.where(ra >= 360.0, 0.0, ra), np.degrees(np.arctan2(z, np.hypot(x, y)))


def separation_deg(
    ra1_deg: npt.ArrayLike, dec1_deg: npt.ArrayLike, ra2_deg: npt.ArrayLike, dec2_deg: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Measure the angle between positions, degrees; exact for tiny and for opposite ones.

    Returns
    -------
    ndarray, the common shape of the arguments (shape () for four numbers).
    """
    return np.degrees(_angle_rad(unit_vector(ra1_deg, dec1_deg), unit_vector(ra2_deg, dec2_deg)))


def polygon_from_degrees(vertices_deg: Iterable[tuple[float, float]]) -> Vectors:
    """Make a polygon of (ra, dec) vertices, either way round; repeated vertices and a closing one are dropped.

    Parameters
    ----------
    vertices_deg : iterable of (float, float)
        RA and Dec, ICRS degrees.

    Returns
    -------
    ndarray, shape (n, 3)
        Unit vectors, n at least 3.

    Raises
    ------
    InvalidInput
        Fewer than three different vertices, a value that is no position, or a polygon wider than a hemisphere.
    """
    # Plain floats: for the handful of vertices a polygon has they are several times quicker than arrays.
    vectors: list[tuple[float, float, float]] = []
    for ra_deg, dec_deg in vertices_deg:
        if not (isfinite(ra_deg) and abs(dec_deg) <= 90.0):
            raise InvalidInput("A polygon's vertices are RA and Dec in degrees; a Dec lies within -90 and 90.")
        ra, dec = radians(ra_deg), radians(dec_deg)
        across = cos(dec)
        vector = (across * cos(ra), across * sin(ra), sin(dec))
        if not vectors or _differ(vector, vectors[-1]):
            vectors.append(vector)
    if len(vectors) > 1 and not _differ(vectors[0], vectors[-1]):
        vectors.pop()
    if len(vectors) < 3:
        raise InvalidInput("A polygon needs at least three different vertices.")
    polygon = np.array(vectors)
    if middle_of(polygon) is None:
        raise InvalidInput("A polygon must fit into one hemisphere; split it into smaller ones.")
    return polygon


def next_vertices(polygon: Vectors) -> Vectors:
    """Return for each vertex the one after it, shape (n, 3)."""
    return np.concatenate((polygon[1:], polygon[:1]))


def square_to(direction: Vectors) -> tuple[Vectors, Vectors]:
    """Return two unit vectors, shape (3,), that with a given one make a right-handed frame (first, second, given)."""
    x, y, z = direction.tolist()
    # Start from the axis that is farthest from the direction.
    if abs(x) <= abs(y) and abs(x) <= abs(z):
        first, length = (0.0, -z, y), sqrt(y * y + z * z)
    elif abs(y) <= abs(z):
        first, length = (z, 0.0, -x), sqrt(x * x + z * z)
    else:
        first, length = (-y, x, 0.0), sqrt(x * x + y * y)
    a, b, c = first[0] / length, first[1] / length, first[2] / length
    return np.array((a, b, c)), np.array((y * c - z * b, z * a - x * c, x * b - y * a))


def middle_of(polygon: Vectors) -> Vectors | None:
    """Return the mean direction of the vertices, shape (3,), or None where one of them is 87 degrees from it."""
    total = polygon.sum(axis=0)
    length = float(np.sqrt(total @ total))
    if length < TOUCH_RAD:
        return None
    middle: Vectors = total / length
    return middle if float((polygon @ middle).min()) >= MIDDLE_COSINE else None


def polygon_contains(polygon: Vectors, points: Vectors) -> npt.NDArray[np.bool_]:
    """Tell which points lie inside a polygon or on its border.

    Parameters
    ----------
    polygon : ndarray, shape (n, 3)
    points : ndarray, shape (m, 3)
        Unit vectors.

    Returns
    -------
    ndarray of bool, shape (m,)

    Source
    ------
    Even-odd rule in the gnomonic plane (Calabretta & Greisen 2002, section 5.1.3), where great circles are lines.
    """
    start_u, start_v, plane = _flatten(polygon)
    end_u, end_v = np.concatenate((start_u[1:], start_u[:1])), np.concatenate((start_v[1:], start_v[:1]))
    depth = points @ plane[2]
    facing = depth > TOUCH_RAD
    safe = np.where(facing, depth, 1.0)
    u, v = (points @ plane[0] / safe)[:, None], (points @ plane[1] / safe)[:, None]
    run, rise = end_u - start_u, end_v - start_v
    # across: twice the area of (start, end, point), so the distance to the line is across / length
    across = run * (v - start_v) - rise * (u - start_u)
    length = np.hypot(run, rise)
    crossing = (start_v > v) != (end_v > v)
    inside: npt.NDArray[np.bool_] = (crossing & ((across > 0) == (rise > 0))).sum(axis=1) % 2 == 1
    along = run * (u - start_u) + rise * (v - start_v)
    slack = TOUCH_RAD * length
    touching = (np.abs(across) <= slack) & (along >= -slack) & (along <= length * length + slack)
    contained: npt.NDArray[np.bool_] = facing & (inside | touching.any(axis=1))
    return contained


def edge_distance_rad(polygon: Vectors, points: Vectors) -> npt.NDArray[np.float64]:
    """Measure how far points are from a polygon's border.

    Returns
    -------
    ndarray, shape (m,)
        Radians, to the nearest point of the nearest edge, whether the point is inside or outside.
    """
    following = next_vertices(polygon)
    normal = _cross(polygon, following)
    length = np.sqrt(np.einsum("ij,ij->i", normal, normal))
    length = np.where(length > 0.0, length, 1.0)
    beside = np.abs(points @ normal.T) / length
    after_start = points @ _cross(normal, polygon).T
    before_end = points @ _cross(following, normal).T
    to_arc = np.where((after_start >= 0.0) & (before_end >= 0.0), np.arcsin(np.minimum(beside, 1.0)), np.pi)
    to_vertex = _angle_rad(points[:, None, :], polygon[None, :, :])
    nearest: npt.NDArray[np.float64] = np.minimum(to_arc, to_vertex).min(axis=1)
    return nearest


def polygon_meets_cone(polygon: Vectors, centre: Vectors, radius_deg: float) -> bool:
    """Tell whether a polygon and the closed cone about a unit vector, shape (3,), share a point."""
    points = centre[None, :]
    if bool(polygon_contains(polygon, points)[0]):
        return True
    return bool(edge_distance_rad(polygon, points)[0] <= np.radians(radius_deg) + TOUCH_RAD)


def polygons_meet(a: Vectors, b: Vectors) -> bool:
    """Tell whether two polygons share a point: a vertex of one in the other, or two edges that cross."""
    if polygon_contains(a, b).any() or polygon_contains(b, a).any():
        return True
    a_next, b_next = next_vertices(a), next_vertices(b)
    a_normal, b_normal = _cross(a, a_next), _cross(b, b_next)
    # Arcs shorter than 180 degrees cross where these four have one sign; else one may meet the other's antipode.
    first, second = a_normal @ b.T, -(a_normal @ b_next.T)
    third, fourth = -(a @ b_normal.T), a_next @ b_normal.T
    positive = (first > 0) & (second > 0) & (third > 0) & (fourth > 0)
    negative = (first < 0) & (second < 0) & (third < 0) & (fourth < 0)
    return bool((positive | negative).any())


def _flatten(polygon: Vectors) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], Vectors]:
    """Project vertices onto the plane tangent at the middle: u, v of shape (n,) and the basis, shape (3, 3)."""
    middle = middle_of(polygon)
    if middle is None:
        raise InvalidInput("A polygon must fit into one hemisphere; split it into smaller ones.")
    plane = np.stack((*square_to(middle), middle))
    flat = polygon @ plane.T
    return flat[:, 0] / flat[:, 2], flat[:, 1] / flat[:, 2], plane


def _differ(a: tuple[float, float, float], b: tuple[float, float, float]) -> bool:
    return max(abs(a[0] - b[0]), abs(a[1] - b[1]), abs(a[2] - b[2])) > TOUCH_RAD


def _cross(a: Vectors, b: Vectors) -> Vectors:
    """Cross products of rows, shape (n, 3); a third of numpy's time for the few rows of a polygon."""
    return a[:, (1, 2, 0)] * b[:, (2, 0, 1)] - a[:, (2, 0, 1)] * b[:, (1, 2, 0)]


def _angle_rad(a: Vectors, b: Vectors) -> npt.NDArray[np.float64]:
    """Angle between unit vectors, accurate near 0 and 180 degrees (Kahan's form)."""
    apart = np.sqrt(((a - b) ** 2).sum(axis=-1))
    together = np.sqrt(((a + b) ** 2).sum(axis=-1))
    angle: npt.NDArray[np.float64] = 2.0 * np.arctan2(apart, together)
    return angle
