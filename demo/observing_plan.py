"""The night's timetable: which frame is taken when, of what, and what goes wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from demo.place import CAMERA, FILTERS, SITE
from demo.sky_clock import altitude_deg, night_span, sun_altitude_deg
from demo.targets import TARGETS, Target

__all__ = ["GAP_S", "PlannedFrame", "plan_night", "twilight_e_per_s"]

#: Seconds between two exposures: readout, dither, settling of the guider.
OVERHEAD_S = 32.0
#: Clouds: nothing is taken for this long.
GAP_S = 2400.0
CLOUD_MAG = (1.0, 1.7, 2.4, 3.0)
LOWEST_ALTITUDE_DEG = 22.5
FLAT_GOAL_ADU = 24000.0
_DEEP_S = {"B": 900.0, "V": 900.0, "R": 600.0, "Halpha": 1200.0}
_SHORT_S = {"B": 90.0, "V": 60.0, "R": 60.0, "Halpha": 180.0}
_STEPS_S = (5, 10, 15, 20, 30, 45, 60, 90, 120, 150, 180, *range(240, 1501, 60))
_DARKS, _DUSK_BIASES, _DAWN_BIASES, _FOCUS_STEPS = 8, 4, 3, 5


@dataclass(frozen=True)
class PlannedFrame:
    """One exposure to be taken.

    Times are UTC; ``centre_ra_deg`` and ``centre_dec_deg`` (ICRS) are where the telescope points, dither included.
    ``faults`` names what is wrong with it, empty for a good frame; ``is_copied`` asks for its file under a second name.
    """

    frame_type: str
    number: int
    start_at: datetime
    exposure_s: float
    filter: str | None = None
    target: Target | None = None
    centre_ra_deg: float | None = None
    centre_dec_deg: float | None = None
    cloud_mag: float = 0.0
    focus_step: int = 0
    has_sip: bool = False
    is_copied: bool = False
    suffix: str = ".fits"
    faults: tuple[str, ...] = ()

    @property
    def mid_at(self) -> datetime:
        return self.start_at + timedelta(seconds=self.exposure_s / 2)

    @property
    def end_at(self) -> datetime:
        return self.start_at + timedelta(seconds=self.exposure_s)


def twilight_e_per_s(filter_name: str, sun_deg: float) -> float:
    """Electrons per second and pixel of a clear twilight sky at a sun altitude in degrees.

    Source
    ------
    Patat, Ugolnikov & Postylyakov 2006, A&A 455, 385: about 11.6 mag/arcsec2 at -6 degrees, 1.3 mag per degree.
    """
    mag = 11.6 - 1.3 * (sun_deg + 6.0)
    return float(FILTERS[filter_name][0] * CAMERA.scale_arcsec**2 * 10 ** (-0.4 * mag))


def _first_time(condition: Callable[[float], bool], start: datetime, end: datetime) -> datetime:
    """First half minute at which the sun's altitude meets a condition."""
    at = start
    while at < end:
        if condition(sun_altitude_deg(at, SITE)):
            return at
        at += timedelta(seconds=30)
    raise ValueError("The sun does not set deep enough on this night for a demonstration at this site.")


def _flats(filters: tuple[str, ...], start: datetime, *, rising: bool) -> Iterator[PlannedFrame]:
    """Sky flats of about equal counts: the exposure follows the twilight, longer at dusk and shorter at dawn."""
    at = start
    for name in filters:
        for number in (1, 2, 3):
            while True:
                rate = twilight_e_per_s(name, sun_altitude_deg(at, SITE))
                exposure_s = round(FLAT_GOAL_ADU * CAMERA.gain_e_per_adu / rate, 1)
                if (exposure_s >= 6.0) if rising else (exposure_s <= 45.0):
                    break
                at += timedelta(seconds=10)
            if rising and name == filters[0] and number == 1:
                # The observer's first try, far too long for so bright a sky.
                yield PlannedFrame("flat", number, at - timedelta(seconds=50.0), 30.0, name, faults=("saturated",))
            numbered = number + (1 if rising and name == filters[0] else 0)
            yield PlannedFrame("flat", numbered, at, exposure_s, name)
            at += timedelta(seconds=exposure_s + 20.0)


def _exposure_s(target: Target, filter_name: str, stretch: float) -> float:
    nominal = (_SHORT_S if target.bright else _DEEP_S)[filter_name] * (1.0 if target.bright else stretch)
    return float(min(_STEPS_S, key=lambda step: abs(step - nominal)))


def _block_s(target: Target, stretch: float) -> float:
    return sum(_exposure_s(target, name, stretch) + OVERHEAD_S for name in target.sequence)


def _stays_up(target: Target, start: datetime, length_s: float) -> bool:
    times = (start + timedelta(seconds=length_s * part / 4) for part in range(5))
    return all(altitude_deg(target.ra_deg, target.dec_deg, at, SITE) > LOWEST_ALTITUDE_DEG for at in times)


