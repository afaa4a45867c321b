"""A portal on a host of its own: proven by the DNS, and then that portal, and nothing else of the service."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from domain.errors import InvalidInput
from domain.portal_host import read_host
from service.name_server import read_name_server
from tests.service.test_public_portal import Observatory, Page
from tests.support.name_server import NameServer, name_server
from tests.support.service import PASSWORD, Person, RunningService, running_service

SETTINGS = {"is_public": True, "title": "Uraniborg on Hven"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def dns() -> AsyncIterator[NameServer]:
    async with name_server() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def apart(dns: NameServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningService]:
    """A service that asks the name server of this test."""
    folder = tmp_path_factory.mktemp("hosts")
    async with running_service(folder, name_server=f"127.0.0.1:{dns.port}") as running:
        yield running


@pytest.fixture
async def hven(apart: RunningService) -> Observatory:
    owner = await apart.person()
    return Observatory(apart, owner, await apart.equipped(owner))


def host_of(hven: Observatory) -> str:
    return f"data.{hven.slug}.example"


async def own(hven: Observatory, dns: NameServer, host: str = "") -> str:
    """Name a host, set its record, and prove it."""
    named = await hven.ask("PUT", "/portal/host", {"host": host or host_of(hven)})
    dns.texts[named["record_name"]] = ["v=spf1 -all", named["record_value"]]
    proven = await hven.ask("POST", "/portal/host/proof")
    assert proven["proven_at"]
    return str(proven["host"])


async def visit(
    service: RunningService, host: str, path: str = "/", method: str = "GET", **headers: str
) -> httpx.Response:
    """Ask for something by a host's name."""
    async with service.client() as anyone:
        return await anyone.request(method, path, headers={"host": host, **headers})


async def test_host_shows_the_portal_once_it_is_proven(hven: Observatory, dns: NameServer) -> None:
    await hven.bring("set", light="M 31")
    await hven.publish("m31", "set", "M 31 in R")
    await hven.ask("PUT", "/portal", SETTINGS)
    host = host_of(hven)
    named = await hven.ask("PUT", "/portal/host", {"host": host.upper()})
    assert (named["host"], named["proven_at"]) == (host, None)
    assert named["record_name"] == f"_uraniborg.{host}"
    refused = await hven.owner.client.post(f"{hven.base}/portal/host/proof")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/host-not-proven")
    assert named["record_value"] in refused.json()["detail"]
    assert "Uraniborg on Hven" not in (await visit(hven.service, host)).text
    await own(hven, dns)
    portal = await hven.ask("GET", "/portal")
    home = portal["host"]["address"]
    assert portal["address"] == home and home == f"http://{host}:8000/"
    for reply in (await visit(hven.service, host), await hven.page()):  # and still below the service's address
        page = Page(reply.text)
        assert {link["rel"]: link["href"] for link in page.all("link")}["canonical"] == home
        assert json.loads(page.scripts[0])["@id"] == home
    reply = await visit(hven.service, f"{host}:443")
    assert reply.status_code == 200 and not reply.headers.get("set-cookie")
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    page = Page(reply.text)
    for picture in page.all("img"):
        assert (await visit(hven.service, host, str(picture["src"]))).status_code == 200
    landing = next(link["href"] for link in page.all("a") if "/packages/" in str(link["href"]))
    assert landing == f"{home}packages/m31/versions/1"
    shown = await visit(hven.service, host, "/packages/m31/versions/1")
    assert shown.status_code == 200 and "M 31 in R" in shown.text
    assert {link["rel"]: link["href"] for link in Page(shown.text).all("link")}["canonical"] == landing
    # What is cited lasts longer than a host.
    assert f'"{hven.service.house.config.base_url}/api/v1/packages/{hven.slug}/m31/versions/1"' in shown.text
    moved = await visit(hven.service, host, "/packages/m31")
    assert (moved.status_code, moved.headers["location"]) == (302, landing)
    robots = (await visit(hven.service, host, "/robots.txt")).text
    assert f"Sitemap: {home}sitemap.xml" in robots
    sitemap = (await visit(hven.service, host, "/sitemap.xml")).text
    assert f"<loc>{home}</loc>" in sitemap and f"<loc>{landing}</loc>" in sitemap
    async with hven.service.anonymous as anyone:
        assert f"/o/{hven.slug}/" not in (await anyone.get("/sitemap.xml")).text


