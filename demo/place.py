"""The invented observatory of the demonstration: who, where, with what."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

__all__ = ["CAMERA", "FILTERS", "PLACE", "SITE", "Camera", "Site"]


@dataclass(frozen=True)
class Site:
    """A place on the WGS84 ellipsoid with its IANA time zone."""

    name: str
    latitude_deg: float
    longitude_deg: float
    height_m: float
    time_zone: str


@dataclass(frozen=True)
class Camera:
    """A CCD behind a telescope, as it is read out.

    The chip has 2048 x 2048 pixels of 9 micrometres and is read binned 4 x 4: 512 x 512 pixels of 36 micrometres.
    Electrons become counts (ADU) by ``gain_e_per_adu``; ``zero_point_e_per_s`` is what a star of magnitude 0
    gives through each filter, ``sky_mag_per_arcsec2`` the moonless sky, ``extinction_mag`` the loss per air mass.
    """

    size_px: int = 512
    binning: int = 4
    pixel_um: float = 36.0
    aperture_m: float = 0.6
    focal_length_m: float = 3.6
    gain_e_per_adu: float = 4.0
    read_noise_e: float = 9.0
    bias_adu: float = 1012.0
    dark_e_per_s: float = 0.06
    saturation_adu: int = 65535
    cooled_to_c: float = -20.0
    rotation_deg: float = 1.4

    @property
    def scale_arcsec(self) -> float:
        """Arcseconds per binned pixel."""
        return math.degrees(self.pixel_um * 1e-6 / self.focal_length_m) * 3600.0

    @property
    def cd_deg(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The FITS CD matrix, degrees per binned pixel: north almost up, east almost left."""
        scale = self.scale_arcsec / 3600.0
        cosine, sine = (f(math.radians(self.rotation_deg)) for f in (math.cos, math.sin))
        return (-scale * cosine, -scale * sine), (-scale * sine, scale * cosine)


#: filter: (electrons/s of a magnitude 0 star, dark sky in mag/arcsec2, extinction in mag per air mass).
#: Broad bands about a tenth of what a 0.6 m mirror collects in the Johnson-Cousins bands, skies of a coastal site.
FILTERS: dict[str, tuple[float, float, float]] = {
    "B": (1.9e8, 21.6, 0.30),
    "V": (2.6e8, 20.9, 0.19),
    "R": (3.4e8, 20.3, 0.13),
    "Halpha": (1.6e7, 20.4, 0.12),
}

SITE = Site("Hven", 55.9075, 12.6965, 45.0, "Europe/Copenhagen")
CAMERA = Camera()

#: What the demonstration registers before the night comes in, in the words of the public API.
PLACE: dict[str, dict[str, Any]] = {
    "organisation": {"slug": "uranienborg", "name": "Uranienborg Observatory"},
    "site": {
        "slug": "hven",
        "name": SITE.name,
        "latitude_deg": SITE.latitude_deg,
        "longitude_deg": SITE.longitude_deg,
        "height_m": SITE.height_m,
        "time_zone": SITE.time_zone,
    },
    "telescope": {
        "slug": "quadrant",
        "name": "quadrant",
        "site": "hven",
        "aperture_mm": CAMERA.aperture_m * 1000,
        "focal_length_mm": CAMERA.focal_length_m * 1000,
    },
    "instrument": {
        "slug": "great-camera",
        "name": "great-camera",
        "telescope": "quadrant",
        "pixel_scale_arcsec": round(CAMERA.scale_arcsec, 4),
        "width_px": CAMERA.size_px,
        "height_px": CAMERA.size_px,
        "filters": list(FILTERS),
    },
}
