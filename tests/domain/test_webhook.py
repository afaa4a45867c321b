"""Which addresses are public, which may be registered, and how messages are signed."""

from __future__ import annotations

import ipaddress
import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from domain.errors import InvalidInput
from domain.public_address import is_public
from domain.webhook import read_target, retry_delay, secret_text, signature

PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "193.0.6.139", "2606:4700::1111", "2a00:1450:4001::1", "2400:cb00::1"]
INSIDE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.19.255.255",
    "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.88.99.1",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8", "64:ff9b::7f00:1",
    "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1",
    "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::", "3fff::1", "5f00::1", "4000::1",
    "2606:4700::1111%eth0", "", "localhost", "127.1", "0x7f000001", "2130706433", "127.0.0.1 ", "[::1]",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_hosts_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", INSIDE)
def test_what_leads_inside_is_not(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses())
def test_nothing_is_public_that_python_calls_private(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert not is_public(str(address))


@given(st.ip_addresses(v=4))
def test_no_writing_of_an_ipv4_address_in_ipv6_is_public(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for written in (
        (0xFFFF << 32) | number,
        number,
        (0x64FF9B << 96) | number,
        (0x2002 << 112) | (number << 80),
        (0x20010000 << 96) | (number ^ 0xFFFFFFFF),
    ):
        assert not is_public(str(ipaddress.IPv6Address(written)))


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://hooks.hven.example", ("hooks.hven.example", 443, "/")),
        ("https://Hooks.Hven.example:8443/a/b?c=d&e", ("hooks.hven.example", 8443, "/a/b?c=d&e")),
        ("https://xn--bcher-kva.example/", ("xn--bcher-kva.example", 443, "/")),
        ("https://hooks.hven.example./", ("hooks.hven.example", 443, "/")),
        ("https://1.1.1.1/dns", ("1.1.1.1", 443, "/dns")),
        ("https://[2606:4700::1111]/dns", ("2606:4700::1111", 443, "/dns")),
    ],
)
def test_addresses_that_may_be_registered(url: str, target: tuple[str, int, str]) -> None:
    read = read_target(url)
    assert (read.scheme, read.host, read.port, read.path) == ("https", *target)


@pytest.mark.parametrize(
    "url",
    [
        "", "hooks.hven.example", "http://hooks.hven.example", "ftp://hooks.hven.example", "https://", "https:///path",
        "https://user@hooks.hven.example", "https://user:pw@hooks.hven.example", "https://@hooks.hven.example",
        "https://hooks.hven.example#part", "https://hooks.hven.example:22", "https://hooks.hven.example:0",
        "https://hooks.hven.example:80", "https://hooks.hven.example:99999", "https://hooks.hven.example:x",
        "https://localhost", "https://localhost/", "https://a.localhost", "https://intranet", "https://nas.local",
        "https://metadata.google.internal", "https://1.0.0.127.in-addr.arpa", "https://127.0.0.1", "https://10.1.2.3",
        "https://[::1]", "https://[::ffff:1.1.1.1]", "https://[fe80::1%25eth0]", "https://169.254.169.254/latest",
        "https://2130706433", "https://0x7f000001", "https://127.1", "https://0177.0.0.1",
        "https://hooks.hven.example\\@x",
        "https://hooks hven.example", "https://hooks.hven.example/\r\nx-evil: 1", "https://bücher.example",
        "https://hooks..example", "https://-a.example", "https://[::1", "javascript://x",
        "https://a.example/" + "x" * 2000,
    ],
)  # fmt: skip
def test_addresses_that_may_not(url: str) -> None:
    with pytest.raises(InvalidInput):
        read_target(url)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for url in (text, f"https://{text}", f"https://hooks.hven.example{text}"):
        try:
            target = read_target(url)
        except InvalidInput:
            continue
        assert target.path.startswith("/")
        assert target.host.isascii()


@given(st.binary(min_size=24, max_size=64), st.binary(min_size=24, max_size=64), st.text(max_size=200))
def test_signatures_are_those_of_the_standard(secret: bytes, older: bytes, body: str) -> None:
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature([secret, older], "evt_1", int(now.timestamp()), body.encode("utf-8", "replace")),
    }
    for known in (secret, older):  # both are valid while one fades out
        Webhook(secret_text(known)).verify(body.encode("utf-8", "replace"), headers, json_parse=False)
    signed_by_reference = Webhook(secret_text(secret)).sign("evt_1", now, body.encode("utf-8", "replace").decode())
    assert headers["webhook-signature"].split(" ")[0] == signed_by_reference


def test_retries_take_longer_each_time_up_to_six_hours() -> None:
    waits = [retry_delay(attempts) for attempts in range(1, 30)]
    assert waits[:4] == [timedelta(seconds=s) for s in (30, 60, 120, 240)]
    assert all(one <= two for one, two in itertools.pairwise(waits))
    assert waits[-1] == timedelta(hours=6)
    assert retry_delay(10**9) == timedelta(hours=6)
