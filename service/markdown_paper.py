"""Markdown on paper: headings, lists, quotations, code and emphasis as they read; everything else as it was typed."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from service.paper import Colour, Paper, Run, Style

__all__ = ["draw_markdown"]

STEP_MM = 5.0
DEEPEST_MM = 60.0  # lists within lists within lists still leave room for words
DEEPEST_LEVEL = 18  # the parser leaves out what is nested in more than 20 blocks: such a text is drawn as it was typed
GREY: Colour = (80, 86, 96)

# HTML stays text, and so do definitions of references, which would not show otherwise: paper has no links.
PARSER = MarkdownIt("commonmark", {"html": False}).disable("reference")


def _runs(tokens: Sequence[Token]) -> list[Run]:
    """Flatten inline tokens; a line end that was typed stays a line end, as people write logs."""
    runs: list[Run] = []
    bold = italic = 0
    addresses: list[str] = []
    for token in tokens:
        style: Style = "bold" if bold else "italic" if italic else "plain"
        if token.type == "strong_open":
            bold += 1
        elif token.type == "strong_close":
            bold -= 1
        elif token.type == "em_open":
            italic += 1
        elif token.type == "em_close":
            italic -= 1
        elif token.type in ("softbreak", "hardbreak"):
            runs.append(("\n", style))
        elif token.type == "code_inline":
            runs.append((token.content, "mono"))
        elif token.type == "link_open":
            addresses.append(str(token.attrs.get("href", "")))
        elif token.type == "link_close":
            address = addresses.pop()
            if not runs or runs[-1][0] != address:
                runs.append((f" ({address})", style))
        elif token.type == "image":
            runs.append((f"[picture: {token.content}] ({token.attrs.get('src', '')})", style))
        else:
            runs.append((token.content, style))
    return runs


def draw_markdown(paper: Paper, text: str, *, indent_mm: float = 0.0, size_pt: float = 9.0) -> None:
    """Let a Markdown text flow onto paper.

    Parameters
    ----------
    text : str
        CommonMark; whatever it is, no word of it is left out.
    indent_mm : float
        Millimetres from the left margin.
    size_pt : float
        Points, of plain text.
    """
    tokens = PARSER.parse(text)
    if max((token.level for token in tokens), default=0) >= DEEPEST_LEVEL:
        paper.paragraph([(text, "plain")], size_pt=size_pt, indent_mm=indent_mm)
        return
    lists: list[int | None] = []  # the next number of each list we are in; None for bullets
    quotes = heading = 0
    marker = ""
    for token in tokens:
        indent = indent_mm + min(DEEPEST_MM, STEP_MM * (len(lists) + quotes))
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(None if token.type.startswith("bullet") else int(token.attrs.get("start", 1)))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
            paper.skip(0.8)
        elif token.type == "list_item_open":
            number = lists[-1]
            marker = "•" if number is None else f"{number}."
            lists[-1] = None if number is None else number + 1
        elif token.type == "list_item_close" and marker:
            paper.paragraph([("", "plain")], size_pt=size_pt, indent_mm=indent, marker=marker)
            marker = ""
        elif token.type == "blockquote_open":
            quotes += 1
        elif token.type == "blockquote_close":
            quotes -= 1
        elif token.type == "heading_open":
            heading = int(token.tag[1])
        elif token.type == "heading_close":
            heading = 0
        elif token.type == "inline":
            runs = _runs(token.children or [])
            size = size_pt + max(0.0, 2.5 - heading) if heading else size_pt
            if heading:
                runs = [(words, "bold" if style != "mono" else style) for words, style in runs]
            paper.paragraph(
                runs,
                size_pt=size,
                indent_mm=indent,
                marker=marker,
                bar=quotes > 0,
                **({"colour": GREY} if quotes else {}),
            )
            marker = ""
        elif token.type == "paragraph_close":
            paper.skip(0.2 if lists else 1.2)
        elif token.type in ("fence", "code_block", "html_block"):
            if marker:
                paper.paragraph([("", "plain")], size_pt=size_pt, indent_mm=indent, marker=marker)
                marker = ""
            paper.paragraph(
                [(token.content.rstrip("\n"), "mono")], size_pt=size_pt - 1, indent_mm=indent + 3, bar=quotes > 0
            )
            paper.skip(1.2)
        elif token.type == "hr":
            paper.need(4)
            paper.line(paper.left + indent, paper.y + 1.5, paper.right, paper.y + 1.5, (190, 196, 206))
            paper.skip(3)
