"""Where a telescope stands: a checked place on the WGS84 ellipsoid with its time zone."""

from __future__ import annotations

import math
import re
import zoneinfo
from functools import lru_cache

import msgspec

from domain.errors import InvalidInput

__all__ = ["HIGHEST_M", "LOWEST_M", "SitePlace", "normalise_longitude"]

# The deepest detector hall and the highest telescope of the public lists lie well inside. Heights beyond come from
# observatory codes whose parallax constants have three digits: kilometres wrong.
LOWEST_M = -5_000.0
HIGHEST_M = 9_000.0

_MPC_CODE = re.compile(r"[0-9A-Za-z][0-9]{2}")


def normalise_longitude(longitude_deg: float) -> float:
    """Turn an east longitude, 0 to 360 or -180 to 180, into [-180, 180).

    Parameters
    ----------
    longitude_deg : float
        Degrees, east positive.

    Returns
    -------
    float
        Degrees, east positive, in [-180, 180).
    """
    if -180.0 <= longitude_deg < 180.0:
        return longitude_deg
    turned = (longitude_deg + 180.0) % 360.0 - 180.0
    return turned if turned < 180.0 else -180.0


@lru_cache(maxsize=1)
def _time_zones() -> frozenset[str]:
    # With the old names too: public lists of sites still say US/Hawaii.
    return frozenset(zoneinfo.available_timezones()) - {"localtime", "Factory"}


class SitePlace(msgspec.Struct, frozen=True, kw_only=True):
    """A site's place.

    Parameters
    ----------
    latitude_deg : float
        Geodetic, WGS84, north positive.
    longitude_deg : float
        East positive; 0 to 360 is taken as well and stored in [-180, 180).
    height_m : float
        Above the WGS84 ellipsoid.
    time_zone : str
        IANA name: ``America/Santiago``. It decides when a night begins.
    mpc_code : str or None
        Three characters, as the Minor Planet Center gives them.

    Raises
    ------
    InvalidInput
        A value is no place on Earth, the zone is unknown, the code is malformed.
    """

    latitude_deg: float
    longitude_deg: float
    height_m: float
    time_zone: str
    mpc_code: str | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.latitude_deg) and abs(self.latitude_deg) <= 90.0):
            raise InvalidInput(
                f"The latitude {self.latitude_deg:g} is not between -90 and 90 degrees. Give degrees, north positive.",
                field="latitude_deg",
            )
        if not (math.isfinite(self.longitude_deg) and -180.0 <= self.longitude_deg <= 360.0):
            raise InvalidInput(
                f"The longitude {self.longitude_deg:g} is not between -180 and 360 degrees. Give degrees, east "
                "positive: west of Greenwich is negative.",
                field="longitude_deg",
            )
        if not (math.isfinite(self.height_m) and LOWEST_M <= self.height_m <= HIGHEST_M):
            raise InvalidInput(
                f"The height {self.height_m:g} m is not between {LOWEST_M:g} and {HIGHEST_M:g} m. Give metres above "
                "the WGS84 ellipsoid; heights derived from coarse observatory codes are not usable, measure the place.",
                field="height_m",
            )
        if self.time_zone not in _time_zones():
            raise InvalidInput(
                f"{self.time_zone!r} is no IANA time zone. Give a name such as America/Santiago or Etc/GMT+4, not an "
                "offset or an abbreviation.",
                field="time_zone",
            )
        if self.mpc_code is not None and not _MPC_CODE.fullmatch(self.mpc_code):
            raise InvalidInput(
                f"{self.mpc_code!r} is no observatory code. The Minor Planet Center's have three characters: 807, W84.",
                field="mpc_code",
            )
        # The one place where a frozen struct is completed: -180 to 180 is stored whatever was given.
        msgspec.structs.force_setattr(self, "longitude_deg", normalise_longitude(self.longitude_deg))
