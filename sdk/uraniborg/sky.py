"""Questions about satellites and nights, as people write them in Python, in the form the service takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from uraniborg.frames import corner_text, place_text, to_moment

if TYPE_CHECKING:
    from uraniborg._generated.wire import SatellitePass
    from uraniborg.client import Client

__all__ = ["crossings_query", "ground_place", "list_passes", "passes_query", "satellite_choice"]

PAGE = 1000


def ground_place(client: Client, site: str | None, place: Any, organisation: str | None) -> dict[str, Any]:
    """Tell where is looked from: a site, a position, or the organisation's only site.

    Parameters
    ----------
    place : tuple or EarthLocation, optional
        Latitude and longitude in degrees, east positive, and the height in metres where it matters.

    Raises
    ------
    ValueError
        Both are given, a position cannot be read, or it does not tell which of several sites is meant.
    """
    if place is not None:
        if site is not None:
            raise ValueError("give either a site or a place, not both")
        if hasattr(place, "geodetic"):  # astropy.coordinates.EarthLocation
            longitude, latitude, height = place.geodetic
            place = (float(latitude.deg), float(longitude.deg), float(height.to_value("m")))
        if not (isinstance(place, tuple | list) and len(place) in (2, 3)):
            raise ValueError(
                f"{place!r} is no place: give (latitude, longitude) in degrees, or with the height in metres"
            )
        names = ("latitude_deg", "longitude_deg", "height_m")
        return {name: float(value) for name, value in zip(names, place, strict=False)}
    organisation = organisation or client.need_organisation()
    if site is None:
        sites = [one.slug for one in client.iterate("list_sites", organisation=organisation, limit=2)]
        if len(sites) != 1:
            raise ValueError("which site? " + (f"there are {', '.join(sites)} ..." if sites else "there is none yet"))
        site = sites[0]
    return {"site": site, "organisation": organisation}


def satellite_choice(satellites: Any) -> dict[str, Any]:
    """Tell which satellites are meant: a number, several, or a part of a name."""
    if satellites is None:
        return {}
    if isinstance(satellites, str) and not satellites.strip().isdigit():
        return {"text": satellites}
    wanted = satellites if isinstance(satellites, Iterable) and not isinstance(satellites, str) else [satellites]
    return {"satellite": [int(one) for one in wanted]}


def crossings_query(
    near: Any, radius: Any, *, start: Any, exposure: Any, polygon: Any, size: Any, position_angle: Any, **more: Any
) -> dict[str, Any]:
    """Bring a field and an exposure to the form the service takes; see `Client.crossings`."""
    if isinstance(near, tuple | list) and (len(near) == 3 or isinstance(near[0], str)):
        near, radius = near[:-1] if len(near) == 3 else near[0], near[-1]
    asked: dict[str, Any] = {
        "near": place_text(near),
        "radius_deg": _degrees(radius),
        "position_angle_deg": _degrees(position_angle),
        "polygon": " ".join(map(corner_text, polygon)) if isinstance(polygon, list | tuple) else polygon,
        "start": to_moment(start),
        "exposure_s": float(exposure.to_value("s") if hasattr(exposure, "to_value") else exposure),
    }
    if size is not None:
        width, height = size if isinstance(size, tuple | list) else (size, size)
        asked |= {"width_deg": _degrees(width), "height_deg": _degrees(height)}
    return {name: value for name, value in (asked | more).items() if value is not None}


def passes_query(*, night: Any, start: Any, end: Any, **more: Any) -> dict[str, Any]:
    """Bring a window to the form the service takes; see `Client.passes`."""
    asked = {"night": night, "start": to_moment(start), "end": to_moment(end), **more}
    return {name: value for name, value in asked.items() if value is not None}


def list_passes(client: Client, query: dict[str, Any], *, limit: int | None) -> tuple[Any, list[SatellitePass]]:
    """Fetch passes page by page.

    Returns
    -------
    tuple of (PassList, list of SatellitePass)
        The first page, which tells where and when; and all passes.
    """
    passes: list[SatellitePass] = []
    cursor, first = None, None
    while True:
        size = PAGE if limit is None else min(PAGE, limit - len(passes))
        page = client.call("find_passes", **query, cursor=cursor, limit=max(size, 1))
        first = first or page
        passes += page.items
        cursor = page.next_cursor
        if cursor is None or (limit is not None and len(passes) >= limit):
            return first, passes if limit is None else passes[:limit]


def _degrees(value: Any) -> float | None:
    if value is None:
        return None
    return float(value.to_value("deg") if hasattr(value, "to_value") else value)
