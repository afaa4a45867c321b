"""Applications log in with the service: what they get, and everything that is refused."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import msgspec
import pytest
import pytest_asyncio
import structlog
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.discovery import OpenIDProviderMetadata
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import text

from service.signing_keys import replace_key
from tests.support.browser import Browser, forms_of
from tests.support.service import PASSWORD, Person, RunningService

REDIRECT = "https://hub.hven.example/hub/oauth_callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B


class World(msgspec.Struct):
    """An organisation with a confidential and a public application, and its owner."""

    service: RunningService
    owner: Person
    organisation: str
    hub: dict[str, Any]
    tool: dict[str, Any]

    def address(self, application: dict[str, Any] | None = None, **changed: str | None) -> str:
        """Build the address of an authorization request; None leaves a member out."""
        members = {
            "response_type": "code",
            "client_id": (application or self.hub)["client_id"],
            "redirect_uri": REDIRECT,
            "scope": "openid profile email",
            "state": "st&te",
            "nonce": "n-0S6_WzA2Mj",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        } | changed
        return f"/oauth/authorize?{urlencode({k: v for k, v in members.items() if v is not None})}"

    async def browser(self, person: Person | None = None) -> Browser:
        """Give a browser in which somebody is signed in, or nobody."""
        browser = Browser(self.service.client())
        if person is not None:
            await browser.open("/sign-in")
            assert (await browser.sign_in(person.email, PASSWORD)).status_code == 200
        return browser

    async def code(self, browser: Browser, application: dict[str, Any] | None = None, **changed: str | None) -> str:
        """Let an application in; return its code."""
        await browser.open(self.address(application, **changed))
        if not browser.left_for:
            await browser.send(press="Let it in")
        return answer(browser)["code"]

    async def trade(self, application: dict[str, Any] | None = None, **members: str) -> httpx.Response:
        """Ask the token endpoint, as an application."""
        application = application or self.hub
        secret = application["client_secret"]
        auth = httpx.BasicAuth(application["client_id"], secret) if secret else None
        form = members if secret else {"client_id": application["client_id"], **members}
        return await self.service.anonymous.post("/oauth/token", data=form, auth=auth)  # type: ignore[arg-type]

    async def redeem(self, code: str, application: dict[str, Any] | None = None, /, **changed: str) -> httpx.Response:
        members = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER,
        }
        return await self.trade(application, **(members | changed))

    async def works(self, access_token: str) -> bool:
        """Tell whether an access token is in force."""
        reply = await self.service.client(Authorization=f"Bearer {access_token}").get("/oauth/userinfo")
        assert reply.status_code in (200, 401)
        return reply.status_code == 200

    async def change(self, statement: str, **values: Any) -> None:
        """Change a row as only time can."""
        async with self.service.house.database.transaction() as connection:
            assert (await connection.execute(text(statement), values)).rowcount > 0


def answer(browser: Browser) -> dict[str, str]:
    """Read what the application is told by the person's browser."""
    assert browser.left_for.startswith(REDIRECT + "?"), browser.text
    return dict(parse_qsl(urlsplit(browser.left_for).query))