async def test_nothing_else_is_there_whoever_asks(hven: Observatory, dns: NameServer) -> None:
    other = Observatory(hven.service, hven.owner, await hven.service.organisation(hven.owner))
    await other.ask("PUT", "/portal", SETTINGS | {"title": "Another's"})
    await hven.ask("PUT", "/portal", SETTINGS)
    host = await own(hven, dns)
    async with hven.service.client() as browser:
        login = {"email": hven.owner.email, "password": PASSWORD}
        assert (await browser.post("/api/v1/session", json=login)).status_code == 201
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    bearer = f"Bearer {hven.owner.token}"
    beside = [
        "/app/", "/app/sign-in", "/api/v1/me", "/api/v1/docs", "/api/v1/openapi.json", "/sign-in", "/account", "/s",
        f"/api/v1{hven.base}", hven.base, f"/o/{hven.slug}", f"/o/{other.slug}", "/oauth/authorize", "/health/ready",
        "/metrics", "/objects/x", "/dav/", "/api/v1/oai", "/portal-hosts/ask?domain=x", "/-", "/./app/",
        "/../app/", "/%2e%2e/app/", "/packages/../../me", f"/pictures/../{other.slug}", "/packages/m31/versions/0",
        "/logo/..%2f..%2fapp", "/packages/%2e%2e/versions/1", "/robots.txt/", "/%0a",
    ]  # fmt: skip
    for path in beside:
        reply = await visit(hven.service, host, path, cookie=cookie, authorization=bearer)
        assert reply.status_code == 404 and "Nothing here" in reply.text, (path, reply.status_code)
        assert reply.headers["content-security-policy"].startswith("default-src 'none'")
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for path in ("/", "/api/v1/session", f"{hven.base}/portal", "/sign-in"):
            reply = await visit(hven.service, host, path, method, cookie=cookie, authorization=bearer)
            assert reply.status_code in (404, 405), (method, path, reply.status_code)
    signed_in = await visit(hven.service, host, "/", cookie=cookie, authorization=bearer)
    assert "Uraniborg on Hven" in signed_in.text and hven.owner.email not in signed_in.text


async def test_it_goes_at_once(hven: Observatory, dns: NameServer) -> None:
    await hven.ask("PUT", "/portal", SETTINGS)
    host = await own(hven, dns)

    async def asked() -> int:
        async with hven.service.anonymous as proxy:
            return (await proxy.get("/portal-hosts/ask", params={"domain": host})).status_code

    assert await asked() == 200
    await hven.ask("PUT", "/portal", SETTINGS | {"is_public": False})
    hidden = await visit(hven.service, host)
    assert hidden.status_code == 404 and "Nothing here" in hidden.text and await asked() == 404
    await hven.ask("PUT", "/portal", SETTINGS)
    # Another name: the one before shows nothing any more, and the new one nothing yet.
    await hven.ask("PUT", "/portal/host", {"host": f"www.{hven.slug}.example"})
    assert "Uraniborg on Hven" not in (await visit(hven.service, host)).text
    assert "Uraniborg on Hven" not in (await visit(hven.service, f"www.{hven.slug}.example")).text
    host = await own(hven, dns)
    await hven.ask("DELETE", "/portal/host")
    assert "Uraniborg on Hven" not in (await visit(hven.service, host)).text and await asked() == 404
    assert (await hven.ask("GET", "/portal"))["host"] is None
    await hven.ask("DELETE", "/portal/host")
    refused = await hven.owner.client.post(f"{hven.base}/portal/host/proof")
    assert refused.status_code == 404
    entries = (await hven.ask("GET", "/audit"))["items"]
    done = {each["action"] for each in entries if each["action"].startswith("portal.host")}
    assert done == {"portal.host-set", "portal.host-proven", "portal.host-removed"}


