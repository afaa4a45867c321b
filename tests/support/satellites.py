"""A small catalogue of invented satellites, brought into a service as its operator does."""

from __future__ import annotations

from datetime import datetime

from demo.constellation import FIRST_NORAD_ID, Shell, simulated_catalogue
from service.actions.satellite_catalogue import CatalogueImport, import_elements
from service.house import House

__all__ = ["FIRST", "SHELLS", "catalogue_bytes", "launch"]

FIRST = FIRST_NORAD_ID
"The number of the first of them."
#: Enough that something passes, few enough that nobody waits: low orbits, eccentric ones, and the geostationary ring.
SHELLS = (
    Shell(12, 10, 550.0, 60.0, 5),
    Shell(2, 2, 600.0, 63.4, 1, eccentricity=0.72, perigee_argument_deg=270.0, bstar=0.0),
    Shell(1, 12, 35_786.0, 0.05, 0, bstar=0.0),
)


def catalogue_bytes(epoch: datetime) -> bytes:
    """Write the small catalogue, as OMM in CSV."""
    return simulated_catalogue(epoch, SHELLS)


async def launch(house: House, epoch: datetime) -> CatalogueImport:
    """Import the small catalogue, with elements of some epoch."""
    return await import_elements(house, "simulated.csv", catalogue_bytes(epoch), by_operator=True)
