"""A connection that began with all but empty tables, and keeps its plans, still finds many rows one by one."""

from __future__ import annotations

from sqlalchemy import text

from storage.database import Database
from storage.ids import new_id
from tests.support.ledger_rows import add_contents, add_tenant, digest
from tests.support.older_database import database_at

MANY = 300
READ = text("SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables WHERE relname IN ('files', 'content_origins')")


async def test_many_files_are_put_into_a_dataset_without_going_through_all_for_each(owner: Database) -> None:
    async with database_at(owner, "head") as young, young.engine.connect() as connection:
        tenant = await add_tenant(connection)
        account, dataset = new_id(), new_id()
        await connection.execute(
            text("INSERT INTO accounts (id, email, name) VALUES (:id, 'tycho@hven.example', 'Tycho')"), {"id": account}
        )
        await connection.execute(
            text(
                "INSERT INTO datasets (organisation_id, id, slug, name, created_by) VALUES (:org, :id, 'n', 'N', :by)"
            ),
            {"org": tenant, "id": dataset, "by": account},
        )

        async def put(names: list[str]) -> None:
            await add_contents(connection, tenant, dict.fromkeys(names, 1))
            await connection.execute(
                text("""
                    INSERT INTO files (organisation_id, id, path, sha256, size_bytes, state, uploaded_by)
                    VALUES (:org, :id, :path, :sha256, 1, 'kept', :by)
                """),
                [
                    {"org": tenant, "id": new_id(), "path": name, "sha256": digest(name), "by": account}
                    for name in names
                ],
            )
            await connection.execute(
                text("""
                    INSERT INTO dataset_files (organisation_id, dataset_id, path, file_id)
                    SELECT organisation_id, :dataset, path, id FROM files WHERE path = ANY(:names)
                """),
                {"dataset": dataset, "names": names},
            )

        await put(["first"])
        await connection.commit()
        await connection.execute(text("ANALYZE files, content_origins, dataset_files"))
        await connection.commit()
        await put(["second"])  # the plans are made now, and kept
        await connection.commit()
        await put([f"frame {number}" for number in range(MANY)])
        assert await connection.scalar(READ) < 10 * MANY**2, "27 million would be each with each and each again"
        of = await connection.scalar(text("SELECT count(*) FROM content_origins WHERE dataset_id IS NOT NULL"))
        assert of == MANY + 2

        # A telescope that is found out later is that of the contents as well.
        telescope = new_id()
        await connection.execute(
            text("UPDATE files SET telescope_id = :telescope WHERE path LIKE 'frame %'"), {"telescope": telescope}
        )
        of = await connection.scalars(text("SELECT telescope_id FROM content_origins"))
        assert sorted(of, key=str) == sorted([telescope] * MANY + [None] * 2, key=str)
        # Where it stays what it was, as in most changes, nothing is compared.
        told = await connection.scalars(
            text("EXPLAIN (ANALYZE) UPDATE files SET state = 'indexed', telescope_id = telescope_id")
        )
        assert "follow_telescopes" not in "\n".join(told)
