"""Satellites over HTTP: the catalogue, what crosses a field, what passes over, and what crossed the frames.

The arithmetic is held against its references in tests/domain; here it is only asked the same questions directly.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import astropy_iers_data
import httpx
import msgspec
import pytest
import pytest_asyncio
from astropy.io import votable
from sqlalchemy import text

from domain.crossings import find_crossings
from domain.earth_orientation import EarthOrientation
from domain.element_formats import read_elements
from domain.field import CircleField
from domain.ground_place import GroundPlace
from domain.passes import find_passes
from domain.satellite_catalogue import Catalogue
from tests.support.fits_bytes import image_file
from tests.support.satellites import FIRST, catalogue_bytes, launch
from tests.support.sending import send, wait_for_jobs
from tests.support.service import Person, RunningService, running_service
from tests.support.stored_files import organisation_id_of

# Its elements come in by and by: one process, in this order.
pytestmark = pytest.mark.xdist_group("satellites")

EPOCH = datetime(2026, 11, 20, 20, tzinfo=UTC)
HVEN = GroundPlace(latitude_deg=55.9075, longitude_deg=12.6965)
WIDE = {"ra_deg": 30.0, "dec_deg": 60.0, "radius_deg": 25.0, "start": "2026-11-20T16:40:00Z", "exposure_s": 600}


class Observatory(msgspec.Struct):
    """A service with satellites, an organisation in it, and what was answered before there were any."""

    service: RunningService
    owner: Person
    organisation: str
    before: dict[str, httpx.Response]
    early_frame: str
    "Of a frame that came in before the satellites."

    @property
    def base(self) -> str:
        return f"/api/v1/organisations/{self.organisation}"

    async def ask(self, path: str, status: int = 200, **query: Any) -> Any:
        place = {} if "latitude_deg" in query else {"organisation": self.organisation, "site": "hven"}
        reply = await self.owner.client.get(f"/api/v1/{path}", params=place | query)
        assert reply.status_code == status, reply.text
        return reply.json() if "json" in reply.headers["content-type"] else reply.content


def frame_file(ra_deg: float, dec_deg: float, start: datetime, exposure_s: float, **cards: object) -> bytes:
    """Make a frame of 0.3 by 0.2 degrees, north up and east left."""
    solved = {
        "DATE-OBS": start.strftime("%Y-%m-%dT%H:%M:%S.%f"), "EXPTIME": exposure_s, "IMAGETYP": "light",
        "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": ra_deg, "CRVAL2": dec_deg, "CRPIX1": 15.5,
        "CRPIX2": 10.5, "CDELT1": -0.01, "CDELT2": 0.01,
    }  # fmt: skip
    return image_file(cards=solved | cards)


def orientation() -> EarthOrientation:
    return EarthOrientation.from_finals2000a(Path(astropy_iers_data.IERS_A_FILE).read_text())


def catalogue() -> Catalogue:
    return Catalogue.build(read_elements(catalogue_bytes(EPOCH), "simulated.csv").sets)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def observatory(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Observatory]:
    async with running_service(tmp_path_factory.mktemp("satellites")) as service:
        owner = await service.person()
        organisation = await service.equipped(owner)
        site = {"organisation": organisation, "site": "hven"}
        before = {
            path: await owner.client.get(f"/api/v1/{path}", params=site | query)
            for path, query in (
                ("satellites/catalogue", {}),
                ("satellites/crossings", WIDE),
                ("satellites/passes", {"night": "2026-11-20"}),
                ("tonight", {"night": "2026-11-20"}),
            )
        }
        crossed = find_crossings(
            catalogue(), CircleField(ra_deg=30, dec_deg=60, radius_deg=25), HVEN, orientation(),
            start=EPOCH - timedelta(minutes=200), exposure_s=600,
        ).crossings[0]  # fmt: skip
        ra_deg, dec_deg = crossed.path_deg[len(crossed.path_deg) // 2]
        start = crossed.entry_at - timedelta(seconds=5)
        sent = await send(
            owner.client, organisation, {"early.fits": frame_file(ra_deg, dec_deg, start, 120.0)}, telescope="quadrant"
        )
        await wait_for_jobs(owner.client, organisation)
        file = (await owner.client.get(f"/api/v1/organisations/{organisation}/files/{sent[0]['file']}")).json()
        made = Observatory(service, owner, organisation, before, file["frame"])
        before["frame"] = await owner.client.get(f"{made.base}/frames/{file['frame']}")
        await launch(service.house, EPOCH)
        await wait_for_jobs(owner.client, organisation)
        yield made


async def test_without_a_catalogue_it_is_said_how_to_get_one(observatory: Observatory) -> None:
    status = observatory.before["satellites/catalogue"].json()
    assert (status["state"], status["satellites"], status["schedule"]) == ("empty", 0, None)
    assert "uraniborg-server satellites import" in status["says"]
    for path in ("satellites/crossings", "satellites/passes"):
        refused = observatory.before[path]
        assert refused.status_code == 409
        assert refused.json()["type"] == "/problems/no-satellite-catalogue"
        assert "uraniborg-server satellites import" in refused.json()["detail"]
    assert observatory.before["tonight"].status_code == 200, "the Sun needs no catalogue"
    frame = observatory.before["frame"].json()
    assert (frame["crossings"], frame["crossings_at"], frame["crossed_by"]) == (None, None, [])


async def test_an_operator_brings_elements_in_and_a_bad_one_spoils_none(observatory: Observatory) -> None:
    house, owner = observatory.service.house, observatory.owner
    lines = catalogue_bytes(EPOCH - timedelta(days=3)).decode().splitlines()
    lines[2] = lines[2].replace(",60.0000,", ",sixty,")
    body = {"files": [{"name": "old.csv", "text": "\n".join(lines)}, {"name": "no.txt", "text": "No GP data found"}]}
    refused = await owner.client.post("/api/v1/satellites/catalogue/imports", json=body)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-allowed")
    async with house.database.transaction() as connection:
        await connection.execute(text("UPDATE accounts SET is_operator = true WHERE email = :e"), {"e": owner.email})
    reply = await owner.client.post("/api/v1/satellites/catalogue/imports", json=body)
    assert reply.status_code == 200, reply.text
    first, second = reply.json()["imports"]
    assert (first["sets"], first["added"], first["stale"], first["known"]) == (135, 135, 135, 0)
    assert first["problem_count"] == second["problem_count"] == 1
    problem = first["problems"][0]
    assert (problem["source"], problem["line"], problem["code"]) == ("old.csv", 3, "not-a-number")
    assert (second["sets"], second["problems"][0]["code"]) == (0, "no-lines")
    again = (await owner.client.post("/api/v1/satellites/catalogue/imports", json=body)).json()["imports"]
    assert (again[0]["added"], again[0]["known"]) == (0, 135)
    status = await observatory.ask("satellites/catalogue")
    assert (status["satellites"], status["newest_epoch"]) == (136, "2026-11-20T20:00:00Z")


async def test_epochs_far_ahead_are_left_out(observatory: Observatory) -> None:
    came = await launch(observatory.service.house, datetime(2056, 1, 1, tzinfo=UTC))
    assert (came.sets, came.added, came.problem_count) == (0, 0, 136)
    assert came.problems[0].code == "bad-epoch"


async def test_satellites_are_found_by_number_and_name_page_by_page(observatory: Observatory) -> None:
    named = await observatory.ask("satellites", text="sim-000")
    assert [one["name"] for one in named["items"]] == [f"SIM-000{n}" for n in range(1, 10)]
    numbered = await observatory.ask("satellites", text=str(FIRST + 5))
    assert [one["norad_id"] for one in numbered["items"]] == [FIRST + 5]
    seen, cursor = [], None
    while True:
        page = await observatory.ask("satellites", limit=50, **({"cursor": cursor} if cursor else {}))
        seen += [one["norad_id"] for one in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == list(range(FIRST, FIRST + 136))
    assert (await observatory.ask(f"satellites/{FIRST}"))["name"] == "SIM-0001"
    assert "search" in (await observatory.ask("satellites/5", 404))["detail"]
    assert (await observatory.ask("satellites", text="%"))["items"] == []


async def test_crossings_are_those_of_the_arithmetic(observatory: Observatory) -> None:
    found = await observatory.ask("satellites/crossings", **WIDE)
    direct = find_crossings(
        catalogue(), CircleField(ra_deg=30, dec_deg=60, radius_deg=25), HVEN, orientation(),
        start=datetime(2026, 11, 20, 16, 40, tzinfo=UTC), exposure_s=600,
    ).crossings  # fmt: skip
    assert found["count"] == len(found["crossings"]) == len(direct) > 0
    assert found["crossings"] == msgspec.json.decode(msgspec.json.encode(direct))
    for crossing in found["crossings"]:
        entry, closest, leaving = (datetime.fromisoformat(crossing[f"{n}_at"]) for n in ("entry", "closest", "exit"))
        assert entry <= closest <= leaving
        assert crossing["norad_id"] >= FIRST
        assert crossing["elements_age_days"] == pytest.approx(-3.25 / 24, abs=0.01)
    bright = [c for c in direct if c.magnitude is not None and c.magnitude <= 6.0]
    assert (await observatory.ask("satellites/crossings", **WIDE, brighter_than=6))["count"] == len(bright)
    certain = [c for c in direct if c.status == "certain"]
    assert (await observatory.ask("satellites/crossings", **WIDE, certain_only=True))["count"] == len(certain)
    only = await observatory.ask("satellites/crossings", **WIDE, satellite=direct[0].norad_id)
    assert {c["norad_id"] for c in only["crossings"]} == {direct[0].norad_id}


async def test_fields_of_every_shape_and_a_place_without_a_site(observatory: Observatory) -> None:
    when = {"start": "2026-11-20T16:40:00", "exposure_s": 600}  # without a zone it is UTC
    circle = await observatory.ask("satellites/crossings", **WIDE)
    there = {"latitude_deg": 55.9075, "longitude_deg": 12.6965}
    assert (await observatory.ask("satellites/crossings", **WIDE, **there))["crossings"] == circle["crossings"]
    rectangle = {"ra_deg": 30, "dec_deg": 60, "width_deg": 50, "height_deg": 50, "position_angle_deg": 30}
    wider = await observatory.ask("satellites/crossings", **when, **rectangle)
    assert {c["norad_id"] for c in circle["crossings"]} <= {c["norad_id"] for c in wider["crossings"]}
    polygon = await observatory.ask("satellites/crossings", **when, polygon="0,40 60,40 60,80 0,80")
    assert polygon["field"]["shape"] == "polygon"
    named = await observatory.ask("satellites/crossings", **when, near="M31", radius_deg=10, ra_rate_arcsec_s=0.5)
    assert named["field"]["ra_deg"] == pytest.approx(10.68, abs=0.01)


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"exposure_s": 0}, 400, "exposure_s"),
        ({"exposure_s": 5e-324}, 400, "exposure_s"),
        ({"exposure_s": 1e6}, 400, "exposure_s"),
        ({"radius_deg": "nan"}, 400, "radius"),
        ({"dec_deg": 95}, 400, "-90 and 90"),
        ({"radius_deg": None}, 400, "how large"),
        ({"ra_deg": None}, 400, "which field"),
        ({"near": "Atlantis", "ra_deg": None, "dec_deg": None}, 404, "No object"),
        ({"polygon": "0,0 1,1"}, 400, "polygon"),
        ({"satellite": 5}, 404, "no usable elements of 5"),
        ({"text": "STARLINK"}, 404, "STARLINK"),
        ({"start": "1850-01-01T00:00:00Z"}, 400, "1960"),
        ({"start": "9999-12-31T23:59:59.999999Z"}, 400, "the year 9999"),
        ({"start": "0001-01-01T00:00:00+14:00"}, 400, "the year 1"),
    ],
)
async def test_a_question_that_makes_no_sense_is_told_what_does(
    observatory: Observatory, change: dict[str, Any], status: int, says: str
) -> None:
    query = {name: value for name, value in (WIDE | change).items() if value is not None}
    assert says in (await observatory.ask("satellites/crossings", status, **query))["detail"]


async def test_somewhere_must_be_looked_from(observatory: Observatory) -> None:
    client = observatory.owner.client
    for place, says in (
        ({}, "latitude_deg"),
        ({"site": "hven"}, "organisation"),
        ({"site": "hven", "organisation": observatory.organisation, "latitude_deg": 1, "longitude_deg": 1}, "not both"),
        ({"latitude_deg": 55}, "longitude_deg"),
    ):
        reply = await client.get("/api/v1/satellites/crossings", params=WIDE | place)
        assert (reply.status_code, says in reply.json()["detail"]) == (400, True), reply.text
    nowhere = {"organisation": observatory.organisation, "site": "atlantis"}
    assert (await client.get("/api/v1/satellites/crossings", params=WIDE | nowhere)).status_code == 404


async def test_passes_of_a_night_last_from_sunset_to_sunrise_page_by_page(observatory: Observatory) -> None:
    night = await observatory.ask("tonight", night="2026-11-20", target="M31")
    assert night["targets"][0]["highest_altitude_deg"] == pytest.approx(90 - 55.9 + 41.27, abs=0.2)
    passes, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = await observatory.ask("satellites/passes", night="2026-11-20", min_altitude_deg=20, limit=70, **more)
        passes += page["items"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert (page["start"], page["end"]) == (night["sunset_at"], night["sunrise_at"])
    direct = find_passes(
        catalogue(), HVEN, orientation(), start=datetime.fromisoformat(page["start"]),
        end=datetime.fromisoformat(page["end"]), min_altitude_deg=20,
    ).passes  # fmt: skip
    assert page["count"] == len(passes) == len(direct) > 70
    assert [p["norad_id"] for p in passes] == [p.norad_id for p in direct]
    lit = await observatory.ask("satellites/passes", night="2026-11-20", min_altitude_deg=20, sunlit_only=True)
    assert lit["count"] == sum(bool(p.sunlit) for p in direct)
    assert all(p["sunlit"] for p in lit["items"])


async def test_a_sites_horizon_cuts_its_passes(observatory: Observatory) -> None:
    client, base = observatory.owner.client, observatory.base
    walled = {"name": "Walled", "latitude_deg": 55.9075, "longitude_deg": 12.6965, "time_zone": "Europe/Copenhagen"}
    walled["horizon"] = [[0, 50], [180, 50], [360, 50]]
    assert (await client.post(f"{base}/sites", json=walled)).status_code == 201
    window = {"start": "2026-11-20T16:00:00Z", "end": "2026-11-20T19:00:00Z", "min_altitude_deg": 10}
    reply = await client.get(
        "/api/v1/satellites/passes", params=window | {"organisation": observatory.organisation, "site": "walled"}
    )
    assert reply.status_code == 200, reply.text
    free = await observatory.ask("satellites/passes", **window, limit=1000)
    assert 0 < reply.json()["count"] < free["count"]
    assert all(p["highest_altitude_deg"] >= 49.99 for p in reply.json()["items"])


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"start": "2026-11-20T16:00:00Z", "end": "2026-11-20T16:00:00Z"}, "ends after it begins"),
        ({"start": "2026-11-20T16:00:00Z", "end": "2027-12-25T16:00:00Z"}, "31 days"),
        ({"start": "2026-11-20T16:00:00Z"}, "both"),
        ({"night": "2026-11-20", "start": "2026-11-20T16:00:00Z"}, "either a night"),
        ({"night": "2026-06-20", "latitude_deg": 78.2, "longitude_deg": 15.6}, "does not set"),
        ({"night": "2026-11-20", "cursor": "nonsense"}, "cursor"),
    ],
)
async def test_windows_that_make_no_sense_are_told_what_does(
    observatory: Observatory, query: dict[str, Any], says: str
) -> None:
    assert says in (await observatory.ask("satellites/passes", 400, **query))["detail"]


async def test_where_the_sun_does_not_rise_the_night_is_whole(observatory: Observatory) -> None:
    query = {"latitude_deg": 78.2, "longitude_deg": 15.6, "night": "2026-12-20", "satellite": FIRST}
    found = await observatory.ask("satellites/passes", **query)
    length = datetime.fromisoformat(found["end"]) - datetime.fromisoformat(found["start"])
    assert length == timedelta(days=1)


async def test_a_track_goes_through_the_crossing(observatory: Observatory) -> None:
    crossing = (await observatory.ask("satellites/crossings", **WIDE, certain_only=True))["crossings"][0]
    track = await observatory.ask(
        f"satellites/{crossing['norad_id']}/track", start=crossing["closest_at"], step_s=1, points=2
    )
    point = track["points"][0]
    assert point["altitude_deg"] == pytest.approx(crossing["altitude_deg"], abs=1e-4)
    assert point["azimuth_deg"] == pytest.approx(crossing["azimuth_deg"], abs=1e-3)
    assert point["range_km"] == pytest.approx(crossing["range_km"], abs=0.01)
    far = {"start": "2026-11-20T00:00:00Z", "step_s": 86400, "points": 100}
    assert "31 days" in (await observatory.ask(f"satellites/{FIRST}/track", 400, **far))["detail"]
    last = {"start": "9999-12-31T23:59:59Z", "step_s": 60, "points": 3}
    assert "the year 9999" in (await observatory.ask(f"satellites/{FIRST}/track", 400, **last))["detail"]


async def test_votables_are_valid_and_hold_the_same(observatory: Observatory) -> None:
    window = {"start": "2026-11-20T16:00:00Z", "end": "2026-11-20T17:00:00Z"}
    for path, query, name in (("crossings", WIDE, "crossings"), ("passes", window, "items")):
        told = (await observatory.ask(f"satellites/{path}", **query))[name]
        document = await observatory.ask(f"satellites/{path}.vot", **query)
        said = io.StringIO()
        assert votable.validate(io.BytesIO(document), output=said), said.getvalue()
        table = votable.parse_single_table(io.BytesIO(document), verify="exception").to_table()
        assert len(table) == len(told) > 0
        assert list(table["norad_id"]) == [one["norad_id"] for one in told]
        assert table["range_km"].unit == "km"
        assert list(table["range_km"]) == [one["range_km"] for one in told]
    assert "closest_at" not in table.colnames
    assert str(table["rise_at"][-1]).startswith("2026-11-20T16:")


async def test_a_frame_that_was_there_before_is_judged_when_elements_come(observatory: Observatory) -> None:
    frame = (await observatory.owner.client.get(f"{observatory.base}/frames/{observatory.early_frame}")).json()
    assert frame["crossings"] == len(frame["crossed_by"]) >= 1
    assert frame["crossings_at"] is not None
    crossing = frame["crossed_by"][0]
    assert crossing["convention"] == "astrometric"
    # It was pointed at the way's middle: that is the middle of the image, 0-based (14.5, 9.5) of 30 by 20 pixels.
    (path,) = crossing["pixel_paths"]
    assert path["unit_index"] == 0
    near = min(abs(complex(x - 14.5, y - 9.5)) for x, y in path["points_px"])
    assert near < 6.0
    ends = [path["points_px"][0], path["points_px"][-1]]
    assert all(x < 0.6 or x > 28.4 or y < 0.6 or y > 18.4 for x, y in ends), "it enters and leaves at the edges"


async def test_frames_are_judged_as_they_come_and_found_by_what_crossed_them(observatory: Observatory) -> None:
    client, base = observatory.owner.client, observatory.base
    lit = next(
        c
        for c in (await observatory.ask("satellites/crossings", **WIDE, certain_only=True))["crossings"]
        if c["magnitude"] is not None and not c["enters_before"] and not c["leaves_after"]
    )
    ra_deg, dec_deg = lit["path_deg"][len(lit["path_deg"]) // 2]
    start = datetime.fromisoformat(lit["entry_at"]) - timedelta(seconds=5)
    contents = {
        "crossed.fits": frame_file(ra_deg, dec_deg, start, 300.0, OBJECT="crossed"),
        "empty.fits": frame_file((ra_deg + 90) % 360, -20.0, start, 1.0, OBJECT="empty"),
        "dark.fits": frame_file(ra_deg, dec_deg, start, 300.0, IMAGETYP="dark", OBJECT="dark"),
        "unsolved.fits": image_file(
            cards={"DATE-OBS": start.isoformat()[:19], "EXPTIME": 300.0, "IMAGETYP": "light", "OBJECT": "unsolved"}
        ),
    }
    await send(client, observatory.organisation, contents, telescope="quadrant")
    await wait_for_jobs(client, observatory.organisation)

    async def found(**query: Any) -> set[str]:
        reply = await client.get(f"{base}/frames", params=query)
        assert reply.status_code == 200, reply.text
        return {frame["object"] for frame in reply.json()["items"]} - {None}

    assert await found() == {"crossed", "empty", "dark", "unsolved"}
    assert await found(crossed="true") == {"crossed"}
    assert await found(crossed="false") == {"empty"}, "a dark and what has no footprint were not judged"
    assert await found(satellite=lit["norad_id"]) == {"crossed"}
    assert await found(satellite=lit["name"].lower()) == {"crossed"}
    assert await found(satellite="STARLINK") == set()
    assert await found(crossed_brighter_than=lit["magnitude"] + 0.5) == {"crossed"}
    assert await found(crossed_brighter_than=-5) == set()
    assert await found(where="crossings>=1") == {"crossed"}

    night = f"{base}/telescopes/quadrant/nights/2026-11-20"
    summary = (await client.get(f"{night}/log")).json()["summary"]
    assert (summary["frames_judged"], summary["frames_crossed"]) == (3, 2)
    assert 1 <= summary["frames_crossed_lit"] <= 2
    words = (await client.get(f"{night}/log.md")).text
    assert f"crossed 2 of 3 frames, {summary['frames_crossed_lit']} by one that the Sun lit" in words
    assert (await client.get(f"{night}/log.pdf")).content.startswith(b"%PDF")


async def test_newer_elements_judge_recent_frames_again_and_no_others(observatory: Observatory) -> None:
    house, client = observatory.service.house, observatory.owner.client
    organisation_id = await organisation_id_of(house, observatory.organisation)

    async def judged() -> dict[str, datetime]:
        async with house.database.transaction(organisation=organisation_id) as connection:
            rows = await connection.execute(
                text("SELECT id, crossings_at FROM frames WHERE crossings IS NOT NULL ORDER BY id")
            )
            return {str(row.id): row.crossings_at for row in rows}

    before = await judged()
    assert before
    await launch(house, EPOCH - timedelta(days=40))
    await wait_for_jobs(client, observatory.organisation)
    assert await judged() == before, "elements of another month say nothing new of them"
    await launch(house, EPOCH - timedelta(hours=4))
    await wait_for_jobs(client, observatory.organisation)
    after = await judged()
    assert after.keys() == before.keys()
    assert all(after[frame] > before[frame] for frame in before)


async def test_questions_about_other_days_take_the_elements_of_those_days(observatory: Observatory) -> None:
    there = {"min_altitude_deg": 0, "satellite": FIRST}
    await launch(observatory.service.house, EPOCH - timedelta(days=3))
    for day, epoch in (("2026-11-17", EPOCH - timedelta(days=3)), ("2026-11-22", EPOCH)):
        window = {"start": f"{day}T10:00:00Z", "end": f"{day}T22:00:00Z"}
        for one in (await observatory.ask("satellites/passes", **window, **there))["items"]:
            highest = datetime.fromisoformat(one["highest_at"])
            assert one["elements_age_days"] == pytest.approx((highest - epoch) / timedelta(days=1), abs=1e-6)


async def test_of_a_time_that_no_elements_are_of_nothing_is_said(observatory: Observatory) -> None:
    start = datetime(2020, 5, 5, 22, tzinfo=UTC)
    sent = await send(
        observatory.owner.client, observatory.organisation, {"old.fits": frame_file(30.0, 60.0, start, 300.0)},
        telescope="quadrant",
    )  # fmt: skip
    await wait_for_jobs(observatory.owner.client, observatory.organisation)
    file = (await observatory.owner.client.get(f"{observatory.base}/files/{sent[0]['file']}")).json()
    frame = (await observatory.owner.client.get(f"{observatory.base}/frames/{file['frame']}")).json()
    assert frame["crossings"] is None, "it was not crossed by none"
    assert frame["crossings_at"] is not None


async def test_elements_from_years_away_are_set_aside_and_told(observatory: Observatory) -> None:
    window = {"start": "2030-11-20T16:00:00Z", "end": "2030-11-20T17:00:00Z"}
    found = await observatory.ask("satellites/passes", **window)
    assert (found["count"], found["set_aside_count"], len(found["set_aside"])) == (0, 136, 20)
    assert found["set_aside"][0]["code"] == "out-of-date"
