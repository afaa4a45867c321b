"""Sending files as any client would: three calls of the public API and PUTs to the store."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import httpx

__all__ = ["send", "send_to_team", "wait_for_jobs"]


async def send(
    client: httpx.AsyncClient, organisation: str, files: dict[str, bytes], *, complete: bool = True, **more: Any
) -> list[dict[str, Any]]:
    """Send files; return what became of each, in the order given."""
    return await _send(client, f"/api/v1/organisations/{organisation}/uploads", files, {}, complete, more)


async def send_to_team(
    client: httpx.AsyncClient,
    team: str,
    files: dict[str, bytes],
    *,
    expected: dict[str, int] | None = None,
    complete: bool = True,
    **more: Any,
) -> list[dict[str, Any]]:
    """Send files of a team's own; ``expected`` names versions by path."""
    further = {path: {"expected_version": version} for path, version in (expected or {}).items()}
    return await _send(client, f"/api/v1/teams/{team}/uploads", files, further, complete, more)


async def _send(
    client: httpx.AsyncClient,
    base: str,
    files: dict[str, bytes],
    further: dict[str, dict[str, Any]],
    complete: bool,
    more: dict[str, Any],
) -> list[dict[str, Any]]:
    body = {
        "files": [
            {"path": path, "size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), **further.get(path, {})}
            for path, data in files.items()
        ],
        **more,
    }
    begun = await client.post(base, json=body)
    assert begun.status_code == 201, begun.text
    results: list[dict[str, Any]] = begun.json()["files"]
    contents = list(files.values())
    addresses = [result["put"]["url"] for result in results if result["state"] == "wanted" and result["put"]]
    # To the application in this process; to a store that is a server of its own, over the network.
    here = all(address.startswith(str(client.base_url)) for address in addresses)
    transport = client._transport if here else None
    async with httpx.AsyncClient(transport=transport, base_url=client.base_url, timeout=60) as store:
        for result in results:
            if result["state"] == "wanted" and result["put"]:
                put = await store.put(
                    result["put"]["url"], content=contents[result["position"]], headers=result["put"]["headers"]
                )
                assert put.status_code == 200, put.text
    wanted = [{"position": r["position"]} for r in results if r["state"] == "wanted"]
    if complete and wanted:
        done = await client.post(f"{base}/{begun.json()['id']}/complete", json={"files": wanted})
        assert done.status_code == 200, done.text
        for result in done.json()["files"]:
            results[result["position"]] = result
    return results


async def wait_for_jobs(client: httpx.AsyncClient, organisation: str, *, limit_s: float = 240) -> None:
    """Return when no job of the organisation waits or runs."""
    async with asyncio.timeout(limit_s):
        while True:
            # One look at both states: between two looks a job could pass from one to the other, and begin the next.
            reply = await client.get(f"/api/v1/organisations/{organisation}/jobs?state=queued&state=running")
            assert reply.status_code == 200, reply.text
            if not reply.json()["items"]:
                return
            await asyncio.sleep(0.1)
