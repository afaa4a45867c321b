"""Where an upload's files go: to an organisation, whose headers are then read, or to a team, which keeps any files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol
from uuid import UUID

import msgspec

from domain.errors import ClientFault, InvalidInput
from domain.file_tree import Places, common_place, folded
from domain.header import Problem
from domain.own_files import HostLeft
from domain.slugs import slug_of
from service.actions.assignments import telescope_of_guest
from service.actions.jobs import enqueue_ingest
from service.actions.team_changes import check_version, tell_of_files
from service.actions.upload_types import FileToSend, NewUpload, TeamFileToSend
from service.house import Actor, House, Team, Tenant
from storage import dataset_store, equipment_store, team_file_store, team_tree, upload_store
from storage.upload_store import NewFile

__all__ = ["Named", "OrganisationTarget", "TeamTarget", "UploadTarget"]


class Named(msgspec.Struct):
    """Files made of contents: the id of each by its position, and the job that reads their headers."""

    files: dict[int, UUID]
    job: UUID | None = None


class UploadTarget(Protocol):
    """What differs between uploads: who may, which contents are told to be known, what becomes of them."""

    def enter(self) -> AbstractAsyncContextManager[Tenant | Team]:
        """Open a transaction in which the host's contents and uploads can be written."""

    def item(self, file: FileToSend) -> dict[str, Any]:
        """Give what a file's row says of this target."""

    async def prepare(self, here: Any) -> dict[str, Any]:
        """Find what belongs to all files of the upload: further columns of its row."""

    async def known(self, here: Any, digests: list[bytes]) -> dict[bytes, int]:
        """Tell which contents need not be sent, with their sizes in bytes."""

    async def refuse(self, here: Any, files: Sequence[NewFile]) -> dict[int, Problem]:
        """Tell which files cannot be where they shall be. What is not refused stays so until the transaction ends."""

    async def put_off(self, here: Any, upload: Mapping[str, Any], files: Sequence[NewFile]) -> dict[int, Problem]:
        """Tell which files cannot be taken for now; their bytes stay. What is not put off stays so as above."""

    async def name(self, here: Any, upload: Mapping[str, Any], files: list[NewFile]) -> Named:
        """Make files of contents that are recorded; safe to repeat."""


class OrganisationTarget:
    """An organisation's own files: named by paths, joined to a dataset, and ingested."""

    def __init__(self, house: House, actor: Actor, organisation: str, new: NewUpload | None = None) -> None:
        self._house, self._actor, self._organisation, self._new = house, actor, organisation, new

    def enter(self) -> AbstractAsyncContextManager[Tenant]:
        return self._house.tenant(self._actor, self._organisation)

    def item(self, file: FileToSend) -> dict[str, Any]:
        return {}

    async def prepare(self, here: Tenant) -> dict[str, Any]:
        """Find telescope, instrument and dataset; the latter is made where there is none.

        Raises
        ------
        NotFound
            The telescope or instrument does not exist.
        Conflict
            The dataset is closed.
        InvalidInput
            The instrument belongs to another telescope, or the dataset's name cannot stand in an address.
        """
        new = self._new
        assert new is not None  # only a new upload is prepared
        if new.dataset is not None and not slug_of(new.dataset):
            raise InvalidInput("A dataset's name needs at least one letter or digit.")
        telescope_id = instrument_id = dataset_id = None
        if new.telescope:
            telescope_id = (await equipment_store.get(here.connection, "telescopes", new.telescope))["id"]
        if new.instrument:
            instrument = await equipment_store.get(here.connection, "instruments", new.instrument)
            instrument_id = instrument["id"]
            if telescope_id not in (None, instrument["telescope_id"]):
                raise InvalidInput(f"The instrument {new.instrument!r} is not at the telescope {new.telescope!r}.")
            telescope_id = instrument["telescope_id"]
        telescope_id = await telescope_of_guest(here, telescope_id)
        if new.dataset:
            dataset_id = await upload_store.open_dataset(
                here.connection, here.organisation_id, new.dataset, self._actor.account_id
            )
        return {
            "telescope_id": telescope_id,
            "instrument_id": instrument_id,
            "dataset_id": dataset_id,
            "told_type": new.frame_type,
        }

    async def known(self, here: Tenant, digests: list[bytes]) -> dict[bytes, int]:
        return await upload_store.known_contents(here.connection, digests)

    async def refuse(self, here: Tenant, files: Sequence[NewFile]) -> dict[int, Problem]:
        return {}

    async def put_off(self, here: Tenant, upload: Mapping[str, Any], files: Sequence[NewFile]) -> dict[int, Problem]:
        """Put files off whose dataset was closed, or deleted, since the upload began."""
        if upload["dataset_id"] is None:
            return {}
        problem = await dataset_store.hold_open(here.connection, upload["dataset_id"])
        return {file.position: problem for file in files} if problem else {}

    async def name(self, here: Tenant, upload: Mapping[str, Any], files: list[NewFile]) -> Named:
        made = await upload_store.add_files(
            here.connection,
            here.organisation_id,
            files,
            dataset_id=upload["dataset_id"],
            telescope_id=upload["telescope_id"],
            instrument_id=upload["instrument_id"],
            account_id=upload["account_id"],
            host=upload["host"],
            told_type=upload["told_type"],
        )
        job = await enqueue_ingest(here, [file_id for file_id, is_new in made.values() if is_new])
        told_type = upload["told_type"]
        if told_type is not None and here.role != "guest":  # who may say of their own files alone what they are
            retold = await upload_store.retell_type(
                here.connection, [file_id for file_id, _ in made.values()], told_type
            )
            job = await enqueue_ingest(here, retold, again=True) or job
        return Named({position: file_id for position, (file_id, _) in made.items()}, job)


