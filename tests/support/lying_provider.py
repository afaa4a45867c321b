"""A provider of OpenID Connect that tells what a test wants it to tell: true once, and every lie in turn."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey

__all__ = ["LyingProvider"]

CLIENT_ID, CLIENT_SECRET = "uraniborg at hven", "a secret: with & odd %20 characters"
Claims = dict[str, Any]


def _key(key_id: str) -> RSAKey:
    parameters: Any = {"kid": key_id, "use": "sig", "alg": "RS256"}
    return RSAKey.generate_key(2048, parameters)


class LyingProvider:
    """An ASGI application. ``lie`` changes the claims; ``make`` makes the identity token of them.

    Whoever comes is sent straight back, with a code: nobody is asked anything here.
    """

    def __init__(self) -> None:
        self.issuer = ""
        self.key, self.other_key = _key("one"), _key("one")
        self.claims: Claims = {
            "sub": "tycho",
            "email": "tycho@knudstrup.example",
            "email_verified": True,
            "name": "Tycho",
        }
        self.answer: dict[str, str] = {}
        self.forget()

    def forget(self) -> None:
        """Tell the truth again."""
        self.lie: Callable[[Claims], Claims] = lambda claims: claims
        self.make: Callable[[Claims], str] = self.signed
        self.userinfo: Claims | None = None
        self.back: dict[str, str | None] = {}
        self.metadata: Claims = {}
        self.token_status = 200
        self.asked: dict[str, str] = {}
        self.traded: list[dict[str, str]] = []
        self.github_user: Any = {
            "login": "octocat",
            "id": 1,
            "name": "monalisa octocat",
            "email": "x@knudstrup.example",
        }
        self.github_emails: Any = []

    def signed(self, claims: Claims, key: RSAKey | None = None, algorithm: str = "RS256") -> str:
        key = key or self.key
        return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        query = dict(parse_qsl(scope["query_string"].decode()))
        form = dict(parse_qsl((await receive()).get("body", b"").decode()))
        status, headers = 200, {"content-type": "application/json"}
        body: Any = {}
        match scope["path"]:
            case "/.well-known/openid-configuration":
                body = {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize?kept=1",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/keys",
                    "userinfo_endpoint": f"{self.issuer}/userinfo",
                    "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                } | self.metadata
            case "/authorize":
                self.asked = query
                members = {"code": "a code", "state": query["state"], "iss": self.issuer} | self.back
                told = {name: value for name, value in members.items() if value is not None}
                status, headers = 302, {"location": f"{query['redirect_uri']}?{urlencode(told)}"}
            case "/token":
                given = {name.decode(): value.decode() for name, value in scope["headers"]}
                self.traded.append(form | {"authorization": given.get("authorization", "")})
                now = int(time.time())
                claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300} | self.claims
                status = self.token_status
                headers["location"] = f"{self.issuer}/elsewhere"
                body = {
                    "access_token": "access",
                    "token_type": "Bearer",
                    "id_token": self.make(self.lie(claims | {"nonce": self.asked.get("nonce")})),
                }
            case "/keys":
                body = {"keys": [self.key.as_dict(private=False)]}
            case "/userinfo":
                body = self.userinfo or {}
            # A GitHub of one's own, by the replies that GitHub's documentation shows.
            case "/login/oauth/authorize":
                self.asked = query
                status = 302
                headers = {"location": f"{query['redirect_uri']}?{urlencode({'code': 'a', 'state': query['state']})}"}
            case "/login/oauth/access_token":
                self.traded.append(form)
                body = {
                    "access_token": "gho_16C7e42F292c6912E7710c838347Ae178B4a",
                    "scope": "user:email",
                    "token_type": "bearer",
                }
                if form.get("client_secret") != CLIENT_SECRET:
                    body = {"error": "incorrect_client_credentials"}
            case "/api/v3/user":
                body = self.github_user
            case "/api/v3/user/emails":
                body = self.github_emails
            case _:
                status = 404
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            }
        )
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})
