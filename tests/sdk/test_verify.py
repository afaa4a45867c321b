"""`uraniborg package verify`: bags made by the `bagit` library, whole and hurt in every way; no service is there."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bagit
import pytest
from uraniborg.cli.app import run

FILES = {
    "nova/light/M31_001.fits": b"SIMPLE  =                    T" * 90,
    "nova/empty": b"",
    "nova/Årets/æ ø å.txt": b"lys",
    "ro-crate-metadata.json": b"{}",
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A bag with the manifest that the service adds to it, in a folder of its own."""
    root = tmp_path / "m31-v1"
    for path, data in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    bag = bagit.make_bag(str(root), {"Source-Organization": "Uranienborg"}, checksums=["sha256"])
    files = [
        {"path": path, "sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}
        for path, data in FILES.items()
        if "/" in path
    ]
    (root / "manifest.json").write_text(json.dumps({"title": "M31", "files": files}))
    bag.save(manifests=True)
    return root


def zipped(root: Path) -> Path:
    target = root.with_suffix(".zip")
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(root.parent).as_posix())
    return target


def verified(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, dict[str, Any]]:
    code = run(["package", "verify", *map(str, words), "--json"])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else {"said": err}


def test_a_whole_package_is_said_to_be_whole(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = hashlib.sha256((package / "manifest.json").read_bytes()).hexdigest()
    for place in (package, package.parent, zipped(package)):
        code, report = verified(capsys, place, "--manifest-sha256", manifest)
        assert (code, report["whole"], report["problems"]) == (0, True, [])
        assert (report["layout"], report["manifest_sha256"]) == ("bag", manifest)
        assert report["files"] == len(FILES) + 4  # bagit.txt, bag-info.txt, manifest.json, manifest-sha256.txt
    assert run(["package", "verify", str(package)]) == 0
    assert "every checksum fits" in capsys.readouterr().out


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


M31 = "data/nova/light/M31_001.fits"
HURTS: dict[str, tuple[Callable[[Path], Any], str, str]] = {
    "a byte differs": (lambda root: flip(root / M31), "changed", M31),
    "bytes are cut off": (lambda root: (root / M31).write_bytes(b"SIMPLE"), "changed", M31),
    "a file is gone": (lambda root: (root / "data/nova/empty").unlink(), "missing", "data/nova/empty"),
    "a file was added": (lambda root: (root / "data/nova/new").write_bytes(b"x"), "extra", "data/nova/new"),
    "a note was added": (lambda root: (root / "README").write_bytes(b"x"), "extra", "README"),
    "a tag file differs": (lambda root: flip(root / "bag-info.txt"), "changed", "bag-info.txt"),
    "a tag file is gone": (lambda root: (root / "manifest.json").unlink(), "missing", "manifest.json"),
    "the list is gone": (lambda root: (root / "tagmanifest-sha256.txt").unlink(), "missing", "tagmanifest-sha256.txt"),
    "the list is no list": (
        lambda root: (root / "manifest-sha256.txt").write_text("nothing"), "malformed", "manifest-sha256.txt",
    ),
    "it declares another version": (
        lambda root: (root / "bagit.txt").write_text("BagIt-Version: 9.9\n"), "malformed", "bagit.txt",
    ),
}  # fmt: skip


@pytest.mark.parametrize("hurt", HURTS)
def test_what_is_wrong_is_named(package: Path, capsys: pytest.CaptureFixture[str], hurt: str) -> None:
    act, kind, path = HURTS[hurt]
    act(package)
    reports = [verified(capsys, place) for place in (package, zipped(package))]
    for code, report in reports:
        assert code == 1
        assert not report["whole"]
        assert (kind, path) in {(problem["kind"], problem["path"]) for problem in report["problems"]}, report
    assert reports[0][1]["problems"] == reports[1][1]["problems"], "the archive is told as the folder is"
    assert run(["package", "verify", str(package)]) == 1
    assert path in capsys.readouterr().out


def test_changing_files_and_lists_alike_is_found_by_the_published_manifest(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published = hashlib.sha256((package / "manifest.json").read_bytes()).hexdigest()
    flip(package / M31)
    bag = bagit.Bag(str(package))
    bag.save(manifests=True)
    code, report = verified(capsys, package)
    assert code == 1, "our manifest still has the checksum that was"
    manifest = json.loads((package / "manifest.json").read_text())
    manifest["files"][0]["sha256"] = hashlib.sha256((package / M31).read_bytes()).hexdigest()
    (package / "manifest.json").write_text(json.dumps(manifest))
    bag.save(manifests=True)
    assert verified(capsys, package)[0] == 0, "a consistent forgery is a package like any other"
    code, report = verified(capsys, package, "--manifest-sha256", published)
    assert code == 1
    assert [problem["path"] for problem in report["problems"]] == ["manifest.json"]


def test_percent_signs_are_written_as_the_standard_has_it(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # RFC 8493, section 2.1.3. The bagit library writes them plain, so that the list is made by hand.
    (package / "data/100%.txt").write_bytes(b"all")
    digest = hashlib.sha256(b"all").hexdigest()
    with (package / "manifest-sha256.txt").open("a") as file:
        file.write(f"{digest}  data/100%25.txt\n")
    _, report = verified(capsys, package)
    assert not {problem["path"] for problem in report["problems"]} & {"data/100%.txt", "data/100%25.txt"}


def test_an_archive_that_broke_off_or_is_none_is_told_apart(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = zipped(package)
    archive.write_bytes(archive.read_bytes()[:-500])
    code, said = verified(capsys, archive)
    assert (code, "download again" in said["said"]) == (2, True)
    code, said = verified(capsys, package / "nowhere")
    assert (code, "There is no" in said["said"]) == (2, True)
    code, said = verified(capsys, package / "data")
    assert (code, "no data package" in said["said"]) == (2, True)


def test_a_name_that_stands_twice_in_an_archive_is_told(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = zipped(package)
    with zipfile.ZipFile(archive, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr(f"m31-v1/{M31}", FILES["nova/light/M31_001.fits"])
    code, report = verified(capsys, archive)
    assert (code, report["problems"][0]["kind"]) == (1, "extra")


def test_a_link_is_no_file(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (package / "data/nova/empty").unlink()
    (package / "data/nova/empty").symlink_to("/dev/null")
    code, report = verified(capsys, package)
    assert code == 1
    assert {problem["kind"] for problem in report["problems"]} == {"extra", "missing", "changed"}


def test_what_was_left_out_is_told_and_the_list_cannot_go_missing(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = "2 files are left out.\n\n2100-01-01T00:00:00Z  nova/held.fits\n2099-06-01T12:00:00Z  nova/100%25.txt\n"
    (package / "LEFT-OUT.txt").write_text(listed)
    bag = bagit.Bag(str(package))
    bag.info["Left-Out"] = "2 under embargo, see LEFT-OUT.txt"
    bag.save()
    code, report = verified(capsys, package)
    assert (code, report["problems"]) == (0, [])
    assert [held["path"] for held in report["left_out"]] == ["nova/held.fits", "nova/100%.txt"]
    for changed in (listed.rpartition("2099")[0], ""):
        (package / "LEFT-OUT.txt").write_text(changed)
        bagit.Bag(str(package)).save()
        code, report = verified(capsys, package)
        assert (code, {problem["path"] for problem in report["problems"]}) == (1, {"LEFT-OUT.txt"})
    (package / "LEFT-OUT.txt").unlink()
    assert "LEFT-OUT.txt" in {problem["path"] for problem in verified(capsys, package)[1]["problems"]}
