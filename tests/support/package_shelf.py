"""An organisation with a dataset of a few files, and short ways to its data packages."""

from __future__ import annotations

from typing import Any

import httpx

from tests.support.service import Person, RunningService
from tests.support.stored_files import store_file

__all__ = ["DRAFT", "FILES", "Shelf"]

FILES = {
    "light/M31/M31_R_001.fits": b"SIMPLE  =                    T" * 2000,
    "light/M31/M31_R_002.fits": b"",
    "flat/R/001.fits": bytes(range(256)) * 700,
    "Årets første lys/æ ø å.txt": b"lys",
    "notes.txt": b"seeing 0.8 arcsec",
}
DRAFT = {
    "title": "M31 in R, autumn 2026",
    "licence": "cc-by-4.0",
    "contributors": [{"name": "Tycho Brahe", "orcid": "0000-0002-1825-0097", "role": "observer"}],
    "keywords": ["galaxy", " galaxy ", "M31"],
    "datasets": ["nova"],
}


class Shelf:
    """An organisation with the open dataset ``nova`` of five files, and short ways to its packages."""

    def __init__(self, service: RunningService, owner: Person, slug: str) -> None:
        self.service, self.owner, self.slug = service, owner, slug
        self.base = f"/api/v1/organisations/{slug}"
        self.public = f"/api/v1/packages/{slug}"

    async def fill(self, dataset: str, files: dict[str, bytes], **options: Any) -> None:
        await self.owner.client.post(f"{self.base}/datasets", json={"name": dataset})
        items = [
            {"file": str(await store_file(self.service.house, self.slug, path, data, **options))}
            for path, data in files.items()
        ]
        reply = await self.owner.client.post(f"{self.base}/datasets/{dataset}/files", json={"files": items})
        assert {item["state"] for item in reply.json()["files"]} == {"added"}, reply.text

    async def draft(self, slug: str = "m31", **changes: Any) -> dict[str, Any]:
        reply = await self.owner.client.post(f"{self.base}/packages", json=DRAFT | {"slug": slug} | changes)
        assert reply.status_code == 201, reply.text
        return dict(reply.json())

    async def publish(self, slug: str = "m31", version: int = 1) -> httpx.Response:
        return await self.owner.client.post(f"{self.base}/packages/{slug}/versions/{version}/publish")

    async def published(self, slug: str = "m31", **changes: Any) -> str:
        await self.draft(slug, **changes)
        reply = await self.publish(slug)
        assert reply.status_code == 200, reply.text
        return f"{self.public}/{slug}/versions/1"
