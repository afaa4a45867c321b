"""Raw 80-byte FITS cards become values: a fast road for the usual card, astropy's for the odd one."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from astropy.io import fits

from domain.header import Card, CardValue
from domain.header_json import header_json, unit_json

__all__ = [
    "CARD_BYTES",
    "ParsedHeader",
    "find_end",
    "header_json",
    "parse_header",
    "parse_value",
    "read_header",
    "unit_json",
]

CARD_BYTES = 80

# A night's frames repeat most of their cards byte for byte, so a parsed card is kept under its raw text. When the memo
# is full (about 15 MB) it starts anew: that costs one header's parsing, and needs no bookkeeping on the fast road.
_MEMO_CARDS = 32_768
_MEMO_LONGEST_CARD = 10 * CARD_BYTES  # long strings beyond that are not kept
_memo: dict[str, Card] = {}

# Value and comment of one card, printable ASCII only. Groups: string, integer, real, logical, comment.
# A quote within a string is doubled (FITS 4.0, 4.2.1); numbers may have a D exponent (4.2.4).
_VALUE = (
    r" *(?:'([ -&(-~]*(?:''[ -&(-~]*)*)'(?=[ /]|\Z)"
    r"|([+-]?[0-9]+)(?![0-9.EDed])"
    r"|([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[EDed][+-]?[0-9]+)?)"
    r"|([TF])"
    r"|) *(?:/ *([ -~]*))?\Z"
)
_usual_card = re.compile(r"(?=.{8}= )([A-Z0-9_-]+) *=" + _VALUE).match
_hierarch_card = re.compile(r"HIERARCH +([!-<>-~](?:[ -<>-~]*[!-<>-~])?) *=" + _VALUE).match
_value_field = re.compile(_VALUE).match

_COMMENTARY = frozenset({"", "COMMENT", "HISTORY", "CONTINUE", "END"})
_COMMENTARY_FIELDS = {"COMMENT ": "COMMENT", "HISTORY ": "HISTORY", "        ": ""}
_valid_keyword = re.compile(r"[A-Z0-9_-]+").fullmatch

# Record-valued cards (DP1 = 'AXIS.1: 2') are a convention of WCS distortions: Paper IV draft, and D2IM of HST. Anywhere
# else, FILTER = 'slot: 3' is a string that happens to have a colon.
_record_keyword = re.compile(r"D(?:[PQ]|2IM)[0-9]+[A-Z]?").fullmatch

_new_tuple = tuple.__new__
_PRINTABLE = bytes(range(0x20, 0x7F))
_BLANKS = str.maketrans("\0\n\r", "   ")  # C programs pad with NUL, editors end lines
# Characters without meaning in the grammar of cards, which may stand in for bytes that astropy refuses.
_STAND_INS = '!"#$%;<>?@[]^`{|}~\\'

_Verdict = Literal["good", "commentary", "unparsed"]


class ParsedHeader(NamedTuple):
    """The cards of one header, and what was odd about its text.

    ``unparsed`` has the keyword of each card that nobody could parse. ``commentary`` has the keywords of cards without
    a value indicator (beside COMMENT and HISTORY): they carry text and may repeat. ``ascii_only`` is False where bytes
    outside printable ASCII were met. ``has_end`` tells whether the END card was there.
    """

    cards: list[Card]
    unparsed: list[str]
    commentary: frozenset[str]
    ascii_only: bool
    has_end: bool


def find_end(block: bytes, start: int = 0) -> int:
    """Find the END card.

    Parameters
    ----------
    block : bytes
        Header bytes that begin at a card.
    start : int
        Where to begin to look, in bytes.

    Returns
    -------
    int
        Offset of the END card in bytes, or -1. As in astropy, END may be followed by anything that cannot belong to
        a keyword (blanks, as it should be, or NUL, or ``=``).
    """
    at = block.find(b"END", start)
    while at >= 0:
        follower = block[at + 3 : at + 4]
        if at % CARD_BYTES == 0 and not (follower.isalnum() or follower in (b"_", b"-")):
            return at
        at = block.find(b"END", at + 1)
    return -1


def parse_header(block: bytes) -> list[Card]:
    """Parse raw cards up to END.

    Parameters
    ----------
    block : bytes
        A multiple of 80 bytes (a shorter last card is padded with blanks).

    Returns
    -------
    list[Card]
        In the order of the header, COMMENT, HISTORY and blank cards with it. Long strings (CONTINUE) are one card.

    Source
    ------
    FITS Standard 4.0, section 4; values agree with astropy.io.fits, except that bytes outside ASCII are kept (UTF-8
    where they are that, else Latin-1), and that nothing raises.
    """
    return read_header(block).cards


def read_header(block: bytes) -> ParsedHeader:
    """Parse raw cards up to END, and tell what was odd about them. Never raises."""
    end = find_end(block)
    used = block if end < 0 else block[:end]
    text = used.decode("latin-1")
    images = [text[at : at + CARD_BYTES] for at in range(0, len(text), CARD_BYTES)]
    if "CONTINUE" in text:
        images = _join_continued(images)
    unparsed: list[str] = []
    commentary: set[str] = set()
    cards: list[Card] = []
    recall = _memo.get
    for image in images:
        card = recall(image)
        if card is None and (card := _read_usual(image)) is not None:
            _remember(image, card)
        if card is not None:
            cards.append(card)
            continue
        for card, verdict in _read_unusual(image):
            cards.append(card)
            if verdict == "unparsed":
                unparsed.append(card.keyword)
            elif verdict == "commentary":
                commentary.add(card.keyword)
    ascii_only = not used.translate(None, _PRINTABLE)
    return ParsedHeader(cards, unparsed, frozenset(commentary), ascii_only, end >= 0)


def parse_value(text: str) -> CardValue:
    """Parse a value field alone, as XISF quotes it (``'M 31'``, ``1.5E3``, ``T``); other text stays text."""
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'").rstrip()
    found = _value_field(text)
    if found is None or found[1] is not None or found[5] is not None:
        return text
    return _convert(found[2], found[3], found[4])


def _join_continued(images: list[str]) -> list[str]:
    joined: list[str] = []
    for image in images:
        if image.startswith("CONTINUE") and joined:
            joined[-1] += image
        else:
            joined.append(image)
    return joined


def _remember(image: str, card: Card) -> None:
    if len(_memo) >= _MEMO_CARDS:
        _memo.clear()
    _memo[image] = card


def _read_usual(image: str) -> Card | None:
    """Read a card of printable ASCII by its grammar; None for one that is not so simple."""
    if len(image) > CARD_BYTES:
        return None
    found = _usual_card(image)
    if found is None:
        name = _COMMENTARY_FIELDS.get(image[:8])
        if name is not None:
            return Card(name, image[8:].rstrip(), "") if image.isascii() and image.isprintable() else None
        found = _hierarch_card(image)
        if found is None:
            return None
    keyword, string, integer, real, logical, comment = found.groups()
    value: CardValue
    if string is not None:
        if ": " in string and _record_keyword(keyword):
            return None
        value = (string.replace("''", "'") if "''" in string else string).rstrip()
    else:
        value = _convert(integer, real, logical)
    if keyword in _COMMENTARY:  # COMMENT = ..., or HIERARCH COMMENT = ...
        return None
    if comment:
        comment = comment.rstrip()
    # tuple.__new__ spares half of a NamedTuple's construction, which is a tenth of the whole here.
    return _new_tuple(Card, (keyword if keyword.isupper() else keyword.upper(), value, comment or ""))


def _read_unusual(image: str) -> list[tuple[Card, _Verdict]]:
    """Read what the grammar of usual cards refuses: other bytes, other conventions, long strings, plain mistakes."""
    card, verdict = _read_printable(image) if image.isascii() and image.isprintable() else _read_unprintable(image)
    if verdict == "good" and len(image) <= _MEMO_LONGEST_CARD:
        _remember(image, card)
    elif verdict == "unparsed" and len(image) > CARD_BYTES:
        # CONTINUE after something that is no string: each card for itself.
        pieces = [image[at : at + CARD_BYTES] for at in range(0, len(image), CARD_BYTES)]
        return [found for piece in pieces for found in _read_unusual(piece)]
    return [(card, verdict)]


def _read_printable(image: str) -> tuple[Card, _Verdict]:
    card = _read_usual(image)
    return (card, "good") if card is not None else _read_odd(image.ljust(CARD_BYTES))


def _convert(integer: str | None, real: str | None, logical: str | None) -> CardValue:
    if integer is not None:
        return int(integer)
    if real is not None:
        try:
            return float(real)
        except ValueError:
            return float(real.upper().replace("D", "E"))
    return None if logical is None else logical == "T"


def _read_unprintable(image: str) -> tuple[Card, _Verdict]:
    """Read a card with bytes outside printable ASCII: they step aside for stand-ins, and come back in the answer."""
    image = image.translate(_BLANKS)
    odd = sorted({character for character in image if not " " <= character <= "~"})
    free = [character for character in _STAND_INS if character not in image]
    if len(odd) > len(free):
        return _unparsed(image)
    there = str.maketrans(dict(zip(odd, free, strict=False)))
    back = str.maketrans(dict(zip(free, odd, strict=False)))
    card, verdict = _read_printable(image.translate(there))
    value = _repaired(card.value.translate(back)) if isinstance(card.value, str) else card.value
    return Card(card.keyword.translate(back), value, _repaired(card.comment.translate(back))), verdict


def _repaired(text: str) -> str:
    """Read as UTF-8 what was written as UTF-8: Latin-1 text is next to never valid UTF-8 by accident."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return text


