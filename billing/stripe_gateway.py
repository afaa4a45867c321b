"""Stripe, by its own library: what we ask of it, in our words; its objects and errors stop here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from typing import Any, TypeVar

import httpx
import msgspec
import stripe

from billing.stripe_state import PLAN, VERSION, AtStripe, state_of
from domain.calendar_month import microseconds
from domain.errors import BillingUnavailable, Conflict, InvalidInput, ObservatoryError

__all__ = ["STRIPE_FAULTS", "StripeEvent", "StripeGateway", "from_stripe_error", "reason_of"]

METER = "uraniborg_minor_units"
ORGANISATION, CREDIT, USED = "uraniborg_organisation", "uraniborg_credit", "uraniborg_used"
"Metadata by which customers, credits and invoices are found again, once Stripe has forgotten the key they have."
MOST_INVOICES = 100
TIMEOUT_S = 20
_UNKNOWN = (BillingUnavailable, "The payment provider failed; try again later.")
_REFUSED = (BillingUnavailable, "The payment provider refuses the service's key: tell the operator.")

# Class of the library -> class and detail of ours. Its own words may name customers, and stay in the cause.
STRIPE_FAULTS: dict[type[stripe.StripeError], tuple[type[ObservatoryError], str]] = {
    stripe.CardError: (Conflict, "The payment was declined: choose another way to pay in the customer portal."),
    stripe.IdempotencyError: (Conflict, "This was asked for before with other values; try again."),
    stripe.InvalidRequestError: (
        Conflict,
        "The payment provider refuses this; look at the state of the payment first.",
    ),
    stripe.AuthenticationError: _REFUSED,
    stripe.PermissionError: _REFUSED,
    stripe.RateLimitError: (BillingUnavailable, "The payment provider is overloaded; try again in a moment."),
    stripe.APIConnectionError: (BillingUnavailable, "The payment provider does not answer; try again later."),
    stripe.APIError: _UNKNOWN,
}

Result = TypeVar("Result")


def from_stripe_error(error: stripe.StripeError) -> ObservatoryError:
    """Translate; the nearest class counts."""
    kind, detail = next((STRIPE_FAULTS[each] for each in type(error).__mro__ if each in STRIPE_FAULTS), _UNKNOWN)
    return kind(detail)


def reason_of(error: ObservatoryError) -> str:
    """Name what Stripe refused for, by its codes alone: its own words may name customers."""
    cause = error.__cause__
    if not isinstance(cause, stripe.StripeError):
        return error.code
    found = (type(cause).__name__, cause.code, getattr(cause, "param", None))
    return " ".join(str(each)[:80] for each in found if each)


async def _ask(reply: Awaitable[Result]) -> Result:
    try:
        return await reply
    except stripe.StripeError as error:
        raise from_stripe_error(error) from error


class StripeEvent(msgspec.Struct, frozen=True):
    """An event whose signature holds: its id, its kind, and whom it is about; no customer, for what is not of one."""

    id: str
    kind: str
    customer_id: str


class StripeGateway:
    """Requests to Stripe. Whoever changes something gives a key: repeated with it, it is done once.

    Parameters
    ----------
    key, webhook_secret : str
        Of the account, and of its endpoint for events.
    url : str
        Where the API is.
    """

    def __init__(self, key: str, webhook_secret: str, url: str) -> None:
        self._secret = webhook_secret
        self._http = stripe.HTTPXClient(timeout=httpx.Timeout(TIMEOUT_S))
        base = url.rstrip("/")
        self._client = stripe.StripeClient(
            key,
            http_client=self._http,
            base_addresses={"api": base, "meter_events": base},
            max_network_retries=2,
        ).v1

    async def close(self) -> None:
        await self._http.close_async()  # type: ignore[no-untyped-call]

    async def create_customer(self, key: str, *, organisation_id: str, name: str, email: str) -> str:
        """Make a customer; answer its id."""
        made = await _ask(
            self._client.customers.create_async(
                {"name": name, "email": email, "metadata": {ORGANISATION: organisation_id}},
                {"idempotency_key": key},
            )
        )
        return made.id

    async def find_customer(self, *, organisation_id: str) -> str | None:
        """Find a customer that was made a while ago; one of the last minute may not be found yet."""
        found = await _ask(
            self._client.customers.search_async(
                {"query": f"metadata['{ORGANISATION}']:'{organisation_id}'", "limit": 1}
            )
        )
        return found.data[0].id if found.data else None

    async def price_of(self, currency: str) -> str:
        """Find, or make, the metered price of one minor unit of a currency: what a bill comes to is what is metered."""
        lookup = f"uraniborg_minor_unit_{currency.lower()}"
        found = await _ask(self._client.prices.list_async({"lookup_keys": [lookup], "active": True}))
        if found.data:
            return found.data[0].id
        made = await _ask(
            self._client.prices.create_async(
                {
                    "currency": currency.lower(),
                    "unit_amount": 1,
                    "lookup_key": lookup,
                    "recurring": {"interval": "month", "usage_type": "metered", "meter": await self._meter()},
                    "product_data": {"name": "Storage and downloads"},
                },
                {"idempotency_key": f"{lookup}-1"},
            )
        )
        return made.id

    async def _meter(self) -> str:
        meters = await _ask(self._client.billing.meters.list_async({"status": "active", "limit": 100}))
        if there := [meter.id for meter in meters.data if meter.event_name == METER]:
            return there[0]
        made = await _ask(
            self._client.billing.meters.create_async(
                {
                    "display_name": "Uraniborg, minor units",
                    "event_name": METER,
                    "default_aggregation": {"formula": "sum"},
                    "customer_mapping": {"type": "by_id", "event_payload_key": "stripe_customer_id"},
                    "value_settings": {"event_payload_key": "value"},
                },
                {"idempotency_key": f"{METER}-1"},
            )
        )
        return made.id

    async def checkout(
        self,
        key: str,
        *,
        customer_id: str,
        currency: str,
        plan: str,
        version: int,
        trial_days: int,
        back: str,
        taxed: bool,
    ) -> str:
        """Open a page on which a subscription is paid for; answer its address.

        Pages of before are closed: of two that stay open, each would be paid for.
        """
        subscription: dict[str, Any] = {"metadata": {PLAN: plan, VERSION: str(version)}}
        if trial_days:
            subscription["trial_period_days"] = trial_days
        params: dict[str, Any] = {
            "mode": "subscription",
            "customer": customer_id,
            "line_items": [{"price": await self.price_of(currency)}],
            "subscription_data": subscription,
            "success_url": f"{back}?payment=done",
            "cancel_url": f"{back}?payment=left",
        }
        if taxed:
            params |= {
                "automatic_tax": {"enabled": True},
                "tax_id_collection": {"enabled": True},
                "customer_update": {"address": "auto", "name": "auto"},
            }
        made = await _ask(self._client.checkout.sessions.create_async(params, {"idempotency_key": key}))  # type: ignore[arg-type]
        open_pages = await _ask(
            self._client.checkout.sessions.list_async({"customer": customer_id, "status": "open", "limit": 100})
        )
        for each in open_pages.data:
            if each.id != made.id:
                await _ask(self._client.checkout.sessions.expire_async(each.id))
        return made.url or ""

    async def portal(self, key: str, *, customer_id: str, back: str) -> str:
        """Open the customer portal: ways to pay, addresses, tax numbers, invoices; answer its address."""
        made = await _ask(
            self._client.billing_portal.sessions.create_async(
                {"customer": customer_id, "return_url": back}, {"idempotency_key": key}
            )
        )
        return made.url

    async def change_plan(self, key: str, *, subscription_id: str, plan: str, version: int) -> None:
        """Give a running subscription another plan of the same currency; one that was to end goes on."""
        await _ask(
            self._client.subscriptions.update_async(
                subscription_id,
                {"metadata": {PLAN: plan, VERSION: str(version)}, "cancel_at_period_end": False},
                {"idempotency_key": key},
            )
        )

    async def cancel(self, key: str, *, subscription_id: str) -> None:
        """Let a subscription end with what is paid for."""
        await _ask(
            self._client.subscriptions.update_async(
                subscription_id, {"cancel_at_period_end": True}, {"idempotency_key": key}
            )
        )

    async def end(self, key: str, *, subscription_id: str) -> None:
        """Let a subscription be over at once; what was reported and not charged yet comes on a last invoice."""
        await _ask(
            self._client.subscriptions.cancel_async(
                subscription_id, {"invoice_now": True, "prorate": False}, {"idempotency_key": key}
            )
        )

    async def meter(self, key: str, *, customer_id: str, amount_minor: int, at: datetime) -> None:
        """Report an amount used. Stripe takes an identifier once within a day, and the idempotency key as long."""
        await _ask(
            self._client.billing.meter_events.create_async(
                {
                    "event_name": METER,
                    "payload": {"stripe_customer_id": customer_id, "value": str(amount_minor)},
                    "identifier": key,
                    "timestamp": microseconds(at) // 1_000_000,
                },
                {"idempotency_key": key},
            )
        )

    async def metered_minor(self, *, customer_id: str, at: datetime) -> int:
        """Add up what was reported of a customer for the minute of a moment; Stripe tells no shorter span."""
        minute_s = microseconds(at) // 60_000_000 * 60
        reply = await _ask(
            self._client.billing.meters.event_summaries.list_async(
                await self._meter(),
                {"customer": customer_id, "start_time": minute_s, "end_time": minute_s + 60},
            )
        )
        return sum(int(each.aggregated_value) for each in reply.data)

    async def invoice(
        self, key: str, *, customer_id: str, amount_minor: int, currency: str, text: str, taxed: bool, sought: bool
    ) -> None:
        """Charge an amount by an invoice of its own.

        Parameters
        ----------
        sought : bool
            Whether to look first what of it is there: where Stripe may have forgotten the key.
        """
        await self._give_way_to_pay(customer_id)
        there = False
        if sought:
            invoices = self._client.invoices.list_async({"customer": customer_id, "limit": 100})
            if await self._of_key(invoices, key):
                return
            pending = self._client.invoice_items.list_async({"customer": customer_id, "pending": True, "limit": 100})
            there = await self._of_key(pending, key)
        if not there:
            await _ask(
                self._client.invoice_items.create_async(
                    {
                        "customer": customer_id,
                        "amount": amount_minor,
                        "currency": currency.lower(),
                        "description": text,
                        "metadata": {USED: key},
                    },
                    {"idempotency_key": f"{key}-item"},
                )
            )
        await _ask(
            self._client.invoices.create_async(
                {
                    "customer": customer_id,
                    "currency": currency.lower(),
                    "auto_advance": True,
                    "pending_invoice_items_behavior": "include",
                    "automatic_tax": {"enabled": taxed},
                    "metadata": {USED: key},
                },
                {"idempotency_key": f"{key}-invoice"},
            )
        )

    async def _give_way_to_pay(self, customer_id: str) -> None:
        """Let a customer's invoices be paid as their last subscription was, whose card a checkout gives to it alone."""
        customer = (await _ask(self._client.customers.retrieve_async(customer_id))).to_dict()
        if (customer.get("invoice_settings") or {}).get("default_payment_method"):
            return
        found = await _ask(
            self._client.subscriptions.list_async({"customer": customer_id, "status": "all", "limit": 100})
        )
        for each in sorted(found.data, key=lambda each: each.created, reverse=True):
            if method := each.to_dict().get("default_payment_method"):
                try:
                    await _ask(
                        self._client.customers.update_async(
                            customer_id, {"invoice_settings": {"default_payment_method": method}}
                        )
                    )
                except Conflict:
                    continue  # taken away since; the invoice can be paid by its page
                return

    async def _of_key(self, listing: Awaitable[Any], key: str) -> bool:
        async def search() -> bool:
            async for each in (await listing).auto_paging_iter():
                if (each.to_dict().get("metadata") or {}).get(USED) == key:
                    return True
            return False

        return await _ask(search())

    async def credit(self, key: str, *, customer_id: str, amount_minor: int, currency: str, reason: str) -> None:
        """Put an amount into a customer's balance, against which invoices are settled first."""
        await _ask(
            self._client.customers.balance_transactions.create_async(
                customer_id,
                {
                    "amount": -amount_minor,
                    "currency": currency.lower(),
                    "description": reason[:350],
                    "metadata": {CREDIT: key},
                },
                {"idempotency_key": key},
            )
        )

    async def has_credit(self, key: str, *, customer_id: str) -> bool:
        """Tell whether a credit is in a customer's balance, however long ago it was asked for."""

        async def search() -> bool:
            reply = await self._client.customers.balance_transactions.list_async(customer_id, {"limit": 100})
            async for each in reply.auto_paging_iter():
                if (each.to_dict().get("metadata") or {}).get(CREDIT) == key:
                    return True
            return False

        return await _ask(search())

    async def look(self, customer_id: str) -> AtStripe:
        """Ask for all that we keep of a customer, as it is now."""
        subscriptions, invoices = await asyncio.gather(
            _ask(self._client.subscriptions.list_async({"customer": customer_id, "status": "all", "limit": 100})),
            _ask(self._client.invoices.list_async({"customer": customer_id, "limit": MOST_INVOICES})),
        )
        return state_of([each.to_dict() for each in subscriptions.data], [each.to_dict() for each in invoices.data])

    def read_event(self, body: bytes, signature: str) -> StripeEvent:
        """Read an event from the very bytes that came, if their signature holds and is a few minutes old at most.

        Raises
        ------
        InvalidInput
        """
        try:
            stripe.WebhookSignature.verify_header(
                body, signature, self._secret, tolerance=stripe.Webhook.DEFAULT_TOLERANCE
            )
            found = msgspec.json.decode(body, type=dict[str, Any])
            told = found["data"]["object"]
            customer = told["id"] if told.get("object") == "customer" else told.get("customer")
            return StripeEvent(str(found["id"])[:255], str(found["type"])[:255], str(customer or "")[:255])
        except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
            raise InvalidInput("The signature of this event does not hold.") from error
        except (msgspec.DecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise InvalidInput("This is no event.") from error
