"""The field of view that satellites are looked for in: circle, rectangle or polygon, fixed or moving."""

from __future__ import annotations

from math import isfinite
from typing import Any

import msgspec

from domain.errors import InvalidInput
from domain.sky_geometry import polygon_from_degrees

__all__ = ["CircleField", "Field", "FieldMotion", "PolygonField", "RectangleField"]

WIDEST_RADIUS_DEG = 60.0
_WIDEST_SIDE_DEG = 80.0
_MOST_VERTICES = 250
_FASTEST_ARCSEC_S = 7_200.0  # twice as fast as satellites move near the zenith


class CircleField(msgspec.Struct, frozen=True, kw_only=True, tag="circle", tag_field="shape"):
    """All within a radius of a position; ICRS degrees, radius up to 60 degrees."""

    ra_deg: float
    dec_deg: float
    radius_deg: float

    def __post_init__(self) -> None:
        _check_position(self.ra_deg, self.dec_deg)
        _check_size("radius", self.radius_deg, WIDEST_RADIUS_DEG, "radius_deg")


class RectangleField(msgspec.Struct, frozen=True, kw_only=True, tag="rectangle", tag_field="shape"):
    """A detector's view: its sides are great circles, ``width_deg`` and ``height_deg`` measured through the centre.

    ``position_angle_deg`` is that of the height, from north through east; sides up to 80 degrees.
    """

    ra_deg: float
    dec_deg: float
    width_deg: float
    height_deg: float
    position_angle_deg: float = 0.0

    def __post_init__(self) -> None:
        _check_position(self.ra_deg, self.dec_deg)
        _check_size("width", self.width_deg, _WIDEST_SIDE_DEG, "width_deg")
        _check_size("height", self.height_deg, _WIDEST_SIDE_DEG, "height_deg")
        if not isfinite(self.position_angle_deg):
            raise InvalidInput("The position angle is no number. Give degrees.", field="position_angle_deg")


class PolygonField(msgspec.Struct, frozen=True, kw_only=True, tag="polygon", tag_field="shape"):
    """A footprint: RA and Dec of the vertices, ICRS degrees, either way round, joined by great circles."""

    vertices_deg: list[tuple[float, float]]

    def __post_init__(self) -> None:
        if len(self.vertices_deg) > _MOST_VERTICES:
            raise InvalidInput(f"A polygon has at most {_MOST_VERTICES} vertices here.", field="vertices_deg")
        polygon_from_degrees(self.vertices_deg)


Field = CircleField | RectangleField | PolygonField


class FieldMotion(msgspec.Struct, frozen=True, kw_only=True):
    """How a field moves against the stars, following a comet, say: along a great circle, from its place at the start.

    ``ra_rate_arcsec_s`` is measured on the sky: the rate of RA times the cosine of Dec.
    """

    ra_rate_arcsec_s: float
    dec_rate_arcsec_s: float

    def __post_init__(self) -> None:
        for rate in (self.ra_rate_arcsec_s, self.dec_rate_arcsec_s):
            if not abs(rate) <= _FASTEST_ARCSEC_S:
                raise InvalidInput(
                    f"The rate {rate:g} is not within {_FASTEST_ARCSEC_S:g} arcseconds per second.", field="motion"
                )


def _check_position(ra_deg: float, dec_deg: float) -> None:
    if not (isfinite(ra_deg) and abs(ra_deg) <= 720.0):
        raise InvalidInput(f"The RA {ra_deg:g} is none. Give ICRS degrees, 0 to 360.", field="ra_deg")
    if not abs(dec_deg) <= 90.0:
        raise InvalidInput(f"The Dec {dec_deg:g} is not between -90 and 90. Give ICRS degrees.", field="dec_deg")


def _check_size(word: str, value: Any, most: float, field: str) -> None:
    if not 0.0 < value <= most:
        raise InvalidInput(f"The {word} {value:g} is not above 0 and up to {most:g} degrees.", field=field)
