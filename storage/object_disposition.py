"""Content-Disposition and media types that cannot smuggle a header, whatever a file is called."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from domain.errors import InvalidInput

__all__ = ["attachment", "check_media_type"]

_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]{1,80}/[\w!#$&^.+-]{1,80}(; ?charset=[\w-]{1,40})?", re.ASCII)


def attachment(filename: str) -> str:
    """Write the header value that makes a browser save a body under a name.

    Parameters
    ----------
    filename : str
        Any text. Folders are dropped, control and invisible formatting characters too (they can make a name look
        like another); an empty name becomes ``download``.

    Returns
    -------
    str
        Printable ASCII only: the plain name for old clients, and the true one in UTF-8.

    Source
    ------
    RFC 6266 section 4.1 and appendix D; RFC 8187 section 3.2.
    """
    name = re.split(r"[/\\]", filename)[-1]
    # Lone surrogates (Cs) cannot be written in UTF-8; Cc and Cf are the invisible ones.
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    name = name.strip(" .")[:200] or "download"
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    plain = re.sub(r'[^ -~]|["\\%]', "_", plain)
    if plain == name:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def check_media_type(media_type: str) -> str:
    """Return the media type if it is one.

    Raises
    ------
    InvalidInput
    """
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise InvalidInput("That is not a media type, such as image/png.", media_type=ascii(media_type)[1:-1][:80])
    return media_type
