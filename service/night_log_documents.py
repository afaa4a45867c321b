"""A night log as a Markdown document, and the words its documents share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.night_summary import NightFailure, NightSummary
from service.actions.night_log import NAMED, NightLogDocument
from service.actions.night_log_entries import LogEntry
from service.actions.night_places import NightPlace

__all__ = [
    "as_markdown",
    "clock",
    "duration",
    "entry_clocks",
    "failure_words",
    "figures",
    "identity",
    "local_clock",
    "named",
    "site_words",
    "state_words",
]

MARKED = re.compile(r"([\\`*_\[\]<>|&~#])")


def clock(moment: datetime | None) -> str:
    """Write a moment's time of day, UTC."""
    return f"{moment:%H:%M:%S}" if moment else "–"


def local_clock(moment: datetime | None, zone: str) -> str:
    """Write a moment's time of day at the site."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M:%S}" if moment else "–"


def entry_clocks(entry: LogEntry, place: NightPlace) -> tuple[str, str]:
    """Write when an entry's matter occurred, UTC and local; with the date where it was not that night."""
    if place.start_at <= entry.occurred_at < place.end_at:
        return clock(entry.occurred_at), local_clock(entry.occurred_at, place.time_zone)
    local = entry.occurred_at.astimezone(ZoneInfo(place.time_zone))
    return f"{entry.occurred_at:%Y-%m-%d %H:%M:%S}", f"{local:%Y-%m-%d %H:%M:%S}"


def duration(seconds: float) -> str:
    """Write seconds as people say them: ``45 s``, ``12 min 30 s``, ``3 h 05 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.3g} s" if whole != seconds else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def site_words(place: NightPlace) -> str:
    """Describe where the telescope stands."""
    latitude = f"{abs(place.latitude_deg):.4f}° {'N' if place.latitude_deg >= 0 else 'S'}"
    longitude = f"{abs(place.longitude_deg):.4f}° {'E' if place.longitude_deg >= 0 else 'W'}"
    code = f", MPC {place.mpc_code}" if place.mpc_code else ""
    return f"{place.site_name} · {latitude}, {longitude}, {place.height_m:.0f} m{code}"


def state_words(document: NightLogDocument) -> str:
    """Say whether the log is signed, by whom and when."""
    log = document.log
    if log.state == "signed" and log.signed_at:
        return f"Signed by {log.signed_by} on {log.signed_at:%Y-%m-%d %H:%M} UTC"
    return "Open: not signed, may still change"


def identity(document: NightLogDocument) -> list[tuple[str, str]]:
    """Name what the log is of."""
    place = document.place
    zone = ZoneInfo(place.time_zone)
    local = [m.astimezone(zone) for m in (place.start_at, place.end_at)]
    return [
        ("Organisation", document.organisation),
        ("Site", site_words(place)),
        ("Telescope", f"{place.telescope_name} ({place.telescope})"),
        ("Night", f"{place.night} · {place.start_at:%Y-%m-%d %H:%M} to {place.end_at:%Y-%m-%d %H:%M} UTC"),
        ("Local time", f"{place.time_zone} · {local[0]:%Y-%m-%d %H:%M %z} to {local[1]:%Y-%m-%d %H:%M %z}"),
        ("State", state_words(document)),
    ]


def figures(document: NightLogDocument) -> list[tuple[str, str]]:
    """Give the night's key figures."""
    summary, lost = document.log.summary, document.log.time_lost
    kinds = [(k, s) for k, s in (("weather", lost.weather_s), ("fault", lost.fault_s), ("other", lost.other_s)) if s]
    total = sum(s for _, s in kinds)
    by_kind = f" ({', '.join(f'{k} {duration(s)}' for k, s in kinds)})" if kinds else ""
    zone = document.place.time_zone

    def span(first: datetime | None, last: datetime | None) -> str:
        if not first:
            return "–"
        return f"{clock(first)} to {clock(last)} UTC · {local_clock(first, zone)} to {local_clock(last, zone)} local"

    return [
        ("Frames", _frames_words(summary)),
        ("Exposed", duration(summary.exposure_s)),
        ("First to last exposure", span(summary.first_exposure_at, summary.last_exposure_at)),
        ("First to last light", span(summary.window_start_at, summary.window_end_at)),
        ("Time on sky", duration(summary.time_on_sky_s)),
        (
            "Open shutter",
            f"{summary.open_shutter:.1%} of {duration(summary.window_s)}" if summary.open_shutter is not None else "–",
        ),
        ("Gaps", f"{len(summary.gaps)}, together {duration(summary.gap_s)}" if summary.gaps else "none"),
        ("Time lost", f"{duration(total)}{by_kind}" if total else "none"),
        *_satellites_figure(summary),
    ]


def _satellites_figure(summary: NightSummary) -> list[tuple[str, str]]:
    """Say how many frames satellites crossed; nothing where none was judged."""
    if not summary.frames_judged:
        return []
    lit = f", {summary.frames_crossed_lit} by one that the Sun lit" if summary.frames_crossed else ""
    return [("Satellites", f"crossed {summary.frames_crossed} of {summary.frames_judged} frames{lit}")]


