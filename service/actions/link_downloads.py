"""Downloads by links: counted when they begin, going on for a while, ended with their link."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from domain.errors import NotSignedIn
from service.audit_log import record
from service.house import NOBODY, House, Linked, Tenant
from storage import share_store

__all__ = ["count_link_download", "refuse_used_up", "while_it_works"]

GOES_ON = timedelta(days=1)
"For how long a download that was begun may go on."
USED_UP = "The downloads of this link are used up."
LOOK_EVERY_S = 60.0
"How often it is seen, while bytes are sent, whether the link still works."


async def count_link_download(house: House, link: Any, what: str, *, goes_on: bool) -> None:
    """Count a download that begins, once: it may go on for a day, from wherever it broke off.

    Parameters
    ----------
    link
        Its row.
    what : str
        A file's id, or ``zip``.
    goes_on : bool
        Bytes behind the first are asked for. Where nothing of it was begun before, that counts all the same.

    Raises
    ------
    NotSignedIn
        Its downloads are used up.
    """
    async with house.database.transaction(organisation=link.organisation_id) as connection:
        if goes_on and await share_store.was_begun(connection, link.id, what, within=GOES_ON):
            return
        if not await share_store.count_download(connection, link.organisation_id, link.id, what):
            raise NotSignedIn(USED_UP)
        tenant = Tenant(connection, link.organisation_id, "", "link", NOBODY)
        await record(tenant, "link.downloaded", f"links/{link.id}", file=what)


async def refuse_used_up(linked: Linked, what: str) -> None:
    """Refuse before any work is done what would not be counted any more.

    Raises
    ------
    NotSignedIn
        The downloads of the link are used up, and this one was not begun.
    """
    link = linked.link
    if link.downloads_allowed is None or link.downloads < link.downloads_allowed:
        return
    async with linked.beyond() as connection:
        if not await share_store.was_begun(connection, link.id, what, within=GOES_ON):
            raise NotSignedIn(USED_UP)


async def while_it_works(
    house: House, link: Any, chunks: AsyncIterator[bytes], *, look_every_s: float = LOOK_EVERY_S
) -> AsyncIterator[bytes]:
    """Give bytes on as long as a link works: a download that takes hours breaks off when its link ends.

    Raises
    ------
    NotSignedIn
        It was revoked or has expired.
    """
    looked = time.monotonic()
    async for chunk in chunks:
        if time.monotonic() - looked >= look_every_s:
            looked = time.monotonic()
            async with house.database.transaction(organisation=link.organisation_id) as connection:
                if not await share_store.still_works(connection, link.id):
                    raise NotSignedIn("This link does not work any more.")
        yield chunk
