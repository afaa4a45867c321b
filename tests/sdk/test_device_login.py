"""`uraniborg login` on a computer without a browser: the command, a real service, and a browser elsewhere."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uraniborg
from uraniborg.login import make_token_by_password

from tests.sdk.conftest import Someone
from tests.support.authenticator import code_of
from tests.support.browser import Browser
from tests.support.live_server import LiveServer, live_server


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A service whose devices ask again after a second."""
    with live_server(tmp_path_factory.mktemp("devices"), device_poll_seconds="1") as running:
        yield running


@pytest.fixture(scope="module")
def sophie(quick: LiveServer) -> Someone:
    return quick.someone("sophie")


def begin(server: LiveServer, *words: str) -> tuple[subprocess.Popen[str], str, str]:
    """Start the command; return it with the address and the code that it shows."""
    process = subprocess.Popen(
        [sys.executable, "-m", "uraniborg", "login", "--url", server.url, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = "".join(process.stderr.readline() for _ in range(3))
    address = re.search(r"Open (http\S+) in any browser", said)
    code = re.search(r"^ +([A-Z]{4}-[A-Z]{4})$", said, re.MULTILINE)
    assert address and code, said
    return process, address[1], code[1]


async def decide(someone: Someone, address: str, code: str, press: str) -> str:
    """Go through the pages in a browser of another computer; return what the last one says."""
    async with httpx.AsyncClient(base_url=address.rpartition("/oauth")[0], timeout=60) as client:
        browser = Browser(client)
        await browser.open(address)
        await browser.sign_in(someone.email, someone.password)
        await browser.send(user_code=code)
        await browser.send(press=press)
        return browser.text


def test_a_telescope_computer_is_let_in_from_a_browser_elsewhere(
    quick: LiveServer, sophie: Someone, at_home: Path
) -> None:
    process, address, code = begin(quick, "--json")
    assert "The device is in" in asyncio.run(decide(sophie, address, code, "Let it in"))
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    kept: dict[str, Any] = json.loads(out)
    assert kept["account"]["email"] == sophie.email
    settings = at_home / "config" / "uraniborg" / "config.toml"
    assert settings.stat().st_mode & 0o077 == 0
    secret = re.search(r'token = "(urb_\S+)"', settings.read_text())
    assert secret is not None
    assert secret[1] not in out + err
    api = httpx.Client(base_url=f"{quick.url}/api/v1", headers={"Authorization": f"Bearer {secret[1]}"})
    names = [token["name"] for token in api.get("/tokens").json()["items"]]
    assert names[0].startswith("uraniborg on ")
    assert api.get("/me/applications").json()["items"] == [], "what was granted was given back for the token"
    assert api.post("/organisations", json={"name": "Stjerneborg"}).status_code == 201
    log = quick.log()
    assert secret[1] not in log
    assert "urba_" not in log
    done = subprocess.run([sys.executable, "-m", "uraniborg", "logout", "--json"], capture_output=True, text=True)
    assert json.loads(done.stdout) == {"forgotten": True, "revoked": True}


def test_a_computer_that_is_turned_away_gets_nothing(quick: LiveServer, sophie: Someone, at_home: Path) -> None:
    process, address, code = begin(quick)
    assert "turned away" in asyncio.run(decide(sophie, address, code.lower(), "Turn it away"))
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (4, "")
    assert "turned away" in err
    assert not (at_home / "config" / "uraniborg" / "config.toml").exists()


def test_a_password_takes_the_second_factor_along(quick: LiveServer) -> None:
    someone = quick.someone("kirsten")
    with httpx.Client(base_url=f"{quick.url}/api/v1") as browser:
        signed_in = browser.post("/session", json={"email": someone.email, "password": someone.password}).json()
        browser.headers["X-CSRF-Token"] = signed_in["csrf_token"]
        secret = browser.post("/me/second-factor").json()["secret"]
        confirmed = browser.post("/me/second-factor/confirm", json={"code": code_of(secret, -1)})
        recovery = confirmed.json()["codes"]
    with pytest.raises(uraniborg.NotSignedIn, match="second factor"):
        make_token_by_password(quick.url, someone.email, someone.password, name="dome")
    with pytest.raises(uraniborg.NotSignedIn, match="code is wrong"):
        make_token_by_password(quick.url, someone.email, someone.password, name="dome", ask_code=lambda: "wrong")
    for code in (recovery[0], code_of(secret)):
        made = make_token_by_password(
            quick.url, someone.email, someone.password, name="dome", ask_code=lambda code=code: code
        )
        with uraniborg.connect(quick.url, made.secret) as client:
            assert client.who_am_i().email == someone.email
