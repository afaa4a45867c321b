"""Names of sky objects: the many ways to write one, the object it means, and what a half-written one may become."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Final, NamedTuple

import msgspec

from domain.star_designations import star_key, star_prefix

__all__ = ["Catalogue", "CatalogueEntry", "Resolved", "name_key"]

# Catalogues whose members are a prefix and a number, with the prefixes in use for each.
_PREFIXES: Final = {
    "m": "messier mess", "ngc": "", "ic": "", "c": "caldwell cald", "b": "barnard", "mel": "melotte",
    "cl": "collinder cr", "h": "harvard", "hcg": "hickson", "ugc": "", "pgc": "leda", "lbn": "", "mwsc": "", "hip": "",
    "gj": "gliese gl",
}  # fmt: skip
_PREFIX: Final = {spelling: prefix for prefix, others in _PREFIXES.items() for spelling in (prefix, *others.split())}
_DESIGNATION: Final = re.compile(r"([a-z]+)[ _.-]*0*([1-9][0-9]*) ?([a-h]?)")
_LEADING_ZEROS: Final = re.compile(r"(?<![0-9])0+(?=[0-9])")
_BETWEEN: Final = re.compile(r"[^a-z0-9+\-α-ω]+|-(?![0-9])|\+(?![0-9])")
_BETWEEN_IDENTIFIERS: Final = re.compile(r"[^a-z0-9+\-\n]+|-(?![0-9])|\+(?![0-9])")
_WORDS: Final = re.compile(r"[\w'’]+")
_LEFT_OUT: Final = ("galaxy", "nebula", "cluster", "star")
_FAINT: Final = 99.0
_SHORTEST_MISSPELT: Final = 4


class CatalogueEntry(NamedTuple):
    """One object: preferred name, ICRS position, kind (``galaxy``) and other names.

    ``magnitude`` orders suggestions; ``note`` says what is doubtful about a name.
    """

    name: str
    ra_deg: float
    dec_deg: float
    kind: str
    also: tuple[str, ...] = ()
    magnitude: float | None = None
    note: str = ""


class Resolved(msgspec.Struct, frozen=True):
    """What a name means: its preferred name, ICRS position (degrees, epoch 2000), kind and other names."""

    name: str
    ra_deg: float
    dec_deg: float
    kind: str
    also: tuple[str, ...]
    note: str = ""


def name_key(text: str) -> str:
    """Spell a name in the one way that all ways to write it share.

    ``M 31``, ``m31``, ``Messier 031`` and ``M_31`` give ``m31``; ``α Ori``, ``alf Ori``, ``Alpha Orionis`` give
    ``alf-ori``; ``Barnard's Star`` gives ``barnardsstar``. An empty key means that the text holds no name.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    match = _DESIGNATION.fullmatch(folded)
    if match is not None and match[1] in _PREFIX:
        return _PREFIX[match[1]] + match[2] + match[3]
    star = star_key(folded)
    if star is not None:
        return star
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(sign))
    return _BETWEEN.sub("", _LEADING_ZEROS.sub("", plain.removeprefix("the ")))


