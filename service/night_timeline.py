"""The timeline of a night on paper: a bar for each stretch of exposures, in lanes by type and filter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.night_summary import NightSummary
from service.actions.night_log_entries import LogEntry
from service.actions.night_places import NightPlace
from service.paper import Colour, Paper

__all__ = ["draw_timeline"]

LABEL_MM = 27.0
LANE_MM = 4.4
THINNEST_MM = 0.35  # so that a bias of no length is seen
MOST_HOURS = 26  # frames told to be of this night may lie days outside; their lane ends at the edge
GREY: Colour = (110, 116, 126)
GRID: Colour = (226, 229, 234)
GAP: Colour = (250, 228, 224)
OTHER: Colour = (130, 120, 150)
COLOURS: dict[str | None, Colour] = {
    "bias": (150, 156, 166),
    "dark": (84, 90, 100),
    "flat": (222, 164, 40),
    "arc": (140, 84, 160),
    "focus": (52, 148, 142),
    "sky": (120, 170, 216),
    "light": (44, 92, 168),
}
LEVELS: dict[str, Colour] = {"info": (44, 92, 168), "warning": (214, 134, 10), "problem": (190, 36, 36)}


def _hours(summary: NightSummary, place: NightPlace, entries: Sequence[LogEntry]) -> tuple[datetime, datetime]:
    """Choose whole hours, UTC, around all that is to be shown."""
    moments = [m for lane in summary.timeline for span in lane.spans for m in (span.start_at, span.end_at)]
    moments += [e.occurred_at for e in entries if place.start_at <= e.occurred_at < place.end_at]
    first = min(moments).replace(minute=0, second=0, microsecond=0)
    last = max(moments)
    whole = last.replace(minute=0, second=0, microsecond=0)
    last = whole if whole == last else whole + timedelta(hours=1)
    last = max(last, first + timedelta(hours=1))
    return first, min(last, first + timedelta(hours=MOST_HOURS))


def draw_timeline(paper: Paper, summary: NightSummary, place: NightPlace, entries: Sequence[LogEntry]) -> None:
    """Draw the timeline at the present height: local time above, UTC below, gaps shaded, entries as dots."""
    first, last = _hours(summary, place, entries)
    lanes = len(summary.timeline) + 1
    height = lanes * LANE_MM
    paper.need(height + 22)
    paper.text_at(paper.left, paper.y, "Timeline", size_pt=11, style="bold", colour=(38, 70, 125))
    paper.skip(10)
    x0, width, top = paper.left + LABEL_MM, paper.right - paper.left - LABEL_MM - 3, paper.y
    extent = last - first

    def x_of(moment: datetime) -> float:
        return x0 + width * min(1.0, max(0.0, (moment - first) / extent))

    for gap in summary.gaps:
        paper.box(x_of(gap.start_at), top, x_of(gap.end_at) - x_of(gap.start_at), height, GAP)
    zone = ZoneInfo(place.time_zone)
    hours = round(extent / timedelta(hours=1))
    step = 1 if hours <= 14 else 2
    paper.text_at(x0 - 6, top - 4, "local", size_pt=6.5, colour=GREY, align="right")
    paper.text_at(x0 - 6, top + height + 1, "UTC", size_pt=6.5, colour=GREY, align="right")
    for hour in range(0, hours + 1, step):
        moment = first + timedelta(hours=hour)
        x = x_of(moment)
        paper.line(x, top - 1, x, top + height + 1, GRID)
        local = moment.astimezone(zone)
        paper.text_at(x, top - 4, f"{local:%H:%M}", size_pt=6.5, colour=GREY, align="centre")
        paper.text_at(x, top + height + 1, f"{moment:%H:%M}", size_pt=6.5, colour=GREY, align="centre")
    for number, lane in enumerate(summary.timeline):
        y = top + number * LANE_MM
        name = " ".join(filter(None, (lane.frame_type or "unknown", lane.filter)))
        paper.text_at(x0 - 2, y + 0.7, name, size_pt=7.5, align="right", width_mm=LABEL_MM - 2)
        paper.line(x0, y + LANE_MM, x0 + width, y + LANE_MM, GRID, thick_mm=0.1)
        for span in lane.spans:
            x, end = x_of(span.start_at), x_of(span.end_at)
            bar = max(THINNEST_MM, end - x)
            paper.box(min(x, x0 + width - bar), y + 0.8, bar, LANE_MM - 1.6, COLOURS.get(lane.frame_type, OTHER))
    y = top + (lanes - 1) * LANE_MM
    paper.text_at(x0 - 2, y + 0.7, "entries", size_pt=7.5, colour=GREY, align="right")
    for entry in entries:
        if first <= entry.occurred_at <= last:
            paper.dot(x_of(entry.occurred_at), y + LANE_MM / 2, 0.9, LEVELS.get(entry.level, OTHER))
    paper.y = top + height + 5
    if summary.gaps:
        paper.box(x0, paper.y + 0.4, 4, 2.4, GAP)
        paper.text_at(x0 + 5.5, paper.y, "no exposure", size_pt=6.5, colour=GREY)
    paper.skip(6)
