"""A person's own files: what they are called where a team's files are asked for, and why something cannot be done."""

from __future__ import annotations

from domain.errors import Conflict, NotAllowed, NotFound

__all__ = ["OWN_FILES", "HostLeft", "NoHost", "OwnFilesElsewhere", "OwnFilesNoTeam", "OwnFilesNotOpen", "check_team"]

OWN_FILES = "~me"
"In a team's place: the own files of whoever asks. No slug is written like this."


class OwnFilesNoTeam(NotFound):
    """Own files are one person's: they have no other people, nothing is shared with them, and they are no team."""

    code = "own-files-no-team"
    title = "Own files are no team"


class OwnFilesNotOpen(NotFound):
    """No organisation keeps somebody's own files yet; whoever writes the first one says which."""

    code = "own-files-not-open"
    title = "Own files have no place yet"


class OwnFilesElsewhere(Conflict):
    """Own files are kept by one organisation, and change to another only when there are none."""

    code = "own-files-elsewhere"
    title = "Another organisation keeps your own files"


class NoHost(Conflict):
    """All data belongs to an organisation, and this person is a member of none."""

    code = "no-host"
    title = "No organisation can keep your own files"


class HostLeft(NotAllowed):
    """Who left an organisation reads and deletes their own files there, and brings it no more of them."""

    code = "host-left"
    title = "You left the organisation that keeps your own files"


def check_team(team: str) -> None:
    """Refuse one's own files where a team is meant.

    Raises
    ------
    OwnFilesNoTeam
        They are named.
    """
    if team == OWN_FILES:
        raise OwnFilesNoTeam(
            "These are your own files, and no team: nobody else can be let in, and nothing is shared with them. List,"
            " send, move and restore the files; to work with others, make a team."
        )
