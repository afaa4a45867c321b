"""The summary of a night: what was exposed, when, and where nothing was, from plain facts of its frames."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import TypeVar

import msgspec

from domain.header import Problem

__all__ = [
    "LONGEST_EXPOSURE_S",
    "FilterTally",
    "FrameFact",
    "NightFailure",
    "NightGap",
    "NightSummary",
    "TargetTally",
    "TimelineLane",
    "TimelineSpan",
    "TypeTally",
    "summarise",
    "type_rank",
    "usable_exposure_s",
]

LONGEST_EXPOSURE_S = 1e9  # seconds, some 30 years: a number beyond it is no exposure time; also keeps sums finite
SHORTEST_GAP_S = 300.0  # seconds: a shorter pause is a slew, a focus run, a readout
GAP_PAUSES = (
    3.0  # a pause of fewer usual pauses is the rhythm of the night (slow readout, dithering), whatever its length
)
PAUSES_OF_A_RHYTHM = 3  # fewer pauses tell no rhythm
MOST_FAILURES = 100
MOST_TARGETS = 1000
MOST_FILTERS = 200
MOST_LANES = 16
SPANS_PER_LANE = 400  # finer is not seen on paper or screen

TYPE_ORDER = ("bias", "dark", "flat", "arc", "focus", "sky", "light", "other")

_SECOND = 1_000_000  # microseconds: whole numbers of them add up exactly, seconds as floats do not
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FrameFact(msgspec.Struct, frozen=True, kw_only=True):
    """What the summary needs to know of one frame. ``name`` is its path; times are aware UTC, exposures seconds.

    ``crossings`` counts the satellites that crossed it, ``lit_crossings`` those that the Sun lit; None where that was
    not judged.
    """

    frame_type: str | None = None
    filter: str | None = None
    object: str | None = None
    start_at: datetime | None = None
    exposure_s: float | None = None
    name: str = ""
    file_id: str = ""
    problems: tuple[Problem, ...] = ()
    crossings: int | None = None
    lit_crossings: int = 0


class TypeTally(msgspec.Struct, frozen=True, kw_only=True):
    """Frames of one type; ``frame_type`` is null where no header told it."""

    frame_type: str | None
    frames: int
    exposure_s: float


class FilterTally(msgspec.Struct, frozen=True, kw_only=True):
    """Frames through one filter; ``filter`` is null for those without."""

    filter: str | None
    frames: int
    exposure_s: float


class TargetTally(msgspec.Struct, frozen=True, kw_only=True):
    """Light frames of one object through one filter."""

    object: str | None
    filter: str | None
    frames: int
    exposure_s: float
    first_at: datetime | None
    last_at: datetime | None


class NightGap(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch between the first and the last light in which nothing was exposed."""

    start_at: datetime
    end_at: datetime
    seconds: float


