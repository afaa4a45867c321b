"""The address a request comes from, known to whatever is done for it; shortened, as logs keep it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import IPv4Address, ip_address, ip_network

__all__ = ["client_network", "coming_from"]

_address: ContextVar[str] = ContextVar("client_address", default="")


@contextmanager
def coming_from(address: str) -> Iterator[None]:
    """Work for a client at an address."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def client_network() -> str:
    """Give the network the present request comes from: /24 of IPv4, /48 of IPv6; empty where there is no request.

    Whole addresses name people; a network is enough to see that somebody came from elsewhere than usual.
    """
    try:
        address = ip_address(_address.get())
    except ValueError:
        return ""
    if (mapped := getattr(address, "ipv4_mapped", None)) is not None:
        address = mapped
    prefix = 24 if isinstance(address, IPv4Address) else 48
    return str(ip_network((address, prefix), strict=False))
