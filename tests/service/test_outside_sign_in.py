"""Signing in elsewhere: with npm's oidc-provider, and with one that lies."""

from __future__ import annotations

import base64
import html
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import msgspec
import pytest
import pytest_asyncio
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import text

from domain.errors import InvalidInput
from service.config import load_config
from tests.support.authenticator import code_of
from tests.support.browser import Browser
from tests.support.http_server import served
from tests.support.lying_provider import CLIENT_ID, CLIENT_SECRET, Claims, LyingProvider
from tests.support.oidc_provider import SECRET, oidc_provider
from tests.support.service import PASSWORD, Person, RunningService, running_service

LIAR = {"provider": "liar"}
CALLBACK = "http://127.0.0.1:8000/sign-in/{}/callback"


class World(msgspec.Struct):
    service: RunningService
    liar: LyingProvider

    async def visit(self, browser: Browser, path: str = "/sign-in/liar", **changed: str) -> httpx.Response:
        """Go to the lying provider, which sends one straight back."""
        await browser.open(path)
        return await self.back(browser, browser.left_for, **changed)

    async def back(self, browser: Browser, address: str, **changed: str) -> httpx.Response:
        """Follow an address of the provider's, and come back as it says, or differently."""
        async with httpx.AsyncClient() as client:
            there = await client.get(address)
        parts = urlsplit(there.headers["location"])
        return await browser.open(f"{parts.path}?{urlencode(dict(parse_qsl(parts.query)) | changed)}")

    def browser(self) -> Browser:
        return Browser(self.service.client())

    async def signed_in(self, person: Person) -> Browser:
        browser = self.browser()
        await browser.open("/sign-in")
        await browser.sign_in(person.email, PASSWORD)
        assert "You are signed in as" in browser.text
        return browser

    async def who(self, browser: Browser) -> str | None:
        """Tell who is signed in in a browser."""
        reply = await browser.client.get("/api/v1/me")
        return reply.json()["email"] if reply.status_code == 200 else None


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("outside")
    liar = LyingProvider()
    async with served(liar) as liar_url:
        liar.issuer = liar_url
        providers = {
            "liar": {
                "title": "The <Liar>",
                "issuer": liar_url,
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
                "makes_accounts": True,
            },
            "hub": {
                "preset": "github",
                "issuer": liar_url,
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
                "makes_accounts": True,
            },
            "closed": {"issuer": liar_url, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET},
        }
        async with running_service(folder, identity_providers=providers) as service:
            yield World(service, liar)


@pytest.fixture(autouse=True)
def truthful(world: World) -> None:
    world.liar.forget()
    world.liar.claims = {"sub": "tycho", "email": "tycho@knudstrup.example", "email_verified": True, "name": "Tycho"}


# --- a real provider


@pytest.mark.slow
async def test_signing_in_and_linking_with_a_real_provider(tmp_path: Path) -> None:
    """npm's oidc-provider, with its own pages: a new account, an account that is linked, one that is not taken over."""
    with oidc_provider(tmp_path, CALLBACK.format("knudstrup")) as issuer:
        settings = {"issuer": issuer, "client_id": "uraniborg", "client_secret": SECRET, "makes_accounts": True}
        async with running_service(tmp_path / "service", identity_providers={"knudstrup": settings}) as service:

            async def there(address: str, name: str) -> str:
                """Sign in and consent at the provider, with its forms; return where it sends one back to."""
                async with httpx.AsyncClient(base_url=issuer) as client:
                    pages = Browser(client)
                    await pages.open(address)
                    await pages.send(login=name, password="any")
                    while not pages.left_for:
                        await pages.send()
                    return pages.left_for

            async def visit(browser: Browser, name: str) -> httpx.Response:
                await browser.open("/sign-in/knudstrup")
                return await browser.open(await there(browser.left_for, name))

            newcomer = Browser(service.client())
            await visit(newcomer, "tycho")
            assert "You are signed in as tycho of Knudstrup (tycho@knudstrup.example)" in newcomer.text
            again = Browser(service.client())
            await visit(again, "tycho")
            assert (await again.client.get("/api/v1/me")).json() == (await newcomer.client.get("/api/v1/me")).json()

            unconfirmed = Browser(service.client())
            assert (await visit(unconfirmed, "unsure")).status_code == 400
            assert "confirms no e-mail address" in unconfirmed.text

            person = await service.person()
            async with service.house.database.transaction() as connection:
                await connection.execute(
                    text("UPDATE accounts SET email = 'sophie@knudstrup.example' WHERE email = :e"), {"e": person.email}
                )
            taker = Browser(service.client())
            assert (await visit(taker, "sophie")).status_code == 400
            assert "sign in to it, and link" in taker.text
            assert (await taker.client.get("/api/v1/me")).status_code == 401

            owner = Browser(service.client())
            await owner.open("/account")
            await owner.sign_in("sophie@knudstrup.example", PASSWORD)
            await owner.send(press="Link knudstrup")
            refresh = owner.reply.headers["refresh"].partition("url=")[2]
            await owner.open(await there(refresh, "sophie"))
            assert "knudstrup: sophie@knudstrup.example" in owner.text
            await visit(taker, "sophie")
            assert (await taker.client.get("/api/v1/me")).json()["email"] == "sophie@knudstrup.example"


