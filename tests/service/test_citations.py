"""What a published version says of itself over HTTP: its metadata frozen, its citations in every form, its page."""

from __future__ import annotations

import datetime as dt
import json
import re
from html.parser import HTMLParser
from typing import Any

import bibtexparser
import pytest
import rispy
from datacite import schema45

from tests.support.package_shelf import DRAFT, Shelf
from tests.support.stored_files import store_frame

SAYS: dict[str, Any] = {
    "contributors": [
        {
            "name": "Tycho Brahe",
            "given_name": "Tycho",
            "family_name": "Brahe",
            "orcid": "https://orcid.org/0000-0002-1825-0097",
            "affiliations": [{"name": "Uraniborg", "ror": "04wxnsj81"}],
        },
        {"name": "Hven Collaboration", "kind": "organisation", "contributor_type": "ResearchGroup"},
    ],
    "related": [{"identifier": "doi:10.1051/X", "type": "DOI", "relation": "IsSupplementTo"}],
    "funding": [{"funder": "Frederik II", "award_number": "1576"}],
    "dates": [{"date": "2026-11-20/2026-11-21", "type": "Collected"}],
}


class Scripts(HTMLParser):
    """Gathers what a browser would take for scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script"
        if self._inside:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


async def test_what_a_draft_says_is_kept_frozen_and_carried_into_the_next(shelf: Shelf) -> None:
    made = (await shelf.draft(**SAYS))["versions"][0]
    assert made["contributors"][0]["affiliations"] == [{"name": "Uraniborg", "ror": "https://ror.org/04wxnsj81"}]
    assert made["related"] == [{"identifier": "10.1051/x", "type": "DOI", "relation": "IsSupplementTo"}]
    one = f"{shelf.base}/packages/m31/versions/1"
    changed = await shelf.owner.client.patch(one, json={"funding": [{"funder": "Rudolf II"}]})
    assert changed.json()["versions"][0]["funding"][0]["funder"] == "Rudolf II"
    assert (await shelf.publish()).status_code == 200
    refused = await shelf.owner.client.patch(one, json={"funding": []})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/package-not-draft")
    shown = (await shelf.service.anonymous.get(f"{shelf.public}/m31/versions/1")).json()
    assert {name: shown[name] for name in ("contributors", "related", "dates")} == {
        name: made[name] for name in ("contributors", "related", "dates")
    }
    begun = (await shelf.owner.client.post(f"{shelf.base}/packages/m31/versions")).json()["versions"][0]
    assert (begun["version"], begun["funding"]) == (2, shown["funding"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"contributors": [{"name": "T", "affiliations": [{"name": "x", "ror": "04wxnsj82"}]}]}, "invalid-ror"),
        ({"contributors": [{"name": "T", "contributor_type": "Astronomer"}]}, "invalid-input"),
        ({"related": [{"identifier": "x", "type": "DOI", "relation": "Cites"}]}, "invalid-doi"),
        ({"related": [{"identifier": "10.1/x", "type": "DOI", "relation": "Likes"}]}, "invalid-input"),
        ({"funding": [{"funder": "F", "award_url": "file:///etc/passwd"}]}, "invalid-input"),
        ({"dates": [{"date": "2026-02-30", "type": "Collected"}]}, "invalid-input"),
        ({"licence": "Proprietary"}, "unknown-licence"),
    ],
)
async def test_what_datacite_would_not_take_is_refused(shelf: Shelf, change: dict[str, Any], code: str) -> None:
    reply = await shelf.owner.client.post(f"{shelf.base}/packages", json=DRAFT | change)
    assert (reply.status_code, reply.json()["type"]) == (400, f"/problems/{code}"), reply.text


async def test_every_form_is_given_under_its_media_type(shelf: Shelf) -> None:
    address = await shelf.published(**SAYS)
    public = shelf.service.anonymous
    replies = {}
    for name, media_type in {
        "text": "text/x-bibliography",
        "bibtex": "application/x-bibtex",
        "ris": "application/x-research-info-systems",
        "csl": "application/vnd.citationstyles.csl+json",
        "datacite": "application/vnd.datacite.datacite+json",
        "schema-org": "application/ld+json",
    }.items():
        replies[name] = await public.get(f"{address}/citation/{name}")
        assert replies[name].status_code == 200
        assert replies[name].headers["content-type"].partition(";")[0] == media_type
    assert replies["text"].text.startswith("Brahe, Tycho (20")
    assert bibtexparser.parse_string(replies["bibtex"].text).entries[0].fields_dict["author"].value == "Brahe, Tycho"
    assert rispy.loads(replies["ris"].text)[0]["authors"] == ["Brahe, Tycho"]
    assert replies["csl"].json()["author"] == [{"family": "Brahe", "given": "Tycho"}]
    attributes = replies["datacite"].json()
    assert [error.message for error in schema45.validator.iter_errors(attributes)] == []
    assert [each["contributorType"] for each in attributes["contributors"]] == ["ResearchGroup"]
    assert replies["schema-org"].json()["@type"] == "Dataset"
    assert (await public.get(f"{address}/citation/marc")).status_code == 404
    assert (await public.get(f"{shelf.public}/m31/versions/2/citation/text")).status_code == 404


async def test_the_time_of_the_exposures_is_told_where_nobody_told_it(shelf: Shelf) -> None:
    await shelf.owner.client.post(f"{shelf.base}/datasets", json={"name": "lights"})
    items = []
    for hour in (20, 22, 21):
        at = dt.datetime(2026, 11, 20, hour, tzinfo=dt.UTC)
        file_id, _ = await store_frame(shelf.service.house, shelf.slug, f"{hour}.fits", b"%d" % hour, start_at=at)
        items.append({"file": str(file_id)})
    await shelf.owner.client.post(f"{shelf.base}/datasets/lights/files", json={"files": items})
    address = await shelf.published(datasets=["lights"])
    said = (await shelf.service.anonymous.get(f"{address}/citation/datacite")).json()
    collected = [each["date"] for each in said["dates"] if each["dateType"] == "Collected"]
    assert collected == ["2026-11-20T20:00:00Z/2026-11-20T22:00:00Z"]


async def test_the_page_shows_all_and_runs_nothing(shelf: Shelf) -> None:
    trap = "</script><script>alert(1)</script><!-- & \"'"
    address = await shelf.published(**SAYS | {"title": f"M31 {trap}", "description": trap})
    reply = await shelf.service.anonymous.get(f"{address}/page")
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    scripts = Scripts()
    scripts.feed(reply.text)
    assert len(scripts.found) == 1
    described = json.loads(scripts.found[0])
    assert (described["@type"], described["name"]) == ("Dataset", f"M31 {trap}")
    assert described == (await shelf.service.anonymous.get(f"{address}/citation/schema-org")).json()
    assert f"{address}/zip" in reply.text
    links = reply.headers["link"]
    assert re.search(r'/citation/datacite>; rel="describedby"', links)
    assert 'rel="cite-as"' in links


async def test_a_tombstone_is_still_cited_and_says_why(shelf: Shelf) -> None:
    address = await shelf.published(**SAYS)
    await shelf.owner.client.post(
        f"{shelf.base}/packages/m31/versions/1/withdraw", json={"reason": "Clock <b>wrong</b>."}
    )
    public = shelf.service.anonymous
    page = await public.get(f"{address}/page")
    assert page.status_code == 200
    assert "was withdrawn" in page.text
    assert "Clock &lt;b&gt;wrong&lt;/b&gt;." in page.text
    assert f"{address}/zip" not in page.text + page.headers["link"]
    said = (await public.get(f"{address}/citation/datacite")).json()
    assert "Withdrawn" in {each["dateType"] for each in said["dates"]}
    assert [error.message for error in schema45.validator.iter_errors(said)] == []
    assert "distribution" not in (await public.get(f"{address}/citation/schema-org")).json()


async def test_an_older_page_leads_to_the_newer_one(shelf: Shelf) -> None:
    address = await shelf.published()
    assert "newer version" not in (await shelf.service.anonymous.get(f"{address}/page")).text
    await shelf.owner.client.post(f"{shelf.base}/packages/m31/versions")
    await shelf.publish(version=2)
    older = (await shelf.service.anonymous.get(f"{address}/page")).text
    assert f"{shelf.public}/m31/versions/2/page" in older
    assert "newer version" not in (await shelf.service.anonymous.get(f"{shelf.public}/m31/versions/2/page")).text
