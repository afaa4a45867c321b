"""What a file is that is no FITS: its media type, told by its first bytes before its name."""

from __future__ import annotations

import mimetypes
import re

__all__ = ["claims_fits", "describe_kind", "sniff_media_type"]

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"\x89HDF\r\n\x1a\n", "application/x-hdf5"),
    (b"#ASDF ", "application/x-asdf"),
    (b"\x93NUMPY", "application/x-npy"),
    (b"PAR1", "application/vnd.apache.parquet"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
    (b"XISF0100", "image/x-xisf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\x1f\x9d", "application/x-compress"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
)
_WORDS = {
    "image/png": "a PNG image",
    "image/jpeg": "a JPEG image",
    "image/gif": "a GIF image",
    "image/tiff": "a TIFF image",
    "image/webp": "a WebP image",
    "application/pdf": "a PDF document",
    "application/x-hdf5": "an HDF5 file",
    "application/x-asdf": "an ASDF file",
    "application/json": "JSON text",
    "application/xml": "an XML document",
    "application/x-votable+xml": "a VOTable",
    "application/octet-stream": "of an unknown kind",
    "text/html": "a web page (often the error page of a server in place of the file)",
    "text/plain": "plain text",
    "text/csv": "CSV text",
}
_control = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]").search
_TEXT_BY_NAME = re.compile(r"text/|application/(json|xml|yaml|x-tex)").match
_fits_name = re.compile(r"\.(fits?|fts|fz)(\.(gz|bz2|z|zip))?$", re.IGNORECASE).search

# The tables of the standard library alone: those of the machine differ from one to the next.
_types = mimetypes.MimeTypes(filenames=())
for _suffix, _type in (
    (".csv", "text/csv"),
    (".md", "text/markdown"),
    (".yaml", "application/yaml"),
    (".log", "text/plain"),
):
    _types.add_type(_type, _suffix)


def claims_fits(name: str) -> bool:
    """Tell whether a name says FITS: .fits .fit .fts .fz, with .gz .bz2 .Z .zip behind it or not."""
    return _fits_name(name) is not None


def sniff_media_type(head: bytes, name: str) -> str:
    """Tell the media type of a file.

    Parameters
    ----------
    head : bytes
        The first bytes, some 1,000 or more.
    name : str
        The file's name; believed only where the bytes do not speak against it.

    Returns
    -------
    str
        ``application/octet-stream`` where nothing is known.
    """
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[257:262] == b"ustar":
        return "application/x-tar"
    named = _types.guess_type(f"x{name[name.rfind('.') :] if '.' in name else ''}")[0]
    if _is_text(head):
        return _text_type(head, named)
    if named is None or named in _WORDS or _TEXT_BY_NAME(named):
        return "application/octet-stream"  # a type that its magic would have shown, or text that is not text
    return named


def describe_kind(media_type: str) -> str:
    """Say a media type in words that follow "the content is"."""
    return _WORDS.get(media_type, media_type)


def _is_text(head: bytes) -> bool:
    if not head or _control(head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3  # a character cut by the end of what was read
    return True


def _text_type(head: bytes, named: str | None) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1024].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    if start.startswith(b"<?xml") or (start.startswith(b"<") and named == "application/xml"):
        return "application/x-votable+xml" if b"<votable" in start else "application/xml"
    if named is not None and _TEXT_BY_NAME(named):
        return named
    if start.startswith((b'{"', b"{\n", b"[{", b"[\n")) or (start.startswith(b"{") and b'":' in start):
        return "application/json"
    return "text/plain"
