"""What the library promises of itself: light, named, tolerant, and closed by whoever opened it."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import stat
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
import uraniborg
from uraniborg import wire
from uraniborg._generated.operations import OPERATIONS
from uraniborg.settings import Settings, config_path, forget_token, load_settings, save_settings

from tests.conftest import ROOT

SDK = ROOT / "sdk"


def modules_after(statement: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys, json; print(json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_import_loads_nothing_heavy() -> None:
    loaded = modules_after("import uraniborg")
    assert "uraniborg" in loaded
    heavy = {"httpx", "msgspec", "click", "rich", "astropy", "numpy", "ssl", "sqlite3", "asyncio", "http", "email"}
    assert not loaded & heavy


def test_client_loads_neither_the_command_nor_astropy() -> None:
    loaded = modules_after("import uraniborg; uraniborg.connect('http://127.0.0.1:9').close()")
    assert not loaded & {"click", "rich", "pygments", "astropy", "numpy", "sqlite3", "asyncio"}


def test_command_tells_its_version_without_a_client_or_bars() -> None:
    loaded = modules_after("from uraniborg.cli.app import run; run(['--version'])")
    assert not loaded & {"httpx", "rich", "astropy", "numpy"}


def test_public_names_are_there_and_no_others() -> None:
    assert set(dir(uraniborg)) == set(uraniborg.__all__)
    for name in uraniborg.__all__:
        assert getattr(uraniborg, name) is not None
    with pytest.raises(AttributeError):
        uraniborg.nothing_of_the_kind
    for module in pkgutil.walk_packages([str(SDK / "uraniborg")], "uraniborg."):
        if module.name != "uraniborg.__main__":
            loaded = importlib.import_module(module.name)
            assert all(hasattr(loaded, name) for name in getattr(loaded, "__all__", ())), module.name


def test_newer_replies_are_understood() -> None:
    site = (
        b'{"slug": "hven", "name": "Hven", "latitude_deg": 55.9, "longitude_deg": 12.7, "height_m": 45,'
        b'"horizon": null, "time_zone": "Europe/Copenhagen", "created_at": "2026-11-20T20:00:00Z",'
        b'"dome": {"new": ["field"]}}'
    )
    assert msgspec.json.decode(site, type=wire.Site).created_at == datetime(2026, 11, 20, 20, tzinfo=UTC)
    job = {"id": "1", "kind": "ingest", "state": "on-hold", "total": 1, "done": 0, "failed": 0, "attempts": 1}
    assert msgspec.convert(job | {"created_at": "2026-11-20T20:00:00Z"}, wire.Job).state == "on-hold"


def test_requests_are_put_together_by_name() -> None:
    night = OPERATIONS["get_night_log"].request({"organisation": "a/b", "telescope": "ü", "night": date(2026, 11, 20)})
    assert night.path == "/api/v1/organisations/a%2Fb/telescopes/%C3%BC/nights/2026-11-20/log"
    found = OPERATIONS["find_frames"].request(
        {
            "organisation": "o",
            "where": ["GAIN>1.4", "A=b&c"],
            "start": datetime(2026, 11, 20),
            "count": True,
            "near": None,
        }
    )
    assert sorted(found.query) == [
        ("count", "true"),
        ("start", "2026-11-20T00:00:00Z"),
        ("where", "A=b&c"),
        ("where", "GAIN>1.4"),
    ]
    change = OPERATIONS["change_site"].request(
        {"organisation": "o", "site": "s", "mpc_code": None, "name": msgspec.UNSET}
    )
    assert change.body == b'{"mpc_code":null}'
    for values, said in (
        ({"organisation": "o"}, "needs site"),
        ({"organisation": "o", "site": "s", "colour": 1}, "does not take colour"),
        ({"organisation": "o", "site": "..", "name": "x"}, "is no site"),
        ({"organisation": "o", "site": "s", "body": {}, "name": "x"}, "not both"),
    ):
        with pytest.raises(TypeError, match=said):
            OPERATIONS["change_site"].request(values)


def test_client_is_closed_by_with_and_by_hand() -> None:
    with uraniborg.connect("http://127.0.0.1:9") as client:
        assert not client.closed
    assert client.closed
    other = uraniborg.connect("http://127.0.0.1:9")
    other.close()
    other.close()
    assert other.closed
    with pytest.raises(ValueError, match="own"), uraniborg.connect("http://127.0.0.1:9") as third:
        raise ValueError("its own error")
    assert third.closed


def test_settings_are_private_and_a_token_stays_with_its_service(at_home: Path) -> None:
    path = save_settings(Settings(url="https://one.example", token='urb_"quoted"\\', organisation="ü"))
    assert path == config_path()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_settings() == Settings(url="https://one.example", token='urb_"quoted"\\', organisation="ü")
    assert load_settings("https://one.example/").token
    other = load_settings("https://two.example")
    assert (other.token, other.organisation) == ("", "")
    environment = os.environ | {"URANIBORG_TOKEN": "mine", "URANIBORG_ORGANISATION": "hven"}
    assert load_settings(environment=environment) == Settings(
        url="https://one.example", token="mine", organisation="hven"
    )
    assert forget_token()
    assert not forget_token()
    assert load_settings().token == ""
    assert load_settings().organisation == "ü"
    assert load_settings("localhost:8000").url == "http://localhost:8000"
    assert load_settings("data.example.org").url == "https://data.example.org"


@pytest.mark.parametrize("text", ["url = ", "url = 5", "\xff"])
def test_spoilt_settings_are_told(at_home: Path, text: str) -> None:
    config_path().parent.mkdir(parents=True)
    config_path().write_bytes(text.encode("latin-1"))
    with pytest.raises(uraniborg.NotConfigured, match="uraniborg login"):
        uraniborg.connect()
    with pytest.raises(uraniborg.NotConfigured, match="no address"):
        load_settings("ftp://example.org", environment={"HOME": str(at_home), "XDG_CONFIG_HOME": str(at_home / "none")})