# --- who gets in


async def test_the_form_names_the_providers_and_leads_on_to_where_one_was_going(world: World) -> None:
    browser = world.browser()
    await browser.open("/oauth/device?user_code=BCDF-GHJK")
    assert "Sign in with The &lt;Liar&gt;" in browser.text
    await world.visit(browser, "/sign-in/liar?onward=/oauth/device%3Fuser_code%3DBCDF-GHJK")
    assert "BCDF-GHJK" in browser.text
    assert await world.who(browser) == "tycho@knudstrup.example"
    assert world.liar.asked["scope"] == "openid profile email"
    assert world.liar.asked["code_challenge_method"] == "S256"
    assert world.liar.asked["kept"] == "1", "the provider's own members stay"
    user, _, secret = (
        base64.b64decode(world.liar.traded[0]["authorization"].removeprefix("Basic ")).decode().partition(":")
    )
    # RFC 6749, section 2.3.1: both are form-encoded first.
    assert dict(parse_qsl(f"u={user}&s={secret}")) == {"u": CLIENT_ID, "s": CLIENT_SECRET}
    shown = (await world.service.anonymous.get("/api/v1/identity-providers")).json()["items"]
    assert [each["name"] for each in shown] == ["liar", "hub", "closed"]


async def test_an_account_is_not_taken_over_by_its_address(world: World) -> None:
    person = await world.service.person()
    for email in (person.email, person.email.upper()):
        world.liar.claims = {"sub": "thief", "email": email, "email_verified": True}
        browser = world.browser()
        assert (await world.visit(browser)).status_code == 400
        assert "sign in to it, and link" in browser.text
        assert await world.who(browser) is None


@pytest.mark.parametrize("verified", [False, None, "false", 1, "yes", [True]])
async def test_an_address_that_is_not_confirmed_makes_no_account(world: World, verified: Any) -> None:
    world.liar.claims = {"sub": "unsure", "email": "unsure@knudstrup.example", "email_verified": verified}
    browser = world.browser()
    assert (await world.visit(browser)).status_code == 400
    assert "confirms no e-mail address" in browser.text


async def test_where_sign_up_is_closed_only_linked_identities_get_in(world: World) -> None:
    world.liar.claims = {"sub": "outsider", "email": "outsider@knudstrup.example", "email_verified": True}
    browser = world.browser()
    assert (await world.visit(browser, "/sign-in/closed")).status_code == 400
    assert "Sign-up is closed" in browser.text


async def test_who_is_elsewhere_is_known_by_issuer_and_subject_alone(world: World) -> None:
    world.liar.claims = {"sub": "moved", "email": "before@knudstrup.example", "email_verified": True}
    first, second = world.browser(), world.browser()
    await world.visit(first)
    world.liar.claims = {"sub": "moved"}
    world.liar.userinfo = {"sub": "moved", "email": "after@knudstrup.example", "email_verified": False}
    await world.visit(second)
    assert await world.who(first) == await world.who(second) == "before@knudstrup.example"


async def test_an_address_may_come_from_the_userinfo(world: World) -> None:
    world.liar.claims = {"sub": "quiet"}
    world.liar.userinfo = {"sub": "quiet", "email": "quiet@knudstrup.example", "email_verified": True, "name": "Quiet"}
    browser = world.browser()
    await world.visit(browser)
    assert await world.who(browser) == "quiet@knudstrup.example"


