"""A team's files beside a dictionary: whatever is put, moved, deleted and restored in whatever order."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import Coroutine
from typing import Any, ClassVar

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from service.actions.audit import audit
from tests.support.crew import Crew, gather
from tests.support.service import RunningService
from tests.support.stored_files import sweep_for

PATHS = st.sampled_from(["a", "A", "b", "a/x", "a/X", "A/x", "b/y", "b/y/z", "c/a/x", "c/b"])
FOLDERS = st.sampled_from(["a", "b", "b/y", "c", "c/a", "d"])
CONTENTS = st.sampled_from([b"", b"1", b"22", b"333"])
WHICH = st.integers(0, 100)


_numbers = itertools.count(1)


class Kept(msgspec.Struct):
    """What a file should be: where it lies, and the contents of its versions."""

    path: str
    versions: list[bytes]


def in_the_way(path: str, other: str) -> bool:
    """Tell whether a disk that knows no case, but keeps how names are written, could not hold both as they are."""
    mine, theirs = path.split("/"), other.split("/")
    for depth in range(1, min(len(mine), len(theirs)) + 1):
        if [step.lower() for step in mine[:depth]] != [step.lower() for step in theirs[:depth]]:
            return False
        if mine[:depth] != theirs[:depth] or depth in (len(mine), len(theirs)):
            return True
    return False


class TeamFiles(RuleBasedStateMachine):
    """Every step is a request of the API; after each, what is listed is what the model has."""

    crew: ClassVar[Crew]
    loop: ClassVar[asyncio.AbstractEventLoop]

    def __init__(self) -> None:
        super().__init__()
        self.live: dict[str, Kept] = {}
        self.trash: dict[str, Kept] = {}
        self.wait(self._begin())

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    async def _begin(self) -> None:
        """Give each run a team of its own."""
        new = {"name": f"Model {next(_numbers)} of {self.crew.host}"}
        made = await self.crew.manager.client.post(f"/api/v1/organisations/{self.crew.host}/teams", json=new)
        self.team = msgspec.structs.replace(self.crew, team=made.json()["slug"])

    def ask(self, method: str, rest: str, body: Any = None) -> tuple[int, Any]:
        reply = self.wait(self.team.ask(method, rest, body, by=self.team.manager))
        return reply.status_code, reply.json()

    def fits(self, path: str, *, besides: set[str] = frozenset()) -> bool:  # type: ignore[assignment]
        return not any(in_the_way(path, kept.path) for i, kept in self.live.items() if i not in besides)

    def at(self, path: str) -> str | None:
        return next((i for i, kept in self.live.items() if kept.path == path), None)

    def below(self, folder: str) -> list[str]:
        return [i for i, kept in self.live.items() if kept.path.startswith(f"{folder}/")]

    @rule(path=PATHS, content=CONTENTS, expected=st.none() | st.integers(0, 2))
    def put(self, path: str, content: bytes, expected: int | None) -> None:
        more = {} if expected is None else {"expected": {path: expected}}
        [file] = self.wait(self.team.put({path: content}, by=self.team.manager, **more))
        there = self.at(path)
        version = len(self.live[there].versions) if there else 0
        same = there is not None and self.live[there].versions[-1] == content
        if there is None and not self.fits(path):
            assert file["problem"]["code"] in ("path-taken", "version-conflict")
        elif expected not in (None, version) and not same:
            assert file["problem"]["code"] == "version-conflict"
        else:
            assert file["state"] in ("stored", "known"), file
            kept = self.live.setdefault(file["file"], Kept(path, []))
            assert there in (None, file["file"])
            if not same:
                kept.versions.append(content)

    @rule(path=PATHS | FOLDERS, to=PATHS | FOLDERS)
    def move(self, path: str, to: str) -> None:
        status, _ = self.ask("POST", "/files/move", {"path": path, "to": to})
        moved = [self.at(path)] if self.at(path) else self.below(path)
        targets = {i: to + self.live[i].path.removeprefix(path) for i in moved if i is not None}
        merges = not self.at(path) and to.lower() != path.lower() and bool(self.below(to))
        possible = not merges and all(self.fits(place, besides=set(targets)) for place in targets.values())
        inside = not self.at(path) and to.startswith(f"{path}/")
        assert status == (404 if not targets else 400 if inside else 200 if possible else 409)
        if status == 200:
            for i, place in targets.items():
                self.live[i].path = place

    @rule(path=PATHS | FOLDERS, folders=st.booleans())
    def delete(self, path: str, folders: bool) -> None:
        status, told = self.ask("POST", "/files/trash", {"files": [{"path": path}], "folders": folders})
        gone = [self.at(path)] if self.at(path) else self.below(path) if folders else []
        assert status == (200 if gone else 404)
        if gone:
            assert told == {"files": len(gone)}
        for i in gone:
            assert i is not None
            self.trash[i] = self.live.pop(i)

    @precondition(lambda self: self.trash)
    @rule(which=WHICH, to=st.none() | PATHS)
    def take_back(self, which: int, to: str | None) -> None:
        i = sorted(self.trash)[which % len(self.trash)]
        place = to or self.trash[i].path
        status, _ = self.ask("POST", f"/files/{i}/restore", {"to": to})
        assert status == (200 if self.fits(place) else 409)
        if status == 200:
            self.live[i] = self.trash.pop(i)
            self.live[i].path = place

    @rule(folder=FOLDERS | st.just("/"))
    def take_folder_back(self, folder: str) -> None:
        lay = {i: kept for i, kept in self.trash.items() if folder == "/" or kept.path.startswith(f"{folder}/")}
        status, told = self.ask("POST", "/trash/restore", {"path": folder})
        _, trash = self.ask("GET", "/trash?limit=1000")
        left = {file["id"] for file in trash["items"]}
        back = {i: kept for i, kept in lay.items() if i not in left}
        assert status == (200 if back else 409 if lay else 404)
        # In the order of their paths, each as long as it fits.
        for i, kept in sorted(back.items(), key=lambda item: item[1].path):
            assert self.fits(kept.path)
            self.live[i] = self.trash.pop(i)
        assert not any(self.fits(kept.path) for i, kept in lay.items() if i not in back)
        if back:
            assert told == {"files": len(back), "left": len({kept.path for kept in lay.values()}) - len(back)}

    @precondition(lambda self: self.live)
    @rule(which=WHICH, version=st.integers(1, 4))
    def bring_back(self, which: int, version: int) -> None:
        i = sorted(self.live)[which % len(self.live)]
        versions = self.live[i].versions
        status, _ = self.ask("POST", f"/files/{i}/restore", {"version": version})
        assert status == (200 if version <= len(versions) else 404)
        if status == 200:
            versions.append(versions[version - 1])

    @precondition(lambda self: self.trash)
    @rule()
    def empty(self) -> None:
        assert self.ask("POST", "/trash/empty") == (200, {"files": len(self.trash)})
        self.trash.clear()
        self.wait(sweep_for(self.team.service.house, self.team.host))

    @precondition(lambda self: self.live or self.trash)
    @rule(which=WHICH, version=WHICH)
    def read(self, which: int, version: int) -> None:
        files = self.live | self.trash
        i = sorted(files)[which % len(files)]
        versions = files[i].versions
        number = version % len(versions) + 1
        assert self.wait(self.team.read(i, number, by=self.team.manager)) == versions[number - 1]

    @invariant()
    def what_is_listed_is_what_was_done(self) -> None:
        tree = self.wait(self.team.tree(by=self.team.manager, limit=50))
        assert {path: (entry["id"], entry["version"], entry["sha256"]) for path, entry in tree.items()} == {
            kept.path: (i, len(kept.versions), hashlib.sha256(kept.versions[-1]).hexdigest())
            for i, kept in self.live.items()
        }
        _, root = self.ask("GET", "/files")
        tops: dict[str, int] = {}
        for kept in self.live.values():
            top = kept.path.split("/")[0]
            tops[top] = tops.get(top, 0) + 1
        assert {entry["path"]: entry["files"] for entry in root["items"]} == tops
        _, trash = self.ask("GET", "/trash?limit=1000")
        assert {file["id"]: file["path"] for file in trash["items"]} == {i: k.path for i, k in self.trash.items()}
        contents = {content for kept in (self.live | self.trash).values() for content in kept.versions}
        _, storage = self.ask("GET", "/storage")
        assert storage["size_bytes"] == sum(map(len, contents))
        assert storage["versions"] == sum(len(kept.versions) for kept in (self.live | self.trash).values())


async def test_files_are_as_in_a_dictionary(service: RunningService) -> None:
    TeamFiles.crew, TeamFiles.loop = await gather(service), asyncio.get_running_loop()
    quick = settings(
        max_examples=8, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    await asyncio.to_thread(run_state_machine_as_test, TeamFiles, settings=quick)
    # After all these stories every content that is named has its object.
    assert (await audit(service.house, organisation=TeamFiles.crew.host))["missing"] == []
