"""From the pixels of one image to ICRS directions, as its header's celestial WCS says.

Plain and SIP-distorted gnomonic frames, which nearly all are, take a closed form; every other projection goes through
wcslib. Distortions that stand in other HDUs (lookup tables) are not applied: they move a pixel by about a pixel.
"""

from __future__ import annotations

from math import cos, isfinite, radians, sin
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from domain.celestial_frame import FrameError, rotation_to_icrs
from domain.sky_geometry import unit_vector
from domain.wcs_keywords import (
    PARAMETER_KEYS,
    BadWcs,
    degrees_in_unit,
    equinox,
    number,
    pixel_matrix,
    projection_parameters,
    refuse_mixed_axes,
    required,
    sip_coefficients,
    text,
)

if TYPE_CHECKING:
    from domain.header import HeaderUnit
    from domain.wcs_keywords import Values

__all__ = ["CelestialWcs", "read_celestial_wcs"]

Numbers = npt.NDArray[np.float64]
Vector = tuple[float, float, float]

_LATITUDE_OF: Final = {"RA--": "DEC-", "GLON": "GLAT", "ELON": "ELAT", "SLON": "SLAT"}
_LATITUDES: Final = frozenset(_LATITUDE_OF.values())
# IRAF's own distorted projections, whose coefficients stand in WATi_nnn texts: read without the distortion.
_APPROXIMATE: Final = {"TNX": "TAN", "ZPX": "ZPN"}
# A TAN with parameters from the fifth on is SCAMP's old spelling of TPV (Shupe et al. 2012, section 7).
_FIRST_TPV_PARAMETER: Final = 5


