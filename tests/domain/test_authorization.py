"""Rules of letting applications in, against the examples of their standards."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.authorization import (
    GrantRefused,
    challenge_of,
    check_challenge,
    check_redirect_uri,
    fits_challenge,
    new_user_code,
    normal_user_code,
    paced,
    redirect_to,
    split_scopes,
)
from domain.errors import InvalidInput
from domain.typed_codes import new_typed_code, normal_typed_code

# RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_challenge_is_that_of_the_standard() -> None:
    assert challenge_of(VERIFIER) == CHALLENGE
    assert fits_challenge(VERIFIER, CHALLENGE)
    assert not fits_challenge(VERIFIER[:-1] + "l", CHALLENGE)
    for malformed in ("", VERIFIER[:42], "a" * 129, VERIFIER[:-1] + "é", VERIFIER + "\n"):
        assert not fits_challenge(malformed, CHALLENGE)


@pytest.mark.parametrize(
    ("challenge", "method"),
    [(None, "S256"), ("", "S256"), (CHALLENGE, None), (CHALLENGE, "plain"), (CHALLENGE, "s256"),
     (VERIFIER[:42], "S256"), (CHALLENGE + "=", "S256"), ("é" * 43, "S256")],
)  # fmt: skip
def test_a_request_without_a_good_challenge_is_refused(challenge: str | None, method: str | None) -> None:
    with pytest.raises(GrantRefused) as refused:
        check_challenge(challenge, method)
    assert refused.value.error == "invalid_request"
    assert check_challenge(CHALLENGE, "S256") == CHALLENGE


@pytest.mark.parametrize(
    "uri",
    ["https://hub.hven.example/hub/oauth_callback", "https://a.example?x=1", "http://127.0.0.1:8080/cb",
     "http://[::1]:1/cb", "http://localhost/cb", "com.example.app:/done"],
)  # fmt: skip
def test_addresses_that_may_be_registered(uri: str) -> None:
    assert check_redirect_uri(uri) == uri


@pytest.mark.parametrize(
    "uri",
    ["", "http://hub.hven.example/cb", "https://", "https:///cb", "//hven.example/cb", "/cb", "cb", "https://a.example/#x",
     "https://a.example/#", "https://u@a.example/", "https://u:p@a.example/", "javascript:alert(1)", "data:text/html,x",
     "app:/done", "com.example.app://host/done", "https://a.example/ b", "https://a.example/\n", "https://é.example/",
     "https://*.a.example/", "https://a.example:x/", "https://a.example\\@b.example/", "http://127.0.0.1.b.example/",
     "https://a.example/;x", "https://" + "a" * 2000],
)  # fmt: skip
def test_addresses_that_may_not(uri: str) -> None:
    with pytest.raises(InvalidInput):
        check_redirect_uri(uri)


def test_an_answer_is_added_to_the_query() -> None:
    assert redirect_to("https://a.example/cb", code="x y") == "https://a.example/cb?code=x+y"
    assert redirect_to("https://a.example/cb?a=1", state="&=") == "https://a.example/cb?a=1&state=%26%3D"


def test_scopes_are_held_to_what_is_registered() -> None:
    house = ["account", "files:read", "files:write"]
    assert split_scopes("openid  files:read openid", ["openid", "files:read"], house) == ["files:read", "openid"]
    assert split_scopes("", ["openid", "files:read", "gone"], house) == ["files:read", "openid"]
    assert split_scopes("files:write email", ["*"], house) == ["email", "files:write"]
    for asked in ("files:write", "openid offline", "*", "x" * 3000):
        with pytest.raises(GrantRefused) as refused:
            split_scopes(asked, ["openid", "files:read"], house)
        assert refused.value.error == "invalid_scope"
        assert re.fullmatch(r"[ !#-\[\]-~]+", refused.value.description)  # RFC 6749, section 5.2


def test_codes_are_read_as_people_type_them() -> None:
    for make, read in ((new_user_code, normal_user_code), (new_typed_code, normal_typed_code)):
        codes = {make() for _ in range(200)}
        assert len(codes) == 200
        for code in codes:
            assert read(code) == code
            assert read(f" {code.lower().replace('-', ' ')} ") == code
            assert read(code[:-1]) is None
            assert read(code + "2") is None
    assert normal_typed_code("OIL0-0000-0000-0000") == "0110-0000-0000-0000"
    assert normal_user_code("AAAA-AAAA") is None


@given(st.text())
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    for read in (normal_user_code, normal_typed_code):
        code = read(typed)
        assert code is None or read(code) == code


@given(st.lists(st.floats(0, 60), max_size=30))
def test_a_device_that_keeps_its_interval_is_never_told_to_slow_down(waits: list[float]) -> None:
    """RFC 8628, section 3.5: asking too early makes the interval longer by 5 s, for this and all later requests."""
    interval, since = 5.0, None
    for wait in waits:
        allowed, longer = paced(since, interval)
        assert allowed == (since is None or since >= interval)
        assert longer == (interval if allowed else interval + 5)
        interval, since = longer, wait