def refused(reply: httpx.Response) -> tuple[int, str]:
    """Read a refusal as RFC 6749 has it."""
    assert reply.headers["cache-control"] == "no-store"
    body = reply.json()
    assert body.keys() == {"error", "error_description"}
    return reply.status_code, body["error"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(service: RunningService) -> AsyncIterator[World]:
    owner = await service.person()
    organisation = await service.organisation(owner)
    made = []
    for confidential in (True, False):
        new = {
            "name": "Hub of Hven" if confidential else "A <tool>",
            "redirect_uris": [REDIRECT],
            "scopes": ["openid", "profile", "email", "organisation:read", "files:read"],
            "confidential": confidential,
        }
        reply = await owner.client.post(f"/api/v1/organisations/{organisation}/applications", json=new)
        assert reply.status_code == 201, reply.text
        made.append(reply.json())
    yield World(service, owner, organisation, *made)


# --- what is said of it


@pytest.mark.parametrize("name", ["openid-configuration", "oauth-authorization-server"])
async def test_the_metadata_is_as_the_standards_have_it(service: RunningService, name: str) -> None:
    reply = await service.anonymous.get(f"/.well-known/{name}")
    metadata = reply.json()
    AuthorizationServerMetadata({**metadata, "issuer": "https://hven.example"}).validate()
    secure = {k: v.replace("http://", "https://") if isinstance(v, str) else v for k, v in metadata.items()}
    OpenIDProviderMetadata(secure).validate()
    assert metadata["issuer"] == service.house.config.base_url
    for endpoint in [value for key, value in metadata.items() if key.endswith("_endpoint") or key == "jwks_uri"]:
        reply = await service.anonymous.get(endpoint)
        assert reply.status_code in (200, 400, 401, 405), endpoint


# --- a person lets an application in


async def test_an_application_logs_a_person_in_and_reads_what_they_granted(world: World) -> None:
    """With authlib's client, which knows only the metadata."""
    metadata = (await world.service.anonymous.get("/.well-known/openid-configuration")).json()
    person = await world.service.person()
    await world.owner.client.put(
        f"/api/v1/organisations/{world.organisation}/members/{person.email}", json={"role": "member"}
    )
    async with AsyncOAuth2Client(
        world.hub["client_id"],
        world.hub["client_secret"],
        scope="openid profile email organisation:read",
        redirect_uri=REDIRECT,
        code_challenge_method="S256",
        transport=httpx.ASGITransport(app=world.service.app),  # type: ignore[arg-type]
    ) as client:
        url, state = client.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier=VERIFIER, nonce="once"
        )
        browser = await world.browser()
        await browser.open(url)
        assert browser.reply.status_code == 200
        assert "script" not in browser.text
        await browser.sign_in(person.email, "a wrong password")
        assert browser.reply.status_code == 401
        await browser.sign_in(person.email, PASSWORD)
        assert "Hub of Hven, at hub.hven.example, asks to:" in browser.text
        assert "see your e-mail address" in browser.text
        assert (
            f"form-action 'self' {REDIRECT.rpartition('/hub/')[0]}" in browser.reply.headers["content-security-policy"]
        )
        await browser.send(press="Let it in")
        assert answer(browser)["state"] == state
        assert answer(browser)["iss"] == metadata["issuer"]
        token = await client.fetch_token(
            metadata["token_endpoint"],
            authorization_response=browser.left_for,
            code_verifier=VERIFIER,
        )
        claims = (await client.get(metadata["userinfo_endpoint"])).json()
        async with world.service.house.database.transaction() as connection:
            forget = text("UPDATE accounts SET email_confirmed_at = NULL WHERE email = :email")
            await connection.execute(forget, {"email": person.email})
        unsure = (await client.get(metadata["userinfo_endpoint"])).json()
    assert token["token_type"] == "Bearer"
    assert 0 < token["expires_in"] <= 3600
    assert claims["email"] == person.email
    assert (claims["email_verified"], unsure["email_verified"]) == (True, False)
    assert claims["name"] == person.name

    keys = KeySet.import_key_set((await world.service.anonymous.get(metadata["jwks_uri"])).json())
    identity = jwt.decode(token["id_token"], keys, algorithms=["RS256"])
    registry = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": metadata["issuer"]},
        aud={"essential": True, "value": world.hub["client_id"]},
        sub={"essential": True, "value": claims["sub"]},
        nonce={"essential": True, "value": "once"},
        exp={"essential": True},
        auth_time={"essential": True},
    )
    registry.validate(identity.claims)

    async with world.service.client(Authorization=f"Bearer {token['access_token']}") as api:
        assert (await api.get(f"/api/v1/organisations/{world.organisation}")).json()["role"] == "member"
        lacking = await api.get(f"/api/v1/organisations/{world.organisation}/files")
        assert lacking.status_code == 403
        assert "files:read" in lacking.json()["detail"]
        assert (await api.get("/api/v1/me")).status_code == 403
        assert (await api.post("/api/v1/tokens", json={"name": "mine"})).status_code == 403

    granted = (await person.client.get("/api/v1/me/applications")).json()["items"]
    assert [(g["client_id"], g["scopes"]) for g in granted] == [
        (world.hub["client_id"], ["email", "openid", "organisation:read", "profile"])
    ]
    assert (await person.client.delete(f"/api/v1/me/applications/{world.hub['client_id']}")).status_code == 204
    assert not await world.works(token["access_token"]), "a grant that was taken back ends with the next request"
    assert refused(await world.trade(grant_type="refresh_token", refresh_token=token["refresh_token"])) == (
        400,
        "invalid_grant",
    )


