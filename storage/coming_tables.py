"""The table of frames on their way: what watch agents show of files which are not sent yet."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text, func

from storage.tables import Json, Moment, Uuid, metadata

__all__ = ["coming_frames"]

coming_frames = Table(
    "coming_frames",
    metadata,
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("agent", Text, primary_key=True, comment="its name; it may not have reported yet"),
    Column("path", Text, primary_key=True),
    Column("id", Uuid, nullable=False, comment="another one with each announcement"),
    Column("account_id", Uuid, ForeignKey("accounts.id"), nullable=False, comment="whose token the agent has"),
    Column("size_bytes", BigInteger, nullable=False, comment="of the file"),
    Column("facts", Json, nullable=False, comment="as its header says, which nothing here has checked"),
    Column("preview", LargeBinary, comment="null: the file cannot be drawn"),
    Column("media_type", Text, comment="of the preview"),
    Column("announced_at", Moment, nullable=False, server_default=func.now()),
    Index("ix_coming_frames_account", "account_id"),
    Index("ix_coming_frames_id", "organisation_id", "id", unique=True),
    Index("ix_coming_frames_announced", "organisation_id", "announced_at"),
)
