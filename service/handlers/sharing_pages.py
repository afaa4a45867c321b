"""The pages behind the addresses of invitations and links, for whoever has nothing but a browser.

The secret stands behind ``#`` in the address and stays in the browser: it is copied into a field by hand, since these
pages run nothing.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.response import Stream

from domain.errors import ClientFault
from service.actions import invitations, link_archives, link_holders
from service.actions.invitations import Invitation, InvitationAnswer, InvitationSecret
from service.actions.link_downloads import count_link_download, while_it_works
from service.actions.link_holders import LeftOut, LinkFile, LinkHolder, LinkView, ShownPackage
from service.errors import status_of
from service.forms import FORM_MEMBER, FormToken, check_form_token, one_of_each, read_form
from service.handlers.links import archive_headers
from service.handlers.sign_in_pages import OPEN, sign_in_form, who_is_there
from service.house import House
from service.pages import button, field, form, hidden, page, paragraph
from service.paging import Page
from storage.object_disposition import attachment

__all__ = ["HANDLERS"]

HttpRequest = Request[None, None, State]
SHOWN = 200
SECRET_FIELD = "spellcheck='false' autocapitalize='none'"  # noqa: S105 (HTML)


def _ask(
    request: HttpRequest, house: House, title: str, action: str, *more: str, wrong: str = "", status: int = 200
) -> Response[str]:
    token = FormToken(house.config, request)
    return page(
        title,
        paragraph("Your browser keeps what stands behind # in the address to itself. Copy it here:"),
        form(action, token.value, field("Behind #", "secret", more=SECRET_FIELD), *more, button("Open")),
        wrong=wrong,
        status=status,
        cookies=[token.cookie],
    )


async def _given(request: HttpRequest, house: House) -> dict[str, str]:
    members = one_of_each(await read_form(request))
    check_form_token(house.config, request, members.get(FORM_MEMBER, ""))
    return members | {"secret": members.get("secret", "").strip().rpartition("#")[2]}


@get("/invitations", **OPEN)
async def invitation_page(request: HttpRequest, house: House) -> Response[str]:
    """Ask for an invitation's secret; only who is signed in can answer one."""
    if await who_is_there(request, house) is None:
        return await sign_in_form(request, house, "/invitations")
    return _ask(request, house, "Invitation", "/invitations")


@post("/invitations", status_code=200, **OPEN)
async def invitation_sent(request: HttpRequest, house: House) -> Response[str]:
    """Show an invitation, or take the answer to it."""
    actor = await who_is_there(request, house)
    if actor is None:
        return await sign_in_form(request, house, "/invitations")
    try:
        members = await _given(request, house)
        which = InvitationSecret(members["secret"])
        if (answer := members.get("answer")) not in ("accepted", "declined"):
            return _invited(request, house, which, await invitations.look_at_invitation(house, which))
        done = await invitations.answer_invitation(house, actor, InvitationAnswer(which.secret, answer))  # type: ignore[arg-type]
    except ClientFault as error:
        wrong, status = error.detail, status_of(type(error))
        return _ask(request, house, "Invitation", "/invitations", wrong=wrong, status=status)
    told = f"You are {done.role} of {done.team_name} now." if answer == "accepted" else "You declined."
    return page("Invitation", paragraph(told), "<p><a href='/account'>Your account</a></p>")


def _invited(request: HttpRequest, house: House, which: InvitationSecret, shown: Invitation) -> Response[str]:
    token = FormToken(house.config, request)
    return page(
        "Invitation",
        paragraph(f"{shown.invited_by} invites {shown.email} into the team {shown.team_name} as {shown.role}."),
        form(
            "/invitations",
            token.value,
            hidden({"secret": which.secret}),
            button("Accept", "answer", "accepted"),
            button("Decline", "answer", "declined", first=False),
        ),
        cookies=[token.cookie],
    )


PASSWORD_FIELD = "<label>Password, if it has one<input type='password' name='password' maxlength='1000'></label>"  # noqa: S105


