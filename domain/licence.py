"""Licences that data may be published under, by SPDX identifier."""

from __future__ import annotations

import msgspec

from domain.errors import InvalidInput

__all__ = ["LICENCES", "Licence", "UnknownLicence", "get_licence"]


class UnknownLicence(InvalidInput):
    code = "unknown-licence"
    title = "This licence is not known"


class Licence(msgspec.Struct, frozen=True):
    """A licence: its SPDX identifier, its full name and the address of its text."""

    id: str
    name: str
    url: str


_CC = "https://creativecommons.org"
_ODC = "https://opendatacommons.org/licenses"

# Source: SPDX License List 3.27 (identifiers and names); addresses are those the licences' authors give.
LICENCES = {
    licence.id: licence
    for licence in (
        Licence("CC0-1.0", "Creative Commons Zero v1.0 Universal", f"{_CC}/publicdomain/zero/1.0/"),
        Licence("CC-BY-4.0", "Creative Commons Attribution 4.0 International", f"{_CC}/licenses/by/4.0/"),
        Licence(
            "CC-BY-SA-4.0", "Creative Commons Attribution Share Alike 4.0 International", f"{_CC}/licenses/by-sa/4.0/"
        ),
        Licence(
            "CC-BY-NC-4.0",
            "Creative Commons Attribution Non Commercial 4.0 International",
            f"{_CC}/licenses/by-nc/4.0/",
        ),
        Licence(
            "CC-BY-NC-SA-4.0",
            "Creative Commons Attribution Non Commercial Share Alike 4.0 International",
            f"{_CC}/licenses/by-nc-sa/4.0/",
        ),
        Licence(
            "CC-BY-ND-4.0",
            "Creative Commons Attribution No Derivatives 4.0 International",
            f"{_CC}/licenses/by-nd/4.0/",
        ),
        Licence(
            "CC-BY-NC-ND-4.0",
            "Creative Commons Attribution Non Commercial No Derivatives 4.0 International",
            f"{_CC}/licenses/by-nc-nd/4.0/",
        ),
        Licence("ODbL-1.0", "Open Data Commons Open Database License v1.0", f"{_ODC}/odbl/1-0/"),
        Licence("ODC-By-1.0", "Open Data Commons Attribution License v1.0", f"{_ODC}/by/1-0/"),
        Licence("PDDL-1.0", "Open Data Commons Public Domain Dedication & License 1.0", f"{_ODC}/pddl/1-0/"),
        Licence(
            "CDLA-Permissive-2.0",
            "Community Data License Agreement Permissive 2.0",
            "https://cdla.dev/permissive-2-0/",
        ),
        Licence("MIT", "MIT License", "https://opensource.org/license/mit"),
        Licence(
            "BSD-3-Clause", 'BSD 3-Clause "New" or "Revised" License', "https://opensource.org/license/bsd-3-clause"
        ),
        Licence("Apache-2.0", "Apache License 2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
    )
}
_BY_FOLDED_ID = {identifier.casefold(): licence for identifier, licence in LICENCES.items()}


def get_licence(identifier: str) -> Licence:
    """Find a licence by its SPDX identifier; upper and lower case are the same, as SPDX has it.

    Raises
    ------
    UnknownLicence
        It is not in the list; the message names those that are.
    """
    licence = _BY_FOLDED_ID.get(identifier.strip().casefold())
    if licence is None:
        raise UnknownLicence(
            f"{identifier[:64]!r} is not a licence known here. Give one of the SPDX identifiers {', '.join(LICENCES)}.",
            licences=list(LICENCES),
        )
    return licence
