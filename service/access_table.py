"""The one table of who may do what with which things; ``docs/access.md`` is rendered from it, and every cell is tried.

It says what must come of the checks and makes none: they are in `service/house.py`, `service/scopes.py` and the
policies, and `tests/service/test_access.py` holds each operation against each cell. Whoever adds an operation adds its
name to a row.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

__all__ = ["MEANINGS", "STATES", "TABLE", "WHO", "Kind", "Outcome", "Row", "State", "Who", "cells_of", "row_of", "sees"]

Who = Literal[
    "owner", "admin", "member", "guest", "past guest", "other guest", "team manager", "team editor", "team viewer",
    "link holder", "stranger", "nobody", "upload token",
]  # fmt: skip
WHO: tuple[Who, ...] = get_args(Who)

State = Literal["own", "shared", "embargoed", "withdrawn", "foreign"]
STATES: dict[State, str] = {
    "own": "the organisation's own thing, of which nothing was shared or published",
    "shared": "the thing is shared with the team and by the link; a package is published",
    "embargoed": "it is shared as well, but held back",
    "withdrawn": "it was deleted, revoked or withdrawn",
    "foreign": "who asks is the same in another organisation, and names this one's things",
}
Outcome = Literal["yes", "hid", "late", "author", "400", "401", "403", "404", "409", "410"]
MEANINGS: dict[Outcome, str] = {
    "yes": "done; a list shows the thing",
    "hid": "answered, as if the thing were not there",
    "late": "403: the guest's nights are over, or not these",
    "author": "403: a guest changes what they wrote themselves",
    "400": "400: the example's value is refused, whoever sends it",
    "401": "401: signed in as nobody whom this takes",
    "403": "403: the role, or the token's scopes, are too low",
    "404": "404: told as if it were not there",
    "409": "409: may be asked, and is not possible now",
    "410": "410: a tombstone says why it is gone",
}
Kind = Literal["frame", "dataset", "package"]
"What there is of each state; a row's kind is what its cells are about."
Cells = dict[Who, Outcome]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Operations that the same people may do with the same things."""

    area: str
    title: str
    operations: tuple[str, ...]
    kind: Kind | None
    cells: dict[State, Cells]


def _cells(outcomes: str) -> Cells:
    words = outcomes.split()
    if len(words) != len(WHO) or not set(words) <= MEANINGS.keys():
        raise ValueError(outcomes)
    return dict(zip(WHO, words, strict=True))  # type: ignore[arg-type]


