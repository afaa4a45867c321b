"""A stand-in for Stripe's API that keeps state, as an HTTP server: what is asked is looked at as strictly as there.

It knows the few resources that we use. Requests need the key; what changes something needs an idempotency key, under
which the first answer is given again, and other parameters are refused; parameters that the real API does not know
are refused. What people do in Stripe's own pages (pay, fail to pay, cancel) are methods. Each change makes events, as
the API's version in use writes them, for whoever delivers them, or loses them.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe

__all__ = ["KEY", "WEBHOOK_SECRET", "StripeStandIn", "signed"]

KEY, WEBHOOK_SECRET = "sk_test_of_the_stand_in", "whsec_of_the_stand_in"
MONTH_S = 30 * 24 * 3600

# Parameters that each request may have; those of maps and lists by their first name.
# Source: API reference of Stripe, 2026.
KNOWN = {
    "POST customers": {"name", "email", "metadata"},
    "GET customers/search": {"query", "limit"},
    "POST balance_transactions": {"amount", "currency", "description", "metadata"},
    "GET balance_transactions": {"limit"},
    "GET customers": set(),
    "POST customer": {"invoice_settings"},
    "GET prices": {"lookup_keys", "active"},
    "POST prices": {"currency", "unit_amount", "lookup_key", "recurring", "product_data"},
    "GET billing/meters": {"status", "limit"},
    "POST billing/meters": {
        "display_name",
        "event_name",
        "default_aggregation",
        "customer_mapping",
        "value_settings",
    },
    "POST billing/meter_events": {"event_name", "payload", "identifier", "timestamp"},
    "GET event_summaries": {"customer", "start_time", "end_time"},
    "POST checkout/sessions": {
        "mode",
        "customer",
        "line_items",
        "subscription_data",
        "success_url",
        "cancel_url",
        "automatic_tax",
        "tax_id_collection",
        "customer_update",
    },
    "GET checkout/sessions": {"customer", "status", "limit"},
    "POST expire": set(),
    "POST billing_portal/sessions": {"customer", "return_url"},
    "GET subscriptions": {"customer", "status", "limit"},
    "POST subscriptions": {"metadata", "cancel_at_period_end"},
    "DELETE subscriptions": {"invoice_now", "prorate"},
    "GET invoices": {"customer", "limit"},
    "POST invoices": {
        "customer",
        "currency",
        "auto_advance",
        "pending_invoice_items_behavior",
        "automatic_tax",
        "metadata",
    },
    "GET invoiceitems": {"customer", "pending", "limit"},
    "POST invoiceitems": {"customer", "amount", "currency", "description", "metadata"},
}


def signed(event: dict[str, Any], *, at: int | None = None, secret: str = WEBHOOK_SECRET) -> tuple[bytes, str]:
    """Give an event's body, and its signature by the library's own code."""
    body = json.dumps(event)
    return body.encode(), stripe.WebhookSignature.generate_signature_header(body, secret, at)


class Refusal(Exception):
    """An answer that is no success: status, type and message, as Stripe's errors have them."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.body = status, {"error": {"type": kind, "message": message}}


