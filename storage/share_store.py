"""Datasets shared into teams, and links with what was downloaded by them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import new_id
from storage.sharing_tables import dataset_shares, link_downloads, links
from storage.tables import metadata

__all__ = [
    "add_link",
    "count_download",
    "end_share",
    "enter_team",
    "find_own_team",
    "get_link",
    "list_links",
    "list_shares",
    "list_team_datasets",
    "revoke_link",
    "share",
    "still_works",
    "was_begun",
]

AnyRow = Row[*tuple[Any, ...]]
accounts = metadata.tables["accounts"]
datasets = metadata.tables["datasets"]
organisations = metadata.tables["organisations"]
packages = metadata.tables["packages"]
versions = metadata.tables["package_versions"]


async def find_own_team(connection: AsyncConnection, account_id: UUID, slug: str) -> AnyRow | None:
    """Find a team that a person belongs to; the transaction becomes the team's as well."""
    return (
        await connection.execute(
            text(
                "SELECT t.id, t.slug, t.name, set_config('uraniborg.team', t.id::text, true) FROM teams t"
                " JOIN team_members m ON m.team_id = t.id"
                " WHERE t.slug = :slug AND m.account_id = :account AND t.owner_account_id IS NULL"
            ),
            {"slug": slug, "account": account_id},
        )
    ).first()


async def enter_team(connection: AsyncConnection, team_id: UUID) -> None:
    """Make the transaction a team's as well, to tell it what happened."""
    await connection.execute(text("SELECT set_config('uraniborg.team', :id, true)"), {"id": str(team_id)})


async def share(connection: AsyncConnection, **values: Any) -> None:
    """Share a dataset with a team, or change how."""
    statement = upsert(dataset_shares).values(**values)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["organisation_id", "dataset_id", "team_id"],
            set_={name: values[name] for name in ("with_embargoed", "shared_by")} | {"created_at": func.now()},
        )
    )


async def end_share(connection: AsyncConnection, dataset_id: UUID, team: str) -> UUID | None:
    """Stop sharing a dataset with a team; its id, or None where it was not shared with such a one."""
    found: UUID | None = await connection.scalar(
        delete(dataset_shares)
        .where(dataset_shares.c.dataset_id == dataset_id, dataset_shares.c.team == team)
        .returning(dataset_shares.c.team_id)
    )
    return found


async def list_shares(connection: AsyncConnection, dataset_id: UUID, *, after: str, limit: int) -> list[AnyRow]:
    """List the teams that a dataset is shared with, in order of slug."""
    rows = await connection.execute(
        select(
            dataset_shares.c.team,
            dataset_shares.c.with_embargoed,
            accounts.c.email.label("shared_by"),
            dataset_shares.c.created_at,
        )
        .join(accounts, accounts.c.id == dataset_shares.c.shared_by)
        .where(dataset_shares.c.dataset_id == dataset_id, dataset_shares.c.team > after)
        .order_by(dataset_shares.c.team)
        .limit(limit)
    )
    return list(rows)


async def list_team_datasets(
    connection: AsyncConnection, team_id: UUID, *, after: tuple[str, str], limit: int
) -> list[AnyRow]:
    """List what is shared with a team, in order of organisation and dataset."""
    rows = await connection.execute(
        select(
            organisations.c.slug.label("organisation"),
            datasets.c.slug.label("dataset"),
            datasets.c.name,
            datasets.c.description,
            dataset_shares.c.with_embargoed,
            dataset_shares.c.created_at,
        )
        .join(organisations, organisations.c.id == dataset_shares.c.organisation_id)
        .join(
            datasets,
            (datasets.c.organisation_id == dataset_shares.c.organisation_id)
            & (datasets.c.id == dataset_shares.c.dataset_id),
        )
        .where(dataset_shares.c.team_id == team_id, tuple_(organisations.c.slug, datasets.c.slug) > after)
        .order_by(organisations.c.slug, datasets.c.slug)
        .limit(limit)
    )
    return list(rows)


LINKS = (
    select(
        links,
        datasets.c.slug.label("dataset"),
        packages.c.slug.label("package"),
        versions.c.version,
        accounts.c.email.label("made_by"),
    )
    .join(accounts, accounts.c.id == links.c.created_by)
    .outerjoin(
        datasets, (datasets.c.organisation_id == links.c.organisation_id) & (datasets.c.id == links.c.dataset_id)
    )
    .outerjoin(
        versions, (versions.c.organisation_id == links.c.organisation_id) & (versions.c.id == links.c.version_id)
    )
    .outerjoin(packages, packages.c.id == versions.c.package_id)
)


async def add_link(connection: AsyncConnection, **values: Any) -> UUID:
    """Insert a link."""
    link_id = new_id()
    await connection.execute(insert(links).values(id=link_id, **values))
    return link_id


async def get_link(connection: AsyncConnection, link_id: UUID) -> AnyRow | None:
    """Find a link, one that does not work any more too."""
    return (await connection.execute(LINKS.where(links.c.id == link_id))).first()


async def list_links(connection: AsyncConnection, *, before: UUID | None, limit: int) -> list[AnyRow]:
    """List an organisation's links, newest first."""
    query = LINKS.order_by(links.c.id.desc()).limit(limit)
    return list(await connection.execute(query if before is None else query.where(links.c.id < before)))


async def revoke_link(connection: AsyncConnection, link_id: UUID) -> bool:
    """End a link; False where there is none that works."""
    done = await connection.execute(
        update(links).where(links.c.id == link_id, links.c.revoked_at.is_(None)).values(revoked_at=func.now())
    )
    return done.rowcount > 0


async def count_download(connection: AsyncConnection, organisation_id: UUID, link_id: UUID, what: str) -> bool:
    """Count one download, and note that it was begun; False where the last one that is allowed is gone."""
    done = await connection.execute(
        update(links)
        .where(
            links.c.id == link_id,
            links.c.downloads_allowed.is_(None) | (links.c.downloads < links.c.downloads_allowed),
        )
        .values(downloads=links.c.downloads + 1, last_used_at=func.now())
    )
    if done.rowcount == 0:
        return False
    statement = upsert(link_downloads).values(organisation_id=organisation_id, link_id=link_id, what=what)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["organisation_id", "link_id", "what"], set_={"begun_at": func.now()}
        )
    )
    return True


async def still_works(connection: AsyncConnection, link_id: UUID) -> bool:
    """Tell whether a link was neither revoked nor has expired."""
    found = await connection.scalar(
        select(links.c.id).where(
            links.c.id == link_id,
            links.c.revoked_at.is_(None),
            links.c.expires_at.is_(None) | (links.c.expires_at > func.now()),
        )
    )
    return found is not None


async def was_begun(connection: AsyncConnection, link_id: UUID, what: str, *, within: timedelta) -> bool:
    """Tell whether a download was counted a while ago, so that it may go on."""
    begun = await connection.scalar(
        select(link_downloads.c.begun_at).where(
            link_downloads.c.link_id == link_id,
            link_downloads.c.what == what,
            link_downloads.c.begun_at > func.now() - within,
        )
    )
    return begun is not None
