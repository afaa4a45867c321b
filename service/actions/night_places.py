"""Where and when a telescope's night is: found by the names in an address."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from domain.night import Night, bounds
from service.house import Tenant
from storage import equipment_store

__all__ = ["NightPlace", "night_place"]


class NightPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A telescope's night with its bounds, aware UTC."""

    telescope_id: UUID
    telescope: str
    telescope_name: str
    site_id: UUID
    site: str
    site_name: str
    latitude_deg: float
    longitude_deg: float
    height_m: float
    mpc_code: str | None
    time_zone: str
    night: Night
    start_at: datetime
    end_at: datetime


async def night_place(tenant: Tenant, telescope: str, night: str) -> NightPlace:
    """Find a telescope and say when its night begins and ends.

    Raises
    ------
    NotFound
        There is no such telescope.
    InvalidInput
        The night is no date.
    """
    evening = Night.parse(night)
    row = await equipment_store.get(tenant.connection, "telescopes", telescope)
    site = await equipment_store.get(tenant.connection, "sites", row["site"])
    start, end = bounds(evening, site["time_zone"])
    return NightPlace(
        telescope_id=row["id"],
        telescope=telescope,
        telescope_name=row["name"],
        site_id=site["id"],
        site=site["slug"],
        site_name=site["name"],
        latitude_deg=site["latitude_deg"],
        longitude_deg=site["longitude_deg"],
        height_m=site["height_m"],
        mpc_code=site["mpc_code"],
        time_zone=site["time_zone"],
        night=evening,
        start_at=start,
        end_at=end,
    )
