"""One exposure of the night: the sky of that moment, through the optics, onto the chip."""

from __future__ import annotations

import numpy as np
from astropy.wcs import WCS
from numpy.typing import NDArray

from demo.detector import Detector, add_satellite_trail
from demo.headers import wcs_header
from demo.observing_plan import PlannedFrame, twilight_e_per_s
from demo.place import CAMERA, FILTERS, SITE
from demo.sky_clock import (
    airmass,
    altitude_deg,
    moon_position,
    moonlit_fraction,
    separation_deg,
    sun_altitude_deg,
)
from demo.sky_scene import Scene, StarField, draw_stars, star_field

__all__ = ["Shutter"]

Image = NDArray[np.float32]


class Shutter:
    """Takes the exposures of one night, of which chip, objects and stars stay the same.

    Parameters
    ----------
    seed : int
        Decides stars, clouds of gas, dust on the glass and every frame's noise.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.detector = Detector(seed)
        self._scenes: dict[str, Scene] = {}
        self._stars: dict[str, StarField] = {}

    def pixels(self, frame: PlannedFrame, index: int) -> NDArray[np.uint16]:
        """Take one exposure.

        Parameters
        ----------
        frame : PlannedFrame
            What is taken, and when.
        index : int
            Its number within the night, which decides its noise.

        Returns
        -------
        ndarray of uint16, shape (size, size)
            Counts, row 0 at the bottom.
        """
        rng = np.random.default_rng([self.seed, 1000 + index])
        light: Image | None = None
        if frame.frame_type == "flat" and frame.filter:
            sun_deg = sun_altitude_deg(frame.mid_at, SITE)
            light = _gradient(0.012, 0.7) * np.float32(twilight_e_per_s(frame.filter, sun_deg))
        elif frame.frame_type in ("light", "focus"):
            light = self._sky(frame, rng)
        return self.detector.expose(light, frame.exposure_s, frame.filter, rng)

    def _sky(self, frame: PlannedFrame, rng: np.random.Generator) -> Image:
        filter_name = frame.filter or "R"
        ra_deg, dec_deg = frame.centre_ra_deg or 0.0, frame.centre_dec_deg or 0.0
        air = airmass(altitude_deg(ra_deg, dec_deg, frame.mid_at, SITE))
        passed = 10 ** (-0.4 * (FILTERS[filter_name][2] * air + frame.cloud_mag))
        light = self._star_light(frame, filter_name, _fwhm_px(frame, air))
        if frame.target:
            if frame.target.name not in self._scenes:
                self._scenes[frame.target.name] = Scene(frame.target, self.seed)
            scene = self._scenes[frame.target.name]
            turn = (ra_deg - frame.target.ra_deg + 180.0) % 360.0 - 180.0
            east = turn * float(np.cos(np.radians(dec_deg))) * 3600.0
            light += scene.rates_e_per_s(filter_name, east, (dec_deg - frame.target.dec_deg) * 3600.0)
        light *= np.float32(passed)
        light += _sky_glow(frame, filter_name, air)
        if "satellite" in frame.faults:
            add_satellite_trail(light, rng)
        return light

    def _star_light(self, frame: PlannedFrame, filter_name: str, fwhm_px: float) -> Image:
        ra_deg, dec_deg = frame.centre_ra_deg or 0.0, frame.centre_dec_deg or 0.0
        if frame.target:
            key = (frame.target.name, frame.target.ra_deg, frame.target.dec_deg)
        else:
            key = ("focus field", ra_deg, dec_deg)
        if key[0] not in self._stars:
            self._stars[key[0]] = star_field(*key, self.seed, frame.target)
        stars = self._stars[key[0]]
        wcs = WCS(wcs_header(frame))
        x, y = wcs.all_world2pix(stars.ra_deg, stars.dec_deg, 0, quiet=True)
        rates = stars.rates_e_per_s(filter_name)
        shape = (CAMERA.size_px, CAMERA.size_px)
        if "trailed" not in frame.faults:
            return draw_stars(shape, x, y, rates, fwhm_px)
        # The drive stopped: every star draws the same slightly wavering line.
        steps = np.linspace(0.0, 1.0, 36)
        smeared = np.zeros(shape, dtype=np.float32)
        bright = rates > 150.0
        for step in steps:
            sway = 1.2 * np.sin(7.0 * step)
            smeared += draw_stars(
                shape, x[bright] + 34.0 * step, y[bright] + 5.0 * step + sway, rates[bright] / len(steps), fwhm_px
            )
        return smeared


def _fwhm_px(frame: PlannedFrame, air: float) -> float:
    """Width of the stars: seeing that wanders through the night, air mass, focus."""
    hours = frame.mid_at.hour + frame.mid_at.minute / 60.0
    seeing_arcsec = (3.3 + 0.45 * np.sin(hours * 1.1) + 0.25 * np.sin(hours * 3.7 + 1.0)) * air**0.6
    defocus_arcsec = 2.6 * abs(frame.focus_step)
    return float(np.hypot(seeing_arcsec, defocus_arcsec) / CAMERA.scale_arcsec)


def _gradient(amplitude: float, direction: float) -> Image:
    axis = np.linspace(-0.5, 0.5, CAMERA.size_px, dtype=np.float32)
    slope = np.float32(np.cos(direction)) * axis[None, :] + np.float32(np.sin(direction)) * axis[:, None]
    return np.asarray(1.0 + np.float32(amplitude) * slope, dtype=np.float32)


def _sky_glow(frame: PlannedFrame, filter_name: str, air: float) -> Image:
    """Dark sky, moonlight and the rest of twilight, electrons per second and pixel.

    Source
    ------
    The moon's share follows Krisciunas & Schaefer 1991, PASP 103, 1033, in its dependence on phase, altitude and
    distance, scaled to 2.2 mag at full moon in V.
    """
    zero_point, dark_mag, _ = FILTERS[filter_name]
    dark = zero_point * CAMERA.scale_arcsec**2 * 10 ** (-0.4 * dark_mag) * air**0.5
    moon = moon_position(frame.mid_at)
    moon_deg = altitude_deg(*moon, frame.mid_at, SITE, of_date=True)
    moonlight = 0.0
    if moon_deg > 0.0:
        distance = separation_deg(moon, (frame.centre_ra_deg or 0.0, frame.centre_dec_deg or 0.0))
        scatter = 1.06 + np.cos(np.radians(distance)) ** 2 + 10 ** (1.2 - distance / 40.0) / 3.0
        colour = {"B": 1.5, "V": 1.0, "R": 0.6, "Halpha": 0.6}[filter_name]
        moonlight = 4.5 * moonlit_fraction(frame.mid_at) ** 3 * np.sin(np.radians(moon_deg)) * scatter * colour
    # A cloud under the moon and over a town shines while it hides the stars.
    level = dark * (1.0 + moonlight) * (1.0 + 0.22 * frame.cloud_mag)
    level += twilight_e_per_s(filter_name, sun_altitude_deg(frame.mid_at, SITE))
    return _gradient(0.05 + 0.05 * min(moonlight, 1.0), 0.6) * np.float32(level)
