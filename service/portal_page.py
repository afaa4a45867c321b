"""The page at which the public meets an organisation: plain HTML in its colours, nothing that runs."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from domain.package_record import doi_address, listed_name
from service.actions.public_portal import PublicPortal, ShownPackage, ShownPicture, ShownSite, ShownTelescope
from service.house import House
from service.portal_address import PortalAddress, canonical_address

__all__ = ["page_policy", "portal_page"]

#: Characters of a name or title at most; what is longer ends in an ellipsis.
LONGEST_NAME, LONGEST_SUMMARY = 200, 300
# What turns the direction of text or cannot be seen; in an element <bdi> holds them in, in an attribute nothing does.
_INVISIBLE = re.compile("[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

_STYLE = """
:root { color-scheme: light dark; --line: #8885; --soft: #8881; }
* { box-sizing: border-box; }
body { font: 17px/1.55 system-ui, sans-serif; margin: 0; overflow-wrap: anywhere; }
header { background: %(colour)s; color: %(ink)s; border-bottom: .4rem solid %(second)s; padding: 2.5rem 1.25rem 2rem; }
header > *, main > *, footer > * { max-width: 62rem; margin-left: auto; margin-right: auto; }
main { padding: 1rem 1.25rem 3rem; } footer { border-top: 1px solid var(--line); padding: 1rem 1.25rem 2rem; }
.logo { display: block; max-width: min(100%%, 20rem); height: auto; max-height: 7.5rem; width: auto;
  margin-bottom: 1rem; object-fit: contain; object-position: left; }
h1 { font-size: 2rem; line-height: 1.2; margin-top: 0; margin-bottom: .25rem; }
h2 { font-size: 1.3rem; margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 0 0 .25rem; }
a { color: inherit; text-underline-offset: .15em; } a:focus-visible { outline: 3px solid %(second)s; }
.cards { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%%, 17rem), 1fr));
  list-style: none; padding: 0; }
