"""The table of workers: which processes take jobs, and when each was last heard of."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text, func, text

from storage.tables import Moment, Uuid, metadata

__all__ = ["workers"]

workers = Table(
    "workers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("host", Text, nullable=False),
    Column("process", Integer, nullable=False, comment="its number on that host"),
    Column("jobs", Integer, nullable=False, server_default=text("0"), comment="in its hands now"),
    Column("started_at", Moment, nullable=False, server_default=func.now()),
    Column("seen_at", Moment, nullable=False, server_default=func.now()),
)
