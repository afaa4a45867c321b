"""The tree over WebDAV: as rclone reads it, as the RFC has it, and nothing of it to whoever may not see it."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
import uraniborg
from uraniborg.team_files import put_team_files

from tests.support.live_server import LiveServer, Someone

LARGE = os.urandom(3 * 1024**2 + 77)
NAMES = {"large.bin": LARGE, "empty": b"", "sub/Åben & <open>.txt": b"open", "sub/deep/x 100%#?": b"x"}
D = "{DAV:}"
RCLONE = Path(sys.executable).with_name("rclone")


@pytest.fixture
def team(client: uraniborg.Client, tmp_path: Path) -> str:
    slug = str(client.add_team(name=f"Served {client.organisation}").slug)
    for name, content in NAMES.items():
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert put_team_files(client, tmp_path / "files", slug).ok
    return slug


@pytest.fixture
def dav(server: LiveServer, tycho: Someone) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{server.url}/dav", auth=("anyone", tycho.token), timeout=60) as connected:
        yield connected


def find(dav: httpx.Client, path: str, depth: str = "1", body: str = "") -> httpx.Response:
    return dav.request("PROPFIND", path, headers={"Depth": depth}, content=body)


def found(reply: httpx.Response) -> dict[str, dict[str, str]]:
    """Read an answer: of each path, the properties that were given."""
    assert reply.status_code == 207, reply.text
    paths = {}
    for response in ElementTree.fromstring(reply.content):
        given = {}
        for propstat in response.findall(f"{D}propstat"):
            if "200" in propstat.findtext(f"{D}status", ""):
                given = {item.tag.removeprefix(D): item.text or "" for item in propstat.find(f"{D}prop") or []}
        paths[unquote(response.findtext(f"{D}href", "")).removeprefix("/dav")] = given
    return paths


def test_rclone_lists_and_copies_a_team(server: LiveServer, tycho: Someone, team: str, tmp_path: Path) -> None:
    hidden = subprocess.run([RCLONE, "obscure", tycho.token], capture_output=True, text=True, check=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("RCLONE", "AWS_"))} | {
        "RCLONE_CONFIG": str(tmp_path / "none.conf"),
        "RCLONE_WEBDAV_URL": f"{server.url}/dav",
        "RCLONE_WEBDAV_VENDOR": "other",
        "RCLONE_WEBDAV_USER": "tycho",
        "RCLONE_WEBDAV_PASS": hidden.stdout.strip(),
    }

    def rclone(*words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([RCLONE, *words], env=environment, capture_output=True, timeout=120)

    listed = rclone("lsf", "-R", "--files-only", f":webdav:team/{team}/files")
    assert sorted(listed.stdout.decode().splitlines()) == sorted(NAMES), listed.stderr
    copied = rclone("copy", f":webdav:team/{team}/files", str(tmp_path / "copied"))
    assert copied.returncode == 0, copied.stderr
    assert {name: (tmp_path / "copied" / name).read_bytes() for name in NAMES} == NAMES
    checked = rclone("check", "--download", f":webdav:team/{team}/files", str(tmp_path / "copied"))
    assert checked.returncode == 0, checked.stderr
    part = rclone("cat", "--offset", "1000000", "--count", "1000", f":webdav:team/{team}/files/large.bin")
    assert part.stdout == LARGE[1_000_000:1_001_000], part.stderr
    refused = rclone("touch", f":webdav:team/{team}/files/new.txt")
    assert refused.returncode != 0


def test_folders_are_listed_one_level_at_a_time(dav: httpx.Client, team: str) -> None:
    assert set(found(find(dav, "/"))) == {"/", "/me/", "/org/", "/packages/", "/team/"}
    files = found(find(dav, f"/team/{team}/files"))
    base = f"/team/{team}/files"
    assert set(files) == {f"{base}/", f"{base}/empty", f"{base}/large.bin", f"{base}/sub/"}
    assert files[f"{base}/large.bin"]["getcontentlength"] == str(len(LARGE))
    assert files[f"{base}/large.bin"]["getlastmodified"].endswith("GMT")
    assert set(files[f"{base}/sub/"]) == {"resourcetype", "displayname"}
    assert set(found(find(dav, f"{base}/sub"))) == {
        f"{base}/sub/",
        f"{base}/sub/deep/",
        f"{base}/sub/Åben & <open>.txt",
    }
    assert set(found(find(dav, f"{base}/sub", "0"))) == {f"{base}/sub/"}
    assert set(found(find(dav, f"{base}/large.bin", "1"))) == {f"{base}/large.bin"}
    for depth in ("infinity", ""):
        refused = find(dav, base, depth or "infinity")
        assert (refused.status_code, b"propfind-finite-depth" in refused.content) == (403, True)


def test_a_large_folder_comes_whole(dav: httpx.Client, client: uraniborg.Client, team: str, tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    names = {f"{number:04d}.txt" for number in range(1005)}
    for name in names:
        (tmp_path / "many" / name).write_text(name)
    assert put_team_files(client, tmp_path / "many", team, folder="many").ok
    base = f"/team/{team}/files/many"
    assert set(found(find(dav, base))) == {f"{base}/", *(f"{base}/{name}" for name in names)}


def test_properties_are_given_as_they_are_asked_for(dav: httpx.Client, team: str) -> None:
    asked = '<p xmlns="x:y"/><D:getetag/><D:quota-used-bytes/>'
    body = f'<?xml version="1.0"?><D:propfind xmlns:D="DAV:"><D:prop>{asked}</D:prop></D:propfind>'
    reply = find(dav, f"/team/{team}/files/empty", "0", body)
    [given] = found(reply).values()
    assert set(given) == {"getetag"}
    assert {item.tag for item in ElementTree.fromstring(reply.content).iter() if item.tag[0] == "{"} >= {
        "{x:y}p",
        f"{D}quota-used-bytes",
    }
    names = find(dav, f"/team/{team}/files/empty", "0", '<propfind xmlns="DAV:"><propname/></propfind>')
    assert set(found(names)[f"/team/{team}/files/empty"].values()) == {""}


@pytest.mark.parametrize(
    "body",
    [
        "<propfind",
        "<a/>",
        '<propfind xmlns="DAV:"/>',
        '<!DOCTYPE x [<!ENTITY a "b">]><propfind xmlns="DAV:"><allprop/></propfind>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x"><propfind xmlns="DAV:"><allprop/></propfind>',
        '<propfind xmlns="DAV:"><prop>' + "<a/>" * 200 + "</prop></propfind>",
        '<propfind xmlns="DAV:">' + "<a>" * 2000 + "</a>" * 2000 + "</propfind>",
    ],
    ids=["broken", "another", "empty", "entity", "outside", "many", "deep"],
)
def test_bad_requests_are_refused(dav: httpx.Client, body: str) -> None:
    assert find(dav, "/", "1", body).status_code == 400
    assert find(dav, "/", "1", body + " " * 70_000).status_code == 413


def test_ranges_and_unchanged_files(dav: httpx.Client, team: str) -> None:
    path = f"/team/{team}/files/large.bin"
    whole = dav.get(path)
    assert (whole.status_code, whole.content, whole.headers["accept-ranges"]) == (200, LARGE, "bytes")
    assert "sandbox" in whole.headers["content-security-policy"]
    assert whole.headers["content-disposition"].startswith("attachment")
    part = dav.get(path, headers={"Range": "bytes=1000-1999", "If-Range": whole.headers["etag"]})
    assert (part.status_code, part.content) == (206, LARGE[1000:2000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(LARGE)}"
    assert dav.get(path, headers={"Range": "bytes=-5"}).content == LARGE[-5:]
    assert dav.get(path, headers={"Range": f"bytes={len(LARGE)}-"}).status_code == 416
    assert dav.get(path, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    head = dav.head(path)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(LARGE)), b"")
    assert dav.get(f"/team/{team}/files/empty").content == b""
    assert dav.get(f"/team/{team}/files/sub").status_code == 405


def test_it_can_only_be_read(dav: httpx.Client, team: str) -> None:
    told = dav.options("/")
    assert (told.status_code, told.headers["dav"], "PUT" in told.headers["allow"]) == (200, "1", False)
    for method in ("PUT", "DELETE", "MKCOL", "MOVE", "COPY", "PROPPATCH", "LOCK", "POST"):
        refused = dav.request(method, f"/team/{team}/files/large.bin")
        assert (refused.status_code, refused.headers["allow"]) == (405, told.headers["allow"]), method


def test_nobody_sees_what_is_not_theirs(
    dav: httpx.Client, client: uraniborg.Client, server: LiveServer, team: str
) -> None:
    path = f"{server.url}/dav/team/{team}/files/large.bin"
    for headers in (
        {},
        {"Authorization": "Basic " + base64.b64encode(b"x:wrong").decode()},
        {"Authorization": "Basic %%%"},
        {"Authorization": "Digest x"},
    ):
        refused = httpx.get(path, headers=headers)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic ")
    stranger = server.someone(f"sophie{team}"[:30])
    with httpx.Client(base_url=f"{server.url}/dav", auth=("", stranger.token), timeout=60) as other:
        for place in (f"/team/{team}/files/large.bin", f"/team/{team}", f"/org/{client.organisation}", "/nowhere"):
            assert other.get(place).status_code == 404
            assert find(other, place).status_code == 404
        assert set(found(find(other, "/team"))) == {"/team/"}
    for place in ("/..%2f..%2fetc/passwd", "/team/%ff", "/team/" + "x" * 5000):
        assert dav.get(place).status_code == 404
    made = client.make_token(name="one that ends", scopes=["files:read", "teams:read", "team-files:read"])
    assert httpx.head(path, auth=("", made.secret)).status_code == 200
    client.revoke_token(made.id)
    assert httpx.head(path, auth=("", made.secret)).status_code == 401
    unfit = client.make_token(name="of another kind", scopes=["account"])
    assert httpx.head(path, auth=("", unfit.secret)).status_code == 403