# Guests: one who has the telescope and whose night it is, one whose nights are over, and one whose nights are others.
# fmt: off
#                 owner admin member guest past other  manager editor viewer  link stranger nobody upload
_NO_PAYER= _cells("409  403   403    403   403  403    404     404    404     401  404      401    403")
_UNPROVEN= _NO_PAYER
_OWNERS  = _cells("yes  403   403    403   403  403    404     404    404     401  404      401    403")
_ADMINS  = _cells("yes  yes   403    403   403  403    404     404    404     401  404      401    403")
_MEMBERS = _cells("yes  yes   yes    403   403  403    404     404    404     401  404      401    403")
_GUESTS  = _cells("yes  yes   yes    yes   yes  yes    404     404    404     401  404      401    403")
_NIGHTS  = _cells("yes  yes   yes    yes   yes  404    404     404    404     401  404      401    403")
_IN_LIST = _cells("yes  yes   yes    yes   yes  hid    404     404    404     401  404      401    403")
_NOT_GST = _cells("yes  yes   yes    404   404  404    404     404    404     401  404      401    403")
_NO_MORE = _cells("404  404   404    403   403  403    404     404    404     401  404      401    403")
_GONE    = _cells("404  404   404    404   404  404    404     404    404     401  404      401    403")
_UNSEEN  = _cells("hid  hid   hid    hid   hid  hid    hid     hid    hid     401  404      401    403")
# What a dataset shared with a team gives its people, besides the organisation's own.
_READ    = _cells("yes  yes   yes    yes   yes  404    yes     yes    yes     401  404      401    403")
_READ_L  = _cells("yes  yes   yes    yes   yes  hid    yes     yes    yes     401  404      401    403")
_UNREAD  = _cells("yes  yes   yes    yes   yes  404    404     404    404     401  404      401    403")
_UNREAD_L= _cells("yes  yes   yes    yes   yes  hid    hid     hid    hid     401  404      401    403")
_SET     = _cells("yes  yes   yes    404   404  404    yes     yes    yes     401  404      401    403")
_SET_L   = _cells("yes  yes   yes    hid   hid  hid    yes     yes    yes     401  404      401    403")
_NO_SET  = _cells("yes  yes   yes    404   404  404    404     404    404     401  404      401    403")
_NO_SET_L= _cells("yes  yes   yes    hid   hid  hid    hid     hid    hid     401  404      401    403")
_ISSUED  = _cells("yes  yes   yes    yes   yes  yes    yes     yes    yes     401  404      401    403")
_DRAFT   = _cells("409  409   409    403   403  403    404     404    404     401  404      401    403")
_HELD_A  = _cells("yes  yes   403    403   403  403    404     404    404     401  404      401    403")
_HELD_P  = _cells("409  409   403    403   403  403    404     404    404     401  404      401    403")
# Guests change what is of their nights, while they have the telescope.
_JUDGE   = _cells("yes  yes   yes    yes   late 404    404     404    404     401  404      401    403")
_WRITE   = _cells("yes  yes   yes    yes   late late   404     404    404     401  404      401    403")
_THEIRS  = _cells("yes  yes   yes   author late late   404     404    404     401  404      401    403")
_SEND    = _cells("yes  yes   yes    yes   late yes    404     404    404     401  404      401    yes")
_SEND_ANY= _cells("yes  yes   yes    yes   yes  yes    404     404    404     401  404      401    yes")
_SENDER  = _cells("yes  yes   yes    404   404  404    404     404    404     401  404      401    yes")
_FOREIGN = _GONE
_SENDER_F= _cells("404  404   404    404   404  404    404     404    404     401  404      401    404")
# A team's people are of any organisation, and those of its host need not be among them.
_MANAGE  = _cells("404  404   404    404   404  404    yes     403    403     401  404      401    403")
_TEAM    = _cells("404  404   404    404   404  404    yes     yes    yes     401  404      401    403")
_EDIT    = _cells("404  404   404    404   404  404    yes     yes    403     401  404      401    403")
_TEAM_NO = _cells("404  404   404    404   404  404    404     403    403     401  404      401    403")
# Without an organisation: one's own account, a link, the public.
_ACCOUNT = _cells("yes  yes   yes    yes   yes  yes    yes     yes    yes     401  yes      401    403")
_BY_HAND = _cells("403  403   403    403   403  403    403     403    403     401  403      401    403")
_OWN_ID  = _cells("yes  404   404    404   404  404    404     404    404     401  404      401    403")
_CODE    = _cells("400  400   400    400   400  400    400     400    400     401  400      401    403")
_INVITEE = _cells("yes  403   403    403   403  403    403     403    403     401  403      401    403")
_LINK    = _cells("401  401   401    401   401  401    401     401    401     yes  401      401    401")
_LINK_NO = _cells("401  401   401    401   401  401    401     401    401     404  401      401    401")
_LINK_HID= _cells("401  401   401    401   401  401    401     401    401     hid  401      401    401")
_NO_LINK = _cells("401  401   401    401   401  401    401     401    401     401  401      401    401")
_PUBLIC  = _cells("yes  yes   yes    yes   yes  yes    yes     yes    yes     yes  yes      yes    yes")
_HIDDEN  = _cells("hid  hid   hid    hid   hid  hid    hid     hid    hid     hid  hid      hid    hid")
_UNKNOWN = _cells("404  404   404    404   404  404    404     404    404     404  404      404    404")
_TOMB    = _cells("410  410   410    410   410  410    410     410    410     410  410      410    410")
_CLOSED  = _cells("403  403   403    403   403  403    403     403    403     403  403      403    403")
_NO_CODE = _cells("400  400   400    400   400  400    400     400    400     400  400      400    400")
_NO_STEP = _NO_LINK | {"link holder": "401"}
# fmt: on