async def test_host_belongs_to_whom_the_dns_says(hven: Observatory, dns: NameServer, apart: RunningService) -> None:
    thief: Person = await apart.person()
    other = Observatory(apart, thief, await apart.organisation(thief))
    for each, title in ((hven, "The first"), (other, "The second")):
        await each.ask("PUT", "/portal", SETTINGS | {"title": title})
    host = host_of(hven)
    # Whoever names it first does not have it.
    theirs = await other.ask("PUT", "/portal/host", {"host": host})
    await own(hven, dns)
    assert "The first" in (await visit(apart, host)).text
    record = theirs["record_name"]
    refused = await thief.client.post(f"{other.base}/portal/host/proof")
    assert refused.json()["type"] == "/problems/host-not-proven"
    # While both are said, it stays whose it is.
    dns.texts[record].append(theirs["record_value"])
    refused = await thief.client.post(f"{other.base}/portal/host/proof")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/host-taken")
    assert "The first" in (await visit(apart, host)).text
    # The host changed hands.
    dns.texts[record] = [theirs["record_value"]]
    await other.ask("POST", "/portal/host/proof")
    assert "The second" in (await visit(apart, host)).text
    lost = await hven.ask("GET", "/portal")
    assert lost["host"]["proven_at"] is None and lost["address"].endswith(f"/o/{hven.slug}")
    entries = (await hven.ask("GET", "/audit"))["items"]
    assert any(each["action"] == "portal.host-lost" for each in entries)
    assert thief.email not in json.dumps(entries)


async def test_name_servers_that_do_not_answer_are_told_of(hven: Observatory, dns: NameServer) -> None:
    named = await hven.ask("PUT", "/portal/host", {"host": host_of(hven)})
    dns.texts[named["record_name"]] = []
    for broken in (False, True):
        dns.broken = broken
        try:
            refused = await hven.owner.client.post(f"{hven.base}/portal/host/proof")
        finally:
            dns.broken = False
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/host-not-proven")
        assert ("did not answer" in refused.json()["detail"]) is broken
    # Many records, in parts, too long for a datagram.
    value = named["record_value"]
    dns.texts[named["record_name"]] = [f"{number:03}{'x' * 200}" for number in range(20)] + [value]
    assert (await hven.ask("POST", "/portal/host/proof"))["proven_at"]


async def test_only_owners_name_a_host_and_not_any(hven: Observatory) -> None:
    admin = await hven.service.person()
    await hven.ask("PUT", f"/members/{admin.email}", {"role": "admin"})
    path = f"{hven.base}/portal/host"
    assert (await admin.client.put(path, json={"host": "a.example"})).status_code == 403
    assert (await admin.client.post(f"{path}/proof")).status_code == 403
    assert (await admin.client.delete(path)).status_code == 403
    for wrong in ("localhost", "hven", "127.0.0.1", "[::1]", "a.example:80", "https://a.example", "a.example/x", "a..b",
                  "-a.example", "a_b.example", "x" * 64 + ".example", "a.example\n.b", "*.example", "printer.local",
                  "10.1", "", "a\0.example", f"{'a.' * 122}example"):  # fmt: skip
        reply: Any = await hven.owner.client.put(path, json={"host": wrong})
        assert (reply.status_code, reply.json()["type"]) == (400, "/problems/invalid-input"), wrong
    named = await hven.ask("PUT", "/portal/host", {"host": "Sternwarte.Größe.example."})
    assert named["host"] == "sternwarte.xn--gre-6ka8i.example"


async def test_guesses_are_limited(hven: Observatory, dns: NameServer) -> None:
    await hven.ask("PUT", "/portal/host", {"host": host_of(hven)})
    replies = [await hven.owner.client.post(f"{hven.base}/portal/host/proof") for _ in range(31)]
    assert [reply.status_code for reply in replies[-2:]] == [409, 429]


def test_names_and_name_servers_are_read() -> None:
    assert read_host("DATA.Hven.example.") == "data.hven.example"
    assert read_name_server("9.9.9.9") == ("9.9.9.9", 53)
    assert read_name_server("127.0.0.1:5353") == ("127.0.0.1", 5353)
    assert read_name_server("[2620:fe::fe]:53") == ("2620:fe::fe", 53)
    assert read_name_server("2620:fe::fe") == ("2620:fe::fe", 53)
    for wrong in ("dns.example", "9.9.9.9:0", "9.9.9.9:99999", "::1]", ""):
        with pytest.raises(InvalidInput):
            read_name_server(wrong)
