"""What the public DNS says in TXT records, by which organisations prove that a host is theirs."""

from __future__ import annotations

import dns.asyncresolver
import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from domain.portal_host import HostNotProven
from service.name_server import read_name_server

__all__ = ["read_texts"]

PATIENCE_S = 5.0
MOST_TEXTS, LONGEST_TEXT = 100, 4000


async def read_texts(name: str, *, name_server: str) -> set[str]:
    """Read what the TXT records of a name say; none where there are none.

    Parameters
    ----------
    name_server : str
        Who is asked; empty: whom this machine asks.

    Raises
    ------
    HostNotProven
        Nobody answers, or not with a yes or a no.
    """
    try:
        resolver = dns.asyncresolver.Resolver(configure=not name_server)
        if name_server:
            address, resolver.port = read_name_server(name_server)
            resolver.nameservers = [address]
        found = await resolver.resolve(dns.name.from_text(name), "TXT", lifetime=PATIENCE_S, raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN:
        return set()
    except (dns.exception.DNSException, OSError) as error:
        raise HostNotProven(f"The name servers of {name} did not answer: try again in a while.", record=name) from error
    texts = [b"".join(each.strings) for each in list(found.rrset or [])[:MOST_TEXTS]]
    return {text.decode("ascii", "replace") for text in texts if len(text) <= LONGEST_TEXT}