async def test_the_second_factor_is_asked_for_here_too(world: World) -> None:
    world.liar.claims = {"sub": "careful", "email": "careful@knudstrup.example", "email_verified": True}
    browser = world.browser()
    await world.visit(browser)
    csrf = (await linked_by_api(world, browser))["csrf"]
    begun = await browser.client.post("/api/v1/me/second-factor", headers=csrf)
    secret = begun.json()["secret"]
    confirmed = await browser.client.post(
        "/api/v1/me/second-factor/confirm", json={"code": code_of(secret, -1)}, headers=csrf
    )
    assert confirmed.status_code == 201
    other = world.browser()
    await world.visit(other)
    assert "Open your authenticator" in other.text
    assert await world.who(other) is None
    await other.send(code=code_of(secret))
    assert await world.who(other) == "careful@knudstrup.example"


async def test_the_second_factor_leads_on_to_where_one_was_going(world: World) -> None:
    world.liar.claims = {"sub": "waiting", "email": "waiting@knudstrup.example", "email_verified": True}
    browser = world.browser()
    await world.visit(browser)
    csrf = (await linked_by_api(world, browser))["csrf"]
    begun = await browser.client.post("/api/v1/me/second-factor", headers=csrf)
    code = code_of(begun.json()["secret"])
    confirmed = await browser.client.post("/api/v1/me/second-factor/confirm", json={"code": code}, headers=csrf)
    for_device, for_portal, *_ = confirmed.json()["codes"]
    device = world.browser()
    await world.visit(device, "/sign-in/liar?onward=/oauth/device%3Fuser_code%3DBCDF-GHJK")
    await device.send(code=for_device)
    assert "BCDF-GHJK" in device.text
    portal = world.browser()
    await world.visit(portal, "/sign-in/liar?onward=/app/hven/frames")
    await portal.send(code=for_portal)
    assert str(portal.reply.url) == f"{portal.base}/app/hven/frames"


async def test_another_way_of_signing_in_leads_on_to_where_one_was_going(world: World) -> None:
    person = await world.service.person()
    world.liar.claims = {"sub": "thief", "email": person.email, "email_verified": True}
    for wrong in ({}, {"error": "access_denied"}):
        browser = world.browser()
        refused = await world.visit(browser, "/sign-in/liar?onward=/app/hven/frames?filter=R", **wrong)
        assert refused.status_code == 400
        other_way = re.search(r"href='([^']+)'>Sign in another way<", browser.text)
        assert other_way
        await browser.open(html.unescape(other_way[1]))
        await browser.send(email=person.email, password=PASSWORD)
        assert str(browser.reply.url) == f"{browser.base}/app/hven/frames?filter=R"


async def linked_by_api(world: World, browser: Browser) -> dict[str, Any]:
    """Give a session of a page the CSRF token that the API asks for: only its hash is kept."""
    from service.actions.credentials import hash_secret

    cookie = browser.client.cookies["uraniborg_session"]
    async with world.service.house.database.transaction() as connection:
        await connection.execute(
            text("UPDATE sessions SET csrf_hash = :c WHERE secret_hash = :s"),
            {"c": hash_secret("known"), "s": hash_secret(cookie)},
        )
    return {"csrf": {"X-CSRF-Token": "known"}}


async def test_github_is_asked_for_an_address_that_it_has_confirmed(world: World) -> None:
    """Against a stand-in that answers as GitHub's documentation says; the one on the profile confirms nothing."""
    browser = world.browser()
    assert (await world.visit(browser, "/sign-in/hub")).status_code == 400
    assert "confirms no e-mail address" in browser.text
    world.liar.github_emails = [
        {"email": "octocat@knudstrup.example", "verified": True, "primary": True, "visibility": "public"},
        {"email": "other@knudstrup.example", "verified": False, "primary": False, "visibility": None},
    ]
    await world.visit(browser, "/sign-in/hub")
    assert await world.who(browser) == "octocat@knudstrup.example"
    assert world.liar.asked["scope"] == "read:user user:email"
    assert "nonce" not in world.liar.asked
    world.liar.github_user = {"login": "octocat", "id": 2}
    other = world.browser()
    assert (await world.visit(other, "/sign-in/hub")).status_code == 400, "a name that was given anew is somebody else"
    for odd in ({"login": "octocat"}, {"id": True}, {"id": "1"}, {"message": "Bad credentials"}):
        world.liar.github_user = odd
        assert (await world.visit(other, "/sign-in/hub")).status_code == 400, odd


# --- linking