async def test_what_an_organisations_application_gets_reaches_no_other(world: World) -> None:
    other = await world.service.organisation(world.owner)
    browser = await world.browser(world.owner)
    token = (await world.redeem(await world.code(browser, scope="openid organisation:read"))).json()
    async with world.service.client(Authorization=f"Bearer {token['access_token']}") as api:
        assert (await api.get(f"/api/v1/organisations/{world.organisation}")).status_code == 200
        assert (await api.get(f"/api/v1/organisations/{other}")).status_code == 404


async def test_a_person_may_turn_an_application_away(world: World) -> None:
    browser = await world.browser(await world.service.person())
    await browser.open(world.address())
    await browser.send(press="Turn it away")
    assert (answer(browser)["error"], answer(browser)["state"]) == ("access_denied", "st&te")


async def test_who_is_known_is_asked_once_by_an_application_that_has_a_secret(world: World) -> None:
    browser = await world.browser(await world.service.person())
    await browser.open(world.address(prompt="none"))
    assert answer(browser)["error"] == "consent_required"
    await world.code(browser)
    await browser.open(world.address(prompt="none"))
    assert "code" in answer(browser)
    await browser.open(world.address(prompt="consent"))
    assert forms_of(browser.text)
    await browser.open(world.address(scope="openid files:read"))
    assert forms_of(browser.text), "more than before is asked about"
    await world.code(browser, world.tool)
    await browser.open(world.address(world.tool))
    assert "Let A &lt;tool&gt; in?" in browser.text, "anybody may say that they are a public application"


async def test_signing_in_again_is_asked_for_where_the_application_wants_it(world: World) -> None:
    nobody = await world.browser()
    await nobody.open(world.address(prompt="none"))
    assert answer(nobody)["error"] == "login_required"
    for wish in ({"prompt": "login"}, {"max_age": "0"}):
        person = await world.service.person()
        browser = await world.browser(person)
        await browser.open(world.address(**wish))
        assert "password" in forms_of(browser.text)[0].members
        await browser.sign_in(person.email, PASSWORD)
        await browser.send(press="Let it in")
        assert "code" in answer(browser)
    await browser.open(world.address(max_age="3600"))
    assert "code" in answer(browser)


# --- requests that are refused


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"client_id": "\0"},
        {"redirect_uri": "https://evil.example/hub/oauth_callback"},
        {"redirect_uri": REDIRECT + "/"},
        {"redirect_uri": REDIRECT + "?x=1"},
        {"redirect_uri": REDIRECT.upper()},
        {"redirect_uri": REDIRECT + "#"},
        {"redirect_uri": REDIRECT.replace("https", "http")},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": ""},
        {"redirect_uri": None},
    ],
)
async def test_nobody_is_sent_to_an_address_that_is_not_registered(world: World, changed: dict[str, Any]) -> None:
    browser = await world.browser(world.owner)
    reply = await browser.open(world.address(**changed))
    assert reply.status_code == 400
    assert "location" not in reply.headers
    assert "https://evil.example" not in reply.text
    twice = await browser.open(f"{world.address()}&redirect_uri={REDIRECT}")
    assert twice.status_code == 400


