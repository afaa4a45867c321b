"""Which IP addresses lie on the public internet, and not inside somebody's network."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

__all__ = ["is_public"]

# IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and successors): what is not globally reachable, and
# what leads to an IPv4 address in another writing. Python's own `is_global` changed between releases; this list does
# not. Everything outside 2000::/3 is refused too: nothing else is allocated as global unicast.
_V4 = [
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
_V6 = [
    ip_network(text)
    for text in (
        "2001::/23",  # IETF protocol assignments, Teredo among them, which carries IPv4 addresses
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address inside
        "2620:4f:8000::/48",
        "3fff::/20",
    )
]
_GLOBAL_UNICAST = ip_network("2000::/3")


def is_public(text: str) -> bool:
    """Tell whether an address is a host's on the public internet.

    Loopback, private, link-local, shared, reserved, documentation and multicast addresses are not; neither are those
    that hold an IPv4 address in another writing (mapped, compatible, NAT64, 6to4, Teredo), nor scoped ones.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _V4)
    assert isinstance(address, IPv6Address)
    return address.scope_id is None and address in _GLOBAL_UNICAST and not any(address in n for n in _V6)