async def test_linking_and_unlinking_leave_one_way_in(world: World) -> None:
    person = await world.service.person()
    browser = await world.signed_in(person)
    world.liar.claims = {"sub": "linked", "email": "somebody.else@knudstrup.example", "email_verified": True}
    await browser.open("/account")
    await browser.send(press="Link The <Liar>")
    await world.back(browser, browser.reply.headers["refresh"].partition("url=")[2])
    assert "The &lt;Liar&gt;: somebody.else@knudstrup.example" in browser.text
    elsewhere = world.browser()
    await world.visit(elsewhere)
    assert await world.who(elsewhere) == person.email
    [identity] = (await person.client.get("/api/v1/me/identities")).json()["items"]
    assert (identity["provider"], identity["last_used_at"] is not None) == ("liar", True)

    another = await world.signed_in(await world.service.person())
    await another.open("/account")
    await another.send(press="Link The <Liar>")
    assert (await world.back(another, another.reply.headers["refresh"].partition("url=")[2])).status_code == 400
    assert "linked to another account" in another.text

    assert (await person.client.delete(f"/api/v1/me/identities/{identity['id']}")).status_code == 403, "by a token"
    await browser.open("/account")
    await browser.send(press="Unlink")
    assert "somebody.else@" not in browser.text
    assert (await world.visit(world.browser())).status_code == 200, "a new account of its own now"

    only = world.browser()
    world.liar.claims = {"sub": "only", "email": "only@knudstrup.example", "email_verified": True}
    await world.visit(only)
    await only.open("/account")
    assert (await only.send(press="Unlink")).status_code == 409
    assert "last way of signing in" in only.text


async def test_linking_is_begun_and_finished_by_the_same_person_in_one_browser(world: World) -> None:
    person, other = await world.service.person(), await world.service.person()
    browser = await world.signed_in(person)
    world.liar.claims = {"sub": "contested"}
    csrf = (await linked_by_api(world, browser))["csrf"]
    assert (await browser.client.post("/api/v1/me/identities", json=LIAR)).status_code == 403
    assert (
        await browser.client.post("/api/v1/me/identities", json={"provider": "nobody"}, headers=csrf)
    ).status_code == 404
    begun = await browser.client.post("/api/v1/me/identities", json=LIAR, headers=csrf)
    assert begun.status_code == 201
    await browser.open("/sign-in")
    await browser.send(press="Sign out")
    assert (await world.back(browser, begun.json()["address"])).status_code == 400
    victim = await world.signed_in(other)
    begun = await (await world.signed_in(person)).client.post("/api/v1/me/identities", json=LIAR, headers=csrf)
    assert begun.status_code == 403
    mine = await world.signed_in(person)
    csrf = (await linked_by_api(world, mine))["csrf"]
    address = (await mine.client.post("/api/v1/me/identities", json=LIAR, headers=csrf)).json()["address"]
    assert (await world.back(victim, address)).status_code == 400, "somebody else's visit ends nowhere"
    for who in (person, other):
        assert (await who.client.get("/api/v1/me/identities")).json()["items"] == []


# --- lies


def unsigned(claims: Claims) -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part(claims)}."


def by_our_secret(claims: Claims) -> str:
    key = OctKey.import_key(CLIENT_SECRET.encode())
    return jwt.encode({"alg": "HS256", "kid": "one"}, claims, key, algorithms=["HS256"])


LIES: dict[str, Callable[[Claims], Claims]] = {
    "another nonce": lambda c: c | {"nonce": "x"},
    "no nonce": lambda c: {k: v for k, v in c.items() if k != "nonce"},
    "another audience": lambda c: c | {"aud": "somebody"},
    "no audience": lambda c: {k: v for k, v in c.items() if k != "aud"},
    "several audiences": lambda c: c | {"aud": [CLIENT_ID, "somebody"]},
    "for another party": lambda c: c | {"azp": "somebody"},
    "another issuer": lambda c: c | {"iss": "https://knudstrup.example"},
    "an issuer with a slash": lambda c: c | {"iss": c["iss"] + "/"},
    "expired": lambda c: c | {"exp": int(time.time()) - 3600},
    "no end": lambda c: {k: v for k, v in c.items() if k != "exp"},
    "no beginning": lambda c: {k: v for k, v in c.items() if k != "iat"},
    "of the future": lambda c: c | {"iat": int(time.time()) + 3600},
    "nobody": lambda c: {k: v for k, v in c.items() if k != "sub"},
    "a number": lambda c: c | {"sub": 1},
    "empty": lambda c: c | {"sub": ""},
    "a long name": lambda c: c | {"sub": "x" * 300},
}