class Catalogue:
    """Objects found by name, without a network.

    Parameters
    ----------
    entries : iterable of CatalogueEntry
        Where two claim one name, the earlier has it; but a preferred name goes before another's other name.
    identifiers : function, optional
        Gives (identifier, name of an entry) for what few people call objects by (``PGC002557``); called at the first
        name that is not among the entries', for there are several times as many of these.
    """

    def __init__(
        self,
        entries: Iterable[CatalogueEntry],
        identifiers: Callable[[], Iterable[tuple[str, str]]] = tuple,
    ) -> None:
        self._entries = list(entries)
        self._identifiers = identifiers
        self._by_key: dict[str, CatalogueEntry] = {}
        claim = self._by_key.setdefault
        for entry in self._entries:
            claim(name_key(entry.name), entry)
        for entry in self._entries:
            for other in entry.also:
                claim(name_key(other), entry)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def entries(self) -> Sequence[CatalogueEntry]:
        """All objects."""
        return self._entries

    def resolve(self, name: str) -> Resolved | None:
        """Find the object that a name means, however it is written; None where none is known.

        ``Andromeda`` is found as ``Andromeda Galaxy``: words such as galaxy and nebula may be left out.
        """
        key = name_key(name)
        if not key:
            return None
        entry = self._by_key.get(key) or self._by_identifier.get(key)
        for word in _LEFT_OUT:
            entry = entry or self._by_key.get(key + word)
        return None if entry is None else _resolved(entry)

    def suggest(self, text: str, limit: int = 10) -> list[Resolved]:
        """List objects whose name begins with a text, the likeliest first, each object once.

        An exact name comes first, then names that begin with the text, then names of which a later word does. Numbers
        are in counting order (M 3, M 30, M 31), words by the brightness of the object. Where no name begins so, names
        that are spelled much like the text are given.
        """
        key = name_key(star_prefix(text.casefold().strip())).replace("-", "")
        if not key or limit < 1:
            return []
        listed = self._suggestions
        place = bisect_left(listed, (key,))
        found: list[tuple[tuple[bool, bool, float, int, str], int]] = []
        counted = key in _PREFIX or any(sign.isdigit() for sign in key)
        while place < len(listed) and listed[place][0].startswith(key):
            candidate, is_later_word, number = listed[place]
            magnitude = self._entries[number].magnitude
            bright = 0.0 if counted else _FAINT if magnitude is None else magnitude
            found.append(((candidate != key, is_later_word, bright, len(candidate), candidate), number))
            place += 1
        numbers = [number for _, number in sorted(found)]
        if not numbers and len(key) >= _SHORTEST_MISSPELT:
            like = get_close_matches(key, self._words, n=limit, cutoff=0.75)
            numbers = [number for word in like for number in self._words[word]]
        return [_resolved(self._entries[number]) for number in list(dict.fromkeys(numbers))[:limit]]

    @cached_property
    def _by_identifier(self) -> dict[str, CatalogueEntry]:
        pairs = list(self._identifiers())
        # Spelled all at once, as name_key would one by one.
        every = "\n".join(identifier for identifier, _ in pairs).casefold()
        keys = _BETWEEN_IDENTIFIERS.sub("", _LEADING_ZEROS.sub("", every)).split("\n")
        found: dict[str, CatalogueEntry] = {}
        for key, (_, name) in zip(keys, pairs, strict=bool(pairs)):
            entry = self._by_key.get(name_key(name))
            if entry is not None:
                found.setdefault(key, entry)
        return found

    @cached_property
    def _suggestions(self) -> list[tuple[str, bool, int]]:
        """Sorted (key, whether it starts at a later word, number of the entry)."""
        number_of = {id(entry): number for number, entry in enumerate(self._entries)}
        listed = {(key.replace("-", ""), False, number_of[id(entry)]) for key, entry in self._by_key.items()}
        for number, entry in enumerate(self._entries):
            for name in (entry.name, *entry.also):
                if " " in name and not name[-1].isdigit() and star_key(name.casefold()) is None:
                    later = list(_WORDS.finditer(name))[1:]
                    listed.update((name_key(name[word.start() :]), True, number) for word in later)
        return sorted(listed)

    @cached_property
    def _words(self) -> dict[str, list[int]]:
        """Numbers of the entries by the key of a name that has no number in it: what can be misspelt."""
        words: dict[str, list[int]] = {}
        for key, _, number in self._suggestions:
            if key.isalpha():
                for word in {key, *(key.removesuffix(kind) for kind in _LEFT_OUT)}:
                    words.setdefault(word, []).append(number)
        return words


def _resolved(entry: CatalogueEntry) -> Resolved:
    return Resolved(entry.name, entry.ra_deg, entry.dec_deg, entry.kind, entry.also, entry.note)
