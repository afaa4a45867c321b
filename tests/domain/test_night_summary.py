"""The summary of a night: a night worked out by hand, and what holds for every night."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.header import Problem
from domain.night_summary import (
    MOST_FAILURES,
    MOST_LANES,
    MOST_TARGETS,
    FrameFact,
    NightFailure,
    NightSummary,
    summarise,
    type_rank,
)

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
NIGHT_END = NOON + timedelta(hours=24)


def at(clock: str, day: int = 20) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day}T{clock}+00:00")


def light(start: datetime, exposure_s: float, filter_: str = "R", target: str = "M31") -> FrameFact:
    return FrameFact(frame_type="light", filter=filter_, object=target, start_at=start, exposure_s=exposure_s)


def test_a_night_worked_out_by_hand() -> None:
    # Flats in the twilight; M31 in R every 310 s from 19:00; an hour of cloud; M31 in B; a guide camera's light that
    # overlaps the last one by half; darks in the morning. Sums below were done on paper from these lines.
    frames = [
        *(FrameFact(frame_type="flat", filter="R", start_at=at(f"16:0{i}:00"), exposure_s=5.0) for i in range(3)),
        *(light(at("19:00:00") + timedelta(seconds=310 * i), 300.0) for i in range(6)),  # last ends 19:30:50
        *(light(at("20:30:50") + timedelta(seconds=310 * i), 300.0, "B") for i in range(2)),  # ends 20:41:00
        light(at("20:38:30"), 300.0, "B"),  # ends 20:43:30
        FrameFact(frame_type="dark", start_at=at("04:00:00", 21), exposure_s=300.0),
        FrameFact(frame_type="bias", exposure_s=0.0, name="b1.fits", problems=(Problem("no-date", "No DATE-OBS."),)),
    ]
    broken = NightFailure(name="x.fits", file_id="1", failed=True, problems=[Problem("not-fits", "Not FITS.")])
    summary = summarise(frames, night_end=NIGHT_END, failed_files=[broken])
    assert [(t.frame_type, t.frames, t.exposure_s) for t in summary.by_type] == [
        ("bias", 1, 0.0),
        ("dark", 1, 300.0),
        ("flat", 3, 15.0),
        ("light", 9, 2700.0),
    ]
    assert [(t.filter, t.frames) for t in summary.by_filter] == [("R", 9), ("B", 3), (None, 2)]
    assert [(t.object, t.filter, t.frames, t.exposure_s) for t in summary.targets] == [
        ("M31", "R", 6, 1800.0),
        ("M31", "B", 3, 900.0),
    ]
    assert (summary.first_exposure_at, summary.last_exposure_at) == (at("16:00:00"), at("04:00:00", 21))
    assert (summary.window_start_at, summary.window_end_at) == (at("19:00:00"), at("20:43:30"))
    assert summary.window_s == 6210
    assert summary.time_on_sky_s == 1800 + 300 + (20 * 60 + 43 * 60 + 30 - 20 * 60 - 36 * 60)  # 36:00 to 43:30 merged
    assert summary.open_shutter == pytest.approx(2550 / 6210)
    assert summary.cadence_s == 310
    assert summary.gap_limit_s == 300
    assert [(g.start_at, g.end_at, g.seconds) for g in summary.gaps] == [(at("19:30:50"), at("20:30:50"), 3600.0)]
    assert (summary.frames, summary.frames_without_start, summary.frames_without_exposure) == (14, 1, 0)
    assert [(f.name, f.failed) for f in summary.failures] == [("x.fits", True), ("b1.fits", False)]
    assert [(lane.frame_type, lane.filter, len(lane.spans)) for lane in summary.timeline] == [
        ("dark", None, 1),
        ("flat", "R", 1),
        ("light", "B", 1),
        ("light", "R", 1),
    ]


def test_a_pause_of_exactly_five_minutes_is_no_gap_and_a_calibration_fills_one() -> None:
    first, second = light(at("20:00:00"), 60.0), light(at("20:06:00"), 60.0)
    assert summarise([first, second], night_end=NIGHT_END).gaps == []
    later = light(at("20:06:01"), 60.0)
    assert [g.seconds for g in summarise([first, later], night_end=NIGHT_END).gaps] == [301.0]
    # Where every pause is as long, it is the rhythm of the night: a slow readout, not clouds.
    slow = [light(at("20:00:00") + timedelta(seconds=361 * i), 60.0) for i in range(6)]
    assert summarise(slow, night_end=NIGHT_END).gaps == []
    burst = [light(at("19:50:00") + timedelta(seconds=20 * i), 10.0) for i in range(30)]  # last ends 19:59:50
    assert [g.seconds for g in summarise([*burst, later], night_end=NIGHT_END).gaps] == [371.0]
    focus = FrameFact(frame_type="focus", start_at=at("20:03:00"), exposure_s=10.0)
    assert summarise([*burst, later, focus], night_end=NIGHT_END).gaps == []


def test_detectors_that_expose_together_are_one_exposure_in_time() -> None:
    mosaic = [light(at("20:00:00") + timedelta(minutes=10 * i), 590.0) for i in range(6) for _ in range(4)]
    summary = summarise(mosaic, night_end=NIGHT_END)
    assert (summary.frames, summary.exposure_s, summary.time_on_sky_s) == (24, 24 * 590.0, 6 * 590.0)
    assert summary.cadence_s == 600


def test_no_frames_make_an_empty_summary() -> None:
    assert summarise([], night_end=NIGHT_END) == NightSummary()


def test_an_exposure_that_claims_years_ends_with_the_night() -> None:
    summary = summarise([light(at("20:00:00"), 9e8), light(at("21:00:00"), math.inf)], night_end=NIGHT_END)
    assert summary.window_end_at == NIGHT_END
    assert summary.time_on_sky_s == 15 * 3600
    assert summary.open_shutter == 1.0
    assert summary.frames_without_exposure == 1


def test_long_lists_are_capped_and_say_so() -> None:
    many = [
        FrameFact(
            frame_type="light",
            filter=f"f{i % 30}",
            object=f"o{i}",
            start_at=at("20:00:00") + timedelta(seconds=i),
            exposure_s=1.0,
            problems=(Problem("odd", "Odd."),),
        )
        for i in range(MOST_TARGETS + 5)
    ]
    summary = summarise(many, night_end=NIGHT_END)
    assert (len(summary.targets), summary.more_targets) == (MOST_TARGETS, 5)
    assert (len(summary.failures), summary.failure_count) == (MOST_FAILURES, MOST_TARGETS + 5)
    assert [(lane.filter, lane.mixed) for lane in summary.timeline] == [(None, True)], "30 lanes cannot be read"


seconds = st.floats(allow_nan=True, allow_infinity=True) | st.floats(0, 4000) | st.sampled_from([0.0, 30.0, 300.0])
facts = st.builds(
    FrameFact,
    frame_type=st.sampled_from(["light", "light", "light", "dark", "flat", "bias", None]),
    filter=st.sampled_from(["B", "V", "R", None]),
    object=st.sampled_from(["M31", "M33", None]),
    start_at=st.none()
    | st.datetimes(NOON.replace(tzinfo=None), NIGHT_END.replace(tzinfo=None), timezones=st.just(UTC)),
    exposure_s=st.none() | seconds,
    problems=st.sampled_from([(), (Problem("odd", "Odd."),)]),
)


@given(st.lists(facts, max_size=40))
def test_what_holds_for_every_night(frames: list[FrameFact]) -> None:
    summary = summarise(frames, night_end=NIGHT_END)
    lights = sum(f.frame_type == "light" for f in frames)
    assert sum(t.frames for t in summary.by_type) == len(frames) == summary.frames
    assert sum(t.frames for t in summary.by_filter) == len(frames)
    assert sum(t.frames for t in summary.targets) == lights
    assert math.fsum(t.exposure_s for t in summary.by_type) == pytest.approx(summary.exposure_s)
    assert math.fsum(t.exposure_s for t in summary.by_filter) == pytest.approx(summary.exposure_s)
    assert summary.gap_s + summary.time_on_sky_s <= summary.window_s + 1e-6
    assert summary.open_shutter is None or 0 <= summary.open_shutter <= 1
    assert summary.failure_count == sum(bool(f.problems) for f in frames)
    for gap in summary.gaps:
        assert summary.window_start_at <= gap.start_at < gap.end_at <= summary.window_end_at  # type: ignore[operator]
        assert gap.seconds > summary.gap_limit_s
        assert not any(gap.start_at < f.start_at < gap.end_at for f in frames if f.start_at), "a gap holds no start"
    assert sum(s.frames for lane in summary.timeline for s in lane.spans) == len(frames) - summary.frames_without_start
    assert len(summary.timeline) <= MOST_LANES
    assert summarise(frames[::-1], night_end=NIGHT_END).time_on_sky_s == summary.time_on_sky_s, "order does not matter"


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 300), st.booleans()), min_size=1, max_size=12))
def test_time_on_sky_and_gaps_agree_with_counting_second_by_second(nights: list[tuple[int, int, bool]]) -> None:
    # An oracle of another kind: a set of open seconds instead of interval arithmetic.
    frames = [
        FrameFact(
            frame_type="light" if on_sky else "dark", start_at=NOON + timedelta(seconds=start), exposure_s=float(length)
        )
        for start, length, on_sky in nights
    ]
    summary = summarise(frames, night_end=NIGHT_END)
    sky = {s for start, length, on_sky in nights if on_sky for s in range(start, start + length)}
    busy = {s for start, length, _ in nights for s in range(start, start + length)}
    assert summary.time_on_sky_s == len(sky)
    if summary.window_start_at is None or summary.window_end_at is None:
        assert not any(on_sky for *_, on_sky in nights)
        return
    first, last = (int((m - NOON).total_seconds()) for m in (summary.window_start_at, summary.window_end_at))
    moments = {start for start, _, _ in nights if first <= start <= last}  # zero-length exposures end a pause too
    pauses, pause = [], 0
    for second in range(first, last):
        if second in moments:
            pauses.append(pause)
            pause = 0
        if second in busy:
            pauses.append(pause)
            pause = 0
        else:
            pause += 1
    pauses.append(pause)
    assert sorted(g.seconds for g in summary.gaps) == sorted(p for p in pauses if p > summary.gap_limit_s)


def test_types_come_in_the_order_of_a_night() -> None:
    kinds = ["light", None, "zebra", "dark", "bias", "flat"]
    assert sorted(kinds, key=type_rank) == ["bias", "dark", "flat", "light", "zebra", None]
