"""Which satellites pass over a place, from when to when, how high, in which light."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from domain.earth_orientation import EarthOrientation
from domain.errors import InvalidInput
from domain.ground_place import GroundPlace
from domain.horizon_events import cut_by_horizon
from domain.night_table import NightTable
from domain.pass_events import EventKind, Events, find_events
from domain.pass_window import check_window, nodes_of_window
from domain.satellite_brightness import Brightness, brightness_of, estimate_magnitude
from domain.satellite_catalogue import Catalogue
from domain.satellite_results import Culmination, PassesFound, SatellitePass
from domain.satellite_states import OLDEST_ELEMENTS_DAYS, list_unjudged
from domain.sky_window import DAY_S, SkyWindow
from domain.timing_uncertainty import timing_sigma_s
from domain.viewpoint import Viewpoint

__all__ = ["find_passes"]

Floats = npt.NDArray[np.float64]

_MJD_ZERO = 2_400_000.5


def find_passes(
    catalogue: Catalogue,
    place: GroundPlace,
    orientation: EarthOrientation,
    *,
    start: datetime,
    end: datetime,
    min_altitude_deg: float = 10.0,
    table: NightTable | None = None,
) -> PassesFound:
    """Find every pass of a catalogue's satellites over a place within a window.

    Altitudes are geometric, without refraction. Satellites that are up when the window begins or ends are told too.

    Parameters
    ----------
    catalogue : Catalogue
        ``catalogue.only([...])`` for some of them.
    place : GroundPlace
        With a horizon mask, the higher of mask and least altitude counts at each azimuth.
    orientation : EarthOrientation
    start, end : datetime
        Aware; up to 31 days, and up to 20,000 days of satellites.
    min_altitude_deg : float
        0 to below 90.
    table : NightTable, optional
        Used where it is of this catalogue and covers the window: the same answer in less time.

    Returns
    -------
    PassesFound
        In order of rising, those up at the start first.

    Raises
    ------
    InvalidInput
        The window is empty or too long, a time naive, the altitude none.
    """
    if not 0.0 <= min_altitude_deg < 90.0:
        raise InvalidInput("The least altitude lies between 0 and below 90 degrees.", field="min_altitude_deg")
    check_window(catalogue, start, end)
    window = SkyWindow(start, (end - start) / timedelta(seconds=1), orientation)
    middle_mjd = window.jd - _MJD_ZERO + window.fraction + window.duration_s / 2 / DAY_S
    age_days = middle_mjd - catalogue.epochs_mjd
    view = Viewpoint(place, window)
    found: list[Events] = []
    groups, codes = nodes_of_window(catalogue, view, math.radians(min_altitude_deg), table)
    for nodes, node_s in groups:
        if not len(nodes.indices):
            continue
        events, arcs = find_events(nodes, node_s, view, math.radians(min_altitude_deg))
        if place.horizon is not None:
            events = cut_by_horizon(events, arcs, place.horizon, view)
        found.append(events)
    passes = _Report(catalogue, window, age_days).passes(found) if found else []
    return PassesFound(passes, list_unjudged(catalogue, age_days, codes))


class _Report:
    """Turns events into passes."""

    def __init__(self, catalogue: Catalogue, window: SkyWindow, age_days: Floats) -> None:
        self._catalogue, self._window = catalogue, window
        self._is_judged = np.abs(age_days) <= OLDEST_ELEMENTS_DAYS
        self._sigma_s = timing_sigma_s(catalogue, age_days).tolist()

    def passes(self, groups: list[Events]) -> list[SatellitePass]:
        """Put events together, object by object; what has no beginning or no end is no pass."""
        events = Events(*(np.concatenate(columns) for columns in zip(*groups, strict=True)))
        objects, kinds, lit = events.objects.tolist(), events.kinds.tolist(), events.is_lit.tolist()
        altitude = np.degrees(events.altitude_rad).tolist()
        is_judged = self._is_judged[events.objects].tolist()
        tell = self._teller(events, altitude, lit)
        found: list[SatellitePass] = []
        begins: list[int] = []
        begin = since = -1
        culminations: list[int] = []
        sunlit: list[tuple[int, int]] = []
        for at, kind in enumerate(kinds):
            if begin >= 0 and objects[at] != objects[begin]:
                begin = -1
            if begin < 0:
                if kind <= EventKind.RISE and is_judged[at]:
                    begin, culminations, sunlit = at, [], []
                    since = at if lit[at] else -1
            elif kind == EventKind.CULMINATION:
                culminations.append(at)
            elif kind == EventKind.LIGHT:
                since = at if since < 0 else since
            elif kind >= EventKind.DARK:
                if since >= 0:
                    sunlit.append((since, at))
                    since = -1
                if kind >= EventKind.SET:
                    found.append(tell(begin, at, culminations, sunlit))
                    begins.append(begin)
                    begin = -1
        order = np.lexsort((self._catalogue.norad_ids[events.objects[begins]], events.seconds[begins]))
        return [found[at] for at in order.tolist()]

    def _teller(
        self, events: Events, altitude: list[float], lit: list[bool]
    ) -> Callable[[int, int, list[int], list[tuple[int, int]]], SatellitePass]:
        """Make what tells a pass from the rows of its events."""
        catalogue, window = self._catalogue, self._window
        objects, kind, seconds = events.objects.tolist(), events.kinds.tolist(), events.seconds.tolist()
        azimuth, range_km = (np.degrees(events.azimuth_rad) % 360.0).tolist(), events.range_km.tolist()
        magnitude, source = self._magnitudes(events)
        since_epoch = (window.jd - _MJD_ZERO + window.fraction) - catalogue.epochs_mjd[events.objects]
        age_days = (since_epoch + events.seconds / DAY_S).tolist()
        norad_ids, names, designators = catalogue.norad_ids.tolist(), catalogue.names, catalogue.designators
        moments = [window.start + timedelta(0, each) for each in seconds]

        def tell(begin: int, end: int, culminations: list[int], sunlit: list[tuple[int, int]]) -> SatellitePass:
            rises, sets, index = kind[begin] == EventKind.RISE, kind[end] == EventKind.SET, objects[begin]
            highest = max((begin, *culminations, end), key=altitude.__getitem__)
            brightest = highest
            if sunlit and not lit[highest]:
                brightest = max((edge for both in sunlit for edge in both), key=altitude.__getitem__)
            lasting_s = seconds[end] - seconds[begin]
            shining_s = sum([seconds[till] - seconds[since] for since, till in sunlit])
            return SatellitePass(
                norad_id=norad_ids[index],
                name=names[index],
                designator=designators[index],
                rise_at=moments[begin] if rises else None,
                rise_azimuth_deg=azimuth[begin] if rises else None,
                set_at=moments[end] if sets else None,
                set_azimuth_deg=azimuth[end] if sets else None,
                up_at_start=not rises,
                up_at_end=not sets,
                culminations=[Culmination(moments[at], altitude[at], azimuth[at]) for at in culminations],
                highest_at=moments[highest],
                highest_altitude_deg=altitude[highest],
                highest_azimuth_deg=azimuth[highest],
                range_km=range_km[highest],
                sunlit=[(moments[since], moments[till]) for since, till in sunlit],
                sunlit_fraction=shining_s / lasting_s if lasting_s else float(lit[begin]),
                is_sunlit_at_highest=lit[highest],
                magnitude=magnitude[brightest] if sunlit else None,
                magnitude_source=source[index],
                elements_age_days=age_days[highest],
                timing_sigma_s=self._sigma_s[index],
            )

        return tell

    def _magnitudes(self, events: Events) -> tuple[list[float], dict[int, str]]:
        """Estimate the magnitude at every event, as if fully lit; and tell for each object what that rests on."""
        catalogue, is_far = self._catalogue, self._catalogue.is_far.tolist()
        members: dict[Brightness, list[int]] = {}
        source: dict[int, str] = {}
        for index in np.unique(events.objects).tolist():
            kind = brightness_of(catalogue.names[index], catalogue.designators[index], is_far=is_far[index])
            members.setdefault(kind, []).append(index)
            source[index] = kind.source
        kind_of = np.zeros(len(catalogue), dtype=np.intp)
        for number, indices in enumerate(members.values()):
            kind_of[indices] = number
        numbers = kind_of[events.objects]
        magnitude = np.empty(len(numbers))
        for number, kind in enumerate(members):
            some = numbers == number
            lit = np.ones(int(some.sum()))
            magnitude[some] = estimate_magnitude(kind, events.range_km[some], events.phase_rad[some], lit)
        return magnitude.tolist(), source
