"""One spelling for each star designation: Greek letter, number or variable's letters, and a constellation."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["star_key", "star_prefix"]

# SIMBAD's three letters for each Greek letter, with the other ways to write it.
_GREEK: Final = {
    "alf": "α alpha alp", "bet": "β beta", "gam": "γ gamma", "del": "δ delta", "eps": "ε ϵ epsilon", "zet": "ζ zeta",
    "eta": "η", "tet": "θ theta the tht", "iot": "ι iota", "kap": "κ kappa", "lam": "λ lambda", "mu": "μ mu.",
    "nu": "ν nu.", "ksi": "ξ xi xi.", "omi": "ο omicron", "pi": "π pi.", "rho": "ρ", "sig": "σ ς sigma", "tau": "τ",
    "ups": "υ upsilon", "phi": "φ ϕ", "chi": "χ", "psi": "ψ", "ome": "ω omega",
}  # fmt: skip
_LETTER: Final = {spelling: letter for letter, others in _GREEK.items() for spelling in (letter, *others.split())}

# The IAU's 88 abbreviations and the genitives that follow a star's letter.
_GENITIVES: Final = """
And Andromedae|Ant Antliae|Aps Apodis|Aql Aquilae|Aqr Aquarii|Ara Arae|Ari Arietis|Aur Aurigae|Boo Bootis|Cae Caeli
Cam Camelopardalis|Cap Capricorni|Car Carinae|Cas Cassiopeiae|Cen Centauri|Cep Cephei|Cet Ceti|Cha Chamaeleontis
Cir Circini|CMa Canis Majoris|CMi Canis Minoris|Cnc Cancri|Col Columbae|Com Comae Berenices|CrA Coronae Australis
CrB Coronae Borealis|Crt Crateris|Cru Crucis|Crv Corvi|CVn Canum Venaticorum|Cyg Cygni|Del Delphini|Dor Doradus
Dra Draconis|Equ Equulei|Eri Eridani|For Fornacis|Gem Geminorum|Gru Gruis|Her Herculis|Hor Horologii|Hya Hydrae
Hyi Hydri|Ind Indi|Lac Lacertae|Leo Leonis|Lep Leporis|Lib Librae|LMi Leonis Minoris|Lup Lupi|Lyn Lyncis|Lyr Lyrae
Men Mensae|Mic Microscopii|Mon Monocerotis|Mus Muscae|Nor Normae|Oct Octantis|Oph Ophiuchi|Ori Orionis|Pav Pavonis
Peg Pegasi|Per Persei|Phe Phoenicis|Pic Pictoris|PsA Piscis Austrini|Psc Piscium|Pup Puppis|Pyx Pyxidis|Ret Reticuli
Scl Sculptoris|Sco Scorpii|Sct Scuti|Ser Serpentis|Sex Sextantis|Sge Sagittae|Sgr Sagittarii|Tau Tauri|Tel Telescopii
TrA Trianguli Australis|Tri Trianguli|Tuc Tucanae|UMa Ursae Majoris|UMi Ursae Minoris|Vel Velorum|Vir Virginis
Vol Volantis|Vul Vulpeculae
"""
_CONSTELLATION: Final = {
    spelling: entry.split()[0].lower()
    for entry in _GENITIVES.replace("\n", "|").split("|")
    if entry
    for spelling in (entry.split()[0].lower(), entry.split(maxsplit=1)[1].lower())
}

_STAR: Final = re.compile(
    r"(?P<letter>[a-z]+\.?|[α-ωϕϵ]|v?[0-9]+)[ _-]*(?P<number>[0-9]{0,2})[ _-]+"
    r"(?P<constellation>[a-z]+(?:[ _][a-z]{4,})?)(?:[ _](?P<component>[a-d]))?"
)


def star_key(text: str) -> str | None:
    """Spell a star's designation in the one way that all ways to write it share.

    Parameters
    ----------
    text : str
        Case-folded, as ``α ori``, ``alpha orionis``, ``alf01 cen``, ``61 cygni``, ``rr lyr``, ``v2500 oph``.

    Returns
    -------
    str or None
        As ``alf-ori``, ``alf1-cen``, ``61-cyg``; None where the text is no designation of a star.
    """
    match = _STAR.fullmatch(text)
    if match is None:
        return None
    constellation = _CONSTELLATION.get(match["constellation"].replace("_", " "))
    if constellation is None:
        return None
    letter = match["letter"]
    greek = _LETTER.get(letter)
    if greek is None and len(letter) > 2 and letter.isalpha():
        return None  # "horsehead ori" is no star
    number = match["number"].lstrip("0")
    return f"{greek or letter}{number}-{constellation}" + (f"-{match['component']}" if match["component"] else "")


def star_prefix(text: str) -> str:
    """Spell the Greek letter that begins a half-written designation as ``star_key`` does: ``alpha o`` is ``alf o``."""
    letter, blank, rest = text.partition(" ")
    return _LETTER.get(letter, letter) + blank + rest
