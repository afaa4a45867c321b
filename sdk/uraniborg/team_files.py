"""Files of a team's own: sent to it, found there by their paths, and fetched."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from uraniborg.download import Source
from uraniborg.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from uraniborg._generated.wire import TeamEntry
    from uraniborg.client import Client
    from uraniborg.upload.report import Progress, UploadReport

__all__ = ["find_entry", "put_team_files", "sources"]


def put_team_files(
    client: Client,
    paths: str | Path | Iterable[str | Path],
    team: str,
    *,
    folder: str = "",
    expected_version: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    follow_symlinks: bool = False,
    patience_s: float | None = None,
) -> UploadReport:
    """Send files and folders to a team; a path that is there gets a new version.

    What the team has already is not sent again. A bad file stops no other: each one's fate is in the report.

    Parameters
    ----------
    paths : path or iterable of paths
        Files, and folders whose files keep their paths relative to the folder.
    folder : str
        Where to, at the team; its root when left out.
    expected_version : int, optional
        Refuse a file that is at another version there; 0: one that is there at all.
    progress, follow_symlinks
        As `Client.upload`.
    patience_s : float, optional
        How long the store may be away, in each of a few rounds; two minutes when left out.

    Raises
    ------
    UraniborgError
        The service refuses the upload as a whole, or does not answer.
    """
    from uraniborg.upload.pipeline import Pipeline
    from uraniborg.upload.sender import PATIENCE_S
    from uraniborg.upload.terms import Terms

    given = [paths] if isinstance(paths, str | Path) else list(paths)
    terms = Terms(team=team, expected_version=expected_version)
    pipeline = Pipeline(
        client,
        terms,
        progress=progress,
        follow_symlinks=follow_symlinks,
        folder=folder,
        patience_s=PATIENCE_S if patience_s is None else patience_s,
    )
    return pipeline.run([Path(path) for path in given])


def find_entry(client: Client, team: str, path: str) -> TeamEntry:
    """Find the file at a path.

    Raises
    ------
    NotFound
        There is none.
    InvalidInput
        It is a folder.
    """
    found = client.list_team_files(team, folder=path, limit=1).items
    if not found:
        raise NotFound("A team's root is no file: name one.")
    # The service cleans a path before it looks; what it finds below that path is not what was named.
    steps = [step for step in unicodedata.normalize("NFC", path).split("/") if step not in ("", ".")]
    if found[0].kind == "folder" or found[0].path != "/".join(steps):
        raise InvalidInput(f"{path} is a folder: name a file in it.")
    return found[0]


def sources(client: Client, team: str, path: str, *, version: int | None = None) -> Iterator[Source]:
    """Find what to fetch: the file at a path, or every file below a folder; ``/`` is all there is.

    Parameters
    ----------
    version : int, optional
        Of a file, an older one.

    Raises
    ------
    NotFound
        There is neither, or no such version.
    """
    if version is None:
        for entry in client.iterate("list_team_files", team=team, folder=path, whole_tree=True):
            yield Source(entry.path, entry.size_bytes, entry.sha256, _address(team, entry.id, entry.version))
        return
    entry = find_entry(client, team, path)
    wanted = (v for v in client.iterate("list_team_file_versions", team=team, file_id=entry.id) if v.version == version)
    if (older := next(wanted, None)) is None:
        raise NotFound(f"{entry.path} has no version {version}: `uraniborg team versions` lists those it has.")
    yield Source(entry.path, older.size_bytes, older.sha256, _address(team, str(entry.id), version))


def _address(team: str, file_id: str, version: int) -> Callable[[Client], str]:
    return lambda client: client.get_team_file_content(team, file_id, version=version)
