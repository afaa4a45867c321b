"""Large downloads: in parts, several at once, resumed part by part, checked as a whole."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
import uraniborg
from uraniborg import download, download_parts

from tests.sdk.test_resume import pseudo_random
from tests.support.meddling_proxy import MeddlingProxy

PART = 300_000


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts so small that few bytes make many."""
    monkeypatch.setattr(download_parts, "PART_BYTES", PART)
    monkeypatch.setattr(download, "LARGE_BYTES", 4 * PART)


@pytest.fixture
def large(client: uraniborg.Client, line: MeddlingProxy, tmp_path: Path) -> tuple[str, str, int]:
    """A stored file: identifier, SHA-256, size."""
    source = tmp_path / "cube.dat"
    size_bytes = 10 * PART - 12_345
    sha256 = pseudo_random(source, size_bytes)
    file_id = client.upload(source).files[0].file
    assert file_id
    line.forget()
    return file_id, sha256, size_bytes


def ranges(line: MeddlingProxy) -> list[str | None]:
    return sorted(h.get("Range", "") for _, path, h in line.requests if "/objects/" in path)


def total(line: MeddlingProxy) -> int:
    spans = [span.removeprefix("bytes=").split("-") for span in ranges(line) if span]
    return sum(int(last) - int(first) + 1 for first, last in spans)


def test_parts_come_at_once_and_make_the_file(
    client: uraniborg.Client, line: MeddlingProxy, large: tuple[str, str, int], tmp_path: Path
) -> None:
    file_id, sha256, size_bytes = large
    told: list[int] = []
    target = client.download(file_id, tmp_path / "got" / "cube.dat", progress=told.append)
    assert hashlib.sha256(target.read_bytes()).hexdigest() == sha256
    assert len(ranges(line)) == 10
    assert sum(told) == total(line) == size_bytes
    assert [path.name for path in target.parent.iterdir()] == ["cube.dat"]
    # One address for all parts: the owner of the data counts one download.
    assert line.count("GET", f"/files/{file_id}/content") == 1
    line.forget()
    client.download(file_id, target)
    assert ranges(line) == []


def test_what_arrived_is_not_fetched_again(
    client: uraniborg.Client, line: MeddlingProxy, large: tuple[str, str, int], tmp_path: Path
) -> None:
    file_id, sha256, size_bytes = large
    content = (tmp_path / "cube.dat").read_bytes()
    folder = tmp_path / "got"
    folder.mkdir()
    part = folder / f".cube.dat.{sha256[:12]}.part"
    arrived = [1, 2, 5, 9]
    with part.open("wb") as file:
        file.truncate(size_bytes)
        for number in arrived:
            file.seek(number * PART)
            file.write(content[number * PART : (number + 1) * PART])
    download_parts.record_path(part).write_text(
        "".join(f"{number}\n" for number in arrived) + "3"
    )  # the last cut short
    client.download(file_id, f"{folder}/")
    assert hashlib.sha256((folder / "cube.dat").read_bytes()).hexdigest() == sha256
    assert len(ranges(line)) == 6


def test_a_beginning_left_by_one_connection_is_used(
    client: uraniborg.Client, line: MeddlingProxy, large: tuple[str, str, int], tmp_path: Path
) -> None:
    file_id, sha256, size_bytes = large
    folder = tmp_path / "got"
    folder.mkdir()
    part = folder / f".cube.dat.{sha256[:12]}.part"
    part.write_bytes((tmp_path / "cube.dat").read_bytes()[: 3 * PART + 77])
    client.download(file_id, f"{folder}/")
    assert hashlib.sha256((folder / "cube.dat").read_bytes()).hexdigest() == sha256
    assert total(line) == size_bytes - 3 * PART


def test_a_line_that_breaks_goes_on_within_the_part(
    client: uraniborg.Client, line: MeddlingProxy, large: tuple[str, str, int], tmp_path: Path
) -> None:
    file_id, sha256, _ = large
    line.cut_download_after(100_000)
    target = client.download(file_id, tmp_path / "got.dat")
    assert hashlib.sha256(target.read_bytes()).hexdigest() == sha256
    assert len(ranges(line)) == 11


def test_an_address_that_expired_is_asked_for_again(
    client: uraniborg.Client, line: MeddlingProxy, large: tuple[str, str, int], tmp_path: Path
) -> None:
    file_id, sha256, _ = large
    line.refuse("GET", "/objects/", 403, times=2)
    target = client.download(file_id, tmp_path / "got.dat")
    assert hashlib.sha256(target.read_bytes()).hexdigest() == sha256


def test_spoilt_parts_are_noticed_and_all_comes_again(
    client: uraniborg.Client, line: MeddlingProxy, large: tuple[str, str, int], tmp_path: Path
) -> None:
    file_id, sha256, _ = large
    line.spoil_downloads(1)
    target = client.download(file_id, tmp_path / "got.dat")
    assert hashlib.sha256(target.read_bytes()).hexdigest() == sha256
    line.spoil_downloads(99)
    with pytest.raises(uraniborg.TransferFailed, match="SHA-256 differs"):
        client.download(file_id, tmp_path / "again.dat")
    assert not [name for name in os.listdir(tmp_path) if "part" in name]