def _rows(area: str, *rows: tuple[str, str, Kind | None, dict[State, Cells]]) -> list[Row]:
    return [
        Row(area=area, title=title, operations=tuple(operations.split()), kind=kind, cells=dict(cells))
        for title, operations, kind, cells in rows
    ]


def _tenant(own: Cells, **more: Cells) -> dict[State, Cells]:
    """Cells of what belongs to an organisation: to the people of another one it is not there."""
    return {"own": own, **more, "foreign": more.get("foreign", _FOREIGN)}  # type: ignore[dict-item]


def _states(own: Cells, shared: Cells, embargoed: Cells, withdrawn: Cells) -> dict[State, Cells]:
    return _tenant(own, shared=shared, embargoed=embargoed, withdrawn=withdrawn)


def _published(shared: Cells, withdrawn: Cells, other: Cells = _UNKNOWN) -> dict[State, Cells]:
    """Cells of a package as anyone sees it: a draft, with files under embargo or without, is not there."""
    return {"own": other, "embargoed": other, "shared": shared, "withdrawn": withdrawn}


TABLE: list[Row] = [
    *_rows(
        "The organisation, its people and equipment",
        ("read the organisation, and its people: guests see themselves", "get_organisation list_members", None,
         _tenant(_GUESTS)),
        ("change its name and settings", "rename_organisation get_datacite_account set_datacite_account"
         " remove_datacite_account get_portal", None, _tenant(_ADMINS)),
        ("show it to the public", "set_portal set_portal_logo remove_portal_logo set_portal_host"
         " remove_portal_host", None, _tenant(_OWNERS)),
        ("prove a host of its own: here, where no DNS answers", "prove_portal_host", None, _tenant(_UNPROVEN)),
        ("close it, and reopen it", "close_organisation reopen_organisation", None, _tenant(_OWNERS)),
        ("add, change and remove members", "set_member remove_member", None, _tenant(_ADMINS)),
        ("assign visiting observers", "add_assignment change_assignment remove_assignment", None, _tenant(_ADMINS)),
        ("list assignments: guests see their own", "list_assignments", None, _tenant(_GUESTS)),
        ("read another's assignment", "get_assignment", None, _tenant(_NOT_GST)),
        ("read equipment: guests see that of their telescopes", "get_site list_sites get_telescope list_telescopes"
         " get_instrument list_instruments", None, _tenant(_GUESTS)),
        ("change equipment", "add_site change_site remove_site add_telescope change_telescope remove_telescope"
         " add_instrument change_instrument try_header_mapping remove_instrument", None, _tenant(_ADMINS)),
        ("register applications", "add_application list_applications replace_application_secret remove_application",
         None, _tenant(_OWNERS)),
        ("webhooks", "add_webhook list_webhooks get_webhook change_webhook remove_webhook rotate_webhook_secret"
         " ping_webhook list_webhook_deliveries redeliver_webhook", None, _tenant(_ADMINS)),
        ("the audit log", "list_audit_entries export_audit", None, _tenant(_OWNERS)),
        ("receipts of downloads", "list_package_downloads list_dataset_downloads", None, _tenant(_ADMINS)),
        ("what is stored, and what it costs", "get_usage get_bill estimate_costs", None, _tenant(_ADMINS)),
        ("see how it pays, and its invoices", "get_payment list_payment_invoices", None, _tenant(_OWNERS)),
        ("subscribe, change and cancel: here, where nobody takes payments", "open_checkout open_payment_portal"
         " change_payment_plan cancel_payment", None, _tenant(_NO_PAYER)),
        ("see the agents on telescopes' computers", "list_agents", None, _tenant(_GUESTS)),
        ("forget an agent", "forget_agent", None, _tenant(_ADMINS)),
        ("see what is on its way", "list_coming_frames get_coming_preview", None, _tenant(_MEMBERS)),
        ("follow what happens", "follow_events", None, _tenant(_MEMBERS)),
        ("list jobs: guests see what they began", "list_jobs", None, _tenant(_GUESTS)),
        ("read a job that another began", "get_job", None, _tenant(_NOT_GST)),
        ("retry jobs that died", "retry_job", None, _tenant(_ADMINS)),
    ),
    *_rows(
        "Files, frames and nights",
        ("begin an upload", "start_upload", None, _tenant(_SEND, foreign=_SENDER_F)),
        ("ask which contents are safe; report as an agent, and show what is on its way",
         "check_contents report_agent announce_frames", None, _tenant(_SEND_ANY, foreign=_SENDER_F)),
        ("go on with one's own upload", "get_upload sign_parts complete_upload", None,
         _tenant(_SENDER, foreign=_SENDER_F)),
        ("read a file", "get_file", "frame", _states(_NIGHTS, _READ, _UNREAD, _UNREAD)),
        ("read a frame, its header and previews; download a file", "get_content get_frame get_header get_preview"
         " find_calibrations list_hdus get_hdu_values get_pixels get_tile"
         " list_hdu_columns get_hdu_rows get_hdu_curve get_hdu_sky list_hdu_objects",
         "frame", _states(_NIGHTS, _READ, _UNREAD, _GONE)),
        ("list and search", "list_files find_frames count_facets", "frame",
         _states(_UNREAD_L, _READ_L, _UNREAD_L, _UNSEEN)),
        ("ask where the bytes of many files are", "read_file_addresses", "frame",
         _states(_UNREAD_L, _READ_L, _UNREAD_L, _UNSEEN)),
        ("list nights", "list_nights", None, _tenant(_ISSUED)),
        ("set the quality of a frame", "judge_frame", "frame", _states(_JUDGE, _JUDGE, _JUDGE, _GONE)),
        ("derive what is known of files again", "ingest_again", None, _tenant(_MEMBERS)),
        ("delete a file", "delete_file", "frame", _states(_MEMBERS, _MEMBERS, _MEMBERS, _NO_MORE)),
        ("restore a deleted file", "restore_file", "frame", _states(_NO_MORE, _NO_MORE, _NO_MORE, _MEMBERS)),
        ("read night logs", "get_night_log list_log_entries get_night_log_markdown search_log_entries", None,
         _tenant(_IN_LIST)),
        ("read a night log on paper", "get_night_log_pdf", None, _tenant(_GUESTS)),
        ("read what an entry said before", "list_log_entry_revisions", None, _tenant(_NIGHTS)),
        ("write into a night log", "add_log_entry", None, _tenant(_WRITE)),
        ("change another's entry", "edit_log_entry delete_log_entry", None, _tenant(_THEIRS)),
        ("sign a night log", "sign_night_log", None, _tenant(_MEMBERS)),
        ("open a signed night log again", "reopen_night_log", None, _tenant(_ADMINS)),
    ),
    *_rows(
        "Datasets, embargoes, shares and links",
        ("read a dataset", "get_dataset", "dataset", _states(_NO_SET, _SET, _SET, _GONE)),
        ("list datasets", "list_datasets", "dataset", _states(_NO_SET_L, _SET_L, _SET_L, _UNSEEN)),
        ("list a dataset's files", "list_dataset_files", "frame", _states(_NO_SET, _SET, _SET | dict.fromkeys(
            ("team manager", "team editor", "team viewer"), "hid"), _UNSEEN | dict.fromkeys(
            ("guest", "past guest", "other guest"), "404"))),
        ("make a dataset", "add_dataset", None, _tenant(_MEMBERS)),
        ("change and fill a dataset", "change_dataset close_dataset reopen_dataset add_dataset_files"
         " remove_dataset_files", "dataset", _tenant(_MEMBERS, shared=_MEMBERS, withdrawn=_NO_MORE)),
        ("see a dataset's storage tiers, and recall it from the archive", "get_dataset_tiers recall_dataset", None,
         _tenant(_MEMBERS)),
        ("say when a dataset moves to other tiers", "set_dataset_tiers remove_dataset_tiers", None, _tenant(_ADMINS)),
        ("remove a dataset", "remove_dataset", None, _tenant(_MEMBERS)),
        ("read what is held back", "list_embargoes list_upcoming_lifts get_embargo_reminders", None, _tenant(_MEMBERS)),
        ("hold back, and lift that", "set_embargo remove_embargo set_embargo_reminders", None, _tenant(_ADMINS)),
        ("share a dataset with a team of one's own; what is held back: an admin", "share_dataset", None,
         _tenant(_MEMBERS, embargoed=_HELD_A)),
        ("see and end shares", "list_shares end_share", None, _tenant(_MEMBERS)),
        ("make a link; to what is held back: an admin", "add_link", None, _tenant(_MEMBERS, embargoed=_HELD_A)),
        ("list links", "list_links", None, _tenant(_MEMBERS)),
        ("revoke a link", "revoke_link", None, _tenant(_MEMBERS, withdrawn=_NO_MORE)),
        ("see what a link shows, and get all of it", "look_at_link get_link_zip", "dataset", {"shared": _LINK}),
        ("list what a link shows", "list_link_files", "frame",
         {"own": _LINK_HID, "shared": _LINK, "embargoed": _LINK_HID, "withdrawn": _LINK_HID}),
        ("download what a link shows", "get_link_content", "frame",
         {"own": _LINK_NO, "shared": _LINK, "embargoed": _LINK_NO, "withdrawn": _LINK_NO}),
    ),
    *_rows(
        "Data packages",
        ("read packages: guests and readers those that are published", "get_package", "package",
         _states(_NO_SET, _ISSUED, _NO_SET, _ISSUED)),
        ("list packages", "list_packages", "package", _states(_NO_SET_L, _ISSUED, _NO_SET_L, _ISSUED)),
        ("draft a package", "add_package", None, _tenant(_MEMBERS)),
        ("begin another version", "add_package_version", "package",
         _states(_DRAFT, _MEMBERS, _DRAFT, _MEMBERS)),
        ("change a draft", "change_package_draft", "package",
         _states(_MEMBERS, _DRAFT, _MEMBERS, _DRAFT)),
        ("publish", "publish_package", "package", _states(_ADMINS, _HELD_P, _HELD_P, _HELD_P)),
        ("withdraw what was published", "withdraw_package", "package", _states(_HELD_P, _ADMINS, _HELD_P, _HELD_P)),
        ("reserve a DOI", "add_package_doi", None, _tenant(_ADMINS)),
        ("read a published version; of a withdrawn one the tombstone", "get_published_package get_published_version"
         " get_citation_text get_citation_bibtex get_citation_ris get_citation_csl get_citation_datacite"
         " get_citation_schema_org get_landing_page get_package_page", "package", _published(_PUBLIC, _PUBLIC)),
        ("get what a published version holds", "list_published_files get_published_file get_published_manifest"
         " get_published_zip head_published_zip", "package", _published(_PUBLIC, _TOMB)),
        ("harvest; what is withdrawn is told as deleted", "harvest_packages", "package",
         _published(_PUBLIC, _PUBLIC, _HIDDEN)),
        ("harvest by a form", "harvest_packages_by_post", None, {"own": _PUBLIC}),
    ),
    *_rows(
        "Teams",
        ("make a team that the organisation hosts", "add_team", None, _tenant(_ADMINS)),
        ("read a team, and what is shared with it", "get_team list_team_members list_team_datasets list_team_activity",
         None, _tenant(_TEAM)),
        ("rename a team, change and invite its people", "rename_team set_team_role add_invitation list_invitations",
         None, _tenant(_MANAGE)),
        ("end a team, which has files", "remove_team", None, _tenant(_MANAGE | {"team manager": "409"})),
        ("take somebody out of a team", "remove_team_member", None, _tenant(_MANAGE)),
        ("take an invitation back", "revoke_invitation", None, _tenant(_MANAGE, withdrawn=_TEAM_NO)),
        ("read the team's own files", "list_team_files get_team_file list_team_file_versions get_team_file_content"
         " list_team_trash get_team_storage", None, _tenant(_TEAM)),
        ("send, move, delete and restore the team's own files", "start_team_upload move_team_files trash_team_files"
         " restore_team_file restore_team_folder", None, _tenant(_EDIT)),
        ("go on with an upload to the team, whoever began it", "get_team_upload sign_team_parts complete_team_upload",
         None, _tenant(_EDIT)),
        ("empty the team's trash", "empty_team_trash", None, _tenant(_MANAGE)),
        ("let an organisation keep one's own files", "open_own_files", None, _tenant(_MEMBERS)),
        ("look at an invitation, by its secret", "look_at_invitation", None,
         {"own": _PUBLIC, "withdrawn": _UNKNOWN}),
        ("answer an invitation: the owner's", "answer_invitation", None,
         {"own": _INVITEE, "withdrawn": _GONE | {"link holder": "401"}}),
    ),
    *_rows(
        "The tree, and the sky",
        ("list a folder of the tree", "list_tree", None, {"own": _NO_SET, "foreign": _FOREIGN}),
        ("look paths of the tree up; what one may not see is null", "read_tree_entries read_tree_addresses"
         " read_tree_beginnings", None, {"own": _ACCOUNT}),
        ("ask for satellites, crossings, passes and the night", "list_satellites get_satellite get_satellite_track"
         " get_catalogue find_crossings find_crossings_votable find_passes find_passes_votable get_tonight", None,
         {"own": _ACCOUNT}),
        ("bring element sets in: an operator", "import_element_sets", None, {"own": _BY_HAND}),
    ),
    *_rows(
        "The service, for its operators",
        ("see how the service and all organisations do, and retry their jobs: an operator", "get_service_health"
         " list_service_organisations get_revenue list_service_jobs count_service_jobs get_service_job"
         " retry_service_job retry_service_jobs", None, {"own": _BY_HAND}),
    ),
    *_rows(
        "One's own account",
        ("read it, and what is one's own", "who_am_i list_tokens list_sessions list_identities get_ways_in"
         " list_granted_applications list_teams", None, {"own": _ACCOUNT}),
        ("use it", "sign_out make_token add_organisation resolve_name ask_for_email_confirmation", None,
         {"own": _ACCOUNT}),
        ("end what is the owner's own", "revoke_token end_session take_back_grant", None, {"own": _OWN_ID}),
        ("change how one signs in: in a browser, never by a token", "begin_second_factor confirm_second_factor"
         " make_recovery_codes remove_second_factor end_other_sessions link_identity unlink_identity change_password"
         " get_session",
         None, {"own": _BY_HAND}),
        ("confirm an address, by a code that is wrong", "confirm_email", None, {"own": _CODE}),
        ("sign in, and ask for a new password", "sign_in ask_for_password_reset list_identity_providers", None,
         {"own": _PUBLIC}),
        ("a second step that nobody began", "sign_in_second_step", None, {"own": _NO_STEP}),
        ("a new password or account, by a code that is wrong", "reset_password confirm_account", None,
         {"own": _NO_CODE}),
        ("make an account where sign-up is closed", "add_account", None, {"own": _CLOSED}),
    ),
]  # fmt: skip


def row_of(operation_id: str) -> Row:
    """Find an operation's row; raises KeyError when it is in none, or in several."""
    rows = [row for row in TABLE if operation_id in row.operations]
    if len(rows) != 1:
        raise KeyError(f"{operation_id} stands in {len(rows)} rows of service/access_table.py instead of one")
    return rows[0]


def cells_of(operation_id: str) -> list[tuple[State, Who, Outcome]]:
    """Give an operation's cells."""
    cells = row_of(operation_id).cells
    return [(state, who, outcome) for state, of_state in cells.items() for who, outcome in of_state.items()]


def sees(who: Who) -> set[tuple[Kind, State]]:
    """Tell of which things somebody may hear anything at all."""
    return {
        (row.kind, state)
        for row in TABLE
        for state, cells in row.cells.items()
        if row.kind is not None and cells[who] in ("yes", "409", "410")
    }