NONE = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=") + ".e30."


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "openid account"}, "invalid_scope"),
        ({"scope": 'openid "\\é'}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"request": NONE}, "request_not_supported"),
        ({"request_uri": "https://evil.example/r"}, "request_uri_not_supported"),
        ({"nonce": "n" * 5000}, "invalid_request"),
    ],
)
async def test_what_cannot_be_asked_is_told_the_application(world: World, changed: dict[str, Any], error: str) -> None:
    browser = await world.browser(world.owner)
    await browser.open(world.address(**changed))
    assert (answer(browser)["error"], answer(browser)["state"]) == (error, "st&te")
    assert re.fullmatch(r"[ !#-\[\]-~]+", answer(browser)["error_description"])
    assert "code" not in answer(browser)


async def test_a_form_from_another_site_decides_nothing(world: World) -> None:
    person = await world.service.person()
    browser = await world.browser(person)
    page = await browser.open(world.address())
    members = forms_of(page.text)[0].members | {"decision": "allow"}
    anothers = await world.browser(person)
    assert (await anothers.open(world.address())).status_code == 200
    foreign = forms_of(anothers.text)[0].members["form_token"]
    for change, headers in (
        ({"form_token": ""}, {}),
        ({"form_token": "é"}, {}),
        ({"form_token": foreign}, {}),
        ({}, {"origin": "https://evil.example"}),
        ({}, {"origin": "null"}),
        ({}, {"sec-fetch-site": "cross-site"}),
        ({}, {"sec-fetch-site": "same-site"}),
    ):
        reply = await browser.client.post("/oauth/consent", data=members | change, headers=headers)
        assert reply.status_code == 403, (change, headers)
    assert (await browser.client.post("/oauth/consent", json=members)).status_code == 415
    login = {"email": person.email, "password": PASSWORD, "form_token": ""}
    assert (await world.service.anonymous.post("/sign-in", data=login)).status_code == 403
    allowed = await browser.client.post("/oauth/consent", data=members, headers={"origin": browser.base})
    assert allowed.status_code == 303


async def test_signing_in_leads_to_pages_of_ours_only(world: World) -> None:
    for onward in ("https://evil.example/", "//evil.example/oauth/device", "/\\evil.example", "/oauth/device\r\nx: 1",
                   "/api/v1/me", "javascript:alert(1)", "/oauth/devices", "/oauth/device#" + "x" * 9000,
                   "/apple", "/app/../api/v1/me", "/app/%2e%2E/api/v1/me", "/app/.%2e/x", "/app//evil.example",
                   "/app/\\evil.example", "/app/a/..", "/app/\n", "/app@evil.example", "/app:80/"):  # fmt: skip
        browser = await world.browser()
        await browser.open("/sign-in", params={"onward": onward})
        await browser.send(email=world.owner.email, password=PASSWORD, onward=onward)
        assert "You are signed in as" in browser.text, onward
        assert str(browser.reply.url) == f"{browser.base}/sign-in"
        assert "href='/app/'" in browser.text
    for onward in ("/app/", "/app/hven/nights/quadrant/2026-11-20?target=%5B%22M31%22%5D", "/app/-/jobs", "/app?x=1"):
        browser = await world.browser()
        await browser.open("/sign-in", params={"onward": onward})
        await browser.send(email=world.owner.email, password=PASSWORD)
        assert str(browser.reply.url) == browser.base + onward


# --- codes


async def test_a_code_that_is_used_twice_ends_what_it_was_traded_for(world: World) -> None:
    code = await world.code(await world.browser(world.owner))
    token = (await world.redeem(code)).json()
    assert await world.works(token["access_token"])
    assert refused(await world.redeem(code)) == (400, "invalid_grant")
    assert not await world.works(token["access_token"])
    again = await world.trade(grant_type="refresh_token", refresh_token=token["refresh_token"])
    assert refused(again) == (400, "invalid_grant")


