"""Text on paper: lines of any script broken to a width, over as many A4 pages as it takes."""

from __future__ import annotations

import importlib.util
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

__all__ = ["MARGIN_MM", "Colour", "Paper", "Run", "Style"]

Style = Literal["plain", "bold", "italic", "mono"]
Run = tuple[str, Style]
Colour = tuple[int, int, int]

PAGE_MM = (210.0, 297.0)
MARGIN_MM = 18.0
BOTTOM_MM = 20.0
POINT_MM = 25.4 / 72
LEADING = 1.38  # line height in sizes of the type
BLACK: Colour = (25, 28, 34)
MIRRORED = dict(zip("()[]{}<>«»‹›", ")(][}{><»«›‹", strict=True))

# From a package that is installed with us, so that a document looks the same on every machine.
FACES: dict[Style, tuple[str, str, str]] = {
    "plain": ("dejavu", "", "DejaVuSans.ttf"),
    "bold": ("dejavu", "B", "DejaVuSans-Bold.ttf"),
    "italic": ("dejavu", "I", "DejaVuSans-Oblique.ttf"),
    "mono": ("dejavumono", "", "DejaVuSansMono.ttf"),
}


def _font_folder() -> Path:
    found = importlib.util.find_spec("matplotlib")  # looked for, not imported: only its files are of use
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("matplotlib, which brings the fonts, is not installed")
    return Path(found.submodule_search_locations[0]) / "mpl-data" / "fonts" / "ttf"


class _Glyph(NamedTuple):
    """One character as it is drawn; ``width`` in mm at 1 pt. ``face`` None: no font has it, its code is drawn."""

    character: str
    face: Style | None
    width: float


