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
from service.actions import invitations, links
from service.actions.invitations import Invitation, InvitationAnswer, InvitationSecret
from service.actions.links import LinkFile, LinkHolder, LinkView
from service.errors import status_of
from service.forms import FORM_MEMBER, FormToken, check_form_token, one_of_each, read_form
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
    """Show what a link shows, or send one of its files."""
    try:
        members = await _given(request, house)
        holder = LinkHolder(members["secret"], members.get("password") or None)
        if "file" in members:
            return await _file(house, holder, members["file"])
        view = await links.look_at_link(house, holder)
        files = await links.list_link_files(house, holder, cursor=None, limit=SHOWN)
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
        paragraph(told),
        form(
            "/s",
            token.value,
            hidden({"secret": holder.secret, "password": holder.password or ""}),
            f"<ul>{rows}</ul>",
        ),
        *([paragraph(f"And {more:,} more.")] if more else []),
        paragraph(f"All of them, checked and resumed where the line breaks: {command}"),
        cookies=[token.cookie],
    )


async def _file(house: House, holder: LinkHolder, file_id: str) -> Stream:
    content = await links.open_content(house, holder, links.file_id_of(file_id), is_begun=False)
    headers = {
        "content-disposition": attachment(content.filename),
        "content-length": str(content.size_bytes),
        "cache-control": "no-store",
    }
    chunks = house.objects.stream(content.object_key)
    return Stream(chunks, headers=headers, media_type="application/octet-stream")


HANDLERS = [invitation_page, invitation_sent, link_page, link_sent]
