"""Several objects in one body: whatever pieces the line makes of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from uraniborg.upload.bundle import Bundle

from domain.errors import InvalidInput
from storage.object_bundle import read_bundle

CONTENTS = st.lists(st.binary(max_size=40), min_size=1, max_size=6)


def cut(body: bytes, places: list[int]) -> list[bytes]:
    ends = sorted(place % (len(body) + 1) for place in places)
    return [body[start:end] for start, end in zip([0, *ends], [*ends, len(body)], strict=True)]


def bundle_of(contents: list[bytes]) -> Bundle:
    bundle = Bundle()
    for number, content in enumerate(contents):
        bundle.add(number, "AAAAAA==", content)
    return bundle


@given(CONTENTS, st.lists(st.integers(0, 500), max_size=8))
def test_what_was_put_together_comes_apart_wherever_the_body_is_cut(contents: list[bytes], places: list[int]) -> None:
    bundle = bundle_of(contents)
    body = b"".join(bundle.pieces)
    assert bundle.size_bytes == len(body)
    found = list(read_bundle(cut(body, places), len(contents)))
    assert [(number, b"".join(pieces)) for number, _, pieces in found] == list(enumerate(contents))


@given(CONTENTS, st.integers(1, 500), st.lists(st.integers(0, 500), max_size=8))
def test_of_a_body_that_breaks_off_no_more_is_taken_than_came(
    contents: list[bytes], lost: int, places: list[int]
) -> None:
    body = b"".join(bundle_of(contents).pieces)
    body = body[: max(len(body) - lost, 1)]
    taken: list[bytes] = []
    try:
        for _, _, pieces in read_bundle(cut(body, places), len(contents)):
            taken.append(b"".join(pieces))
    except InvalidInput:
        pass
    else:
        assert sum(12 + len(each) for each in taken) == len(body), "it ended between two objects"
    assert taken == contents[: len(taken)]
    assert len(taken) < len(contents)
