"""Where the tests find their reference files, and what happens where those are absent."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REFERENCE_DATA = ROOT.parent / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if REFERENCE_DATA.is_dir():
        return
    reason = f"the reference files are not beside this checkout ({REFERENCE_DATA.name}/ is absent)"
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder of reference files; only for tests marked ``shared``."""
    return REFERENCE_DATA