def _read_odd(image: str) -> tuple[Card, _Verdict]:
    """Read a printable card by astropy: record values, complex numbers, blanks within numbers, long strings."""
    keyword = image[:8].strip().upper()
    is_hierarch = keyword == "HIERARCH" and image[8] == " " and "=" in image
    if keyword not in _COMMENTARY and not is_hierarch and not 0 <= image.find("= ") <= 8:
        # Without a value indicator in columns 9 and 10 a card is commentary (FITS 4.0, 4.4.2.4); astropy would warn.
        is_proper = _valid_keyword(keyword) is not None and image[8] != "="
        return Card(keyword, image[8:].rstrip(), ""), "commentary" if is_proper else "unparsed"
    card = fits.Card.fromstring(image)
    try:
        name, value, comment = card.keyword.upper(), card.value, card.comment
        if card.field_specifier is not None:
            if _record_keyword(card.rawkeyword) is None:
                name, value = card.rawkeyword, card.rawvalue.rstrip()
            else:
                name = card.keyword
    except Exception:  # astropy raises VerifyError, and on stranger cards whatever its parser stumbles over
        return _unparsed(image)
    return Card(name, None if isinstance(value, fits.card.Undefined) else value, comment), "good"


def _unparsed(image: str) -> tuple[Card, _Verdict]:
    """Keep a card that nobody can parse: its text is its value, but for a comment that is clearly set apart."""
    if image[:9].upper() == "HIERARCH " and "=" in image:
        name, _, text = image[9:].partition("=")
    elif 0 <= (at := image.find("= ")) <= 8:
        name, text = image[:at], image[at + 2 :]
    else:
        name, text = image[:8], image[8:]
    text = text.strip()
    comment = ""
    if not text.startswith("'") and " /" in text:
        text, _, comment = text.partition(" /")
    return Card(name.strip().upper(), text.rstrip(), comment.strip()), "unparsed"
