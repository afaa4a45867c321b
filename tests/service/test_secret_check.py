"""A service or worker with another sealing secret than its database's does not start, and says what to do."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from sqlalchemy import text

from domain.errors import SecretMismatch
from service.config import Config, load_config
from service.secret_check import check_secret
from storage.database import Database
from storage.embedded_postgres import EmbeddedPostgres
from storage.migrate import migrate
from tests.support.authenticator import code_of
from tests.support.server_process import PASSWORD, ServerProcess

pytestmark = pytest.mark.slow


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with EmbeddedPostgres(tmp_path / "pg") as postgres:
        yield postgres.url


def at(folder: Path, url: str) -> ServerProcess:
    """Give a service over one database in a folder, and so with a secret, of its own."""
    folder.mkdir()
    return ServerProcess(folder, database_url=url, worker="false", satellites_url="")


def secret_of(server: ServerProcess) -> Path:
    return server.folder / "data" / "secrets" / "sealing"


def check_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1
    [line] = [line for line in done.stderr.splitlines() if line]  # a sentence for people, no traceback
    assert all(word in line for word in ("uraniborg-server: ", "Copy there", "secrets/sealing", *words)), line


class Tycho(msgspec.Struct):
    """Somebody with a second factor."""

    secret: str
    recovery: list[str]

    def code(self, steps: int = 0) -> str:
        return code_of(self.secret, steps)

    def signs_in(self, server: ServerProcess, code: str) -> bool:
        with httpx.Client(base_url=f"{server.url}/api/v1", timeout=60) as browser:
            first = browser.post("/session", json={"email": "tycho@hven.example", "password": PASSWORD}).json()
            second = {"challenge": first["challenge"], "code": code}
            status = browser.post("/session/second-factor", json=second).status_code
        assert status in (201, 401)
        return status == 201


def with_second_factor(server: ServerProcess) -> Tycho:
    server.command("account", "tycho@hven.example", URANIBORG_PASSWORD=PASSWORD)
    with httpx.Client(base_url=f"{server.url}/api/v1", timeout=60) as browser:
        login = browser.post("/session", json={"email": "tycho@hven.example", "password": PASSWORD})
        browser.headers["X-CSRF-Token"] = login.raise_for_status().json()["csrf_token"]
        tycho = Tycho(browser.post("/me/second-factor").raise_for_status().json()["secret"], [])
        confirmed = browser.post("/me/second-factor/confirm", json={"code": tycho.code(-1)})
        tycho.recovery = confirmed.raise_for_status().json()["codes"]
    return tycho


def test_with_another_secret_nothing_starts_nor_is_backed_up(tmp_path: Path, url: str) -> None:
    first, other = at(tmp_path / "first", url), at(tmp_path / "other", url)
    first.command("migrate")
    with first:
        tycho = with_second_factor(first)
        for command in ("serve", "worker"):
            check_refused(other.command(command, check=False), str(secret_of(other)), "is not at")
        assert not secret_of(other).exists(), "the right one can be put there"
        secret_of(other).parent.mkdir(parents=True)
        secret_of(other).write_bytes(secrets.token_bytes(32))
        for words in (["serve"], ["worker"], ["backup", str(tmp_path / "backup")]):
            check_refused(other.command(*words, check=False), str(secret_of(other)), "is not the secret")
        shutil.copy(secret_of(first), secret_of(other))
        with other:
            assert tycho.signs_in(other, tycho.code())

    # Lost for good: another is begun with, and who has recovery codes still comes in.
    secret_of(first).unlink()
    check_refused(first.command("serve", check=False), "--secret-lost")
    assert "recovery code" in first.command("keys", "--secret-lost").stdout
    with first:
        assert not tycho.signs_in(first, tycho.code(1))
        assert tycho.signs_in(first, tycho.recovery[0])
    check_refused(other.command("worker", check=False), "is not the secret")


def test_the_embedded_database_is_kept_from_another_secret_too(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path, worker="false", satellites_url="")
    with server:
        pass
    secret_of(server).rename(tmp_path / "mislaid")
    check_refused(server.command("serve", check=False), "is not at")
    (tmp_path / "mislaid").rename(secret_of(server))
    with server:
        pass


@pytest.fixture
def configs(tmp_path: Path) -> list[Config]:
    return [load_config({}, data_dir=tmp_path / str(n)) for n in range(4)]


async def test_of_several_that_begin_at_once_one_leaves_its_word(url: str, configs: list[Config]) -> None:
    owner = Database(url, role=None)
    await migrate(owner)
    came = await asyncio.gather(*(check_secret(config, owner) for config in configs), return_exceptions=True)
    assert sorted(type(error).__name__ for error in came) == ["NoneType"] + ["SecretMismatch"] * 3
    await check_secret(configs[came.index(None)], owner)
    await owner.close()


@pytest.mark.parametrize("sealed_in", ["signing_keys", "second_factors"])
async def test_what_an_earlier_release_sealed_is_tried_where_there_is_no_word(
    tmp_path: Path, url: str, configs: list[Config], sealed_in: str
) -> None:
    first = at(tmp_path / "first", url)
    first.command("migrate")
    if sealed_in == "signing_keys":
        first.command("keys")
    else:
        with first:
            with_second_factor(first)
    owner = Database(url, role=None)
    async with owner.transaction() as connection:
        await connection.execute(text("DELETE FROM sealed_word"))
    configs[0].secret("sealing")
    for config in configs[:2]:  # with another secret, and with none
        with pytest.raises(SecretMismatch):
            await check_secret(config, owner)
    right = load_config({}, data_dir=first.folder / "data")
    for _ in range(2):
        await check_secret(right, owner)
    await owner.close()
