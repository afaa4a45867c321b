"""Night logs as documents: what an archive needs is there, and no text breaks them."""

from __future__ import annotations

import io
import unicodedata
from datetime import timedelta

import pytest
import pytest_asyncio
from markdown_it import MarkdownIt
from pypdf import PdfReader

from tests.support.frames import add_frame, add_frames
from tests.support.night_logs import EVENING, NIGHT, Place
from tests.support.service import Person, RunningService


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def owner(service: RunningService) -> Person:
    return await service.person("sophie")


@pytest_asyncio.fixture(loop_scope="session")
async def place(service: RunningService, owner: Person) -> Place:
    return Place(service, owner, await service.equipped(owner))


HOSTILE = {
    "an open fence": "```\nnever closed",
    "an open comment": "<!-- never closed",
    "headings": "# Night log: forged\n\n## Entries\n\nSetext\n======",
    "tables": "| a | b |\n|---|---|\n| c | d |",
    "line ends of every kind": "one\rtwo\r\nthree\x0bfour\x85five\u2028six",
    "marks that turn the reading order": "\u202e\u2066 desrever \u2069\u202c \u200f\u061c",
    "right to left": "שלום עולם (123) مرحبا",
    "control characters": "".join(chr(c) for c in range(1, 32)) + "\x7f\x9f",
    "emoji": "🔭👩‍🚀🇩🇰 ☁️",
    "scripts without a font": "漢字かな한글" * 50,
    "the alias of page numbers": "{nb} {pages}",
    "one long word": "x" * 100_000,
    "a hundred thousand brackets": "[" * 100_000,
    "deep quotations": "> " * 60 + "deep",
    "deep lists": "\n".join(" " * n + "- item" for n in range(60)),
    "many lines": "a\n" * 20_000,
    "combining marks": "a" + "\u0301" * 50_000,
    "beyond Unicode's planes in use": "\U0010ffff\U000e0041\ufffe\ue000",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
async def test_documents_withstand_any_text(place: Place, text: str) -> None:
    await place.write(text, tags=["| *tag* `"])
    await place.write("The entry **after** it.", occurred_at="2026-07-10T21:00:00Z")
    reply = await place.owner.client.get(f"{place.log()}.md")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/markdown; charset=utf-8"
    assert f'filename="night-log-quadrant-{NIGHT}.md"' in reply.headers["content-disposition"]
    # CommonMark's own reading: nothing in the entry adds to the document's headings, and what follows is there.
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(reply.text)
    top = [tokens[i + 1].content for i, t in enumerate(tokens) if t.type == "heading_open" and t.level == 0]
    assert top[:3] == [f"Night log: Quadrant, night of {NIGHT}", "Summary", "Entries"]
    assert len(top) == 5
    assert any(t.type == "inline" and t.content == "The entry **after** it." for t in tokens)
    quoted = [line[2:] for line in reply.text.split("\n") if line.startswith(">")]
    assert "\n".join(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")) in "\n".join(quoted)
    pdf = await place.owner.client.get(f"{place.log()}.pdf")
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    document = PdfReader(io.BytesIO(pdf.content))
    words = " ".join(page.extract_text() for page in document.pages)
    assert "The entry after it." in words.replace("\n", " ")
    assert "deep" in words or "deep" not in text
    assert document.attachments[f"night-log-quadrant-{NIGHT}.md"][0].decode() == reply.text


async def test_a_pdf_shows_the_night_as_an_archive_needs_it(place: Place) -> None:
    await add_frames(
        place.service.house,
        place.slug,
        [
            {
                "start_at": EVENING + timedelta(seconds=310 * n),
                "exposure_s": 300.0,
                "filter": "Hα",
                "object": "NGC 7000",
            }
            for n in range(12)
        ],
    )
    frame = await add_frame(place.service.house, place.slug, start_at=EVENING, path="lights/ngc7000-001.fits")
    await place.write(
        "Åsa noted: σ ≈ 1.8″, wind from Ærø", time_lost_s=900, time_lost_kind="weather", frames=[str(frame.id)]
    )
    assert (await place.owner.client.post(f"{place.log()}/sign")).status_code == 200
    pdf = await place.owner.client.get(f"{place.log()}.pdf")
    document = PdfReader(io.BytesIO(pdf.content))
    words = unicodedata.normalize("NFC", " ".join(" ".join(p.extract_text() for p in document.pages).split()))
    for expected in (
        "Quadrant, 2026-07-10",
        "SIGNED",
        "55.9075° N, 12.6965° E",
        "Europe/Copenhagen",
        "light Hα",
        "NGC 7000",
        "15 min",
        "20:00:00 UTC 22:00:00 local",
        "Åsa noted: σ ≈ 1.8″, wind from Ærø",
        "lights/ngc7000-001.fits",
        "Signed in the service by sophie",
        f"Page 1 of {len(document.pages)}",
    ):
        assert expected in words, expected
    assert document.metadata is not None
    assert document.metadata.title == f"Night log quadrant {NIGHT}"
    assert (await place.owner.client.get(f"{place.log()}.pdf")).content == pdf.content, "a signed log has one PDF"
