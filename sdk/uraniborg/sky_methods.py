"""What the client answers about satellites and nights in one word: tables, where the operations give pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uraniborg._generated.wire import PlaceNight
    from uraniborg.client import Client

__all__ = ["SkyMethods"]


class SkyMethods:
    """Methods of the client that are more than one operation, and about the sky."""

    def crossings(  # type: ignore[misc]  # of the client, which has these
        self: Client,
        near: Any = None,
        radius: Any = None,
        *,
        start: Any,
        exposure: Any,
        site: str | None = None,
        place: Any = None,
        polygon: Any = None,
        size: Any = None,
        position_angle: Any = None,
        satellites: Any = None,
        organisation: str | None = None,
        **more: Any,
    ) -> Any:
        """Find all satellites inside a field during an exposure, planned or taken.

        Parameters
        ----------
        near : str, tuple or SkyCoord
            The field's centre: ``"M31"``, ``(ra, dec)`` or ``(ra, dec, radius)`` in degrees.
        radius : float or Quantity
            Degrees, of a circle.
        start : datetime, Time or str
            When the exposure begins, UTC.
        exposure : float or Quantity
            Seconds.
        site : str, optional
            Slug; left out, with `place`: the organisation's only one.
        place : tuple or EarthLocation, optional
            In place of a site: ``(latitude, longitude)`` or with the height in metres.
        polygon : sequence of (ra, dec), optional
            In place of a circle.
        size : float or (float, float), optional
            Degrees, width and height of a rectangle, in place of a circle; `position_angle` is that of its height.
        satellites : int, sequence of int or str, optional
            Only these catalogue numbers, or those with this in their name.
        **more
            ``ra_rate_arcsec_s`` and ``dec_rate_arcsec_s`` (a moving field), ``convention``, ``min_altitude_deg``,
            ``brighter_than``, ``certain_only``.

        Returns
        -------
        astropy.table.Table
            One row for each crossing, by entry; its ``meta`` tells the place and the exposure.

        Raises
        ------
        Conflict
            The service has no element sets yet.
        ModuleNotFoundError
            astropy is absent: ``pip install 'uraniborg[astro]'``.
        """
        from uraniborg.sky import crossings_query, ground_place, satellite_choice
        from uraniborg.sky_table import crossings_table

        query = crossings_query(
            near,
            radius,
            start=start,
            exposure=exposure,
            polygon=polygon,
            size=size,
            position_angle=position_angle,
            **more,
        )
        where = ground_place(self, site, place, organisation)
        return crossings_table(self.call("find_crossings", **query, **where, **satellite_choice(satellites)))

    def tonight(  # type: ignore[misc]  # of the client, which has these
        self: Client,
        site: str | None = None,
        night: Any = None,
        *,
        targets: Any = (),
        place: Any = None,
        organisation: str | None = None,
    ) -> PlaceNight:
        """Tell how a night goes: Sun and twilights, the Moon, and altitude curves of targets, every five minutes.

        Parameters
        ----------
        site : str, optional
            Slug; left out, with `place`: the organisation's only one.
        night : date or str, optional
            By the date of its evening; left out: the present one.
        targets : sequence of str, tuple or SkyCoord
            Names, or places on the sky.
        """
        from uraniborg.frames import place_text
        from uraniborg.sky import ground_place

        places = (place_text(one) for one in ([targets] if isinstance(targets, str) else targets))
        named = [place for place in places if place is not None]
        where = ground_place(self, site, place, organisation)
        return self.get_tonight(**where, night=night, target=named or None, step_s=300)

    def passes(  # type: ignore[misc]  # of the client, which has these
        self: Client,
        site: str | None = None,
        night: Any = None,
        *,
        place: Any = None,
        start: Any = None,
        end: Any = None,
        min_altitude: float = 10.0,
        satellites: Any = None,
        sunlit_only: bool = False,
        brighter_than: float | None = None,
        limit: int | None = None,
        organisation: str | None = None,
    ) -> Any:
        """Find what passes over a site during a night, or any window.

        Parameters
        ----------
        site : str, optional
            Slug; left out, with `place`: the organisation's only one.
        night : date or str, optional
            From its sunset to its sunrise; left out, with `start` and `end`: the present one.
        place : tuple or EarthLocation, optional
            In place of a site.
        start, end : datetime, Time or str, optional
            In place of a night, UTC.
        min_altitude : float
            Degrees; a site's horizon mask counts where it is higher.
        satellites : int, sequence of int or str, optional
            Only these catalogue numbers, or those with this in their name.
        limit : int, optional
            How many at the most; all when left out.

        Returns
        -------
        astropy.table.Table
            One row for each pass, by rising; its ``meta`` tells the place and the window.

        Raises
        ------
        Conflict
            The service has no element sets yet.
        ModuleNotFoundError
            astropy is absent: ``pip install 'uraniborg[astro]'``.
        """
        from uraniborg.sky import ground_place, list_passes, passes_query, satellite_choice
        from uraniborg.sky_table import passes_table

        query = passes_query(
            night=night,
            start=start,
            end=end,
            min_altitude_deg=min_altitude,
            sunlit_only=sunlit_only or None,
            brighter_than=brighter_than,
            **ground_place(self, site, place, organisation),
            **satellite_choice(satellites),
        )
        return passes_table(*list_passes(self, query, limit=limit))
