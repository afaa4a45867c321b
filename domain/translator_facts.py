"""What astro_metadata_translator knows of a header, for the few instruments it knows."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from datetime import UTC
from functools import lru_cache
from typing import Any

from domain.frame_type import classify_type
from domain.header import Problem
from domain.header_index import HeaderIndex, clean_text
from domain.header_pointing import to_icrs

__all__ = ["may_translate", "translate"]

# The instruments that the library's own translators claim by INSTRUME (its release 30).
_INSTRUMENTS = frozenset(("DECam", "HSC", "Hyper Suprime-Cam", "SuprimeCam", "MegaPrime"))


def may_translate(index: HeaderIndex) -> bool:
    """Tell, without importing the library, whether one of its translators could claim a header.

    It takes two seconds to import and milliseconds to ask, and nearly all headers are none of its own. May say yes
    where the library then says no; never the other way round.
    """
    entries = index.entries
    instrument = entries.get("INSTRUME")
    if instrument is not None:
        if instrument[0] in _INSTRUMENTS:
            return True
    elif _starts(index, "EXP-ID") or _starts(index, "FRAMEID"):
        return True
    if "DECam" in str(entries["FILTER"][0] if "FILTER" in entries else ""):
        return True
    return "CCDMODE" in entries and "ORIGIN" in entries and "SDSS" in str(entries["ORIGIN"][0])


def _starts(index: HeaderIndex, keyword: str) -> bool:
    entry = index.entries.get(keyword)
    return entry is not None and str(entry[0]).startswith(("HSC", "SUP"))


@lru_cache(maxsize=1)
def _library() -> tuple[Any, Any]:
    # Imported on first need, for its cost. Its log lines are of no use: what matters of them becomes a problem.
    log = logging.getLogger("astro_metadata_translator")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    from astro_metadata_translator import MetadataTranslator
    from astropy.coordinates import EarthLocation

    # Some translators look their site up by network. None of the facts taken here depends on it, so they get this one.
    return MetadataTranslator, EarthLocation.from_geocentric(6378137.0, 0.0, 0.0, unit="m")


def _start_at(translator: Any) -> Any:
    begin = translator.to_datetime_begin()
    return None if begin is None else begin.utc.to_datetime().replace(tzinfo=UTC)


def _pointing(translator: Any) -> Any:
    radec = translator.to_tracking_radec()
    if radec is None:
        return None
    if radec.frame.name == "fk5":  # astropy's own way from there takes milliseconds
        return to_icrs(float(radec.ra.deg), float(radec.dec.deg), "FK5", float(radec.equinox.jyear))
    return float(radec.icrs.ra.deg), float(radec.icrs.dec.deg)


def _number(name: str) -> Callable[[Any], Any]:
    def read(translator: Any) -> Any:
        value = getattr(translator, f"to_{name}")()
        number = None if value is None else float(getattr(value, "value", value))
        return number if number is not None and number == number else None

    return read


def _text(name: str) -> Callable[[Any], Any]:
    def read(translator: Any) -> Any:
        value = getattr(translator, f"to_{name}")()
        return None if value is None else clean_text(str(value))

    return read


def _frame_type(translator: Any) -> Any:
    word = clean_text(str(translator.to_observation_type()))
    return None if word is None else classify_type(word)


_READERS: dict[str, Callable[[Any], Any]] = {
    "frame_type": _frame_type,
    "start_at": _start_at,
    "exposure_s": _number("exposure_time"),
    "filter": _text("physical_filter"),
    "object": _text("object"),
    "airmass": _number("boresight_airmass"),
    "telescope_name": _text("telescope"),
    "instrument_name": _text("instrument"),
    "pointing": _pointing,
}


def translate(index: HeaderIndex, known: set[str]) -> tuple[dict[str, Any], str]:
    """Ask the library for the facts of a header.

    Facts whose cards are missing stay out. A translator that fails otherwise adds the problem ``translator-failed`` to
    the index, and the facts it did give are kept. The library's files of corrections for single exposures (some frames
    of Hyper Suprime-Cam's commissioning) are not read; its corrections in code are applied, to a copy.

    Parameters
    ----------
    index : HeaderIndex
        The header; not changed but for its problems.
    known : set of str
        Facts that need not be asked for.

    Returns
    -------
    tuple of (dict, str)
        Facts by name, with ``pointing`` as (RA, Dec) in ICRS degrees, and the source to remember: ``translator:DECam``.
        Both empty where no translator claims the header.
    """
    if not may_translate(index):
        return {}, ""
    failed: list[str] = []
    facts: dict[str, Any] = {}
    header: dict[str, Any] = {keyword: entry[0] for keyword, entry in index.entries.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            library, anywhere = _library()
            claim = next((t for t in library.translators.values() if t.can_translate(header)), None)
            if claim is None:
                return {}, ""
            _correct(claim, header)
            translator = claim(header)
            translator.to_location = lambda: anywhere
        except Exception as error:  # a crash of the library must never fail a frame
            _tell(index, "astro_metadata_translator", [f"the header ({type(error).__name__})"])
            return {}, ""
        for name, read in _READERS.items():
            if name in known:
                continue
            try:
                value = read(translator)
            except (KeyError, NotImplementedError):
                continue  # the card is not there
            except Exception as error:
                failed.append(f"{name} ({type(error).__name__})")
                continue
            if value is not None:
                facts[name] = value
    if failed:
        _tell(index, f"The translator {claim.name}", failed)
    return facts, f"translator:{claim.name}"


def _correct(claim: Any, header: dict[str, Any]) -> None:
    # The library finds corrections by instrument and observation, and leaves the header alone where it has neither.
    try:
        translator = claim(header)
        instrument, observation = translator.to_instrument(), translator.to_observation_id()
    except Exception:
        return
    claim.fix_header(header, instrument, observation)


def _tell(index: HeaderIndex, who: str, failed: list[str]) -> None:
    index.problems.append(
        Problem("translator-failed", f"{who} failed on {', '.join(failed)}; the general rules were used instead.")
    )
