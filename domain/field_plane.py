"""A field seen in the plane that touches the sky at its centre, where great circles are straight lines."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from domain.field import CircleField, Field, FieldMotion, RectangleField
from domain.sky_geometry import middle_of, polygon_from_degrees, position_deg, unit_vector

__all__ = ["FieldPlane"]

Floats = npt.NDArray[np.float64]

_LEAST_DEPTH = 0.03  # cosine of 88.3 degrees from the centre: nothing beyond is in any field
_ARCSEC_RAD = math.radians(1 / 3600)


class FieldPlane:
    """The gnomonic plane of a field: first axis east, second north (or the rectangle's height), third to the centre.

    Attributes
    ----------
    axes : ndarray, shape (3, 3)
        Rows, ICRS unit vectors, at the start.
    reach_rad : float
        Radius of the circle about the centre that holds the field.
    spin_rad_s : float
        How fast the field moves.
    """

    def __init__(self, field: Field, motion: FieldMotion | None = None) -> None:
        self._tangent: float | None = None
        self.vertices: Floats = np.zeros((0, 2))
        if isinstance(field, CircleField):
            straight = self.axes = _axes(field.ra_deg, field.dec_deg, 0.0)
            self.reach_rad = math.radians(field.radius_deg)
            self._tangent = math.tan(self.reach_rad)
        elif isinstance(field, RectangleField):
            straight = _axes(field.ra_deg, field.dec_deg, 0.0)
            self.axes = _axes(field.ra_deg, field.dec_deg, field.position_angle_deg)
            x, y = math.tan(math.radians(field.width_deg / 2)), math.tan(math.radians(field.height_deg / 2))
            self.vertices = np.array([(x, y), (-x, y), (-x, -y), (x, -y)])
            self.reach_rad = math.atan(math.hypot(x, y))
        else:
            polygon = polygon_from_degrees(field.vertices_deg)
            middle = middle_of(polygon)
            assert middle is not None  # else it would have been refused
            ra_deg, dec_deg = position_deg(middle)
            straight = self.axes = _axes(float(ra_deg), float(dec_deg), 0.0)
            flat = polygon @ self.axes.T
            self.vertices = flat[:, :2] / flat[:, 2:]
            self.reach_rad = math.atan(float(np.hypot(*self.vertices.T).max()))
        self.spin_rad_s, self._spin_axis = _spin(self.axes, straight, motion)
        self._edges: Floats = np.roll(self.vertices, -1, axis=0) - self.vertices

    def turned_axes(self, seconds: float) -> Floats:
        """Give the axes at a time after the start, as rows, ICRS."""
        if not self.spin_rad_s:
            return self.axes
        # The rows move with the field: turn them about the pole of its motion.
        pole, angle = self._spin_axis @ self.axes, self.spin_rad_s * seconds
        cosine, sine = math.cos(angle), math.sin(angle)
        along = np.outer(self.axes @ pole, pole) * (1.0 - cosine)
        return self.axes * cosine + np.cross(pole, self.axes) * sine + along

    def project(self, vectors: Floats, seconds: Floats) -> Floats:
        """Project directions, ICRS, any length, shape (3, t), seen at times after the start, into the plane.

        Returns
        -------
        ndarray, shape (2, t)
            Tangent-plane coordinates, radians at the centre; NaN far behind or beside the field.
        """
        seen = self.axes @ vectors
        if self.spin_rad_s:
            angle = -self.spin_rad_s * seconds
            pole = self._spin_axis
            cosine, sine = np.cos(angle), np.sin(angle)
            beside = np.stack([pole[1] * seen[2], -pole[0] * seen[2], pole[0] * seen[1] - pole[1] * seen[0]])
            seen = seen * cosine + beside * sine + pole[:, None] * ((pole @ seen) * (1.0 - cosine))
        depth = np.where(seen[2] > _LEAST_DEPTH * np.sqrt((seen**2).sum(axis=0)), seen[2], np.nan)
        projected: Floats = seen[:2] / depth
        return projected

    def contains(self, points: Floats) -> npt.NDArray[np.bool_]:
        """Tell which points of the plane, shape (2, t), are inside."""
        x, y = points
        if self._tangent is not None:
            within: npt.NDArray[np.bool_] = x * x + y * y <= self._tangent**2
            return within
        from_x, from_y = self.vertices[:, :1], self.vertices[:, 1:]
        run, rise = self._edges[:, :1], self._edges[:, 1:]
        straddles = (from_y > y) != (from_y + rise > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            left_of = x < from_x + run * (y - from_y) / rise
        inside: npt.NDArray[np.bool_] = (straddles & left_of).sum(axis=0) % 2 == 1
        return inside

    def border_steps(self, points: Floats) -> tuple[Floats, npt.NDArray[np.intp]]:
        """Find where the line through points of the plane, shape (2, t), meets the border.

        Returns
        -------
        (ndarray, ndarray of int), shape (m,)
            Steps along the line (2.25: a quarter of the way from the third point to the fourth), growing; and the edge
            met (0 for a circle).
        """
        start, step = points[:, :-1], np.diff(points, axis=1)
        if self._tangent is not None:
            return self._circle_steps(start, step)
        # Solve start + s * step = vertex + e * edge for every pair of step and edge.
        off_x = self.vertices[:, 0, None] - start[0]
        off_y = self.vertices[:, 1, None] - start[1]
        run, rise = self._edges[:, 0, None], self._edges[:, 1, None]
        across = step[0] * rise - step[1] * run
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (off_x * rise - off_y * run) / across
            along = (off_x * step[1] - off_y * step[0]) / across
            met = (share >= 0.0) & (share <= 1.0) & (along >= -1e-9) & (along <= 1.0 + 1e-9)
        edge, at = np.nonzero(met)
        steps = at + share[edge, at]
        order = np.argsort(steps)
        return steps[order], edge[order]

    def _circle_steps(self, start: Floats, step: Floats) -> tuple[Floats, npt.NDArray[np.intp]]:
        assert self._tangent is not None
        square = (step**2).sum(axis=0)
        half = (start * step).sum(axis=0)
        rest = (start**2).sum(axis=0) - self._tangent**2
        with np.errstate(divide="ignore", invalid="ignore"):
            root = np.sqrt(half * half - square * rest)
            shares = np.stack([(-half - root) / square, (-half + root) / square])
            met = (shares >= 0.0) & (shares <= 1.0)
        _, at = np.nonzero(met)
        steps = np.sort(at + shares[met])
        return steps, np.zeros(len(steps), dtype=np.intp)

    def border_height(self, points: Floats, edges: npt.NDArray[np.intp]) -> Floats:
        """Measure how far points, shape (2, m), are beyond one edge each; its sign changes there."""
        if self._tangent is not None:
            height: Floats = (points**2).sum(axis=0) - self._tangent**2
            return height
        x, y = points[0] - self.vertices[edges, 0], points[1] - self.vertices[edges, 1]
        beyond: Floats = self._edges[edges, 0] * y - self._edges[edges, 1] * x
        return beyond


def _axes(ra_deg: float, dec_deg: float, position_angle_deg: float) -> Floats:
    """Rows: 90 degrees after the position angle (east for 0), the position angle (north), the centre."""
    ra, dec = math.radians(ra_deg), math.radians(dec_deg)
    east = np.array([-math.sin(ra), math.cos(ra), 0.0])
    north = np.array([-math.sin(dec) * math.cos(ra), -math.sin(dec) * math.sin(ra), math.cos(dec)])
    angle = math.radians(position_angle_deg)
    up = math.cos(angle) * north + math.sin(angle) * east
    across = math.cos(angle) * east - math.sin(angle) * north
    return np.stack([across, up, unit_vector(ra_deg, dec_deg)])


def _spin(axes: Floats, straight: Floats, motion: FieldMotion | None) -> tuple[float, Floats]:
    """Rate and axis of the field's motion, the axis in the field's own frame."""
    if motion is None or not (motion.ra_rate_arcsec_s or motion.dec_rate_arcsec_s):
        return 0.0, np.zeros(3)
    way = motion.ra_rate_arcsec_s * straight[0] + motion.dec_rate_arcsec_s * straight[1]
    rate = math.hypot(motion.ra_rate_arcsec_s, motion.dec_rate_arcsec_s)
    return rate * _ARCSEC_RAD, axes @ np.cross(straight[2], way / rate)
