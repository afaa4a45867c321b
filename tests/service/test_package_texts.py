"""The texts that describe a published package are kept as its data are: backed up, restored, and audited."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.package_shelf import DRAFT
from tests.support.server_process import ServerProcess

pytestmark = pytest.mark.slow

DATA = b"SIMPLE  =                    T" * 100


def publish(server: ServerProcess, token: str, slug: str) -> None:
    """Publish a package of one file."""
    with server.client(token) as client:
        base = f"/organisations/{slug}"
        file = {"path": "m31.dat", "size_bytes": len(DATA), "sha256": hashlib.sha256(DATA).hexdigest()}
        begun = client.post(f"{base}/uploads", json={"files": [file], "dataset": "nova"}).raise_for_status().json()
        put = begun["files"][0]["put"]
        httpx.put(put["url"], content=DATA, headers=put["headers"]).raise_for_status()
        body = {"files": [{"position": 0}]}
        client.post(f"{base}/uploads/{begun['id']}/complete", json=body).raise_for_status()
        client.post(f"{base}/packages", json=DRAFT | {"slug": "m31"}).raise_for_status()
        client.post(f"{base}/packages/m31/versions/1/publish").raise_for_status()


def archive_of(server: ServerProcess, slug: str) -> bytes:
    reply = httpx.get(f"{server.url}/api/v1/packages/{slug}/m31/versions/1/zip", timeout=60)
    return reply.raise_for_status().content


def audited(server: ServerProcess, *words: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(server.command("audit", "--json", *words, check=False).stdout)
    return report


def test_texts_of_packages_come_back_byte_for_byte_and_are_missed(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    with ServerProcess(tmp_path / "one", satellites_url="") as server:
        token, slug = server.owner()
        publish(server, token, slug)
        archive = archive_of(server, slug)
        server.command("backup", str(tmp_path / "backup"))
    entries = [json.loads(line) for line in (tmp_path / "backup" / "objects.jsonl").read_text().splitlines()]
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        told = {hashlib.sha256(opened.read(name)).hexdigest() for name in opened.namelist()}
    assert {entry["sha256"] for entry in entries} == told

    # Whoever keeps the objects keeps those of the manifest; of the texts, one is forgotten at first.
    keys = [entry["key"] for entry in entries]
    forgotten = next(key for key in keys if "/packages/" in key)
    kept = [key for key in keys if key != forgotten]
    (tmp_path / "two").mkdir()
    restored = ServerProcess(tmp_path / "two", satellites_url="")
    before, now = (tmp_path / name / "data" / "store" / "objects" for name in ("one", "two"))

    def bring(key: str) -> Path:
        (now / key).parent.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy2(before / key, now / key))

    for key in kept:
        bring(key)
    told_of = restored.command("restore", str(tmp_path / "backup"), check=False).stdout
    assert f"{len(kept)} of {len(entries)} objects" in told_of
    assert forgotten in told_of.splitlines()
    report = audited(restored)
    assert (report["missing"], report["clean"]) == ([forgotten], False)
    assert (report["contents"], report["texts"]) == (1, len(entries) - 1)
    text = bring(forgotten)
    with restored:
        assert archive_of(restored, slug) == archive
    assert audited(restored, "--deep")["clean"]
    text.write_bytes(text.read_bytes()[::-1])
    assert audited(restored)["clean"], "sizes are all that is compared"
    assert audited(restored, "--deep")["wrong"] == [forgotten]
