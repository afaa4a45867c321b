"""The checks that are taken away one at a time: each stands for what would go wrong without it."""

from __future__ import annotations

from service import authentication, house
from service.actions import (
    assignments,
    embargoes,
    invitations,
    night_log_entries,
    published,
    published_content,
    sessions,
    teams,
)
from storage import file_store, people_store, share_store, team_store
from tests.support.removals import Removal, allow_all, drop_policy, in_code, in_statement, scope, without

__all__ = ["REMOVALS"]


def _scope(name: str, role: str, operation: str, *, who: str) -> Removal:
    return Removal(
        name=f"the scope {name} needs no more than {role}",
        changes=(scope(name, role=role),),
        operations=(operation,),
        who=(who,),  # type: ignore[arg-type]
    )


REMOVALS = [
    # The least role of each scope.
    _scope("people:write", "member", "remove_member", who="member"),
    _scope("audit:read", "admin", "export_audit", who="admin"),
    _scope("packages:publish", "member", "publish_package", who="member"),
    _scope("embargoes:write", "member", "set_embargo", who="member"),
    _scope("receipts:read", "member", "list_dataset_downloads", who="member"),
    _scope("webhooks:write", "member", "list_webhooks", who="member"),
    _scope("organisation:write", "member", "rename_organisation", who="member"),
    _scope("portal:write", "admin", "set_portal", who="admin"),
    _scope("organisation:close", "admin", "close_organisation", who="admin"),
    _scope("applications:write", "admin", "list_applications", who="admin"),
    _scope("jobs:write", "member", "retry_job", who="member"),
    _scope("teams:host", "member", "add_team", who="member"),
    _scope("datasets:write", "guest", "change_dataset", who="guest"),
    _scope("files:delete", "guest", "delete_file", who="guest"),
    _scope("events:read", "guest", "follow_events", who="guest"),
    _scope("logs:read", "reader", "get_night_log", who="team viewer"),
    _scope("files:read", "member", "list_files", who="team viewer"),
    Removal(
        name="a team's editors manage it",
        changes=(scope("teams:write", team_role="editor"),),
        operations=("rename_team",),
        who=("team editor",),
    ),
    # The door to an organisation, and to a team.
    Removal(
        name="nobody compares the role",
        changes=(in_code(house.House.tenant, "RANKS[row.role] < RANKS[needed]", "False"),),
        operations=("change_site",),
        who=("member", "guest"),
    ),
    Removal(
        name="a token for one organisation opens all",
        changes=(
            in_code(
                house.House.tenant,
                "row is None or actor.only_organisation_id not in (None, row.id)",
                "row is None",
            ),
        ),
        run="credentials",
        operations=("get_organisation",),
    ),
    Removal(
        name="anyone's membership lets in",
        changes=(
            in_statement(house, "ENTER", "AND m.account_id = :account", "AND CAST(:account AS uuid) IS NOT NULL"),
        ),
        operations=("get_organisation",),
        who=("stranger", "owner"),
        states=("own", "foreign"),
        beside=("everybody sees who is a member",),
    ),
    Removal(
        name="everybody sees who is a member",
        statements=(allow_all("memberships", "own"),),
        operations=("get_organisation",),
        who=("stranger", "owner"),
        states=("own", "foreign"),
        beside=("anyone's membership lets in",),
    ),
    Removal(
        name="what is shared with any team is shared with everybody",
        changes=(
            in_statement(
                house, "ENTER_SHARED", "AND m.account_id = :account", "AND CAST(:account AS uuid) IS NOT NULL"
            ),
        ),
        operations=("get_file",),
        who=("stranger",),
        states=("shared",),
        beside=("everybody sees who is in which team",),
    ),
    Removal(
        name="everybody sees who is in which team",
        statements=(
            allow_all("team_members", "own"),
            allow_all("dataset_shares", "own"),
            allow_all("teams", "own"),
        ),
        operations=("get_file",),
        who=("stranger",),
        states=("shared",),
        beside=("what is shared with any team is shared with everybody",),
    ),
    Removal(
        name="a share without what is held back shares it all the same",
        changes=(
            in_statement(
                house, "ENTER_SHARED", "FILTER (WHERE s.with_embargoed)", "FILTER (WHERE s.with_embargoed IS NOT NULL)"
            ),
        ),
        operations=("get_file", "find_frames", "count_facets", "list_dataset_files"),
        who=("team viewer",),
        states=("embargoed",),
    ),
    Removal(
        name="anyone's place in a team lets in",
        changes=(
            in_statement(house, "ENTER_TEAM", "AND m.account_id = :account", "AND CAST(:account AS uuid) IS NOT NULL"),
        ),
        operations=("get_team",),
        who=("stranger", "owner"),
        beside=("everybody sees who is in which team",),
    ),
    Removal(
        name="nobody compares the role in a team",
        changes=(in_code(house.House.team, "TEAM_RANKS[row.role] < TEAM_RANKS[needed]", "False"),),
        operations=("add_invitation",),
        who=("team viewer",),
    ),
    Removal(
        name="a token for one organisation opens the teams of all",
        changes=(
            in_code(
                house.House.team,
                "row is None or actor.only_organisation_id not in (None, row.organisation_id)",
                "row is None",
            ),
        ),
        run="credentials",
        operations=("get_team",),
    ),
    # Links.
    Removal(
        name="a revoked link works",
        changes=(in_statement(house, "FIND_LINK", "l.revoked_at IS NULL AND ", ""),),
        run="credentials",
        operations=("look_at_link",),
    ),
    Removal(
        name="an expired link works",
        changes=(in_statement(house, "FIND_LINK", "l.expires_at > now()", "true"),),
        run="credentials",
        operations=("look_at_link",),
    ),
    Removal(
        name="a download that is one too many counts",
        changes=(
            in_code(
                share_store.count_download,
                "links.c.downloads_allowed.is_(None) | (links.c.downloads < links.c.downloads_allowed)",
                "links.c.id == link_id",
            ),
        ),
        run="credentials",
        operations=("get_link_content",),
    ),
    Removal(
        name="a link shows what is held back",
        changes=(
            in_statement(
                house,
                "BECOME_HOLDER",
                "set_config('uraniborg.datasets', :whole, true)",
                "set_config('uraniborg.datasets', :lifted, true)",
            ),
            in_code(
                house._shown_by,
                "dataset_part(link.dataset_id, embargoed=link.with_embargoed)",
                "dataset_part(link.dataset_id, embargoed=True)",
            ),
        ),
        operations=("list_link_files", "get_link_content"),
        who=("link holder",),
        states=("embargoed",),
    ),
    # Credentials.
    Removal(
        name="a token does everything its owner may",
        changes=(in_code(authentication.bearer_actor, "if scope not in found.scopes:", "if False:"),),
        operations=("delete_file", "who_am_i"),
        who=("upload token",),
    ),
    Removal(
        name="a revoked token works",
        changes=(in_code(people_store.find_token, "tokens.c.revoked_at.is_(None)", "tokens.c.id.is_not(None)"),),
        run="credentials",
        operations=("who_am_i",),
    ),
    Removal(
        name="a token works for ever",
        changes=(
            in_code(
                people_store.find_token,
                "tokens.c.expires_at.is_(None) | (tokens.c.expires_at > func.now())",
                "tokens.c.id.is_not(None)",
            ),
        ),
        run="credentials",
        operations=("who_am_i",),
    ),
    Removal(
        name="another page changes things with somebody's cookie",
        changes=(
            in_code(
                authentication.session_actor, "csrf is not None and not same_secret(csrf, session.csrf_hash)", "False"
            ),
        ),
        run="credentials",
        operations=("add_organisation",),
    ),
    Removal(
        name="a token changes how one signs in",
        changes=(in_code(sessions.by_own_hand, "actor.session_id is None", "False"),),
        operations=("begin_second_factor",),
        who=("stranger",),
    ),
    Removal(
        name="anybody revokes anybody's tokens",
        changes=(in_code(people_store.revoke_token, ", tokens.c.account_id == account_id", ""),),
        operations=("revoke_token",),
        who=("stranger",),
    ),
    Removal(
        name="anybody ends anybody's session",
        changes=(in_code(people_store.end_session_by_id, "sessions.c.account_id == account_id, ", ""),),
        operations=("end_session",),
        who=("stranger",),
    ),
    # What the actions ask themselves.
    Removal(
        name="a draft is public",
        changes=(in_code(published.find_released, 'if row["state"] != "draft"', "if True"),),
        operations=("list_published_files",),
        who=("nobody",),
        states=("own",),
    ),
    Removal(
        name="what was withdrawn is given out",
        changes=(in_code(published_content._content, 'if row["state"] == "withdrawn":', "if False:"),),
        operations=("list_published_files", "get_published_zip"),
        who=("nobody",),
        states=("withdrawn",),
    ),
    Removal(
        name="what is held back is published",
        changes=(in_code(embargoes.refuse_held_back, "if count:", "if False:"),),
        operations=("publish_package",),
        who=("owner",),
        states=("embargoed",),
    ),
    Removal(
        name="members share what is held back",
        changes=(in_code(embargoes.check_sharing, 'include and RANKS[tenant.role] < RANKS["admin"]', "False"),),
        operations=("share_dataset", "add_link"),
        who=("member",),
        states=("embargoed",),
    ),
    Removal(
        name="a deleted file is downloaded",
        changes=(in_code(file_store.find_readable, " AND f.deleted_at IS NULL", ""),),
        operations=("get_content",),
        who=("member",),
        states=("withdrawn",),
    ),
    Removal(
        name="a deleted file is addressed among others",
        changes=(in_code(file_store.find_readable, " AND f.deleted_at IS NULL", ""),),
        operations=("read_file_addresses",),
        who=("member",),
        states=("withdrawn",),
    ),
    Removal(
        name="guests judge frames for ever",
        changes=(in_code(assignments.check_control, 'tenant.role != "guest"', "True"),),
        operations=("judge_frame",),
        who=("past guest",),
    ),
    Removal(
        name="guests upload for ever",
        changes=(in_code(assignments.telescope_of_guest, 'tenant.role != "guest"', "True"),),
        operations=("start_upload",),
        who=("past guest",),
    ),
    Removal(
        name="guests change the entries of others",
        changes=(
            in_code(
                night_log_entries._locked,
                'tenant.role == "guest" and entry.author_email != tenant.actor.email',
                "False",
            ),
        ),
        operations=("edit_log_entry",),
        who=("guest",),
    ),
    Removal(
        name="anyone in a team takes others out of it",
        changes=(in_code(teams.remove_team_member, 'team.role != "manager"', "False"),),
        operations=("remove_team_member",),
        who=("team viewer",),
    ),
    Removal(
        name="whoever holds an invitation accepts it",
        changes=(in_code(invitations.answer_invitation, "row.email != actor.email", "False"),),
        operations=("answer_invitation",),
        who=("stranger",),
    ),
    Removal(
        name="a revoked invitation waits for an answer",
        changes=(in_code(team_store.find_invitation, "AND answer IS NULL ", ""),),
        operations=("look_at_invitation", "answer_invitation"),
        who=("owner", "nobody"),
        states=("withdrawn",),
    ),
    # What the database holds for guests and readers.
    Removal(
        name="readers see every file",
        statements=(drop_policy("files", "reach_reader"),),
        operations=("list_files", "get_content"),
        who=("team viewer",),
        states=("own",),
    ),
    Removal(
        name="readers see deleted files",
        statements=(without("files", "reach_reader", "(deleted_at IS NULL)"),),
        operations=("get_file",),
        who=("team viewer",),
        states=("withdrawn",),
    ),
    Removal(
        name="readers see every frame",
        statements=(drop_policy("frames", "reach_reader"),),
        operations=("get_header", "count_facets"),
        who=("team viewer",),
        states=("own",),
    ),
    Removal(
        name="readers see every dataset",
        statements=(drop_policy("datasets", "reach_reader"),),
        operations=("list_datasets",),
        who=("team viewer",),
        states=("own",),
    ),
    Removal(
        name="readers see drafts",
        statements=(drop_policy("package_versions", "reach_reader"),),
        operations=("get_package", "list_packages"),
        who=("team viewer",),
        states=("own",),
    ),
    Removal(
        name="no embargo ends later than now",
        statements=(
            "CREATE OR REPLACE FUNCTION embargo_end(file uuid) RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER"
            " SET search_path = public BEGIN ATOMIC SELECT '-infinity'::timestamptz; END",
        ),
        operations=("get_file", "list_link_files"),
        who=("team viewer", "link holder"),
        states=("embargoed",),
    ),
    Removal(
        name="guests see every night",
        statements=(drop_policy("files", "reach_guest"),),
        operations=("get_file", "find_frames"),
        who=("other guest",),
    ),
    Removal(
        name="guests see every frame",
        statements=(drop_policy("frames", "reach_guest"),),
        run="roles",
        operations=("get_header", "get_frame", "judge_frame", "find_frames", "count_facets"),
        who=("other guest",),
    ),
    Removal(
        name="guests read every night log",
        statements=(drop_policy("night_logs", "reach_guest"), drop_policy("night_log_entries", "reach_guest")),
        operations=("list_log_entries",),
        who=("other guest",),
    ),
    Removal(
        name="guests see every dataset",
        statements=(drop_policy("datasets", "reach_guest"),),
        operations=("list_datasets",),
        who=("guest",),
        states=("own",),
    ),
    Removal(
        name="guests see every job",
        statements=(drop_policy("jobs", "reach_guest"),),
        operations=("get_job",),
        who=("guest",),
    ),
    Removal(
        name="guests see every assignment",
        statements=(drop_policy("assignments", "reach_guest"),),
        operations=("get_assignment",),
        who=("other guest",),
    ),
    Removal(
        name="to the database, guests judge frames for ever",
        statements=("ALTER POLICY reach_guest ON frames WITH CHECK (true)",),
        run="roles",
        operations=("judge_frame",),
        who=("past guest",),
    ),
    # What the database alone holds apart, when the actions ask nothing.
    *[
        Removal(
            name=f"the table {table} is every tenant's",
            statements=(allow_all(table, "tenant"),),
            run="neighbour",
            operations=(operation,),
        )
        for table, operation in (
            ("files", "delete_file"),
            ("datasets", "change_dataset"),
            ("memberships", "list_members"),
            ("sites", "change_site"),
            ("events", "follow_events"),
            ("links", "list_links"),
            ("webhooks", "list_webhooks"),
            ("telescopes", "change_telescope"),
            ("frames", "count_facets"),
        )
    ],
    Removal(
        name="a team's people are everybody's to read",
        statements=(allow_all("team_members", "team"),),
        run="neighbour",
        operations=("list_team_members",),
    ),
    Removal(
        name="a team's invitations are everybody's to answer",
        statements=(allow_all("invitations", "within_team"),),
        run="neighbour",
        operations=("revoke_invitation",),
    ),
]
