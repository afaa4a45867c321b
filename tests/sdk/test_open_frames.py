"""Frames opened where they are: what arrives is checked, however large the file is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import uraniborg
from astropy.io import fits
from uraniborg.errors import TransferFailed

from tests.support.live_server import Someone
from tests.support.meddling_proxy import MeddlingProxy


@pytest.mark.parametrize("hashed_bytes", [1024**3, 0], ids=["by its SHA-256", "too large for that: by its CRC32C"])
def test_wrong_bytes_are_found_out_when_all_of_a_frame_was_read(
    client: uraniborg.Client,
    line: MeddlingProxy,
    tycho: Someone,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    hashed_bytes: int,
) -> None:
    monkeypatch.setattr("uraniborg.tree.soundness.HASHED_BYTES", hashed_bytes)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    image = np.random.default_rng(7).integers(0, 1000, (1000, 2000)).astype(np.int16)
    fits.PrimaryHDU(image, fits.Header({"IMAGETYP": "Light Frame"})).writeto(tmp_path / "light.fits")
    with uraniborg.connect(client.url, tycho.token, organisation=client.organisation) as reader:
        assert client.upload(tmp_path / "light.fits", wait=True).ok
        frames = reader.find()
        with pytest.raises(TransferFailed, match="checksum differs"), frames.open(0) as hdus:
            line.spoil_downloads(1)  # what comes behind the header
            np.array(hdus[0].data)
        with frames.open(0) as hdus:
            assert np.array_equal(hdus[0].data, image)
