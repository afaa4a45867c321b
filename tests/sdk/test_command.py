"""The command as people and scripts use it: every subcommand, its JSON, its exit codes, its words."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
import uraniborg
from astropy.io import fits
from click.testing import CliRunner
from uraniborg._generated.operations import OPERATIONS
from uraniborg.cli.app import root, run
from uraniborg.settings import load_settings

from tests.sdk.conftest import Command, Ran
from tests.sdk.test_mount import TRIED as MOUNTING
from tests.sdk.test_own_files import TRIED as OWN_FILES
from tests.sdk.test_plan import TRIED as PLANS
from tests.sdk.test_satellites import TRIED as SATELLITES
from tests.sdk.test_sharing import TRIED as SHARING
from tests.sdk.test_team_files import TRIED as TEAM_FILES
from tests.support.live_server import LiveServer, Someone

NIGHT = "2026-11-20"


@pytest.fixture
def night(client: uraniborg.Client, tmp_path: Path) -> Path:
    """A folder with two frames, notes and a broken file, sent and read."""
    folder = tmp_path / "night"
    (folder / "light").mkdir(parents=True)
    for number in (1, 2):
        header = fits.Header({"DATE-OBS": f"{NIGHT}T2{number}:00:00", "EXPTIME": 60.0 * number, "FILTER": "R"})
        header["IMAGETYP"], header["OBJECT"], header["RA"], header["DEC"] = "Light Frame", "M31", 10.68, 41.27
        header["GAIN"] = (1.5, "electrons per ADU")
        fits.PrimaryHDU(np.full((8, 8), number, np.int16), header).writeto(folder / "light" / f"M31_{number}.fits")
    (folder / "notes.txt").write_text("seeing 2 arcsec")
    (folder / "broken.fits").write_bytes(b"no FITS at all")
    client.upload(folder, telescope="quadrant", wait=True)
    return folder


def parsed(ran: Ran) -> Any:
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def leaves(group: click.Group, words: tuple[str, ...] = ()) -> set[str]:
    """List every subcommand that does something itself."""
    found = set()
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if name == "api":
            found.add("api")
        elif isinstance(command, click.Group):
            found |= leaves(command, (*words, name))
        else:
            found.add(" ".join((*words, name)))
    return found


def test_every_command_takes_json_and_prints_it(
    command: Command, night: Path, tmp_path: Path, tycho: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one story, since each command needs what those before it made."""
    tried: set[str] = set()

    def js(*words: str | Path) -> Any:
        ran = command(*words, "--json")
        names = [str(word) for word in words]
        tried.update(name for name in leaves(root) if names[: len(name.split())] == name.split())
        return parsed(ran)

    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[keywords]\nfilter = ["FILTNAM"]\n')
    more = tmp_path / "more.dat"
    more.write_bytes(os.urandom(100))

    assert js("whoami")["email"] == tycho.email
    assert js("org", "list")
    slug = js("org", "add", "Second house", "--slug", f"second-{os.getpid()}")["slug"]
    assert js("org", "show")["role"] == "owner"
    assert js("org", "rename", "Another name")["name"] == "Another name"
    assert js("org", "members")[0]["role"] == "owner"
    closing = js("org", "add", "Third house", "--slug", f"third-{os.getpid()}")["slug"]
    assert js("org", "close", "--confirm", closing, "-o", closing)["removal_at"]
    assert js("org", "show", "-o", closing)["closed_at"]
    assert js("org", "reopen", "-o", closing)["closed_at"] is None
    assert js("org", "set-member", tycho.email, "--role", "owner")["role"] == "owner"
    assert js("org", "audit")[0]["action"] == "organisation.renamed"
    assert js("plan", "show")["available"] is False
    assert js("usage", "--by", "dataset")["total"]["stored_bytes"] > 0
    hook = js("org", "webhook", "add", "https://hooks.invalid/a", "--event", "package.published")
    assert hook["secret"].startswith("whsec_")
    assert js("org", "webhook", "list")[0]["url"] == "https://hooks.invalid/a"
    assert js("org", "webhook", "show", hook["id"][-8:])["kinds"] == ["package.published"]
    assert js("org", "webhook", "change", hook["id"], "--all-events")["kinds"] == []
    assert js("org", "webhook", "disable", hook["id"])["state"] == "disabled"
    assert js("org", "webhook", "enable", hook["id"])["state"] == "active"
    assert js("org", "webhook", "rotate", hook["id"], "--overlap", "1")["secret"] != hook["secret"]
    assert js("org", "webhook", "log", hook["id"], "--failed") == []
    assert js("org", "webhook", "remove", hook["id"]) == {"removed": hook["id"]}

    site = js("site", "add", "Stjerneborg", "--latitude", "55.9", "--longitude", "-12.7", "--time-zone", "UTC")
    assert site["longitude_deg"] == -12.7
    assert js("site", "change", "stjerneborg", "--height", "10")["height_m"] == 10
    assert {s["slug"] for s in js("site", "list")} == {"hven", "stjerneborg"}
    assert js("site", "show", "hven")["time_zone"] == "Europe/Copenhagen"
    js("telescope", "add", "Sextant", "--site", "stjerneborg", "--aperture", "200")
    assert js("telescope", "change", "sextant", "--mount", "alt-az")["mount"] == "alt-az"
    assert len(js("telescope", "list")) == 2
    assert js("telescope", "show", "sextant")["aperture_mm"] == 200
    js("instrument", "add", "Eye", "--telescope", "sextant", "--filter", "none", "--filter", "smoke")
    assert js("instrument", "change", "eye", "--filter", "glass")["filters"] == ["glass"]
    assert js("instrument", "mapping", "eye", "--set", mapping)["keywords"] == {"filter": ["FILTNAM"]}
    assert js("instrument", "show", "eye")["header_mapping"]["keywords"]
    trial = js("instrument", "mapping", "camera", "--try", mapping)
    assert "night" in {fact["fact"] for fact in trial["facts"]}
    assert js("instrument", "mapping", "eye", "--try", mapping, "--frame", trial["frame"])["frame"] == trial["frame"]
    assert len(js("instrument", "list")) == 2
    guest = js(
        "org", "guest", "add", tycho.email, "--telescope", "sextant", "--from", "2026-11-20", "--to", "2026-11-24"
    )
    assert (guest["first_night"], guest["last_night"]) == ("2026-11-20", "2026-11-24")
    assert [a["id"] for a in js("org", "guest", "list", "--night", "2026-11-22")] == [guest["id"]]
    assert js("org", "guest", "list", "--night", "2027-11-22") == []
    assert js("org", "guest", "until", guest["id"], "open")["last_night"] is None
    assert js("org", "guest", "remove", guest["id"]) == {"removed": guest["id"]}
    how_long = ("--days", "30", "--calibrations-public", "--reason", "thesis")
    held = js("org", "embargo", "set", "instrument", "eye", *how_long)
    assert (held["days"], held["calibrations"], held["reason"]) == (30, "public", "thesis")
    assert js("org", "embargo", "set", "organisation", "--until", "2099-11-20")["until"].startswith("2099-11-20T00:00")
    assert {e["target"] for e in js("org", "embargo", "list")} == {"instrument", "organisation"}
    assert js("org", "embargo", "upcoming", "--days", "100") == []
    assert "within 30 days" in command("org", "embargo", "upcoming").err
    assert js("org", "embargo", "reminders") == {"days": [14, 1]}
    assert js("org", "embargo", "reminders", "--days", "7", "--days", "30") == {"days": [30, 7]}
    assert "30 and 7 days" in command("org", "embargo", "reminders").err
    assert js("org", "embargo", "reminders", "--off") == {"days": []}
    js("org", "embargo", "lift", "organisation")
    assert js("org", "embargo", "lift", "instrument", "eye") == {"lifted": "eye"}
    for kind, name in (("instrument", "eye"), ("telescope", "sextant"), ("site", "stjerneborg")):
        assert js(kind, "remove", name) == {"removed": name}

    token = js("token", "add", "tower", "--upload-only")
    assert token["secret"].startswith("urb_")
    assert any(t["id"] == token["id"] for t in js("token", "list"))
    js("token", "revoke", token["id"])

    uploaded = js("upload", more, "--wait")
    assert (uploaded["stored"], uploaded["files"][0]["ingest"]) == (1, "kept")
    [failed] = js("ls", "--state", "failed")
    assert (failed["path"], bool(failed["problems"][0]["detail"])) == ("broken.fits", True)
    assert "broken.fits" in [f["path"] for f in js("ls", "--flagged")]
    assert js("ls", "--prefix", "light/", "--long")[0]["sha256"]
    found = js("find", "--object", "M31", "--sort", "start_at")
    assert [f["exposure_s"] for f in found] == [60, 120]
    assert js("find", "--where", "GAIN>1", "--count") == {"count": 2, "is_exact": True}
    assert js("find", "--facets")["filter"][0] == {"value": "R", "count": 2}
    cards = js("header", "light/M31_1.fits", "--grep", "gain")["units"][0]["cards"]
    assert cards == [["GAIN", 1.5, "electrons per ADU"]]
    assert js("header", found[0]["id"], "--facts")["sources"]["filter"]
    assert [kind["items"] for kind in js("calibrations", "light/M31_1.fits")["kinds"]] == [[], [], []]
    assert js("quality", "light/M31_1.fits", "good", "--note", "round stars")[0]["quality"] == "good"
    assert js("get", "light/M31_1.fits", "-o", tmp_path / "got")["files"][0]["state"] == "downloaded"
    assert len(js("get", "--filter", "R", "-o", tmp_path / "got")["files"]) == 2
    assert js("ingest", "light/M31_1.fits", "--wait")["files"] == 1
    assert js("rm", "more.dat")[0]["state"] == "deleted"
    assert js("restore", "more.dat")[0]["state"] == "restored"

    assert js("night", "list")[0]["night"] == NIGHT
    assert js("night", "show", NIGHT)["summary"]["frames"] == js("night", "show", "-N", NIGHT)["summary"]["frames"] == 2
    entry = js(
        "log", "add", "Clouds.", "-N", NIGHT, "--at", "22:10", "--lost", "1h5m", "--lost-to", "weather", "--tag", "x"
    )
    assert (entry["time_lost_s"], entry["occurred_at"]) == (3900, "2026-11-20T22:10:00Z")
    sign = entry["id"][-6:]
    edited = js("log", "edit", sign, "Clouds from the west.", "-N", NIGHT, "--frame", "light/M31_1.fits")
    assert (edited["revision"], edited["tags"], edited["time_lost_s"]) == (2, ["x"], 3900)
    longer = js("log", "edit", sign, "-N", NIGHT, "--lost", "2h")
    assert (longer["time_lost_s"], longer["time_lost_kind"]) == (7200, "weather"), "what is not given stays"
    texts = [r["text"] for r in js("log", "revisions", sign, "-N", NIGHT)]
    assert texts == ["Clouds from the west.", "Clouds from the west.", "Clouds."]
    assert js("log", "search", "west")[0]["id"] == entry["id"]
    cut = command("find", "--limit", "1", "--json")
    assert (len(cut.json), "1 of 2 frames" in cut.err) == (1, True), "whoever keeps it is told"
    assert "No more than 1" in command("log", "search", "--limit", "1", "--json").err
    nowhere = command("log", "export", NIGHT, "-o", tmp_path / "nowhere" / "log.md", "--json")
    assert (nowhere.code, "No such file" in nowhere.err, "Traceback" in nowhere.err) == (1, True, False)
    assert "nowhere" in json.loads(nowhere.err)["error"]["detail"]
    assert js("log", "rm", sign, "-N", NIGHT)
    assert js("log", "show", NIGHT)["entries"]["items"] == []
    assert js("log", "sign", NIGHT, "--force")["state"] == "signed"
    assert js("log", "reopen", NIGHT, "--reason", "typo")["state"] == "open"
    assert js("log", "export", NIGHT, "-o", tmp_path / "log.pdf")["size_bytes"] > 1000
    assert (tmp_path / "log.pdf").read_bytes().startswith(b"%PDF")

    assert js("dataset", "add", "M31 in R", "--object", "M31", "--filter", "R")["file_count"] == 2
    assert js("dataset", "add", "By hand")["slug"] == "by-hand"
    assert js("dataset", "change", "by-hand", "--description", "chosen")["description"] == "chosen"
    assert [f["state"] for f in js("dataset", "add-files", "by-hand", "notes.txt")] == ["added"]
    assert [f["state"] for f in js("dataset", "add-files", "by-hand", "--type", "light")] == ["added", "added"]
    assert len(js("dataset", "files", "by-hand")) == 3
    assert js("dataset", "remove-files", "by-hand", "notes.txt")["removed"] == ["notes.txt"]
    assert js("dataset", "show", "by-hand")["file_count"] == 2
    assert js("dataset", "close", "by-hand")["state"] == "closed"
    assert js("dataset", "reopen", "by-hand")["state"] == "open"
    assert {d["slug"] for d in js("dataset", "list")} == {"m31-in-r", "by-hand"}
    assert len(js("dataset", "get", "by-hand", "-o", tmp_path / "dataset")["files"]) == 2
    assert isinstance(js("dataset", "downloads", "by-hand"), list)
    assert js("dataset", "tiers", "by-hand", "--cool-after", "90")["policy"]["cool_after_days"] == 90
    assert js("dataset", "recall", "by-hand") is not None

    who = "Tycho Brahe; 0000-0002-1825-0097; observer"
    js("package", "add", "M31", "--dataset", "m31-in-r", "--licence", "CC-BY-4.0", "--contributor", who)
    (tmp_path / "said.json").write_text('{"funding": [{"funder": "Frederik II"}]}')
    more = ("--metadata", tmp_path / "said.json", "--related", "IsSupplementTo DOI 10.1051/x")
    changed = js("package", "change", "m31", "--title", "M31 in R", "--keyword", "galaxies", *more)
    assert changed["versions"][0]["funding"][0]["funder"] == "Frederik II"
    assert changed["versions"][0]["related"][0]["relation"] == "IsSupplementTo"
    assert changed["versions"][0]["contributors"][0]["orcid"]
    assert js("org", "datacite") is None
    monkeypatch.setenv("URANIBORG_DATACITE_PASSWORD", "sealed away")
    account = ("--repository", "hven.obs", "--prefix", "10.5072", "--service", "test")
    assert js("org", "datacite", *account)["repository_id"] == "HVEN.OBS"
    assert js("package", "doi", "m31")["versions"][0]["doi"]["doi"].endswith(".m31.v1")
    assert js("org", "datacite", "--remove") == {"removed": True}
    assert js("org", "portal", "show")["is_public"] is False
    shown = js("org", "portal", "set", "--public", "--title", "Hven", "--colour", "#AA0000")
    assert (shown["is_public"], shown["colour"], shown["title"]) == (True, "#aa0000", "Hven")
    kept = js("org", "portal", "set", "--hidden")
    assert (kept["is_public"], kept["title"]) == (False, "Hven")
    assert js("org", "portal", "host", "data.hven.example")["record_name"] == "_uraniborg.data.hven.example"
    assert js("org", "portal", "show")["host"]["proven_at"] is None
    assert js("org", "portal", "host", "--remove") == {"removed": True}
    assert js("package", "publish", "m31")["versions"][0]["state"] == "published"
    assert js("package", "show", "m31")["published"]["citation"]
    assert command("package", "show", "m31", "-v", "99", "--json").code == 4
    assert js("package", "list")[0]["published_version"] == 1
    assert len(js("package", "files", "m31")) == 2
    assert js("package", "download", "m31", "-o", tmp_path / "m31.zip")["files"] == 2
    assert len(js("package", "download", "m31", "--files", "-o", tmp_path / "m31")["files"]) == 2
    assert js("package", "verify", tmp_path / "m31.zip")["problems"] == []
    assert "Tycho Brahe (20" in js("package", "cite", "m31")["citation"]
    assert js("package", "cite", "m31", "--format", "datacite")["rightsList"][0]["rightsIdentifier"] == "cc-by-4.0"
    assert sum(day["archives"] for day in js("package", "downloads", "m31")["days"]) == 1
    assert js("package", "new-version", "m31")["versions"][0]["version"] == 2
    assert js("package", "withdraw", "m31", "-v", "1", "--reason", "wrong target")
    js("dataset", "rm", "by-hand")

    (tmp_path / "watched").mkdir()
    (tmp_path / "watched" / "seen.txt").write_text("seen")
    watched = js("watch", tmp_path / "watched", "--once", "--settle", "0.2", "--name", "dome")
    assert watched["folders"][0]["stored"] == 1
    assert [agent["name"] for agent in js("org", "agent", "list")] == ["dome"]
    assert js("coming") == []  # on a line that keeps up nothing goes ahead
    assert js("org", "agent", "forget", "dome") == {"forgotten": "dome"}
    assert js("sync", tmp_path / "watched", "dataset:watched")["steps"][0]["action"] == "new"

    jobs = js("jobs", "list")
    assert js("jobs", "show", jobs[0]["id"])["id"] == jobs[0]["id"]
    assert js("open")["docs"].endswith("/api/v1/docs")
    assert js("api", "get_organisation", "--organisation", slug)["slug"] == slug

    monkeypatch.delenv("URANIBORG_TOKEN")
    monkeypatch.setenv("URANIBORG_PASSWORD", tycho.password)
    assert js("login", "--email", tycho.email)["account"]["email"] == tycho.email
    assert js("logout") == {"forgotten": True, "revoked": True}
    # A job that died, a second owner and a receiver of webhooks are made elsewhere.
    assert leaves(root) - tried - SHARING - TEAM_FILES - OWN_FILES - SATELLITES - MOUNTING - PLANS == {
        "jobs retry",
        "org remove-member",
        "org webhook ping",
        "org webhook redeliver",
    }


