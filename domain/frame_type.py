"""What a frame is (bias, dark, flat, light...), from what its header calls it and from what contradicts that name."""

from __future__ import annotations

import re
from functools import lru_cache

from domain.facts import FrameType
from domain.header import Problem
from domain.header_index import HeaderIndex

__all__ = ["TYPE_KEYWORDS", "classify_type", "doubt_type", "find_declared_type", "type_by_object"]

#: Keywords that name the type, in the order they are tried.
TYPE_KEYWORDS = (
    "IMAGETYP", "OBSTYPE", "IMAGE-TYPE", "IMAGE_TYPE", "IMGTYPE", "IMTYPE", "OBS-TYPE", "OBS_TYPE", "EXPTYPE",
    "EXP_TYPE", "FRAME", "FRAMETYP", "FRAMETYPE", "FRAME-TYPE", "DATA-TYP", "ESO DPR TYPE", "ESO DPR CATG", "FLAVOR",
    "CALFRAME", "INTEGRAT", "KOAIMTYP", "VIMTYPE", "PRODCATG",
)  # fmt: skip

# Only these say so plainly that a word nobody knows is still a type: "other". The rest mean other things elsewhere.
_ALWAYS_A_TYPE = ("IMAGETYP", "OBSTYPE", "IMAGE-TYPE", "IMAGE_TYPE", "IMGTYPE")

_LIGHT = frozenset((
    "light", "lights", "object", "objects", "objet", "obj", "science", "sci", "expose", "exposure", "standard", "std",
    "target", "star", "stars", "trailed", "spectrum", "spectra", "imaging", "image", "spectroscopic", "ext", "external",
    "normal", "survey", "stack", "stacked", "integration", "tricolor", "open",
    "nrc", "nrs", "nis", "mir", "fgs",  # JWST puts the instrument before the mode
))  # fmt: skip
_ARC = frozenset((
    "arc", "arcs", "comp", "comps", "comparison", "comparisons", "wave", "wavecal", "wavelength", "thar", "cuar",
    "hene", "hgar",
))  # fmt: skip
_OTHER = frozenset((
    "acq", "acqs", "acquisition", "tacq", "taconfirm", "guide", "guider", "guiding", "experimental", "bpm", "catalog",
    "catalogue", "engineering", "test", "snapshot", "pointing", "agexp",
))  # fmt: skip


@lru_cache(maxsize=2048)
def classify_type(text: str) -> FrameType | None:
    """Tell the frame type that a header's word means.

    Masters count as their kind (``MASTER FLAT`` is a flat), darks for flats as darks, twilight and dome frames as
    flats, standard stars and trailed exposures as lights, target acquisition and guiding as ``other``.

    Parameters
    ----------
    text : str
        ``'Light Frame'``, ``'SKYFLAT'``, ``'zero'``, ``'FLAT,LAMP'``, ``'NRC_CORON'``.

    Returns
    -------
    FrameType or None
        None for words that tell nothing.

    Source
    ------
    IMAGETYP of the SBIG FITS extensions and of NOAO; OBSTYPE of LCO and Gemini; DPR.TYPE of the ESO data interface
    control document; EXP_TYPE of JWST.
    """
    words = re.findall(r"[a-z]+", text.lower())
    known = set(words)
    joined = "".join(words)
    if "dark" in joined:
        return "dark"
    if "bias" in joined or not known.isdisjoint(("zero", "zeros", "offset")):
        return "bias"
    if "flat" in joined or "twilight" in known:
        return "flat"
    if "focus" in joined:
        return "focus"
    if not known.isdisjoint(_ARC) or "lamp" in joined:
        return "arc"
    if not known.isdisjoint(_OTHER):
        return "other"
    if "sky" in known:
        return "sky"
    if not known.isdisjoint(_LIGHT) or joined.startswith("light") or joined in ("masterlight", "master"):
        return "light"
    return None


_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_FLAT_PREFIXES = frozenset((
    "sky", "dome", "twilight", "twi", "dusk", "dawn", "evening", "morning", "eve", "lamp", "screen", "led", "panel",
    "internal", "master", "super", "bright",
))  # fmt: skip
_FLATS = frozenset((
    "flat", "flats", "flatfield", "flatfields", "skyflat", "skyflats", "domeflat", "domeflats", "twiflat", "twiflats",
))  # fmt: skip
_ARC_NAMES = frozenset(("arc", "arcs"))
_LAMPS = re.compile(r"(?:Hg|Ne|Ar|Cd|Zn|Kr|Xe|Th|Cu|He){2}")
_DARK_NAME = re.compile(r"(master[ _-]?)?darks?([ _-](frames?|current|\d+(\.\d+)?\s?(s|sec)?))?", re.IGNORECASE)


