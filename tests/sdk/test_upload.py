"""Uploads against the real service: odd names, odd files, nothing sent twice, trouble on the line."""

from __future__ import annotations

import hashlib
import os
import socket
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import uraniborg
from uraniborg.upload.pipeline import Pipeline
from uraniborg.upload.report import FileFate
from uraniborg.upload.terms import Terms

from tests.sdk.conftest import Command
from tests.support.fits_bytes import image_file
from tests.support.live_server import LiveServer
from tests.support.meddling_proxy import MeddlingProxy


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder as observers leave them behind."""
    folder = tmp_path / "night"
    (folder / "light" / "M 31").mkdir(parents=True)
    (folder / "light" / "NGC 891").mkdir()
    (folder / "light" / "M 31" / "frame 001 (first).fits").write_bytes(b"one" * 1000)
    (folder / "light" / "NGC 891" / "frame 001 (first).fits").write_bytes(b"another" * 1000)
    (folder / "copy of the first.fits").write_bytes(b"one" * 1000)
    (folder / unicodedata.normalize("NFC", "Vérité.txt")).write_bytes(b"composed")
    (folder / unicodedata.normalize("NFD", "Åse.txt")).write_bytes(b"decomposed")
    (folder / "空.dat").write_bytes(b"wide")
    (folder / "empty.fits").write_bytes(b"")
    (folder / "-o").write_bytes(b"looks like an option")
    (folder / "100%?#&.txt").write_bytes(b"marks of addresses")
    (folder / "back\\slash.txt").write_bytes(b"not a folder here")
    (folder / "link.fits").symlink_to(folder / "copy of the first.fits")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    return folder


def fates(report: uraniborg.UploadReport) -> dict[str, str]:
    return {fate.path: fate.state for fate in report.files}


def test_small_files_are_safe_before_a_large_one_of_their_batch_has_come(
    client: uraniborg.Client, tmp_path: Path
) -> None:
    (night := tmp_path / "night").mkdir()
    for name, size_bytes in (("a", 100), ("b", 100), ("large", 1_000_000)):
        (night / name).write_bytes(os.urandom(size_bytes))
    told: list[FileFate] = []
    are_safe, goes_on = threading.Event(), threading.Event()

    def tell(fate: FileFate) -> None:
        told.append(fate)
        if len(told) == 2:
            are_safe.set()

    def hold_large(size_bytes: int) -> None:
        if size_bytes > 1000:
            goes_on.wait(60)

    terms = Terms(organisation=client.organisation or "")
    pipeline = Pipeline(client, terms, fate=tell, pace=hold_large)
    with ThreadPoolExecutor(1) as aside:
        sending = aside.submit(pipeline.run, [night])
        try:
            assert are_safe.wait(30)
            assert {fate.path: fate.state for fate in told} == {"a": "stored", "b": "stored"}
        finally:
            goes_on.set()
        assert fates(sending.result()) == dict.fromkeys(("a", "b", "large"), "stored")


def test_tree_of_odd_names_is_kept_and_every_fate_is_told(client: uraniborg.Client, tree: Path) -> None:
    report = client.upload(tree)
    assert report.ok
    assert fates(report) == {
        "-o": "stored",
        "100%?#&.txt": "stored",
        "back\\slash.txt": "stored",
        "copy of the first.fits": "stored",
        "empty.fits": "stored",
        "light/M 31/frame 001 (first).fits": "stored",
        "light/NGC 891/frame 001 (first).fits": "stored",
        "link.fits": "skipped",
        "loop": "skipped",
        "pipe": "skipped",
        unicodedata.normalize("NFC", "Vérité.txt"): "stored",
        unicodedata.normalize("NFD", "Åse.txt"): "stored",
        "空.dat": "stored",
    }
    assert [fate.path for fate in report.files if "/" not in fate.path] == sorted(
        fate.path for fate in report.files if "/" not in fate.path
    )
    kept = {file.path: file for file in client.iterate("list_files")}
    # One form for one name: the service keeps paths in Unicode's NFC.
    assert kept.keys() == {
        unicodedata.normalize("NFC", path) for path, state in fates(report).items() if state == "stored"
    }
    same = kept["copy of the first.fits"], kept["light/M 31/frame 001 (first).fits"]
    assert {file.sha256 for file in same} == {hashlib.sha256(b"one" * 1000).hexdigest()}
    assert all(file.host == socket.gethostname() for file in kept.values())


def test_second_upload_sends_nothing_and_first_sends_a_content_once(
    client: uraniborg.Client, tree: Path, line: MeddlingProxy
) -> None:
    first = client.upload(tree)
    contents = {path.read_bytes() for path in tree.rglob("*") if path.is_file() and not path.is_symlink()}
    assert first.sent_bytes == sum(map(len, contents))  # ten files, two of them of the same content
    line.forget()
    again = client.upload(tree)
    assert line.count("PUT") == 0
    assert again.sent_bytes == 0
    assert (again.count("known"), again.count("stored"), again.count("failed")) == (10, 0, 0)


def test_symlinks_are_followed_when_asked_for_and_loops_end(client: uraniborg.Client, tree: Path) -> None:
    told = fates(client.upload(tree, follow_symlinks=True))
    assert told["link.fits"] == "stored"
    assert told["loop"] == "skipped"


def test_several_folders_keep_their_names(client: uraniborg.Client, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "same.txt").write_text(name)
    (tmp_path / "alone.txt").write_text("alone")
    report = client.upload([tmp_path / "a", tmp_path / "b", tmp_path / "alone.txt"])
    assert fates(report) == {"a/same.txt": "stored", "b/same.txt": "stored", "alone.txt": "stored"}


def test_bad_files_stop_no_others(client: uraniborg.Client, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "good.txt").write_text("good")
    (folder / "tab\there.txt").write_text("control characters")
    (folder / os.fsdecode(b"latin-\xe9.txt")).write_text("not UTF-8")
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    report = client.upload([folder, tmp_path / "absent"], follow_symlinks=True)
    told = {fate.path: (fate.state, fate.code) for fate in report.files}
    assert told["mixed/good.txt"] == ("stored", "")
    assert told["mixed/tab\there.txt"] == ("failed", "bad-path")
    assert told["mixed/latin-\\udce9.txt"] == ("failed", "bad-path")
    assert told["mixed/gone.txt"] == ("failed", "unreadable")
    assert told["absent"] == ("failed", "unreadable")
    assert not report.ok


def test_a_folder_above_the_files_may_have_any_name(client: uraniborg.Client, command: Command, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"N\xe4chte") / "2026-11-20"
    folder.mkdir(parents=True)
    (folder / "frame.txt").write_text("frame")
    ran = command("upload", folder, "--json")
    assert ran.code == 0, ran
    [fate] = ran.json["files"]  # type: ignore[index]
    assert (fate["path"], fate["state"]) == ("frame.txt", "stored")
    assert fate["source"].endswith("N\\udce4chte/2026-11-20/frame.txt")
    ran = command("watch", folder, "--once", "--settle", "0.2", "--json")
    assert (ran.code, ran.json["folders"][0]["stored"]) == (0, 1), ran  # type: ignore[index]


def test_a_thousand_files_go_in_few_requests_and_in_order(
    client: uraniborg.Client, tmp_path: Path, line: MeddlingProxy
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(1200):
        (folder / f"{number:04}.txt").write_text(f"{number % 1190}")
    report = client.upload(folder)
    assert report.count("stored") + report.count("known") == 1200
    assert [fate.path for fate in report.files] == sorted(fate.path for fate in report.files)
    once = sum(len(str(number)) for number in range(1190))
    assert once <= report.sent_bytes <= once + 20  # a content is sent once, or twice where two batches met
    assert line.count("PUT") + line.count("POST") < 160


def test_dataset_and_instrument_are_noted(client: uraniborg.Client, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("one")
    client.upload(tmp_path / "one.txt", instrument="camera", dataset="2026-11-20 M31")
    [file] = client.iterate("list_files")
    assert (file.telescope, file.instrument) == ("quadrant", "camera")
    [member] = client.iterate("list_dataset_files", dataset="2026-11-20-m31")
    assert member.file == file.id


def test_upload_as_a_whole_is_refused_for_an_unknown_telescope(client: uraniborg.Client, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("one")
    with pytest.raises(uraniborg.NotFound, match="octant") as refused:
        client.upload(tmp_path / "one.txt", telescope="octant")
    assert refused.value.report is not None
    assert refused.value.type == "/problems/not-found"
    assert refused.value.request_id


def test_trouble_on_the_line_is_overcome(client: uraniborg.Client, tree: Path, line: MeddlingProxy) -> None:
    line.refuse("PUT", "/objects/", 503, times=3)
    line.refuse("POST", "/uploads", 503)
    line.refuse("POST", "/complete", 502)
    report = client.upload(tree)
    assert report.ok
    assert report.count("stored") == 10


def test_address_that_expired_is_asked_for_again(client: uraniborg.Client, tmp_path: Path, line: MeddlingProxy) -> None:
    (tmp_path / "one.txt").write_text("one")
    line.refuse("PUT", "/objects/", 403)
    report = client.upload(tmp_path / "one.txt")
    assert fates(report) == {"one.txt": "stored"}


def test_addresses_that_expire_within_a_batch_are_all_renewed_by_one_request(
    client: uraniborg.Client, tmp_path: Path, line: MeddlingProxy, server: LiveServer
) -> None:
    (folder := tmp_path / "large").mkdir()
    for number in range(3):  # too large to be sent in a row, which would take the refusal for the first of several
        (folder / f"{number}.bin").write_bytes(bytes([number]) * 1_200_000)
    announced, renewed = server.count("start_upload"), server.count("get_upload")
    line.refuse("PUT", "/objects/", 403)
    report = client.upload(folder)
    assert report.ok
    assert report.count("stored") == 3
    assert server.count("start_upload") == announced + 1, "nothing was announced, nor read, once more"
    assert server.count("get_upload") == renewed + 1


def test_wait_tells_what_became_of_the_headers(client: uraniborg.Client, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "broken.fits").write_bytes(b"no FITS at all")
    (folder / "notes.txt").write_text("seeing 2 arcsec")
    report = client.upload(folder, wait=True)
    assert report.waited
    broken, notes = report.files
    assert (broken.state, broken.ingest) == ("stored", "failed")
    assert broken.reason
    assert notes.ingest == "kept"
    assert report.failed == [broken]


def test_frames_are_what_they_are_sent_as_where_headers_do_not_tell(
    client: uraniborg.Client, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "untold.fits").write_bytes(image_file(cards={"OBJECT": "wall", "EXPTIME": 2.0}))
    (tmp_path / "told.fits").write_bytes(image_file(cards={"IMAGETYP": "Dark Frame", "EXPTIME": 60.0}))
    assert command("upload", tmp_path, "--type", "flat", "--wait").code == 0
    assert {frame.path: frame.frame_type for frame in client.find()} == {"told.fits": "dark", "untold.fits": "flat"}
    [dark] = client.find(type="dark")
    assert [problem.code for problem in client.get_frame(dark.id).problems] == ["frame-type-differs"]
    assert command("upload", tmp_path, "--type", "selfie").code == 2


def test_upload_only_token_sends_and_cannot_look(client: uraniborg.Client, tmp_path: Path, line: MeddlingProxy) -> None:
    token = client.make_token(name="tower", kind="upload-only", organisation=client.organisation)
    (tmp_path / "one.txt").write_text("one")
    with uraniborg.connect(line.url, token.secret, organisation=client.organisation) as tower:
        report = tower.upload(tmp_path / "one.txt", wait=True)
        assert report.ok
        assert not report.waited
        with pytest.raises(uraniborg.NotAllowed):
            tower.list_files()
        tower.organisation = ""
        with pytest.raises(uraniborg.NotConfigured, match="URANIBORG_ORGANISATION"):
            tower.upload(tmp_path / "one.txt")


def test_progress_ends_with_everything_done(client: uraniborg.Client, tree: Path) -> None:
    told: list[uraniborg.Progress] = []
    client.upload(tree, progress=told.append)
    last = told[-1]
    assert last.phase == "done"
    assert (last.done_files, last.failed_files) == (13, 0)
    regular = [path for path in tree.rglob("*") if path.is_file() and not path.is_symlink()]
    copy = tree / "copy of the first.fits"
    assert last.sent_bytes == sum(path.stat().st_size for path in regular if path != copy)
