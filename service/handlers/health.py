"""Whether the service lives, whether it can work, and its metrics."""

from __future__ import annotations

from litestar import Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from service.house import House

__all__ = ["HANDLERS"]


@get("/health/live", include_in_schema=False, opt={"scope": "public"})
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@get("/health/ready", include_in_schema=False, opt={"scope": "public"})
async def ready(house: House) -> dict[str, str]:
    """The database and the object store answer; 503 when one does not."""
    async with house.database.transaction() as connection:
        await connection.execute(text("SELECT 1"))
    await house.objects.check()
    return {"status": "ready"}


@get("/metrics", include_in_schema=False, opt={"scope": "public"})
async def metrics() -> Response[bytes]:
    """Prometheus metrics of this process."""
    return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})


HANDLERS = [live, ready, metrics]
