"""A provider at which people sign in elsewhere: found, asked, and not believed before it is checked.

Source
------
OpenID Connect Core 1.0, section 3.1.3.7 (checking an identity token); Discovery 1.0; RFC 9207; RFC 9700.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import httpx
import msgspec
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from domain.authorization import challenge_of
from domain.errors import ClientFault, NotFound, ProviderUnavailable
from service.config import Config, IdentityProvider

__all__ = ["IdentityRefused", "OutsideIdentity", "Provider", "Providers"]

# Signatures that only the provider can make: none of those whose key we would know, and never "none".
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
LEEWAY_S = 60
KEEP_S = 3600.0
LARGEST_REPLY_BYTES = 1_000_000
LONGEST_SUBJECT = 255  # OpenID Connect Core, section 2
LOOPBACK = {"127.0.0.1", "::1", "localhost"}

GITHUB = "https://github.com"
PRESETS: dict[str, tuple[str, str, list[str]]] = {
    "orcid": ("ORCID", "https://orcid.org", ["openid"]),
    "google": ("Google", "https://accounts.google.com", ["openid", "profile", "email"]),
    "github": ("GitHub", GITHUB, ["read:user", "user:email"]),
}


class IdentityRefused(ClientFault):
    code = "identity-refused"
    title = "Signing in elsewhere failed"


class OutsideIdentity(msgspec.Struct, kw_only=True):
    """Who somebody is elsewhere. ``email`` is empty unless the provider says that it was confirmed."""

    issuer: str
    subject: str
    label: str
    name: str
    email: str


def _github_endpoints(issuer: str) -> dict[str, str]:
    """Say where everything is at GitHub, which has no discovery, or at a GitHub of one's own."""
    api = "https://api.github.com" if issuer == GITHUB else f"{issuer}/api/v3"
    return {
        "authorization_endpoint": f"{issuer}/login/oauth/authorize",
        "token_endpoint": f"{issuer}/login/oauth/access_token",
        "userinfo_endpoint": f"{api}/user",
        "emails_endpoint": f"{api}/user/emails",
    }


