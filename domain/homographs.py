"""Addresses that look like others: mixed scripts, and words of another script that read as Latin.

Source
------
Unicode Technical Standard 39, section 5.2 (restriction level "highly restrictive"), and its table confusables.txt for
the letters that look like Latin ones; browsers have the same rules for names of hosts.
"""

from __future__ import annotations

import re

from fontTools.unicodedata import script

__all__ = ["looks_like_another"]

NEUTRAL = {"Zyyy", "Zinh"}  # digits, punctuation, combining marks
TOGETHER = [
    {"Latn", "Hani", "Hira", "Kana"},  # Japanese
    {"Latn", "Hani", "Bopo"},  # Chinese
    {"Latn", "Hani", "Hang"},  # Korean
]
LIKE_LATIN = set("асԁеһіјӏорԛѕԝхуүѵѡ" + "αγικνορσυϲϳ" + "օոսցհյզ")  # Cyrillic, Greek, Armenian; lower case
LOOSE_MARKS = re.compile(r"[\u0300-\u036f\u0483-\u0489]")  # those that NFC could not join to their letter


def looks_like_another(word: str, *, among_latin: bool) -> bool:
    """Tell whether a word of an address may be taken for another one.

    Parameters
    ----------
    word : str
        A label of the host, or a word of the name; lower case, NFC.
    among_latin : bool
        Whether the host ends in Latin letters: only there a word whose every letter looks Latin is taken for Latin.
    """
    scripts = {script(letter) for letter in word} - NEUTRAL
    if len(scripts) > 1 and not any(scripts <= together for together in TOGETHER):
        return True
    letters = {letter for letter in word if letter.isalpha()}
    if among_latin and letters and letters <= LIKE_LATIN:
        return True
    return LOOSE_MARKS.search(word) is not None