class CelestialWcs:
    """The celestial WCS of one image.

    Attributes
    ----------
    width, height : int
        Size in pixels along the two celestial axes (of which ``width`` belongs to the faster varying one).
    is_plain : bool
        Gnomonic without distortion: edges are great circles, and ``at`` may be used.
    is_approximate : bool
        A distortion that cannot be read was left out.
    """

    __slots__ = ("_crpix", "_frame", "_matrix", "_projection", "_rotation", "_sip", "_tangent",
                 "height", "is_approximate", "is_plain", "width")  # fmt: skip

    def __init__(self, shape: tuple[int, ...], values: Values, longitude: int, latitude: int) -> None:
        first, second = (longitude, latitude) if longitude < latitude else (latitude, longitude)
        self.width, self.height = shape[-first], shape[-second]
        if self.width < 1 or self.height < 1:
            raise BadWcs("the image has no pixels")
        type_text, latitude_type = text(values, f"CTYPE{longitude}"), text(values, f"CTYPE{latitude}")
        code = type_text[5:8]
        if latitude_type[5:8] != code:
            raise BadWcs(f"its axes have different projections, {code or 'none'} and {latitude_type[5:8] or 'none'}")
        self.is_approximate = code in _APPROXIMATE
        code = _APPROXIMATE.get(code, code)

        unit_lon, unit_lat = degrees_in_unit(values, longitude), degrees_in_unit(values, latitude)
        ra_deg = required(values, f"CRVAL{longitude}") * unit_lon
        dec_deg = required(values, f"CRVAL{latitude}") * unit_lat
        if abs(dec_deg) > 90.0:
            raise BadWcs(f"CRVAL{latitude} is no latitude")
        self._crpix = (number(values, f"CRPIX{first}", 0.0), number(values, f"CRPIX{second}", 0.0))
        a, b, c, d = pixel_matrix(values, longitude, latitude, first, second)
        if len(shape) > 2:
            refuse_mixed_axes(values, longitude, latitude, len(shape))
        self._matrix = (a * unit_lon, b * unit_lon, c * unit_lat, d * unit_lat)
        determinant = self._matrix[0] * self._matrix[3] - self._matrix[1] * self._matrix[2]
        if determinant == 0.0 or not isfinite(determinant):
            raise BadWcs("its pixel matrix is singular")

        parameters: list[tuple[int, int, float]] = []
        if not PARAMETER_KEYS.isdisjoint(values):
            parameters = projection_parameters(values, longitude, latitude)
        scamp = any(count >= _FIRST_TPV_PARAMETER for _, count, _ in parameters)
        sip_is_meant = type_text.endswith("-SIP")
        if code == "TAN" and scamp and not sip_is_meant:
            code = "TPV"
        self._sip = sip_coefficients(values) if "A_ORDER" in values or "B_ORDER" in values else None
        if code == "TPV":
            self._sip = None
        elif self._sip is not None and scamp and sip_is_meant:
            parameters = []

        radesys = text(values, "RADESYS") or text(values, "RADECSYS")
        try:
            self._rotation, self._frame = rotation_to_icrs(type_text[:4], radesys, equinox(values))
        except FrameError as error:
            raise BadWcs(str(error)) from error
        self._tangent: tuple[Vector, Vector, Vector] | None = None
        self._projection: Any = None
        pole_deg = number(values, "LONPOLE", 180.0 if dec_deg < 90.0 else 0.0)
        if code == "TAN" and not parameters and self._frame is None:
            self._tangent = _tangent_basis(ra_deg, dec_deg, pole_deg, self._rotation)
        else:
            self._projection = self._ask_wcslib(code, ra_deg, dec_deg, parameters, values)
        self.is_plain = self._tangent is not None and self._sip is None

    def at(self, x: float, y: float) -> Vector:
        """Return the direction of one 0-based pixel position; only where ``is_plain``."""
        assert self._tangent is not None
        (cx, cy, cz), (ex, ey, ez), (nx, ny, nz) = self._tangent
        a, b, c, d = self._matrix
        u, v = x + 1.0 - self._crpix[0], y + 1.0 - self._crpix[1]
        east, north = radians(a * u + b * v), radians(c * u + d * v)
        length = (1.0 + east * east + north * north) ** 0.5
        return (
            (cx + east * ex + north * nx) / length,
            (cy + east * ey + north * ny) / length,
            (cz + east * ez + north * nz) / length,
        )

    def directions(self, x: Numbers, y: Numbers) -> Numbers:
        """Return the directions of 0-based pixel positions.

        Parameters
        ----------
        x, y : ndarray, shape (n,)

        Returns
        -------
        ndarray, shape (n, 3)
            ICRS unit vectors; NaN where a pixel lies off the projection.
        """
        with np.errstate(all="ignore"):  # absurd coefficients come out as NaN
            u, v = x + (1.0 - self._crpix[0]), y + (1.0 - self._crpix[1])
            if self._sip is not None:
                u, v = _distorted(u, v, *self._sip)
            return self._project(u, v) if self._tangent is None else self._project_plainly(self._tangent, u, v)

    def _project(self, u: Numbers, v: Numbers) -> Numbers:
        pixels = np.stack((u + self._crpix[0], v + self._crpix[1]), axis=-1)
        world = self._projection.p2s(pixels, 1)["world"]
        vectors = unit_vector(world[:, 0], world[:, 1])
        if self._rotation is not None:
            vectors = vectors @ self._rotation.T
        return self._frame(vectors) if self._frame is not None else vectors

    def _project_plainly(self, tangent: tuple[Vector, Vector, Vector], u: Numbers, v: Numbers) -> Numbers:
        a, b, c, d = self._matrix
        plane = np.stack((np.ones_like(u), np.radians(a * u + b * v), np.radians(c * u + d * v)), axis=-1)
        vectors = plane @ np.array(tangent)
        unit: Numbers = vectors / np.sqrt((plane * plane).sum(axis=1))[:, None]
        return unit

    def _ask_wcslib(
        self, code: str, ra_deg: float, dec_deg: float, parameters: list[tuple[int, int, float]], values: Values
    ) -> Any:
        # Imported on first need: it takes long, and the closed form does without.
        from astropy.wcs import Wcsprm

        if code == "TAB":
            raise BadWcs("its coordinates stand in a table")
        projection = Wcsprm(naxis=2)
        projection.ctype = [f"RA---{code}", f"DEC--{code}"]
        projection.crval = [ra_deg, dec_deg]
        projection.crpix = list(self._crpix)
        projection.cd = [list(self._matrix[:2]), list(self._matrix[2:])]
        for keyword, attribute in (("LONPOLE", "lonpole"), ("LATPOLE", "latpole")):
            if values.get(keyword) is not None:
                setattr(projection, attribute, number(values, keyword, 0.0))
        if parameters:
            projection.set_pv(parameters)
        try:
            projection.set()
        except ValueError as error:
            raise BadWcs(_last_line(error)) from error
        return projection


