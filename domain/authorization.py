"""Rules of letting applications in (OAuth 2): redirect addresses, proof keys, scopes, the codes people type.

Source
------
RFC 6749; RFC 7636 (PKCE); RFC 8252 (native applications); RFC 8628 (devices); RFC 9700 (best practice).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from urllib.parse import urlencode, urlsplit

from domain.errors import ClientFault, InvalidInput

__all__ = [
    "CLAIM_SCOPES",
    "GrantRefused",
    "challenge_of",
    "check_challenge",
    "check_redirect_uri",
    "fits_challenge",
    "new_user_code",
    "normal_user_code",
    "paced",
    "redirect_to",
    "split_scopes",
]

CLAIM_SCOPES = {
    "openid": "know that it is you",
    "profile": "see your name",
    "email": "see your e-mail address",
}
"Scopes of OpenID Connect, and what they allow, beside the scopes of the house."

LONGEST_URI = 2000
LONGEST_SCOPE = 2000
# RFC 8628, section 6.1: no vowels, so that no words appear, and nothing that looks like something else.
USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
USER_CODE_LENGTH = 8
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
SLOW_DOWN_S = 5.0  # RFC 8628, section 3.5


class GrantRefused(ClientFault):
    """What an application asked for is refused; the fact ``error`` is the word that RFC 6749 has for it."""

    code = "grant-refused"
    title = "The application is refused"

    def __init__(self, error: str, detail: str, *, status: int = 400) -> None:
        super().__init__(detail, error=error)
        self.error = error
        self.status = status

    @property
    def description(self) -> str:
        """The detail in the characters that RFC 6749 allows."""
        return re.sub(r"[^ !#-\[\]-~]", "?", self.detail.replace('"', "'"))


def check_redirect_uri(uri: str) -> str:
    """Return an address that an application may register to be answered at.

    Raises
    ------
    InvalidInput
        Neither https, nor http on this very computer, nor a private scheme of a native application (RFC 8252,
        section 7.1: a reversed domain name); or it has a fragment, a user or characters that no address has.
    """
    wrong = InvalidInput(
        f"{uri[:200]!r} cannot be a redirect address: give https://..., http://127.0.0.1/... for a program on the"
        " person's own computer, or a scheme of its own such as org.example.app:/done; no fragment."
    )
    if not 1 <= len(uri) <= LONGEST_URI or not re.fullmatch(r"[!-~]+", uri) or re.search(r"[\"'<>\\^`{|}#*;,]", uri):
        raise wrong
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise wrong from error
    if parts.username is not None or parts.password is not None:
        raise wrong
    if parts.scheme == "https" and host:
        return uri
    if parts.scheme == "http" and host in LOOPBACK:
        return uri
    if "." in parts.scheme and not parts.netloc and parts.path.startswith("/"):
        return uri
    raise wrong


def redirect_to(uri: str, **members: str) -> str:
    """Add members to an address's query, behind those it has."""
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(members)}"


def check_challenge(challenge: str | None, method: str | None) -> str:
    """Return the proof key's challenge, which everybody must send, by SHA-256.

    Raises
    ------
    GrantRefused
        It is missing, of the method ``plain``, or no SHA-256.
    """
    if not challenge:
        raise GrantRefused("invalid_request", "PKCE is required: send code_challenge and code_challenge_method=S256.")
    if method != "S256":
        raise GrantRefused("invalid_request", "The only code_challenge_method is S256.")
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", challenge):
        raise GrantRefused("invalid_request", "The code_challenge is no SHA-256 in base64url without padding.")
    return challenge


def challenge_of(verifier: str) -> str:
    """Give the S256 challenge of a verifier (RFC 7636, section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).decode().rstrip("=")


def fits_challenge(verifier: str, challenge: str) -> bool:
    """Tell whether a verifier is well formed and the one of this challenge."""
    if not re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier):
        return False
    return hmac.compare_digest(challenge_of(verifier), challenge)


def split_scopes(asked: str, allowed: list[str], house: list[str]) -> list[str]:
    """Read a request's scopes, once each and in order of their names.

    Parameters
    ----------
    asked : str
        Separated by spaces; empty for all that is allowed.
    allowed : list of str
        The most that the application may ask for; ``*`` stands for every scope of the house.
    house : list of str
        The scopes of the house.

    Raises
    ------
    GrantRefused
        One is unknown, or more than the application may ask for.
    """
    if len(asked) > LONGEST_SCOPE:
        raise GrantRefused("invalid_scope", "The list of scopes is too long.")
    most = set(allowed) | (set(house) | CLAIM_SCOPES.keys() if "*" in allowed else set())
    most &= set(house) | CLAIM_SCOPES.keys()
    wanted = set(asked.split()) or most
    if more := sorted(wanted - most):
        raise GrantRefused(
            "invalid_scope",
            f"This application may not ask for {' '.join(more)[:200]}; it may for {' '.join(sorted(most))}.",
        )
    return sorted(wanted)


def new_user_code() -> str:
    """Make a code that a person types: eight letters, XXXX-XXXX, some 34 bits."""
    letters = "".join(secrets.choice(USER_CODE_LETTERS) for _ in range(USER_CODE_LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def normal_user_code(typed: str) -> str | None:
    """Bring a typed code to the form it was shown in; None when it cannot be one."""
    letters = re.sub(r"[\s-]", "", typed[:64]).upper()
    if len(letters) != USER_CODE_LENGTH or not set(letters) <= set(USER_CODE_LETTERS):
        return None
    return f"{letters[:4]}-{letters[4:]}"


def paced(since_last_s: float | None, interval_s: float) -> tuple[bool, float]:
    """Tell whether a device may ask again, and how long it shall wait before the next time.

    Parameters
    ----------
    since_last_s : float or None
        Seconds since it asked last; None for never.
    interval_s : float
        Seconds that it was told to wait; asking earlier makes it longer by 5 s.
    """
    if since_last_s is None or since_last_s >= interval_s:
        return True, interval_s
    return False, interval_s + SLOW_DOWN_S
