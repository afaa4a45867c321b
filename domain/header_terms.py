"""An index of header values: every comparison with a keyword becomes "shares one of these integers".

``terms_of_header`` gives each frame its integers, ``terms_for`` those that a frame matching a comparison must share at
least one of; the comparison itself, ``matches``, then decides among the frames so found. One operator on one integer
array thus serves all keywords, numbers and texts alike.

How values compare
------------------
A value is read as one of

- missing: absent, None, a text of nothing but spaces, a number that is not finite;
- a number: int, float (both as float64), or a text that spells a decimal number (``NUMBER_TEXT``, with FITS's D for E);
- a text: every str, also one that spells a number, without spaces around it and with A-Z as a-z (no other letter is
  folded); True and False are the texts ``t`` and ``f``; anything else is the text of it.

What is compared with is read the same way, and if it reads as a number it is one. Then

=========== ====================================================================================================
``=``       number: the value reads as a number and equals it. Text: the value reads as a text and is the same.
``< <= > >=`` number: the value reads as a number and is below (...) it. Text: the value reads as a text, and comes
            before (...) it by Unicode code points.
``~``       the value reads as a text that contains what is compared with (always taken as a text); the empty text is
            contained in every one.
``exists``  the value is not missing.
``!=``      the value is not missing, and ``=`` does not hold.
=========== ====================================================================================================

A list, of a keyword that is repeated, matches where one of its elements does; for ``!=`` all must, save the missing
ones. With a missing value to compare with, ``=`` and the orders match nothing and ``!=`` what exists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import frexp, isfinite
from typing import Final, Literal, get_args
from zlib import crc32

from domain.errors import InvalidInput

__all__ = [
    "NUMBER_TEXT",
    "OPERATORS",
    "HeaderValue",
    "Operator",
    "matches",
    "terms_for",
    "terms_for_range",
    "terms_of_header",
]

HeaderValue = bool | int | float | str | None
Operator = Literal["=", "!=", "<", "<=", ">", ">=", "~", "exists"]
OPERATORS: Final = frozenset(get_args(Operator))

# Exponents of two digits keep every such text within float64, in PostgreSQL too, where overflow is an error.
NUMBER_TEXT: Final = r"[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})([eEdD][+-]?[0-9]{1,2})?"
_NUMBER: Final = re.compile(NUMBER_TEXT)
_D_TO_E: Final = str.maketrans("dD", "ee")
_FOLD: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}

# A number's octave is the power of two above it: of m * 2**e, with m in [0.5, 1), the e. Exponents outside these share
# the outermost octave, so that an open-ended range stays short.
LOWEST_OCTAVE: Final = -40
HIGHEST_OCTAVE: Final = 80
FINE_PER_OCTAVE: Final = 64
_OCTAVES: Final = HIGHEST_OCTAVE - LOWEST_OCTAVE + 1
_FINE: Final = _OCTAVES * FINE_PER_OCTAVE
_EXACT_BY_FINE: Final = 2 * FINE_PER_OCTAVE  # below it every integer has a fine bucket of its own
_MOST_REMEMBERED: Final = 50_000
_SIGN: Final = 0x80000000  # (sum ^ sign) - sign makes 32 bits a signed number

_Key = tuple[str, type, HeaderValue]
_remembered: dict[_Key, tuple[int, ...]] = {}


def terms_of_header(header: Mapping[str, HeaderValue | Sequence[HeaderValue]]) -> list[int]:
    """List the terms of a header.

    Parameters
    ----------
    header : mapping of str to value
        Keywords, in upper case, and what they say: bool, int, float, str, None, or a list of these.

    Returns
    -------
    list of int
        Signed 32-bit numbers, ascending, each once: two for a number or a text, three for a large integer, none for a
        missing value. The same in every process and version: they are stored.
    """
    terms: list[int] = []
    remembered = _remembered
    for keyword, value in header.items():
        kind = value.__class__
        if kind is list or kind is tuple:
            for element in value:  # type: ignore[union-attr]
                terms += _terms_of_card(keyword, element)
            continue
        # The kind belongs to the key, for True and 1 are one key else.
        key = (keyword, kind, value)
        found = remembered.get(key)  # type: ignore[arg-type]
        if found is None:
            if len(remembered) >= _MOST_REMEMBERED:
                remembered.clear()
            found = remembered[key] = _terms_of_card(keyword, value)  # type: ignore[index, arg-type]
        terms += found
    return sorted(set(terms))


def terms_for(keyword: str, operator: str, value: HeaderValue = None) -> list[int]:
    """List the terms of which every frame that matches a comparison has at least one.

    Parameters
    ----------
    keyword : str
        In any case.
    operator : str
        One of ``= != < <= > >= ~ exists``.
    value : bool, int, float, str or None
        What to compare with; nothing for ``exists``.

    Returns
    -------
    list of int
        Signed 32-bit numbers, up to 308 of them; none where no frame can match.

    Raises
    ------
    InvalidInput
        An operator that is not among them.
    """
    _refuse_unknown(operator)
    key = _base(keyword)
    if operator == "exists" or operator == "!=":
        return [_present(key), *_octave_terms(key, -_OCTAVES, _OCTAVES)]
    if operator == "~":
        return [_present(key)]
    number, text = _read(value)
    if number is None:
        if text is None:
            return []
        return [_same(key, text)] if operator == "=" else [_present(key)]
    if operator == "=":
        return [_exact(key, number)] if _is_large_integer(number) else [_fine(key, _fine_bucket(number))]
    bucket = _fine_bucket(number)
    return _range_terms(key, bucket, _FINE) if operator.startswith(">") else _range_terms(key, -_FINE, bucket)


def terms_for_range(keyword: str, low: float, high: float) -> list[int]:
    """List the terms of which every frame with a value from low to high (both included) has at least one.

    One search with these is far more selective than two with those of ``>=`` and ``<=``.

    Raises
    ------
    InvalidInput
        A bound that is not a finite number.
    """
    if not (isfinite(low) and isfinite(high)):
        raise InvalidInput("A range lies between two finite numbers.")
    if low > high:
        return []
    return _range_terms(_base(keyword), _fine_bucket(float(low)), _fine_bucket(float(high)))


def matches(
    header: Mapping[str, HeaderValue | Sequence[HeaderValue]], keyword: str, operator: str, value: HeaderValue = None
) -> bool:
    """Tell whether a header matches a comparison: the meaning that every search by keyword has (see the module).

    Raises
    ------
    InvalidInput
        An operator that is not among ``= != < <= > >= ~ exists``.
    """
    _refuse_unknown(operator)
    found = header.get(keyword.strip().upper())
    elements: Iterable[HeaderValue] = found if isinstance(found, (list, tuple)) else (found,)
    readings = [reading for element in elements if (reading := _read(element)) != (None, None)]
    if operator == "exists":
        return bool(readings)
    if operator == "~":
        needle = _folded(value)
        return any(text is not None and needle in text for _, text in readings)
    wanted = _read(value)
    if operator == "!=":
        return bool(readings) and not any(_holds(reading, "=", wanted) for reading in readings)
    return any(_holds(reading, operator, wanted) for reading in readings)


def _holds(reading: tuple[float | None, str | None], operator: str, wanted: tuple[float | None, str | None]) -> bool:
    if wanted[0] is not None:
        return reading[0] is not None and _compare(reading[0], operator, wanted[0])
    return reading[1] is not None and wanted[1] is not None and _compare(reading[1], operator, wanted[1])


def _compare(a: float | str, operator: str, b: float | str) -> bool:
    if operator == "=":
        return a == b
    if operator.startswith("<"):
        return a < b or (operator == "<=" and a == b)  # type: ignore[operator]
    return a > b or (operator == ">=" and a == b)  # type: ignore[operator]


def _refuse_unknown(operator: str) -> None:
    if operator not in OPERATORS:
        known = " ".join(sorted(OPERATORS))
        raise InvalidInput(f"{operator!r} is no comparison; use one of {known}.", operator=operator)


def _read(value: HeaderValue) -> tuple[float | None, str | None]:
    """Read a value as a number, a text, or (a text that spells a number) both; as neither where it is missing."""
    kind = value.__class__
    if kind is float or kind is int:
        try:
            number = float(value)  # type: ignore[arg-type]
        except OverflowError:
            return None, None
        return (number, None) if isfinite(number) else (None, None)
    text = _folded(value)
    if not text:
        return None, None
    if text[0] in "+-.0123456789" and _NUMBER.fullmatch(text):
        return float(text.translate(_D_TO_E)), text
    return None, text


def _folded(value: HeaderValue) -> str:
    if value is True or value is False:
        return "t" if value else "f"
    text = ("" if value is None else str(value)).strip(" ")
    return text.lower() if text.isascii() else text.translate(_FOLD)


def _terms_of_card(keyword: str, value: HeaderValue) -> tuple[int, ...]:
    number, text = _read(value)
    if number is None and text is None:
        return ()
    key = _base(keyword)
    # Written out rather than by the functions below, for every card of every frame comes this way.
    terms: tuple[int, ...] = ()
    if text is not None:
        same = crc32(b"\0t" + text.encode("utf-8", "surrogatepass"), key)
        terms = ((crc32(b"\0p", key) ^ _SIGN) - _SIGN, (same ^ _SIGN) - _SIGN)
    if number is not None:
        bucket = _fine_bucket(number)
        fine, octave = crc32(b"\0f%d" % bucket, key), crc32(b"\0o%d" % _octave_of(bucket), key)
        terms += ((fine ^ _SIGN) - _SIGN, (octave ^ _SIGN) - _SIGN)
        if _is_large_integer(number):
            terms += (_exact(key, number),)
    return terms


def _is_large_integer(number: float) -> bool:
    return number.is_integer() and abs(number) >= _EXACT_BY_FINE


def _fine_bucket(number: float) -> int:
    """Number the buckets in the order of the numbers in them: 0 is for zero, -n for what n has with the other sign."""
    if number == 0.0:
        return 0
    mantissa, exponent = frexp(abs(number))
    if exponent < LOWEST_OCTAVE:
        bucket = 1
    elif exponent > HIGHEST_OCTAVE:
        bucket = _FINE
    else:
        part = int((mantissa - 0.5) * (2 * FINE_PER_OCTAVE))
        bucket = (exponent - LOWEST_OCTAVE) * FINE_PER_OCTAVE + part + 1
    return bucket if number > 0.0 else -bucket


def _octave_of(bucket: int) -> int:
    """Number the octaves in the same way: 0 is zero's, each other one has 64 fine buckets."""
    octave = (abs(bucket) + FINE_PER_OCTAVE - 1) // FINE_PER_OCTAVE
    return octave if bucket >= 0 else -octave