async def test_a_code_is_good_for_its_application_its_address_and_its_verifier(world: World) -> None:
    browser = await world.browser(world.owner)
    for changed in (
        {"redirect_uri": "https://hub.hven.example/"},
        {"code_verifier": VERIFIER[:-1] + "l"},
        {"code_verifier": CHALLENGE},
    ):
        code = await world.code(browser)
        assert refused(await world.redeem(code, **changed)) == (400, "invalid_grant"), changed
        assert refused(await world.redeem(code)) == (400, "invalid_grant"), "a code is tried once"
    code = await world.code(browser)
    assert refused(await world.redeem(code, world.tool)) == (400, "invalid_grant")
    assert (await world.redeem(code)).status_code == 200, "another application's attempt changes nothing"
    for missing in ("code", "redirect_uri", "code_verifier"):
        assert refused(await world.redeem("x", **{missing: ""})) == (400, "invalid_request")
    assert refused(await world.redeem("\0")) == (400, "invalid_request")
    assert refused(await world.redeem(secrets.token_urlsafe(32))) == (400, "invalid_grant")


async def test_a_code_expires(world: World) -> None:
    browser = await world.browser(await world.service.person())
    code = await world.code(browser)
    await world.change(
        "UPDATE application_grants SET code_expires_at = now() - interval '1 second' WHERE code_used_at IS NULL"
    )
    assert refused(await world.redeem(code)) == (400, "invalid_grant")


