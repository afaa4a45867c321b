"""Files as they really come: cut, empty, misnamed, badly written; each has its fate and reason, and keeps its bytes."""

from __future__ import annotations

import gzip
import io
import os
import re
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import pytest_asyncio
from PIL import Image

from domain.fits_structure import padded_size
from tests.support.fits_bytes import header_block, image_file
from tests.support.sending import send, wait_for_jobs
from tests.support.service import Person, RunningService


def framed(*cards: str, naxis: str = "0") -> bytes:
    """Return a FITS file that is one header with these cards behind the mandatory ones."""
    return header_block(
        "SIMPLE  =                    T", "BITPIX  =                   16", f"NAXIS   = {naxis}", *cards
    )


def picture() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.arange(600, dtype="u1").reshape(20, 30)).save(stream, "PNG")
    return stream.getvalue()


GOOD, TWIN = "night/good.fits", image_file((30, 20), cards={"OBJECT": "M 42"})
GOOD_CARDS = {"OBJECT": "NGC 7000", "DATE-OBS": "2026-11-20T22:30:00", "EXPTIME": 60.0, "INSTRUME": "Camera"}
NOISE = image_file((200, 300))
PACKED = gzip.compress(image_file((200, 301)))
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4d7a' * 16}\nsize 12345\n"

