"""The host of its own at which an organisation shows its portal, and the DNS record that proves it theirs."""

from __future__ import annotations

import re

import idna

from domain.errors import Conflict, InvalidInput

__all__ = ["HostNotProven", "HostTaken", "read_host", "record_name", "record_value"]

LONGEST = 240  # characters of a host, so that the record's name in front of it is one, too (RFC 1035: 253)
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"({_LABEL}\.)+{_LABEL}")


class HostNotProven(Conflict):
    code = "host-not-proven"
    title = "The host is not proven to be yours"


class HostTaken(Conflict):
    code = "host-taken"
    title = "The host is another organisation's"


def read_host(text: str) -> str:
    """Read a host's name as browsers send it: lower case, in ASCII.

    Raises
    ------
    InvalidInput
        It is no name of a host in the public DNS: an address, one label, a port or path beside it.

    Source
    ------
    RFC 5891 (IDNA 2008), with the mapping of UTS 46; RFC 6761 and 6762 for names that are nobody's.
    """
    try:
        host = idna.encode(text.strip().rstrip("."), uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        host = ""
    top = host.rpartition(".")[2]
    if not _HOST.fullmatch(host) or len(host) > LONGEST or top.isdigit() or top in ("localhost", "local", "internal"):
        raise InvalidInput(
            "Give the name of a host, such as data.myobservatory.org, and nothing beside it.", field="host"
        )
    return host


def record_name(host: str) -> str:
    """Name the TXT record that proves a host; the underscore keeps it apart from every host's own (RFC 8552)."""
    return f"_uraniborg.{host}"


def record_value(token: str) -> str:
    """Write what that record has to say."""
    return f"uraniborg-portal={token}"
