"""Whom a proxy speaks for is believed of trusted ones, and of nobody else."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from domain.errors import InvalidInput
from service.actions.passwords import ASKED_PER_CLIENT
from service.config import load_config
from tests.support.live_server import live_server


def test_a_proxys_clients_are_limited_each_by_themselves_and_nobody_else_chooses_an_address(tmp_path: Path) -> None:
    with live_server(tmp_path, trusted_proxies="127.0.0.2, 192.0.2.0/24") as server:

        def client(address: str) -> httpx.Client:
            return httpx.Client(base_url=server.url, transport=httpx.HTTPTransport(local_address=address))

        with client("127.0.0.2") as proxy, client("127.0.0.1") as stranger:

            def ask(through: httpx.Client, number: int, forwarded_for: str) -> int:
                email = {"email": f"nobody{number}@hven.example"}
                headers = {"X-Forwarded-For": forwarded_for}
                return through.post("/api/v1/password-resets", json=email, headers=headers).status_code

            for number in range(ASKED_PER_CLIENT):
                assert ask(proxy, number, "198.51.100.1") == 204
            # What a client made up itself stands before what the proxy adds.
            assert ask(proxy, 100, "203.0.113.5, 198.51.100.1") == 429
            assert ask(proxy, 100, "198.51.100.1, 192.0.2.7") == 429  # by two proxies, both trusted
            assert ask(proxy, 100, "198.51.100.2") == 204
            assert ask(stranger, 101, "198.51.100.1") == 204
            for number in range(ASKED_PER_CLIENT - 1):
                assert ask(stranger, 200 + number, f"203.0.113.{number}") == 204
            assert ask(stranger, 300, "203.0.113.200") == 429


@pytest.mark.parametrize("wrong", ["*", "proxy.example", "10.0.0.1/8", "127.0.0.1;127.0.0.2"])
def test_only_addresses_and_networks_are_trusted(wrong: str) -> None:
    with pytest.raises(InvalidInput, match="TRUSTED_PROXIES"):
        load_config({"URANIBORG_TRUSTED_PROXIES": wrong})
