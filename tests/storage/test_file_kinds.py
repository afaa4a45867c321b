"""What a file is, its bytes say before its name does."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from storage.file_kinds import claims_fits, sniff_media_type


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "tiff", "webp"])
def test_pictures_are_known_by_their_bytes(kind: str) -> None:
    stream = io.BytesIO()
    Image.fromarray(np.zeros((8, 8), dtype="u1")).save(stream, kind)
    assert sniff_media_type(stream.getvalue(), "frame.fits") == f"image/{kind}"


@pytest.mark.parametrize(
    ("head", "name", "media_type"),
    [
        (b"%PDF-1.7", "x", "application/pdf"),
        (b"a,b\n1,2\n", "curve.csv", "text/csv"),
        (b"a,b\n1,2\n", "curve", "text/plain"),
        (b"# Night\n", "log.md", "text/markdown"),
        ("temp\xe9rature 3°".encode(), "notes.log", "text/plain"),
        (b'{"a": 1}', "x", "application/json"),
        (b'\xef\xbb\xbf{"a": 1}', "x.json", "application/json"),
        (b"<!doctype html><p>", "x.txt", "text/html"),
        (b'<?xml version="1.0"?><VOTABLE/>', "x", "application/x-votable+xml"),
        (b'<?xml version="1.0"?><svg/>', "x.txt", "application/xml"),
        (b"\0\1\2", "clip.mp4", "video/mp4"),
        (b"\0\1\2", "picture.png", "application/octet-stream"),
        (b"\0\1\2", "notes.txt", "application/octet-stream"),
        (b"\0\1\2", "", "application/octet-stream"),
        (b"", "notes.txt", "application/octet-stream"),
        (b"SIMPLE", "no.suffix/here", "text/plain"),
    ],
)
def test_bytes_before_name(head: bytes, name: str, media_type: str) -> None:
    assert sniff_media_type(head, name) == media_type


def test_text_cut_within_a_character_is_text() -> None:
    head = "°".encode() * 500
    assert sniff_media_type(head[:-1], "x") == "text/plain"
    assert sniff_media_type(b"ab\xff" + head, "x") == "application/octet-stream"


def test_names_that_claim_to_be_fits() -> None:
    for name in (
        "a.fits",
        "A.FIT",
        "a.fts",
        "a.fits.fz",
        "a.fz",
        "a.fits.gz",
        "a.FITS.Z",
        "a.b.fits.bz2",
        "a.fits.zip",
    ):
        assert claims_fits(name), name
    for name in ("fits", "a.fitsx", "a.gz", "a.fits.txt", "fits.png", ""):
        assert not claims_fits(name), name
