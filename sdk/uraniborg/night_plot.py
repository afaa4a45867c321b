"""A chart of a night: altitudes over time, twilights, the Moon, targets, and what passes over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from uraniborg.drawing import FAINT, INK, UNLIT, new_figure, save, withStroke

if TYPE_CHECKING:
    from uraniborg._generated.wire import PlaceNight, SatellitePass

__all__ = ["plot_night"]

LABELLED = 10
MOST_CURVES = 60
TARGETS = ["#1f6f8b", "#2e8b57", "#8e44ad", "#b8860b", "#c2185b", "#00796b", "#5d4037", "#3949ab"]
# The sky by the Sun's altitude: day, the three twilights, night.
SHADES = ["#dfeaf6", "#b9cfe8", "#8aa8cc", "#5d7ba6", "#33486b"]
MOON = "#e0b84c"
LIT_PASS, UNLIT_PASS = "#ffc98a", "#c9d3e2"


def plot_night(
    path: Path,
    night: PlaceNight,
    passes: Sequence[SatellitePass] = (),
    *,
    title: str,
    subtitle: str,
    start: datetime | None = None,
    end: datetime | None = None,
) -> None:
    """Draw a night.

    Parameters
    ----------
    path : Path
        Where the picture goes; its suffix says the format.
    passes : sequence of SatellitePass
        Drawn through their rise, culminations and set; of more than sixty, only the highest point.
    start, end : datetime, optional
        What to show; left out: half an hour around sunset and sunrise.

    Raises
    ------
    ModuleNotFoundError
        matplotlib is absent: ``pip install 'uraniborg[plot]'``.
    """
    figure = new_figure(11.0, 5.8)
    axes = figure.add_axes((0.06, 0.11, 0.79, 0.69))
    margin = timedelta(minutes=30)
    start = start or (night.sunset_at - margin if night.sunset_at else night.start)
    end = end or (night.sunrise_at + margin if night.sunrise_at else night.end)

    def hours(moment: datetime) -> float:
        return (moment - start) / timedelta(hours=1)

    _shade(axes, night, hours, hours(end))
    axes.plot(
        [hours(t) for t in night.times], night.moon_altitude_deg, color=MOON, linewidth=2.2, zorder=3,
        solid_capstyle="round",
    )  # fmt: skip
    for number, target in enumerate(night.targets):
        color = TARGETS[number % len(TARGETS)]
        axes.plot(
            [hours(t) for t in night.times], target.altitude_deg, color="white", linewidth=3.6, zorder=3, alpha=0.85
        )
        axes.plot([hours(t) for t in night.times], target.altitude_deg, color=color, linewidth=1.9, zorder=4)
    _draw_passes(axes, passes, hours)
    axes.set_xlim(0.0, hours(end))
    axes.set_ylim(0.0, 90.0)
    axes.set_yticks(range(0, 91, 15), [f"{degrees}°" for degrees in range(0, 91, 15)])
    axes.set_ylabel("altitude", color=FAINT)
    _clocks(axes, night, start, end)
    figure.text(0.06, 0.945, title, fontsize=13, color=INK, weight="bold")
    figure.text(0.06, 0.9, subtitle, fontsize=9, color=FAINT)
    _legend(figure, night, passes)
    save(figure, path)


def _shade(axes: Any, night: PlaceNight, hours: Any, last: float) -> None:
    """Shade the sky by how deep the Sun is; each band from one dusk to the dawn of the same kind."""
    axes.set_facecolor(SHADES[0])
    bands = (
        (night.sunset_at, night.sunrise_at, -0.83),
        (night.civil_dusk_at, night.civil_dawn_at, -6.0),
        (night.nautical_dusk_at, night.nautical_dawn_at, -12.0),
        (night.astronomical_dusk_at, night.astronomical_dawn_at, -18.0),
    )
    for (dusk, dawn, below_deg), shade in zip(bands, SHADES[1:], strict=True):
        if dusk is None and dawn is None and night.sun_lowest_altitude_deg > below_deg:
            continue  # the Sun does not sink so deep
        begin = hours(dusk) if dusk else 0.0
        finish = hours(dawn) if dawn else last
        axes.axvspan(max(begin, 0.0), min(finish, last), facecolor=shade, edgecolor="none", zorder=0)


def _draw_passes(axes: Any, passes: Sequence[SatellitePass], hours: Any) -> None:
    """Draw each pass as a curve; of very many, the highest point of each, the larger the brighter."""
    many = len(passes) > MOST_CURVES
    lit = [one for one in passes if one.magnitude is not None]
    brightest = sorted(lit, key=lambda one: one.magnitude or 0.0)[:LABELLED] if len(passes) > LABELLED else passes
    for some, color, opacity in (
        ([one for one in passes if one.magnitude is None], UNLIT_PASS, 0.45),
        (lit, LIT_PASS, 0.85),
    ):
        if many:
            sizes = [2.0 if one.magnitude is None else min(max(26.0 - 4.0 * one.magnitude, 2.0), 40.0) for one in some]
            axes.scatter(
                [hours(one.highest_at) for one in some], [one.highest_altitude_deg for one in some], s=sizes,
                color=color, alpha=opacity, linewidths=0, zorder=2,
            )  # fmt: skip
            continue
        for one in some:
            points = _shape(one)
            axes.plot(
                [hours(t) for t, _ in points], [a for _, a in points], color=color, linewidth=1.3, alpha=opacity,
                zorder=2,
            )  # fmt: skip
    for one in brightest:
        axes.annotate(
            one.name or str(one.norad_id), (hours(one.highest_at), one.highest_altitude_deg), xytext=(0, 3),
            textcoords="offset points", fontsize=6.5, color="white", ha="center", zorder=5, clip_on=True,
            path_effects=[withStroke(linewidth=1.6, foreground=SHADES[-1])],
        )  # fmt: skip


def _shape(one: SatellitePass, parts: int = 24) -> list[tuple[datetime, float]]:
    """Sketch a pass from what is told of it: smoothly up from the rise, over each culmination, down to the set."""
    ends: list[tuple[datetime, float]] = []
    low = 0.0
    known = [(c.at, c.altitude_deg) for c in one.culminations] or [(one.highest_at, one.highest_altitude_deg)]
    low = min(10.0, min(altitude for _, altitude in known))
    if one.rise_at is not None:
        ends.append((one.rise_at, low))
    ends += known
    if one.set_at is not None:
        ends.append((one.set_at, low))
    points = [ends[0]]
    for (t0, a0), (t1, a1) in pairwise(ends):
        for step in range(1, parts + 1):
            part = step / parts
            # A satellite of low orbit stays low for long and flies high quickly.
            weight = part**2.4 if a1 > a0 else 1.0 - (1.0 - part) ** 2.4
            points.append((t0 + (t1 - t0) * part, a0 + (a1 - a0) * weight))
    return points


def _clocks(axes: Any, night: PlaceNight, start: datetime, end: datetime) -> None:
    """Write UTC below and the site's time above, at whole hours."""
    length = (end - start) / timedelta(hours=1)
    step = 1 if length <= 18 else 2 if length <= 36 else max(1, round(length / 12))
    first = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    moments = [first + timedelta(hours=step * i) for i in range(int(length // step) + 1)]
    moments = [m for m in moments if m <= end]
    places = [(m - start) / timedelta(hours=1) for m in moments]
    days = length > 36
    axes.set_xticks(places, [f"{m:%m-%d %H:%M}" if days else f"{m:%H:%M}" for m in moments])
    axes.set_xlabel("UTC", color=FAINT)
    axes.grid(color="white", linewidth=0.5, alpha=0.35, zorder=1)
    try:
        zone = ZoneInfo(night.place.time_zone) if night.place.time_zone else None
    except (ZoneInfoNotFoundError, ValueError):
        zone = None
    if zone is not None and not days:
        above = axes.secondary_xaxis("top")
        above.set_xticks(places, [f"{m.astimezone(zone):%H:%M}" for m in moments])
        above.tick_params(colors=FAINT, labelsize=8, length=3)
        above.spines["top"].set_visible(False)
        above.set_xlabel(night.place.time_zone, color=FAINT, fontsize=8)


def _legend(figure: Any, night: PlaceNight, passes: Sequence[SatellitePass]) -> None:
    left, y = 0.868, 0.775
    entries: list[tuple[str, str]] = [
        (f"Moon, {night.moon_illuminated_fraction:.0%}", MOON),
        *((target.name, TARGETS[number % len(TARGETS)]) for number, target in enumerate(night.targets)),
    ]
    if any(p.magnitude is not None for p in passes):
        entries.append(("lit passes", "#e8a860"))
    if any(p.magnitude is None for p in passes):
        entries.append(("unlit passes", UNLIT))
    for words, color in entries[:16]:
        figure.text(left, y, "━", fontsize=11, color=color, va="center", weight="bold")
        figure.text(
            left + 0.022, y, words if len(words) <= 16 else words[:15] + "…", fontsize=8, color=INK, va="center"
        )
        y -= 0.037
    y -= 0.02
    for words, moment in (
        ("sunset", night.sunset_at),
        ("nautical", night.nautical_dusk_at),
        ("dark from", night.astronomical_dusk_at),
        ("dark until", night.astronomical_dawn_at),
        ("nautical", night.nautical_dawn_at),
        ("sunrise", night.sunrise_at),
    ):
        if moment is not None:
            figure.text(left, y, words, fontsize=7.5, color=FAINT, va="center")
            figure.text(left + 0.075, y, f"{moment.astimezone(UTC):%H:%M}", fontsize=7.5, color=INK, va="center")
            y -= 0.031
