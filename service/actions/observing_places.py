"""Where and when one looks from: a site of an organisation's or a position, and a night or any stretch of time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from domain.errors import InvalidInput
from domain.ground_place import GroundPlace, HorizonMask
from domain.night import Night, bounds, night_of
from service.house import Actor, House
from storage import equipment_store

__all__ = ["NightSpan", "ObservingPlace", "PlaceQuery", "as_utc", "night_span", "read_place"]

LOWEST_HORIZON_DEG, HIGHEST_HORIZON_DEG = -10.0, 89.0


class PlaceQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A site by its slug, of an organisation; or latitude and longitude, WGS84 degrees, east positive."""

    organisation: str | None = None
    site: str | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    height_m: float = 0.0


class ObservingPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where was looked from. ``time_zone`` says when its nights begin; null for a mere position: by the Sun's time."""

    name: str
    latitude_deg: float
    longitude_deg: float
    height_m: float
    time_zone: str | None
    horizon: list[tuple[float, float]] | None = None

    def on_ground(self, *, with_horizon: bool = False) -> GroundPlace:
        """Give it as the arithmetic takes it."""
        mask = HorizonMask(self.horizon) if with_horizon and self.horizon else None
        return GroundPlace(
            latitude_deg=self.latitude_deg, longitude_deg=self.longitude_deg, height_m=self.height_m, horizon=mask
        )


class NightSpan(msgspec.Struct, frozen=True, kw_only=True):
    """A night at a place, from noon to noon, UTC."""

    night: date
    start_at: datetime
    end_at: datetime


async def read_place(house: House, actor: Actor, query: PlaceQuery) -> ObservingPlace:
    """Find the place that a question is about.

    Raises
    ------
    InvalidInput
        Neither a site nor a whole position is given, or both are.
    NotFound
        There is no such organisation or site, or it is not the asker's to see.
    """
    position = (query.latitude_deg, query.longitude_deg)
    if query.site is not None:
        if position != (None, None):
            raise InvalidInput("Give either a site or a position, not both.", field="site")
        if not query.organisation:
            raise InvalidInput("Say whose site it is: give `organisation` with `site`.", field="organisation")
        async with house.tenant(actor, query.organisation) as tenant:
            row = await equipment_store.get(tenant.connection, "sites", query.site)
        return ObservingPlace(
            name=row["name"],
            latitude_deg=row["latitude_deg"],
            longitude_deg=row["longitude_deg"],
            height_m=row["height_m"],
            time_zone=row["time_zone"],
            horizon=_corners(row["horizon"]),
        )
    if query.latitude_deg is None or query.longitude_deg is None:
        raise InvalidInput(
            "Satellites are seen from somewhere: give `site` with `organisation`, or `latitude_deg` and"
            " `longitude_deg` (and `height_m`).",
            field="site",
        )
    ground = GroundPlace(latitude_deg=query.latitude_deg, longitude_deg=query.longitude_deg, height_m=query.height_m)
    return ObservingPlace(
        name=f"{abs(ground.latitude_deg):.4f}° {'N' if ground.latitude_deg >= 0 else 'S'},"
        f" {abs(ground.longitude_deg):.4f}° {'E' if ground.longitude_deg >= 0 else 'W'}",
        latitude_deg=ground.latitude_deg,
        longitude_deg=ground.longitude_deg,
        height_m=ground.height_m,
        time_zone=None,
    )


def _corners(stored: list[Any] | None) -> list[tuple[float, float]] | None:
    """Bring a site's horizon to what a mask takes: each azimuth once, from 0 to below 360."""
    corners: dict[float, float] = {}
    for azimuth_deg, altitude_deg in stored or []:
        corners.setdefault(
            float(azimuth_deg) % 360.0, min(max(float(altitude_deg), LOWEST_HORIZON_DEG), HIGHEST_HORIZON_DEG)
        )
    return sorted(corners.items()) or None


def night_span(place: ObservingPlace, night: date | None) -> NightSpan:
    """Tell when a night begins and ends at a place; the present one where none is named."""
    if place.time_zone is not None:
        chosen = Night(night) if night else night_of(datetime.now(UTC), place.time_zone)
        start, end = bounds(chosen, place.time_zone)
        return NightSpan(night=chosen.evening, start_at=start, end_at=end)
    # By the mean Sun's noon, four minutes of time to a degree.
    east = timedelta(hours=place.longitude_deg / 15.0)
    if night is None:
        night = (datetime.now(UTC) + east - timedelta(hours=12)).date()
    if not 2 <= night.year <= 9998:
        raise InvalidInput(f"There are no nights in the year {night.year}.", field="night")
    noon = datetime(night.year, night.month, night.day, 12, tzinfo=UTC) - east
    return NightSpan(night=night, start_at=noon, end_at=noon + timedelta(days=1))


def as_utc(moment: datetime, field: str = "start") -> datetime:
    """Take a time without a zone as UTC, as everywhere in the API.

    Raises
    ------
    InvalidInput
        It is so near to the first or last year that the calendar has, that no time can be told beside it.
    """
    if not 2 <= moment.year <= 9998:
        raise InvalidInput(f"There are no satellites in the year {moment.year}.", field=field)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
