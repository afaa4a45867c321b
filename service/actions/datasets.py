"""Datasets: made, filled by hand and by rule, closed and opened again."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy.engine import RowMapping

from domain.dataset_rule import DatasetClosed, DatasetRule, check_rule
from domain.errors import InvalidInput
from domain.header import Problem
from domain.paths import BadPath, clean_path
from domain.slugs import check_slug, slug_of
from service.actions.embargoes import keeping_embargoes, refuse_rule
from service.audit_log import record
from service.house import Actor, House, Tenant
from service.paging import Page, decode_cursor, encode_cursor
from storage import dataset_store, equipment_store

__all__ = [
    "AddedFile",
    "AddedFiles",
    "Dataset",
    "DatasetChange",
    "DatasetFile",
    "DatasetState",
    "FilesToAdd",
    "FilesToRemove",
    "NewDataset",
    "RemovedFiles",
    "add_dataset",
    "add_files",
    "change_dataset",
    "get_dataset",
    "list_dataset_files",
    "list_datasets",
    "remove_dataset",
    "remove_files",
    "set_state",
]

BATCH = 1000
DatasetState = Literal["open", "closed"]
Name = Annotated[str, Meta(min_length=1, max_length=200, examples=["2026-11-20 M31"])]
Description = Annotated[str, Meta(max_length=20_000)]


class NewDataset(msgspec.Struct, kw_only=True):
    """``slug`` is its name in addresses; left out, it is made from the name. With a rule it fills itself."""

    name: Name
    slug: Annotated[str, Meta(max_length=64)] | None = None
    description: Description = ""
    rule: DatasetRule | None = None


class DatasetChange(msgspec.Struct, kw_only=True):
    """Members left out stay as they are; ``rule`` null takes the rule away, what joined stays."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    rule: DatasetRule | UnsetType | None = UNSET


class Dataset(msgspec.Struct, kw_only=True):
    slug: str
    name: str
    description: str
    state: DatasetState
    rule: DatasetRule | None
    file_count: int
    size_bytes: int
    created_at: datetime


class DatasetFile(msgspec.Struct, kw_only=True):
    """A file of a dataset, under its path there."""

    path: str
    file: UUID
    sha256: str
    size_bytes: int
    media_type: str
    state: str
    added_at: datetime


class FileToAdd(msgspec.Struct, kw_only=True):
    """A file to add; ``path`` left out is the path it was uploaded under."""

    file: UUID
    path: Annotated[str, Meta(min_length=1, max_length=4096, examples=["light/M31/M31_R_001.fits"])] | None = None


class FilesToAdd(msgspec.Struct):
    files: Annotated[list[FileToAdd], Meta(min_length=1, max_length=BATCH)]


class AddedFile(msgspec.Struct, kw_only=True):
    """What became of one file.

    ``added``; ``present``: this content is under this path already; ``conflict``: another content is, or the path is a
    folder's; ``failed``: no such file, or no such path can be kept. See ``problem``; the others go on.
    """

    file: UUID
    path: str | None
    state: Literal["added", "present", "conflict", "failed"]
    problem: Problem | None = None


class AddedFiles(msgspec.Struct):
    files: list[AddedFile]


class FilesToRemove(msgspec.Struct):
    paths: Annotated[list[Annotated[str, Meta(min_length=1, max_length=4096)]], Meta(min_length=1, max_length=BATCH)]


class RemovedFiles(msgspec.Struct):
    """``removed`` were taken out, ``absent`` were not there; the files themselves stay stored."""

    removed: list[str]
    absent: list[str]


def _dataset(row: RowMapping) -> Dataset:
    return msgspec.convert({name: row[name] for name in Dataset.__struct_fields__}, Dataset)


async def _rule_values(tenant: Tenant, rule: DatasetRule | None) -> dict[str, Any] | None:
    """Check a rule and turn it into its column; the telescope it names must exist."""
    if rule is None:
        return None
    check_rule(rule)
    if rule.telescope is not None:
        await equipment_store.get(tenant.connection, "telescopes", rule.telescope)
    values: dict[str, Any] = msgspec.to_builtins(rule)
    return values


def _name(name: str) -> str:
    if not (name := " ".join(name.split())):
        raise InvalidInput("A name may not be blank.")
    return name