@get("/s", **OPEN)
async def link_page(request: HttpRequest, house: House) -> Response[str]:
    """Ask for a link's secret."""
    return _ask(request, house, "Shared with you", "/s", PASSWORD_FIELD)


@post("/s", status_code=200, **OPEN)
async def link_sent(request: HttpRequest, house: House) -> Response[Any]:
    """Show what a link shows, or send one of its files, or all of them."""
    try:
        members = await _given(request, house)
        holder = LinkHolder(members["secret"], members.get("password") or None)
        if "file" in members:
            return await _file(house, holder, members["file"])
        if "zip" in members:
            return await _zip(house, holder)
        view = await link_holders.look_at_link(house, holder)
        files = await link_holders.list_link_files(house, holder, cursor=None, limit=SHOWN)
    except ClientFault as error:
        wrong, status = error.detail, status_of(type(error))
        return _ask(request, house, "Shared with you", "/s", PASSWORD_FIELD, wrong=wrong, status=status)
    return _shared(request, house, holder, view, files)


def _shared(
    request: HttpRequest, house: House, holder: LinkHolder, view: LinkView, files: Page[LinkFile]
) -> Response[str]:
    token = FormToken(house.config, request)
    told = f"{view.file_count:,} files, {view.size_bytes / 1e6:,.1f} MB"
    told += f", from {view.organisation}" if view.organisation else ""
    told += f". Until {view.expires_at:%Y-%m-%d %H:%M} UTC." if view.expires_at else "."
    more = view.file_count - len(files.items)
    rows = "".join(
        f"<li>{button(file.path, 'file', str(file.id), first=False)} {file.size_bytes / 1e6:,.2f} MB</li>"
        for file in files.items
    )
    command = f"uraniborg share get '{house.config.base_url}/s#{holder.secret[:8]}...' -o FOLDER"
    return page(
        view.name,
        *(_package(view.package) if view.package else []),
        paragraph(told),
        *([paragraph(_left_out(view.left_out))] if view.left_out.files else []),
        form(
            "/s",
            token.value,
            hidden({"secret": holder.secret, "password": holder.password or ""}),
            button("Download all as one ZIP", "zip", "all"),
            f"<ul>{rows}</ul>",
        ),
        *([paragraph(f"And {more:,} more.")] if more else []),
        paragraph(f"All of them, checked and resumed where the line breaks: {command}"),
        cookies=[token.cookie],
    )


def _package(shown: ShownPackage) -> list[str]:
    """Say what a data package says of itself."""
    names = "; ".join(each.name for each in shown.contributors)
    state = "a draft, which may still change" if shown.state == "draft" else shown.state
    lines = [
        f"{shown.title}. Version {shown.version}, {state}.",
        names,
        shown.description,
        f"Licence: {shown.licence.name}.",
    ]
    return [paragraph(line) for line in lines if line]


def _left_out(left_out: LeftOut) -> str:
    files = "1 file is" if left_out.files == 1 else f"{left_out.files:,} files are"
    return f"{files} left out: under embargo, the last until {left_out.until:%Y-%m-%d %H:%M} UTC."


async def _file(house: House, holder: LinkHolder, file_id: str) -> Stream:
    content = await link_holders.open_content(house, holder, link_holders.file_id_of(file_id))
    await count_link_download(house, content.link, str(content.id), goes_on=False)
    headers = {
        "content-disposition": attachment(content.filename),
        "content-length": str(content.size_bytes),
        "cache-control": "no-store",
    }
    chunks = while_it_works(house, content.link, house.objects.stream(content.object_key))
    return Stream(chunks, headers=headers, media_type="application/octet-stream")


async def _zip(house: House, holder: LinkHolder) -> Stream:
    found = await link_archives.open_link_archive(house, holder)
    headers = archive_headers(found) | {"accept-ranges": "none", "content-length": str(found.size_bytes)}
    chunks = await link_archives.read_link_archive(house, found, range(found.size_bytes))
    return Stream(chunks, headers=headers, media_type="application/zip")


HANDLERS = [invitation_page, invitation_sent, link_page, link_sent]