def _science(start: datetime, end: datetime, stretch: float, rng: np.random.Generator) -> list[PlannedFrame] | None:
    """Fill the dark hours with blocks of targets; None when they do not fit before ``end``."""
    frames: list[PlannedFrame] = []
    left = list(TARGETS)
    at = start
    for block in range(6):
        target = next((t for t in left if _stays_up(t, at, _block_s(t, stretch))), None)
        if target is None:
            return None
        left.remove(target)
        numbers: dict[str, int] = {}
        for index, name in enumerate(target.sequence):
            numbers[name] = numbers.get(name, 0) + 1
            east, north = rng.uniform(-25.0, 25.0, 2) / 3600.0
            clouded = index - (len(target.sequence) - len(CLOUD_MAG))
            frames.append(
                PlannedFrame(
                    "light",
                    numbers[name],
                    at,
                    _exposure_s(target, name, stretch),
                    name,
                    target,
                    (target.ra_deg + east / np.cos(np.radians(target.dec_deg))) % 360.0,
                    target.dec_deg + north,
                    cloud_mag=CLOUD_MAG[clouded] if block == 1 and clouded >= 0 else 0.0,
                    has_sip=name == "R" and block in (0, 5),
                )
            )
            at = frames[-1].end_at + timedelta(seconds=OVERHEAD_S)
        # Slewing and centring; after the second block the clouds close the dome.
        at += timedelta(seconds=GAP_S if block == 1 else 100.0)
    return frames if at <= end else None


def _with_faults(frames: list[PlannedFrame]) -> list[PlannedFrame]:
    """Spoil single frames the way nights do."""

    def spoil(frame_type: str, block: int, position: int, fault: str, **changes: object) -> None:
        of_type = [i for i, frame in enumerate(frames) if frame.frame_type == frame_type]
        if frame_type == "light":
            names = list(dict.fromkeys(frames[i].target for i in of_type))
            of_type = [i for i in of_type if frames[i].target is names[block]]
        index = of_type[position]
        named = (fault,) if fault else ()
        frames[index] = replace(frames[index], faults=frames[index].faults + named, **changes)  # type: ignore[arg-type]

    for index, frame in enumerate(frames):
        if frame.cloud_mag:
            frames[index] = replace(frame, faults=("cloud",))
    spoil("flat", 0, -1, "lying-type")
    spoil("light", 0, 3, "satellite")
    spoil("light", 0, 1, "", is_copied=True)
    spoil("light", 1, 0, "", suffix=".fits.gz")
    spoil("light", 2, 4, "bad-header")
    spoil("light", 3, 2, "trailed")
    spoil("light", 3, 5, "truncated")
    spoil("light", 5, 1, "", suffix=".fits.fz")
    return frames


def plan_night(night: str, seed: int) -> list[PlannedFrame]:
    """Make the timetable of one night at the demonstration's site.

    Parameters
    ----------
    night : str
        Evening date, ``2026-11-20``.
    seed : int
        Decides the dithers.

    Returns
    -------
    list of PlannedFrame
        In the order of time: bias, dusk flats, focus run, six targets with a gap after the second, darks, dawn
        flats, bias.

    Raises
    ------
    ValueError
        The night is not a date, or too bright or too short at this site for the programme.
    """
    noon, next_noon = night_span(night, SITE)
    midnight = noon + (next_noon - noon) / 2
    deepest = min(sun_altitude_deg(noon + timedelta(minutes=10 * i), SITE) for i in range(144))
    science_sun_deg = max(-11.0, deepest + 1.2)
    sunset = _first_time(lambda alt: alt < -0.9, noon, next_noon)
    dusk = _first_time(lambda alt: alt < -3.2, noon, next_noon)
    dark = _first_time(lambda alt: alt < science_sun_deg, noon, next_noon)
    dawn = _first_time(lambda alt: alt > -9.0, midnight, next_noon)

    frames = [PlannedFrame("bias", i + 1, sunset + timedelta(seconds=20.0 * i), 0.0) for i in range(_DUSK_BIASES)]
    frames += _flats(("Halpha", "B"), max(dusk, frames[-1].end_at + timedelta(seconds=20)), rising=True)

    for stretch in np.arange(1.6, 0.02, -0.05):
        dark_s = [_exposure_s(TARGETS[0], name, float(stretch)) for name in ("V", "Halpha")]
        darks_s = _DARKS / 2 * (sum(dark_s) + 40.0)
        rng = np.random.default_rng([seed, 1])
        start = dark + timedelta(seconds=_FOCUS_STEPS * 35.0 + 60.0)
        science = _science(start, dawn - timedelta(seconds=darks_s), float(stretch), rng)
        if science:
            break
    else:
        raise ValueError(f"The night of {night} is too short at {SITE.name} for the demonstration's programme.")

    first = science[0]
    for step in range(_FOCUS_STEPS):
        at = dark + timedelta(seconds=35.0 * step)
        declination = (first.centre_dec_deg or 0.0) + 1.5
        frames.append(
            PlannedFrame("focus", step + 1, at, 15.0, "R", None, first.centre_ra_deg, declination, focus_step=step - 2)
        )
    frames += science
    at = science[-1].end_at + timedelta(seconds=100.0)
    for number in range(_DARKS):
        exposure_s = dark_s[number * 2 // _DARKS]
        frames.append(PlannedFrame("dark", number % (_DARKS // 2) + 1, at, exposure_s))
        at = frames[-1].end_at + timedelta(seconds=20.0)
    frames += _flats(("R", "V"), max(dawn, at), rising=False)
    at = frames[-1].end_at + timedelta(seconds=60.0)
    frames += [
        PlannedFrame("bias", _DUSK_BIASES + i + 1, at + timedelta(seconds=20.0 * i), 0.0) for i in range(_DAWN_BIASES)
    ]
    return _with_faults(frames)
