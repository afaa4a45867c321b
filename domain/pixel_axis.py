"""The values along one axis of an image that is no direction on the sky: wavelength, frequency, velocity, time."""

from __future__ import annotations

import math
import re
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.header import CardValue, HeaderUnit

__all__ = ["PixelAxis", "read_pixel_axis"]

Numbers = NDArray[np.float64]

_NOT_COUNTED: Final = ("MULTISPE", "RA--", "DEC-", "GLON", "GLAT", "ELON", "ELAT", "SLON", "SLAT", "PIXEL")
_UNNAMED: Final = ("", "LINEAR", "PIXEL")
#: Codes of FITS WCS Paper III after the four letters of a spectral type: logarithmic, or linear in something else.
_CODED: Final = re.compile(r"[A-Z-]{4}-(LOG|GRI|GRA|[FWVA]2[FWVA])$")


class PixelAxis(NamedTuple):
    """Pixel ``reference``, counted from 1, has ``value``, and each further one ``step`` more, in ``unit``.

    ``code`` is that of an axis that is not linear (``LOG``, ``F2W``), empty where it is; ``is_log10`` says that what is
    linear is the decimal logarithm, as IRAF's DC-FLAG has it.
    """

    name: str
    unit: str
    reference: float
    value: float
    step: float
    kind: str = ""
    code: str = ""
    is_log10: bool = False

    def at(self, pixel: Numbers) -> Numbers:
        """Give the values of pixels, counted from 1.

        Raises
        ------
        ValueError
            It is an axis that wcslib does not understand.
        """
        if self.code:
            return self._coded(pixel)
        linear: Numbers = self.value + (pixel - self.reference) * self.step
        return 10.0**linear if self.is_log10 else linear

    def _coded(self, pixel: Numbers) -> Numbers:
        from astropy.units import Unit  # on first need: it takes long
        from astropy.wcs import Wcsprm

        axis = Wcsprm(naxis=1)
        axis.ctype, axis.cunit = [self.kind], [self.unit]
        axis.crpix, axis.crval, axis.cdelt = [self.reference], [self.value], [self.step]
        axis.set()  # which turns the unit into that of the SI
        back = Unit(str(axis.cunit[0])).to(Unit(self.unit)) if self.unit else 1.0
        world: Numbers = axis.p2s(pixel[:, None], 1)["world"][:, 0] * back
        return world


def _number(value: CardValue) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def read_pixel_axis(unit: HeaderUnit, axis: int) -> PixelAxis | None:
    """Read what one axis of an image counts; None where it only counts pixels, or lies on the sky.

    Source
    ------
    FITS WCS Paper III (Greisen et al. 2006); IRAF's DC-FLAG and WAT1_001 for older files.
    """
    kind = str(unit.find(f"CTYPE{axis}") or "").strip().upper()
    value, step = _number(unit.find(f"CRVAL{axis}")), _number(unit.find(f"CDELT{axis}"))
    matrix = unit.find(f"CD{axis}_{axis}")
    if kind.startswith(_NOT_COUNTED) or not math.isfinite(value):
        return None
    if not math.isfinite(step) or matrix is not None:
        step = _number(matrix)
    if not math.isfinite(step) or step == 0.0:
        return None
    reference = _number(unit.find(f"CRPIX{axis}"))
    described = str(unit.find("WAT1_001") or "") if axis == 1 else ""
    named = re.search(r"label\s*=\s*(\w+)", described)
    measured = re.search(r"units\s*=\s*(\w+)", described)
    coded = _CODED.match(kind)
    return PixelAxis(
        name=named[1] if named else kind[:4].rstrip("-") if coded else kind if kind not in _UNNAMED else f"axis {axis}",
        unit=str(unit.find(f"CUNIT{axis}") or (measured[1] if measured else "")).strip(),
        reference=reference if math.isfinite(reference) else 1.0,
        value=value,
        step=step,
        kind=kind,
        code=coded[1] if coded else "",
        is_log10=axis == 1 and _number(unit.find("DC-FLAG")) == 1.0,
    )
