"""An organisation that pays: a service whose payer is the stand-in for Stripe, and its owner's side of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from billing.stripe_state import AtStripe
from domain.metering import GIB
from service.payment_state import NOT_KEPT, reconcile
from storage import payment_store
from tests.support.ledger_rows import add_contents
from tests.support.service import Person, RunningService, running_service
from tests.support.stored_files import organisation_id_of
from tests.support.stripe_server import KEY, WEBHOOK_SECRET, StripeStandIn, signed

__all__ = ["Paying", "begun", "paying_service", "store"]

PLANS = """
default = "free"
[[plans]]
name = "free"
version = 1
title = "Free"
currency = "EUR"
hard_limit_gib = 1
[[plans]]
name = "small"
version = 3
title = "Small"
currency = "EUR"
storage_prices = { hot = "100", cool = "50", archive = "10" }
offered = true
trial_days = 30
grace_days = 10
[[plans]]
name = "large"
version = 1
title = "Large"
currency = "EUR"
storage_prices = { hot = "80", cool = "50", archive = "10" }
offered = true
[[plans]]
name = "francs"
version = 1
title = "Francs"
currency = "CHF"
offered = true
[[plans]]
name = "yen"
version = 1
title = "Yen"
currency = "JPY"
storage_prices = { hot = "1500", cool = "50", archive = "10" }
offered = true
"""


class Paying:
    """An organisation with its owner, at a service whose payer is the stand-in."""

    def __init__(self, service: RunningService, desk: StripeStandIn, owner: Person, slug: str, id: UUID) -> None:
        self.service, self.desk, self.owner, self.slug, self.id = service, desk, owner, slug, id
        self.base = f"/api/v1/organisations/{slug}"

    async def ask(self, method: str, rest: str, body: Any = None, *, by: Person | None = None) -> Any:
        return await (by or self.owner).client.request(method, f"{self.base}/payment{rest}", json=body)

    async def payment(self) -> Any:
        reply = await self.ask("GET", "")
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def deliver(self, events: list[dict[str, Any]], *, status: int = 200) -> None:
        async with self.service.client() as client:
            for event in events:
                body, signature = signed(event)
                reply = await client.post("/stripe/events", content=body, headers={"stripe-signature": signature})
                assert reply.status_code == status, reply.text

    async def deliver_all(self) -> None:
        await self.deliver(self.desk.events)

    async def subscribed(self, plan: str = "large") -> str:
        reply = await self.ask("POST", "/checkout", {"plan": plan})
        assert reply.status_code == 200, reply.text
        subscription = self.desk.complete_checkout(reply.json()["url"])
        await self.deliver_all()
        return subscription

    async def upload(self, name: str) -> Any:
        file = {"path": name, "size_bytes": 5, "sha256": name.encode().hex().ljust(64, "0")}
        return await self.owner.client.post(f"{self.base}/uploads", json={"files": [file]})

    async def reconcile(self, days: float = 0) -> None:
        await reconcile(self.service.house, self.id, datetime.now(UTC) + timedelta(days=days), forced=True)

    async def kept(self) -> AtStripe:
        """What is written down here, as a look at Stripe would give it."""
        async with self.service.house.database.transaction(organisation=self.id) as connection:
            row = await payment_store.find_payer(connection)
            assert row is not None
            invoices = await payment_store.list_invoices(connection, before=None, limit=1000)
        values = {n: getattr(row, n) for n in AtStripe.__struct_fields__ if n not in NOT_KEPT}
        shown = sorted(invoices, key=lambda each: each.id)
        return msgspec.convert(
            values | {"invoices": [{str(k): v for k, v in each._mapping.items()} for each in shown]}, AtStripe
        )

    async def there(self) -> AtStripe:
        async with self.service.house.database.transaction(organisation=self.id) as connection:
            row = await payment_store.find_payer(connection)
        assert row is not None
        found = await self.service.house.payer.look(row.customer_id)
        assert isinstance(found, AtStripe)
        return found


@asynccontextmanager
async def paying_service(folder: Path) -> AsyncIterator[tuple[RunningService, StripeStandIn]]:
    """Run a service and its stand-in; nothing is swept unless a test asks."""
    desk, plans = StripeStandIn(), folder / "plans.toml"
    plans.write_text(PLANS)
    with desk.serving() as url:
        keys = {"stripe_key": KEY, "stripe_webhook_secret": WEBHOOK_SECRET, "stripe_url": url, "stripe_tax": True}
        async with running_service(folder / "data", plans_file=str(plans), worker=False, **keys) as service:
            yield service, desk


async def begun(service: RunningService, desk: StripeStandIn) -> Paying:
    """Begin an organisation that does not pay yet."""
    desk.is_down, desk.loses_answers = False, 0
    desk.events.clear()
    owner = await service.person()
    slug = await service.organisation(owner)
    return Paying(service, desk, owner, slug, await organisation_id_of(service.house, slug))


async def store(paying: Paying, gib: int) -> None:
    """Let it hold so many GiB from now on."""
    async with paying.service.house.database.transaction(organisation=paying.id) as connection:
        await add_contents(connection, paying.id, {"much": gib * GIB})
