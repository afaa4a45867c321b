"""Whether the site that a header tells can be read, and is the site its frame was filed under."""

from __future__ import annotations

from domain.header_index import HeaderIndex
from domain.header_pointing import read_angle
from domain.site import SitePlace, normalise_longitude

__all__ = ["check_site"]

_LATITUDES = ("SITELAT", "LAT-OBS", "OBS-LAT", "OBSGEO-B", "LATITUDE", "SITE-LAT", "ESO TEL GEOLAT")
_LONGITUDES = ("SITELONG", "LONG-OBS", "OBS-LONG", "OBSGEO-L", "LONGITUD", "SITE-LON", "ESO TEL GEOLON")

# Amateurs round their place to a degree, to keep it private; the next observatory is further away, mostly.
_TOLERANCE_DEG = 1.5


def check_site(index: HeaderIndex, site: SitePlace | None) -> None:
    """Tell ``bad-value`` for a place that cannot be read, and ``site-differs`` for one that is another site's.

    Longitudes are compared with either sign, for headers disagree on which way is positive; (0, 0) is a place never
    set. The problem's text gives no coordinates: they may be a private person's.

    Parameters
    ----------
    index : HeaderIndex
        Gets the problems.
    site : SitePlace or None
        Where the telescope stands; None leaves the comparison out.
    """
    latitude_deg = _first(index, _LATITUDES, 90.0)
    longitude_deg = _first(index, _LONGITUDES, 360.0)
    if site is None or latitude_deg is None or longitude_deg is None or latitude_deg == longitude_deg == 0.0:
        return
    off_deg = min(abs(normalise_longitude(sign * longitude_deg - site.longitude_deg)) for sign in (1, -1))
    if abs(latitude_deg - site.latitude_deg) > _TOLERANCE_DEG or (
        off_deg > _TOLERANCE_DEG and abs(site.latitude_deg) < 85.0
    ):
        index.tell(
            "site-differs",
            "SITELAT",
            f"The header tells a site more than {_TOLERANCE_DEG:g} degrees from this telescope's. Check that the frame "
            "was filed under the right telescope.",
        )


def _first(index: HeaderIndex, keywords: tuple[str, ...], most_deg: float) -> float | None:
    for keyword in keywords:
        if keyword in index.entries:
            angle_deg = read_angle(index, keyword, most_deg=most_deg)
            if angle_deg is not None:
                return angle_deg
    return None
