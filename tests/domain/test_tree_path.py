"""The tree's paths: each is in one branch or nowhere, and a marked name can be read back."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.paths import BadPath
from domain.tree_path import TreePath, marked_name, parse_tree_path, unmarked_path

KNOWN = {
    "/": TreePath("root", (), ""),
    "/me": TreePath("own-files", (), ""),
    "/me/a/b.txt": TreePath("own-files", (), "a/b.txt"),
    "team/": TreePath("teams", (), ""),
    "/team/comets": TreePath("team", ("comets",), ""),
    "/team/comets/files": TreePath("team-files", ("comets",), ""),
    "/team/comets/files/a/b c.txt": TreePath("team-files", ("comets",), "a/b c.txt"),
    "/team/comets/datasets": TreePath("team-datasets", ("comets",), ""),
    "/team/comets/datasets/m31/x.fits": TreePath("team-dataset", ("comets", "m31"), "x.fits"),
    "/org": TreePath("organisations", (), ""),
    "/org/hven": TreePath("organisation", ("hven",), ""),
    "/org/hven/nights": TreePath("nights", ("hven",), ""),
    "/org/hven/nights/2026-11-20": TreePath("night", ("hven", "2026-11-20"), ""),
    "/org/hven/nights/2026-11-20/quadrant/l/1.fits": TreePath(
        "night-frames", ("hven", "2026-11-20", "quadrant"), "l/1.fits"
    ),
    "/org/hven/datasets/m31": TreePath("dataset", ("hven", "m31"), ""),
    "/packages": TreePath("publishers", (), ""),
    "/packages/hven/m31/v1/data/x": TreePath("package-version", ("hven", "m31", "v1"), "data/x"),
}


@pytest.mark.parametrize("path", KNOWN)
def test_each_path_is_in_its_branch(path: str) -> None:
    assert parse_tree_path(path) == KNOWN[path]


@pytest.mark.parametrize(
    "path", ["/men", "/me2/x", "/team/comets/trash", "/org/hven/logs", "/org/hven/nights2", "/x/../y"]
)
def test_other_paths_are_nowhere(path: str) -> None:
    try:
        assert parse_tree_path(path) is None
    except BadPath:
        assert ".." in path


NAMES = st.text(st.characters(exclude_characters="/", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)


@given(NAMES, st.binary())
def test_a_marked_name_leads_back_to_its_path_and_content(name: str, content: bytes) -> None:
    sha256 = hashlib.sha256(content).hexdigest()
    marked = marked_name(name, sha256)
    assert marked != name
    assert unmarked_path(f"l/{marked}") == (f"l/{name}", sha256[:12])


def test_what_is_not_marked_is_told_apart() -> None:
    assert unmarked_path("l/M31-R.fits") is None
    assert marked_name("M31_R.fits.fz", "0123456789abcdef") == "M31_R-0123456789ab.fits.fz"
