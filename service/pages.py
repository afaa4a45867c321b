"""Pages that work in any browser: plain HTML, one style, nothing that runs, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import urlsplit

from litestar import MediaType, Response
from litestar.datastructures import Cookie

from service.forms import FORM_MEMBER

__all__ = ["action_source", "button", "field", "form", "hidden", "page", "paragraph", "redirect"]

STYLE = """
:root { color-scheme: light dark; --line: #8886; --accent: #3a6ea5; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --accent: #8ab4f8; --bad: #f2b8b5; } }
body { font: 17px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 28rem; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.4rem; } h1 small { display: block; font-size: .8rem; font-weight: 400; opacity: .75; }
label { display: block; margin: .75rem 0; } a { color: var(--accent); }
input { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .5rem;
  border: 1px solid var(--line); border-radius: .3rem; }
input.code { font: 1.3rem ui-monospace, monospace; letter-spacing: .1em; }
button { font: inherit; padding: .5rem 1.1rem; margin: .75rem .5rem 0 0; border: 1px solid var(--accent);
  border-radius: .3rem; background: transparent; color: var(--accent); cursor: pointer; }
button.first { background: var(--accent); color: Canvas; }
.wrong { color: var(--bad); border-left: 3px solid var(--bad); padding-left: .75rem; }
"""
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


def page(
    title: str,
    *parts: str,
    status: int = 200,
    wrong: str = "",
    sources: Iterable[str] = (),
    cookies: Iterable[Cookie] = (),
    headers: Mapping[str, str] | None = None,
) -> Response[str]:
    """Make a page.

    Parameters
    ----------
    title : str
        Plain text; ``parts`` are HTML, made by the functions beside.
    wrong : str
        Plain text that says what went wrong.
    sources : iterable of str
        Where its forms may lead besides here: a browser also holds the redirect that follows against this list.
    """
    policy = (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none';"
        f" form-action {' '.join(chr(39) + 'self' + chr(39) if s == 'self' else s for s in ('self', *sources))}"
    )
    body = (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)} · Uraniborg</title>"
        f"<meta name='viewport' content='width=device-width'><style>{STYLE}</style></head><body>"
        f"<main><h1><small>Uraniborg</small>{escape(title)}</h1>"
        + (f"<p class='wrong' role='alert'>{escape(wrong)}</p>" if wrong else "")
        + "".join(parts)
        + "</main></body></html>"
    )
    return Response(
        body,
        status_code=status,
        media_type=MediaType.HTML,
        cookies=list(cookies),
        headers={"content-security-policy": policy, "cache-control": "no-store", "x-frame-options": "DENY"}
        | dict(headers or {}),
    )


def redirect(address: str, *, cookies: Iterable[Cookie] = ()) -> Response[Any]:
    """Send the browser on, with a GET."""
    headers = {"location": address, "cache-control": "no-store"}
    return Response(None, status_code=303, headers=headers, cookies=list(cookies))


def action_source(address: str) -> str:
    """Give the part of an address that a page's policy for forms names: an origin, or a private scheme."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"


def paragraph(text: str) -> str:
    """Make a paragraph of plain text."""
    return f"<p>{escape(text)}</p>"


def hidden(members: Mapping[str, str]) -> str:
    """Make members of a form that nobody sees."""
    return "".join(
        f"<input type='hidden' name='{escape(name)}' value='{escape(value)}'>" for name, value in members.items()
    )


def field(label: str, name: str, *, kind: str = "text", value: str = "", complete: str = "off", more: str = "") -> str:
    """Make a field that must be filled; ``more`` is HTML of ours."""
    return (
        f"<label>{escape(label)}<input type='{kind}' name='{name}' value='{escape(value)}' autocomplete='{complete}'"
        f" required maxlength='1000' {more}></label>"
    )


def button(label: str, name: str = "", value: str = "", *, first: bool = True) -> str:
    """Make a button."""
    named = f" name='{escape(name)}' value='{escape(value)}'" if name else ""
    return f"<button type='submit'{named}{' class=first' if first else ''}>{escape(label)}</button>"


def form(action: str, token: str, *parts: str) -> str:
    """Make a form of ours."""
    return f"<form method='post' action='{escape(action)}'>{hidden({FORM_MEMBER: token})}{''.join(parts)}</form>"
