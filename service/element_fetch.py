"""Fetching element sets on a schedule, politely; that there is no network is a normal state, which is shown."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import httpx
import structlog

from domain.errors import OurFault
from service.actions.satellite_catalogue import CatalogueImport, import_elements, shown_address
from service.house import House
from service.openapi import VERSION
from storage import element_source_store

__all__ = ["SHORTEST_INTERVAL", "FetchFailed", "fetch_elements", "keep_catalogue"]

log = structlog.get_logger("uraniborg.satellites")

SHORTEST_INTERVAL = timedelta(hours=2)  # CelesTrak's own rule: its data changes no more often
LARGEST_BYTES = 64 * 1024 * 1024  # 350,000 element sets as CSV
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
TOTAL_S = 600.0  # for the whole of it, on a slow line
LOOK_S = 60.0  # how often it is looked whether the time has come
FIRST_S = 5.0


class FetchFailed(OurFault):
    code = "fetch-failed"
    title = "The element sets could not be fetched"


class _Reply(NamedTuple):
    """What an address answered; ``text`` is None where it has nothing new."""

    text: bytes | None
    etag: str | None
    last_modified: str | None


async def keep_catalogue(house: House, stop: asyncio.Event) -> None:
    """Fetch the catalogue whenever its time has come, until told to stop; without an address, nothing."""
    delay_s = FIRST_S
    while house.config.satellites_url and not stop.is_set():
        try:
            async with asyncio.timeout(delay_s):
                await stop.wait()
        except TimeoutError:
            pass
        else:
            return
        delay_s = LOOK_S
        interval = timedelta(hours=house.config.satellites_interval_hours)
        try:
            await fetch_elements(house, house.config.satellites_url, interval=interval)
        except FetchFailed as error:
            log.info("no element sets fetched", reason=error.detail)
        except Exception as error:
            log.warning("element sets not taken", reason=type(error).__name__, exc_info=error)


async def fetch_elements(
    house: House, url: str, *, interval: timedelta = SHORTEST_INTERVAL, by_operator: bool = False
) -> CatalogueImport | None:
    """Fetch an address's element sets, if its time has come and it has something new.

    Parameters
    ----------
    interval : timedelta
        How long to leave it alone afterwards.

    Returns
    -------
    CatalogueImport or None
        None where its time has not come, or it has nothing new.

    Raises
    ------
    FetchFailed
        It does not answer, refuses, or gives no element sets; that is noted, and shown by the catalogue's status.
    """
    now = datetime.now(UTC)
    async with house.database.transaction() as connection:
        claimed = await element_source_store.claim_source(
            connection, url, now=now, next_at=now + max(interval, SHORTEST_INTERVAL)
        )
    if claimed is None:
        return None
    try:
        reply = await _ask(url, claimed.etag, claimed.last_modified)
        done = None
        if reply.text is not None:
            done = await import_elements(house, shown_address(url), reply.text, by_operator=by_operator)
            if not done.sets:
                raise FetchFailed(f"{shown_address(url)} gave no element sets: {done.problems[0].detail}")
    except FetchFailed as error:
        async with house.database.transaction() as connection:
            await element_source_store.note_failure(
                connection, url, now=now, failure=error.detail, next_at=now + SHORTEST_INTERVAL
            )
        raise
    async with house.database.transaction() as connection:
        await element_source_store.note_fetch(
            connection, url, now=now, etag=reply.etag, last_modified=reply.last_modified
        )
    return done


async def _ask(url: str, etag: str | None, last_modified: str | None) -> _Reply:
    headers = {"User-Agent": f"Uraniborg/{VERSION}"}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": last_modified} if last_modified else {}
    shown = shown_address(url)
    try:
        async with (
            asyncio.timeout(TOTAL_S),
            httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=True, max_redirects=3) as client,
            client.stream("GET", url, headers=headers) as response,
        ):
            if response.status_code == httpx.codes.NOT_MODIFIED:
                return _Reply(None, etag, last_modified)
            received = bytearray()
            async for block in response.aiter_bytes():
                received += block
                if len(received) > LARGEST_BYTES:
                    raise FetchFailed(f"{shown} sends more than {LARGEST_BYTES // 1024**2} MiB: that is no catalogue.")
            if response.status_code != httpx.codes.OK:
                said = " ".join(received[:300].decode(errors="replace").split())
                raise FetchFailed(f"{shown} answered {response.status_code}: {said[:200] or 'nothing'}")
            return _Reply(bytes(received), response.headers.get("ETag"), response.headers.get("Last-Modified"))
    except TimeoutError as error:
        raise FetchFailed(f"{shown} sends too slowly: nothing whole within {TOTAL_S / 60:.0f} minutes.") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise FetchFailed(f"{shown} does not answer ({type(error).__name__}): the line may be down.") from error
