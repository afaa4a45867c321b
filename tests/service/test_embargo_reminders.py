"""Who is told that an embargo lifts: in time, once for each embargo and day, and anew when the day changes."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import pytest_asyncio
from astropy.io import fits

from service.embargo_reminders import remind_of_lifts
from storage import job_store
from tests.support.mail import sent_mails, text_of
from tests.support.sending import send, wait_for_jobs
from tests.support.service import Person, RunningService
from tests.support.stored_files import organisation_id_of

NOW = datetime.now(UTC).replace(microsecond=0)


def frame(kind: str, taken: datetime, seed: int) -> bytes:
    hdu = fits.PrimaryHDU(np.random.default_rng(seed).integers(0, 4000, (16, 16), dtype=np.int16))
    hdu.header["DATE-OBS"] = taken.strftime("%Y-%m-%dT%H:%M:%S")
    hdu.header["IMAGETYP"] = kind
    written = io.BytesIO()
    hdu.writeto(written)
    return written.getvalue()


class Estate(msgspec.Struct):
    """An observatory: an owner, an admin, a member who uploaded two nights, another member who did not."""

    service: RunningService
    owner: Person
    admin: Person
    observer: Person
    other: Person
    slug: str

    @property
    def base(self) -> str:
        return f"/api/v1/organisations/{self.slug}"

    async def hold(self, target: str, name: str, **new: Any) -> None:
        reply = await self.owner.client.put(f"{self.base}/embargoes/{target}/{name}", json=new)
        assert reply.status_code == 200, reply.text

    async def remind(self, after: timedelta = timedelta()) -> int:
        """Look which embargoes lift, as housekeeping does, so long after now."""
        organisation_id = await organisation_id_of(self.service.house, self.slug)
        return await remind_of_lifts(self.service.house, organisation_id, NOW + after)

    async def told(self, person: Person) -> list[str]:
        mails = await sent_mails(self.service.house, person.email)
        return [text_of(mail) for mail in mails if "an embargo lifts" in str(mail["Subject"])]

    async def upcoming(self, **query: Any) -> list[dict[str, Any]]:
        reply = await self.owner.client.get(f"{self.base}/embargoes/upcoming", params=query)
        assert reply.status_code == 200, reply.text
        return list(reply.json()["items"])


@pytest_asyncio.fixture(loop_scope="session")
async def estate(service: RunningService) -> Estate:
    owner, admin, observer, other = [await service.person() for _ in range(4)]
    slug = await service.equipped(owner)
    for person, role in ((admin, "admin"), (observer, "member"), (other, "member")):
        await owner.client.put(f"/api/v1/organisations/{slug}/members/{person.email}", json={"role": role})
    noon = NOW.replace(hour=12, minute=0, second=0)
    early, late = noon - timedelta(days=95), noon - timedelta(days=50)
    contents = {f"early{n}.fits": frame("light", early + timedelta(minutes=n), n) for n in range(3)}
    contents |= {"bias.fits": frame("bias", early, 8), "late.fits": frame("light", late, 9)}
    await send(observer.client, slug, contents, telescope="quadrant", instrument="camera", dataset="night")
    await send(owner.client, slug, {"note.txt": b"clear"}, dataset="notes")
    await wait_for_jobs(owner.client, slug)
    return Estate(service, owner, admin, observer, other, slug)


async def test_what_lifts_soon_is_counted_by_embargo_and_day(estate: Estate) -> None:
    assert await estate.upcoming() == []
    await estate.hold("organisation", estate.slug, days=100, calibrations="public", reason="the house's rule")
    found = await estate.upcoming()
    day = (NOW + timedelta(days=5)).date()
    assert [(e["target"], e["name"], e["lifts_on"], e["files"]) for e in found] == [
        ("organisation", estate.slug, str(day), 3)
    ]
    assert found[0]["reason"] == "the house's rule"
    assert datetime.fromisoformat(found[0]["last_at"]) - datetime.fromisoformat(found[0]["first_at"]) == timedelta(
        minutes=2
    )
    # Two nights and a note, as far as it can be looked ahead; one by one.
    several = await estate.upcoming(days=100)
    assert [each["files"] for each in several] == [3, 1, 1]
    pages, cursor = [], None
    while True:
        query = {"days": 100, "limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await estate.owner.client.get(f"{estate.base}/embargoes/upcoming", params=query)).json()
        pages += page["items"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert pages == several
    # The nearest embargo counts: what a dataset or a file is held back for goes out of the wider one's number.
    until = (NOW + timedelta(days=20)).isoformat()
    await estate.hold("dataset", "night", until=until)
    files = (await estate.owner.client.get(f"{estate.base}/files")).json()["items"]
    await estate.hold("file", next(f["id"] for f in files if f["path"] == "early0.fits"))
    found = await estate.upcoming()
    assert [(e["target"], e["name"], e["files"]) for e in found] == [("dataset", "night", 4)]
    await estate.hold("instrument", "camera", days=96)
    assert len(await estate.upcoming()) == 1
    await estate.owner.client.delete(f"{estate.base}/embargoes/dataset/night")
    found = await estate.upcoming()
    assert [(e["target"], e["name"], e["files"]) for e in found] == [("instrument", "camera", 3)], "two lights, a bias"


async def test_people_are_told_once_before_it_lifts_and_once_more_at_last(estate: Estate) -> None:
    await estate.hold("dataset", "night", until=(NOW + timedelta(days=20)).isoformat(), reason="Proposal 2026B-017")
    assert await estate.remind() == 0, "too early"
    assert await estate.remind(timedelta(days=7)) == 1
    for hours in (0, 2, 48):
        assert await estate.remind(timedelta(days=7, hours=hours)) == 0, "told before"
    for person in (estate.owner, estate.admin, estate.observer):
        [told] = await estate.told(person)
        day = (NOW + timedelta(days=20)).date()
        assert f"{day}  5 files" in told
        assert "the dataset night (Proposal 2026B-017)" in told
        assert f"uraniborg org embargo set dataset night --until DATE -o {estate.slug}" in told
        assert "early0" not in told, "not file by file"
    assert await estate.told(estate.other) == []
    assert await estate.remind(timedelta(days=19, hours=3)) == 1
    assert len(await estate.told(estate.observer)) == 2
    assert await estate.remind(timedelta(days=19, hours=23)) == 0
    assert await estate.remind(timedelta(days=21)) == 0, "it is over"


async def test_another_day_is_told_anew(estate: Estate) -> None:
    await estate.hold("dataset", "notes", until=(NOW + timedelta(hours=5)).isoformat())
    assert await estate.remind() == 1, "at once, when it is set so late; not once for each reminder"
    assert await estate.remind(timedelta(hours=3)) == 0
    await estate.hold("dataset", "notes", until=(NOW + timedelta(days=9)).isoformat())
    assert await estate.remind(timedelta(hours=6)) == 1
    assert len(await estate.told(estate.owner)) == 2
    assert await estate.told(estate.observer) == [], "none of it is theirs"


async def test_who_uploaded_and_left_is_not_told(estate: Estate) -> None:
    await estate.hold("dataset", "night", until=(NOW + timedelta(days=3)).isoformat())
    assert (await estate.owner.client.delete(f"{estate.base}/members/{estate.observer.email}")).status_code == 204
    assert await estate.remind() == 1
    assert await estate.told(estate.observer) == []
    assert len(await estate.told(estate.admin)) == 1


async def test_each_night_of_a_standing_embargo_is_told_when_its_time_comes(estate: Estate) -> None:
    await estate.hold("instrument", "camera", days=100)
    assert await estate.remind() == 1, "the early night lifts in five days"
    assert await estate.remind(timedelta(days=37)) == 1, "the late one in fifty"
    first, second = await estate.told(estate.observer)
    assert f"{(NOW + timedelta(days=5)).date()}  4 files," in first
    assert f"{(NOW + timedelta(days=50)).date()}  1 file," in second


async def test_webhooks_hear_of_it(estate: Estate) -> None:
    await estate.hold("dataset", "night", until=(NOW + timedelta(days=3)).isoformat())
    await estate.remind()
    async with estate.service.house.database.transaction(
        organisation=await organisation_id_of(estate.service.house, estate.slug)
    ) as connection:
        events = await job_store.list_events(connection, after=0, limit=1000)
    found = [event.payload for event in events if event.kind == "embargo.lifting"]
    assert [(each["target"], each["name"], each["files"]) for each in found] == [("dataset", "night", 5)]
    assert found[0]["lifts_on"] == str((NOW + timedelta(days=3)).date())


async def test_an_organisation_chooses_when(estate: Estate) -> None:
    url = f"{estate.base}/embargo-reminders"
    assert (await estate.other.client.get(url)).json() == {"days": [14, 1]}
    assert (await estate.other.client.put(url, json={"days": [3]})).status_code == 403
    await estate.hold("dataset", "night", until=(NOW + timedelta(days=40)).isoformat())
    assert (await estate.owner.client.put(url, json={"days": [7, 60, 7]})).json() == {"days": [60, 7]}
    assert await estate.remind() == 1
    assert (await estate.owner.client.put(url, json={"days": []})).json() == {"days": []}
    assert await estate.remind(timedelta(days=35)) == 0
    for days in ([0], [101], list(range(1, 12))):
        assert (await estate.owner.client.put(url, json={"days": days})).status_code == 400
