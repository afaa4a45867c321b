"""A picture of a field with the satellites that cross it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uraniborg.drawing import CERTAIN, FAINT, INK, POSSIBLE, UNLIT, new_figure, save

if TYPE_CHECKING:
    from uraniborg._generated.wire import Crossing, FrameCrossing

__all__ = ["outline_of", "plot_field"]

LISTED = 24
_STEPS = 72

Point = tuple[float, float]


def outline_of(field: Any) -> tuple[Point, list[Point]]:
    """Draw the border of a field, ICRS degrees.

    Parameters
    ----------
    field : ToldField

    Returns
    -------
    tuple of ((float, float), list of (float, float))
        Its centre, and the corners of a polygon.
    """
    if field.shape == "polygon":
        return middle_of(field.vertices_deg), list(field.vertices_deg)
    centre = (field.ra_deg, field.dec_deg)
    if field.shape == "circle":
        radius = math.tan(math.radians(min(field.radius_deg, 80.0)))
        around = [
            (radius * math.cos(2 * math.pi * i / _STEPS), radius * math.sin(2 * math.pi * i / _STEPS))
            for i in range(_STEPS)
        ]
    else:
        half = [math.tan(math.radians(side / 2)) for side in (field.width_deg, field.height_deg)]
        angle = math.radians(field.position_angle_deg or 0.0)
        around = []
        for across, along in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
            x, y = across * half[0], along * half[1]
            around.append((x * math.cos(angle) + y * math.sin(angle), -x * math.sin(angle) + y * math.cos(angle)))
    return centre, [_unproject(centre, point) for point in around]


def middle_of(corners: Sequence[Sequence[float]]) -> Point:
    """Find the middle of some directions, ICRS degrees."""
    x = y = z = 0.0
    for ra_deg, dec_deg in corners:
        ra, dec = math.radians(ra_deg), math.radians(dec_deg)
        x, y, z = x + math.cos(dec) * math.cos(ra), y + math.cos(dec) * math.sin(ra), z + math.sin(dec)
    return math.degrees(math.atan2(y, x)) % 360.0, math.degrees(math.atan2(z, math.hypot(x, y)))


def _project(centre: Point, point: Sequence[float]) -> Point:
    """Project a direction onto the plane that touches the sky at the centre: degrees east and north; gnomonic."""
    ra0, dec0 = map(math.radians, centre)
    ra, dec = map(math.radians, point)
    cosine = math.sin(dec0) * math.sin(dec) + math.cos(dec0) * math.cos(dec) * math.cos(ra - ra0)
    cosine = max(cosine, 0.05)
    east = math.cos(dec) * math.sin(ra - ra0) / cosine
    north = (math.cos(dec0) * math.sin(dec) - math.sin(dec0) * math.cos(dec) * math.cos(ra - ra0)) / cosine
    return math.degrees(east), math.degrees(north)


def _unproject(centre: Point, plane: Point) -> Point:
    ra0, dec0 = map(math.radians, centre)
    east, north = plane
    length = math.sqrt(1.0 + east * east + north * north)
    sine = (math.sin(dec0) + north * math.cos(dec0)) / length
    ra = ra0 + math.atan2(east, math.cos(dec0) - north * math.sin(dec0))
    return math.degrees(ra) % 360.0, math.degrees(math.asin(max(-1.0, min(1.0, sine))))


def plot_field(
    path: Path,
    centre: Point,
    outlines: Sequence[Sequence[Sequence[float]]],
    crossings: Sequence[Crossing | FrameCrossing],
    *,
    title: str,
    subtitle: str,
) -> None:
    """Draw a field and the ways of satellites across it, north up and east left.

    Parameters
    ----------
    path : Path
        Where the picture goes; its suffix says the format, such as ``.png``, ``.pdf`` or ``.svg``.
    outlines : sequence of polygons
        ICRS degrees.

    Raises
    ------
    ModuleNotFoundError
        matplotlib is absent: ``pip install 'uraniborg[plot]'``.
    """
    figure = new_figure(9.6, 6.4)
    axes = figure.add_axes((0.075, 0.1, 0.56, 0.74))
    shapes = [[_project(centre, corner) for corner in outline] for outline in outlines]
    for shape in shapes:
        closed = [*shape, shape[0]]
        axes.fill([x for x, _ in closed], [y for _, y in closed], facecolor="#eef3fa", edgecolor="none", zorder=1)
        axes.plot([x for x, _ in closed], [y for _, y in closed], color="#4a6fa5", linewidth=1.2, zorder=2)
    extent = max((max(abs(x), abs(y)) for shape in shapes for x, y in shape), default=1.0) * 1.14
    for number, crossing in enumerate(crossings, 1):
        _draw_way(axes, centre, crossing, number, extent)
    axes.set_xlim(extent, -extent)
    axes.set_ylim(-extent, extent)
    axes.set_aspect("equal")
    unit = "°" if extent > 0.5 else "′"
    scale = 1.0 if extent > 0.5 else 60.0
    axes.xaxis.set_major_formatter(lambda value, _: f"{value * scale:g}{unit}".replace("-", "−"))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value * scale:g}{unit}".replace("-", "−"))
    axes.set_xlabel("east  ←   from the centre", color=FAINT)
    axes.set_ylabel("north  →", color=FAINT)
    axes.grid(color="#e3e6eb", linewidth=0.6, zorder=0)
    figure.text(0.075, 0.935, title, fontsize=13, color=INK, weight="bold")
    figure.text(0.075, 0.89, subtitle, fontsize=9, color=FAINT)
    _list(figure, crossings)
    save(figure, path)


def _style(crossing: Crossing | FrameCrossing) -> dict[str, Any]:
    if crossing.magnitude is None:
        return {"color": UNLIT, "linestyle": (0, (1, 1.5)), "linewidth": 1.2}
    width = min(max(3.2 - 0.3 * (crossing.magnitude - 3.0), 0.9), 3.4)
    if crossing.status == "possible":
        return {"color": POSSIBLE, "linestyle": (0, (4, 2)), "linewidth": width}
    return {"color": CERTAIN, "linestyle": "-", "linewidth": width}


def _draw_way(axes: Any, centre: Point, crossing: Crossing | FrameCrossing, number: int, extent: float) -> None:
    way = [_project(centre, point) for point in crossing.path_deg]
    style = _style(crossing)
    axes.plot([x for x, _ in way], [y for _, y in way], zorder=3, solid_capstyle="round", **style)
    if len(way) > 1:
        at = max(1, (2 * len(way)) // 3)
        axes.annotate(
            "", xy=way[at], xytext=way[at - 1], zorder=4,
            arrowprops={"arrowstyle": "-|>", "color": style["color"], "lw": 0.0, "mutation_scale": 13},
        )  # fmt: skip
    x, y = way[0]
    axes.text(
        x + math.copysign(0.028 * extent, x), y + math.copysign(0.028 * extent, y), str(number), fontsize=8, color=INK,
        ha="center", va="center", zorder=5,
        bbox={"boxstyle": "circle,pad=0.18", "facecolor": "white", "edgecolor": style["color"], "linewidth": 0.9},
        clip_on=True,
    )  # fmt: skip


def _list(figure: Any, crossings: Sequence[Crossing | FrameCrossing]) -> None:
    left, y = 0.665, 0.83
    if not crossings:
        figure.text(left, y, "No satellite crosses it.", fontsize=9.5, color=INK)
        return
    for x, words in ((left, ""), (left + 0.03, "satellite"), (left + 0.195, "enters UTC"), (left + 0.29, "mag")):
        figure.text(x, y, words, fontsize=8, color=FAINT)
    for number, crossing in enumerate(crossings[:LISTED], 1):
        y -= 0.03
        color = _style(crossing)["color"]
        magnitude = "–" if crossing.magnitude is None else f"{crossing.magnitude:.1f}"
        name = crossing.name or str(crossing.norad_id)
        figure.text(left, y, f"{number}", fontsize=8, color=color, weight="bold")
        figure.text(left + 0.03, y, name if len(name) <= 22 else name[:21] + "…", fontsize=8, color=INK)
        figure.text(left + 0.195, y, f"{crossing.entry_at.astimezone(UTC):%H:%M:%S}", fontsize=8, color=INK)
        figure.text(left + 0.29, y, magnitude, fontsize=8, color=INK)
    if len(crossings) > LISTED:
        figure.text(left + 0.03, y - 0.03, f"and {len(crossings) - LISTED} more", fontsize=8, color=FAINT)
    legend = (("certain", CERTAIN), ("possible: if early or late", POSSIBLE), ("not lit", UNLIT))
    for index, (words, color) in enumerate(legend):
        figure.text(left + (0.0, 0.075, 0.24)[index], 0.055, f"━ {words}", fontsize=7.5, color=color)