# Each path: what is sent, the state it comes to, and the codes of what is told of it.
FATES: dict[str, tuple[bytes, str, list[str]]] = {
    "cut-data.fits": (NOISE[:20_000], "indexed", ["data-truncated"]),
    "cut-header.fits": (NOISE[:400], "indexed", ["header-truncated"]),
    "cut.fits.gz": (PACKED[: len(PACKED) // 2], "indexed", ["data-truncated", "gzip-truncated"]),
    GOOD: (image_file(cards=GOOD_CARDS), "indexed", []),
    "empty.fits": (b"", "failed", ["empty-file"]),
    "axes.fits": (framed(naxis="3000000000"), "indexed", ["absurd-axes"]),
    "vast.fits": (framed("NAXIS1  = 4000000000", "NAXIS2  = 4000000000", naxis="2"), "indexed", ["absurd-axes"]),
    # 0.6 PB could be meant; but no column of ours holds such a width, and no memory such an image.
    "wide.fits": (framed("NAXIS1  = 3000000000", "NAXIS2  = 100000", naxis="2"), "indexed", ["data-truncated"]),
    "picture.fits": (picture(), "failed", ["not-fits"]),
    "pointer.fits": (POINTER.encode(), "failed", ["lfs-pointer"]),
    "latin.fits": (framed("OBSERVER= 'Søren Åkesson'"), "indexed", ["header-not-ascii"]),
    "month-13.fits": (framed("DATE-OBS= '2026-13-05T22:00:00'"), "indexed", ["bad-date"]),
    # An absent card is no fault, biases and masks need no date; a card that was written for it and left blank is.
    "blank-date.fits": (framed("DATE-OBS= '                   '"), "indexed", ["date-missing"]),
    "repeated.fits": (framed("OBJECT  = 'M 31    '", "OBJECT  = 'M 33    '"), "indexed", ["repeated-keyword"]),
    "site.fits": (framed("SITELAT = 'xx      '"), "indexed", ["bad-value"]),
    "twin-a.fits": (TWIN, "indexed", []),
    "deep/twin-b.fits": (TWIN, "indexed", []),
}
HOSTILE = ["../up.fits", "night/bell\x07.fits"]


class Night(NamedTuple):
    """One upload of all these files, ingested: what became of each on its way in, and afterwards."""

    owner: Person
    base: str
    sent: dict[str, dict[str, Any]]
    files: dict[str, dict[str, Any]]

    async def get(self, path: str) -> list[dict[str, Any]]:
        reply = await self.owner.client.get(f"{self.base}/{path}")
        assert reply.status_code == 200, reply.text
        items: list[dict[str, Any]] = reply.json()["items"]
        return items


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def night(service: RunningService) -> Night:
    owner = await service.person()
    slug = await service.equipped(owner)
    # The hostile names come first: what is behind them must not suffer from them.
    files = {name: name.encode() for name in HOSTILE} | {path: fate[0] for path, fate in FATES.items()}
    sent = await send(owner.client, slug, files, dataset="night")
    await wait_for_jobs(owner.client, slug)
    night = Night(owner, f"/api/v1/organisations/{slug}", dict(zip(files, sent, strict=True)), {})
    night.files.update({file["path"]: file for file in await night.get("files?limit=1000")})
    return night


def assert_tells_a_person(problem: dict[str, Any], service: RunningService) -> None:
    """A sentence of words: nothing of the program that wrote it, nor of the machine it runs on."""
    detail = problem["detail"]
    assert len(detail.split()) >= 4, problem
    assert detail[0].isupper() and detail.endswith((".", ")")), problem
    assert not re.search(r"Traceback|Error\b|Exception|<class|\b0x", detail), problem
    assert not re.search(r"(?<![\w.])/\w", detail), problem
    assert str(service.house.config.data_dir) not in detail, problem


async def assert_reads_back(service: RunningService, owner: Person, address: str, content: bytes) -> None:
    reply = await owner.client.get(address)
    assert reply.status_code == 302, reply.text
    read = await service.anonymous.get(reply.headers["location"])
    assert (read.status_code, read.content) == (200, content)


def test_all_are_taken_but_what_has_no_good_name(night: Night) -> None:
    assert night.files.keys() == FATES.keys()
    assert {night.sent[path]["state"] for path in FATES} == {"stored"}


@pytest.mark.parametrize("path", FATES)
async def test_a_file_is_kept_with_what_is_wrong_with_it(service: RunningService, night: Night, path: str) -> None:
    content, state, codes = FATES[path]
    listed = night.files[path]
    assert (listed["state"], [problem["code"] for problem in listed["problems"]]) == (state, codes)
    for problem in listed["problems"]:
        assert_tells_a_person(problem, service)
    address = f"{night.base}/files/{listed['id']}"
    assert (await night.owner.client.get(address)).json() == listed
    assert (listed["frame"] is not None) == (state == "indexed")
    await assert_reads_back(service, night.owner, f"{address}/content", content)


@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_name_is_refused_alone(service: RunningService, night: Night, path: str) -> None:
    result = night.sent[path]
    assert (result["state"], result["problem"]["code"], result["file"]) == ("failed", "bad-path", None)
    assert_tells_a_person(result["problem"], service)
    assert result["problem"]["detail"].isprintable(), "a control character is named, not passed on"


async def test_the_good_frame_is_found_in_spite_of_them(night: Night) -> None:
    (frame,) = await night.get("frames?where=OBJECT%3DNGC%207000")
    assert (frame["path"], frame["id"]) == (GOOD, night.files[GOOD]["frame"])
    assert (frame["night"], frame["exposure_s"], frame["telescope"]) == ("2026-11-20", 60.0, "quadrant")
    assert {(job["state"], job["attempts"]) for job in await night.get("jobs")} == {("done", 1)}


async def test_what_could_be_read_of_a_damaged_file_is_found(night: Night) -> None:
    frames = {frame["id"]: frame for frame in await night.get("frames?limit=1000")}
    assert frames.keys() == {file["frame"] for file in night.files.values()} - {None}

    def of(path: str) -> dict[str, Any]:
        return frames[night.files[path]["frame"]]

    assert of("cut-data.fits")["object"] == of("cut.fits.gz")["object"] == "M 31"
    assert of("repeated.fits")["object"] == "M 31", "the first value counts"
    assert (of("month-13.fits")["start_at"], of("blank-date.fits")["start_at"]) == (None, None)
    (latin,) = await night.get("frames?where=OBSERVER~%C3%85kesson")
    assert latin["id"] == night.files["latin.fits"]["frame"]
    assert night.files["twin-a.fits"]["frame"] == night.files["deep/twin-b.fits"]["frame"]


async def test_whoever_asks_for_the_failed_ones_learns_why(night: Night) -> None:
    failed = await night.get("files?state=failed")
    told = {file["path"]: [problem["code"] for problem in file["problems"]] for file in failed}
    assert told == {path: codes for path, (_, state, codes) in FATES.items() if state == "failed"}
    assert [file for file in failed if file != night.files[file["path"]]] == []
    flagged = {file["path"] for file in await night.get("files?flagged=true&limit=1000")}
    assert flagged == {path for path, (_, _, codes) in FATES.items() if codes}
    jobs = [job for job in await night.get("jobs") if job["kind"] == "ingest"]
    assert (sum(job["done"] for job in jobs), sum(job["failed"] for job in jobs)) == (len(FATES), len(failed))


EXPANDED_BYTES = 242_000_000


def unrolling() -> bytes:
    """Return a gzip of some 240 kB that is a FITS file of 242 MB: an empty image of 11,000 by 11,000 pixels."""
    packer = zlib.compressobj(9, wbits=31)
    packed = [packer.compress(framed("NAXIS1  = 11000", "NAXIS2  = 11000", naxis="2"))]
    packed += [packer.compress(bytes(1_000_000)) for _ in range(EXPANDED_BYTES // 1_000_000)]
    packed += [packer.compress(bytes(padded_size(EXPANDED_BYTES) - EXPANDED_BYTES)), packer.flush()]
    return b"".join(packed)


def told(process: int | str, file: str, name: str) -> int:
    """Read a number from what Linux tells of a process (proc(5)); -1 where it has none."""
    found = re.search(rf"^{name}:\s*(\d+)", Path(f"/proc/{process}/{file}").read_text(), re.MULTILINE)
    return int(found[1]) if found else -1


def taken(*, anew: bool = False) -> dict[str, tuple[int, int]]:
    """Tell what this process, which has the service in it, and those of its pools have taken.

    Parameters
    ----------
    anew : bool
        Whether the peaks begin anew with what each holds now.

    Returns
    -------
    dict of str to (int, int)
        By process: memory at its peak, and all that it wrote to whatever file or pipe; bytes.
    """
    found = {}
    for process in (folder.name for folder in Path("/proc").glob("[0-9]*")):
        try:
            parent = told(process, "status", "PPid")
            # Those of the pools are forked off by a server that multiprocessing has for that.
            if process != str(os.getpid()) and not (
                parent > 1
                and told(parent, "status", "PPid") == os.getpid()
                and b"forkserver" in Path(f"/proc/{parent}/cmdline").read_bytes()
            ):
                continue
            if anew:
                Path(f"/proc/{process}/clear_refs").write_text("5")
            found[process] = (told(process, "status", "VmHWM") * 1024, told(process, "io", "wchar"))
        except OSError:  # it ended meanwhile
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="what processes take is told by Linux alone")
async def test_a_small_gzip_that_unrolls_far_is_taken_and_nowhere_expanded_whole(service: RunningService) -> None:
    content = unrolling()
    assert len(content) < 250_000
    owner = await service.person()
    slug = await service.equipped(owner)
    base = f"/api/v1/organisations/{slug}"
    # What a process needs for its first frame, such as its imports, is not this file's.
    await send(owner.client, slug, {"usual.fits": image_file((21, 31))})
    await wait_for_jobs(owner.client, slug)
    before = taken(anew=True)
    [sent] = await send(owner.client, slug, {"unrolls.fits.gz": content})
    await wait_for_jobs(owner.client, slug)
    after = taken()

    file = (await owner.client.get(f"{base}/files/{sent['file']}")).json()
    assert (file["state"], file["problems"]) == ("indexed", [])
    frame = (await owner.client.get(f"{base}/frames/{file['frame']}")).json()
    assert (frame["width_px"], frame["height_px"]) == (11_000, 11_000)
    await assert_reads_back(service, owner, f"{base}/files/{file['id']}/content", content)
    jobs = (await owner.client.get(f"{base}/jobs")).json()["items"]
    assert {(job["state"], job["attempts"]) for job in jobs} == {("done", 1)}, "no process was killed for its hunger"

    assert len(before.keys() & after.keys()) > 1, "no process of a pool was watched"
    at_first = min(peak for peak, _ in before.values())  # of one that was made meanwhile
    for process, (peak, written) in after.items():
        peak_before, written_before = before.get(process, (at_first, 0))
        assert peak - peak_before < EXPANDED_BYTES // 2, f"{peak_before:,} bytes became {peak:,}"
        # Counted as they are written, so that a nameless file, which no folder shows, is counted too.
        assert written - written_before < EXPANDED_BYTES // 10, "it was expanded onto the disk"
