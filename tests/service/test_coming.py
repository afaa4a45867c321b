"""Frames on their way: shown by agents, seen by members alone, and gone when there is nothing to wait for."""

from __future__ import annotations

import base64
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from PIL import Image

from service.actions import coming
from service.maintenance import sweep
from tests.support.service import Person, RunningService


def preview(width: int = 60, height: int = 40, kind: str = "WEBP") -> bytes:
    written = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).save(written, kind)
    return written.getvalue()


def frame(path: str, image: bytes | None = None, **more: Any) -> dict[str, Any]:
    image = preview() if image is None else image
    return {"path": path, "size_bytes": 16_000_000, "preview": base64.b64encode(image).decode(), **more}


async def announce(client: httpx.AsyncClient, organisation: str, *frames: Any, name: str = "dome", **more: Any) -> Any:
    body = {"frames": list(frames), **more}
    return await client.post(f"/api/v1/organisations/{organisation}/agents/{name}/coming", json=body)


async def list_coming(person: Person, organisation: str, **query: Any) -> Any:
    reply = await person.client.get(f"/api/v1/organisations/{organisation}/coming", params=query)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def paths(person: Person, organisation: str) -> list[str]:
    return [item["path"] for item in (await list_coming(person, organisation))["items"]]


async def test_an_upload_only_token_shows_what_members_see_until_it_has_come(service: RunningService) -> None:
    owner, member = await service.person(), await service.person()
    organisation = await service.equipped(owner)
    await owner.client.put(f"/api/v1/organisations/{organisation}/members/{member.email}", json={"role": "member"})
    new = {"name": "dome", "kind": "upload-only", "organisation": organisation}
    made = await owner.client.post("/api/v1/tokens", json=new)
    dome = service.client(Authorization=f"Bearer {made.json()['secret']}")
    facts = {"object": "M 31\x00", "filter": "R", "exposure_s": 30.0, "date_obs": "2026-11-20T22:00:00"}
    for kind in ("WEBP", "JPEG"):
        reply = await announce(dome, organisation, frame(f"M31/{kind}.fits", preview(kind=kind), **facts))
        assert reply.status_code == 204, reply.text
    assert (await dome.get(f"/api/v1/organisations/{organisation}/coming")).status_code == 403
    first = await list_coming(member, organisation, limit=1)
    rest = await list_coming(member, organisation, cursor=first["next_cursor"])
    assert rest["next_cursor"] is None
    jpeg, webp = first["items"] + rest["items"]
    assert (jpeg["path"], webp["path"], webp["agent"]) == ("M31/JPEG.fits", "M31/WEBP.fits", "dome")
    assert (webp["object"], webp["filter"], webp["exposure_s"], webp["size_bytes"]) == ("M 31�", "R", 30.0, 16_000_000)
    for item, kind in ((jpeg, "jpeg"), (webp, "webp")):
        shown = await member.client.get(item["preview"])
        assert shown.status_code == 200, shown.text
        assert shown.content == preview(kind=kind.upper())
        assert shown.headers["content-type"] == f"image/{kind}"
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert "private" in shown.headers["cache-control"]
    # Another preview of the same path has another address: what a browser kept of the first is never taken for it.
    other = preview(50, 50)
    assert (await announce(dome, organisation, frame("./M31//WEBP.fits", other))).status_code == 204
    newest = (await list_coming(member, organisation))["items"][0]
    assert (newest["path"], newest["object"]) == ("M31/WEBP.fits", None)
    assert (await member.client.get(newest["preview"])).content == other
    assert (await member.client.get(webp["preview"])).status_code == 404
    # Another agent's file of the same path is another one.
    await announce(dome, organisation, name="attic", arrived=["M31/WEBP.fits"])
    assert await paths(member, organisation) == ["M31/WEBP.fits", "M31/JPEG.fits"]
    await announce(dome, organisation, arrived=["M31/WEBP.fits", "unheard/of.fits"])
    assert await paths(member, organisation) == ["M31/JPEG.fits"]
    assert (await member.client.get(newest["preview"])).status_code == 404


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no kind"),
        (preview(kind="PNG"), "no kind"),
        (preview(513, 10), "513 x 10"),
        (preview()[:-20], "cannot be read"),
        (preview(kind="JPEG")[:300], ""),
        (preview() + bytes(64 * 1024), ""),
        (b"", ""),
    ],
)
async def test_only_small_previews_are_taken(service: RunningService, image: bytes, words: str) -> None:
    owner = await service.person()
    organisation = await service.equipped(owner)
    reply = await announce(owner.client, organisation, frame("a.fits"), frame("b.fits", image))
    assert reply.status_code == 400, reply.text
    assert words in reply.text
    assert await paths(owner, organisation) == []