class Provider:
    """One provider, by its configuration.

    Parameters
    ----------
    name : str
        As in the configuration, and in addresses.
    http : httpx.AsyncClient
        Follows no redirects.
    """

    def __init__(self, name: str, settings: IdentityProvider, http: httpx.AsyncClient, callback: str) -> None:
        title, issuer, scopes = PRESETS.get(settings.preset, ("", "", ["openid", "profile", "email"]))
        self.name = name
        self.title = settings.title or title or name
        self.issuer = settings.issuer or issuer
        self.makes_accounts = settings.makes_accounts
        self._plain = settings.preset == "github"  # OAuth 2 without OpenID Connect
        self._scopes = settings.scopes or scopes
        self._settings = settings
        self._http = http
        self._callback = callback
        self._metadata: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Build the address at which a person signs in there.

        Raises
        ------
        ProviderUnavailable
        """
        metadata = await self._discover()
        members = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._callback,
            "scope": " ".join(self._scopes),
            "state": state,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        } | ({} if self._plain else {"nonce": nonce})
        endpoint = metadata["authorization_endpoint"]
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(members)}"

    async def identify(self, *, code: str, issuer: str | None, nonce: str, verifier: str) -> OutsideIdentity:
        """Trade a code for who it is that came back.

        Parameters
        ----------
        issuer : str or None
            What the answer said of where it comes from (RFC 9207).

        Raises
        ------
        IdentityRefused
            The provider takes the code not, or what it says does not hold.
        ProviderUnavailable
        """
        metadata = await self._discover()
        if issuer not in (None, self.issuer) or (
            issuer is None and metadata.get("authorization_response_iss_parameter_supported") is True
        ):
            raise IdentityRefused(f"The answer did not come from {self.title}: sign in again.")
        tokens = await self._trade(metadata, code, verifier)
        if self._plain:
            return await self._github(metadata, tokens)
        claims = await self._check(metadata, tokens.get("id_token"), nonce)
        more: dict[str, Any] = {}
        if "email" not in claims and "userinfo_endpoint" in metadata and "access_token" in tokens:
            more = await self._ask(metadata["userinfo_endpoint"], tokens["access_token"])
            if more.get("sub") != claims["sub"]:
                raise IdentityRefused(f"{self.title} told of two people at once: sign in again.")
        claims = more | claims
        confirmed = claims.get("email_verified")
        email = claims.get("email") if confirmed is True or confirmed == "true" else ""  # 1 == True, and says nothing
        return self._identity(claims["sub"], claims.get("name"), email, label=claims.get("preferred_username"))

    def _identity(self, subject: Any, name: Any, email: Any, *, label: Any) -> OutsideIdentity:
        if not isinstance(subject, str) or not 1 <= len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
            raise IdentityRefused(f"{self.title} does not say who you are.")
        email = email if isinstance(email, str) else ""
        shown = next(v for v in (email, label, subject) if isinstance(v, str) and v)
        return OutsideIdentity(
            issuer=self.issuer,
            subject=subject,
            label="".join(c for c in shown[:200] if c.isprintable()),
            name="".join(c for c in (name if isinstance(name, str) else "")[:200] if c.isprintable()).strip(),
            email=email,
        )

    async def _discover(self) -> dict[str, Any]:
        if self._plain:
            self._trusted(self.issuer)
            return _github_endpoints(self.issuer.rstrip("/"))
        if self._metadata and time.monotonic() - self._metadata[0] < KEEP_S:
            return self._metadata[1]
        self._trusted(self.issuer)
        metadata = await self._json("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if metadata.get("issuer") != self.issuer:
            raise ProviderUnavailable(f"What answers for {self.title} says that it is somebody else.")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(metadata.get(name), str):
                raise ProviderUnavailable(f"{self.title} does not name its {name}.")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
            if name in metadata:
                self._trusted(metadata[name])
        self._metadata = (time.monotonic(), metadata)
        return metadata

    def _trusted(self, address: Any) -> None:
        parts = urlsplit(address if isinstance(address, str) else "")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ProviderUnavailable(f"{self.title} has an address that is not https.")

    async def _json(self, method: str, address: str, **more: Any) -> dict[str, Any]:
        status, body = await self._send(method, address, **more)
        if status != 200 or not isinstance(body, dict):
            raise ProviderUnavailable(f"{self.title} answered {status}: try again in a moment.")
        return body

    async def _send(self, method: str, address: str, **more: Any) -> tuple[int, Any]:
        content = bytearray()
        try:
            async with self._http.stream(method, address, **more) as reply:
                async for piece in reply.aiter_bytes():
                    content += piece
                    if len(content) > LARGEST_REPLY_BYTES:
                        raise ProviderUnavailable(f"{self.title} answered with far too much.")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProviderUnavailable(f"{self.title} does not answer: try again in a moment.") from error
        try:
            return reply.status_code, msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return reply.status_code, None

    async def _trade(self, metadata: dict[str, Any], code: str, verifier: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._callback,
            "code_verifier": verifier,
        }
        more: dict[str, Any] = {}
        ways = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if "client_secret_basic" in ways and not self._plain:
            quoted = urlencode({"i": self._settings.client_id, "s": self._settings.client_secret})
            user, secret = (each.partition("=")[2] for each in quoted.split("&"))
            more["auth"] = httpx.BasicAuth(user, secret)
        else:
            form |= {"client_id": self._settings.client_id, "client_secret": str(self._settings.client_secret)}
        headers = {"accept": "application/json"}
        status, body = await self._send("POST", metadata["token_endpoint"], data=form, headers=headers, **more)
        if status >= 500 or not isinstance(body, dict):
            raise ProviderUnavailable(f"{self.title} answered {status}: try again in a moment.")
        if status != 200 or "error" in body:  # GitHub tells errors with 200
            raise IdentityRefused(f"{self.title} does not take its own code any more: sign in again.")
        return body

    async def _ask(self, address: str, access_token: Any) -> dict[str, Any]:
        return await self._json("GET", address, headers=self._bearer(access_token))

    def _bearer(self, access_token: Any) -> dict[str, str]:
        if not isinstance(access_token, str) or not access_token.isascii() or not access_token.isprintable():
            raise IdentityRefused(f"{self.title} gave no access token: sign in again.")
        return {"authorization": f"Bearer {access_token}", "accept": "application/json"}

    async def _check(self, metadata: dict[str, Any], id_token: Any, nonce: str) -> dict[str, Any]:
        refused = IdentityRefused(f"What {self.title} says of you does not hold: sign in again.")
        if not isinstance(id_token, str):
            raise refused
        told = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        algorithms = [name for name in ALGORITHMS if name in told]
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self._settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        for fresh in (False, True):
            keys = await self._key_set(metadata, fresh=fresh)
            try:
                claims: dict[str, Any] = jwt.decode(id_token, keys, algorithms=algorithms).claims
                registry.validate(claims)
            except InvalidKeyIdError as error:
                if fresh:
                    raise refused from error
                continue  # signed with a key that is newer than what we have
            except (JoseError, ValueError, TypeError, KeyError) as error:
                raise refused from error
            audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
            if claims.get("azp", self._settings.client_id) != self._settings.client_id or (
                len(audience) > 1 and "azp" not in claims
            ):
                raise refused
            return claims
        raise refused

    async def _key_set(self, metadata: dict[str, Any], *, fresh: bool) -> KeySet:
        if self._keys is None or fresh or time.monotonic() - self._keys[0] > KEEP_S:
            found = await self._json("GET", metadata["jwks_uri"])
            try:
                keys: Any = {"keys": [key for key in found["keys"] if key.get("kty") in ("RSA", "EC", "OKP")]}
                self._keys = (time.monotonic(), KeySet.import_key_set(keys))
            except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
                raise ProviderUnavailable(f"The keys of {self.title} cannot be read.") from error
        return self._keys[1]

    async def _github(self, metadata: dict[str, Any], tokens: dict[str, Any]) -> OutsideIdentity:
        user = await self._ask(metadata["userinfo_endpoint"], tokens.get("access_token"))
        status, emails = await self._send(
            "GET", metadata["emails_endpoint"], headers=self._bearer(tokens.get("access_token"))
        )
        confirmed = ""
        if status == 200 and isinstance(emails, list):
            confirmed = next(
                (e["email"] for e in emails if isinstance(e, dict) and e.get("primary") and e.get("verified") is True),
                "",
            )
        subject = user.get("id")
        return self._identity(
            str(subject) if isinstance(subject, int) and not isinstance(subject, bool) else None,
            user.get("name") or user.get("login"),
            confirmed,
            label=user.get("login"),
        )


class Providers:
    """All providers of a configuration, over one pool of connections."""

    def __init__(self, config: Config) -> None:
        self._http = None
        if config.identity_providers:  # making a client reads certificates
            self._http = httpx.AsyncClient(timeout=httpx.Timeout(10.0), follow_redirects=False)
        self._all = {
            name: Provider(
                name, settings, cast(httpx.AsyncClient, self._http), f"{config.base_url}/sign-in/{name}/callback"
            )
            for name, settings in config.identity_providers.items()
        }

    def __iter__(self) -> Iterator[Provider]:
        return iter(self._all.values())

    def get(self, name: str) -> Provider:
        """Give a provider by its name.

        Raises
        ------
        NotFound
        """
        if (provider := self._all.get(name)) is None:
            raise NotFound("One cannot sign in there: see which providers there are.")
        return provider

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.aclose()
