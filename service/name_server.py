"""The address of a name server, as the operator writes it."""

from __future__ import annotations

import re
from ipaddress import ip_address

from domain.errors import InvalidInput

__all__ = ["read_name_server"]

DNS_PORT = 53
_FORMS = re.compile(r"\[(?P<six>[^\]]+)\](:(?P<six_port>\d{1,5}))?|(?P<four>[0-9.]+)(:(?P<four_port>\d{1,5}))?")


def read_name_server(text: str) -> tuple[str, int]:
    """Read a name server's address, with a port or without: 9.9.9.9, 127.0.0.1:5353, [2620:fe::fe]:53.

    Raises
    ------
    InvalidInput
        It is none.
    """
    found = _FORMS.fullmatch(text)
    try:
        address = ip_address((found["four"] or found["six"]) if found else text)
    except ValueError as error:
        raise InvalidInput("URANIBORG_NAME_SERVER must be an IP address, with a port or without.") from error
    port = int((found and (found["four_port"] or found["six_port"])) or DNS_PORT)
    if not 0 < port < 65536:
        raise InvalidInput("URANIBORG_NAME_SERVER names a port that is none.")
    return str(address), port
