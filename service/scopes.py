"""The one table of scopes: what each allows, and the least role an organisation's member needs for it."""

from __future__ import annotations

from typing import Literal

import msgspec

from domain.errors import InvalidInput

__all__ = [
    "LINK",
    "PUBLIC",
    "RANKS",
    "SCOPES",
    "SIGNED_IN",
    "TEAM_RANKS",
    "UPLOAD_ONLY",
    "Role",
    "Scope",
    "TeamRole",
    "check_scopes",
    "works_in_closed",
]

Role = Literal["owner", "admin", "member"]
"The roles that are given; a guest becomes one by an assignment."
RANKS: dict[str, int] = {"reader": 0, "guest": 1, "member": 2, "admin": 3, "owner": 4}
"A reader is nobody of the organisation, and sees what it shares with a team of theirs."

TeamRole = Literal["manager", "editor", "viewer"]
TEAM_RANKS: dict[str, int] = {"viewer": 1, "editor": 2, "manager": 3}

LINK = "link"
"Operations of whoever holds a link; they take nothing else."
PUBLIC = "public"
"Operations that need no login."
SIGNED_IN = "account"
"Operations on one's own account; tokens need the scope, no role matters."


class Scope(msgspec.Struct, frozen=True):
    """What a scope allows, and the least role that may use it: in the organisation, and in a team."""

    allows: str
    role: Literal["owner", "admin", "member", "guest", "reader"] = "member"
    team_role: TeamRole = "manager"


SCOPES: dict[str, Scope] = {
    "account": Scope("read one's own account, make organisations and tokens"),
    "organisation:read": Scope("read the organisation, its people, sites, telescopes and instruments", "guest"),
    "organisation:write": Scope(
        "change the organisation, its sites, telescopes, instruments and header mappings", "admin"
    ),
    "organisation:close": Scope("close the organisation, and reopen it", "owner"),
    "portal:write": Scope("show the organisation to the public, or no longer", "owner"),
    "people:write": Scope("add, change and remove members; nobody grants above their own role", "admin"),
    "applications:write": Scope(
        "register, list and remove applications that people log in to with this service", "owner"
    ),
    "files:read": Scope("list and download files, frames, headers and previews; search; see the tree", "reader"),
    "files:write": Scope("set the quality of frames", "guest"),
    "ingests:write": Scope("derive what is known of files again"),
    "files:delete": Scope("delete and restore files"),
    "logs:read": Scope("read night logs", "guest"),
    "logs:write": Scope("write and edit entries of night logs", "guest"),
    "logs:sign": Scope("sign night logs, which closes them"),
    "satellites:read": Scope("ask which satellites cross a field or pass over a site, and where they are", "guest"),
    "satellites:write": Scope("bring element sets in, as an operator of the service"),
    "datasets:read": Scope("read datasets and data packages", "reader"),
    "datasets:share": Scope("share datasets with a team, and end that"),
    "links:write": Scope("make, list and revoke links to datasets, folders and data packages"),
    "teams:host": Scope("make teams that the organisation hosts", "admin"),
    "teams:read": Scope("read the teams one belongs to, and what is shared with them", team_role="viewer"),
    "teams:write": Scope("invite people to a team, change and remove them; rename and end it"),
    "team-files:read": Scope("list and download one's own files and those of one's teams", team_role="viewer"),
    "team-files:write": Scope("put, move, delete and restore one's own files and those of teams", team_role="editor"),
    "team-files:empty": Scope("empty one's own trash and that of teams"),
    "tiers:read": Scope("see in which storage tiers datasets lie"),
    "tiers:write": Scope("say after how long datasets move to other storage tiers", "admin"),
    "tiers:recall": Scope("recall datasets from the archive, which costs"),
    "datasets:write": Scope("make, fill and close datasets; draft data packages"),
    "embargoes:read": Scope("read which data is held back, how long and why"),
    "embargoes:write": Scope("hold data back for a while, and lift that", "admin"),
    "packages:publish": Scope("publish and withdraw data packages", "admin"),
    "jobs:read": Scope("see jobs and their progress", "guest"),
    "events:read": Scope("follow what happens in the organisation"),
    "jobs:write": Scope("retry jobs that failed", "admin"),
    "uploads:write": Scope("send files and nothing else: for a telescope's computer", "guest"),
    "agents:read": Scope("see the watch agents on telescopes' computers", "guest"),
    "agents:write": Scope("forget watch agents that are no more", "admin"),
    "coming:read": Scope("see previews of frames that are on their way"),
    "webhooks:write": Scope("register webhooks, read what became of their deliveries", "admin"),
    "receipts:read": Scope("see who downloaded packages and datasets", "admin"),
    "usage:read": Scope("see what is stored and downloaded, by whom and for what, and what it costs", "admin"),
    "payment:write": Scope("subscribe, change, pay and cancel; see invoices", "owner"),
    "service:operate": Scope(
        "see how the service and all organisations do, and retry jobs, as an operator of the service"
    ),
    "audit:read": Scope("read and export the audit log", "owner"),
}

UPLOAD_ONLY = ["uploads:write"]

_IN_CLOSED = {
    "organisation:close", "account", "files:delete", "team-files:empty", "tiers:recall", "payment:write",
    "portal:write",
}  # fmt: skip


def works_in_closed(scope: str) -> bool:
    """Tell whether a scope is for reading, deleting, paying or leaving: that goes on where an organisation closed."""
    return scope.endswith(":read") or scope in _IN_CLOSED


def check_scopes(scopes: list[str]) -> list[str]:
    """Return the scopes sorted and once each.

    Raises
    ------
    InvalidInput
        One of them does not exist; the message lists those that do.
    """
    if unknown := sorted(set(scopes) - SCOPES.keys()):
        raise InvalidInput(f"No such scope: {', '.join(unknown)[:200]}. There are: {', '.join(SCOPES)}.")
    return sorted(set(scopes))
