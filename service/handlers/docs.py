"""The API's documentation as one page of plain HTML: nothing is fetched from elsewhere, nothing runs."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Any

from litestar import MediaType, Request, Response, get

__all__ = ["HANDLERS", "render"]

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: #3a6ea5; }
@media (prefers-color-scheme: dark) { :root { --accent: #8ab4f8; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1rem 1.25rem 4rem; }
h1 { margin-bottom: 0; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
nav a { margin-right: 1rem; } a { color: var(--accent); }
details { border-bottom: 1px solid var(--line); padding: .35rem 0; }
summary { cursor: pointer; display: grid; grid-template-columns: 4.5rem 1fr; gap: .25rem .75rem; }
summary .m { font: 600 .8rem ui-monospace, monospace; align-self: center; }
code, .path { font: .9rem ui-monospace, monospace; overflow-wrap: anywhere; }
summary .what { grid-column: 2; opacity: .8; font-size: .93rem; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; margin: .5rem 0; }
td, th { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--soft); }
.body { margin: .25rem 0 .75rem 5.25rem; } @media (max-width: 40rem) { .body { margin-left: 0; } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(_type(s) for s in schema[key]))
    if "enum" in schema:
        return ", ".join(str(v) for v in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(p['name'])}</code></td><td>{escape(p['in'])}"
        f"{'' if p.get('required') else ', optional'}</td><td>{escape(_type(p.get('schema', {})))}</td>"
        f"<td>{escape(p.get('description') or '')}</td></tr>"
        for p in operation.get("parameters", [])
    )
    body = operation.get("requestBody", {}).get("content", {})
    bodies = "".join(
        f"<p>Body: <code>{escape(_type(b.get('schema', {})))}</code>, {escape(m)}</p>" for m, b in body.items()
    )
    replies = "".join(
        f"<tr><td><code>{escape(status)}</code></td><td>"
        + escape(", ".join(_type(c.get("schema", {})) for c in reply.get("content", {}).values()))
        + f"</td><td>{escape(reply.get('description', ''))}</td></tr>"
        for status, reply in operation["responses"].items()
    )
    lock = "no login" if operation.get("security") == [{}] else ""
    return (
        f"<details id='{escape(operation['operationId'])}'><summary><span class='m'>{method.upper()}</span>"
        f"<span class='path'>{escape(path)}</span><span class='what'>{escape(operation.get('summary', ''))}"
        f"{' · ' + lock if lock else ''}</span></summary><div class='body'>"
        f"<p><code>uraniborg api {escape(operation['operationId'])}</code></p>"
        + (f"<p>{escape(operation['description'])}</p>" if operation.get("description") else "")
        + (f"<table><tr><th>Parameter<th>In<th>Type<th>Meaning</tr>{rows}</table>" if rows else "")
        + bodies
        + f"<table><tr><th>Status<th>Body<th>Meaning</tr>{replies}</table></div></details>"
    )


def _schema(name: str, schema: dict[str, Any]) -> str:
    needed = set(schema.get("required", []))
    rows = "".join(
        f"<tr><td><code>{escape(member)}</code>{'' if member in needed else ' ?'}</td><td>{escape(_type(what))}</td>"
        f"<td>{escape(what.get('description') or '')}</td></tr>"
        for member, what in schema.get("properties", {}).items()
    )
    return (
        f"<details id='schema-{escape(name)}'><summary><span class='m'></span><span class='path'>{escape(name)}</span>"
        f"</summary><div class='body'><p>{escape(schema.get('description') or '')}</p>"
        f"<table>{rows}</table></div></details>"
    )


def render(document: dict[str, Any]) -> str:
    """Render an OpenAPI document as a page."""
    groups: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and "operationId" in operation:
                tag = (operation.get("tags") or ["other"])[0]
                groups.setdefault(tag, []).append(_operation(path, method, operation))
    told = {tag["name"]: tag.get("description", "") for tag in document.get("tags", [])}
    names = [name for name in told if name in groups] + [name for name in groups if name not in told]
    sections = "".join(
        f"<h2 id='{escape(name)}'>{escape(name.capitalize())}</h2><p>{escape(told.get(name, ''))}</p>"
        + "".join(groups[name])
        for name in names
    )
    schemas = document.get("components", {}).get("schemas", {})
    words = "".join(_schema(name, schema) for name, schema in sorted(schemas.items()))
    title = escape(document["info"]["title"])
    links = "".join(f"<a href='#{escape(name)}'>{escape(name)}</a>" for name in names)
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title}: the API</title>"
        f"<meta name='viewport' content='width=device-width'><style>{STYLE}</style></head><body>"
        f"<h1>{title}</h1><p>Version {escape(document['info']['version'])} ·"
        f" <a href='/api/v1/openapi.json'>OpenAPI document</a></p>"
        f"<p>{escape(document['info'].get('description', ''))}</p>"
        f"<nav>{links}<a href='#words'>words</a></nav>{sections}"
        f"<h2 id='words'>Words</h2>{words}</body></html>"
    )


@lru_cache(maxsize=2)
def _page(app: Any) -> str:
    return render(app.openapi_schema.to_schema())


@get("/api/v1/docs", include_in_schema=False, opt={"scope": "public"})
async def api_docs(request: Request[Any, Any, Any]) -> Response[str]:
    """Show what the API offers."""
    return Response(_page(request.app), media_type=MediaType.HTML, headers={"content-security-policy": POLICY})


HANDLERS = [api_docs]
