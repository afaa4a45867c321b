"""The shipped catalogue of objects: NGC, IC and Messier from pyongc's database, bright stars from our own table."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from domain.errors import OurFault
from domain.object_names import Catalogue, CatalogueEntry

__all__ = ["load_catalogue"]

_STARS: Final = Path(__file__).parent / "data" / "bright_stars.csv"

# Names in wide use that OpenNGC lacks, and one that it gives to a neighbour.
_MORE_NAMES: Final = {
    "Cl399": ["Coathanger"], "ESO056-115": ["LMC"], "IC0063": ["Ghost of Cassiopeia"], "IC0342": ["Hidden Galaxy"],
    "IC0410": ["Tadpole Nebula"], "IC0443": ["Jellyfish Nebula"], "IC1318": ["Butterfly Nebula"],
    "IC1396": ["Elephant's Trunk Nebula"], "IC1805": ["Heart Nebula"], "IC1848": ["Soul Nebula"],
    "IC2177": ["Seagull Nebula"], "IC2602": ["Southern Pleiades"], "IC2944": ["Running Chicken Nebula"],
    "NGC0104": ["47 Tucanae"], "NGC0253": ["Sculptor Galaxy"], "NGC0281": ["Pacman Nebula"], "NGC0292": ["SMC"],
    "NGC0891": ["Silver Sliver Galaxy"], "NGC2024": ["Flame Nebula"], "NGC2237": ["Rosette Nebula"],
    "NGC2264": ["Cone Nebula"], "NGC2359": ["Thor's Helmet"], "NGC3556": ["Surfboard Galaxy"],
    "NGC3628": ["Hamburger Galaxy"], "NGC4755": ["Jewel Box"], "NGC5457": ["Pinwheel Galaxy"],
    "NGC6205": ["Great Hercules Cluster", "Hercules Cluster"], "NGC7380": ["Wizard Nebula"],
}  # fmt: skip
_NOT_THESE_NAMES: Final = {"IC0434": ("Flame Nebula", "Orion B"), "NGC2238": ("Rosette Nebula",)}

_KINDS: Final = {
    "*": "star", "**": "double star", "*Ass": "association of stars", "OCl": "open cluster", "GCl": "globular cluster",
    "Cl+N": "cluster with nebula", "G": "galaxy", "GPair": "galaxy pair", "GTrpl": "galaxy triplet",
    "GGroup": "galaxy group", "PN": "planetary nebula", "HII": "HII region", "DrkN": "dark nebula",
    "EmN": "emission nebula", "Neb": "nebula", "RfN": "reflection nebula", "SNR": "supernova remnant", "Nova": "nova",
    "NonEx": "nonexistent",
}  # fmt: skip

_OPENNGC_NAME: Final = re.compile(r"([A-Za-z]+)0*([0-9].*)")
_M102: Final = "M 102"
_M102_IS: Final = "NGC5866"
_M102_NOTE: Final = (
    "M 102 is taken as NGC 5866, as most atlases and telescope controls do; others hold it to be M 101 seen again."
)


def load_catalogue() -> Catalogue:
    """Load the catalogue, which takes about 0.1 s: whoever needs it often keeps it.

    Raises
    ------
    OurFault
        A file that belongs to the installation is missing or broken.
    """
    try:
        # Stars first: OpenNGC lists nebulae around some under the star's own name.
        database = _openngc_path()
        return Catalogue([*_stars(_STARS), *_deep_sky(database)], partial(_identifiers, database))
    except (OSError, sqlite3.Error, csv.Error, KeyError, ValueError) as error:
        raise OurFault("The catalogue of object names cannot be read; install the service anew.") from error


def _openngc_path() -> Path:
    # Found, not imported: the package itself takes long to import and brings more than its data.
    package = find_spec("pyongc")
    if package is None or package.origin is None:
        raise OSError("pyongc is not installed")
    return Path(package.origin).parent / "ongc.db"


def _stars(table: Path) -> Iterator[CatalogueEntry]:
    with table.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(line for line in lines if not line.startswith("#")):
            number = f"HIP {row['hip']}" if row["hip"] else ""
            first, *others = filter(None, (row["name"], row["designation"], *row["also"].split(";"), number))
            place = float(row["ra_deg"]), float(row["dec_deg"])
            magnitude = float(row["hp_mag"]) if row["hp_mag"] else None
            yield CatalogueEntry(first, *place, "star", tuple(others), magnitude=magnitude)


# The order is that of CatalogueEntry as far as it goes; 57.29... degrees are one radian.
_OBJECTS: Final = """
SELECT CASE WHEN name GLOB 'NGC[0-9]*' THEN 'NGC ' || ltrim(substr(name, 4), '0')
            WHEN name GLOB 'IC[0-9]*' THEN 'IC ' || ltrim(substr(name, 3), '0') ELSE name END,
       ra * 57.29577951308232, dec * 57.29577951308232, type, coalesce(vmag, bmag), name, messier, ngc, ic, commonnames,
       CASE WHEN identifiers LIKE 'C %' OR identifiers LIKE '%,C %'
            THEN substr(',' || identifiers, instr(',' || identifiers, ',C ') + 3, 3) ELSE '' END
FROM objects WHERE ra IS NOT NULL ORDER BY messier = '', type = 'NonEx'
"""


def _deep_sky(database: Path) -> list[CatalogueEntry]:
    rows = _read(database, _OBJECTS)
    duplicates: dict[str, list[str]] = {}
    for title, _, _, kind, _, _, _, ngc, ic, _, _ in rows:
        if kind == "Dup" and (ngc or ic):
            duplicates.setdefault(f"NGC{ngc}" if ngc else f"IC{ic}", []).append(title)
    entries: list[CatalogueEntry] = []
    for title, ra_deg, dec_deg, kind, magnitude, name, messier, ngc, ic, common, caldwell in rows:
        if kind == "Dup":
            continue
        also: list[str] = []
        note = ""
        if messier or ngc or ic or common or caldwell or name in duplicates or name in _MORE_NAMES or name == _M102_IS:
            wrong = _NOT_THESE_NAMES.get(name, ())
            also = [
                f"M {messier.lstrip('0')}" if messier else "",
                _M102 if name == _M102_IS else "",
                _spaced(title),
                *duplicates.get(name, ()),
                f"IC {ic.lstrip('0')}" if ic else "",
                f"NGC {ngc.lstrip('0')}" if ngc else "",
                f"C {caldwell.lstrip('0')}" if caldwell else "",
                *(part for part in common.split(",") if part not in wrong),
                *_MORE_NAMES.get(name, ()),
            ]
            also = list(dict.fromkeys(filter(None, also)))
            if name == _M102_IS:
                note = _M102_NOTE
            title = _spaced(title) if name == _M102_IS else also[0]
            also.remove(title)
        elif not title[:2].isupper() or " " not in title:
            title = _spaced(title)
        entries.append(CatalogueEntry(title, ra_deg, dec_deg, _KINDS.get(kind, "other"), tuple(also), magnitude, note))
    return entries


def _identifiers(database: Path) -> list[tuple[str, str]]:
    rows = _read(database, "SELECT identifiers, name FROM objects WHERE identifiers <> ''")
    return [(identifier, name) for identifiers, name in rows for identifier in identifiers.split(",") if identifier]


def _read(database: Path, statement: str) -> list[Any]:
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def _spaced(name: str) -> str:
    """Write ``Mel022`` as ``Mel 22``; names of another shape stay."""
    match = _OPENNGC_NAME.fullmatch(name)
    return f"{match[1]} {match[2]}" if match else name
