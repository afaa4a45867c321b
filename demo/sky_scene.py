"""The light that arrives: stars, the object and the sky glow, in electrons per second for every pixel."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.place import CAMERA, FILTERS
from demo.targets import Target

__all__ = ["Scene", "StarField", "draw_stars", "moffat_stamp", "star_field"]

Image = NDArray[np.float32]
#: Pixels that the map of the object reaches beyond the detector, so that dithers find something there.
MARGIN_PX = 40
_MOFFAT_BETA = 3.2
#: (V - R) / (B - V) of ordinary stars.
_V_MINUS_R_SLOPE = 0.55


@dataclass(frozen=True)
class StarField:
    """Stars of one target: ICRS degrees, V magnitudes and B-V colours, arrays of shape (n,)."""

    ra_deg: NDArray[np.float64]
    dec_deg: NDArray[np.float64]
    v_mag: NDArray[np.float64]
    b_minus_v: NDArray[np.float64]

    def rates_e_per_s(self, filter_name: str) -> NDArray[np.float64]:
        """Electrons per second above the atmosphere, shape (n,)."""
        shift = {"B": 1.0, "V": 0.0, "R": -_V_MINUS_R_SLOPE, "Halpha": -_V_MINUS_R_SLOPE}[filter_name]
        return np.asarray(FILTERS[filter_name][0] * 10 ** (-0.4 * (self.v_mag + shift * self.b_minus_v)))


def _generator(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def star_field(name: str, ra_deg: float, dec_deg: float, seed: int, target: Target | None = None) -> StarField:
    """Invent the stars around a position, always the same for a seed, with the real bright ones among them."""
    rng = _generator(seed, name)
    count = target.star_count if target else 260
    radius_deg = 0.26
    east, north = rng.uniform(-radius_deg, radius_deg, (2, count))
    # Number counts rise by 10**0.3 per magnitude between 10.5 and 18.8.
    v_mag = 10.5 + np.log10(1.0 + rng.uniform(0, 1, count) * (10 ** (0.3 * 8.3) - 1.0)) / 0.3
    colour = np.clip(rng.normal(0.75, 0.35, count), -0.2, 1.9)
    if target and target.shape == "globular":
        members = 1400
        distance = target.scale_arcsec / 3600.0 * np.sqrt((1.0 - rng.uniform(0, 0.97, members)) ** -1.0 - 1.0)
        angle = rng.uniform(0, 2 * np.pi, members)
        east = np.append(east, distance * np.cos(angle))
        north = np.append(north, distance * np.sin(angle))
        v_mag = np.append(v_mag, 12.3 + np.log10(1.0 + rng.uniform(0, 1, members) * (10 ** (0.35 * 6.0) - 1.0)) / 0.35)
        colour = np.append(colour, np.clip(rng.normal(0.8, 0.3, members), 0.0, 1.6))
    ra = ra_deg + east / np.cos(np.radians(dec_deg))
    dec = dec_deg + north
    real = target.bright_stars if target else ()
    return StarField(
        np.append(ra, [star.ra_deg for star in real]) % 360.0,
        np.append(dec, [star.dec_deg for star in real]),
        np.append(v_mag, [star.v_mag for star in real]),
        np.append(colour, [star.b_minus_v for star in real]),
    )


def moffat_stamp(dx: float, dy: float, fwhm_px: float, half_px: int) -> Image:
    """Light of one star in the pixels around it, summing to nearly one.

    Parameters
    ----------
    dx, dy : float
        Offset of the star from the middle of the stamp's central pixel, pixels.
    fwhm_px : float
        Full width at half maximum, pixels.
    half_px : int
        The stamp has ``2 * half_px + 1`` pixels on a side.

    Source
    ------
    Moffat 1969, A&A 3, 455, integrated over pixels by 3 x 3 points.
    """
    alpha = fwhm_px / (2.0 * np.sqrt(2.0 ** (1.0 / _MOFFAT_BETA) - 1.0))
    fine = (np.arange(3 * (2 * half_px + 1), dtype=np.float32) - (3 * half_px + 1)) / 3.0
    radius2 = (fine[:, None] - dy) ** 2 + (fine[None, :] - dx) ** 2
    light = (1.0 + radius2 / alpha**2) ** -_MOFFAT_BETA
    side = 2 * half_px + 1
    norm = (_MOFFAT_BETA - 1.0) / (np.pi * alpha**2) / 9.0
    return np.asarray(light.reshape(side, 3, side, 3).sum(axis=(1, 3)) * norm, dtype=np.float32)


def draw_stars(
    shape: tuple[int, int], x: NDArray[np.float64], y: NDArray[np.float64], rate: NDArray[np.float64], fwhm_px: float
) -> Image:
    """Draw stars at 0-based pixel positions, electrons per second."""
    image = np.zeros(shape, dtype=np.float32)
    ny, nx = shape
    # A bright star's wings reach far; a faint one's end where they fall below a thousandth electron per second.
    halves = np.clip((rate / 2e-3) ** (1 / (2 * _MOFFAT_BETA)) * fwhm_px * 0.75, 5, 240).astype(int)
    for xi, yi, light, half in zip(x, y, rate, halves.tolist(), strict=True):
        column, row = round(float(xi)), round(float(yi))
        x0, x1 = max(column - half, 0), min(column + half + 1, nx)
        y0, y1 = max(row - half, 0), min(row + half + 1, ny)
        if x0 >= x1 or y0 >= y1:
            continue
        stamp = moffat_stamp(float(xi) - column, float(yi) - row, fwhm_px, half)
        top, left = y0 - (row - half), x0 - (column - half)
        image[y0:y1, x0:x1] += light * stamp[top : top + y1 - y0, left : left + x1 - x0]
        if light > 4e5:
            _draw_spikes(image, column, row, light)
    return image


def _draw_spikes(image: Image, column: int, row: int, light: float) -> None:
    """The spider's diffraction: four faint rays, a hundredth of the star's light in each pair."""
    ny, nx = image.shape
    if 0 <= row < ny:
        image[row] += light * 1.2e-4 * np.exp(-np.abs(np.arange(nx) - column) / 28.0)
    if 0 <= column < nx:
        image[:, column] += light * 1.2e-4 * np.exp(-np.abs(np.arange(ny) - row) / 28.0)


def _turbulence(rng: np.random.Generator, size: int, slope: float) -> Image:
    """A smooth random field of mean 0 and deviation 1 with a power-law spectrum."""
    spectrum = np.fft.rfft2(rng.standard_normal((size, size)))
    frequency = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :])
    frequency[0, 0] = np.inf
    field = np.fft.irfft2(spectrum * frequency**-slope, s=(size, size))
    return np.asarray(field / field.std(), dtype=np.float32)


class Scene:
    """One target's object light on a map a little larger than the detector, turned as the camera is.

    Parameters
    ----------
    target : Target
        What is there.
    seed : int
        Decides the clouds of nebulae.
    """

    def __init__(self, target: Target, seed: int) -> None:
        self.target = target
        self._rng = _generator(seed + 7, target.name)
        self._size = CAMERA.size_px + 2 * MARGIN_PX
        half = (self._size - 1) / 2.0
        axis = np.arange(self._size, dtype=np.float32) - np.float32(half)
        (cd11, cd12), (cd21, cd22) = CAMERA.cd_deg
        self._east = np.float32(3600 * cd11) * axis[None, :] + np.float32(3600 * cd12) * axis[:, None]
        self._north = np.float32(3600 * cd21) * axis[None, :] + np.float32(3600 * cd22) * axis[:, None]
        angle = np.radians(target.position_angle_deg)
        self._along = self._east * np.sin(angle) + self._north * np.cos(angle)
        self._across = self._east * np.cos(angle) - self._north * np.sin(angle)
        self._radius = np.hypot(self._along, self._across / target.axis_ratio)
        self._maps = self._build()

    def rates_e_per_s(self, filter_name: str, east_arcsec: float, north_arcsec: float) -> Image:
        """Object light on the detector that points a little east and north of the target, electrons per second."""
        continuum, line = self._maps
        zero_point = FILTERS[filter_name][0] * 10 ** (-0.4 * self.target.peak_mag) * CAMERA.scale_arcsec**2
        colour = {"B": 1.0, "V": 0.0, "R": -_V_MINUS_R_SLOPE, "Halpha": -_V_MINUS_R_SLOPE}[filter_name]
        whole = continuum
        if filter_name in ("Halpha", "R"):
            # The same line falls through R, where a band twenty times as wide dilutes it.
            share = (self.target.halpha - 1.0) * (1.0 if filter_name == "Halpha" else 0.08)
            whole = continuum + np.float32(max(share, 0.0)) * line
        dx, dy = np.linalg.solve(np.array(CAMERA.cd_deg) * 3600.0, [east_arcsec, north_arcsec])
        shifted = _shifted(whole, float(dx), float(dy))
        return np.asarray(shifted * np.float32(zero_point * 10 ** (-0.4 * colour * self.target.b_minus_v)))

    def _build(self) -> tuple[Image, Image]:
        """Continuum and line maps, 1 at the centre of the model."""
        build = getattr(self, f"_{self.target.shape}")
        continuum, line = build()
        return np.asarray(continuum, dtype=np.float32), np.asarray(line, dtype=np.float32)

    def _field(self) -> tuple[Image, Image]:
        empty = np.zeros((self._size, self._size), dtype=np.float32)
        return empty, empty

    _globular = _field

    def _spiral(self) -> tuple[Image, Image]:
        scale, radius = self.target.scale_arcsec, self._radius
        bulge = np.exp(-4.0 * ((radius + 1.5) / (0.32 * scale)) ** 0.5)
        theta = np.arctan2(self._across / self.target.axis_ratio, self._along)
        phase = 2.0 * (theta - np.log(radius / scale + 0.05) / np.tan(np.radians(16.0)))
        clumps = np.clip(1.0 + 0.35 * _turbulence(self._rng, self._size, 1.2), 0.2, 2.5)
        inside = 1.0 / (1.0 + np.exp(-(radius - 0.35 * scale) / (0.08 * scale)))
        arms = (0.5 + 0.5 * np.cos(phase)) ** 2 * inside
        disk = 0.055 * np.exp(-radius / scale) * (0.55 + 1.1 * arms * clumps)
        lanes = 1.0 - 0.35 * (0.5 + 0.5 * np.cos(phase + 1.1)) ** 4 * np.exp(-radius / (2 * scale))
        knots = np.clip(clumps - 1.45, 0.0, None) * arms * np.exp(-radius / scale) * 0.6
        return (bulge + disk) * lanes, knots

    def _edge_on(self) -> tuple[Image, Image]:
        scale, ratio = self.target.scale_arcsec, self.target.axis_ratio
        height = np.abs(self._across) / (ratio * scale)
        disk = np.exp(-np.abs(self._along) / scale) / np.cosh(height) ** 1.6
        bulge = 1.1 * np.exp(-3.2 * (np.hypot(self._along, self._across / 0.7) / (0.38 * scale)) ** 0.6)
        ragged = 1.0 + 0.4 * _turbulence(self._rng, self._size, 1.3)
        dust = 0.78 * np.exp(-((height / 0.36) ** 2) * np.clip(ragged, 0.4, 2.2)) * (np.abs(self._along) < 3.2 * scale)
        return (disk + bulge) * (1.0 - dust), disk * 0.2

    def _nebula(self) -> tuple[Image, Image]:
        scale = self.target.scale_arcsec
        billows = _turbulence(self._rng, self._size, 1.6)
        envelope = 1.0 / (1.0 + (self._radius / scale) ** 3.4)
        filaments = np.exp(-np.abs(_turbulence(self._rng, self._size, 1.45)) / 0.3)
        gas = envelope * np.exp(0.75 * billows - 0.25)
        return 0.5 * gas, 0.65 * gas + 0.35 * envelope * filaments

    def _reflection(self) -> tuple[Image, Image]:
        light = np.zeros((self._size, self._size), dtype=np.float32)
        streaks = np.exp(0.6 * _turbulence(self._rng, self._size, 1.5))
        for star in self.target.bright_stars:
            east = (star.ra_deg - self.target.ra_deg) * np.cos(np.radians(star.dec_deg)) * 3600.0
            north = (star.dec_deg - self.target.dec_deg) * 3600.0
            distance = np.hypot(self._east - east, self._north - north)
            light += 10 ** (-0.4 * (star.v_mag - 2.87)) / (1.0 + (distance / self.target.scale_arcsec) ** 2)
        return light * streaks, np.zeros_like(light)

    def _ring(self) -> tuple[Image, Image]:
        relative = self._radius / self.target.scale_arcsec
        ring = np.exp(-(((relative - 0.85) / 0.28) ** 2)) + 0.22 * np.exp(-((relative / 0.8) ** 4))
        uneven = np.clip(1.0 + 0.25 * np.cos(2 * np.arctan2(self._across, self._along)), 0.5, 1.5)
        return 0.5 * ring * uneven, ring * uneven


def _shifted(image: Image, dx: float, dy: float) -> Image:
    """The middle of a map, shifted by a fraction of pixels (bilinear): its point (dx, dy) comes to the centre."""
    dx, dy = (float(np.clip(d, -MARGIN_PX + 1, MARGIN_PX - 2)) for d in (dx, dy))
    x0, y0 = MARGIN_PX + int(np.floor(dx)), MARGIN_PX + int(np.floor(dy))
    fx, fy = np.float32(dx % 1.0), np.float32(dy % 1.0)
    size = CAMERA.size_px

    def part(row: int, column: int) -> Image:
        return image[y0 + row : y0 + row + size, x0 + column : x0 + column + size]

    lower = part(0, 0) * (1 - fx) + part(0, 1) * fx
    upper = part(1, 0) * (1 - fx) + part(1, 1) * fx
    return np.asarray(lower * (1 - fy) + upper * fy, dtype=np.float32)