async def test_applications_prove_who_they_are(world: World) -> None:
    anyone = world.service.anonymous
    form = {"grant_type": "authorization_code", "code": "x", "redirect_uri": REDIRECT, "code_verifier": VERIFIER}
    hub, secret = world.hub["client_id"], world.hub["client_secret"]
    wrong: list[dict[str, Any]] = [
        {"data": form},
        {"data": form | {"client_id": hub}},
        {"data": form | {"client_id": hub, "client_secret": "wrong"}},
        {"data": form | {"client_id": hub, "client_secret": ""}},
        {"data": form | {"client_id": world.tool["client_id"], "client_secret": "made up"}},
        {"data": form, "auth": (hub, "wrong")},
        {"data": form, "auth": ("nobody", secret)},
        {"data": form | {"client_id": world.tool["client_id"]}, "auth": (hub, secret)},
        {"data": form, "headers": {"authorization": "Basic é".encode()}},
        {"data": form, "headers": {"authorization": "Basic eA=="}},
        {"data": form, "headers": {"authorization": f"Bearer {world.owner.token}"}},
    ]
    for request in wrong:
        reply = await anyone.post("/oauth/token", **request)
        assert refused(reply) == (401, "invalid_client"), request
        assert reply.headers["www-authenticate"].startswith("Basic")
    both = await anyone.post("/oauth/token", data=form | {"client_secret": secret}, auth=(hub, secret))
    assert refused(both) == (400, "invalid_request")
    posted = await anyone.post("/oauth/token", data=form | {"client_id": hub, "client_secret": secret})
    assert refused(posted) == (400, "invalid_grant")
    assert refused(await world.trade(grant_type="password", username="a", password="b")) == (
        400,
        "unsupported_grant_type",
    )
    assert refused(await world.trade()) == (400, "invalid_request")
    twice = await anyone.post(
        "/oauth/token",
        content="grant_type=a&grant_type=b",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert refused(twice) == (400, "invalid_request")
    assert (await anyone.post("/oauth/token", json=form)).status_code == 415
    in_address = await anyone.post("/oauth/token", params=form | {"client_id": hub, "client_secret": secret}, data={})
    assert refused(in_address) == (401, "invalid_client"), "what stands in an address stands in logs, and is not read"


async def test_a_secret_that_was_replaced_stops_working(world: World) -> None:
    base = f"/api/v1/organisations/{world.organisation}/applications"
    made = (await world.owner.client.post(base, json={"name": "Short-lived"})).json()
    replaced = await world.owner.client.post(f"{base}/{made['client_id']}/secret")
    assert refused(await world.trade(made, grant_type="refresh_token", refresh_token="x")) == (401, "invalid_client")
    renewed = made | {"client_secret": replaced.json()["client_secret"]}
    assert refused(await world.trade(renewed, grant_type="refresh_token", refresh_token="x")) == (400, "invalid_grant")
    listed = (await world.owner.client.get(base)).json()["items"]
    assert made["client_id"] in {each["client_id"] for each in listed}
    assert not any("secret" in key for each in listed for key in each)
    assert (await world.owner.client.delete(f"{base}/{made['client_id']}")).status_code == 204
    assert refused(await world.trade(renewed, grant_type="refresh_token", refresh_token="x")) == (401, "invalid_client")


async def test_who_may_register_applications(world: World) -> None:
    base = f"/api/v1/organisations/{world.organisation}/applications"
    admin, stranger = await world.service.person(), await world.service.person()
    await world.owner.client.put(
        f"/api/v1/organisations/{world.organisation}/members/{admin.email}", json={"role": "admin"}
    )
    assert (await admin.client.post(base, json={"name": "x"})).status_code == 403
    assert (await stranger.client.post(base, json={"name": "x"})).status_code == 404
    for wrong in (
        {"redirect_uris": ["http://hub.hven.example/"]},
        {"redirect_uris": [REDIRECT] * 11},
        {"scopes": ["account"]},
        {"scopes": ["*"]},
        {"scopes": []},
        {"name": " "},
        {"name": "a\u202eb"},
    ):
        assert (await world.owner.client.post(base, json={"name": "x"} | wrong)).status_code == 400, wrong
    other = await world.service.organisation(stranger)
    theirs = f"/api/v1/organisations/{other}/applications/{world.hub['client_id']}"
    assert (await stranger.client.delete(theirs)).status_code == 404
    assert (await stranger.client.post(f"{theirs}/secret")).status_code == 404
    assert (await world.owner.client.delete(f"{base}/uraniborg")).status_code == 404


# --- refreshing, revoking


async def test_refresh_tokens_are_used_once(world: World) -> None:
    code = await world.code(await world.browser(world.owner), scope="openid files:read")
    first = (await world.redeem(code)).json()
    second = (await world.trade(grant_type="refresh_token", refresh_token=first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert await world.works(second["access_token"])
    wider = await world.trade(grant_type="refresh_token", refresh_token=second["refresh_token"], scope="email")
    assert refused(wider) == (400, "invalid_scope")
    narrow = (
        await world.trade(grant_type="refresh_token", refresh_token=second["refresh_token"], scope="openid")
    ).json()
    assert narrow["scope"] == "openid"
    stolen = await world.trade(world.tool, grant_type="refresh_token", refresh_token=narrow["refresh_token"])
    assert refused(stolen) == (400, "invalid_grant")
    assert await world.works(narrow["access_token"])
    replayed = await world.trade(grant_type="refresh_token", refresh_token=second["refresh_token"])
    assert refused(replayed) == (400, "invalid_grant")
    for token in (first, second, narrow):
        assert not await world.works(token["access_token"]), "of two who hold a token neither goes on"
    last = await world.trade(grant_type="refresh_token", refresh_token=narrow["refresh_token"])
    assert refused(last) == (400, "invalid_grant")


async def test_an_application_gives_its_tokens_back(world: World) -> None:
    browser = await world.browser(world.owner)
    anyone = world.service.anonymous
    auth = (world.hub["client_id"], world.hub["client_secret"])
    token = (await world.redeem(await world.code(browser))).json()
    told = await anyone.post("/oauth/introspect", data={"token": token["access_token"]}, auth=auth)
    assert (told.json()["active"], told.json()["scope"]) == (True, "email openid profile")
    public = {"client_id": world.tool["client_id"], "token": token["access_token"]}
    assert refused(await anyone.post("/oauth/introspect", data=public)) == (403, "unauthorized_client")
    assert (await anyone.post("/oauth/revoke", data=public)).status_code == 200
    assert await world.works(token["access_token"]), "it is another application's"
    assert (await anyone.post("/oauth/revoke", data={"token": token["access_token"]}, auth=auth)).status_code == 200
    assert not await world.works(token["access_token"])
    told = await anyone.post("/oauth/introspect", data={"token": token["access_token"]}, auth=auth)
    assert told.json() == {"active": False}
    other = (await world.redeem(await world.code(browser))).json()
    assert (await anyone.post("/oauth/revoke", data={"token": other["refresh_token"]}, auth=auth)).status_code == 200
    assert not await world.works(other["access_token"])
    assert (await anyone.post("/oauth/revoke", data={"token": "made up"}, auth=auth)).status_code == 200
    assert refused(await anyone.post("/oauth/revoke", data={}, auth=auth)) == (400, "invalid_request")


async def test_tokens_are_taken_from_the_header_only(world: World) -> None:
    token = (await world.redeem(await world.code(await world.browser(world.owner)))).json()["access_token"]
    anyone = world.service.anonymous
    for reply in (
        await anyone.get("/oauth/userinfo", params={"access_token": token}),
        await anyone.post("/oauth/userinfo", data={"access_token": token}),
        await anyone.get("/api/v1/me", params={"access_token": token, "token": token}),
        await anyone.get("/oauth/userinfo", headers={"authorization": f"Basic {token}"}),
    ):
        assert reply.status_code == 401
        assert reply.headers["www-authenticate"].startswith("Bearer")
    assert (await anyone.post("/oauth/userinfo", headers={"authorization": f"Bearer {token}"})).status_code == 200
    personal = await anyone.get("/oauth/userinfo", headers={"authorization": f"Bearer {world.owner.token}"})
    assert personal.status_code == 401


async def test_access_tokens_expire(world: World) -> None:
    token = (await world.redeem(await world.code(await world.browser(world.owner)))).json()
    await world.change("UPDATE access_tokens SET expires_at = now() WHERE expires_at > now()")
    assert not await world.works(token["access_token"])


# --- keys


async def test_keys_are_replaced_while_what_they_signed_stays_good(world: World) -> None:
    browser = await world.browser(world.owner)
    old = (await world.redeem(await world.code(browser))).json()["id_token"]
    replaced = await replace_key(world.service.house)
    new = (await world.redeem(await world.code(browser))).json()["id_token"]
    published = (await world.service.anonymous.get("/oauth/keys")).json()["keys"]
    keys = KeySet.import_key_set({"keys": published})
    assert jwt.decode(new, keys, algorithms=["RS256"]).header["kid"] == replaced
    assert jwt.decode(old, keys, algorithms=["RS256"]).header["kid"] != replaced
    assert all(key.keys() <= {"kty", "n", "e", "kid", "use", "alg"} for key in published), "only public halves"


# --- devices


async def begin(world: World, application: dict[str, Any] | None = None, scope: str = "openid") -> dict[str, Any]:
    application = application or world.tool
    reply = await world.service.anonymous.post(
        "/oauth/device_authorization", data={"client_id": application["client_id"], "scope": scope}
    )
    assert reply.status_code == 200, reply.text
    return reply.json()


async def poll(world: World, codes: dict[str, Any], application: dict[str, Any] | None = None) -> httpx.Response:
    return await world.trade(
        application or world.tool,
        grant_type="urn:ietf:params:oauth:grant-type:device_code",
        device_code=codes["device_code"],
    )


async def waited(world: World) -> None:
    await world.change("UPDATE device_logins SET polled_at = polled_at - interval '1 minute'")


async def test_a_device_is_let_in_from_a_browser(world: World) -> None:
    codes = await begin(world, scope="openid email")
    assert re.fullmatch(r"[B-Z]{4}-[B-Z]{4}", codes["user_code"])
    assert refused(await poll(world, codes)) == (400, "authorization_pending")
    assert refused(await poll(world, codes)) == (400, "slow_down")
    browser = await world.browser()
    await browser.open(codes["verification_uri_complete"])
    await browser.sign_in(world.owner.email, PASSWORD)
    await browser.send()
    assert codes["user_code"] in browser.text
    assert "see your e-mail address" in browser.text
    await browser.send(press="Let it in")
    assert "The device is in" in browser.text
    assert refused(await poll(world, codes)) == (400, "slow_down"), "even then"
    await waited(world)
    assert refused(await poll(world, codes, world.hub)) == (400, "invalid_grant")
    token = (await poll(world, codes)).json()
    assert await world.works(token["access_token"])
    assert refused(await poll(world, codes)) == (400, "invalid_grant"), "once"
    refreshed = await world.trade(world.tool, grant_type="refresh_token", refresh_token=token["refresh_token"])
    assert refreshed.status_code == 200


async def test_a_device_is_turned_away(world: World) -> None:
    codes = await begin(world)
    browser = await world.browser(world.owner)
    await browser.open("/oauth/device")
    await browser.send(user_code=codes["user_code"].lower().replace("-", " "))
    await browser.send(press="Turn it away")
    assert refused(await poll(world, codes)) == (400, "access_denied")
    assert refused(await poll(world, codes)) == (400, "invalid_grant")


async def test_a_device_that_nobody_lets_in_expires(world: World) -> None:
    codes = await begin(world)
    await world.change("UPDATE device_logins SET expires_at = now()")
    assert refused(await poll(world, codes)) == (400, "expired_token")
    browser = await world.browser(world.owner)
    await browser.open(codes["verification_uri_complete"])
    assert (await browser.send()).status_code == 404


async def test_codes_of_devices_are_not_guessed(world: World) -> None:
    browser = await world.browser(await world.service.person())
    await browser.open("/oauth/device")
    statuses = [(await browser.send(user_code=f"BCDF-GHJ{letter}")).status_code for letter in "BCDFGHJKLMN"]
    assert statuses == [404] * 10 + [429]


async def test_devices_are_begun_within_what_is_registered(world: World) -> None:
    anyone = world.service.anonymous
    more = {"client_id": world.tool["client_id"], "scope": "files:write"}
    assert refused(await anyone.post("/oauth/device_authorization", data=more)) == (400, "invalid_scope")
    assert refused(await anyone.post("/oauth/device_authorization", data={})) == (401, "invalid_client")


async def test_our_own_command_trades_its_hour_for_a_token(world: World) -> None:
    person = await world.service.person()
    ours = {"client_id": "uraniborg", "client_secret": None}
    codes = await begin(world, ours, scope="account files:read")
    browser = await world.browser(person)
    await browser.open(codes["verification_uri_complete"])
    await browser.send()
    assert "keeps a token for a year" in browser.text
    await browser.send(press="Let it in")
    granted = (await poll(world, codes, ours)).json()
    assert "refresh_token" not in granted
    async with world.service.client(Authorization=f"Bearer {granted['access_token']}") as api:
        more = await api.post("/api/v1/tokens", json={"name": "dome", "scopes": ["files:write"]})
        assert more.status_code == 403
        made = await api.post("/api/v1/tokens", json={"name": "dome"})
        assert made.json()["scopes"] == ["account", "files:read"]
    page = await browser.open(world.address(ours, scope="openid"))
    assert page.status_code == 400, "it has no address, so that nobody is sent anywhere in its name"


# --- what is kept and told


async def test_no_code_or_token_is_logged_or_kept(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.reset_defaults()
    browser = await world.browser(world.owner)
    code = await world.code(browser)
    key = {"idempotency-key": secrets.token_hex(8)}
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": VERIFIER,
            "client_id": world.hub["client_id"], "client_secret": world.hub["client_secret"]}  # fmt: skip
    reply = await world.service.anonymous.post("/oauth/token", data=form, headers=key)
    assert reply.status_code == 200
    await world.service.anonymous.get(f"/sign-in?onward=/oauth/device&code={code}")
    said = "".join(capsys.readouterr())
    assert "/oauth/token" in said, "requests are logged"
    token = reply.json()
    for secret in (code, token["access_token"], token["refresh_token"], VERIFIER, PASSWORD, CHALLENGE):
        assert secret not in said
    async with world.service.house.database.transaction() as connection:
        kept = await connection.scalar(
            text("SELECT count(*) FROM idempotency_keys WHERE key = :k"), {"k": key["idempotency-key"]}
        )
    assert kept == 0
    assert parse_qs(urlsplit(browser.left_for).query).keys() == {"code", "state", "iss"}