class Paper:
    """A PDF document that text flows into.

    Parameters
    ----------
    title, author : str
        As the document's properties tell.
    created_at : datetime
        Aware; the same text made at the same time gives the same bytes.

    Notes
    -----
    Letters of Arabic are not joined, for lack of a shaping engine; right-to-left lines are put in visual order.
    Marks that would change the order of what is read are left out, other control characters show as U+FFFD.
    """

    def __init__(self, *, title: str, author: str, created_at: datetime) -> None:
        from fpdf import FPDF  # here, since its 0.3 s would be paid by every start of the service

        self.pdf: Any = FPDF(format="A4", unit="mm")
        self.pdf.str_alias_nb_pages = ""  # else "{nb}" in somebody's text would turn into a number
        self.pdf.set_auto_page_break(False)
        self.pdf.set_title(title)
        self.pdf.set_author(author)
        self.pdf.set_creator("Uraniborg")
        self.pdf.set_producer("Uraniborg")
        self.pdf.set_creation_date(created_at)
        folder = _font_folder()
        for family, style, name in FACES.values():
            self.pdf.add_font(family, style, str(folder / name))
        self._glyphs: dict[tuple[str, Style], _Glyph | None] = {}
        self.y = 0.0
        self.new_page()

    @property
    def left(self) -> float:
        return MARGIN_MM

    @property
    def right(self) -> float:
        return PAGE_MM[0] - MARGIN_MM

    def new_page(self) -> None:
        """Begin the next page."""
        self.pdf.add_page()
        self.y = MARGIN_MM

    def need(self, height_mm: float) -> None:
        """Begin the next page unless this much is free on the present one."""
        if self.y + height_mm > PAGE_MM[1] - BOTTOM_MM and self.y > MARGIN_MM:
            self.new_page()

    def skip(self, height_mm: float) -> None:
        """Leave some space."""
        self.y += height_mm

    def _glyph(self, character: str, style: Style) -> _Glyph | None:
        key = (character, style)
        if key not in self._glyphs:
            self._glyphs[key] = self._find_glyph(character, style)
        return self._glyphs[key]

    def _find_glyph(self, character: str, style: Style) -> _Glyph | None:
        if character == "\n":
            return _Glyph("\n", style, 0.0)
        category = unicodedata.category(character)
        if category == "Cf" or "\ufe00" <= character <= "\ufe0f":
            return None
        if category in ("Zl", "Zp"):
            return _Glyph("\n", style, 0.0)
        if category in ("Cc", "Cs"):
            character = " " if character == "\t" else "\N{REPLACEMENT CHARACTER}"
        for face in (style, "plain"):
            family, weight, _ = FACES[face]
            font = self.pdf.fonts[family + weight]
            if ord(character) in font.cmap:
                return _Glyph(character, face, font.cw[ord(character)] / 1000 * POINT_MM)
        return _Glyph(character, None, 1.25 * POINT_MM)

    def _glyphs_of(self, runs: Sequence[Run]) -> list[_Glyph]:
        return [g for text, style in runs for c in text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
                if (g := self._glyph(c, style))]  # fmt: skip

    def width_of(self, text: str, size_pt: float, style: Style = "plain") -> float:
        """Tell how wide a line of text is, mm."""
        return size_pt * sum(g.width for g in self._glyphs_of([(text, style)]))

    def _lines(self, glyphs: Sequence[_Glyph], width_mm: float, size_pt: float) -> Iterator[Sequence[_Glyph]]:
        """Break at line ends, else after the last blank that fits, else anywhere: every character is drawn."""
        start = position = 0
        width, blank = 0.0, -1
        while position < len(glyphs):
            glyph = glyphs[position]
            if glyph.character == "\n":
                yield glyphs[start:position]
                start, width, blank = position + 1, 0.0, -1
            else:
                width += glyph.width * size_pt
                if glyph.character == " ":
                    blank = position
                elif width > width_mm and position > start:
                    end = blank + 1 if blank >= start else position
                    yield glyphs[start:end]
                    start, blank = end, -1
                    width = size_pt * sum(g.width for g in glyphs[start : position + 1])
            position += 1
        yield glyphs[start:]

    def paragraph(
        self,
        runs: Sequence[Run],
        *,
        size_pt: float = 9,
        indent_mm: float = 0,
        colour: Colour = BLACK,
        marker: str = "",
        bar: bool = False,
    ) -> None:
        """Let text flow from the present height down, over pages where it must.

        Parameters
        ----------
        runs : sequence of (str, Style)
        size_pt : float
            Points.
        indent_mm : float
            Millimetres from the left margin.
        marker : str
            Drawn before the first line: a bullet, a number.
        bar : bool
            Draw a bar beside it, as of a quotation.
        """
        height = size_pt * POINT_MM * LEADING
        x = self.left + indent_mm
        for number, line in enumerate(self._lines(self._glyphs_of(runs), self.right - x, size_pt)):
            self.need(height)
            if marker and number == 0:
                self.text_at(x - self.width_of(marker, size_pt) - 1.2, self.y, marker, size_pt=size_pt, colour=colour)
            if bar:
                self.box(x - 2.5, self.y, 0.6, height, (190, 196, 206))
            self._draw(x, self.y, line, size_pt, colour)
            self.y += height

    def text_at(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size_pt: float = 9,
        style: Style = "plain",
        colour: Colour = BLACK,
        align: Literal["left", "right", "centre"] = "left",
        width_mm: float | None = None,
    ) -> None:
        """Put one line at a place, its top at ``y``; what is wider than ``width_mm`` ends in an ellipsis."""
        glyphs = [g for g in self._glyphs_of([(text, style)]) if g.character != "\n"]
        width = size_pt * sum(g.width for g in glyphs)
        if width_mm is not None and width > width_mm:
            ellipsis = self._glyphs_of([("…", style)])
            while glyphs and width + size_pt * ellipsis[0].width > width_mm:
                width -= size_pt * glyphs.pop().width
            glyphs += ellipsis
            width += size_pt * ellipsis[0].width
        shift = {"left": 0.0, "right": width, "centre": width / 2}[align]
        self._draw(x - shift, y, glyphs, size_pt, colour)

    def _draw(self, x: float, y: float, line: Sequence[_Glyph], size_pt: float, colour: Colour) -> None:
        baseline = y + size_pt * POINT_MM * 1.05
        line = _visual_order(line)
        position = 0
        self.pdf.set_text_color(*colour)
        while position < len(line):
            face, end = line[position].face, position + 1
            if face is None:
                self._draw_code(x, baseline, line[position].character, size_pt)
            else:
                while end < len(line) and line[end].face == face:
                    end += 1
                self.pdf.set_font(FACES[face][0], FACES[face][1], size_pt)
                self.pdf.text(x, baseline, "".join(g.character for g in line[position:end]))
            x += size_pt * sum(g.width for g in line[position:end])
            position = end

    def _draw_code(self, x: float, baseline: float, character: str, size_pt: float) -> None:
        """Draw the code of a character that no font has: two rows of hexadecimal digits in a box."""
        em = size_pt * POINT_MM
        digits = f"{ord(character):04X}" if ord(character) < 0x10000 else f"{ord(character):06X}"
        self.pdf.set_draw_color(140, 146, 156)
        self.pdf.set_line_width(0.1)
        self.pdf.rect(x + 0.06 * em, baseline - 0.85 * em, 1.12 * em, 1.0 * em)
        self.pdf.set_font(FACES["mono"][0], "", size_pt * 0.42)
        half = len(digits) // 2
        inset = 0.62 * em - half * 0.602 * 0.42 * em / 2
        self.pdf.text(x + inset, baseline - 0.42 * em, digits[:half])
        self.pdf.text(x + inset, baseline + 0.02 * em, digits[half:])

    def box(self, x: float, y: float, width_mm: float, height_mm: float, colour: Colour) -> None:
        """Fill a rectangle."""
        self.pdf.set_fill_color(*colour)
        self.pdf.rect(x, y, width_mm, height_mm, style="F")

    def dot(self, x: float, y: float, radius_mm: float, colour: Colour) -> None:
        """Fill a circle around a point."""
        self.pdf.set_fill_color(*colour)
        self.pdf.circle(x, y, radius_mm, style="F")

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: Colour, *, thick_mm: float = 0.2) -> None:
        """Draw a straight line."""
        self.pdf.set_draw_color(*colour)
        self.pdf.set_line_width(thick_mm)
        self.pdf.line(x1, y1, x2, y2)

    def attach(self, name: str, content: bytes, *, about: str, made_at: datetime) -> None:
        """Put a file into the document."""
        self.pdf.embed_file(
            bytes=content, basename=name, desc=about, compress=True, creation_date=made_at, modification_date=made_at
        )

    def finish(self, footer: Callable[[int, int], tuple[str, str]]) -> bytes:
        """Write the footers, left and right, of each page of how many; give the document."""
        pages = self.pdf.page
        for page in range(1, pages + 1):
            self.pdf.page = page
            self.pdf.current_font_is_set_on_page = False
            y = PAGE_MM[1] - BOTTOM_MM + 6
            self.line(self.left, y - 1.5, self.right, y - 1.5, (205, 209, 216))
            left, right = footer(page, pages)
            half = (self.right - self.left) * 0.75
            self.text_at(self.left, y, left, size_pt=7, colour=(110, 116, 126), width_mm=half)
            self.text_at(self.right, y, right, size_pt=7, colour=(110, 116, 126), align="right")
        return bytes(self.pdf.output())


def _visual_order(line: Sequence[_Glyph]) -> Sequence[_Glyph]:
    """Put a line's characters in the order they are seen, where some run from right to left."""
    if not any(unicodedata.bidirectional(g.character) in ("R", "AL", "AN") for g in line):
        return line
    from fpdf.bidi import BidiParagraph

    ordered = BidiParagraph("".join(g.character for g in line)).get_reordered_characters()
    return [
        line[one.character_index]._replace(character=MIRRORED.get(one.character, one.character))
        if one.embedding_level % 2
        else line[one.character_index]
        for one in ordered
    ]