async def test_a_request_has_its_limits(service: RunningService) -> None:
    owner = await service.person()
    organisation = await service.equipped(owner)
    for frames in (
        [frame(f"{n}.fits") for n in range(21)],
        [frame("../a.fits")],
        [frame("a.fits"), frame("./a.fits")],
        [frame("a.fits", exposure_s=-1)],
        [frame("a.fits") | {"preview": "never base64"}],
        [frame("a.fits") | {"preview": "===="}],
    ):
        assert (await announce(owner.client, organisation, *frames)).status_code == 400
    assert (await announce(owner.client, organisation, *[frame(f"{n}.fits") for n in range(20)])).status_code == 204
    assert len(await paths(owner, organisation)) == 20


async def test_of_too_many_the_oldest_go(service: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = await service.person()
    organisation = await service.equipped(owner)
    monkeypatch.setattr(coming, "MOST_KEPT", 3)
    for number in range(5):
        await announce(owner.client, organisation, frame(f"{number}.fits"))
    assert await paths(owner, organisation) == ["4.fits", "3.fits", "2.fits"]


async def test_what_cannot_be_drawn_is_announced_without_a_preview(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await service.person()
    organisation = await service.equipped(owner)
    broken = {"path": "broken.fits", "size_bytes": 5, "object": "M 31"}
    reply = await announce(owner.client, organisation, broken, frame("a.fits"), broken | {"path": "b", "preview": None})
    assert reply.status_code == 204, reply.text
    listed = {item["path"]: item for item in (await list_coming(owner, organisation))["items"]}
    assert {path: item["preview"] is not None for path, item in listed.items()} == {
        "a.fits": True,
        "b": False,
        "broken.fits": False,
    }
    assert listed["broken.fits"]["object"] == "M 31"
    address = listed["a.fits"]["preview"].replace(listed["a.fits"]["id"], listed["b"]["id"])
    assert (await owner.client.get(address)).status_code == 404
    # Of too many they go first, however new they are; and what could be drawn once need not be now.
    monkeypatch.setattr(coming, "MOST_KEPT", 2)
    await announce(owner.client, organisation, broken | {"path": "c"})
    assert await paths(owner, organisation) == ["c", "a.fits"]
    await announce(owner.client, organisation, broken | {"path": "a.fits"})
    assert [item["preview"] for item in (await list_coming(owner, organisation))["items"]] == [None, None]


async def test_guests_show_their_own_and_see_none(service: RunningService) -> None:
    owner, guest = await service.person(), await service.person()
    organisation = await service.equipped(owner)
    assignment = {"email": guest.email, "telescope": "quadrant", "first_night": "2026-01-01"}
    made = await owner.client.post(f"/api/v1/organisations/{organisation}/assignments", json=assignment)
    assert made.status_code == 201, made.text
    assert (await announce(owner.client, organisation, frame("a.fits"))).status_code == 204
    assert (await announce(guest.client, organisation, frame("b.fits"), name="laptop")).status_code == 204
    listed = (await list_coming(owner, organisation))["items"]
    assert [item["path"] for item in listed] == ["b.fits", "a.fits"]
    assert (await guest.client.get(f"/api/v1/organisations/{organisation}/coming")).status_code == 403
    for item in listed:
        assert (await guest.client.get(item["preview"])).status_code == 403
    # What another's agent shows a guest neither replaces nor takes away.
    assert (await announce(guest.client, organisation, frame("a.fits"))).status_code == 403
    await announce(guest.client, organisation, arrived=["a.fits"])
    assert await paths(owner, organisation) == ["b.fits", "a.fits"]


async def test_they_go_with_their_agent_and_after_a_week(service: RunningService) -> None:
    owner = await service.person()
    organisation = await service.equipped(owner)
    base = f"/api/v1/organisations/{organisation}/agents"
    for name in ("dome", "attic"):
        report = {"host": name, "sent_at": datetime.now(UTC).isoformat()}
        assert (await owner.client.put(f"{base}/{name}", json=report)).status_code == 200
        await announce(owner.client, organisation, frame(f"{name}.fits"), name=name)
    assert (await owner.client.delete(f"{base}/dome")).status_code == 204
    assert await paths(owner, organisation) == ["attic.fits"]
    await sweep(service.house, now=datetime.now(UTC) + timedelta(days=6))
    assert await paths(owner, organisation) == ["attic.fits"]
    assert (await sweep(service.house, now=datetime.now(UTC) + timedelta(days=8)))["coming"] >= 1
    assert await paths(owner, organisation) == []
