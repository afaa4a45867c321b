"""Where the tests find their reference files, what happens where those are absent, and a folder for each run."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
REFERENCE_DATA = ROOT.parent / "shared" / "data"

# For S3 servers of the tests' own, and from the beginning on: workers of a pool have the environment that was when the
# first of them was made, whichever test that was.
os.environ.setdefault("AWS_ACCESS_KEY_ID", "who")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "ever")

# What a shell begins in the background ignores Ctrl-C, and so would every program that the tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A loaded machine must not fail a property, nor a red run be another one next time.
settings.register_profile(
    "uraniborg", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("uraniborg")
# For whoever changes something just now: a property that fails mostly does so soon.
settings.register_profile("quick", settings.get_profile("uraniborg"), max_examples=25)


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a folder of its own: pytest's usual one is tidied by other runs, under a living server's feet."""
    if config.option.basetemp is None and not hasattr(config, "workerinput"):
        config.option.basetemp = tempfile.mkdtemp(prefix="uraniborg-tests-")
        config.add_cleanup(lambda: shutil.rmtree(config.option.basetemp, ignore_errors=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if REFERENCE_DATA.is_dir():
        return
    reason = f"the reference files are not beside this checkout (../shared/{REFERENCE_DATA.name}/ is absent)"
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_collection_finish() -> None:
    """Let requests of the tests' own wait as long as a loaded machine takes: after five seconds they would give up."""
    if httpx := sys.modules.get("httpx"):  # the quick part does without it
        for what in ("connect", "read", "write", "pool"):
            setattr(httpx._config.DEFAULT_TIMEOUT_CONFIG, what, 60.0)


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder of reference files; only for tests marked ``shared``."""
    return REFERENCE_DATA
