"""How the portal's files are served, and how much of them the first page needs."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from service.handlers.web_app import BUILT
from tests.portal.conftest import Observatory

pytestmark = pytest.mark.slow


def test_first_load_is_small() -> None:
    assert json.loads((BUILT / "first-load.json").read_text())["gzipped_bytes"] <= 250_000


def test_pages_run_nothing_but_files_of_ours(observatory: Observatory) -> None:
    for path in ("/app", "/app/", "/app/some/deep/link"):
        reply = httpx.get(observatory.url + path)
        assert reply.status_code == 200 and '<div id="portal">' in reply.text
        policy = dict(part.strip().split(" ", 1) for part in reply.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'" == policy["style-src"]
        assert policy["frame-ancestors"] == "'none'" and "unsafe" not in reply.headers["content-security-policy"]
        assert reply.headers["x-content-type-options"] == "nosniff" and reply.headers["cache-control"] == "no-cache"
        assert reply.headers["referrer-policy"] == "same-origin"
        assert not re.search(r"<script(?![^>]* src=)|style=|<style| on\w+=", reply.text)


def test_assets_are_kept_for_ever_and_travel_compressed(observatory: Observatory) -> None:
    page = httpx.get(f"{observatory.url}/app/").text
    for address in re.findall(r'(?:src|href)="(/app/assets/[^"]+)"', page):
        reply = httpx.get(observatory.url + address)
        assert reply.status_code == 200 and "immutable" in reply.headers["cache-control"]
        assert reply.headers["content-encoding"] == "gzip" and "accept-encoding" in reply.headers["vary"].lower()
        plain = httpx.get(observatory.url + address, headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers and plain.content == reply.content


def test_what_is_not_there_is_not_answered_with_a_page(observatory: Observatory) -> None:
    assert httpx.get(f"{observatory.url}/app/assets/old-1234.js").status_code == 404
    reply = httpx.get(f"{observatory.url}/app/%2e%2e/package.json")
    assert '"dependencies"' not in reply.text
    reply = httpx.get(f"{observatory.url}/app/..%2fpackage.json")
    assert '"dependencies"' not in reply.text


def test_front_door(observatory: Observatory) -> None:
    assert httpx.get(f"{observatory.url}/").headers["location"] == "/app/"
