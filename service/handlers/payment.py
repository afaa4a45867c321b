"""Paying over HTTP, and the door at which Stripe's events come in."""

from __future__ import annotations

from typing import Any

from litestar import Request, post
from litestar.datastructures import State

from domain.errors import NotFound
from service.actions import payment
from service.actions.payment import Invoice, PageAddress, Payment, PlanChoice
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.payment_state import take_event
from service.routing import operation

__all__ = ["HANDLERS", "PAGES"]

BASE = "/organisations/{organisation:str}/payment"
HttpRequest = Request[Any, Any, State]
MOST_BYTES = 1024**2  # an event with all its lines has a few hundred kB at the most


@operation("GET", BASE, scope="payment:write", tags=["payment"])
async def get_payment(organisation: str, actor: Actor, house: House) -> Payment:
    """Tell how the organisation pays, what is due, and which plans are offered."""
    return await payment.get_payment(house, actor, organisation)


@operation("POST", f"{BASE}/checkout", scope="payment:write", status=200, tags=["payment"])
async def open_checkout(organisation: str, data: PlanChoice, actor: Actor, house: House) -> PageAddress:
    """Open a page of Stripe's on which one subscribes to a plan; it holds once Stripe says so."""
    return await payment.subscribe(house, actor, organisation, data)


@operation("POST", f"{BASE}/portal", scope="payment:write", status=200, tags=["payment"])
async def open_payment_portal(organisation: str, actor: Actor, house: House) -> PageAddress:
    """Open Stripe's customer portal: ways to pay, addresses, tax numbers, invoices."""
    return await payment.open_portal(house, actor, organisation)


@operation("PUT", f"{BASE}/plan", scope="payment:write", tags=["payment"])
async def change_payment_plan(organisation: str, data: PlanChoice, actor: Actor, house: House) -> Payment:
    """Give the running subscription another plan from now on; one that was to end goes on."""
    return await payment.change_plan(house, actor, organisation, data)


@operation("POST", f"{BASE}/cancel", scope="payment:write", status=200, tags=["payment"])
async def cancel_payment(organisation: str, actor: Actor, house: House) -> Payment:
    """End the subscription with the period that is under way; what is stored stays."""
    return await payment.cancel(house, actor, organisation)


@operation("GET", f"{BASE}/invoices", scope="payment:write", tags=["payment"])
async def list_payment_invoices(
    organisation: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[Invoice]:
    """List invoices, newest first."""
    return await payment.list_invoices(house, actor, organisation, cursor=cursor, limit=limit)


@post("/stripe/events", status_code=200, include_in_schema=False, request_max_body_size=MOST_BYTES)
async def receive_stripe_event(request: HttpRequest, house: House) -> dict[str, bool]:
    """Take an event of Stripe's in, whose signature is verified on the bytes as they came."""
    if house.payer is None:
        raise NotFound("This service takes no payments.")
    event = house.payer.read_event(await request.body(), request.headers.get("stripe-signature", ""))
    await take_event(house, house.payer, event)
    return {"received": True}


HANDLERS = [
    get_payment,
    open_checkout,
    open_payment_portal,
    change_payment_plan,
    cancel_payment,
    list_payment_invoices,
]
PAGES = [receive_stripe_event]
