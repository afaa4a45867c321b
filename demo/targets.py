"""What the demonstration night looks at: real positions, and how each object shines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["TARGETS", "BrightStar", "Target"]

Shape = Literal["spiral", "edge_on", "nebula", "reflection", "ring", "globular", "field"]


@dataclass(frozen=True)
class BrightStar:
    """A real star: ICRS degrees and V magnitude (Hipparcos and Tycho-2, rounded to 0.01 mag)."""

    name: str
    ra_deg: float
    dec_deg: float
    v_mag: float
    b_minus_v: float


@dataclass(frozen=True)
class Target:
    """An object on the sky with a plain model of its light.

    ``ra_deg`` and ``dec_deg`` are ICRS. ``peak_mag`` is the central surface brightness in V, mag per square
    arcsecond; ``scale_arcsec`` the scale length of its light; ``axis_ratio`` and ``position_angle_deg`` (north
    through east) its flattening. ``star_count`` counts field stars of the invented background; ``halpha`` tells how
    much brighter it is in the line than its colour says. ``sequence`` lists filters in observing order, and
    ``bright`` targets get the short exposures.
    """

    name: str
    ra_deg: float
    dec_deg: float
    shape: Shape
    peak_mag: float
    scale_arcsec: float
    axis_ratio: float = 1.0
    position_angle_deg: float = 0.0
    b_minus_v: float = 0.8
    halpha: float = 1.0
    star_count: int = 320
    bright: bool = False
    sequence: tuple[str, ...] = ("R", "V", "B", "Halpha", "R", "V", "B", "R")
    bright_stars: tuple[BrightStar, ...] = field(default=())


_PLEIADES = (
    BrightStar("Alcyone", 56.871152, 24.105136, 2.87, -0.09),
    BrightStar("24 Tau", 56.837376, 24.116239, 6.29, -0.04),
)
_ORION = (
    BrightStar("theta1 Ori C", 83.818600, -5.389680, 5.13, 0.02),
    BrightStar("theta1 Ori A", 83.815980, -5.387310, 6.73, 0.02),
    BrightStar("theta1 Ori D", 83.821750, -5.387690, 6.71, 0.09),
    BrightStar("theta1 Ori B", 83.817230, -5.385200, 7.96, 0.24),
    BrightStar("theta2 Ori A", 83.845420, -5.416060, 5.08, -0.10),
    BrightStar("theta2 Ori B", 83.860010, -5.416890, 6.41, -0.07),
)

#: In the order of preference; the positions are those of SIMBAD.
TARGETS: tuple[Target, ...] = (
    Target("M31", 10.684708, 41.268750, "spiral", 16.6, 380.0, 0.52, 38.0, 0.95, 1.0, 520,
           sequence=("R", "R", "V", "V", "B", "B", "Halpha", "Halpha", "R")),
    Target("NGC 891", 35.639224, 42.349146, "edge_on", 19.6, 105.0, 0.13, 22.0, 0.90, 1.3, 420,
           sequence=("R", "V", "B", "R", "B", "R", "V", "B")),
    Target("M45", 56.750000, 24.116667, "reflection", 20.2, 170.0, 1.0, 0.0, 0.1, 0.7, 260, bright=True,
           sequence=("B", "V", "R", "B", "V", "R", "B", "V"), bright_stars=_PLEIADES),
    Target("M1", 83.633212, 22.014460, "nebula", 19.3, 85.0, 0.68, 125.0, 0.5, 9.0, 460,
           sequence=("Halpha", "R", "V", "B", "Halpha", "R", "V")),
    Target("M42", 83.822083, -5.391111, "nebula", 16.2, 150.0, 0.85, 40.0, 0.3, 14.0, 300, bright=True,
           sequence=("Halpha", "R", "V", "B", "Halpha", "R", "V", "B"), bright_stars=_ORION),
    Target("M81", 148.888221, 69.065295, "spiral", 17.6, 170.0, 0.52, 157.0, 0.90, 2.2, 280,
           sequence=("R", "V", "B", "Halpha", "R", "V", "B")),
    Target("M13", 250.423475, 36.461319, "globular", 18.6, 45.0, star_count=200),
    Target("M57", 283.396163, 33.029134, "ring", 18.4, 34.0, 0.84, 60.0, 0.4, 8.0, 520),
    Target("M27", 299.901576, 22.721136, "nebula", 19.4, 110.0, 0.75, 120.0, 0.4, 8.0, 620),
    Target("M51", 202.469575, 47.195258, "spiral", 18.2, 95.0, 0.85, 10.0, 0.65, 2.4, 200),
    Target("M101", 210.802429, 54.348750, "spiral", 19.0, 150.0, 0.95, 35.0, 0.50, 2.6, 200),
    Target("NGC 7331", 339.267090, 34.415519, "spiral", 18.1, 62.0, 0.36, 170.0, 0.85, 1.6, 320),
    Target("NGC 6946", 308.718015, 60.153915, "spiral", 19.2, 110.0, 0.90, 60.0, 0.80, 2.4, 620),
    Target("NGC 2403", 114.214165, 65.602561, "spiral", 19.2, 130.0, 0.56, 127.0, 0.50, 2.4, 300),
    Target("M3", 205.548417, 28.377278, "globular", 18.8, 38.0, star_count=160),
)  # fmt: skip