def _frames_words(summary: NightSummary) -> str:
    without = [
        f"{count} without {what}"
        for count, what in ((summary.frames_without_start, "start"), (summary.frames_without_exposure, "exposure time"))
        if count
    ]
    return f"{summary.frames}" + (f" ({', '.join(without)})" if without else "")


def failure_words(failure: NightFailure) -> str:
    """Say what was wrong with a file or a frame."""
    said = "; ".join(problem.detail for problem in failure.problems) or "no reason is recorded"
    return f"{'failed' if failure.failed else 'indexed'}: {said}"


def named(ids: Sequence[UUID], paths: dict[UUID, str]) -> list[str]:
    """Name frames or attachments; the first of them, and how many more."""
    names = [paths.get(one, f"{one} (gone)") for one in ids[:NAMED]]
    return names + ([f"and {len(ids) - NAMED} more"] if len(ids) > NAMED else [])


def _plain(text: str) -> str:
    """Make a text of somebody's that shows as it is, on one line, inside Markdown."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return MARKED.sub(r"\\\1", shown)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    numbers = {"Frames", "Exposed", "Length"}
    lines = [f"| {' | '.join(head)} |", f"|{'|'.join('---:' if h in numbers else '---' for h in head)}|"]
    return [*lines, *(f"| {' | '.join(_plain(cell) for cell in row)} |" for row in rows), ""]


def _entry(entry: LogEntry, document: NightLogDocument) -> list[str]:
    utc, local = entry_clocks(entry, document.place)
    lines = [
        f"### {utc} UTC · {local} local · {entry.level} · {entry.category} · {_plain(entry.author.name)}",
        "",
    ]
    if entry.time_lost_s:
        lines += [f"Time lost: {duration(entry.time_lost_s)} ({entry.time_lost_kind})", ""]
    # A quotation keeps whatever the text opens (fences, lists, HTML) from running into what follows.
    lines += [f"> {line}" if line else ">" for line in re.split(r"\r\n|\r|\n", entry.text)]
    lines.append("")
    if entry.tags:
        lines += [f"Tags: {', '.join(map(_plain, entry.tags))}", ""]
    for what, ids in (("Frames", entry.frames), ("Attachments", entry.attachments)):
        if ids:
            lines += [f"{what}: {', '.join(map(_plain, named(ids, document.paths)))}", ""]
    if entry.revision > 1:
        by = _plain(entry.revised_by.name)
        lines += [f"Revision {entry.revision}, by {by}, {entry.revised_at:%Y-%m-%d %H:%M:%S} UTC", ""]
    return lines


def as_markdown(document: NightLogDocument) -> str:
    """Write a night log as a Markdown document.

    Tables are those of GitHub Flavored Markdown; each entry's text stands as it was written, in a quotation.
    """
    summary, zone = document.log.summary, document.place.time_zone
    title = f"{document.place.telescope_name}, night of {document.place.night}"
    lines = [f"# Night log: {_plain(title)}", "", *_table(("", ""), identity(document))]
    lines += ["## Summary", "", *_table(("", ""), figures(document))]
    if summary.by_type:
        rows = [(t.frame_type or "unknown", str(t.frames), duration(t.exposure_s)) for t in summary.by_type]
        lines += ["### By type", "", *_table(("Type", "Frames", "Exposed"), rows)]
        filters = [(f.filter or "none", str(f.frames), duration(f.exposure_s)) for f in summary.by_filter]
        lines += ["### By filter", "", *_table(("Filter", "Frames", "Exposed"), filters)]
    if summary.targets:
        lights = [
            (t.object or "unnamed", t.filter or "none", str(t.frames), duration(t.exposure_s), clock(t.first_at),
             clock(t.last_at))
            for t in summary.targets
        ]  # fmt: skip
        lines += ["### Light frames by object", ""]
        lines += _table(("Object", "Filter", "Frames", "Exposed", "First (UTC)", "Last (UTC)"), lights)
        if summary.more_targets:
            lines += [f"And {summary.more_targets} more.", ""]
    if summary.gaps:
        gaps = [
            (clock(g.start_at), clock(g.end_at), local_clock(g.start_at, zone), duration(g.seconds))
            for g in summary.gaps
        ]
        lines += ["### Gaps", "", f"Longer than {duration(summary.gap_limit_s)}, between the first and last light.", ""]
        lines += _table(("From (UTC)", "To (UTC)", "From (local)", "Length"), gaps)
    if summary.failures:
        lines += ["### Failures and problems", ""]
        lines += _table(("File", "What"), [(f.name, failure_words(f)) for f in summary.failures])
        if summary.failure_count > len(summary.failures):
            lines += [f"And {summary.failure_count - len(summary.failures)} more.", ""]
    lines += ["## Entries", ""]
    if not document.entries:
        lines += ["None.", ""]
    for entry in document.entries:
        lines += _entry(entry, document)
    if document.entries_left_out:
        lines += ["There are more entries than one document holds: read the others through the API.", ""]
    lines += ["---", "", f"{state_words(document)}.", ""]
    return "\n".join(lines)