async def add_dataset(house: House, actor: Actor, organisation: str, new: NewDataset) -> Dataset:
    """Make a dataset; with a rule, the frames that match join at once and from then on.

    Raises
    ------
    Conflict
        The slug is taken.
    NotFound
        The telescope of the rule does not exist.
    """
    name = _name(new.name)
    slug = check_slug(new.slug or slug_of(name))
    async with house.tenant(actor, organisation) as tenant:
        if new.rule is not None:
            await dataset_store.hold_frames(tenant.connection, tenant.organisation_id)
        dataset_id = await dataset_store.add_dataset(
            tenant.connection,
            tenant.organisation_id,
            slug=slug,
            name=name,
            description=new.description,
            rule=await _rule_values(tenant, new.rule),
            created_by=actor.account_id,
        )
        if new.rule is not None:
            await dataset_store.apply_rules(tenant.connection, tenant.organisation_id, None, dataset_id=dataset_id)
        return _dataset(await dataset_store.get_dataset(tenant.connection, slug))


async def get_dataset(house: House, actor: Actor, organisation: str, slug: str) -> Dataset:
    """Read a dataset with the number and size of its files."""
    async with house.tenant(actor, organisation) as tenant:
        return _dataset(await dataset_store.get_dataset(tenant.connection, slug))


async def list_datasets(
    house: House, actor: Actor, organisation: str, *, state: DatasetState | None, cursor: str | None, limit: int
) -> Page[Dataset]:
    """List datasets in order of slug."""
    position = decode_cursor(cursor, str)
    async with house.tenant(actor, organisation) as tenant:
        rows = await dataset_store.list_datasets(
            tenant.connection, state=state, after=position[0] if position else None, limit=limit + 1
        )
    return Page(
        [_dataset(row) for row in rows[:limit]], encode_cursor(rows[limit - 1]["slug"]) if len(rows) > limit else None
    )


async def _open(tenant: Tenant, slug: str, *, exclusively: bool) -> RowMapping:
    """Hold a dataset that must be open.

    Raises
    ------
    DatasetClosed
    """
    row = await dataset_store.lock_dataset(tenant.connection, slug, exclusively=exclusively)
    if row["state"] != "open":
        raise DatasetClosed(f"The dataset {slug!r} is closed: open it again to change it.", dataset=slug)
    return row


async def change_dataset(house: House, actor: Actor, organisation: str, slug: str, changes: DatasetChange) -> Dataset:
    """Change a dataset's name, description or rule; frames that match a new rule join at once.

    Raises
    ------
    DatasetClosed
    NotAllowed
        An embargo was set for it, and only an admin changes its rule then.
    """
    values: dict[str, Any] = {}
    if changes.name is not UNSET:
        values["name"] = _name(changes.name)
    if changes.description is not UNSET:
        values["description"] = changes.description
    async with house.tenant(actor, organisation) as tenant:
        if changes.rule is not UNSET and changes.rule is not None:
            await dataset_store.hold_frames(tenant.connection, tenant.organisation_id)
        row = await _open(tenant, slug, exclusively=True)
        if changes.rule is not UNSET:
            await refuse_rule(tenant, row["id"])
            values["rule"] = await _rule_values(tenant, changes.rule)
        await dataset_store.change_dataset(tenant.connection, row["id"], values)
        if values.get("rule") is not None:
            await dataset_store.apply_rules(tenant.connection, tenant.organisation_id, None, dataset_id=row["id"])
        return _dataset(await dataset_store.get_dataset(tenant.connection, slug))


async def set_state(house: House, actor: Actor, organisation: str, slug: str, state: DatasetState) -> Dataset:
    """Close a dataset, or open it again; frames that matched its rule in the meantime join then. Safe to repeat."""
    async with house.tenant(actor, organisation) as tenant:
        if state == "open":
            await dataset_store.hold_frames(tenant.connection, tenant.organisation_id)
        row = await dataset_store.lock_dataset(tenant.connection, slug, exclusively=True)
        await dataset_store.change_dataset(tenant.connection, row["id"], {"state": state})
        if state == "open" and row["state"] != "open":
            await dataset_store.apply_rules(tenant.connection, tenant.organisation_id, None, dataset_id=row["id"])
        return _dataset(await dataset_store.get_dataset(tenant.connection, slug))


