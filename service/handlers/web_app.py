"""The portal: a folder of built files, served under `/app/` with a policy under which nothing foreign runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from litestar import MediaType, Response, get
from litestar.params import Parameter
from litestar.response import File

from domain.errors import NotFound
from service.house import House
from service.pages import page, paragraph, redirect

__all__ = ["BUILT", "HANDLERS", "content_policy"]

PORTALS = Path(__file__).resolve().parents[2] / "portals"
BUILT = PORTALS / "dist"
OPEN: dict[str, Any] = {"include_in_schema": False, "opt": {"scope": "public"}}
INDEX, FRAME = "index.html", "aladin.html"
ICON_PATHS = ["/favicon.ico", "/icon.svg"]
FOR_EVER = "public, max-age=31536000, immutable"  # a changed asset has another name
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}


def content_policy(base_url: str, objects_origin: str) -> str:
    """Write the policy of the portal's pages: scripts and styles of ours alone, and none written into the page.

    Parameters
    ----------
    objects_origin : str
        From where, besides here, signed addresses let pictures and files be fetched.
    """
    objects = f" {objects_origin}" if objects_origin else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; manifest-src 'self';"
        f" img-src 'self' data: blob:{objects}; connect-src 'self'{objects};"
        f" frame-src {base_url}/app/{FRAME};"
        " base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    )


# Of the one document that may be framed, by ours: Aladin Lite, which runs WebAssembly, starts workers from blobs and
# writes styles. In a sandbox it is of no origin, so that no session is its, and nothing it asks for is of any host.
FRAME_POLICY = (
    "default-src 'none'; sandbox allow-scripts; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:;"
    " style-src 'self' 'unsafe-inline'; img-src data: blob:; connect-src data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def _headers(house: House, path: str, cache: str) -> dict[str, str]:
    if path.lstrip("/") == FRAME:
        return {"cache-control": cache, "content-security-policy": FRAME_POLICY, "x-frame-options": "SAMEORIGIN"}
    return {
        "cache-control": cache,
        "content-security-policy": content_policy(house.config.base_url, house.objects.origin),
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "x-frame-options": "DENY",
    }


def _file(wanted: Path, accepted: str, headers: dict[str, str]) -> File:
    """Give a file, as the build compressed it where that was done and the browser takes it."""
    headers["vary"] = "Accept-Encoding"
    packed = wanted.with_name(f"{wanted.name}.gz")
    if "gzip" in accepted.lower() and packed.is_file():
        headers["content-encoding"] = "gzip"
    else:
        packed = wanted
    return File(packed, media_type=MEDIA_TYPES[wanted.suffix], headers=headers, content_disposition_type="inline")


@get(["/app", "/app/{path:path}"], **OPEN)
async def portal(
    house: House,
    path: Annotated[str, Parameter(max_length=2000)] = "",
    accepted: Annotated[str, Parameter(header="Accept-Encoding", max_length=1000)] = "",
) -> Response[Any] | File:
    """Serve a file of the portal; any other address is one of its pages, which the one document draws.

    Raises
    ------
    NotFound
        An asset that is not of this build: answered with a page instead, it would be run as a script.
    """
    if not (BUILT / INDEX).is_file():
        return page(
            "The portal is not built",
            paragraph("Run `make portal` in the checkout, then load this page again."),
            paragraph("The service itself runs, with its API at /api/v1."),
            status=503,
        )
    wanted = (BUILT / path.lstrip("/")).resolve()
    asset = "/assets/" in f"/{path}"
    if wanted.is_relative_to(BUILT) and wanted.suffix in MEDIA_TYPES and wanted.is_file() and wanted != BUILT / INDEX:
        headers = _headers(house, path, FOR_EVER if asset else "no-cache")
        if asset:
            headers["access-control-allow-origin"] = (
                "*"  # the framed document is of no origin; they are nobody's secret
            )
        return _file(wanted, accepted, headers)
    if asset:
        raise NotFound("This build of the portal has no such file: load the page again.")
    return Response((BUILT / INDEX).read_bytes(), media_type=MediaType.HTML, headers=_headers(house, "", "no-cache"))


@get("/", **OPEN)
async def front_door() -> Response[Any]:
    """Lead whoever comes to the bare address into the portal."""
    return redirect("/app/")


@get(ICON_PATHS, **OPEN)
async def icon() -> Response[bytes]:
    """Send the icon of every page; browsers ask for it at the first address where a page names none."""
    headers = {"cache-control": "public, max-age=86400", "content-security-policy": "default-src 'none'"}
    return Response((PORTALS / "public/icon.svg").read_bytes(), media_type="image/svg+xml", headers=headers)


HANDLERS = [portal, front_door, icon]
