"""The Earth's orientation as the installed IERS tables have it: ours, and the same for astropy."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import astropy_iers_data
from astropy.utils import iers

from domain.earth_orientation import EarthOrientation

__all__ = ["astropy_keeps_to_the_installed_tables", "measured_orientation"]


@lru_cache(maxsize=1)
def measured_orientation() -> EarthOrientation:
    """Read the finals2000A file that astropy reads too."""
    return EarthOrientation.from_finals2000a(Path(astropy_iers_data.IERS_A_FILE).read_text())


def astropy_keeps_to_the_installed_tables() -> None:
    """Keep astropy from the network, and from refusing predictions that are a month old."""
    iers.conf.auto_download = False
    iers.conf.auto_max_age = None
