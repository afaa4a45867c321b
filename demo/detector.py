"""The CCD: what it makes of arriving light, with every blemish a calibration is there to remove."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from demo.place import CAMERA, FILTERS

__all__ = ["Detector", "add_satellite_trail"]

Image = NDArray[np.float32]


class Detector:
    """One chip with its fixed pattern, the same in every frame of a seed.

    Parameters
    ----------
    seed : int
        Decides where dust lies and which pixels are hot.
    """

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 2])
        size = CAMERA.size_px
        self._rows, self._columns = np.mgrid[0:size, 0:size].astype(np.float32)
        self._bias_pattern = rng.normal(0.0, 0.8, size).astype(np.float32)[None, :] + self._rows / size * 3.0
        self._dark_e_per_s = np.full((size, size), CAMERA.dark_e_per_s, dtype=np.float32)
        self._dark_e_per_s += 0.05 * np.exp(-np.hypot(self._columns, self._rows - size) / 60.0)
        hot = rng.integers(0, size, (2, 260))
        self._dark_e_per_s[hot[0], hot[1]] += (1.5 * rng.pareto(1.1, 260)).clip(0.5, 300.0).astype(np.float32)
        self._dark_e_per_s[140:, 377] += 6.0
        pixel_response = 1.0 + 0.006 * rng.standard_normal((size, size)).astype(np.float32)
        vignetting = 1.0 - 0.17 * (((self._columns - 262) ** 2 + (self._rows - 249) ** 2) / (size / 2) ** 2) / 2
        window = vignetting * pixel_response * self._dust(rng, 2, 34.0)
        self.response: dict[str, Image] = {
            name: np.asarray(window * self._dust(rng, 3, 17.0), dtype=np.float32) for name in FILTERS
        }

    def _dust(self, rng: np.random.Generator, count: int, radius_px: float) -> Image:
        """Out-of-focus dust: rings of shadow, larger the farther the glass is from the chip."""
        shade = np.ones((CAMERA.size_px, CAMERA.size_px), dtype=np.float32)
        for _ in range(count):
            x, y = rng.uniform(40, CAMERA.size_px - 40, 2)
            outer = radius_px * rng.uniform(0.85, 1.15)
            distance = np.hypot(self._columns - x, self._rows - y)
            ring = (distance < outer).astype(np.float32) - (distance < 0.42 * outer)
            shade *= 1.0 - np.float32(rng.uniform(0.035, 0.08)) * ring
        return shade

    def expose(
        self, light_e_per_s: Image | None, exposure_s: float, filter_name: str | None, rng: np.random.Generator
    ) -> NDArray[np.uint16]:
        """Read out one exposure.

        Parameters
        ----------
        light_e_per_s : ndarray or None
            Electrons per second for a perfect chip, shape (size, size); None with the shutter closed.
        exposure_s : float
            Length in seconds; 0 for a bias.
        filter_name : str or None
            Whose dust is in the way.
        rng : Generator
            Noise and cosmic rays of this frame.

        Returns
        -------
        ndarray of uint16, shape (size, size)
            Counts, row 0 at the bottom.
        """
        electrons = self._dark_e_per_s * np.float32(exposure_s)
        if light_e_per_s is not None:
            response = self.response[filter_name] if filter_name else np.float32(1.0)
            electrons = electrons + light_e_per_s * response * np.float32(exposure_s)
        # Poisson noise as its normal limit, to which read noise adds in squares.
        noise = np.sqrt(np.maximum(electrons, 0.0) + np.float32(CAMERA.read_noise_e**2))
        electrons = electrons + noise * rng.standard_normal(electrons.shape, dtype=np.float32)
        self._add_cosmic_rays(electrons, exposure_s, rng)
        counts = electrons / np.float32(CAMERA.gain_e_per_adu) + np.float32(CAMERA.bias_adu) + self._bias_pattern
        return np.asarray(np.clip(np.rint(counts), 0, CAMERA.saturation_adu), dtype=np.uint16)

    @staticmethod
    def _add_cosmic_rays(electrons: Image, exposure_s: float, rng: np.random.Generator) -> None:
        """Muons and their kin, about three a minute on this chip at sea level."""
        for _ in range(int(rng.poisson(exposure_s * 0.05))):
            x, y = rng.uniform(0, CAMERA.size_px, 2)
            angle, length = rng.uniform(0, 2 * np.pi), 1.0 + rng.exponential(2.2)
            steps = np.arange(0.0, length, 0.5)
            columns = (x + steps * np.cos(angle)).astype(int).clip(0, CAMERA.size_px - 1)
            rows = (y + steps * np.sin(angle)).astype(int).clip(0, CAMERA.size_px - 1)
            np.add.at(electrons, (rows, columns), np.float32(rng.uniform(1500.0, 9000.0)))


def add_satellite_trail(light_e: Image, rng: np.random.Generator) -> None:
    """Add a satellite's straight trail across the whole frame, in place, in the units of the image."""
    size = light_e.shape[0]
    left, right = rng.uniform(0.15, 0.45) * size, rng.uniform(0.55, 0.85) * size
    slope = (right - left) / size
    rows, columns = np.mgrid[0:size, 0:size].astype(np.float32)
    distance = (rows - left - slope * columns) / np.float32(np.hypot(1.0, slope))
    background = float(np.median(light_e))
    light_e += np.float32(2.2 * background) * np.exp(-0.5 * (distance / 1.1) ** 2)
