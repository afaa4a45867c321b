"""Paths that are one place are told, whatever computer they come from."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.file_tree import PathTaken, Places, above, clean_folder, common_place, folded
from domain.paths import BadPath

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/"), min_size=1, max_size=20)


# Unicode's CaseFolding.txt: sharp s folds to ss, final sigma to sigma, the Kelvin sign to k; Å has three spellings.
@pytest.mark.parametrize(
    "alike",
    [("Straße", "STRASSE"), ("Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ"), ("K", "\u212a"), ("Å", "A\u030a", "\u212b", "å"), ("ﬁt", "FIT")],
)
def test_names_that_are_one_are_written_alike(alike: tuple[str, ...]) -> None:
    assert len({folded(name) for name in alike}) == 1


@given(NAMES)
def test_folding_is_stable_and_keeps_steps(name: str) -> None:
    once = folded(name)
    assert folded(once) == once
    assert {folded(unicodedata.normalize(form, name)) for form in ("NFC", "NFD")} == {once}
    assert "/" not in once
    assert len(once.encode()) <= 2 * len(unicodedata.normalize("NFC", name).encode())


FORMS = {"": "", "/": "", "./": "", "a//b/": "a/b", "./a": "a", "...": "..."}


@pytest.mark.parametrize("folder", FORMS)
def test_folders_have_one_form(folder: str) -> None:
    assert clean_folder(folder) == FORMS[folder]


@pytest.mark.parametrize("bad", ["..", "/..", "a/..", "/a", "a\n"])
def test_folders_elsewhere_are_refused(bad: str) -> None:
    with pytest.raises(BadPath):
        clean_folder(bad)


def test_what_paths_have_in_common() -> None:
    assert above("a/b/c") == ["a", "a/b"]
    assert above("a") == []
    assert common_place(["a/b"]) == "a/b"
    assert common_place(["a/b/c", "a/b/d"]) == "a/b/"
    assert common_place(["a/b", "a/bc"]) == "a/"
    assert common_place(["a", "b"]) == ""
    assert common_place([]) == ""


PATHS = st.lists(st.sampled_from(["a", "A", "b", "ß", "ss"]), min_size=1, max_size=3).map("/".join)


@given(st.lists(PATHS, max_size=12))
def test_places_are_as_on_a_disk_that_knows_no_case(paths: list[str]) -> None:
    """Against a tree of dictionaries, keyed by the caseless names that Python's own casefold gives."""
    tree: dict[str, tuple[str, dict[str, object] | None]] = {}

    def put(path: str) -> bool:
        *folders, name = path.split("/")
        here: dict[str, tuple[str, dict[str, object] | None]] = tree
        fresh: list[tuple[dict[str, tuple[str, dict[str, object] | None]], str]] = []
        for step in folders:
            written, inner = here.setdefault(step.casefold(), (step, {}))
            if inner == {}:
                fresh.append((here, step.casefold()))
            if written != step or inner is None:
                for parent, key in reversed(fresh):  # folders made on the way to nothing
                    if parent[key][1] == {}:
                        del parent[key]
                return False
            here = inner  # type: ignore[assignment]
        written, inner = here.setdefault(name.casefold(), (name, None))
        return written == name and inner is None

    places, kept = Places([], []), set[str]()
    for path in paths:
        try:
            places.add(path)
            kept.add(path)
            taken = True
        except PathTaken:
            taken = False
        assert taken == put(path), (paths, path)
