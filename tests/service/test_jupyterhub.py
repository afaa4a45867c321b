"""A stock JupyterHub, with its generic OAuth authenticator, logs people in with this service."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.browser import Browser
from tests.support.live_server import LiveServer, Someone, live_server
from tests.support.oidc_provider import npm_folder

pytestmark = pytest.mark.slow

START_S = 60.0
# What an operator writes, and nothing else: addresses from the service's metadata.
CONFIG = """
settings = {settings}
c = get_config()
c.JupyterHub.bind_url = settings["hub"]
c.JupyterHub.hub_bind_url = settings["inner"]
c.JupyterHub.db_url = "sqlite:///" + settings["folder"] + "/hub.sqlite"
c.JupyterHub.cookie_secret_file = settings["folder"] + "/cookie_secret"
c.ConfigurableHTTPProxy.command = settings["proxy"]
c.ConfigurableHTTPProxy.api_url = settings["proxy_api"]
c.ConfigurableHTTPProxy.pid_file = settings["folder"] + "/proxy.pid"
c.JupyterHub.authenticator_class = "generic-oauth"
c.GenericOAuthenticator.client_id = settings["client_id"]
c.GenericOAuthenticator.client_secret = settings["client_secret"]
c.GenericOAuthenticator.oauth_callback_url = settings["hub"] + "/hub/oauth_callback"
c.GenericOAuthenticator.authorize_url = settings["authorization_endpoint"]
c.GenericOAuthenticator.token_url = settings["token_endpoint"]
c.GenericOAuthenticator.userdata_url = settings["userinfo_endpoint"]
c.GenericOAuthenticator.scope = ["openid", "profile", "email"]
c.GenericOAuthenticator.username_claim = "email"
c.GenericOAuthenticator.allow_all = True
"""


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@contextmanager
def jupyterhub(folder: Path, settings: dict[str, Any], hub: str) -> Iterator[None]:
    """Run a hub as long as the block lasts."""
    folder.mkdir()
    (folder / "jupyterhub_config.py").write_text(CONFIG.format(settings=json.dumps(settings)))
    with (folder / "hub.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", "jupyterhub_config.py"],
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + START_S
        while True:
            try:
                if httpx.get(f"{hub}/hub/health", timeout=5).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the hub did not start:\n{(folder / 'hub.log').read_text()[-4000:]}")
            time.sleep(0.2)
        yield
    finally:
        process.terminate()  # it ends its proxy itself
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Walk:
    """One browser that goes to the hub and to the service, each with its own cookies."""

    def __init__(self, hub: str, service: str) -> None:
        self.hub = Browser(httpx.AsyncClient(base_url=hub, timeout=60))
        self.service = Browser(httpx.AsyncClient(base_url=service, timeout=60))

    async def to_the_service(self) -> None:
        """Begin to log in at the hub."""
        await self.hub.open("/hub/oauth_login")
        await self.service.open(self.hub.left_for)

    async def back(self) -> httpx.Response:
        """Return to the hub."""
        parts = urlsplit(self.service.left_for)
        assert parts.path == "/hub/oauth_callback", self.service.text
        # The hub sends one on to a server of one's own; whether it starts is not what is asked here.
        reply = await self.hub.client.get(f"{parts.path}?{parts.query}")
        self.hub.reply = reply
        return reply


async def test_a_stock_hub_logs_people_in(tmp_path: Path) -> None:
    pytest.importorskip("jupyterhub")
    pytest.importorskip("oauthenticator")
    proxy = npm_folder("configurable-http-proxy") / "node_modules/configurable-http-proxy/bin/configurable-http-proxy"
    node = shutil.which("node")
    assert node is not None
    with live_server(tmp_path / "service") as server:
        outer, inner, api = free_ports(3)  # now that the service has its own
        hub = f"http://127.0.0.1:{outer}"
        someone = server.someone("tycho")
        settings = register(server, someone, f"{hub}/hub/oauth_callback") | {
            "hub": hub,
            "inner": f"http://127.0.0.1:{inner}",
            "proxy": [node, str(proxy)],
            "proxy_api": f"http://127.0.0.1:{api}",
            "folder": str(tmp_path / "hub"),
        }
        with jupyterhub(tmp_path / "hub", settings, hub):
            walk = Walk(hub, server.url)
            await walk.to_the_service()
            await walk.service.sign_in(someone.email, someone.password)
            assert "JupyterHub of Hven" in walk.service.text
            await walk.service.send(press="Let it in")
            assert (await walk.back()).status_code == 302
            home = await walk.hub.client.get("/hub/home")
            assert home.status_code == 200
            assert someone.email in home.text

            # Who is known, is let in again without being asked.
            again = Walk(hub, server.url)
            again.service = walk.service
            await again.to_the_service()
            assert (await again.back()).status_code == 302
            assert (await again.hub.client.get("/hub/home")).status_code == 200

            refused = Walk(hub, server.url)
            await refused.to_the_service()
            other = server.someone("sophie")
            await refused.service.sign_in(other.email, other.password)
            await refused.service.send(press="Turn it away")
            assert (await refused.back()).status_code >= 400
            assert (await refused.hub.client.get("/hub/home")).status_code == 302, "to the login"


def register(server: LiveServer, owner: Someone, callback: str) -> dict[str, Any]:
    """Register the hub as an organisation's application; give what its configuration needs."""
    headers = {"Authorization": f"Bearer {owner.token}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
        made = client.post("/api/v1/organisations", json={"name": "Uraniborg"})
        base = f"/api/v1/organisations/{made.json()['slug']}/applications"
        application = client.post(base, json={"name": "JupyterHub of Hven", "redirect_uris": [callback]})
        assert application.status_code == 201, application.text
        metadata = client.get("/.well-known/openid-configuration").json()
    wanted = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")
    told = application.json()
    return {name: metadata[name] for name in wanted} | {k: told[k] for k in ("client_id", "client_secret")}