@lru_cache(maxsize=2048)
def type_by_object(name: str) -> FrameType | None:
    """Tell the calibration that an object's name gives away, else None.

    Kept narrow, for stars and nebulae have such words in their names too: ``FlatDither00``, ``Flat field``,
    ``FF R SCREEN``, ``postflats-BIAS`` and ``dark 300s`` are told; ``zero_pointing``, ``Dark Doodad`` and ``FF Aql``
    are not.
    """
    words = [word.lower() for word in _CAMEL.findall(name)]
    if not words:
        return None
    if "bias" in words or "biases" in words or words in (["zero"], ["zeros"]):
        return "bias"
    if _DARK_NAME.fullmatch(name.strip()):
        return "dark"
    after_prefix = next((word for word in words if word not in _FLAT_PREFIXES), "")
    if after_prefix in _FLATS or (words[0] == "ff" and not _FLAT_PREFIXES.isdisjoint(words[1:])):
        return "flat"
    # Gravitational lenses make arcs too.
    if not _ARC_NAMES.isdisjoint(words) and ((words[0] in _ARC_NAMES and len(words) <= 2) or _LAMPS.search(name)):
        return "arc"
    return "focus" if words[0] == "focus" else None


def find_declared_type(index: HeaderIndex) -> tuple[FrameType, str, str] | None:
    """Find what the header calls the frame.

    Returns
    -------
    tuple of (FrameType, str, str) or None
        The type, the keyword that named it, the word it used.
    """
    for keyword in TYPE_KEYWORDS:
        if keyword in index.entries:
            text = index.text(keyword)
            frame_type = classify_type(text) if text else None
            if text and frame_type:
                return frame_type, keyword, text
    for keyword in _ALWAYS_A_TYPE:
        text = index.text(keyword)
        if text:
            return "other", keyword, text
    return None


# Shorter than any shutter or electronic readout that is meant to collect dark current; longer than any bias.
_BIAS_AT_MOST_S = 1e-3
_BIAS_SURELY_NOT_S = 1.0


def doubt_type(
    declared: FrameType, declared_by: str, exposure_s: float | None, object_name: str | None, object_source: str | None
) -> tuple[FrameType, str, Problem | None]:
    """Weigh a declared type against the object's name and the exposure.

    A light whose object is named as a calibration is that calibration; a dark of under 1 ms is a bias. A light of
    exactly 0 s and a bias of over 1 s stay what they are called, for the exposure may be the one that lies.

    Parameters
    ----------
    declared : FrameType
        What the header calls it.
    declared_by : str
        Where and with which word, for the person: ``IMAGETYP@0 'Light Frame'``.
    exposure_s : float or None
        Exposure in seconds.
    object_name, object_source : str or None
        The object and the card that names it.

    Returns
    -------
    tuple of (FrameType, str, Problem or None)
        The type, the source to remember when it is not the declaring card (else ``''``), and
        ``frame-type-doubtful`` where the evidence disagrees.
    """
    named = type_by_object(object_name) if object_name else None
    if named and object_source and (declared == "light" or (declared == "dark" and named == "bias")):
        return named, object_source, _doubt(declared_by, f"the object is {object_name!r}", named)
    if exposure_s is None:
        return declared, "", None
    if declared == "dark" and exposure_s < _BIAS_AT_MOST_S:
        return "bias", "", _doubt(declared_by, f"the exposure is {exposure_s:g} s", "bias")
    if declared == "light" and exposure_s == 0:
        return declared, "", _doubt(declared_by, "the exposure is 0 s", declared)
    if declared == "bias" and exposure_s > _BIAS_SURELY_NOT_S:
        return declared, "", _doubt(declared_by, f"the exposure is {exposure_s:g} s", declared)
    return declared, "", None


def _doubt(declared_by: str, evidence: str, taken: FrameType) -> Problem:
    return Problem(
        "frame-type-doubtful",
        f"{declared_by} says one thing, but {evidence}: taken for {taken}. If that is wrong, map frame_type in the "
        "instrument's header mapping.",
    )


def tell_other_type(told: FrameType, taken: FrameType, source: str) -> Problem:
    """Tell that a file was sent as something else than its header says."""
    return Problem(
        "frame-type-differs",
        f"It was sent as {told}, but {source} says {taken}, which is taken. If that is wrong, map frame_type in the "
        "instrument's header mapping.",
    )
