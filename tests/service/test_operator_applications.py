"""The operator's command registers applications for everybody, replaces the signing key, vouches for addresses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import ROOT
from tests.support.live_server import live_server

REDIRECT = "https://hub.hven.example/cb"


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"URANIBORG_DATA_DIR": str(folder / "data"), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "service.server", *words], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def said(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_applications_for_everybody_and_keys(tmp_path: Path) -> None:
    with live_server(tmp_path) as server:
        made = said(run(tmp_path, "application", "add", "Hub", "--redirect-uri", REDIRECT, "--scope", "openid"))
        public = said(run(tmp_path, "application", "add", "Tool", "--public"))
        assert (made["scopes"], made["redirect_uris"], public["client_secret"]) == (["openid"], [REDIRECT], None)
        listed = said(run(tmp_path, "application", "list"))
        assert {each["name"] for each in listed} >= {"Hub", "Tool"}
        for wrong in (["add"], ["add", "X", "--redirect-uri", "http://hven.example"], ["remove", "uraniborg"]):
            done = run(tmp_path, "application", *wrong)
            assert (done.returncode, done.stdout) == (1, ""), wrong
            assert "Traceback" not in done.stderr
        with httpx.Client(base_url=server.url) as client:
            form = {"grant_type": "refresh_token", "refresh_token": "x"}
            auth = (made["client_id"], made["client_secret"])
            assert client.post("/oauth/token", data=form, auth=auth).json()["error"] == "invalid_grant"
            before = client.get("/oauth/keys").json()["keys"]
            assert run(tmp_path, "keys").returncode == 0
            after = client.get("/oauth/keys").json()["keys"]
            assert len(after) == len(before) + 1
            assert before[0] in after
            assert run(tmp_path, "application", "remove", made["client_id"]).returncode == 0
            assert client.post("/oauth/token", data=form, auth=auth).json()["error"] == "invalid_client"
        unknown = run(tmp_path, "confirm", "nobody@hven.example")
        assert (unknown.returncode, "Nobody has an account" in unknown.stderr) == (1, True)
        known = run(tmp_path, "confirm", server.someone("tycho").email.upper())
        assert (known.returncode, known.stderr) == (0, "")
