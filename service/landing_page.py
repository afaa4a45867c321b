"""The page at which a citation ends: what it is, whose it is, how to cite and get it; or the tombstone."""

from __future__ import annotations

from datetime import UTC
from html import escape

import msgspec

from domain.citation import citation_text
from domain.package_record import doi_address, listed_name
from service.actions.citations import Cited
from service.portal_address import PortalAddress

__all__ = ["landing_links", "landing_page"]

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "dt{font-weight:600;margin-top:.7rem}dd{margin-left:0}.tombstone{border-left:4px solid #b00;padding-left:1rem}"
    "pre{white-space:pre-wrap}"
)
FORMATS = (
    ("text", "Text"), ("bibtex", "BibTeX"), ("ris", "RIS"), ("csl", "CSL JSON"), ("datacite", "DataCite JSON"),
    ("schema-org", "schema.org"),
)  # fmt: skip


def landing_links(cited: Cited) -> str:
    """Write the ``Link`` header by which programs find what belongs to the page (signposting.org, level 1)."""
    url = cited.record.url
    links = [
        f'<{cited.record.identifier}>; rel="cite-as"',
        f'<{url}/citation/datacite>; rel="describedby"; type="application/vnd.datacite.datacite+json"',
        f'<{url}/citation/schema-org>; rel="describedby"; type="application/ld+json"',
        f'<{cited.record.licence.url}>; rel="license"',
    ]
    if cited.archive:
        links.append(f'<{cited.archive}>; rel="item"; type="application/zip"')
    return ", ".join(links)


def landing_page(cited: Cited, here: PortalAddress, there: PortalAddress) -> str:
    """Write the page as HTML.

    Parameters
    ----------
    here, there : PortalAddress
        Where it is asked for, and where search engines shall know it. What a citation names is neither: that lasts.
    """
    record = cited.record
    # Inside a script a "<" could end it, whatever the JSON says.
    described = msgspec.json.encode(cited.schema_org()).decode().replace("<", "\\u003c")
    people = "; ".join(
        f'<a href="https://orcid.org/{escape(each.orcid)}">{escape(listed_name(each))}</a>'
        if each.orcid
        else escape(listed_name(each))
        for each in record.contributors
    )
    rows = [
        ("Cite as", escape(citation_text(record))),
        ("DOI", _link(doi_address(record.doi)) if record.doi else ""),
        ("DOI of all versions", _link(doi_address(cited.concept_doi)) if cited.concept_doi else ""),
        ("People", people),
        ("Publisher", escape(record.publisher)),
        ("Version", str(record.version)),
        ("Published", f"{record.published_at.astimezone(UTC):%Y-%m-%d}"),
        ("Licence", f'<a href="{escape(record.licence.url)}">{escape(record.licence.name)}</a>'),
        ("Keywords", escape(", ".join(record.keywords))),
        ("Content", f"{record.file_count:,} file{'' if record.file_count == 1 else 's'}, {record.size_bytes:,} bytes"),
        ("Manifest SHA-256", f"<code>{cited.manifest_sha256}</code>"),
        ("Download", _link(cited.archive) if cited.archive else ""),
        (
            "Reference",
            ", ".join(f'<a href="{escape(record.url)}/citation/{name}">{word}</a>' for name, word in FORMATS),
        ),
    ]
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows if value)
    notice = ""
    if cited.state == "withdrawn":
        notice = (
            '<p class="tombstone"><strong>This version was withdrawn.</strong> Its files are no longer given out. '
            f"Reason: {escape(cited.withdrawn_reason or '')}</p>"
        )
    if cited.newer_version:
        notice += f"<p>There is a newer version: {_link(here.landing(record.package, cited.newer_version))}</p>"
    description = f"<pre>{escape(record.description)}</pre>" if record.description.strip() else ""
    title = escape(record.title)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="canonical" href="{escape(there.landing(record.package, record.version))}"><style>{STYLE}</style>'
        f'<script type="application/ld+json">{described}</script></head>'
        f"<body><main><h1>{title}</h1>{notice}{description}<dl>{listed}</dl></main></body></html>\n"
    )


def _link(address: str) -> str:
    return f'<a href="{escape(address)}">{escape(address)}</a>'
