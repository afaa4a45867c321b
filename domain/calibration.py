"""Which calibration frames belong to a frame: by what they must agree, and how near in time they should be."""

from __future__ import annotations

from domain.facts import FrameType

__all__ = ["DEFAULT_DAYS", "EXPOSURE_TOLERANCE", "GAIN_TOLERANCE", "NEAR_C", "calibrations_of", "facts_compared"]

DEFAULT_DAYS = 30  # before and behind
GAIN_TOLERANCE = EXPOSURE_TOLERANCE = 0.01  # of the frame's own
NEAR_C = 1.0  # darks of a detector that is colder or warmer than this come behind the others

_DETECTOR = ("width_px", "height_px", "binning_x", "binning_y", "gain")
_FACTS: dict[FrameType, tuple[str, ...]] = {
    "bias": _DETECTOR,
    "dark": (*_DETECTOR, "exposure_s", "detector_temperature_c"),
    "flat": ("width_px", "height_px", "binning_x", "binning_y", "filter"),
}


def calibrations_of(frame_type: FrameType | None) -> tuple[FrameType, ...]:
    """Tell which kinds of calibration a frame of a type takes, in the order in which they are applied.

    A flat is calibrated itself; of what nobody knows what it is, nobody knows what it takes.

    Source
    ------
    The order of ccdproc's reduction guide: bias, dark, flat.
    """
    match frame_type:
        case "light" | "arc" | "sky" | "focus":
            return ("bias", "dark", "flat")
        case "flat":
            return ("bias", "dark")
        case "dark":
            return ("bias",)
        case _:
            return ()


def facts_compared(kind: FrameType) -> tuple[str, ...]:
    """Tell in which facts a calibration of a kind has to agree with its frame, as far as both tell them."""
    return _FACTS[kind]
