"""Frames joining open datasets by rule: one statement for any number of rules and frames."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.dataset_rule import DatasetRule
from storage.tables import metadata

__all__ = ["apply_rules", "hold_frames", "hold_rules"]

datasets = metadata.tables["datasets"]

HOLD = "SELECT pg_advisory_xact_lock{shared}(hashtextextended(:org, 12))"
CONDITIONS = {
    "telescope": "r.telescope_id = t.telescope_id",
    "night": "r.night = t.night",
    "object": "lower(r.object) = t.object",
    "frame_type": "r.frame_type = t.frame_type",
    "filter": "r.filter = t.filter",
}

# One live file stands for a frame: the one that first brought it, unless a newer version took its place.
MATCHES = """
    WITH rules AS MATERIALIZED (
        SELECT d.id AS dataset_id, d.rule->>'telescope' AS telescope, e.id AS telescope_id,
            cast(d.rule->>'night' AS date) AS night, lower(d.rule->>'object') AS object,
            d.rule->>'frame_type' AS frame_type, d.rule->>'filter' AS filter
        FROM datasets d LEFT JOIN telescopes e ON e.slug = d.rule->>'telescope'
        WHERE d.organisation_id = :org AND d.id = ANY(:datasets)
    ), outdated AS MATERIALIZED (
        SELECT supersedes AS id FROM files
        WHERE organisation_id = :org AND supersedes IS NOT NULL AND deleted_at IS NULL
    ), matched AS MATERIALIZED (
        SELECT t.dataset_id, r.sha256, r.start_at, f.*
        FROM rules t JOIN frames r ON r.organisation_id = :org AND NOT r.hidden {conditions}
        CROSS JOIN LATERAL (
            SELECT f.id AS file_id, f.path, f.dataset_id AS home_id FROM files f
            WHERE f.organisation_id = :org AND f.sha256 = r.sha256 AND f.deleted_at IS NULL
                AND f.id NOT IN (SELECT id FROM outdated)
            ORDER BY f.id <> r.file_id, f.id LIMIT 1
        ) f
        WHERE NOT EXISTS (
            SELECT FROM files g JOIN dataset_files m ON m.organisation_id = g.organisation_id AND m.file_id = g.id
            WHERE g.organisation_id = :org AND g.sha256 = r.sha256 AND m.dataset_id = t.dataset_id
                AND g.deleted_at IS NULL
        )
    )
"""

RENEW = """
    UPDATE dataset_files m SET file_id = n.file_id, added_at = now()
    FROM matched n JOIN files old ON old.organisation_id = :org AND old.path = n.path
        AND old.dataset_id IS NOT DISTINCT FROM n.home_id AND old.id IN (SELECT id FROM outdated)
    WHERE m.organisation_id = :org AND m.dataset_id = n.dataset_id AND m.file_id = old.id
