"""A night log as a PDF document: what an observatory files away, with its Markdown attached."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

from domain.night_summary import NightSummary
from service.actions.night_log import NightLogDocument
from service.actions.night_log_entries import LogEntry
from service.markdown_paper import draw_markdown
from service.night_log_documents import (
    as_markdown,
    clock,
    duration,
    entry_clocks,
    failure_words,
    figures,
    identity,
    local_clock,
    named,
)
from service.night_timeline import draw_timeline
from service.paper import Colour, Paper

__all__ = ["as_pdf"]

PRINTED_CHARACTERS = 500_000  # of entries' texts, some 70 pages; the attachment holds them all
SHOWN_ROWS = 12  # of types and filters, which stand side by side

GREY: Colour = (110, 116, 126)
RULE: Colour = (205, 209, 216)
BLUE: Colour = (38, 70, 125)
LEVEL_COLOURS: dict[str, Colour] = {"info": BLUE, "warning": (176, 104, 0), "problem": (176, 32, 32)}

Align = Literal["left", "right"]
Column = tuple[str, float, Align]  # heading, width in mm, alignment


def as_pdf(document: NightLogDocument) -> bytes:
    """Write a night log as a PDF document.

    A signed log gives the same bytes each time. Its Markdown is attached, so that nothing is lost to characters that
    no font has, or to rows that are cut.
    """
    place, log = document.place, document.log
    made_at = log.signed_at or document.printed_at
    markdown = as_markdown(document).encode()
    name = f"night-log-{place.telescope}-{place.night}"
    paper = Paper(title=f"Night log {place.telescope} {place.night}", author=document.organisation, created_at=made_at)
    _heading(paper, document)
    _key_figures(paper, document)
    if log.summary.timeline:
        draw_timeline(paper, log.summary, place, document.entries)
    _tables(paper, log.summary, place.time_zone)
    _entries(paper, document)
    _signature(paper, document, hashlib.sha256(markdown).hexdigest())
    paper.attach(f"{name}.md", markdown, about="The whole night log as Markdown", made_at=made_at)
    state = "signed" if log.state == "signed" else "open, printed"
    line = (
        f"{document.organisation} · {place.telescope_name} · night {place.night} · {state} {made_at:%Y-%m-%d %H:%M} UTC"
    )
    return paper.finish(lambda page, pages: (line, f"Page {page} of {pages}"))


def _heading(paper: Paper, document: NightLogDocument) -> None:
    place, log = document.place, document.log
    paper.text_at(paper.left, paper.y, "NIGHT LOG", size_pt=8, style="bold", colour=GREY)
    paper.text_at(
        paper.right, paper.y, document.organisation, size_pt=9, style="bold", colour=BLUE, align="right", width_mm=120
    )
    paper.skip(6)
    badge, colour = ("SIGNED", (30, 110, 60)) if log.state == "signed" else ("OPEN", (176, 104, 0))
    paper.box(paper.right - 22, paper.y + 0.6, 22, 7, colour)
    paper.text_at(
        paper.right - 11, paper.y + 2.3, badge, size_pt=9, style="bold", colour=(255, 255, 255), align="centre"
    )
    title = f"{place.telescope_name}, {place.night}"
    paper.text_at(paper.left, paper.y, title, size_pt=19, style="bold", width_mm=paper.right - paper.left - 28)
    paper.skip(10)
    paper.line(paper.left, paper.y, paper.right, paper.y, BLUE, thick_mm=0.5)
    paper.skip(2)
    for label, value in identity(document):
        paper.text_at(paper.left, paper.y + 0.15, label, size_pt=8, colour=GREY)
        paper.paragraph([(value, "plain")], size_pt=8.5, indent_mm=27)
    paper.skip(3)


def _key_figures(paper: Paper, document: NightLogDocument) -> None:
    words = dict(figures(document))
    shown = ("Frames", "Time on sky", "Open shutter", "Time lost")
    width = (paper.right - paper.left - 3 * 3) / 4
    for number, label in enumerate(shown):
        x = paper.left + number * (width + 3)
        paper.box(x, paper.y, width, 15, (240, 243, 248))
        value, _, rest = words[label].partition(" of " if label == "Open shutter" else " (")
        paper.text_at(x + 2.5, paper.y + 1.6, label, size_pt=7, colour=GREY)
        paper.text_at(x + 2.5, paper.y + 4.8, value, size_pt=13, style="bold", colour=BLUE, width_mm=width - 4)
        rest = f"of {rest}" if rest and label == "Open shutter" else rest.rstrip(")")
        paper.text_at(x + 2.5, paper.y + 11.2, rest, size_pt=6.5, colour=GREY, width_mm=width - 4)
    paper.skip(18)
    for label, value in words.items():
        if label not in shown:
            paper.text_at(paper.left, paper.y + 0.15, label, size_pt=8, colour=GREY)
            paper.paragraph([(value, "plain")], size_pt=8.5, indent_mm=40)
    paper.skip(3)


def _section(paper: Paper, title: str, *, room_mm: float = 20) -> None:
    paper.need(room_mm)
    paper.skip(2)
    paper.text_at(paper.left, paper.y, title, size_pt=11, style="bold", colour=BLUE)
    paper.skip(6)


def _row(
    paper: Paper, columns: Sequence[Column], cells: Sequence[str], x: float, y: float, *, head: bool = False
) -> None:
    for (_, width, align), cell in zip(columns, cells, strict=True):
        paper.text_at(
            x + (width - 1 if align == "right" else 0),
            y,
            cell,
            size_pt=7.5 if head else 8,
            colour=GREY if head else (25, 28, 34),
            align=align,
            width_mm=width - 2,
        )
        x += width


def _table(paper: Paper, columns: Sequence[Column], rows: Sequence[Sequence[str]], *, x: float | None = None) -> None:
    """Draw a table from the present height down; its head comes again on each page."""
    x = paper.left if x is None else x
    width = sum(column[1] for column in columns)
    for number, row in enumerate(rows):
        page_before = paper.pdf.page
        paper.need(9 if number == 0 else 4.4)
        if number == 0 or paper.pdf.page != page_before:
            _row(paper, columns, [column[0] for column in columns], x, paper.y, head=True)
            paper.skip(4)
            paper.line(x, paper.y, x + width, paper.y, RULE)
            paper.skip(0.6)
        _row(paper, columns, row, x, paper.y)
        paper.skip(4.4)
    paper.skip(1.5)


def _tables(paper: Paper, summary: NightSummary, zone: str) -> None:
    if summary.by_type:
        types = [(t.frame_type or "unknown", f"{t.frames}", duration(t.exposure_s)) for t in summary.by_type]
        filters = [(f.filter or "none", f"{f.frames}", duration(f.exposure_s)) for f in summary.by_filter]
        more = len(filters) + summary.more_filters - SHOWN_ROWS
        if more > 0:
            filters = [*filters[:SHOWN_ROWS], (f"and {more} more", "", "")]
        _section(paper, "Frames", room_mm=16 + 4.4 * max(len(types[:SHOWN_ROWS]), len(filters)))
        counted: tuple[Column, Column] = (("Frames", 18, "right"), ("Exposed", 27, "right"))
        half = (paper.right - paper.left) / 2
        top = paper.y
        _table(paper, [("Type", half - 50, "left"), *counted], types[:SHOWN_ROWS])
        below, paper.y = paper.y, top
        _table(paper, [("Filter", half - 50, "left"), *counted], filters, x=paper.left + half + 5)
        paper.y = max(paper.y, below)
    if summary.targets:
        _section(paper, "Light frames by object", room_mm=14 + 4.4 * min(len(summary.targets), SHOWN_ROWS))
        _table(
            paper,
            [("Object", 62, "left"), ("Filter", 26, "left"), ("Frames", 18, "right"), ("Exposed", 26, "right"),
             ("First, UTC", 20, "right"), ("Last, UTC", 20, "right")],
            [(t.object or "unnamed", t.filter or "none", f"{t.frames}", duration(t.exposure_s), clock(t.first_at),
              clock(t.last_at)) for t in summary.targets],
        )  # fmt: skip
        if summary.more_targets:
            paper.paragraph([(f"And {summary.more_targets} more.", "italic")], size_pt=8, colour=GREY)
    if summary.gaps:
        _section(paper, "Gaps", room_mm=18 + 4.4 * min(len(summary.gaps), SHOWN_ROWS))
        limit = (
            f"Longer than {duration(summary.gap_limit_s)} without an exposure, between the first and the last light."
        )
        paper.paragraph([(limit, "italic")], size_pt=8, colour=GREY)
        _table(
            paper,
            [("From, UTC", 30, "left"), ("To, UTC", 30, "left"), ("From, local", 30, "left"), ("Length", 30, "right")],
            [(clock(g.start_at), clock(g.end_at), local_clock(g.start_at, zone), duration(g.seconds))
             for g in summary.gaps],
        )  # fmt: skip
    if summary.failures:
        _section(paper, "Failures and problems")
        for failure in summary.failures:
            paper.paragraph([(failure.name, "mono"), (f"  {failure_words(failure)}", "plain")], size_pt=7.5)
            paper.skip(0.6)
        if summary.failure_count > len(summary.failures):
            more = summary.failure_count - len(summary.failures)
            paper.paragraph([(f"And {more} more.", "italic")], size_pt=8, colour=GREY)


def _entry(paper: Paper, entry: LogEntry, document: NightLogDocument) -> None:
    paper.need(14)
    colour = LEVEL_COLOURS.get(entry.level, BLUE)
    paper.line(paper.left, paper.y, paper.right, paper.y, RULE)
    paper.skip(1.6)
    utc, local = entry_clocks(entry, document.place)
    x = paper.left
    for text, style, shade in (
        (f"{utc} UTC", "bold", colour),
        (f"{local} local", "plain", GREY),
        (f"{entry.level} · {entry.category}", "bold" if entry.level != "info" else "plain", colour),
    ):
        paper.text_at(x, paper.y, text, size_pt=8.5, style=style, colour=shade)  # type: ignore[arg-type]
        x += paper.width_of(text, 8.5, style) + 4  # type: ignore[arg-type]
    paper.text_at(
        paper.right, paper.y, entry.author.name, size_pt=8.5, style="italic", align="right", width_mm=paper.right - x
    )
    paper.skip(5.4)
    draw_markdown(paper, entry.text, indent_mm=3)
    notes = []
    if entry.time_lost_s:
        notes.append(f"Time lost: {duration(entry.time_lost_s)} ({entry.time_lost_kind})")
    if entry.tags:
        notes.append(f"Tags: {', '.join(entry.tags)}")
    notes += [
        f"{what}: {', '.join(named(ids, document.paths))}"
        for what, ids in (("Frames", entry.frames), ("Attachments", entry.attachments))
        if ids
    ]
    if entry.revision > 1:
        notes.append(f"Revision {entry.revision}, by {entry.revised_by.name}, {entry.revised_at:%Y-%m-%d %H:%M:%S} UTC")
    for note in notes:
        paper.paragraph([(note, "plain")], size_pt=7.5, indent_mm=3, colour=GREY)
    paper.skip(2.2)


def _entries(paper: Paper, document: NightLogDocument) -> None:
    _section(paper, "Entries", room_mm=30)
    if not document.entries:
        paper.paragraph([("None.", "italic")], colour=GREY)
    room = PRINTED_CHARACTERS
    for number, entry in enumerate(document.entries):
        room -= len(entry.text)
        if room < 0 and number:
            left = len(document.entries) - number
            words = f"{left} more {'entry stands' if left == 1 else 'entries stand'} in the attached Markdown document."
            paper.paragraph([(words, "bold")], colour=LEVEL_COLOURS["warning"])
            break
        _entry(paper, entry, document)
    if document.entries_left_out:
        words = "There are more entries than one document holds: read the others through the API."
        paper.paragraph([(words, "bold")], colour=LEVEL_COLOURS["warning"])


def _signature(paper: Paper, document: NightLogDocument, digest: str) -> None:
    log = document.log
    paper.need(46)
    paper.skip(4)
    paper.line(paper.left, paper.y, paper.right, paper.y, BLUE, thick_mm=0.5)
    paper.skip(3)
    if log.state == "signed" and log.signed_at:
        said = f"Signed in the service by {log.signed_by} on {log.signed_at:%Y-%m-%d %H:%M:%S} UTC."
    else:
        said = "This log is open: entries and figures may still change."
    paper.paragraph([(said, "bold")], size_pt=9)
    paper.paragraph([("SHA-256 of the attached Markdown: ", "plain"), (digest, "mono")], size_pt=7, colour=GREY)
    paper.skip(14)
    for x, width, label in (
        (paper.left, 70, "Name"),
        (paper.left + 76, 60, "Signature"),
        (paper.left + 142, 32, "Date"),
    ):
        paper.line(x, paper.y, x + width, paper.y, (90, 96, 106))
        paper.text_at(x, paper.y + 1, label, size_pt=7, colour=GREY)
    paper.skip(6)
