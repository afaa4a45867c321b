"""Ingest: every file meets its fate, frames carry facts that agree with what others read from the same files."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import frame_store
from tests.support.fits_bytes import image_file
from tests.support.sending import send, wait_for_jobs
from tests.support.service import Person, RunningService

# Files whose first unit is no frame: kept, or refused with the reason.
FAILED = {
    "bad_lfs-pointer_drao.fits": "lfs-pointer",
    "bad_not_actually_fits.fits": "not-fits",
    "bad_derived_png-renamed.fits": "not-fits",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def archive(service: RunningService, reference_data: Path) -> tuple[Person, str, dict[str, Any]]:
    """All reference files, uploaded and ingested; the person, the organisation, and each file by name."""
    owner = await service.person()
    slug = await service.organisation(owner)
    paths = sorted(p for p in (reference_data / "fits").iterdir() if p.name != "manifest.csv")
    results = await send(owner.client, slug, {p.name: p.read_bytes() for p in paths}, dataset="reference")
    assert {r["state"] for r in results} == {"stored"}
    await wait_for_jobs(owner.client, slug)
    files = (await owner.client.get(f"/api/v1/organisations/{slug}/files?limit=1000")).json()["items"]
    return owner, slug, {f["path"]: f for f in files}


async def test_what_the_sender_says_frames_are_holds_for_whatever_has_their_content(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.equipped(owner)
    base = f"/api/v1/organisations/{slug}"
    content = image_file(cards={"OBJECT": "wall", "DATE-OBS": "2026-03-14T23:30:00"})

    async def type_of(**sent: Any) -> tuple[str | None, str | None]:
        await send(owner.client, slug, {sent.pop("path"): content}, **sent)
        await wait_for_jobs(owner.client, slug)
        [frame] = (await owner.client.get(f"{base}/frames")).json()["items"]
        assert (frame["telescope"], frame["night"]) == ("quadrant", "2026-03-14"), "as the first was sent"
        sources = (await owner.client.get(f"{base}/frames/{frame['id']}")).json()["sources"]
        return frame["frame_type"], sources.get("frame_type")

    assert await type_of(path="a.fits", telescope="quadrant") == (None, None)
    assert await type_of(path="a.fits", frame_type="dark") == ("dark", "upload"), "it is not sent again, but said"
    assert await type_of(path="a.fits") == ("dark", "upload")
    assert await type_of(path="copy.fits") == ("dark", "upload")
    files = {file["path"]: file["id"] for file in (await owner.client.get(f"{base}/files")).json()["items"]}
    assert await type_of(path="b.fits", frame_type="flat") == ("flat", "upload")
    await owner.client.post(f"{base}/ingests", json={"files": [files["a.fits"]]})
    await wait_for_jobs(owner.client, slug)
    assert await type_of(path="a.fits") == ("flat", "upload"), "what was said last holds"


@pytest.mark.shared
async def test_every_file_is_taken_and_its_fate_told(
    archive: tuple[Person, str, dict[str, Any]], reference_data: Path
) -> None:
    owner, slug, files = archive
    with (reference_data / "fits" / "manifest.csv").open() as lines:
        manifest = {row["file"]: row for row in csv.DictReader(lines)}
    assert files.keys() == manifest.keys()
    for name, row in manifest.items():
        assert (files[name]["sha256"], files[name]["size_bytes"]) == (row["sha256"], int(row["bytes"]))
        assert files[name]["state"] in ("indexed", "kept", "failed"), f"{name} was left {files[name]['state']}"
        if row["astropy_status"] == "ok" and int(row["n_hdus"]):
            assert files[name]["state"] == "indexed", (name, files[name]["problems"])
    for name, code in FAILED.items():
        assert files[name]["state"] == "failed"
        assert code in {p["code"] for p in files[name]["problems"]}
    assert not [f for f in files.values() if "not-understood" in {p["code"] for p in f["problems"]}]
    jobs = (await owner.client.get(f"/api/v1/organisations/{slug}/jobs?state=dead")).json()["items"]
    assert jobs == []


@pytest.mark.shared
async def test_a_cone_at_each_solved_centre_finds_its_file(
    archive: tuple[Person, str, dict[str, Any]], reference_data: Path
) -> None:
    owner, slug, files = archive
    frames = f"/api/v1/organisations/{slug}/frames"
    with (reference_data / "fits" / "manifest.csv").open() as lines:
        solved = [row for row in csv.DictReader(lines) if row["wcs_center_ra_icrs"]]
    assert len(solved) > 30
    found_centres = 0
    for row in solved:
        ra, dec = float(row["wcs_center_ra_icrs"]), float(row["wcs_center_dec_icrs"])
        frame = (await owner.client.get(f"{frames}/{files[row['file']]['frame']}")).json()
        if not frame["footprints"]:
            continue
        found_centres += 1
        centre = frame["footprints"][0]
        separation = math.hypot(
            ((centre["center_ra_deg"] - ra + 180) % 360 - 180) * math.cos(math.radians(dec)),
            centre["center_dec_deg"] - dec,
        )
        assert separation * 3600 < 1, row["file"]
        near = await owner.client.get(frames, params={"near": f"{ra},{dec}", "radius": 0.01, "limit": 1000})
        assert files[row["file"]]["frame"] in {f["id"] for f in near.json()["items"]}, row["file"]
    assert found_centres >= len(solved) - 3


@pytest.mark.shared
@pytest.mark.parametrize(
    ("where", "expected"),
    [
        # NAXIS and INSTRUME as the manifest's ground truth has them, read with other software.
        (
            "INSTRUME=kb70",
            {"lco_cpt1m010-kb70-20151219-0073-e10.fits", "lco_flat_kb70_20151222_SKYFLAT_bin2x2_ip.fits"},
        ),
        ("EXPTIME>=30000", {"eso_muse_udf_subcube.fits"}),
        ("OBJECT~mrk 590", {"lco_floyds_en06_1d_Mrk590.fits"}),
    ],
)
async def test_any_keyword_can_be_compared(
    archive: tuple[Person, str, dict[str, Any]], where: str, expected: set[str]
) -> None:
    owner, slug, _ = archive
    reply = await owner.client.get(
        f"/api/v1/organisations/{slug}/frames", params={"where": where, "limit": 1000, "count": "true"}
    )
    paths = {f["path"] for f in reply.json()["items"]}
    assert expected <= paths, paths
    assert reply.json()["count"] == len(paths) < 20


@pytest.mark.shared
async def test_pages_visit_every_frame_once_in_every_order(archive: tuple[Person, str, dict[str, Any]]) -> None:
    owner, slug, files = archive
    wanted = {f["frame"] for f in files.values() if f["frame"]}
    for sort in ("-start_at", "start_at", "exposure_s", "-airmass", "object", "-filter", "created_at"):
        seen: list[str] = []
        cursor = None
        while True:
            params = {"sort": sort, "limit": 17} | ({"cursor": cursor} if cursor else {})
            page = (await owner.client.get(f"/api/v1/organisations/{slug}/frames", params=params)).json()
            seen += [f["id"] for f in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen)), sort
        assert set(seen) == wanted, sort


@pytest.mark.shared
async def test_headers_facets_and_previews_of_a_frame(archive: tuple[Person, str, dict[str, Any]]) -> None:
    owner, slug, files = archive
    base = f"/api/v1/organisations/{slug}/frames"
    frame = files["lco_cpt1m010-kb70-20151219-0075-s10.fits"]["frame"]
    detail = (await owner.client.get(f"{base}/{frame}")).json()
    assert (detail["object"], detail["exposure_s"], detail["filter"]) == ("S82_01", 60.0, "ip")
    assert detail["sources"]["exposure_s"] == "EXPTIME@0"
    cards = (await owner.client.get(f"{base}/{frame}/header")).json()["units"]
    assert ["EXPTIME", 60.0] in [card[:2] for card in cards[0]["cards"]]
    facets = (await owner.client.get(f"{base}/facets", params={"facet": ["filter", "type"]})).json()["facets"]
    assert sum(v["count"] for v in facets["type"]) == len({f["frame"] for f in files.values() if f["frame"]})
    preview = await owner.client.get(f"{base}/{frame}/preview/512")
    assert preview.status_code == 302
    picture = await owner.client.get(preview.headers["location"])
    assert picture.content[8:12] == b"WEBP"
    judged = await owner.client.patch(f"{base}/{frame}", json={"quality": "bad", "note": "trailed"})
    assert judged.json()["quality"] == "bad"


async def test_a_changed_mapping_derives_again_without_sending_again(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.equipped(owner)
    cards = (
        "SIMPLE  =                    T",
        "BITPIX  =                    8",
        "NAXIS   =                    0",
        "DATE-OBS= '2026-11-20T22:00:00'",
        "EXPTIME =                 30.0",
        "FILTNUM = 'slot 3  '",
        "INSTRUME= 'Camera  '",
        "END",
    )
    header = "".join(card.ljust(80) for card in cards)
    await send(owner.client, slug, {"x.fits": header.ljust(2880).encode()})
    await wait_for_jobs(owner.client, slug)
    base = f"/api/v1/organisations/{slug}"
    frame = (await owner.client.get(f"{base}/frames")).json()["items"][0]
    assert (frame["filter"], frame["instrument"], frame["telescope"]) == (None, "camera", "quadrant")
    assert frame["night"] == "2026-11-20"
    mapping = {"keywords": {"filter": ["FILTNUM"]}, "values": {"filter": {"slot 3": "R"}}}
    changed = await owner.client.patch(f"{base}/instruments/camera", json={"header_mapping": mapping})
    assert changed.status_code == 200, changed.text
    begun = await owner.client.post(f"{base}/ingests", json={"instrument": "camera"})
    assert begun.json()["files"] == 1
    await wait_for_jobs(owner.client, slug)
    detail = (await owner.client.get(f"{base}/frames/{frame['id']}")).json()
    assert (detail["filter"], detail["sources"]["filter"]) == ("R", "mapping:FILTNUM@0")


async def test_a_file_that_is_deleted_while_it_is_read_leaves_no_frame(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await service.person()
    slug = await service.equipped(owner)
    base = f"/api/v1/organisations/{slug}"
    save_derived = frame_store.save_derived

    async def behind_who_deletes_it(connection: AsyncConnection, *words: Any) -> Any:
        for file in (await owner.client.get(f"{base}/files")).json()["items"]:
            assert (await owner.client.delete(f"{base}/files/{file['id']}")).status_code == 204
        return await save_derived(connection, *words)

    monkeypatch.setattr(frame_store, "save_derived", behind_who_deletes_it)
    [sent] = await send(owner.client, slug, {"wrong.fits": image_file(cards={"OBJECT": "M31"})})
    await wait_for_jobs(owner.client, slug)
    assert (await owner.client.get(f"{base}/frames?count=true")).json()["count"] == 0
    monkeypatch.undo()
    restored = await owner.client.post(f"{base}/files/{sent['file']}/restore")
    assert restored.is_success, restored.text
    assert (await owner.client.get(f"{base}/frames?count=true")).json()["count"] == 1


async def test_times_without_a_zone_are_utc_and_any_offset_is_taken(service: RunningService) -> None:
    owner = await service.person()
    slug = await service.equipped(owner)
    await send(owner.client, slug, {"a.fits": image_file(cards={"DATE-OBS": "2026-11-20T22:30:00", "EXPTIME": 60.0})})
    await wait_for_jobs(owner.client, slug)
    for condition, count in (
        ("start_at>=2026-11-20 22:30", 1),
        ("start_at>=2026-11-20T22:30", 1),
        ("start_at>2026-11-20 22:30", 0),
        ("start_at>=2026-11-20T19:30-03:00", 1),
        ("start_at>2026-11-20T23:30+01:00", 0),
        ("start_at>=2026-11-20", 1),
        ("start_at<2026-11-21T00:00:00Z", 1),
    ):
        found = await owner.client.get(
            f"/api/v1/organisations/{slug}/frames", params={"where": condition, "count": "true"}
        )
        assert (found.status_code, found.json().get("count")) == (200, count), (condition, found.text)
