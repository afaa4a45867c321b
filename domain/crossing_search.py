"""One satellite's way through a field: every moment at which it enters and leaves, and the closest between."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.field_plane import FieldPlane
from domain.satellite_catalogue import GM_KM3_S2, Catalogue
from domain.satellite_path import SatellitePath
from domain.satellite_results import Convention
from domain.sky_window import EARTH_RATE_RAD_S
from domain.viewpoint import Viewpoint

__all__ = ["CrossingSearch", "Inside", "Stretch"]

Floats = npt.NDArray[np.float64]
Stretch = tuple[float, float]

# Samples lie so near to each other that the way between them bends by less than this: no corner that it cuts deeper
# than a tenth of an arcsecond is missed.
_BEND_RAD = math.radians(0.1 / 3600)
_LONGEST_STEP_S = 10.0
_SECANT_S = 1e-3
_MOST_OFFSETS = 60
_HALVINGS = 10


class Inside(NamedTuple):
    """From entry to exit, and the closest moment between, seconds of the window."""

    entry_s: float
    exit_s: float
    closest_s: float


class CrossingSearch:
    """Looks for crossings of one field in one exposure.

    Parameters
    ----------
    catalogue : Catalogue
    plane : FieldPlane
    view : Viewpoint
        Its window is the exposure.
    convention : Convention
    min_altitude_rad : float
    """

    def __init__(
        self,
        catalogue: Catalogue,
        plane: FieldPlane,
        view: Viewpoint,
        convention: Convention,
        min_altitude_rad: float,
    ) -> None:
        self._catalogue, self._plane, self._view, self._window = catalogue, plane, view, view.window
        self._convention: Convention = convention
        self._sine_altitude = math.sin(min_altitude_rad)

    def path_of(self, index: int, stretch: Stretch) -> SatellitePath:
        """Compute the way of a satellite through the stretch in which it may be near."""
        return SatellitePath(
            self._catalogue,
            index,
            self._view,
            stretch[0] - _LONGEST_STEP_S,
            stretch[1] + _LONGEST_STEP_S,
        )

    def inside(self, path: SatellitePath, stretch: Stretch, offset_s: float = 0.0) -> list[Inside]:
        """Find every time inside the field within the exposure, of a satellite that runs ``offset_s`` late."""
        first = max(stretch[0] + offset_s, 0.0)
        last = min(stretch[1] + offset_s, self._window.duration_s)
        if first >= last:
            return []
        times = np.linspace(first, last, max(2, math.ceil((last - first) / self._step_s(path)) + 1))
        up_km, points = self._look(path, times, offset_s)
        if np.isnan(points).all():
            return []
        met, edges = self._plane.border_steps(points)
        step_s = times[1] - times[0]
        roots = self._refine(path, times[0] + met * step_s, edges, offset_s, step_s)
        rises = np.flatnonzero((up_km[:-1] >= 0.0) != (up_km[1:] >= 0.0))
        risen_s = times[rises] + step_s * up_km[rises] / (up_km[rises] - up_km[rises + 1])
        bounds = np.sort(np.concatenate([[first], roots, risen_s, [last]]))
        bounds = bounds[(bounds >= first) & (bounds <= last)]
        middles = (bounds[1:] + bounds[:-1]) / 2
        up_km, points = self._look(path, middles, offset_s)
        within = self._plane.contains(points) & (up_km >= 0.0) & (np.diff(bounds) > 0.0)
        found: list[Inside] = []
        for at in np.flatnonzero(within):
            entry_s, exit_s = float(bounds[at]), float(bounds[at + 1])
            if found and entry_s - found[-1].exit_s < 1e-6:
                entry_s = found.pop().entry_s
            found.append(Inside(entry_s, exit_s, math.nan))
        return [each._replace(closest_s=self._closest(path, each, offset_s)) for each in found]

    def offset(self, path: SatellitePath, stretch: Stretch, margin_s: float) -> float | None:
        """Find the smallest delay within a margin, in seconds of either sign, by which a satellite crosses."""
        if not self._may_drift_in(path, stretch, margin_s):
            return None
        away_rad = self._drift_rad_s(path) * margin_s
        finest = max(2.0 * margin_s / self._window.duration_s, 2.0 * away_rad / self._plane.reach_rad)
        count = min(max(1, math.ceil(finest)), _MOST_OFFSETS)
        for nearer in range(count):
            for sign in (1.0, -1.0):
                misses_s, meets_s = sign * margin_s * nearer / count, sign * margin_s * (nearer + 1) / count
                if self.inside(path, stretch, meets_s):
                    for _ in range(_HALVINGS):
                        middle_s = (misses_s + meets_s) / 2
                        misses_s, meets_s = (
                            (misses_s, middle_s) if self.inside(path, stretch, middle_s) else (middle_s, meets_s)
                        )
                    return meets_s
        return None

    def _may_drift_in(self, path: SatellitePath, stretch: Stretch, margin_s: float) -> bool:
        """Tell whether the way comes so near that the Earth's turning within the margin could bring it in."""
        times = np.linspace(*stretch, max(2, math.ceil((stretch[1] - stretch[0]) / self._step_s(path)) + 1))
        _, points = self._look(path, times, 0.0)
        start, step = points[:, :-1], np.diff(points, axis=1)
        share = np.clip(-(start * step).sum(axis=0) / ((step**2).sum(axis=0) + 1e-30), 0.0, 1.0)
        beside = np.sqrt(((start + share * step) ** 2).sum(axis=0))
        if np.isnan(beside).all():
            return False
        reach = self._plane.reach_rad + margin_s * self._drift_rad_s(path)
        return bool(np.nanmin(beside) <= math.tan(min(reach, 1.5)) * 1.001)

    def _drift_rad_s(self, path: SatellitePath) -> float:
        """How fast the Earth's turning, and the field's own motion, move a late satellite aside, at most."""
        return EARTH_RATE_RAD_S * 6_400.0 / path.nearest_km + self._plane.spin_rad_s

    def _step_s(self, path: SatellitePath) -> float:
        pull = GM_KM3_S2 / path.lowest_km**2 + 3.5e-5
        return min(_LONGEST_STEP_S, math.sqrt(8.0 * _BEND_RAD * path.nearest_km / pull))

    def _look(self, path: SatellitePath, times: Floats, offset_s: float) -> tuple[Floats, Floats]:
        """Measure the height above the least altitude, km, and the place in the field's plane."""
        seen, up = path.seen_and_up(times, self._convention, offset_s)
        above_km = (up * seen).sum(axis=0) - self._sine_altitude * np.sqrt((seen * seen).sum(axis=0))
        return above_km, self._project(seen, times)

    def _project(self, seen_km: Floats, times: Floats) -> Floats:
        return self._plane.project(self._window.to_icrs @ seen_km, times)

    def _refine(
        self, path: SatellitePath, roots: Floats, edges: npt.NDArray[np.intp], offset_s: float, step_s: float
    ) -> Floats:
        """Move the roots of the straight samples to where the bent way meets the border."""
        if not len(roots):
            return roots
        guess = roots
        for _ in range(2):
            three = np.concatenate([guess - _SECANT_S, guess, guess + _SECANT_S])
            points = self._project(path.seen(three, self._convention, offset_s), three)
            heights = self._plane.border_height(points, np.tile(edges, 3)).reshape(3, -1)
            with np.errstate(divide="ignore", invalid="ignore"):
                moved = guess - heights[1] * 2.0 * _SECANT_S / (heights[2] - heights[0])
            # A border that is only grazed has no slope: there the samples know better.
            guess = np.where(np.abs(moved - roots) < step_s, moved, guess)
        return guess

    def _closest(self, path: SatellitePath, inside: Inside, offset_s: float) -> float:
        def beside(times: Floats) -> Floats:
            points = self._project(path.seen(times, self._convention, offset_s), times)
            away: Floats = (points * points).sum(axis=0)
            return away

        return least_at(beside, inside.entry_s, inside.exit_s)


def least_at(measure: Callable[[Floats], Floats], first: float, last: float) -> float:
    """Find where a smooth measure is least between two times: 33 samples, then the neighbours of the least, twice."""
    low, high = first, last
    for _ in range(2):
        times = np.linspace(low, high, 33)
        values = measure(times)
        at = int(np.nanargmin(values))
        low, high = float(times[max(at - 1, 0)]), float(times[min(at + 1, 32)])
    if not 0 < at < 32:
        return float(times[at])
    before, here, after = values[at - 1 : at + 2]
    bend = before - 2.0 * here + after
    shift = 0.5 * (before - after) / bend if bend > 0.0 else 0.0
    return float(np.clip(times[at] + shift * (times[1] - times[0]), first, last))
