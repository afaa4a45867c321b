"""The pages on which somebody makes an account: who they are, and then the code that was mailed to them."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.datastructures import State

from domain.errors import ClientFault
from service.actions.sign_up import confirm_account, sign_up
from service.errors import status_of
from service.forms import FORM_MEMBER, FormToken, check_form_token, one_of_each, read_form
from service.handlers.sign_in_pages import OPEN
from service.house import House
from service.pages import button, field, form, page, paragraph

__all__ = ["HANDLERS"]

HttpRequest = Request[None, None, State]
CODE_FIELD = "class='code' spellcheck='false' autocapitalize='none'"


async def _members(request: HttpRequest, house: House) -> dict[str, str]:
    members = one_of_each(await read_form(request))
    check_form_token(house.config, request, members.get(FORM_MEMBER, ""))
    return members


def _address(request: HttpRequest) -> str:
    return request.client.host if request.client else ""


def _ask(request: HttpRequest, house: House, *, wrong: str = "", status: int = 200) -> Response[str]:
    token = FormToken(house.config, request)
    return page(
        "Make an account",
        form(
            "/sign-up",
            token.value,
            field("Your name", "name", complete="name"),
            field("E-mail address", "email", kind="email", complete="username"),
            field("Password, of 10 characters at least", "password", kind="password", complete="new-password"),
            button("Mail me a code"),
        ),
        wrong=wrong,
        status=status,
        cookies=[token.cookie],
    )


def _ask_code(request: HttpRequest, house: House, *told: str, wrong: str = "", status: int = 200) -> Response[str]:
    token = FormToken(house.config, request)
    return page(
        "Make an account",
        *told,
        form(
            "/sign-up/code",
            token.value,
            field("The code that was mailed to you", "code", complete="one-time-code", more=CODE_FIELD),
            field("The password you chose", "password", kind="password", complete="current-password"),
            button("Make it"),
        ),
        wrong=wrong,
        status=status,
        cookies=[token.cookie],
    )


@get("/sign-up", **OPEN)
async def sign_up_page(request: HttpRequest, house: House) -> Response[str]:
    """Ask who wants an account."""
    if house.config.signup == "closed":
        return page(
            "Make an account", paragraph("Sign-up is closed here: ask the operator for an account."), status=403
        )
    return _ask(request, house)


@post("/sign-up", status_code=200, **OPEN)
async def sign_up_sent(request: HttpRequest, house: House) -> Response[str]:
    """Mail a code; the page is the same where the address has an account."""
    try:
        members = await _members(request, house)
        await sign_up(
            house,
            email=members.get("email", ""),
            name=members.get("name", ""),
            password=members.get("password", ""),
            client_address=_address(request),
        )
    except ClientFault as error:
        return _ask(request, house, wrong=error.detail, status=status_of(type(error)))
    return _ask_code(request, house, paragraph("A mail is on its way to you, and says how to go on."))


@get("/sign-up/code", **OPEN)
async def sign_up_code_page(request: HttpRequest, house: House) -> Response[str]:
    """Ask for the code."""
    return _ask_code(request, house)


@post("/sign-up/code", status_code=200, **OPEN)
async def sign_up_code_sent(request: HttpRequest, house: House) -> Response[str]:
    """Make the account."""
    try:
        members = await _members(request, house)
        await confirm_account(
            house,
            code=members.get("code", ""),
            password=members.get("password", ""),
            client_address=_address(request),
        )
    except ClientFault as error:
        return _ask_code(request, house, wrong=error.detail, status=status_of(type(error)))
    return page("You have an account", "<p><a href='/sign-in'>Sign in</a></p>")


HANDLERS = [sign_up_page, sign_up_sent, sign_up_code_page, sign_up_code_sent]
