"""Addresses of many files: asked for together, a little ahead, and again where they are of no use any more."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uraniborg
from uraniborg import addresses
from uraniborg._generated import wire
from uraniborg.download import download_all
from uraniborg.sync import sync_down

from tests.support.meddling_proxy import MeddlingProxy

COUNT = 60


@pytest.fixture
def files(client: uraniborg.Client, line: MeddlingProxy, tmp_path: Path) -> list[wire.DatasetFile]:
    """A dataset of small files, no two alike."""
    folder = tmp_path / "night"
    folder.mkdir()
    for number in range(COUNT):
        (folder / f"{number:03d}.dat").write_bytes(b"%d" % number * 1000)
    assert client.upload(folder, dataset="night").ok
    found = list(client.iterate("list_dataset_files", dataset="night"))
    line.forget()
    return found


def batches(line: MeddlingProxy) -> int:
    return line.count("POST", "/files/addresses")


def asked_alone(line: MeddlingProxy) -> int:
    return sum(method == "GET" and path.partition("?")[0].endswith("/content") for method, path in line.forwarded)


def arrived(folder: Path, files: list[wire.DatasetFile]) -> set[str]:
    return {f.path for f in files if hashlib.sha256((folder / f.path).read_bytes()).hexdigest() == f.sha256}


def test_files_cost_a_request_for_many_and_what_is_there_none(
    client: uraniborg.Client, line: MeddlingProxy, files: list[wire.DatasetFile], tmp_path: Path
) -> None:
    back = tmp_path / "back"
    report = download_all(client, files, back)
    assert report.ok
    assert len(arrived(back, files)) == COUNT
    assert (batches(line), asked_alone(line)) == (2, 0)
    line.forget()
    assert {file.state for file in download_all(client, files, back).files} == {"present"}
    assert (batches(line), asked_alone(line), line.count("GET", "/objects/")) == (0, 0, 0)
    for file in files[-5:]:
        (back / file.path).unlink()
    report = download_all(client, files, back)
    assert [file.path for file in report.files if file.state == "downloaded"] == [file.path for file in files[-5:]]
    assert (batches(line), asked_alone(line)) == (1, 0)


def test_sync_asks_for_what_changed_though_it_is_as_large(
    client: uraniborg.Client, line: MeddlingProxy, files: list[wire.DatasetFile], tmp_path: Path
) -> None:
    back = tmp_path / "back"
    download_all(client, files, back)
    for file in files[:20]:
        (back / file.path).write_bytes(b"x" * file.size_bytes)
    line.forget()
    assert sync_down(client, files, back).ok
    assert len(arrived(back, files)) == COUNT
    assert (batches(line), asked_alone(line)) == (2, 0)


def test_an_address_that_has_expired_is_asked_for_again(
    client: uraniborg.Client,
    line: MeddlingProxy,
    files: list[wire.DatasetFile],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line.refuse("GET", "/objects/", 403, times=3)  # as the store says where it has
    assert download_all(client, files, tmp_path / "one").ok
    assert asked_alone(line) == 3
    monkeypatch.setattr(addresses, "MARGIN_S", 3600.0)  # as if all of them had, by our own clock
    line.forget()
    assert download_all(client, files, tmp_path / "two").ok
    assert asked_alone(line) == COUNT


def test_a_file_that_is_gone_fails_alone_and_says_why(
    client: uraniborg.Client, files: list[wire.DatasetFile], tmp_path: Path
) -> None:
    client.delete_file(files[7].file)
    report = download_all(client, files, tmp_path / "back")
    [failed] = report.failed
    assert failed.path == files[7].path
    assert "deleted" in failed.reason


def test_a_service_that_gives_no_addresses_together_is_asked_for_each(
    client: uraniborg.Client, line: MeddlingProxy, files: list[wire.DatasetFile], tmp_path: Path
) -> None:
    line.refuse("POST", "/files/addresses", 404, times=COUNT)
    assert download_all(client, files, tmp_path / "back").ok
    assert asked_alone(line) == COUNT
    assert all(urlsplit(path).path.endswith("/content") for _, path in line.forwarded if "/files/" in path)
