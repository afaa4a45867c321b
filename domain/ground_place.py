"""Where one stands on the ground: a point of the WGS84 ellipsoid, with or without a horizon in the way."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from domain.errors import InvalidInput
from domain.site import HIGHEST_M, LOWEST_M, SitePlace, normalise_longitude

__all__ = ["GroundPlace", "HorizonMask"]

_EQUATOR_RADIUS_KM = 6378.137  # WGS84, NIMA TR8350.2
_FLATTENING = 1.0 / 298.257223563  # WGS84
_MOST_POINTS = 720


class HorizonMask(msgspec.Struct, frozen=True):
    """The horizon as seen from a place: trees, walls, the dome's edge.

    Parameters
    ----------
    points_deg : list of (float, float)
        Azimuth (from north through east, [0, 360)) and altitude ([-10, 89]) of its corners, each azimuth once; between
        corners, and from the last round to the first, the altitude goes linearly with azimuth.

    Raises
    ------
    InvalidInput
        No point or more than 720, a value outside its range, an azimuth twice.
    """

    points_deg: list[tuple[float, float]]

    def __post_init__(self) -> None:
        if not 1 <= len(self.points_deg) <= _MOST_POINTS:
            raise InvalidInput(f"A horizon mask has 1 to {_MOST_POINTS} corners.", field="horizon")
        for azimuth_deg, altitude_deg in self.points_deg:
            if not (0.0 <= azimuth_deg < 360.0 and -10.0 <= altitude_deg <= 89.0):
                raise InvalidInput(
                    f"({azimuth_deg:g}, {altitude_deg:g}) is no corner of a horizon. Give azimuth, 0 to below 360 "
                    "degrees from north through east, and altitude, -10 to 89 degrees.",
                    field="horizon",
                )
        if len({azimuth_deg for azimuth_deg, _ in self.points_deg}) < len(self.points_deg):
            raise InvalidInput("An azimuth occurs twice in the horizon mask; give each once.", field="horizon")
        msgspec.structs.force_setattr(self, "points_deg", sorted(self.points_deg))

    @property
    def lowest_deg(self) -> float:
        """The altitude of its lowest corner."""
        return min(altitude_deg for _, altitude_deg in self.points_deg)

    def altitude_deg(self, azimuth_deg: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Tell the horizon's altitude at azimuths, degrees, of their shape."""
        azimuths, altitudes = zip(*self.points_deg, strict=True)
        found: npt.NDArray[np.float64] = np.interp(np.asarray(azimuth_deg) % 360.0, azimuths, altitudes, period=360.0)
        return found


class GroundPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the ground.

    Parameters
    ----------
    latitude_deg, longitude_deg : float
        Geodetic, WGS84, north and east positive; longitudes of 0 to 360 are taken as well.
    height_m : float
        Above the ellipsoid.
    horizon : HorizonMask or None

    Raises
    ------
    InvalidInput
        A value is no place on Earth.
    """

    latitude_deg: float
    longitude_deg: float
    height_m: float = 0.0
    horizon: HorizonMask | None = None

    def __post_init__(self) -> None:
        _check("latitude", self.latitude_deg, -90.0, 90.0, "degrees, north positive", "latitude_deg")
        _check("longitude", self.longitude_deg, -180.0, 360.0, "degrees, east positive", "longitude_deg")
        _check("height", self.height_m, LOWEST_M, HIGHEST_M, "metres above the WGS84 ellipsoid", "height_m")
        msgspec.structs.force_setattr(self, "longitude_deg", normalise_longitude(self.longitude_deg))

    @classmethod
    def of_site(cls, site: SitePlace, horizon: HorizonMask | None = None) -> GroundPlace:
        """Stand at a site."""
        return cls(
            latitude_deg=site.latitude_deg,
            longitude_deg=site.longitude_deg,
            height_m=site.height_m,
            horizon=horizon,
        )

    def position_km(self) -> npt.NDArray[np.float64]:
        """Return the geocentric position, ITRS, km, shape (3,)."""
        latitude, longitude = math.radians(self.latitude_deg), math.radians(self.longitude_deg)
        squared = _FLATTENING * (2.0 - _FLATTENING)
        normal_km = _EQUATOR_RADIUS_KM / math.sqrt(1.0 - squared * math.sin(latitude) ** 2)
        height_km = self.height_m / 1000.0
        across_km = (normal_km + height_km) * math.cos(latitude)
        return np.array(
            [
                across_km * math.cos(longitude),
                across_km * math.sin(longitude),
                (normal_km * (1.0 - squared) + height_km) * math.sin(latitude),
            ]
        )

    def horizontal_axes(self) -> npt.NDArray[np.float64]:
        """Return east, north and up (the ellipsoid's normal) as rows, ITRS unit vectors, shape (3, 3)."""
        latitude, longitude = math.radians(self.latitude_deg), math.radians(self.longitude_deg)
        sin_lat, cos_lat = math.sin(latitude), math.cos(latitude)
        sin_lon, cos_lon = math.sin(longitude), math.cos(longitude)
        return np.array(
            [
                [-sin_lon, cos_lon, 0.0],
                [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
                [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat],
            ]
        )


def _check(word: str, value: Any, low: float, high: float, unit: str, field: str) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise InvalidInput(
            f"The {word} {value:g} is not between {low:g} and {high:g}. Give {unit}.",
            field=field,
        )