def _range_terms(key: int, first: int, last: int) -> list[int]:
    """Cover fine buckets first to last by whole octaves, and by fine buckets at the two ends."""
    terms: list[int] = []
    for octave in range(_octave_of(first), _octave_of(last) + 1):
        if octave == 0:
            lowest = highest = 0
        elif octave > 0:
            lowest, highest = (octave - 1) * FINE_PER_OCTAVE + 1, octave * FINE_PER_OCTAVE
        else:
            lowest, highest = octave * FINE_PER_OCTAVE, (octave + 1) * FINE_PER_OCTAVE - 1
        if first <= lowest and highest <= last:
            terms.append(_octave(key, octave))
        else:
            terms += [_fine(key, bucket) for bucket in range(max(first, lowest), min(last, highest) + 1)]
    return terms


def _octave_terms(key: int, first: int, last: int) -> list[int]:
    return [_octave(key, octave) for octave in range(first, last + 1)]


# Terms are CRC-32 sums, which are the same everywhere, of the keyword and a kind; two that collide by chance cost a
# needless recheck, once in 2**32 pairs.


@lru_cache(maxsize=8192)
def _base(keyword: str) -> int:
    return crc32(keyword.strip().upper().encode("utf-8", "surrogatepass"))


def _present(key: int) -> int:
    return (crc32(b"\0p", key) ^ _SIGN) - _SIGN


def _same(key: int, text: str) -> int:
    return (crc32(b"\0t" + text.encode("utf-8", "surrogatepass"), key) ^ _SIGN) - _SIGN


def _fine(key: int, bucket: int) -> int:
    return (crc32(b"\0f%d" % bucket, key) ^ _SIGN) - _SIGN


def _octave(key: int, octave: int) -> int:
    return (crc32(b"\0o%d" % octave, key) ^ _SIGN) - _SIGN


def _exact(key: int, number: float) -> int:
    return (crc32(b"\0i%d" % int(number), key) ^ _SIGN) - _SIGN
