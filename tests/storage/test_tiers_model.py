"""Tiers beside a dictionary: files, policies, recalls and time in whatever order; the ledger adds up to the byte."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.metering import TIERS
from domain.tiers import TierPolicy
from storage import tier_store, usage_store
from storage.database import Database
from storage.ids import new_id
from tests.support.ledger_rows import add_contents, add_tenant, digest, rebuilt, remove_contents

NAMES = ("one", "two", "three")
DATASETS = ("a", "b")
SIZES = {"one": 10**9, "two": 7, "three": 2**41}
START = datetime.now(UTC)
DAYS = st.none() | st.integers(1, 40)
NAME, DATASET = st.sampled_from(NAMES), st.sampled_from(DATASETS)

_numbers = itertools.count(1)


class Kept(msgspec.Struct):
    """A file of the model: what it names, since which day, and the datasets it is in."""

    content: str
    day: int
    datasets: set[str]
    deleted: bool = False


class Tiers(RuleBasedStateMachine):
    """Each step is a transaction of the service's own role; wishes come true when the job does, and no sooner."""

    database: ClassVar[Database]
    owner: ClassVar[Database]
    loop: ClassVar[asyncio.AbstractEventLoop]

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[UUID, Kept] = {}
        self.policies: dict[str, TierPolicy] = {}
        self.recalled: dict[str, int] = {}
        self.tier: dict[str, str] = {}
        self.day = 2
        asyncio.run_coroutine_threadsafe(self._begin(), self.loop).result(60)

    async def _begin(self) -> None:
        async with self.owner.engine.begin() as connection:
            self.org = await add_tenant(connection)
            self.account = new_id()
            await connection.execute(
                text("INSERT INTO accounts (id, email, name) VALUES (:id, :email, 'Tycho')"),
                {"id": self.account, "email": f"tycho{next(_numbers)}@{self.org.hex}.example"},
            )
        self.datasets = {slug: new_id() for slug in DATASETS}
        async with self.database.transaction(organisation=self.org) as connection:
            for slug, dataset_id in self.datasets.items():
                await connection.execute(
                    text(
                        "INSERT INTO datasets (organisation_id, id, slug, name, created_by)"
                        " VALUES (:org, :id, :slug, :slug, :account)"
                    ),
                    {"org": self.org, "id": dataset_id, "slug": slug, "account": self.account},
                )

    @property
    def now(self) -> datetime:
        return START + timedelta(days=self.day)

    def within(self, work: Any) -> Any:
        """Do something in a transaction of the tenant."""

        async def run() -> Any:
            async with self.database.transaction(organisation=self.org) as connection:
                return await work(connection)

        coroutine: Coroutine[Any, Any, Any] = run()
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    # --- what happens

    @rule(name=NAME, datasets=st.sets(DATASET), age=st.integers(0, 30))
    def store(self, name: str, datasets: set[str], age: int) -> None:
        file_id, day = new_id(), self.day - age

        async def work(connection: AsyncConnection) -> None:
            await add_contents(connection, self.org, {name: SIZES[name]})
            await connection.execute(
                text(
                    "INSERT INTO files (organisation_id, id, path, sha256, size_bytes, media_type, state, uploaded_by,"
                    " created_at) VALUES (:org, :id, :path, :sha256, :size, 'x/y', 'kept', :account, :at)"
                ),
                {
                    "org": self.org,
                    "id": file_id,
                    "path": file_id.hex,
                    "sha256": digest(name),
                    "size": SIZES[name],
                    "account": self.account,
                    "at": START + timedelta(days=day),
                },
            )
            for dataset in sorted(datasets):
                await connection.execute(
                    text(
                        "INSERT INTO dataset_files (organisation_id, dataset_id, file_id, path)"
                        " VALUES (:org, :dataset, :file, :path)"
                    ),
                    {"org": self.org, "dataset": self.datasets[dataset], "file": file_id, "path": file_id.hex},
                )

        self.within(work)
        self.files[file_id] = Kept(name, day, set(datasets))
        self.tier.setdefault(name, "hot")

    @rule(which=st.integers(0, 100))
    def delete(self, which: int) -> None:
        living = [file_id for file_id, kept in self.files.items() if not kept.deleted]
        if living:
            file_id = living[which % len(living)]
            statement = text("UPDATE files SET deleted_at = now() WHERE id = :id")
            self.within(lambda connection: connection.execute(statement, {"id": file_id}))
            self.files[file_id].deleted = True

    @precondition(lambda self: any(kept.deleted for kept in self.files.values()))
    @rule()
    def purge(self) -> None:
        living = {kept.content for kept in self.files.values() if not kept.deleted}
        gone = {kept.content for kept in self.files.values()} - living

        async def work(connection: AsyncConnection) -> None:
            digests = [digest(name) for name in gone]
            for statement in (
                "DELETE FROM dataset_files d USING files f WHERE d.file_id = f.id AND f.sha256 = ANY(:digests)",
                "DELETE FROM files WHERE sha256 = ANY(:digests)",
            ):
                await connection.execute(text(statement), {"digests": digests})
            await remove_contents(connection, self.org, sorted(gone))

        self.within(work)
        self.files = {file_id: kept for file_id, kept in self.files.items() if kept.content not in gone}
        for name in gone:
            del self.tier[name]

    @rule(dataset=DATASET, cool=DAYS, archive=DAYS)
    def set_policy(self, dataset: str, cool: int | None, archive: int | None) -> None:
        policy = TierPolicy(cool_after_days=cool, archive_after_days=archive)
        self.within(
            lambda connection: tier_store.set_policy(
                connection, self.org, self.datasets[dataset], policy, changed_by=self.account
            )
        )
        self.policies[dataset] = policy

    @rule(dataset=DATASET)
    def remove_policy(self, dataset: str) -> None:
        there = self.within(lambda connection: tier_store.remove_policy(connection, self.datasets[dataset]))
        assert there == (self.policies.pop(dataset, None) is not None)

    @rule(name=NAME, days=st.integers(1, 10))
    def recall(self, name: str, days: int) -> None:
        until = self.now + timedelta(days=days)
        self.within(
            lambda connection: tier_store.add_recalls(connection, self.org, self.account, [digest(name)], until)
        )
        self.recalled[name] = max(self.recalled.get(name, 0), self.day + days)

    @rule(days=st.integers(1, 20))
    def let_time_pass(self, days: int) -> None:
        self.day += days

    @rule()
    def wish_and_think_again(self) -> None:
        """Wishes that nobody carries out: the next ones take their place."""
        self.within(lambda connection: tier_store.wish_moves(connection, self.org, self.now, most=100))

    @rule()
    def move(self) -> None:
        async def work(connection: AsyncConnection) -> None:
            await tier_store.wish_moves(connection, self.org, self.now, most=100)
            for row in list(await connection.execute(text("SELECT sha256, tier FROM tier_moves ORDER BY sha256"))):
                found = await tier_store.find_move(connection, row.sha256)
                assert found is not None
                if found.object_key is None:
                    await tier_store.forget_move(connection, row.sha256, None)
                    continue
                outcome = await tier_store.switch(connection, self.org, row.sha256, found.object_key, found.wanted)
                assert outcome == "switched"
                await tier_store.forget_move(connection, row.sha256, found.wanted)

        self.within(work)
        for name in self.tier:
            self.tier[name] = self._asked(name) or self.tier[name]

    # --- what should be

    def _asked(self, name: str) -> str | None:
        """Say where a content shall lie, straight from the rules; None where nobody asks."""
        asked = [self._of_file(kept) for kept in self.files.values() if kept.content == name and not kept.deleted]
        if self.recalled.get(name, -1) > self.day:
            asked.append("hot")
        return min(asked, key=TIERS.index, default=None)  # type: ignore[arg-type]

    def _of_file(self, kept: Kept) -> str:
        asked = []
        for policy in (self.policies[dataset] for dataset in kept.datasets if dataset in self.policies):
            age = self.day - kept.day
            if policy.archive_after_days is not None and age >= policy.archive_after_days:
                asked.append("archive")
            elif policy.cool_after_days is not None and age >= policy.cool_after_days:
                asked.append("cool")
            else:
                asked.append("hot")
        return min(asked, key=TIERS.index, default="hot")  # type: ignore[arg-type]

    @invariant()
    def rows_and_ledger_are_as_the_rules_say(self) -> None:
        async def work(connection: AsyncConnection) -> None:
            rows = list(await connection.execute(text("SELECT sha256, tier FROM contents")))
            assert {row.sha256: row.tier for row in rows} == {digest(n): tier for n, tier in self.tier.items()}
            stored = await usage_store.stored_bytes(connection, self.org)
            assert stored == {tier: sum(SIZES[n] for n, t in self.tier.items() if t == tier) for tier in TIERS}
            bounds = [START - timedelta(hours=1), START, datetime.now(UTC), datetime.now(UTC) + timedelta(days=9)]
            assert await usage_store.measure(connection, self.org, bounds) == await rebuilt(
                connection, self.org, bounds
            )
            assert await usage_store.differences(connection, self.org, limit=1) == []

        self.within(work)


async def test_tiers_are_as_the_rules_say_whatever_happens(owner: Database, database: Database) -> None:
    Tiers.database, Tiers.owner, Tiers.loop = database, owner, asyncio.get_running_loop()
    await asyncio.to_thread(
        run_state_machine_as_test, Tiers, settings=settings(max_examples=40, stateful_step_count=30)
    )