"""

# A path that is taken gets the next free number before its suffix; `.fits.fz` counts as one suffix, `.20_001` as none.
JOIN = r"""
    , parted AS (
        SELECT matched.*, substring(path from '((?:\.[A-Za-z][A-Za-z0-9]{0,7}){0,2})$') AS suffix,
            row_number() OVER (PARTITION BY dataset_id, path ORDER BY start_at, file_id) AS turn,
            EXISTS (SELECT FROM dataset_files m WHERE m.organisation_id = :org
                AND m.dataset_id = matched.dataset_id AND m.path = matched.path) AS taken
        FROM matched
    ), stems AS (
        SELECT parted.*, left(path, length(path) - length(suffix)) || '-' AS stem FROM parted
    ), named AS (
        SELECT dataset_id, file_id,
            CASE WHEN turn = 1 AND NOT taken THEN path ELSE stem || number_now || suffix END AS path
        FROM stems CROSS JOIN LATERAL (
            SELECT CASE WHEN turn = 1 AND NOT taken THEN 0 ELSE turn - CASE WHEN taken THEN 0 ELSE 1 END + coalesce((
                SELECT max(cast(number AS integer)) FROM dataset_files m CROSS JOIN LATERAL (
                    SELECT substr(m.path, length(stem) + 1, greatest(0, length(m.path) - length(stem) - length(suffix)))
                        AS number
                ) x
                WHERE m.organisation_id = :org AND m.dataset_id = stems.dataset_id
                    AND starts_with(m.path, stem) AND right(m.path, length(suffix)) = suffix AND number ~ '^[0-9]{1,6}$'
            ), 1) END AS number_now
        ) y
    ), joined AS (
        INSERT INTO dataset_files (organisation_id, dataset_id, path, file_id)
        SELECT :org, dataset_id, path, file_id FROM named
        ON CONFLICT (organisation_id, dataset_id, path) DO NOTHING
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM named) AS wanted, (SELECT count(*) FROM joined) AS joined
"""


async def hold_frames(connection: AsyncConnection, organisation_id: UUID) -> None:
    """Wait for frames that come just now, and let others wait until the transaction ends: for whoever brings a rule.

    Else neither would see the other one. Comes before anything else is locked.
    """
    await connection.execute(text(HOLD.format(shared="")), {"org": str(organisation_id)})


async def hold_rules(connection: AsyncConnection, organisation_id: UUID) -> None:
    """Do the same with rules, for whoever brings frames; others who do are not waited for."""
    await connection.execute(text(HOLD.format(shared="_shared")), {"org": str(organisation_id)})


async def apply_rules(
    connection: AsyncConnection,
    organisation_id: UUID,
    frame_ids: list[UUID] | None,
    *,
    dataset_id: UUID | None = None,
) -> int:
    """Let frames join the open datasets whose rules they match; what is in a dataset already stays as it is.

    A new version of a file takes the place of the old one. Safe to repeat.

    Parameters
    ----------
    frame_ids : list of UUID or None
        Only these frames, which are new, after `hold_rules`; None for all, after `hold_frames`.
    dataset_id : UUID, optional
        Only this dataset.

    Returns
    -------
    int
        How many joined.
    """
    query = (
        select(datasets.c.id, datasets.c.rule)
        .where(datasets.c.organisation_id == organisation_id, datasets.c.state == "open", datasets.c.rule.is_not(None))
        .order_by(datasets.c.id)
        # Held, so that none is closed while frames join it.
        .with_for_update(read=True)
    )
    if dataset_id is not None:
        query = query.where(datasets.c.id == dataset_id)
    ruled = list(await connection.execute(query))
    if not ruled or frame_ids == []:
        return 0
    if frame_ids is not None:
        conditions = "".join(f" AND (t.{name} IS NULL OR {test})" for name, test in CONDITIONS.items())
        conditions += " AND r.id = ANY(:frames)"
        return await _join(
            connection, conditions, {"org": organisation_id, "datasets": [row.id for row in ruled], "frames": frame_ids}
        )
    joined = 0
    for row in ruled:
        # One rule at a time, and only what it names, so that the indexes of frames serve it.
        rule = msgspec.convert(row.rule, DatasetRule)
        conditions = "".join(f" AND {test}" for name, test in CONDITIONS.items() if getattr(rule, name) is not None)
        joined += await _join(connection, conditions, {"org": organisation_id, "datasets": [row.id]})
    return joined


async def _join(connection: AsyncConnection, conditions: str, values: dict[str, Any]) -> int:
    matches = MATCHES.format(conditions=conditions)
    renewed: int = (await connection.execute(text(matches + RENEW), values)).rowcount
    joined: int = 0
    while True:
        # Two that are given the same number meet in the primary key; the later one tries again with the next.
        row = (await connection.execute(text(matches + JOIN), values)).one()
        joined += row.joined
        if row.joined in (row.wanted, 0):
            return renewed + joined
