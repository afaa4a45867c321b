"""The OpenAPI document: what the service says of itself to people and generators."""

from __future__ import annotations

from litestar import Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Contact, License, SecurityScheme, Tag
from litestar.routes import BaseRoute
from litestar.types import ControllerRouterHandler

__all__ = ["VERSION", "openapi_config"]

VERSION = "0.1.0"

TAGS = [
    ("people", "Accounts, sessions, tokens."),
    ("organisations", "Tenants and their people."),
    ("assignments", "Visiting observers, and the nights they have a telescope."),
    ("equipment", "Sites, telescopes, instruments and their header mappings."),
    ("uploads", "Sending files: batched, resumable, straight to the object store."),
    ("agents", "Programs on telescopes' computers that send new files by themselves."),
    ("files", "Stored bytes under a path."),
    ("frames", "What FITS files hold: found by sky, time, any fact and any header keyword."),
    ("nights", "Nights and night logs."),
    ("satellites", "What crosses a field, what passes over a site, and the catalogue that it is computed from."),
    ("datasets", "Named, growing collections of files."),
    ("embargoes", "The time in which data is its observatory's alone."),
    ("packages", "Frozen, checksummed, citable selections of datasets."),
    ("teams", "People of several organisations around shared data."),
    (
        "team files",
        "A team's own files, or with `~me` for the team one's own, with versions and a trash; not read as frames.",
    ),
    ("links", "What whoever holds a link may read, for a while."),
    ("tree", "Everything that somebody may read, in one tree of folders: for mounts and file systems."),
    ("jobs", "Long work and its progress."),
    ("webhooks", "Events sent to addresses elsewhere: signed, in order, retried."),
    ("tiers", "Storage tiers: where data lies, when it moves, what is recalled from the archive."),
    ("usage", "What is stored and downloaded, by whom and for what, and what it costs."),
    ("payment", "Subscriptions, what is due, and invoices; paid at Stripe."),
    ("operators", "How the service and all organisations do; for its operators."),
    ("audit", "What was done, by whom: append-only and chained by hashes."),
]


class _Documents(Router):
    """The documents' addresses, without the page of its own by which Litestar answers unknown ones beside them.

    The documents lie beside the operations: whatever else is asked for there is a problem like any other.
    """

    def register(self, value: ControllerRouterHandler) -> list[BaseRoute]:
        if "/{path:str}" in getattr(value, "paths", ()):
            return []
        return super().register(value)


def openapi_config() -> OpenAPIConfig:
    """Describe the API: title, licence, security schemes, tags; served at ``/api/v1/openapi.json``."""
    return OpenAPIConfig(
        title="Uraniborg",
        version=VERSION,
        description=(
            "The data house of an observatory. Times are RFC 3339 with Z; angles are degrees, ICRS, unless a name says"
            " otherwise. Lists are paged by cursor. Problems are RFC 9457 documents with a stable `type`."
            " Every POST takes an `Idempotency-Key` header: the same key and body get the first reply again."
        ),
        contact=Contact(name="The Uraniborg developers"),
        license=License(name="BSD-3-Clause", identifier="BSD-3-Clause"),
        components=Components(
            security_schemes={
                "token": SecurityScheme(type="http", scheme="bearer", description="A token made at /api/v1/tokens."),
                "link": SecurityScheme(
                    type="http", scheme="bearer", description="The secret of a link; it opens what the link shows."
                ),
                "session": SecurityScheme(
                    type="apiKey",
                    security_scheme_in="cookie",
                    name="uraniborg_session",
                    description="A browser session; changes also need the X-CSRF-Token header.",
                ),
            }
        ),
        security=[{"token": []}, {"session": []}],
        tags=[Tag(name=name, description=text) for name, text in TAGS],
        openapi_router=_Documents("/api/v1", route_handlers=[], include_in_schema=False),
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        use_handler_docstrings=True,
    )
