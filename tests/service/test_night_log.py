"""Night logs: entries whose every revision stays, a summary that fills itself, sign-off and search."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from domain.night_summary import NightSummary
from storage import night_log_store
from storage.night_log_store import Revision
from storage.tables import metadata
from tests.support.frames import add_file, add_frame, add_frames
from tests.support.night_logs import EVENING, NIGHT, Place
from tests.support.service import Person, RunningService

PROBLEM = {"code": "trailed", "detail": "Stars are trailed."}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def owner(service: RunningService) -> Person:
    """One person for the whole module: their organisations are what keeps tests apart."""
    return await service.person("sophie")


@pytest_asyncio.fixture(loop_scope="session")
async def place(service: RunningService, owner: Person) -> Place:
    return Place(service, owner, await service.equipped(owner))


async def test_reading_a_log_that_nobody_wrote_to_shows_the_night_and_stores_nothing(place: Place) -> None:
    await add_frame(place.service.house, place.slug, start_at=EVENING, exposure_s=60.0, filter="R")
    log = await place.get(place.log())
    assert (log["state"], log["created_at"], log["entries"]["items"]) == ("open", None, [])
    assert (log["start_at"], log["end_at"]) == ("2026-07-10T10:00:00Z", "2026-07-11T10:00:00Z")
    assert (log["summary"]["frames"], log["summary"]["time_on_sky_s"]) == (1, 60.0)
    assert [n["log"] for n in (await place.get(f"{place.base}/nights"))["items"]] == ["none"]
    for night, status in (("2026-07-32", 400), ("yesterday", 400), ("0001-01-01", 400)):
        assert (await place.owner.client.get(place.log(night))).status_code == status
    nowhere = f"{place.base}/telescopes/sextant/nights/{NIGHT}/log"
    assert (await place.owner.client.get(nowhere)).status_code == 404


async def test_an_entry_keeps_what_it_was_given(place: Place) -> None:
    frame = await add_frame(place.service.house, place.slug, start_at=EVENING)
    file = await add_file(place.service.house, place.slug, path="allsky/2026-07-10.mp4")
    written = await place.write(
        "Dome **stuck** at 211°.\r\nσ Ori ± 3″ 😀",
        level="problem",
        category="fault",
        tags=["Dome", " dome ", "encoder"],
        time_lost_s=600,
        time_lost_kind="fault",
        occurred_at="2026-07-11T00:30:00+02:00",
        frames=[str(frame.id), str(frame.id)],
        attachments=[str(file)],
    )
    log = await place.get(place.log())
    assert log["entries"]["items"] == [written]
    assert {k: v for k, v in written.items() if k not in ("id", "created_at", "revised_at")} == {
        "revision": 1,
        "telescope": "quadrant",
        "night": NIGHT,
        "text": "Dome **stuck** at 211°.\r\nσ Ori ± 3″ 😀",
        "level": "problem",
        "category": "fault",
        "tags": ["dome", "encoder"],
        "time_lost_s": 600,
        "time_lost_kind": "fault",
        "occurred_at": "2026-07-10T22:30:00Z",
        "frames": [str(frame.id)],
        "attachments": [str(file)],
        "deleted": False,
        "author": {"name": "sophie", "email": place.owner.email},
        "revised_by": {"name": "sophie", "email": place.owner.email},
    }
    assert log["time_lost"] == {"weather_s": 0, "fault_s": 600, "other_s": 0}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n\t "}, "blank"),
        ({"text": "nul \x00"}, "null character"),
        ({"text": "x" * 100_001}, "text"),
        ({"text": "a", "level": "catastrophe"}, "level"),
        ({"text": "a", "tags": [" "]}, "tag"),
        ({"text": "a", "tags": ["bell \x07"]}, "tag"),
        ({"text": "a", "time_lost_s": 60}, "time_lost_kind"),
        ({"text": "a", "time_lost_s": -60, "time_lost_kind": "weather"}, "time_lost_s"),
        ({"text": "a", "occurred_at": "2026-07-10T20:00:00"}, "occurred_at"),
        ({"text": "a", "frames": ["not-an-id"]}, "frames"),
    ],
)
async def test_an_entry_that_cannot_stand_is_refused_with_the_reason(
    place: Place, body: dict[str, Any], says: str
) -> None:
    reply = await place.owner.client.post(f"{place.log()}/entries", json={"occurred_at": EVENING.isoformat(), **body})
    assert reply.status_code == 400
    assert says in reply.json()["detail"]
    assert (await place.get(place.log()))["created_at"] is None


async def test_an_entry_lies_within_its_night(place: Place) -> None:
    for moment, status in (
        ("2026-07-10T09:59:59.999Z", 400),
        ("2026-07-10T10:00:00Z", 201),
        ("2026-07-11T09:59:59.999Z", 201),
        ("2026-07-11T10:00:00Z", 400),
        (None, 400),  # now is long after
    ):
        reply = await place.try_writing("Here.", occurred_at=moment)
        assert reply.status_code == status, moment
        if status == 400:
            problem = reply.json()
            assert (problem["night_start_at"], problem["night_end_at"]) == (
                "2026-07-10T10:00:00Z",
                "2026-07-11T10:00:00Z",
            )
    # Tonight's log takes now.
    today = datetime.now(UTC).date()
    replies = [await place.try_writing("Now.", str(today - timedelta(days=n)), occurred_at=None) for n in (0, 1)]
    assert sorted(r.status_code for r in replies) == [201, 400]


async def test_links_lead_to_what_the_organisation_has(place: Place) -> None:
    other = await place.service.equipped(place.owner)
    foreign = await add_frame(place.service.house, other, start_at=EVENING)
    hidden = await add_frame(place.service.house, place.slug, start_at=EVENING, hidden=True)
    for missing in (foreign.id, hidden.id, uuid4()):
        reply = await place.try_writing("See.", frames=[str(missing)])
        assert (reply.status_code, reply.json()["missing"]) == (400, [str(missing)])
    gone = await add_file(place.service.house, place.slug, deleted_at=EVENING)
    for missing in (foreign.file_id, gone):
        assert (await place.try_writing("See.", attachments=[str(missing)])).status_code == 400


async def test_an_edit_is_a_new_revision_and_a_stale_one_is_refused(place: Place) -> None:
    colleague = await place.member("member")
    written = await place.write("Clouds at 22:10.")
    edited = await place.edit(written, colleague, text="Clouds at 22:20.")
    assert edited.status_code == 200
    assert (edited.json()["revision"], edited.json()["author"]["email"], edited.json()["revised_by"]["email"]) == (
        2,
        place.owner.email,
        colleague.email,
    )
    stale = await place.edit(written, text="Clouds at 22:30.")
    assert (stale.status_code, stale.json()["type"]) == (409, "/problems/stale-revision")
    assert (stale.json()["revision"], colleague.name in stale.json()["detail"]) == (2, True)
    url = f"{place.log()}/entries/{written['id']}"
    revisions = await place.get(f"{url}/revisions")
    assert [(r["revision"], r["text"]) for r in revisions["items"]] == [
        (2, "Clouds at 22:20."),
        (1, "Clouds at 22:10."),
    ]
    assert revisions["items"][1] == written
    assert (await place.owner.client.delete(url, params={"revision": 1})).status_code == 409
    assert (await place.owner.client.delete(url)).status_code == 204
    assert (await place.owner.client.delete(url)).status_code == 204, "once more changes nothing"
    assert (await place.get(place.log()))["entries"]["items"] == []
    assert (await place.get(f"{place.log()}/entries"))["items"] == []
    (deleted,) = (await place.get(f"{place.log()}/entries", deleted=True))["items"]
    assert (deleted["revision"], deleted["deleted"], deleted["text"]) == (3, True, "Clouds at 22:20.")
    restored = await place.edit(deleted)
    assert (restored.json()["revision"], restored.json()["deleted"]) == (4, False)
    assert len((await place.get(f"{url}/revisions"))["items"]) == 4


async def test_an_edit_keeps_links_to_what_is_gone_since(place: Place) -> None:
    frame = await add_frame(place.service.house, place.slug, start_at=EVENING)
    written = await place.write("See.", frames=[str(frame.id)])
    frames = metadata.tables["frames"]
    organisation = await organisation_id(place)
    async with place.service.house.database.transaction(organisation=organisation) as connection:
        await connection.execute(frames.update().where(frames.c.id == frame.id).values(hidden=True))
    edited = await place.edit(written, text="See it.", occurred_at=None)
    assert (edited.status_code, edited.json()["frames"]) == (200, [str(frame.id)])
    assert edited.json()["occurred_at"] == written["occurred_at"]


async def test_an_entry_is_found_only_in_its_own_log(place: Place) -> None:
    written = await place.write("Here.")
    elsewhere = f"{place.log('2026-07-11')}/entries/{written['id']}"
    assert (await place.owner.client.get(f"{elsewhere}/revisions")).status_code == 404
    assert (await place.owner.client.delete(elsewhere)).status_code == 404
    stranger = await place.service.person()
    own = await place.service.equipped(stranger)
    theirs = f"/api/v1/organisations/{own}/telescopes/quadrant/nights/{NIGHT}/log/entries/{written['id']}"
    assert (await stranger.client.delete(theirs)).status_code == 404
    for url in (place.log(), f"{place.log()}/entries", f"{place.log()}.md", f"{place.log()}.pdf"):
        assert (await stranger.client.get(url)).status_code == 404
    assert (await stranger.client.get(f"{place.base}/log-entries")).status_code == 404
    assert (await stranger.client.post(f"{place.log()}/sign")).status_code == 404


async def organisation_id(place: Place) -> UUID:
    table = metadata.tables["organisations"]
    async with place.service.house.database.transaction() as connection:
        found: UUID = (await connection.execute(select(table.c.id).where(table.c.slug == place.slug))).scalar_one()
    return found


async def test_a_log_made_by_many_at_once_is_one_log(place: Place) -> None:
    written = await asyncio.gather(*(place.write(f"Entry {n}.") for n in range(12)))
    logs = metadata.tables["night_logs"]
    async with place.service.house.database.transaction(organisation=await organisation_id(place)) as connection:
        assert await connection.scalar(select(func.count()).select_from(logs)) == 1
    listed = (await place.get(place.log()))["entries"]["items"]
    assert {e["id"] for e in listed} == {w["id"] for w in written}


async def test_of_edits_at_once_one_wins_and_the_others_are_told(place: Place) -> None:
    written = await place.write("First.")
    replies = await asyncio.gather(*(place.edit(written, text=f"By {n}.") for n in range(8)))
    assert sorted(r.status_code for r in replies) == [200] + [409] * 7
    assert {r.json()["revision"] for r in replies} == {2}
    revisions = (await place.get(f"{place.log()}/entries/{written['id']}/revisions"))["items"]
    winner = next(r.json() for r in replies if r.status_code == 200)
    assert revisions == [winner, written]


kinds = st.sampled_from(["add", "edit", "edit", "stale", "delete"])
steps = st.lists(st.tuples(kinds, st.integers(0, 5), st.text("ab c", min_size=1)), max_size=12)


@given(steps=steps)
@settings(max_examples=10, deadline=None)
async def test_every_revision_that_was_acknowledged_stays_readable(
    service: RunningService, owner: Person, steps: list[tuple[str, int, str]]
) -> None:
    place = Place(service, owner, await service.equipped(owner))
    acknowledged: dict[str, list[dict[str, Any]]] = {}
    for kind, which, text in steps:
        ids = list(acknowledged)
        if kind == "add" or not ids:
            reply = await place.try_writing(text)
            assert reply.status_code == (201 if text.strip() else 400)
            if reply.status_code == 201:
                acknowledged[reply.json()["id"]] = [reply.json()]
            continue
        history = acknowledged[ids[which % len(ids)]]
        if kind == "delete":
            url = f"{place.log()}/entries/{history[0]['id']}"
            assert (await owner.client.delete(url)).status_code == 204
            if not history[-1]["deleted"]:
                (newest, *_) = (await place.get(f"{url}/revisions"))["items"]
                assert (newest["deleted"], newest["revision"]) == (True, len(history) + 1)
                history.append(newest)
            continue
        base = history[which % len(history)] if kind == "stale" else history[-1]
        reply = await place.edit(base, text=text)
        expected = 409 if base is not history[-1] else 200 if text.strip() else 400
        assert reply.status_code == expected
        if reply.status_code == 200:
            history.append(reply.json())
    for entry_id, history in acknowledged.items():
        told: list[dict[str, Any]] = []
        cursor: str | None = None
        while cursor is not None or not told:
            query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            page = await place.get(f"{place.log()}/entries/{entry_id}/revisions", **query)
            told += page["items"]
            if not (cursor := page["next_cursor"]):
                break
        assert told == history[::-1]
    shown = {e["id"]: e for e in (await place.get(place.log()))["entries"]["items"]}
    assert shown == {i: h[-1] for i, h in acknowledged.items() if not h[-1]["deleted"]}


async def test_a_log_fills_itself_from_frames_and_failures(place: Place) -> None:
    house, slug = place.service.house, place.slug
    await add_frames(
        house,
        slug,
        [
            *({"start_at": EVENING + timedelta(seconds=70 * n), "exposure_s": 60.0, "filter": "R", "object": "M31"}
              for n in range(10)),
            {"start_at": EVENING + timedelta(hours=1), "exposure_s": 60.0, "filter": "B", "object": "M31"},
            {"night": NIGHT, "frame_type": "bias", "exposure_s": 0.0},
            {"start_at": EVENING, "exposure_s": 60.0, "hidden": True},
            {"start_at": EVENING + timedelta(days=1), "exposure_s": 60.0},
            {"start_at": EVENING, "exposure_s": 2.0, "frame_type": "focus", "path": "f/odd.fits",
             "problems": [PROBLEM]},
        ],
    )  # fmt: skip
    not_fits = {"code": "not-fits", "detail": "A PNG image."}
    bad: dict[str, Any] = {"state": "failed", "telescope": "quadrant", "problems": [not_fits], "created_at": EVENING}
    await add_file(house, slug, path="f/broken.fits", **bad)
    await add_file(house, slug, path="f/later.fits", **(bad | {"created_at": EVENING + timedelta(days=1)}))
    await add_file(house, slug, path="f/elsewhere.fits", **(bad | {"telescope": None}))
    await add_file(house, slug, path="f/deleted.fits", deleted_at=EVENING, **bad)
    summary = (await place.get(place.log()))["summary"]
    assert [(t["frame_type"], t["frames"], t["exposure_s"]) for t in summary["by_type"]] == [
        ("bias", 1, 0.0),
        ("focus", 1, 2.0),
        ("light", 11, 660.0),
    ]
    assert [(t["object"], t["filter"], t["frames"]) for t in summary["targets"]] == [("M31", "R", 10), ("M31", "B", 1)]
    assert (summary["frames"], summary["frames_without_start"]) == (13, 1)
    # The tenth exposure ends 690 s after the first began, the eleventh begins an hour after it.
    assert [(g["start_at"], g["end_at"], g["seconds"]) for g in summary["gaps"]] == [
        ("2026-07-10T20:11:30Z", "2026-07-10T21:00:00Z", 2910.0)
    ]
    assert (summary["time_on_sky_s"], summary["window_s"]) == (660.0, 3660.0)
    assert [(f["name"], f["failed"], f["problems"]) for f in summary["failures"]] == [
        ("f/broken.fits", True, [not_fits]),
        ("f/odd.fits", False, [PROBLEM]),
    ]
    assert summary["failure_count"] == 2


async def test_a_signed_log_stays_as_it_was_until_an_admin_reopens_it(place: Place) -> None:
    house = place.service.house
    member = await place.member("member")
    await add_frame(house, place.slug, start_at=EVENING, exposure_s=60.0)
    entry = await place.write("Closed early.")
    signed = await member.client.post(f"{place.log()}/sign")
    assert signed.status_code == 200
    assert (signed.json()["state"], signed.json()["signed_by"]) == ("signed", member.name)
    again = await place.owner.client.post(f"{place.log()}/sign")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/night-log-signed")
    refused = [
        await place.try_writing("Too late."),
        await place.edit(entry, text="Too late."),
        await place.owner.client.delete(f"{place.log()}/entries/{entry['id']}"),
    ]
    assert {(r.status_code, r.json()["type"]) for r in refused} == {(409, "/problems/night-log-signed")}
    await add_frame(house, place.slug, start_at=EVENING, exposure_s=60.0)
    assert await place.get(place.log()) == signed.json(), "frames that come later do not change what was signed"
    reason = {"reason": "The dark frames were forgotten."}
    assert (await member.client.post(f"{place.log()}/reopen", json=reason)).status_code == 403
    reopened = await place.owner.client.post(f"{place.log()}/reopen", json=reason)
    assert reopened.status_code == 200
    log = reopened.json()
    assert (log["state"], log["signed_by"], log["summary"]["frames"]) == ("open", None, 2)
    told = log["entries"]["items"][-1]
    assert (told["category"], told["author"]["email"]) == ("administration", place.owner.email)
    assert all(words in told["text"] for words in ("Reopened by sophie", member.name, reason["reason"]))
    assert (await place.edit(told, level="info")).status_code == 200, "though it lies outside the night"
    nothing = await place.owner.client.post(f"{place.log()}/reopen", json={})
    assert (nothing.status_code, nothing.json()["type"]) == (409, "/problems/night-log-open")
    await place.write("Dark frames are there.")
    assert (await member.client.post(f"{place.log()}/sign")).json()["summary"]["frames"] == 2


async def test_a_night_that_goes_on_is_signed_only_by_force(place: Place) -> None:
    url = place.log(str(datetime.now(UTC).date() + timedelta(days=1)))
    early = await place.owner.client.post(f"{url}/sign")
    assert (early.status_code, early.json()["type"]) == (409, "/problems/night-not-over")
    assert (await place.get(url))["created_at"] is None
    assert (await place.owner.client.post(f"{url}/sign", params={"force": True})).json()["state"] == "signed"


async def test_entries_that_race_with_the_signature_are_in_the_log_or_refused(place: Place) -> None:
    await place.write("Before.")
    *replies, signed = await asyncio.gather(
        *(place.try_writing(f"Entry {n}.") for n in range(10)), place.owner.client.post(f"{place.log()}/sign")
    )
    assert signed.status_code == 200
    assert {r.status_code for r in replies} <= {201, 409}
    taken = {r.json()["id"] for r in replies if r.status_code == 201}
    listed = {e["id"] for e in (await place.get(place.log()))["entries"]["items"]}
    assert taken < listed
    assert listed == {e["id"] for e in signed.json()["entries"]["items"]}, "none came after the signature"


@asynccontextmanager
async def in_flight(place: Place, *, signs: bool) -> AsyncIterator[None]:
    """Write an entry, or sign, in a transaction that is still open while the caller goes on."""
    organisation = await organisation_id(place)
    telescopes, memberships = metadata.tables["telescopes"], metadata.tables["memberships"]
    async with place.service.house.database.transaction(organisation=organisation) as connection:
        telescope = (await connection.execute(select(telescopes.c.id, telescopes.c.site_id))).one()
        account_id = (await connection.execute(select(memberships.c.account_id))).scalars().one()
        log = await night_log_store.make_log(
            connection,
            organisation,
            site_id=telescope.site_id,
            telescope_id=telescope.id,
            night=EVENING.date(),
            lock="update" if signs else "share",
        )
        if signs:
            await night_log_store.sign_log(
                connection, log.id, account_id=account_id, summary=msgspec.to_builtins(NightSummary())
            )
        else:
            said = Revision(text="In flight.", level="info", category="other", tags=[], time_lost_s=0,
                            time_lost_kind=None, occurred_at=EVENING, frames=[], attachments=[])  # fmt: skip
            await night_log_store.add_entry(connection, organisation, log.id, account_id, said)
        yield


async def test_a_signature_waits_for_the_entry_that_is_being_written(place: Place) -> None:
    await place.write("Before.")
    async with in_flight(place, signs=False):
        signing = asyncio.create_task(place.owner.client.post(f"{place.log()}/sign"))
        await asyncio.sleep(0.5)  # long enough to be done, if it did not wait
    signed = (await signing).json()
    assert [e["text"] for e in signed["entries"]["items"]] == ["Before.", "In flight."]


async def test_an_entry_waits_for_the_signature_that_is_being_made(place: Place) -> None:
    written = await place.write("Before.")
    async with in_flight(place, signs=True):
        tries = [
            asyncio.create_task(place.try_writing("Too late.")),
            asyncio.create_task(place.edit(written, text="Too late.")),
            asyncio.create_task(place.owner.client.delete(f"{place.log()}/entries/{written['id']}")),
        ]
        await asyncio.sleep(0.5)
    assert [(await one).status_code for one in tries] == [409, 409, 409]
    assert [e["text"] for e in (await place.get(place.log()))["entries"]["items"]] == ["Before."]


async def test_entries_are_searched_in_their_newest_revision(place: Place) -> None:
    colleague = await place.member("member")
    base = place.base
    await place.owner.client.post(f"{base}/telescopes", json={"name": "Sextant", "site": "hven"})
    clouds = await place.write("Thick cirrus clouds from the west", level="warning", category="weather", tags=["Sky"])
    dome = await place.write("Dome encoder failed", "2026-07-12", level="problem", category="fault", tags=["dome"])
    typo = await place.write("Guiding lost on M 33", "2026-07-11")
    gone = await place.write("Clouds again", "2026-07-13")
    await place.owner.client.delete(f"{place.log('2026-07-13')}/entries/{gone['id']}")
    url = f"{place.log('2026-07-11')}/entries/{typo['id']}"
    fixed = await colleague.client.put(url, json={"text": "Guiding lost on M 31", "revision": 1})
    sextant = await place.owner.client.post(
        f"{base}/telescopes/sextant/nights/2026-07-14/log/entries",
        json={"text": "First light", "occurred_at": "2026-07-14T21:00:00Z"},
    )
    everything = [sextant.json(), dome, fixed.json(), clouds]

    async def found(**query: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await place.get(f"{base}/log-entries", **query))["items"]
        return items

    assert await found() == everything
    for query, expected in (
        ({"text": "CIRRUS west"}, [clouds]),
        ({"text": '"clouds from"'}, [clouds]),
        ({"text": '"from clouds"'}, []),
        ({"text": "cirrus or encoder"}, [dome, clouds]),
        ({"text": "guiding -31"}, []),
        ({"text": "33"}, []),
        ({"text": "guiding 31"}, [fixed.json()]),
        ({"text": "' & | ! :* \\ )("}, []),
        ({"tag": "SKY"}, [clouds]),
        ({"level": "problem"}, [dome]),
        ({"category": "weather"}, [clouds]),
        ({"telescope": "sextant"}, [sextant.json()]),
        ({"first": "2026-07-12"}, [sextant.json(), dome]),
        ({"last": "2026-07-11"}, [fixed.json(), clouds]),
        ({"first": "2026-07-11", "last": "2026-07-11"}, [fixed.json()]),
        ({"author": colleague.email.upper()}, [fixed.json()]),
        ({"author": place.owner.email, "level": "info"}, [sextant.json(), fixed.json()]),
    ):
        assert await found(**query) == expected, query
    page, told = await place.get(f"{base}/log-entries", limit=1), []
    while True:
        told += page["items"]
        if not page["next_cursor"]:
            break
        page = await place.get(f"{base}/log-entries", limit=1, cursor=page["next_cursor"])
    assert told == everything
    assert (await place.owner.client.get(f"{base}/log-entries", params={"telescope": "octant"})).status_code == 404


async def test_a_long_log_goes_on_from_its_first_page(place: Place) -> None:
    for n in range(103):
        await place.write(f"Entry {n}.", occurred_at=(EVENING + timedelta(minutes=n % 7)).isoformat())
    first = (await place.get(place.log()))["entries"]
    rest = await place.get(f"{place.log()}/entries", cursor=first["next_cursor"])
    told = first["items"] + rest["items"]
    assert (len(first["items"]), rest["next_cursor"], len({e["id"] for e in told})) == (100, None, 103)
    assert [e["occurred_at"] for e in told] == sorted(e["occurred_at"] for e in told)
    markdown = (await place.owner.client.get(f"{place.log()}.md")).text
    assert all(f"\n> Entry {n}.\n" in markdown for n in range(103))


async def test_scopes_part_reading_from_writing(place: Place) -> None:
    made = await place.owner.client.post("/api/v1/tokens", json={"name": "wall screen", "scopes": ["logs:read"]})
    async with place.service.client(Authorization=f"Bearer {made.json()['secret']}") as screen:
        assert (await screen.get(place.log())).status_code == 200
        assert (await screen.get(f"{place.log()}.pdf")).status_code == 200
        assert (await screen.get(f"{place.base}/nights")).status_code == 403
        for url in (f"{place.log()}/entries", f"{place.log()}/sign", f"{place.log()}/reopen"):
            assert (await screen.post(url, json={"text": "No."})).status_code == 403
