"""Images kept open: what is expanded to be looked into lies in the folder named for it, and not too much of it."""

from __future__ import annotations

import gzip
import io
import os
from pathlib import Path

import pytest
from astropy.io import fits

from storage import open_images
from storage.open_images import OpenImage, OpenImages
from storage.preview_stream import PreviewRefused
from storage.range_source import FileRangeSource
from tests.support.fits_bytes import image_file

PLAIN = image_file((400, 500))
PIXELS = fits.getdata(io.BytesIO(PLAIN))


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "stored"
    path.write_bytes(gzip.compress(PLAIN))
    return path


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path / "scratch"


def on_disk(folder: Path) -> list[int]:
    """Tell the sizes of the files without names that this process holds open in a folder."""
    sizes = []
    for number in os.listdir("/proc/self/fd"):
        try:
            if os.readlink(f"/proc/self/fd/{number}").startswith(f"{folder}/"):
                sizes.append(os.fstat(int(number)).st_size)
        except OSError:  # the listing's own
            continue
    return sizes


def look(images: OpenImages, key: str, stored: Path, scratch: Path) -> OpenImage:
    image = images.get(key, "m31.fits.gz", lambda: FileRangeSource(stored), folder=scratch)
    rows = image.plane(0, 0).read_part(399, 1, range(498, 500))
    assert rows.tolist() == PIXELS[399:, 498:].tolist()
    return image


def test_the_expanded_file_lies_where_it_should_and_goes_with_the_image(stored: Path, scratch: Path) -> None:
    image = look(OpenImages(12), "a", stored, scratch)
    assert on_disk(scratch) == [len(PLAIN)]
    assert image.expanded_bytes == len(PLAIN)
    assert list(scratch.iterdir()) == [], "nobody has to tidy up after a process that was killed"
    image.close()
    assert on_disk(scratch) == []


def test_of_more_bytes_than_may_be_kept_those_looked_at_longest_ago_go(stored: Path, scratch: Path) -> None:
    images = OpenImages(12, most_expanded_bytes=int(2.5 * len(PLAIN)))
    first, second = look(images, "first", stored, scratch), look(images, "second", stored, scratch)
    assert look(images, "first", stored, scratch) is first, "two have room"
    look(images, "third", stored, scratch)
    assert on_disk(scratch) == [len(PLAIN)] * 2
    assert look(images, "first", stored, scratch) is first
    assert look(images, "second", stored, scratch) is not second
    assert on_disk(scratch) == [len(PLAIN)] * 2


def test_one_that_has_no_room_beside_others_is_looked_at_alone(stored: Path, scratch: Path) -> None:
    images = OpenImages(12, most_expanded_bytes=len(PLAIN) // 2)
    for key in ("first", "second", "third"):
        look(images, key, stored, scratch)
        assert on_disk(scratch) == [len(PLAIN)]


def test_what_expands_too_far_is_read_once_and_refused_ever_after(
    stored: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page asks for some twenty tiles at once."""
    monkeypatch.setattr(open_images, "_MOST_EXPANDED_BYTES", len(PLAIN) // 2)
    image, refusals = OpenImage(FileRangeSource(stored), "m31.fits.gz", folder=scratch), set()
    for _ in range(3):
        with pytest.raises(PreviewRefused) as refused:
            image.plane(0, 0)
        refusals.add((refused.value.code, str(refused.value)))
        stored.write_bytes(b"")  # what is read now says something else
    assert refusals == {("preview-too-large", "The compressed file expands too far to be looked at.")}
    image.close()
