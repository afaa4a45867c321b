"""An image of 2 GB of which a section is looked at: little of it moves, by a mount and by its address alike."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import fsspec
import numpy as np
import pytest
import uraniborg
from astropy.io import fits
from uraniborg.team_files import put_team_files

from tests.support.live_server import LiveServer, Someone, live_server
from tests.support.mounting import Mount, why_no_mount

ROWS, COLUMNS = 34_000, 32_000
SECTION = np.s_[20_000:20_100, 15_000:15_100]
MOST_BYTES = 10_000_000
BLOCK_BYTES = 2880  # of FITS


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    """A service of its own, so that what it stores is gone when the test is over."""
    with live_server(tmp_path / "live") as running:
        yield running
    shutil.rmtree(tmp_path / "live")


@pytest.fixture
def tycho(server: LiveServer) -> Someone:
    return server.someone("tycho")


@pytest.fixture
def client(server: LiveServer, tycho: Someone) -> Iterator[uraniborg.Client]:
    with uraniborg.connect(server.url, tycho.token) as connected:
        connected.organisation = connected.add_organisation(name="Hven").slug
        yield connected


def write_image(path: Path, section: np.ndarray) -> None:
    """Write an image that takes little room on the disk: empty but for its header and a section."""
    cards = [("SIMPLE", True), ("BITPIX", 16), ("NAXIS", 2), ("NAXIS1", COLUMNS), ("NAXIS2", ROWS)]
    header = fits.Header([*cards, ("OBJECT", "M31")]).tostring().encode()
    with path.open("wb") as file:
        file.write(header)
        file.truncate(len(header) + -(-ROWS * COLUMNS * 2 // BLOCK_BYTES) * BLOCK_BYTES)
    pixels = np.memmap(path, ">i2", mode="r+", offset=len(header), shape=(ROWS, COLUMNS))
    pixels[SECTION] = section
    pixels.flush()


@pytest.mark.slow
@pytest.mark.skipif(bool(why_no_mount()), reason=why_no_mount())
def test_a_section_of_two_gigabytes_moves_little(
    mount: Mount, client: uraniborg.Client, tycho: Someone, tmp_path: Path
) -> None:
    section = np.arange(100 * 100, dtype=np.int16).reshape(100, 100)
    write_image(tmp_path / "large.fits", section)
    size_bytes = (tmp_path / "large.fits").stat().st_size
    assert size_bytes > 2 * 1024**3
    team = str(client.add_team(name="Wide fields").slug)
    assert put_team_files(client, tmp_path / "large.fits", team).ok
    (tmp_path / "large.fits").unlink()

    root = mount("--team", team)
    program = (
        "import sys\nimport numpy as np\nfrom astropy.io import fits\n"
        "with fits.open(sys.argv[1]) as hdus:\n"
        "    assert hdus[0].header['OBJECT'] == 'M31'\n"
        f"    read = hdus[0].section[{_written(SECTION)}]\n"
        "sys.stdout.buffer.write(read.astype('>i2').tobytes())\n"
    )
    path = root / "files" / "large.fits"
    read = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, timeout=120)
    assert read.stdout == section.astype(">i2").tobytes(), read.stderr
    assert path.stat().st_size == size_bytes
    moved = json.loads((root / ".uraniborg" / "status.json").read_text())["received_bytes"]
    assert section.nbytes < moved < MOST_BYTES

    options = {"url": client.url, "token": tycho.token, "cache_folder": str(tmp_path / "blocks")}
    address = f"uraniborg://team/{team}/files/large.fits"
    with fits.open(address, use_fsspec=True, fsspec_kwargs=options) as hdus:
        assert np.array_equal(hdus[0].section[SECTION], section)
    tree = fsspec.filesystem("uraniborg", **options).tree
    assert section.nbytes < tree.contents.lines.received_bytes < MOST_BYTES
    tree.close()


def _written(section: tuple[slice, ...]) -> str:
    return ", ".join(f"{axis.start}:{axis.stop}" for axis in section)
