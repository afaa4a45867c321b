"""Addresses are compared as people and mail servers take them, and none passes for another."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.people import normal_email


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("Tycho@Hven.Example", "tycho@hven.example"),
        (" tycho@hven.example\n", "tycho@hven.example"),
        ("tycho+dome@hven.example", "tycho+dome@hven.example"),
        ("MÜLLER@MÜNCHEN.example", "müller@münchen.example"),
        ("mu\u0308ller@xn--mnchen-3ya.example", "müller@münchen.example"),
        ("tycho@ＨＶＥＮ.example", "tycho@hven.example"),  # the same host by UTS 46
        ("СЕРГЕЙ@почта.рф", "сергей@почта.рф"),
        ("оса@почта.рф", "оса@почта.рф"),
        ("сергей@hven.example", "сергей@hven.example"),
        ("東京tokyo@hven.example", "東京tokyo@hven.example"),
        ("σοφία@ελλάδα.example", "σοφία@ελλάδα.example"),
        ("straße@hven.example", "straße@hven.example"),
        ("a@straße.example", "a@straße.example"),
    ],
)
def test_what_is_the_same_address_becomes_one(typed: str, normal: str) -> None:
    assert normal_email(typed) == normal
    assert normal_email(normal) == normal


@pytest.mark.parametrize(
    "typed",
    [
        "tychо@hven.example",  # Cyrillic о
        "tycho@hvеn.example",  # Cyrillic е
        "раур@hven.example",  # all Cyrillic
        "scope@аррӏе.example",  # all Cyrillic: https://www.xudongz.com/blog/2017/idn-phishing/
        "scope@xn--80ak6aa92e.example",  # the same as mail servers write it
        "ορ@hven.example",  # all Greek
        "ｔｙｃｈｏ@hven.example",  # full width
        "①@hven.example",
        "oﬃce@hven.example",  # a ligature
        "ſophie@hven.example",  # long s
        "i̇brahim@hven.example",  # i with another dot
        "İBRAHIM@hven.example",
        "ty\u200bcho@hven.example",  # zero width
        "ty\u202echo@hven.example",  # right to left
        "ty\u00adcho@hven.example",  # soft hyphen
        "tycho@hv\u0335en.example",
        "tycho@xn--a.example",
        "tycho@-ö-.example",
    ],
)
def test_what_looks_like_another_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        normal_email(typed)


@pytest.mark.parametrize(
    "typed", ["", "@", "a@", "@b", "a b@c", "a@b@c", "a\0@b", "a@b\nc", '"a"@b', "a" * 250 + "@b.example"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        normal_email(typed)


@given(st.one_of(st.text(), st.builds("{}@{}".format, st.text(min_size=1), st.text(min_size=1)), st.emails()))
def test_an_address_has_one_normal_form_or_none(typed: str) -> None:
    try:
        normal = normal_email(typed)
    except InvalidInput:
        return
    assert normal_email(normal) == normal
    assert normal_email(unicodedata.normalize("NFD", normal)) == normal
    if normal.isascii():
        assert normal_email(normal.upper()) == normal
