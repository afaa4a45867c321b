"""The ways into the tree: each opens the transaction in which a branch can be seen, as whoever asks may see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotAllowed, NotFound
from domain.own_files import OWN_FILES
from domain.tree_path import NO_TELESCOPE, TreePath
from service.house import Actor, House, Team, Tenant
from storage import dataset_store, tree_folders, tree_store
from storage.tree_store import Branch

__all__ = ["OpenBranch", "open_branch", "open_organisation", "open_team", "read_version", "shared_names"]

LATEST_VERSION = 2**31 - 1


class OpenBranch(msgspec.Struct, frozen=True):
    """A branch of files with the transaction in which they are seen; ``organisation_id`` counts their downloads."""

    connection: AsyncConnection
    branch: Branch
    organisation_id: UUID | None = None


def _for(actor: Actor, scope: str) -> Actor:
    """Let somebody ask for a part of the tree that has a scope of its own.

    Raises
    ------
    NotAllowed
        Their token lacks it.
    """
    if actor.token_scopes is not None and scope not in actor.token_scopes:
        raise NotAllowed(f"This token lacks the scope {scope}.", scope=scope)
    return msgspec.structs.replace(actor, scope=scope)


@asynccontextmanager
async def open_team(house: House, actor: Actor, team: str) -> AsyncIterator[Team]:
    """Open a team, for what is shared with it."""
    async with house.team(_for(actor, "teams:read"), team) as opened:
        yield opened


@asynccontextmanager
async def open_organisation(house: House, actor: Actor, organisation: str) -> AsyncIterator[Tenant]:
    """Open an organisation, for its nights and datasets."""
    async with house.tenant(_for(actor, "files:read"), organisation) as opened:
        yield opened


async def shared_names(team: Team) -> dict[str, tuple[str, UUID]]:
    """Name the datasets that are shared with a team: organisation and dataset of each name.

    Of several that have one slug, the one shared first goes by it alone, the others also by their organisation's; so
    no name comes to mean another dataset because one more is shared.
    """
    names: dict[str, tuple[str, UUID]] = {}
    for row in await tree_folders.list_shared(team.connection, team.team_id):
        name = row.dataset if row.dataset not in names else f"{row.dataset}~{row.organisation}"
        names[name] = (row.organisation, row.id)
    return dict(sorted(names.items()))


@asynccontextmanager
async def open_branch(house: House, actor: Actor, path: TreePath) -> AsyncIterator[OpenBranch]:
    """Open the branch of files that a path leads into.

    Raises
    ------
    NotFound
        There is none, or whoever asks may not see it: the two are not told apart.
    NotAllowed
        Their token lacks a scope.
    """
    if path.kind in ("own-files", "team-files"):
        whose = path.names[0] if path.names else OWN_FILES
        async with house.team_files(_for(actor, "team-files:read"), whose) as team:
            yield OpenBranch(team.connection, tree_store.team_branch(team.team_id))
    elif path.kind == "package-version":
        organisation, package, version = path.names
        async with house.public(organisation) as tenant:
            number = read_version(version)
            found = await tree_folders.find_package_version(tenant.connection, package, number) if number else None
            if found is None:
                raise NotFound("There is no such published version.")
            yield OpenBranch(tenant.connection, tree_store.package_branch(found))
    elif path.kind == "team-dataset":
        async with open_team(house, actor, path.names[0]) as team:
            shared = (await shared_names(team)).get(path.names[1])
        if shared is None:
            raise NotFound("This team has no such dataset.")
        async with open_organisation(house, actor, shared[0]) as tenant:
            yield OpenBranch(tenant.connection, tree_store.dataset_branch(shared[1]), tenant.organisation_id)
    else:
        async with open_organisation(house, actor, path.names[0]) as tenant:
            branch = await (_dataset if path.kind == "dataset" else _night_frames)(tenant, *path.names[1:])
            yield OpenBranch(tenant.connection, branch, tenant.organisation_id)


async def _dataset(tenant: Tenant, slug: str) -> Branch:
    return tree_store.dataset_branch(await dataset_store.get_dataset_id(tenant.connection, slug))


async def _night_frames(tenant: Tenant, night: str, telescope: str) -> Branch:
    missing = NotFound("There are no frames of this night and telescope.")
    try:
        evening = date.fromisoformat(night)
    except ValueError:
        raise missing from None
    if telescope == NO_TELESCOPE:
        return tree_store.night_branch(evening, None)
    telescope_id = await tree_folders.find_telescope(tenant.connection, telescope)
    if telescope_id is None:
        raise missing
    return tree_store.night_branch(evening, telescope_id)


def read_version(name: str) -> int | None:
    """Read the name of a version's folder, ``v1``; None for any other name."""
    number = name.removeprefix("v")
    plain = number != name and number.isascii() and number.isdecimal() and not number.startswith("0")
    return int(number) if plain and len(number) <= 10 and int(number) <= LATEST_VERSION else None
