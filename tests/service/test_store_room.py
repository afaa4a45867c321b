"""A disk with little room: what cannot fit is refused by name before any byte of it is sent, and the rest goes on."""

from __future__ import annotations

from pathlib import Path

from tests.support.sending import send
from tests.support.service import running_service
from tests.support.small_disk import small_disk_at

MIB = 1024**2


async def test_what_cannot_fit_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    with small_disk_at(tmp_path / "disk", 32) as disk:
        objects_url = (disk / "objects").as_uri()
        async with running_service(tmp_path / "live", objects_url=objects_url, worker=False) as service:
            owner = await service.person()
            slug = await service.equipped(owner)
            sizes = {"5 TB, nearly all of it holes": 5 * 10**12, "small": 9, "half": 17 * MIB, "other half": 17 * MIB}
            reply = await owner.client.post(
                f"/api/v1/organisations/{slug}/uploads",
                json={"files": [{"path": path, "size_bytes": size} for path, size in sizes.items()]},
            )
            assert reply.status_code == 201, reply.text
            files = reply.json()["files"]
            assert [file["state"] for file in files] == ["failed", "wanted", "wanted", "failed"]
            for refused in (files[0], files[3]):
                assert refused["problem"]["code"] == "store-full"
                assert "tell the operator" in refused["problem"]["detail"]
            # Others may have been quicker: the store itself keeps what the database may need.
            (disk / "others").write_bytes(bytes(31 * MIB + MIB // 2))
            put = files[1]["put"]
            came = await owner.client.request(put["method"], put["url"], content=b"123456789", headers=put["headers"])
            assert (came.status_code, came.json()["type"]) == (503, "/problems/store-unavailable")
            assert "full" in came.json()["detail"]
            (disk / "others").unlink()
            (sent,) = await send(owner.client, slug, {"small": b"123456789"})
            assert sent["state"] == "stored"
