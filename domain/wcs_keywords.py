"""The numbers of a celestial WCS, read from a header's keywords as wcslib reads them, and a little more leniently."""

from __future__ import annotations

from math import cos, isfinite, pi, radians, sin
from typing import Final

import numpy as np
import numpy.typing as npt

from domain.header import CardValue

__all__ = [
    "PARAMETER_KEYS",
    "BadWcs",
    "Values",
    "degrees_in_unit",
    "equinox",
    "number",
    "pixel_matrix",
    "projection_parameters",
    "refuse_mixed_axes",
    "required",
    "sip_coefficients",
    "text",
]

Numbers = npt.NDArray[np.float64]
Values = dict[str, CardValue]

_DEG_IN_UNIT: Final = {
    "": 1.0, "deg": 1.0, "degree": 1.0, "degrees": 1.0, "arcmin": 1 / 60, "arcsec": 1 / 3600, "mas": 1 / 3.6e6,
    "rad": 180 / pi, "radian": 180 / pi, "radians": 180 / pi,
}  # fmt: skip
_MOST_PARAMETERS: Final = 40
PARAMETER_KEYS: Final = frozenset(f"PV{i}_{m}" for i in range(1, 5) for m in range(_MOST_PARAMETERS))
_HIGHEST_SIP_ORDER: Final = 9


class BadWcs(ValueError):
    """The WCS cannot be used; the text says why, in words that complete "the WCS cannot be used: ..."."""


def text(values: Values, keyword: str) -> str:
    """Return a text in upper case without blanks around it, or an empty one."""
    value = values.get(keyword)
    return value.strip().upper() if isinstance(value, str) else ""


def number(values: Values, keyword: str, default: float) -> float:
    """Return a number, or the default where the keyword is absent or blank."""
    value = values.get(keyword)
    if type(value) is float and isfinite(value):
        return value
    if value is None or value == "":
        return default
    return required(values, keyword)


def required(values: Values, keyword: str) -> float:
    """Return a number, also one written as a text."""
    value = values.get(keyword)
    if value is None or value == "":
        raise BadWcs(f"{keyword} is missing")
    if isinstance(value, (bool, complex)):
        raise BadWcs(f"{keyword} is no number")
    try:
        found = float(value)
    except (ValueError, OverflowError):
        raise BadWcs(f"{keyword} is no number") from None
    if not isfinite(found):
        raise BadWcs(f"{keyword} is no number")
    return found


def degrees_in_unit(values: Values, axis: int) -> float:
    """Return how many degrees one CUNIT of an axis is."""
    value = values.get(f"CUNIT{axis}")
    if value is None:
        return 1.0
    factor = _DEG_IN_UNIT.get(str(value).strip().lower())
    if factor is None:
        raise BadWcs(f"CUNIT{axis} is no unit of angle")
    return factor


def equinox(values: Values) -> float | None:
    """Return EQUINOX, else its old name EPOCH, in years; also from ``J2000.0``. None where it cannot be read."""
    value = values.get("EQUINOX")
    if value is None or value == "":
        value = values.get("EPOCH")
    if isinstance(value, str):
        try:
            return float(value.strip().lstrip("JBjb"))
        except ValueError:
            return None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def pixel_matrix(
    values: Values, longitude: int, latitude: int, first: int, second: int
) -> tuple[float, float, float, float]:
    """Return the matrix from pixel steps (first, second) to intermediate steps (longitude, latitude), in CUNITs.

    Source
    ------
    FITS standard 4.0, section 8.1; where a header mixes the notations, PC goes before CD before CROTA, as in wcslib.
    """
    cells = ((longitude, first), (longitude, second), (latitude, first), (latitude, second))
    pc_keys = [f"PC{i}_{j}" for i, j in cells]
    if values.keys().isdisjoint(pc_keys):
        older = [f"PC{i:03d}{j:03d}" for i, j in cells]
        pc_keys = pc_keys if values.keys().isdisjoint(older) else older
    cd_keys = [f"CD{i}_{j}" for i, j in cells]
    has_pc, has_cd = not values.keys().isdisjoint(pc_keys), not values.keys().isdisjoint(cd_keys)
    if has_cd and not has_pc:
        a, b, c, d = (number(values, key, 0.0) for key in cd_keys)
        return a, b, c, d
    lon_key, lat_key = f"CDELT{longitude}", f"CDELT{latitude}"
    if not has_pc and values.get(lon_key) is None and values.get(lat_key) is None:
        raise BadWcs("it gives no pixel scale")
    step_lon, step_lat = number(values, lon_key, 1.0), number(values, lat_key, 1.0)
    if has_pc:
        a, b, c, d = (number(values, key, float(i == j)) for key, (i, j) in zip(pc_keys, cells, strict=True))
        return a * step_lon, b * step_lon, c * step_lat, d * step_lat
    turn = radians(number(values, f"CROTA{latitude}", 0.0))
    along, across = cos(turn), sin(turn)
    if longitude < latitude:
        return step_lon * along, -step_lat * across, step_lon * across, step_lat * along
    return -step_lat * across, step_lon * along, step_lat * along, step_lon * across


def refuse_mixed_axes(values: Values, longitude: int, latitude: int, axes: int) -> None:
    """Raise where a position would change along a third pixel axis."""
    others = [axis for axis in range(1, axes + 1) if axis not in (longitude, latitude)]
    for celestial in (longitude, latitude):
        for other in others:
            for key in (f"CD{celestial}_{other}", f"PC{celestial}_{other}"):
                if values.get(key) is not None and number(values, key, 0.0) != 0.0:
                    raise BadWcs(f"{key} makes the position depend on a third axis")


def projection_parameters(values: Values, longitude: int, latitude: int) -> list[tuple[int, int, float]]:
    """List PVi_m as wcslib wants them: axis (1 longitude, 2 latitude), m, value."""
    return [
        (place, count, number(values, key, 0.0))
        for place, axis in ((1, longitude), (2, latitude))
        for count in range(_MOST_PARAMETERS)
        if values.get(key := f"PV{axis}_{count}") is not None
    ]


def sip_coefficients(values: Values) -> tuple[Numbers, Numbers] | None:
    """Return the two matrices of SIP coefficients, or None where the orders make it no distortion."""
    orders = number(values, "A_ORDER", -1.0), number(values, "B_ORDER", -1.0)
    if max(orders) <= 1.0:
        return None
    if min(orders) < 0.0:
        raise BadWcs("it has only one of the two SIP polynomials")
    if max(orders) > _HIGHEST_SIP_ORDER:
        raise BadWcs("its SIP order is above 9")
    size = int(max(orders)) + 1
    matrices = np.zeros((2, size, size))
    for matrix, letter, order in zip(matrices, "AB", orders, strict=True):
        for i in range(int(order) + 1):
            for j in range(int(order) - i + 1):
                if (key := f"{letter}_{i}_{j}") in values:
                    matrix[i, j] = number(values, key, 0.0)
    return matrices[0], matrices[1]