def read_celestial_wcs(unit: HeaderUnit) -> CelestialWcs | None:
    """Read the celestial WCS of an image, or None where the unit is no image or has none.

    Raises
    ------
    BadWcs
        There is one and it cannot be used.
    """
    shape = unit.shape
    if unit.kind not in ("image", "compressed_image", "empty"):
        return None
    # The last of repeated keywords counts, as for wcslib.
    values: Values = {card[0]: card[1] for card in unit.cards}
    if not shape and "IMAGEW" in values:
        # A plate solver's header of an image that is elsewhere, with the size of that image.
        shape = (int(required(values, "IMAGEH")), int(required(values, "IMAGEW")))
    if len(shape) < 2:
        return None
    longitude = latitude = 0
    names: dict[int, str] = {}
    for axis in range(1, len(shape) + 1):
        value = values.get(f"CTYPE{axis}")
        if isinstance(value, str):
            # Both in the spelling of the standard, RA---TAN, and with the case and blanks that some software writes.
            name = value.strip().upper()
            if name[4:5] == "-":
                names[axis] = name[:4]
    for axis, name in names.items():
        if name in _LATITUDE_OF:
            longitude = axis
        elif name in _LATITUDES:
            latitude = axis
    if not longitude or not latitude or _LATITUDE_OF[names[longitude]] != names[latitude]:
        return None
    return CelestialWcs(shape, values, longitude, latitude)


def _distorted(u: Numbers, v: Numbers, a: Numbers, b: Numbers) -> tuple[Numbers, Numbers]:
    """Apply the SIP polynomials (Shupe et al. 2005, equations 2 and 3)."""
    powers = np.arange(len(a))[:, None]
    u_powers, v_powers = u**powers, v**powers
    return u + ((a @ v_powers) * u_powers).sum(axis=0), v + ((b @ v_powers) * u_powers).sum(axis=0)


def _tangent_basis(
    ra_deg: float, dec_deg: float, pole_deg: float, rotation: Numbers | None
) -> tuple[Vector, Vector, Vector]:
    """Return the reference direction and the directions of the two intermediate axes, in ICRS.

    Source
    ------
    Calabretta & Greisen 2002, section 2.4: native longitude LONPOLE points to the celestial pole.
    """
    ra, dec, pole = radians(ra_deg), radians(dec_deg), radians(pole_deg)
    sin_ra, cos_ra, sin_dec, cos_dec = sin(ra), cos(ra), sin(dec), cos(dec)
    centre: Vector = (cos_dec * cos_ra, cos_dec * sin_ra, sin_dec)
    east: Vector = (-sin_ra, cos_ra, 0.0)
    north: Vector = (-sin_dec * cos_ra, -sin_dec * sin_ra, cos_dec)
    if pole_deg != 180.0:
        along, across = -cos(pole), sin(pole)
        east, north = _combine(along, east, across, north), _combine(-across, east, along, north)
    if rotation is not None:
        turned = np.array((centre, east, north)) @ rotation.T
        centre, east, north = (tuple(row) for row in turned.tolist())
    return centre, east, north


def _combine(s: float, a: Vector, t: float, b: Vector) -> Vector:
    return (s * a[0] + t * b[0], s * a[1] + t * b[1], s * a[2] + t * b[2])


def _last_line(error: ValueError) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.startswith("ERROR")]
    return (lines[-1] if lines else str(error)).rstrip(".")[:120]