class TeamTarget:
    """A team's own files: each path a file with versions; stored at the team's host, seen by the team alone.

    Only contents that the team's files name are known here: of any other, whoever names it proves by sending it that
    they have it, and hears nothing of what the host has.
    """

    def __init__(self, house: House, actor: Actor, team: str) -> None:
        self._house, self._actor, self._team = house, actor, team
        self._team_id: UUID | None = None

    def enter(self) -> AbstractAsyncContextManager[Team]:
        return self._house.team_files(self._actor, self._team)

    def item(self, file: FileToSend) -> dict[str, Any]:
        expected = file.expected_version if isinstance(file, TeamFileToSend) else None
        return {"team_id": self._team_id, "expected_version": expected}

    async def prepare(self, here: Team) -> dict[str, Any]:
        """Take what comes.

        Raises
        ------
        HostLeft
            Own files would come to an organisation whose member somebody is no more.
        """
        if here.has_left:
            raise HostLeft(
                "You are a member no more of the organisation that keeps your own files, and it takes no new ones: get"
                " them, put them into the trash and empty that; then open them at another organisation."
            )
        self._team_id = here.team_id
        return {"team_id": here.team_id}

    async def known(self, here: Team, digests: list[bytes]) -> dict[bytes, int]:
        return await team_file_store.known_contents(here.connection, digests)

    async def refuse(self, here: Team, files: Sequence[NewFile]) -> dict[int, Problem]:
        await upload_store.lock_contents(here.connection, here.organisation_id)
        await team_tree.lock_tree(here.connection, here.team_id)
        paths = [file.path for file in files]
        there = await team_file_store.find_at_paths(here.connection, here.team_id, paths)
        places = await team_tree.look_at_places(here.connection, here.team_id, paths)
        problems: dict[int, Problem] = {}
        taken: set[str] = set()
        for file in files:
            try:
                _check(file, there.get(file.path), places, taken)
            except ClientFault as error:
                problems[file.position] = Problem(error.code, error.detail)
        return problems

    async def put_off(self, here: Team, upload: Mapping[str, Any], files: Sequence[NewFile]) -> dict[int, Problem]:
        return {}

    async def name(self, here: Team, upload: Mapping[str, Any], files: list[NewFile]) -> Named:
        there = await team_file_store.find_at_paths(here.connection, here.team_id, [file.path for file in files])
        changed = [file for file in files if file.path not in there or there[file.path].sha256 != file.sha256]
        ids = await team_file_store.name_contents(
            here.connection,
            here.organisation_id,
            here.team_id,
            files,
            there,
            account_id=self._actor.account_id,
            author=self._actor.name,
            host=upload["host"],
        )
        if changed:
            await tell_of_files(
                here,
                "files.put",
                len(changed),
                upload=upload["id"],
                path=common_place(file.path for file in changed),
                size_bytes=sum(file.size_bytes for file in changed),
            )
        return Named(ids)


def _check(file: NewFile, there: Any, places: Places, taken: set[str]) -> None:
    """Let a file be where it shall be, or say why it cannot."""
    if folded(file.path) in taken:
        raise InvalidInput("This path stands twice in the batch: send one of the two, or the second one afterwards.")
    if file.expected_version is not None and not (there is not None and there.sha256 == file.sha256):
        check_version(file.path, there.version if there is not None else 0, file.expected_version)
    places.add(file.path)
    taken.add(folded(file.path))