@pytest.mark.parametrize("lie", LIES)
async def test_claims_that_do_not_hold_are_refused(world: World, lie: str) -> None:
    world.liar.lie = LIES[lie]
    browser = world.browser()
    assert (await world.visit(browser)).status_code == 400
    assert await world.who(browser) is None


@pytest.mark.parametrize("forge", ["alg none", "our own secret", "another key", "no JWT", "nothing", "an object"])
async def test_signatures_that_are_not_the_providers_are_refused(world: World, forge: str) -> None:
    makes: dict[str, Callable[[Claims], Any]] = {
        "alg none": unsigned,
        "our own secret": by_our_secret,
        "another key": lambda claims: world.liar.signed(claims, world.liar.other_key),
        "no JWT": lambda claims: "no.jwt",
        "nothing": lambda claims: None,
        "an object": lambda claims: {"a": 1},
    }
    world.liar.make = makes[forge]
    browser = world.browser()
    assert (await world.visit(browser)).status_code == 400
    assert await world.who(browser) is None
    world.liar.forget()
    await world.visit(browser)
    assert await world.who(browser) is not None


async def test_a_new_key_of_the_provider_is_fetched(world: World) -> None:
    from tests.support.lying_provider import _key

    await world.visit(world.browser())
    world.liar.key = _key("two")
    browser = world.browser()
    await world.visit(browser)
    assert await world.who(browser) == "tycho@knudstrup.example"


async def test_state_is_of_this_browser_this_provider_and_good_once(world: World) -> None:
    for changed in ({"state": "made up"}, {"state": ""}, {"error": "access_denied"}, {"iss": "https://evil.example"}):
        browser = world.browser()
        assert (await world.visit(browser, **changed)).status_code == 400, changed
        assert await world.who(browser) is None
    mine, yours = world.browser(), world.browser()
    await mine.open("/sign-in/liar")
    await yours.open("/sign-in/liar")
    address = mine.left_for
    assert (await world.back(yours, address)).status_code == 400, "one's own code in another's browser"
    assert (await world.back(mine, address)).status_code == 400, "it was used up by that"
    browser = world.browser()
    await browser.open("/sign-in/liar")
    async with httpx.AsyncClient() as client:
        back = (await client.get(browser.left_for)).headers["location"]
    assert (await browser.open(back.replace("/sign-in/liar/", "/sign-in/closed/"))).status_code == 400
    browser = world.browser()
    await browser.open("/sign-in/liar")
    async with httpx.AsyncClient() as client:
        back = (await client.get(browser.left_for)).headers["location"]
    assert (await browser.open(back)).status_code == 200
    assert (await browser.open(back)).status_code == 400
    assert (await world.browser().open("/sign-in/nobody")).status_code == 404


async def test_a_provider_that_says_whose_its_answers_are_must_say_so(world: World) -> None:
    service = world.service
    world.liar.metadata = {"authorization_response_iss_parameter_supported": True}
    service.app.state.providers.get("closed")._metadata = None
    world.liar.back = {"iss": None}
    browser = world.browser()
    assert (await world.visit(browser, "/sign-in/closed")).status_code == 400
    assert "did not come from" in browser.text
    service.app.state.providers.get("closed")._metadata = None


@pytest.mark.parametrize("status", [302, 500, 503])
async def test_a_provider_that_fails_is_named(world: World, status: int) -> None:
    world.liar.token_status = status
    browser = world.browser()
    reply = await world.visit(browser)
    assert reply.status_code in (400, 503)
    assert await world.who(browser) is None


async def test_two_people_at_once_are_refused(world: World) -> None:
    world.liar.claims = {"sub": "one"}
    world.liar.userinfo = {"sub": "two", "email": "two@knudstrup.example", "email_verified": True}
    browser = world.browser()
    assert (await world.visit(browser)).status_code == 400
    assert "two people at once" in browser.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://a.example", "preset": "orcid", "client_id": "a", "client_secret": "b"},
        {"client_id": "a", "client_secret": "b"},
        {"preset": "nowhere", "client_id": "a", "client_secret": "b"},
        {"preset": "orcid"},
    ],
)
def test_settings_that_do_not_fit_are_named(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        load_config({}, data_dir=tmp_path, identity_providers={"a": wrong})
    config = load_config(
        {}, identity_providers={"orcid": {"preset": "orcid", "client_id": "a", "client_secret": "very secret"}}
    )
    assert "very secret" not in repr(config)