#tonight + .cards { grid-template-columns: repeat(auto-fill, minmax(min(100%%, 26rem), 1fr)); }
.cards > li { border: 1px solid var(--line); border-radius: .4rem; padding: 1rem; background: var(--soft); }
figure { margin: 0; }
figure img { width: 100%%; height: auto; aspect-ratio: 1; object-fit: cover; display: block; background: #000; }
figcaption, .small { font-size: .88rem; } .cards p { margin: .35rem 0; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .15rem .9rem; margin: .5rem 0; } dd { margin: 0; }
dt { font-weight: 600; }
"""


def _ink(colour: str) -> str:
    """Choose black or white to write on a colour, whichever stands out more (WCAG 2.2, relative luminance)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#fff"


def _style(portal: PublicPortal) -> str:
    return _STYLE % {"colour": portal.colour, "second": portal.second_colour, "ink": _ink(portal.colour)}


def page_policy(portal: PublicPortal) -> str:
    """Write the page's Content-Security-Policy: its own style by its hash, its own pictures, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_style(portal).encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )


def _short(text: str, longest: int = LONGEST_NAME) -> str:
    text = " ".join(_INVISIBLE.sub(" ", text[: longest * 4]).split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _plain(text: str, longest: int = LONGEST_NAME) -> str:
    """Text for an attribute or the title: short, escaped, and of one direction."""
    return escape(_short(text, longest))


def _name(text: str, longest: int = LONGEST_NAME) -> str:
    """Text within an element, whose direction ends with it."""
    return f"<bdi>{_plain(text, longest)}</bdi>"


def _link(address: str, words: str) -> str:
    """A link; ``words`` are HTML."""
    return f'<a href="{escape(address)}">{words}</a>'


def _facts(*rows: tuple[str, str]) -> str:
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows if value) + "</dl>"


def portal_page(house: House, portal: PublicPortal, here: PortalAddress, *, page: int) -> str:
    """Write the page as HTML.

    Parameters
    ----------
    here : PortalAddress
        Where it is asked for: its links stay there, while search engines are told the one address it has.
    """
    there = canonical_address(house.config, portal.organisation, portal.host)
    canonical = there.home if page == 1 else f"{there.home}?page={page}"
    summary = _plain(portal.text or f"{portal.name}: telescopes, tonight's sky and published data.", LONGEST_SUMMARY)
    title = _plain(portal.title)
    picture = f"{there.base}/pictures/{portal.pictures[0].frame}/2048" if portal.pictures else ""
    metas = {"og:type": "website", "og:title": title, "og:description": summary, "og:url": escape(canonical),
             "og:site_name": _plain(portal.name), "og:image": escape(picture)}  # fmt: skip
    # Inside a script a "<" could end it, whatever the JSON says.
    described = msgspec.json.encode(_described(portal, there)).decode().replace("<", "\\u003c")
    sections = [
        _about(portal),
        _section("tonight", "Tonight", "".join(_night(site) for site in portal.sites if site.night)),
        _section("pictures", "Pictures", "".join(_picture(here, each) for each in portal.pictures)),
        _section("data", "Published data", "".join(_package(here, each) for each in portal.packages)),
        _pages(here.home, page, more=portal.more),
        _section("telescopes", "Telescopes", "".join(_telescope(each) for each in portal.telescopes)),
        _section("places", "Where", "".join(_site(each) for each in portal.sites)),
    ]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="description" content="{summary}"><meta name="theme-color" content="{portal.colour}">'
        f'<link rel="canonical" href="{escape(canonical)}"><link rel="icon" href="/icon.svg" type="image/svg+xml">'
        + "".join(f'<meta property="{name}" content="{value}">' for name, value in metas.items() if value)
        + f'<meta name="twitter:card" content="{"summary_large_image" if picture else "summary"}">'
        f"<style>{_style(portal)}</style>"
        f'<script type="application/ld+json">{described}</script></head>'
        f"<body><header>{_logo(here, portal)}<h1>{_name(portal.title)}</h1>"
        + (f"<p>{_name(portal.name)}</p>" if portal.name != portal.title else "")
        + f"</header><main>{''.join(sections)}</main>"
        '<footer><p class="small">Data kept and published with Uraniborg.</p></footer></body></html>\n'
    )


def _logo(here: PortalAddress, portal: PublicPortal) -> str:
    if portal.logo is None:
        return ""
    size = f'width="{portal.logo.width_px}" height="{portal.logo.height_px}"'
    # The name stands beside it: to who cannot see it, it says nothing more.
    return f'<div><img class="logo" src="{escape(here.path + portal.logo.path)}" {size} alt=""></div>'


def _section(name: str, title: str, cards: str) -> str:
    return f'<section aria-labelledby="{name}"><h2 id="{name}">{title}</h2><ul class="cards">{cards}</ul></section>' \
        if cards else ""  # fmt: skip


def _about(portal: PublicPortal) -> str:
    paragraphs = [part for part in re.split(r"\n\s*\n", portal.text) if part.strip()]
    return "".join(f"<p>{_name(part, 20_000)}</p>" for part in paragraphs)


def _clock(moment: datetime | None, zone: ZoneInfo) -> str:
    if moment is None:
        return ""
    utc = moment.astimezone(UTC)
    return f'<time datetime="{utc:%Y-%m-%dT%H:%M:%SZ}">{utc:%H:%M} UTC, {moment.astimezone(zone):%H:%M} local</time>'


def _night(site: ShownSite) -> str:
    assert site.night is not None and site.span is not None
    night, zone = site.night, ZoneInfo(site.time_zone)
    hours = f"{night.dark_s / 3600:.1f} h" if night.dark_s else "none: the Sun stays within 18° of the horizon"
    moon = f"{night.moon_phase}, {100 * night.moon_illuminated_fraction:.0f} % lit"
    return (
        f"<li><h3>{_name(site.name)}</h3><p class='small'>Night of {site.span.night:%Y-%m-%d}</p>"
        + _facts(
            ("Sunset", _clock(night.sunset_at, zone)),
            ("Nautical dusk", _clock(night.nautical_dusk_at, zone)),
            ("Dark from", _clock(night.astronomical_dusk_at, zone)),
            ("Dark until", _clock(night.astronomical_dawn_at, zone)),
            ("Nautical dawn", _clock(night.nautical_dawn_at, zone)),
            ("Sunrise", _clock(night.sunrise_at, zone)),
            ("Darkness", hours),
            ("Moon", escape(moon)),
            ("Moonrise", ", ".join(_clock(each, zone) for each in night.moonrises_at)),
            ("Moonset", ", ".join(_clock(each, zone) for each in night.moonsets_at)),
        )
        + "</li>"
    )


def _picture(here: PortalAddress, shown: ShownPicture) -> str:
    words = [
        _name(shown.object or "Frame"),
        _name(shown.filter) if shown.filter else "",
        f"{shown.exposure_s:g} s" if shown.exposure_s else "",
        f"{shown.start_at.astimezone(UTC):%Y-%m-%d}" if shown.start_at else "",
        _name(shown.telescope) if shown.telescope else "",
    ]
    landing = here.landing(shown.package, shown.version)
    # Addresses of pictures are relative: they are loaded from where the page is, whatever name it has.
    path = f"{here.path}/pictures/{shown.frame}"
    return (
        f'<li><figure><a href="{escape(path)}/2048"><img src="{escape(path)}/512" loading="lazy" width="512"'
        f' height="512" alt="{_plain(shown.object or "Frame")}"></a>'
        f"<figcaption><p>{' · '.join(word for word in words if word)}</p>"
        f"<p>Credit: {_name(shown.credit)}, {_link(shown.licence.url, escape(shown.licence.id))},"
        f" from {_link(landing, _name(shown.title))}</p></figcaption></figure></li>"
    )


def _package(here: PortalAddress, shown: ShownPackage) -> str:
    record = shown.record
    people = "; ".join(_short(listed_name(each)) for each in record.contributors[:10])
    return (
        f"<li><article><h3>{_link(here.landing(record.package, record.version), _name(record.title))}</h3>"
        + (f"<p>{_name(people, 400)}</p>" if people else "")
        + _facts(
            ("Published", f"{record.published_at.astimezone(UTC):%Y-%m-%d}, version {record.version}"),
            ("DOI", _link(doi_address(record.doi), _name(record.doi)) if record.doi else ""),
            ("Licence", _link(record.licence.url, escape(record.licence.id))),
            ("Content", f"{_files(record.file_count)}, {record.size_bytes / 1e6:,.1f} MB"),
        )
        + f"<p class='small'>Cite as: {_name(shown.citation, 1000)}</p></article></li>"
    )


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _pages(base: str, page: int, *, more: bool) -> str:
    links = []
    if page > 1:
        links.append(_link(base if page == 2 else f"{base}?page={page - 1}", "Newer data"))
    if more:
        links.append(_link(f"{base}?page={page + 1}", "Older data"))
    return f'<nav aria-label="Published data"><p>{" · ".join(links)}</p></nav>' if links else ""


def _telescope(shown: ShownTelescope) -> str:
    instruments = "; ".join(
        _name(name) + (f" ({_name(', '.join(filters))})" if filters else "") for name, filters in shown.instruments
    )
    return f"<li><h3>{_name(shown.name)}</h3>" + _facts(
        ("Aperture", f"{shown.aperture_mm:g} mm" if shown.aperture_mm else ""),
        ("Focal length", f"{shown.focal_length_mm:g} mm" if shown.focal_length_mm else ""),
        ("Mount", _name(shown.mount) if shown.mount else ""),
        ("Place", _name(shown.site) if shown.site else ""),
        ("Instruments", instruments),
    ) + "</li>"  # fmt: skip


def _site(site: ShownSite) -> str:
    north, east = ("N" if site.latitude_deg >= 0 else "S"), ("E" if site.longitude_deg >= 0 else "W")
    place = f"{abs(site.latitude_deg):.{site.digits}f}° {north}, {abs(site.longitude_deg):.{site.digits}f}° {east}"
    return f"<li><h3>{_name(site.name)}</h3>" + _facts(
        ("Place", place if site.mpc_code else f"about {place}"),
        ("Height", f"{site.height_m:.0f} m"),
        ("Time zone", escape(site.time_zone)),
        ("MPC code", escape(site.mpc_code or "")),
    ) + "</li>"  # fmt: skip


def _described(portal: PublicPortal, there: PortalAddress) -> dict[str, Any]:
    """Describe the organisation, its places and its packages in schema.org's JSON-LD."""
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ResearchOrganization",
        "@id": there.home,
        "url": there.home,
        "name": _short(portal.name),
        "description": _short(portal.text, LONGEST_SUMMARY),
        "location": [
            {
                "@type": "Place",
                "name": _short(site.name),
                "geo": {"@type": "GeoCoordinates", "latitude": site.latitude_deg, "longitude": site.longitude_deg},
            }
            for site in portal.sites
        ],
        "subjectOf": [
            {
                "@type": "Dataset",
                "name": _short(each.record.title),
                "description": _short(each.record.description or each.citation, 5000),
                "url": there.landing(each.record.package, each.record.version),
                "identifier": doi_address(each.record.doi) if each.record.doi else each.record.url,
                "license": each.record.licence.url,
                "version": str(each.record.version),
                "datePublished": f"{each.record.published_at.astimezone(UTC):%Y-%m-%d}",
            }
            for each in portal.packages
        ],
    }
    return {name: value for name, value in described.items() if value}
