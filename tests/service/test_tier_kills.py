"""A move between tiers, killed at each of its steps, loses nothing and is finished by whoever comes next."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from storage.database import Database
from storage.embedded_postgres import EmbeddedPostgres
from storage.migrate import migrate
from tests.support.sending import send, wait_for_jobs
from tests.support.service import running_service
from tests.support.stored_files import organisation_id_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
async def test_a_move_that_is_killed_anywhere_loses_nothing(tmp_path: Path) -> None:
    data = b"light" * 1000
    with EmbeddedPostgres(tmp_path / "postgres") as server:
        owner = Database(server.url, role=None)
        await migrate(owner)
        await owner.close()
        folder = tmp_path / "data"
        async with running_service(folder, database_url=server.url) as service:
            person = await service.person()
            slug = await service.organisation(person)
            await send(person.client, slug, {"frame": data})
            await wait_for_jobs(person.client, slug)
            organisation_id = await organisation_id_of(service.house, slug)
        command = [sys.executable, "-m", "tests.support.killed_moves", server.url, str(folder)]
        done = subprocess.run(  # noqa: ASYNC221
            [*command, organisation_id.hex, hashlib.sha256(data).hexdigest()],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    found = re.search(r"(\d+) kills", done.stdout)
    assert found is not None
    assert int(found[1]) >= 30, "each move has steps on the disk, in the database, and between them"