def test_members_come_and_go(command: Command, server: LiveServer) -> None:
    someone = server.someone(f"sophia{os.getpid()}")
    assert parsed(command("org", "set-member", someone.email, "--json"))["role"] == "member"
    assert parsed(command("org", "remove-member", someone.email, "--json")) == {"removed": someone.email}


def test_job_that_is_not_dead_is_not_retried(command: Command, night: Path) -> None:
    [job, *_] = parsed(command("jobs", "list", "--kind", "ingest", "--json"))
    ran = command("jobs", "retry", job["id"])
    assert ran.code == 1
    assert "Only a dead job is retried" in ran.err


def test_login_keeps_a_token_and_logout_revokes_it(
    server: LiveServer, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    someone = server.someone(f"kirsten{os.getpid()}")
    monkeypatch.setenv("URANIBORG_PASSWORD", "a wrong password")
    assert run(["login", "--url", server.url, "--email", someone.email]) == 3
    assert "wrong" in capfd.readouterr().err
    monkeypatch.setenv("URANIBORG_PASSWORD", someone.password)
    assert run(["login", "--url", server.url, "--email", someone.email]) == 0
    assert "Make one: uraniborg org add" in capfd.readouterr().err
    token = load_settings().token
    assert token.startswith("urb_")
    assert run(["whoami"]) == 0
    assert someone.email in capfd.readouterr().out
    assert run(["org", "add", "House of Kirsten", "--slug", f"kirsten-{os.getpid()}"]) == 0
    assert run(["login", "--url", server.url, "--email", someone.email]) == 0
    assert load_settings().organisation == f"kirsten-{os.getpid()}"
    assert run(["logout"]) == 0
    assert load_settings().token == ""
    assert run(["whoami"]) == 3
    assert run(["login", "--url", server.url, "--token", token]) == 0  # the first one was not revoked
    assert run(["logout"]) == 0
    assert run(["login", "--url", server.url, "--token", token]) == 3


def test_login_without_a_terminal_says_what_is_missing(server: LiveServer) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "uraniborg", "login", "--url", server.url, "--email", "nobody@hven.example"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "URANIBORG_PASSWORD" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["find", "--telescope", "octant"], 4, "octant"),
        (["find", "--near", "Nowhere 99"], 4, "catalogue"),
        (["find", "--where", "GAIN"], 2, "comparison"),
        (["find", "--start", "yesterday"], 2, "isoformat"),
        (["find", "--columns", "colour"], 2, "There is no column"),
        (["get"], 2, "one of both"),
        (["get", "not there.fits"], 4, "uraniborg ls"),
        (["header", "00000000-0000-0000-0000-000000000000"], 4, "no such"),
        (["ls", "-o", "another-house"], 4, "organisation"),
        (["site", "add", "Hven"], 2, "--latitude"),
        (["site", "change", "hven"], 2, "Nothing to change"),
        (["telescope", "add", "Quadrant", "--site", "hven"], 1, "another name"),
        (["night", "show", "20 November"], 2, "2026-11-20"),
        (["log", "add", "Late.", "-N", "2026-11-19"], 2, "--at"),
        (["log", "add", "x", "--lost", "long", "-N", NIGHT, "--at", "22:00"], 2, "1h20m"),
        (["log", "add", "x", "-N", NIGHT, "--at", "2026-11-22T22:00"], 2, "is not within the night"),
        (["log", "revisions", "ffffff", "-N", NIGHT], 4, "uraniborg log show"),
        (["log", "sign", NIGHT, "-N", "2026-11-19"], 2, "Which night"),
        (["api", "list_sites", "limit=none"], 2, "limit"),
        (["api", "list_sites", "colour=red"], 2, "does not take colour"),
        (["api", "get_site"], 2, "needs site"),
        (["api", "no_such_operation"], 2, "No such command"),
        (["package", "add", "Title"], 2, "--licence"),
        (["no-such-command"], 2, "No such command"),
    ],
)
def test_mistakes_are_told_with_their_exit_code(command: Command, words: list[str], code: int, said: str) -> None:
    ran = command(*words)
    assert ran.code == code, ran.err
    assert ran.out == ""
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_wrong_token_is_exit_3(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("URANIBORG_TOKEN", "urb_wrong")
    ran = command("ls")
    assert ran.code == 3
    assert "uraniborg login" in ran.err
    told = json.loads(command("ls", "--json").err)
    assert (told["error"]["exit_code"], told["error"]["status"]) == (3, 401)
    monkeypatch.delenv("URANIBORG_TOKEN")
    assert command("ls").code == 3


def test_service_that_is_down_is_exit_5(command: Command) -> None:
    for words in (["whoami"], ["upload", "."], ["find", "--near", "M31"]):
        ran = command(*words, "--url", "http://127.0.0.1:9")  # the discard port, where nobody listens
        assert ran.code == 5
        assert "http://127.0.0.1:9" in ran.err
        assert "URANIBORG_URL" in ran.err


def test_upload_tells_failures_and_exits_1(command: Command, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bad\x07name").write_text("bell")
    (tmp_path / "in" / "two\nlines").write_text("lines")
    (tmp_path / "in" / "good").write_text("good")
    ran = command("upload", tmp_path / "in")
    assert ran.code == 1
    assert "1 file stored, 2 failed" in ran.out
    assert "  failed  two\\nlines: " in ran.out
    assert "control" in ran.out
    assert "\x07" not in ran.out  # nobody's terminal rings


def test_tables_say_units_and_utc_and_are_aligned(command: Command, night: Path) -> None:
    ran = command("find", "--sort", "start_at")
    head, *rows = ran.out.splitlines()
    assert re.split(r"  +", head)[:2] == ["START UTC", "TYPE"]
    assert "EXPOSURE s" in head
    end = head.index("EXPOSURE s") + len("EXPOSURE s")
    assert [row[:end].split()[-1] for row in rows] == ["60", "120"]
    assert [row.index("light/M31") for row in rows] == [head.index("PATH")] * 2
    assert "2 frames, 3 min exposed" in ran.err
    [failed] = [row for row in command("ls", "--state", "failed").out.splitlines() if "broken.fits" in row]
    assert "the content is plain text" in failed, "it says why"
    assert "No frame matches" in command("find", "--filter", "Q").err


def test_what_it_prints_is_readable_by_programs_line_by_line(command: Command, night: Path) -> None:
    assert command("find", "--count").out == "2\n"
    assert command("api", "get_content", f"file_id={first_file(command)}").out.startswith("http")
    assert command("log", "export", NIGHT, "-o", "-").out.startswith("# ")


def first_file(command: Command) -> str:
    return str(parsed(command("ls", "--json"))[0]["id"])


def test_api_offers_every_operation_with_help(command: Command) -> None:
    listed = command("api", "--help").out
    for operation_id in OPERATIONS:
        assert operation_id in listed
        shown = command("api", operation_id, "--help")
        assert shown.code == 0
        assert OPERATIONS[operation_id].path in shown.out.replace("\n  ", "")


def test_api_reads_values_and_bodies(command: Command, tmp_path: Path) -> None:
    words = ["name=Stjerneborg", "latitude_deg=55.9", "longitude_deg=-12.7", "time_zone=UTC", "horizon:=[[0, 10.5]]"]
    made = parsed(command("api", "add_site", *words))
    assert (made["latitude_deg"], made["horizon"]) == (55.9, [[0, 10.5]])
    body = tmp_path / "body.json"
    body.write_text('{"height_m": 12.5}')
    assert parsed(command("api", "change_site", "site=stjerneborg", "--body", body))["height_m"] == 12.5
    assert len(parsed(command("api", "list_sites", "--all", "limit=1"))) == 1
    assert command("api", "remove_site", "site=stjerneborg").code == 0


def test_help_of_every_command_fits_and_says_something() -> None:
    for name in sorted(leaves(root)):
        done = CliRunner().invoke(root, [*name.split(), "--help"])
        assert done.exit_code == 0, name
        assert "Usage:" in done.output
        assert "--json" in done.output or name == "api"


def on_a_terminal(*words: str, columns: int = 100, **environment: str) -> str:
    """Run the command on a terminal of its own; returns everything it wrote there."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "uraniborg", *words],
        stdin=child,
        stdout=child,
        stderr=child,
        env={**os.environ, "COLUMNS": str(columns), "TERM": "xterm", **environment},
        close_fds=True,
    )
    os.close(child)
    seen = b""
    try:
        while block := os.read(parent, 65536):
            seen += block
    except OSError:  # how Linux tells that the other end is closed
        pass
    process.wait()
    os.close(parent)
    return seen.decode()


def test_terminal_gets_colour_and_bars_and_short_lines(command: Command, night: Path, tmp_path: Path) -> None:
    plain = on_a_terminal("find", columns=60)
    assert "\x1b[" not in plain  # NO_COLOR is set
    rows = [line for line in plain.splitlines() if "M31_" in line or "…" in line]
    assert rows
    assert all(len(line) <= 100 for line in rows)
    assert "\x1b[1m" in on_a_terminal("find", NO_COLOR="")
    (tmp_path / "big.dat").write_bytes(os.urandom(3_000_000))
    bar = on_a_terminal("upload", str(tmp_path / "big.dat"), NO_COLOR="")
    assert "\x1b[2K" in bar  # drawn, and taken away again
    assert "1 file stored" in bar
