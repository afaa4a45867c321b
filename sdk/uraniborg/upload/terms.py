"""Where an upload goes, and what belongs to all of its files."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any, Literal, get_args

import msgspec

from uraniborg.errors import NotFound

if TYPE_CHECKING:
    from uraniborg.client import Client

__all__ = ["FRAME_TYPES", "FrameType", "Terms"]

FrameType = Literal["bias", "dark", "flat", "light", "arc", "focus", "sky", "other"]
FRAME_TYPES: tuple[str, ...] = get_args(FrameType)
TEAM_OPERATIONS = {
    "start_upload": "start_team_upload",
    "get_upload": "get_team_upload",
    "sign_parts": "sign_team_parts",
    "complete_upload": "complete_team_upload",
}


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to all files of an upload: to an organisation, or among the files of a team.

    ``expected_version``: of a team's file, refuse it at any other; 0: refuse it if it is there.
    """

    organisation: str = ""
    telescope: str | None = None
    instrument: str | None = None
    dataset: str | None = None
    frame_type: str | None = None
    team: str | None = None
    expected_version: int | None = None

    def call(self, client: Client, operation_id: str, **values: Any) -> Any:
        """Ask for an operation of uploads where these go; the first of one's own files make a place for themselves."""
        if self.team is not None:
            try:
                return client.call(TEAM_OPERATIONS[operation_id], team=self.team, **values)
            except NotFound as error:
                if error.type != "/problems/own-files-not-open" or operation_id != "start_upload":
                    raise
            client.call("open_own_files", body={})
            return client.call(TEAM_OPERATIONS[operation_id], team=self.team, **values)
        return client.call(operation_id, organisation=self.organisation, **values)

    def announced(self, files: list[dict[str, object]], part_size_bytes: int | None) -> dict[str, object]:
        """Write what announces a batch of files, and how large a part may be, if that matters."""
        batch: dict[str, object] = {"host": socket.gethostname(), "files": files}
        if part_size_bytes is not None:
            batch["part_size_bytes"] = part_size_bytes
        if self.team is None:
            told = ("telescope", "instrument", "dataset", "frame_type")
            return batch | {name: getattr(self, name) for name in told if getattr(self, name) is not None}
        if self.expected_version is not None:
            batch["files"] = [file | {"expected_version": self.expected_version} for file in files]
        return batch