class StripeStandIn:
    """The account: what was made in it, and what happened."""

    def __init__(self) -> None:
        self.customers: dict[str, dict[str, Any]] = {}
        self.subscriptions: dict[str, dict[str, Any]] = {}
        self.invoices: dict[str, dict[str, Any]] = {}
        self.prices: dict[str, dict[str, Any]] = {}
        self.meters: dict[str, dict[str, Any]] = {}
        self.meter_events: dict[str, dict[str, Any]] = {}
        self.identifiers: set[str] = set()
        "Of meter events, as long as they are remembered."
        self.checkouts: dict[str, dict[str, Any]] = {}
        self.detached: set[str] = set()
        "Ways to pay that customers took away."
        self.balances: list[dict[str, Any]] = []
        self.items: dict[str, dict[str, Any]] = {}
        "Of invoices, by themselves."
        self.refuses: Callable[[int], bool] = lambda _: False
        "Which amounts are refused for good, whether used or given back."
        self.events: list[dict[str, Any]] = []
        self.asked = 0
        "How many requests came."
        self.is_down = False
        self.loses_answers = 0
        "How many answers, from now on, are lost although what was asked is done."
        self.answers: dict[str, tuple[str, dict[str, Any]]] = {}
        self.lock = threading.RLock()
        self._numbers = itertools.count(1)

    # --- the server

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Answer at an address of this machine."""
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = (
                -1
            )  # head and body in one: sent apart, each answer waits for the other side's delayed acknowledgement

            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                self.reply("GET", parts.path, parse_qsl(parts.query))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
                self.reply("POST", self.path, parse_qsl(body, keep_blank_values=True))

            def do_DELETE(self) -> None:
                parts = urlsplit(self.path)
                self.reply("DELETE", parts.path, parse_qsl(parts.query))

            def reply(self, method: str, path: str, given: list[tuple[str, str]]) -> None:
                try:
                    with stand_in.lock:
                        found = stand_in.ask(method, path.removeprefix("/v1/"), given, dict(self.headers.items()))
                        lost = method == "POST" and stand_in.loses_answers > 0
                        stand_in.loses_answers -= lost
                    if lost:
                        self.close_connection = True
                        return
                    status = 200
                except Refusal as refusal:
                    status, found = refusal.status, refusal.body
                data = json.dumps(found).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()

    def ask(self, method: str, path: str, given: list[tuple[str, str]], headers: dict[str, str]) -> dict[str, Any]:
        """Answer a request."""
        self.asked += 1
        lower = {name.lower(): value for name, value in headers.items()}
        if lower.get("authorization") != f"Bearer {KEY}":
            raise Refusal(401, "invalid_request_error", "Invalid API Key provided")
        if self.is_down:
            raise Refusal(500, "api_error", "An unknown error occurred")
        key = lower.get("idempotency-key", "")
        asked = json.dumps([path, sorted(given)])
        if method == "POST":
            if not key:
                raise Refusal(400, "invalid_request_error", "The stand-in wants an idempotency key for every change")
            if key in self.answers:
                before, answer = self.answers[key]
                if before != asked:
                    raise Refusal(400, "idempotency_error", "Keys can only be used with the same parameters")
                return answer
        answer = self._answer(method, path, _nested(given))
        if method == "POST":
            self.answers[key] = (asked, answer)
        return json.loads(json.dumps(answer))  # type: ignore[no-any-return]

    def _answer(self, method: str, path: str, params: dict[str, Any]) -> dict[str, Any]:
        match [method, *path.split("/")]:
            case ["POST", "customers"]:
                self._check("POST customers", params)
                return self._add(self.customers, "cus", "customer", **params)
            case ["GET", "customers", "search"]:
                self._check("GET customers/search", params)
                name, _, value = params["query"].removeprefix("metadata['").partition("']:")
                found = [c for c in self.customers.values() if f"'{c['metadata'].get(name)}'" == value]
                return _list(found) | {"object": "search_result", "next_page": None}
            case ["GET", "customers", customer]:
                self._check("GET customers", params)
                return self._get(self.customers, customer)
            case ["POST", "customers", customer]:
                self._check("POST customer", params)
                if params["invoice_settings"]["default_payment_method"] in self.detached:
                    raise Refusal(400, "invalid_request_error", "The customer does not have this payment method")
                self._get(self.customers, customer).update(params)
                return self.customers[customer]
            case ["GET", "customers", customer, "balance_transactions"]:
                self._check("GET balance_transactions", params)
                mine = [made for made in self.balances if made["customer"] == customer]
                return _list(reversed(mine))
            case ["POST", "customers", customer, "balance_transactions"]:
                self._check("POST balance_transactions", params)
                self._refuse_amount(params["amount"].removeprefix("-"))
                made = {"id": self._id("cbtxn"), "object": "customer_balance_transaction"} | params
                self.balances.append(made | {"customer": self._get(self.customers, customer)["id"]})
                return made
            case ["GET", "prices"]:
                self._check("GET prices", params)
                wanted = params["lookup_keys"].values()
                return _list(price for price in self.prices.values() if price["lookup_key"] in wanted)
            case ["POST", "prices"]:
                self._check("POST prices", params)
                self._get(self.meters, params["recurring"]["meter"])
                return self._add(self.prices, "price", "price", active=True, **params)
            case ["GET", "billing", "meters"]:
                self._check("GET billing/meters", params)
                return _list(self.meters.values())
            case ["POST", "billing", "meters"]:
                self._check("POST billing/meters", params)
                return self._add(self.meters, "mtr", "billing.meter", status="active", **params)
            case ["POST", "billing", "meter_events"]:
                self._check("POST billing/meter_events", params)
                return self._take_meter_event(params)
            case ["GET", "billing", "meters", meter, "event_summaries"]:
                self._check("GET event_summaries", params)
                self._get(self.meters, meter)
                return _list([self._summary(params)])
            case ["POST", "checkout", "sessions"]:
                self._check("POST checkout/sessions", params)
                self._get(self.customers, params["customer"])
                self._get(self.prices, params["line_items"]["0"]["price"])
                session = self._add(self.checkouts, "cs", "checkout.session", status="open", **params)
                session["url"] = f"https://checkout.stripe.example/{session['id']}"
                return session
            case ["GET", "checkout", "sessions"]:
                self._check("GET checkout/sessions", params)
                mine = [s for s in self.checkouts.values() if s["customer"] == params["customer"]]
                return _list(s for s in mine if s["status"] == params["status"])
            case ["POST", "checkout", "sessions", session_id, "expire"]:
                self._check("POST expire", params)
                session = self._get(self.checkouts, session_id)
                if session["status"] != "open":
                    raise Refusal(400, "invalid_request_error", "Only sessions that are open can be expired")
                session["status"] = "expired"
                return session
            case ["POST", "billing_portal", "sessions"]:
                self._check("POST billing_portal/sessions", params)
                self._get(self.customers, params["customer"])
                made = self._id("bps")
                return {"id": made, "object": "billing_portal.session", "url": f"https://portal.stripe.example/{made}"}
            case ["GET", "subscriptions"]:
                self._check("GET subscriptions", params)
                return _list(s for s in self.subscriptions.values() if s["customer"] == params["customer"])
            case ["POST", "subscriptions", subscription]:
                self._check("POST subscriptions", params)
                return self._change_subscription(self._get(self.subscriptions, subscription), params)
            case ["DELETE", "subscriptions", subscription]:
                self._check("DELETE subscriptions", params)
                return self._cancel(self._get(self.subscriptions, subscription), params)
            case ["GET", "invoiceitems"]:
                self._check("GET invoiceitems", params)
                mine = [i for i in self.items.values() if i["customer"] == params["customer"]]
                return _list(i for i in mine if params.get("pending") != "true" or i["invoice"] is None)
            case ["POST", "invoiceitems"]:
                self._check("POST invoiceitems", params)
                self._get(self.customers, params["customer"])
                self._refuse_amount(params["amount"])
                return self._add(self.items, "ii", "invoiceitem", invoice=None, **params)
            case ["POST", "invoices"]:
                self._check("POST invoices", params)
                return self._invoice_items(params)
            case ["GET", "invoices"]:
                self._check("GET invoices", params)
                return _list(i for i in self.invoices.values() if i["customer"] == params["customer"])
        raise Refusal(404, "invalid_request_error", f"Unrecognized request URL ({method}: /v1/{path})")

    def _check(self, what: str, params: dict[str, Any]) -> None:
        if unknown := params.keys() - KNOWN[what]:
            raise Refusal(400, "invalid_request_error", f"Received unknown parameters: {', '.join(sorted(unknown))}")

    def _get(self, among: dict[str, dict[str, Any]], id: str) -> dict[str, Any]:
        if id not in among:
            raise Refusal(404, "invalid_request_error", f"No such object: {id}")
        return among[id]

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers):06d}"

    def _add(self, among: dict[str, dict[str, Any]], prefix: str, kind: str, **values: Any) -> dict[str, Any]:
        made = {"id": self._id(prefix), "object": kind, "created": int(time.time()), "livemode": False} | values
        among[made["id"]] = made
        return made

    def _take_meter_event(self, params: dict[str, Any]) -> dict[str, Any]:
        if params["identifier"] in self.identifiers:
            raise Refusal(400, "invalid_request_error", "An event already exists with this identifier")
        if not params["payload"]["value"].isdigit():
            raise Refusal(400, "invalid_request_error", "The value is no number")
        self._get(self.customers, params["payload"]["stripe_customer_id"])
        self._refuse_amount(params["payload"]["value"])
        if params["event_name"] not in [meter["event_name"] for meter in self.meters.values()]:
            raise Refusal(400, "invalid_request_error", "No such meter")
        made = {"object": "billing.meter_event", "created": int(time.time())} | params
        self.identifiers.add(params["identifier"])
        self.meter_events[self._id("mev")] = made
        return made

    def _summary(self, params: dict[str, Any]) -> dict[str, Any]:
        begin, end = int(params["start_time"]), int(params["end_time"])
        if begin % 60 or end % 60:
            raise Refusal(400, "invalid_request_error", "Times must align with minutes")
        total = sum(
            int(each["payload"]["value"])
            for each in self.meter_events.values()
            if each["payload"]["stripe_customer_id"] == params["customer"] and begin <= int(each["timestamp"]) < end
        )
        return {"id": self._id("mtrusg"), "object": "billing.meter_event_summary", "aggregated_value": float(total)}

    def _change_subscription(self, subscription: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
        if subscription["status"] == "canceled":
            raise Refusal(400, "invalid_request_error", "A canceled subscription can only update its metadata")
        subscription["metadata"] |= params.get("metadata", {})
        if "cancel_at_period_end" in params:
            subscription["cancel_at_period_end"] = params["cancel_at_period_end"] == "true"
        self._happen("customer.subscription.updated", subscription)
        return subscription

    def _refuse_amount(self, amount: str) -> None:
        if self.refuses(int(amount)):
            raise Refusal(400, "invalid_request_error", "This amount of cus_secret is refused")

    def _cancel(self, subscription: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
        """End at once, with an invoice of what was metered and is on none yet."""
        if subscription["status"] == "canceled":
            raise Refusal(404, "invalid_request_error", f"No such subscription: {subscription['id']}")
        customer = subscription["customer"]
        new = [
            each
            for each in self.meter_events.values()
            if each["payload"]["stripe_customer_id"] == customer and "invoiced" not in each
        ]
        if params.get("invoice_now") == "true" and new:
            for each in new:
                each["invoiced"] = True
            self._bill(customer, subscription["currency"], sum(int(each["payload"]["value"]) for each in new))
        subscription["status"] = "canceled"
        self._happen("customer.subscription.deleted", subscription)
        return subscription

    def _invoice_items(self, params: dict[str, Any]) -> dict[str, Any]:
        if params["pending_invoice_items_behavior"] != "include" or params["auto_advance"] != "true":
            raise Refusal(400, "invalid_request_error", "The stand-in only knows invoices of all that is pending")
        items = [i for i in self.items.values() if i["customer"] == params["customer"] and i["invoice"] is None]
        total = sum(int(item["amount"]) for item in items)
        made = self._bill(params["customer"], params["currency"], total, metadata=params["metadata"])
        for item in items:
            item["invoice"] = made["id"]
        return made

    def _bill(self, customer: str, currency: str, total: int, **more: Any) -> dict[str, Any]:
        made = self._add(
            self.invoices,
            "in",
            "invoice",
            customer=customer,
            number="",
            currency=currency,
            total=total,
            total_taxes=[],
            status="draft",
            attempt_count=0,
            hosted_invoice_url=None,
            **more,
        )
        self._happen("invoice.created", made)
        return made

    def _happen(self, kind: str, about: dict[str, Any]) -> None:
        event = {
            "id": self._id("evt"),
            "object": "event",
            "type": kind,
            "created": int(time.time()),
            "data": {"object": json.loads(json.dumps(about))},
        }
        self.events.append(event)

    # --- what people do in Stripe's own pages, and time

    def forget_names(self) -> None:
        """Let a day pass: idempotency keys and identifiers are forgotten, and what has them is taken as new."""
        with self.lock:
            self.answers.clear()
            self.identifiers.clear()

    def complete_checkout(self, url: str) -> str:
        """Pay in a checkout page; answers the subscription."""
        with self.lock:
            session = self._get(self.checkouts, url.rpartition("/")[2])
            assert session["status"] == "open"
            session["status"] = "complete"
            data = session["subscription_data"]
            trial = int(data.get("trial_period_days", 0)) * 24 * 3600
            now = int(time.time())
            end = now + (trial or MONTH_S)
            made = self._add(
                self.subscriptions,
                "sub",
                "subscription",
                customer=session["customer"],
                status="trialing" if trial else "active",
                currency=self.prices[session["line_items"]["0"]["price"]]["currency"],
                metadata=dict(data["metadata"]),
                default_payment_method=self._id("pm"),
                cancel_at_period_end=False,
                cancel_at=None,
                trial_end=now + trial if trial else None,
                items={"object": "list", "data": [{"object": "subscription_item", "current_period_end": end}]},
            )
            self._happen("customer.subscription.created", made)
            self._happen("checkout.session.completed", session | {"subscription": made["id"]})
            return str(made["id"])

    def charge(self, subscription: str, total_minor: int, *, paid: bool, tax_minor: int = 0) -> str:
        """End a period: an invoice, which is paid, or of which the payment fails."""
        with self.lock:
            of = self.subscriptions[subscription]
            made = self._add(
                self.invoices,
                "in",
                "invoice",
                customer=of["customer"],
                number=f"U-{len(self.invoices) + 1:04d}",
                currency=of["currency"],
                total=total_minor + tax_minor,
                total_taxes=[{"amount": tax_minor}] if tax_minor else [],
                status="open",
                attempt_count=0,
                hosted_invoice_url="https://invoice.stripe.example/1",
            )
            self._happen("invoice.created", made)
            self._attempt(made, of, paid=paid)
            return str(made["id"])

    def retry(self, invoice: str, *, paid: bool) -> None:
        """Try to have an open invoice paid once more."""
        with self.lock:
            made = self.invoices[invoice]
            of = next(s for s in self.subscriptions.values() if s["customer"] == made["customer"])
            self._attempt(made, of, paid=paid)

    def _attempt(self, invoice: dict[str, Any], subscription: dict[str, Any], *, paid: bool) -> None:
        invoice["attempt_count"] += 1
        if paid:
            invoice["status"] = "paid"
        self._happen("invoice.paid" if paid else "invoice.payment_failed", invoice)
        if subscription["status"] != "canceled":
            unpaid = [
                i for i in self.invoices.values() if i["customer"] == invoice["customer"] and i["status"] == "open"
            ]
            subscription["status"] = "past_due" if unpaid else "active"
            self._happen("customer.subscription.updated", subscription)

    def end(self, subscription: str) -> None:
        """Let a subscription be over."""
        with self.lock:
            self.subscriptions[subscription]["status"] = "canceled"
            self._happen("customer.subscription.deleted", self.subscriptions[subscription])

    def switch(self, subscription: str, plan: str, version: int) -> None:
        """Change the plan from Stripe's side."""
        with self.lock:
            if self.subscriptions[subscription]["status"] != "canceled":
                self.subscriptions[subscription]["metadata"] = {
                    "uraniborg_plan": plan,
                    "uraniborg_version": str(version),
                }
                self._happen("customer.subscription.updated", self.subscriptions[subscription])


def _list(found: Any) -> dict[str, Any]:
    return {"object": "list", "data": list(found), "has_more": False, "url": "/v1"}


def _nested(given: list[tuple[str, str]]) -> dict[str, Any]:
    """Read ``a[b][c]=d`` as maps."""
    params: dict[str, Any] = {}
    for name, value in given:
        first, *rest = name.replace("]", "").split("[")
        place = params
        for step, following in itertools.pairwise([first, *rest]):
            place = place.setdefault(step, {})
            del following
        place[[first, *rest][-1]] = value
    return params