class TimelineSpan(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of the timeline that frames of its lane fill, but for pauses too short to draw."""

    start_at: datetime
    end_at: datetime
    frames: int


class TimelineLane(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the timeline: a type of frame through a filter. ``mixed`` when it holds several filters or types."""

    frame_type: str | None
    filter: str | None
    spans: list[TimelineSpan]
    mixed: bool = False


class NightFailure(msgspec.Struct, frozen=True, kw_only=True):
    """A file that failed, or a frame with problems."""

    name: str
    file_id: str
    failed: bool
    problems: list[Problem]


class NightSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A night in numbers.

    Every frame is in one of ``by_type`` and in one of ``by_filter``, every light frame in one of ``targets``.

    ``exposure_s`` is what shutters were open for, all frames added; ``time_on_sky_s`` is what light frames cover,
    overlaps counted once. ``window`` runs from the first light's start to the last light's end, ``open_shutter`` is
    the part of it that lights cover, 0 to 1. Frames whose headers tell no start count in the tallies and not in times.
    Satellites crossed ``frames_crossed`` of the ``frames_judged``; ``frames_crossed_lit`` by one that the Sun lit.
    """

    frames: int = 0
    frames_without_start: int = 0
    frames_without_exposure: int = 0
    exposure_s: float = 0.0
    by_type: list[TypeTally] = []
    by_filter: list[FilterTally] = []
    more_filters: int = 0
    targets: list[TargetTally] = []
    more_targets: int = 0
    first_exposure_at: datetime | None = None
    last_exposure_at: datetime | None = None
    window_start_at: datetime | None = None
    window_end_at: datetime | None = None
    window_s: float = 0.0
    time_on_sky_s: float = 0.0
    open_shutter: float | None = None
    cadence_s: float | None = None
    gap_limit_s: float = SHORTEST_GAP_S
    gaps: list[NightGap] = []
    gap_s: float = 0.0
    failures: list[NightFailure] = []
    failure_count: int = 0
    frames_judged: int = 0
    frames_crossed: int = 0
    frames_crossed_lit: int = 0
    timeline: list[TimelineLane] = []


class _Interval(msgspec.Struct, frozen=True):
    start: int
    end: int
    fact: FrameFact


Key = TypeVar("Key", bound=Hashable)


def usable_exposure_s(exposure_s: float | None) -> float | None:
    """Return an exposure time that can be added up; None for none, for no number, negative or absurd ones."""
    return exposure_s if exposure_s is not None and 0 <= exposure_s <= LONGEST_EXPOSURE_S else None


def type_rank(frame_type: str | None) -> tuple[int, str]:
    """Sort key of frame types: as a night goes, calibrations before lights, unknown ones last."""
    if frame_type in TYPE_ORDER:
        return TYPE_ORDER.index(frame_type), ""
    return len(TYPE_ORDER) + (frame_type is None), frame_type or ""


def summarise(
    frames: Sequence[FrameFact],
    *,
    night_end: datetime,
    failed_files: Sequence[NightFailure] = (),
    more_failed_files: int = 0,
) -> NightSummary:
    """Summarise one telescope's night.

    Parameters
    ----------
    frames : sequence of FrameFact
        In any order.
    night_end : datetime
        First instant after the night, aware UTC. An exposure that claims to last longer is taken to end there.
    failed_files : sequence of NightFailure
        Files that arrived during the night and could not be read.
    more_failed_files : int
        How many of them are counted only.

    Returns
    -------
    NightSummary
        A gap is a stretch between the first and the last light in which no shutter was open, for calibrations
        neither, longer than 300 s and than 3 times the night's median pause between exposures.
    """
    intervals = _intervals(frames, _microseconds(night_end))
    lights = [i for i in intervals if i.fact.frame_type == "light"]
    on_sky = _merged(lights)
    window = (on_sky[0][0], on_sky[-1][1]) if on_sky else None
    inside = [i for i in intervals if window and i.start <= window[1] and i.end >= window[0]]
    starts = sorted({i.start for i in inside})
    cadence_s = median(b - a for a, b in pairwise(starts)) / _SECOND if len(starts) > 1 else None
    busy = _merged(inside)
    pauses_s = [(after[0] - before[1]) / _SECOND for before, after in pairwise(busy)]
    usual_pause_s = median(pauses_s) if len(pauses_s) >= PAUSES_OF_A_RHYTHM else 0.0
    gap_limit_s = max(SHORTEST_GAP_S, GAP_PAUSES * usual_pause_s)
    gaps = [(a[1], b[0]) for a, b in pairwise(busy) if b[0] - a[1] > gap_limit_s * _SECOND]
    sky = sum(end - start for start, end, _ in on_sky)
    targets = _targets([f for f in frames if f.frame_type == "light"])
    filters = _by_filter(frames)
    failures = [*failed_files, *(_failure(f) for f in frames if f.problems)]
    return NightSummary(
        frames=len(frames),
        frames_without_start=sum(f.start_at is None for f in frames),
        frames_without_exposure=sum(usable_exposure_s(f.exposure_s) is None for f in frames),
        exposure_s=_total_s(frames),
        by_type=_by_type(frames),
        by_filter=filters[:MOST_FILTERS],
        more_filters=max(0, len(filters) - MOST_FILTERS),
        targets=targets[:MOST_TARGETS],
        more_targets=max(0, len(targets) - MOST_TARGETS),
        first_exposure_at=_moment(intervals[0].start) if intervals else None,
        last_exposure_at=_moment(intervals[-1].start) if intervals else None,
        window_start_at=_moment(window[0]) if window else None,
        window_end_at=_moment(window[1]) if window else None,
        window_s=(window[1] - window[0]) / _SECOND if window else 0.0,
        time_on_sky_s=sky / _SECOND,
        open_shutter=sky / (window[1] - window[0]) if window and window[1] > window[0] else None,
        cadence_s=cadence_s,
        gap_limit_s=gap_limit_s,
        gaps=[NightGap(start_at=_moment(a), end_at=_moment(b), seconds=(b - a) / _SECOND) for a, b in gaps],
        gap_s=sum(b - a for a, b in gaps) / _SECOND,
        failures=failures[:MOST_FAILURES],
        failure_count=len(failures) + more_failed_files,
        frames_judged=sum(f.crossings is not None for f in frames),
        frames_crossed=sum(bool(f.crossings) for f in frames),
        frames_crossed_lit=sum(bool(f.lit_crossings) for f in frames),
        timeline=_timeline(intervals),
    )


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _intervals(frames: Iterable[FrameFact], night_end: int) -> list[_Interval]:
    found = []
    for fact in frames:
        if fact.start_at is not None:
            start = _microseconds(fact.start_at)
            end = start + round((usable_exposure_s(fact.exposure_s) or 0.0) * _SECOND)
            found.append(_Interval(start, max(start, min(end, night_end)), fact))
    return sorted(found, key=lambda i: (i.start, i.end))


def _merged(intervals: Iterable[_Interval], tolerance: int = 0) -> list[tuple[int, int, int]]:
    """Join intervals in order of start that touch or lie within a tolerance: start, end, how many."""
    joined: list[tuple[int, int, int]] = []
    for one in intervals:
        if joined and one.start <= joined[-1][1] + tolerance:
            start, end, count = joined[-1]
            joined[-1] = (start, max(end, one.end), count + 1)
        else:
            joined.append((one.start, one.end, 1))
    return joined


def _grouped(frames: Iterable[FrameFact], key: Callable[[FrameFact], Key]) -> dict[Key, list[FrameFact]]:
    groups: dict[Key, list[FrameFact]] = defaultdict(list)
    for fact in frames:
        groups[key(fact)].append(fact)
    return groups


def _total_s(frames: Iterable[FrameFact]) -> float:
    return math.fsum(usable_exposure_s(f.exposure_s) or 0.0 for f in frames)


def _by_type(frames: Sequence[FrameFact]) -> list[TypeTally]:
    groups = _grouped(frames, lambda f: f.frame_type)
    return [
        TypeTally(frame_type=kind, frames=len(groups[kind]), exposure_s=_total_s(groups[kind]))
        for kind in sorted(groups, key=type_rank)
    ]


def _by_filter(frames: Sequence[FrameFact]) -> list[FilterTally]:
    groups = _grouped(frames, lambda f: f.filter)
    tallies = [FilterTally(filter=k, frames=len(v), exposure_s=_total_s(v)) for k, v in groups.items()]
    return sorted(tallies, key=lambda t: (t.filter is None, -t.frames, t.filter or ""))


def _targets(lights: Sequence[FrameFact]) -> list[TargetTally]:
    tallies = []
    for (target, filter_), group in _grouped(lights, lambda f: (f.object, f.filter)).items():
        starts = [f.start_at for f in group if f.start_at is not None]
        tallies.append(
            TargetTally(
                object=target,
                filter=filter_,
                frames=len(group),
                exposure_s=_total_s(group),
                first_at=min(starts, default=None),
                last_at=max(starts, default=None),
            )
        )
    late = _EPOCH.replace(year=9999)
    return sorted(tallies, key=lambda t: (t.first_at or late, t.object or "", t.filter or ""))


def _failure(fact: FrameFact) -> NightFailure:
    return NightFailure(name=fact.name, file_id=fact.file_id, failed=False, problems=list(fact.problems))


def _lane_of(intervals: Sequence[_Interval]) -> Callable[[FrameFact], tuple[str | None, str | None, bool]]:
    """Choose how finely the timeline tells frames apart, so that it has no more lanes than can be read."""
    if len({(i.fact.frame_type, i.fact.filter) for i in intervals}) <= MOST_LANES:
        return lambda f: (f.frame_type, f.filter, False)
    if len({i.fact.frame_type for i in intervals}) <= MOST_LANES:
        return lambda f: (f.frame_type, None, True)
    return lambda f: (f.frame_type if f.frame_type in TYPE_ORDER else "other", None, True)


def _timeline(intervals: Sequence[_Interval]) -> list[TimelineLane]:
    if not intervals:
        return []
    extent = max(i.end for i in intervals) - intervals[0].start
    tolerance = max(60 * _SECOND, extent // SPANS_PER_LANE)
    lane_of = _lane_of(intervals)
    lanes: dict[tuple[str | None, str | None, bool], list[_Interval]] = defaultdict(list)
    for one in intervals:
        lanes[lane_of(one.fact)].append(one)
    return [
        TimelineLane(
            frame_type=lane[0],
            filter=lane[1],
            mixed=lane[2],
            spans=[
                TimelineSpan(start_at=_moment(a), end_at=_moment(b), frames=n)
                for a, b, n in _merged(lanes[lane], tolerance)
            ],
        )
        for lane in sorted(lanes, key=lambda k: (type_rank(k[0]), k[1] is not None, k[1] or ""))
    ]