async def remove_dataset(house: House, actor: Actor, organisation: str, slug: str) -> None:
    """Delete a dataset that is empty or that no data package was published from; its files stay stored.

    Raises
    ------
    Conflict
    NotAllowed
        The embargo of one of its files would end sooner, and only an admin lifts one.
    UnderEmbargo
        So it would for an admin, who is to take it away first.
    """
    async with house.tenant(actor, organisation) as tenant:
        row = await dataset_store.lock_dataset(tenant.connection, slug, exclusively=True)
        async with keeping_embargoes(tenant, row):
            await dataset_store.remove_dataset(tenant.connection, row)
        await record(tenant, "dataset.deleted", f"datasets/{slug}")


async def list_dataset_files(
    house: House, actor: Actor, organisation: str, slug: str, *, prefix: str, cursor: str | None, limit: int
) -> Page[DatasetFile]:
    """List a dataset's files in order of path."""
    position = decode_cursor(cursor, str)
    async with house.tenant(actor, organisation) as tenant:
        rows = await dataset_store.list_dataset_files(
            tenant.connection,
            await dataset_store.get_dataset_id(tenant.connection, slug),
            prefix=unicodedata.normalize("NFC", prefix),
            after=position[0] if position else "",
            limit=limit + 1,
        )
    return Page(
        [msgspec.convert(dict(row), DatasetFile) for row in rows[:limit]],
        encode_cursor(rows[limit - 1]["path"]) if len(rows) > limit else None,
    )


async def add_files(house: House, actor: Actor, organisation: str, slug: str, new: FilesToAdd) -> AddedFiles:
    """Put files into a dataset; each one's fate is told, and one that cannot be added stops no other.

    Raises
    ------
    DatasetClosed
    NotAllowed
        The embargo of a file would end sooner, and only an admin lifts one.
    """
    async with house.tenant(actor, organisation) as tenant:
        dataset = await _open(tenant, slug, exclusively=False)
        own = await dataset_store.paths_of(tenant.connection, [item.file for item in new.files if item.path is None])
        results: list[AddedFile] = []
        items: list[tuple[int, str, UUID]] = []
        for position, item in enumerate(new.files):
            result = AddedFile(file=item.file, path=item.path or own.get(item.file), state="failed")
            results.append(result)
            if result.path is None:
                result.problem = _no_file()
                continue
            try:
                result.path = clean_path(result.path)
                items.append((position, result.path, item.file))
            except BadPath as error:
                result.problem = Problem(error.code, error.detail)
        paths, files = [path for _, path, _ in items], [file for _, _, file in items]
        async with keeping_embargoes(tenant, dataset, paths=paths, files=files):
            added, fates = await dataset_store.add_files(
                tenant.connection, tenant.organisation_id, dataset["id"], items
            )
    for position, path, file in items:
        result, fate = results[position], fates[position]
        if not fate["exists"]:
            result.problem = _no_file()
        elif (path, file) in added:
            added.discard((path, file))  # named twice in one batch, the second is there already
            result.state = "added"
        elif fate["same"]:
            result.state = "present"
        else:
            result.state = "conflict"
            result.problem = Problem(
                "path-taken",
                "Another content is under this path already: give the file another path, or remove the other one."
                if fate["file_id"]
                else "A file has the name of a folder here: give it another path.",
            )
    return AddedFiles(results)


def _no_file() -> Problem:
    return Problem("not-found", "There is no such file in this organisation, or it was deleted.")


async def remove_files(house: House, actor: Actor, organisation: str, slug: str, wanted: FilesToRemove) -> RemovedFiles:
    """Take files out of a dataset; they stay stored. Safe to repeat.

    Raises
    ------
    DatasetClosed
    NotAllowed
        The embargo of a file would end sooner, and only an admin lifts one.
    """
    async with house.tenant(actor, organisation) as tenant:
        dataset = await _open(tenant, slug, exclusively=False)
        paths = list(dict.fromkeys(unicodedata.normalize("NFC", path) for path in wanted.paths))
        async with keeping_embargoes(tenant, dataset, paths=paths):
            removed = await dataset_store.remove_files(tenant.connection, dataset["id"], paths)
    return RemovedFiles([path for path in paths if path in removed], [path for path in paths if path not in removed])
