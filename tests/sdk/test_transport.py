"""Requests that fail: repeated where that is safe, with one key, and told in the service's own words."""

from __future__ import annotations

import json
import pickle
import time

import pytest
import uraniborg
from uraniborg.errors import error_for
from uraniborg.patience import Patience

from tests.support.scripted_server import scripted

ACCOUNT = b'{"id": "1", "email": "tycho@hven.example", "name": "Tycho"}'
ORGANISATION = b'{"slug": "o", "name": "O", "role": "owner", "created_at": "2026-11-20T20:00:00Z"}'


def problem(kind: str, **more: object) -> bytes:
    return json.dumps(
        {"type": f"/problems/{kind}", "title": kind, "status": 0, "detail": f"It is {kind}."} | more
    ).encode()


def test_repeats_have_the_same_key_and_stop_at_success() -> None:
    busy = (503, {"Retry-After": "0"}, problem("store-unavailable"))
    still = (409, {}, problem("request-still-running"))
    with scripted(busy, (0, {}, b""), still, (201, {}, ORGANISATION)) as (url, asked):
        with uraniborg.connect(url, "urb_secret") as client:
            assert client.add_organisation(name="O").slug == "o"
        assert len(asked) == 4
        assert len({request["idempotency-key"] for request in asked}) == 1
        assert {request["authorization"] for request in asked} == {"Bearer urb_secret"}
        assert asked[0]["user-agent"].startswith(f"uraniborg/{uraniborg.__version__}")


def test_patch_is_not_repeated_when_its_fate_is_unknown() -> None:
    with scripted((200, {}, ACCOUNT), (0, {}, b"")) as (url, asked), uraniborg.connect(url, "t") as client:
        client.who_am_i()
        with pytest.raises(uraniborg.ServiceUnavailable):
            client.rename_organisation(organisation="o", name="x")
        assert len(asked) == 2


def test_errors_carry_what_the_service_said() -> None:
    said = problem("night-log-signed", status=409, night="2026-11-20", request_id="k3f9")
    with (
        scripted((409, {}, said)) as (url, _),
        uraniborg.connect(url, "t") as client,
        pytest.raises(uraniborg.Conflict) as caught,
    ):
        client.add_organisation(name="O")
    error = pickle.loads(pickle.dumps(caught.value))
    assert (error.type, error.status, error.request_id) == ("/problems/night-log-signed", 409, "k3f9")
    assert error.facts == {"night": "2026-11-20"}
    assert str(error) == "It is night-log-signed."


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, uraniborg.InvalidInput),
        (401, uraniborg.NotSignedIn),
        (403, uraniborg.NotAllowed),
        (404, uraniborg.NotFound),
        (409, uraniborg.Conflict),
        (413, uraniborg.OverQuota),
        (418, uraniborg.InvalidInput),
        (429, uraniborg.TooManyAttempts),
        (500, uraniborg.ServiceFault),
        (503, uraniborg.ServiceUnavailable),
    ],
)
def test_each_status_is_an_error_of_its_kind(status: int, kind: type[uraniborg.UraniborgError]) -> None:
    assert type(error_for(status, {})) is kind
    assert str(status) in error_for(status, {}).detail


def test_long_wait_that_is_demanded_is_told_and_not_waited_for() -> None:
    with scripted((429, {"Retry-After": "900"}, problem("too-many-attempts", retry_after_s=900))) as (url, asked):
        with uraniborg.connect(url) as client, pytest.raises(uraniborg.TooManyAttempts) as caught:
            client.sign_in(email="a@b.example", password="x")
        assert caught.value.facts["retry_after_s"] == 900
        assert len(asked) == 1


def test_answer_that_is_no_json_is_told_as_the_services_fault() -> None:
    with (
        scripted((200, {}, b'{"id": 5}')) as (url, _),
        uraniborg.connect(url, "t") as client,
        pytest.raises(uraniborg.ServiceFault, match="upgrade"),
    ):
        client.who_am_i()
    with (
        scripted((502, {"Content-Type": "text/html"}, b"<html>gateway</html>")) as (url, _),
        uraniborg.connect(url, "t") as client,
        pytest.raises(uraniborg.ServiceUnavailable, match="502"),
    ):
        client.call("who_am_i", patience_s=0)


def test_without_a_token_nothing_is_sent() -> None:
    with scripted((200, {}, ACCOUNT)) as (url, asked), uraniborg.connect(url) as client:
        with pytest.raises(uraniborg.NotSignedIn, match="uraniborg login"):
            client.who_am_i()
        assert asked == []


def test_backoff_grows_and_ends() -> None:
    patience = Patience(1.0, first_delay_s=0.001)
    waits = 0
    before = time.monotonic()
    while patience.wait():
        waits += 1
        assert time.monotonic() - before < 60
    assert waits >= 2
    assert not patience.wait(told_s=10)
    patience.renew()
    assert patience.wait(told_s=0)
