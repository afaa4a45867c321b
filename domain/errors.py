"""The one tree of errors: whose fault it was, a stable code, and the facts."""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = [
    "BillingUnavailable",
    "ClientFault",
    "Conflict",
    "InvalidInput",
    "NotAllowed",
    "NotFound",
    "NotSignedIn",
    "ObservatoryError",
    "OurFault",
    "OverQuota",
    "PaymentDue",
    "ProviderUnavailable",
    "SchemaMismatch",
    "SecretMismatch",
    "StoreUnavailable",
    "TooManyAttempts",
]


class ObservatoryError(Exception):
    """Root of every error this project raises on purpose.

    Parameters
    ----------
    detail : str
        One sentence for the person: what happened and what to do next.
    **facts
        Named values that belong to the problem; they become members of the problem document.
    """

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str, **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts


class ClientFault(ObservatoryError):
    """The request can be mended by whoever sent it."""

    code = "client-fault"
    title = "The request cannot be carried out"


class NotFound(ClientFault):
    code = "not-found"
    title = "Not found"


class Conflict(ClientFault):
    code = "conflict"
    title = "Conflict with the present state"


class NotAllowed(ClientFault):
    code = "not-allowed"
    title = "Not allowed"


class NotSignedIn(ClientFault):
    code = "not-signed-in"
    title = "Not signed in"


class InvalidInput(ClientFault):
    code = "invalid-input"
    title = "Invalid input"


class OverQuota(ClientFault):
    code = "over-quota"
    title = "Over quota"


class PaymentDue(ClientFault):
    code = "payment-due"
    title = "A payment is due"


class TooManyAttempts(ClientFault):
    code = "too-many-attempts"
    title = "Too many attempts"


class OurFault(ObservatoryError):
    """The service could not do its part; somebody of ours is alerted."""

    code = "our-fault"
    title = "The service failed"


class StoreUnavailable(OurFault):
    code = "store-unavailable"
    title = "The store does not answer"


class BillingUnavailable(OurFault):
    code = "billing-unavailable"
    title = "The payment provider does not answer"


class SchemaMismatch(OurFault):
    code = "schema-mismatch"
    title = "The database is at another revision"


class SecretMismatch(OurFault):
    code = "secret-mismatch"
    title = "The database is sealed with another secret"


class ProviderUnavailable(OurFault):
    code = "provider-unavailable"
    title = "The identity provider does not answer"
