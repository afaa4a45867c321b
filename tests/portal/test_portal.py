"""The portal as an observer uses it: signing in, the log, searching, publishing; what is hostile stays text."""

from __future__ import annotations

import json
import re

import httpx
import pytest
import uraniborg
from playwright.sync_api import expect

from tests.portal.conftest import HOSTILE, NIGHT, NewPage, Observatory
from tests.support.authenticator import code_of
from tests.support.live_server import LiveServer
from tests.support.portal_page import PortalPage

pytestmark = pytest.mark.slow


def test_front_door_leads_to_sign_in_and_back_to_where_one_was_going(
    new_page: NewPage, observatory: Observatory
) -> None:
    portal = new_page(signed_in=False)
    portal.page.goto(observatory.address(f"nights/quadrant/{NIGHT}"))
    portal.page.get_by_label("E-mail address").fill(observatory.owner.email)
    portal.page.get_by_label("Password").fill("not the password")
    portal.page.get_by_role("button", name="Sign in").click()
    expect(portal.page.get_by_role("alert")).to_be_visible()
    portal.page.get_by_label("Password").fill(observatory.owner.password)
    portal.page.get_by_role("button", name="Sign in").click()
    expect(portal.page.get_by_role("heading", name=f"Night of {NIGHT}")).to_be_visible()
    portal.page.get_by_role("button", name="Sign out").click()
    expect(portal.page.get_by_label("Password")).to_be_visible()
    portal.page.goto(observatory.address("frames"))
    expect(portal.page.get_by_label("Password")).to_be_visible()


def test_second_factor(new_page: NewPage, server: LiveServer) -> None:
    someone = server.someone("kepler")
    with httpx.Client(base_url=f"{server.url}/api/v1") as client:
        entered = client.post("/session", json={"email": someone.email, "password": someone.password}).json()
        client.headers["X-CSRF-Token"] = entered["csrf_token"]
        secret = client.post("/me/second-factor").json()["secret"]
        kept = client.post("/me/second-factor/confirm", json={"code": code_of(secret)}).json()["codes"]
    portal = new_page(signed_in=False)
    portal.page.goto(f"{server.url}/app/")
    portal.page.get_by_label("E-mail address").fill(someone.email)
    portal.page.get_by_label("Password").fill(someone.password)
    portal.page.get_by_role("button", name="Sign in").click()
    portal.page.get_by_label("Code").fill(kept[0])
    portal.page.get_by_role("button", name="Go on").click()
    expect(portal.page.get_by_role("heading", name="Your organisations")).to_be_visible()


def test_log_is_written_and_edited_beside_the_sky(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address(f"tonight?night={NIGHT}"))
    page.get_by_label("What happened").fill(f"Seeing 1.8 arcsec {HOSTILE}")
    page.get_by_label("Lost, min").fill("15")
    page.get_by_role("button", name="Write it down").click()
    entry = page.locator(".entry", has_text="Seeing 1.8")
    expect(entry).to_contain_text("15 min lost: weather")
    page.reload()  # the token for changes comes from the session, whichever page began it
    entry.get_by_role("button", name="Edit").click()
    entry.get_by_label("What happened").fill("Seeing 1.6 arcsec")
    entry.get_by_role("button", name="Save as a new revision").click()
    changed = page.locator(".entry", has_text="Seeing 1.6")
    changed.get_by_role("button", name="Show earlier revisions").click()
    expect(changed.locator(".revisions")).to_contain_text("<script>")
    assert page.evaluate("window.hostile") is None


def test_newest_frames_are_shown(portal: PortalPage, observatory: Observatory) -> None:
    portal.open(observatory.address(f"tonight?night={NIGHT}"))
    expect(portal.page.locator(".thumbs li")).to_have_count(len(observatory.frames))


def test_search_by_facet_words_and_header(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address("frames"))
    expect(page.locator(".page-head p")).to_have_text(f"{len(observatory.frames)} frames")
    page.locator("fieldset", has_text="Filter").get_by_role("button", name=re.compile("^R")).click()
    expect(page.locator(".page-head p")).to_have_text("4 frames")
    page.get_by_label("Header, one comparison a line").fill("GAIN>1.4")
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.locator(".page-head p")).to_have_text("3 frames")
    told = page.get_by_role("button", name="Copy as Python").get_attribute("title")
    assert told is not None and 'client.find(filter="R", where=["GAIN>1.4"])' in told
    told = page.get_by_role("button", name="Copy as CLI").get_attribute("title")
    assert told == f"uraniborg find --organisation {observatory.slug} --filter R --where 'GAIN>1.4'"
    page.go_back()
    expect(page.locator(".page-head p")).to_have_text("4 frames")


def test_hostile_header_is_text(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    for frame in observatory.frames:
        portal.open(observatory.address(f"frames/{frame}"))
        expect(page.locator(".header")).to_contain_text("<script>hostile=1</script>")
        page.get_by_label("Search the header").fill("observer")
        expect(page.locator(".cards-table tr")).to_have_count(1)
    assert page.evaluate("window.hostile") is None


def test_a_package_from_chosen_frames_to_its_landing_page(
    portal: PortalPage, new_page: NewPage, observatory: Observatory
) -> None:
    page = portal.page
    portal.open(observatory.address("frames?filter=V"))
    for box in page.locator(".body").get_by_role("checkbox").all()[:3]:
        box.check()
    page.get_by_label("Name of the dataset").fill("Three in V")
    page.get_by_role("button", name="Make a dataset").click()
    expect(page.get_by_role("heading", name="Three in V")).to_be_visible()
    expect(page.locator(".page-head p")).to_contain_text("3 files")
    page.get_by_role("link", name="Make a package").click()
    page.get_by_label("Title").fill("Andromeda in V")
    page.get_by_label("Description").fill("Three frames of the Andromeda galaxy in V.")
    page.get_by_role("button", name="Make the draft").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish for ever").click()
    address = page.get_by_role("link", name="Landing page").get_attribute("href")
    assert address is not None
    stranger = new_page(signed_in=False)
    stranger.page.goto(observatory.url + address)
    expect(stranger.page.get_by_role("heading", name="Andromeda in V")).to_be_visible()


def test_palette_and_keys(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address("packages"))
    page.keyboard.press("g")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Nights of")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type(f"night {NIGHT}")
    expect(page.get_by_role("option", name=f"{NIGHT} quadrant")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"Night of {NIGHT}")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("mode: red")
    expect(page.get_by_role("option", name="Mode: red do")).to_be_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("document.documentElement.dataset.mode") == "red"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.mode") == "red"


def test_times_are_shown_as_chosen(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address(f"frames/{observatory.frames[0]}"))
    expect(page.locator(".page-head time")).to_have_text(re.compile(r"2026-11-20 1\d:\d\d:\d\d"))
    utc = page.locator(".page-head time").inner_text()
    page.locator(".clock").click()
    local = page.locator(".page-head time").inner_text()
    assert int(local[11:13]) == int(utc[11:13]) + 1  # Copenhagen in winter
    page.locator(".clock").click()
    expect(page.locator(".clock small")).to_have_text("LST")


def test_local_times_are_those_of_the_nights_own_site(new_page: NewPage, server: LiveServer) -> None:
    owner = server.someone("two-sites")
    with uraniborg.connect(server.url, owner.token) as client:
        client.organisation = slug = client.add_organisation(name="North and South").slug
        for name, zone, longitude_deg in (("Hven", "Europe/Copenhagen", 12.7), ("Paranal", "America/Santiago", -70.4)):
            client.add_site(name=name, latitude_deg=0.0, longitude_deg=longitude_deg, time_zone=zone)
            client.add_telescope(name=f"At {name}", site=name.lower())
            client.add_log_entry(f"at-{name.lower()}", NIGHT, text="Clear.", occurred_at="2026-11-21T02:30:00Z")
    portal = new_page(signed_in=False)
    portal.sign_in(owner.email, owner.password)
    portal.page.locator(".clock").click()
    for telescope, time in (("at-paranal", "23:30"), ("at-hven", "03:30")):
        portal.open(f"{server.url}/app/{slug}/nights/{telescope}/{NIGHT}")
        expect(portal.page.locator(".entry time").first).to_contain_text(time)


def test_a_log_is_shown_to_its_end_and_no_edit_overwrites_one_that_was_not_seen(
    new_page: NewPage, server: LiveServer
) -> None:
    owner = server.someone("long-night")
    with uraniborg.connect(server.url, owner.token) as client:
        client.organisation = slug = client.add_organisation(name="A long night").slug
        client.add_site(name="Hven", latitude_deg=55.9, longitude_deg=12.7, time_zone="Europe/Copenhagen")
        client.add_telescope(name="Quadrant", site="hven")
        for number in range(101):
            at = f"2026-11-20T{18 + number // 60}:{number % 60:02}:00Z"
            entry = client.add_log_entry("quadrant", NIGHT, text=f"Focus {number}.", occurred_at=at)
        portal = new_page(signed_in=False)
        portal.sign_in(owner.email, owner.password)
        portal.open(f"{server.url}/app/{slug}/nights/quadrant/{NIGHT}")
        shown = portal.page.locator(".entry").first
        expect(shown).to_contain_text("Focus 100.")
        shown.get_by_role("button", name="Edit").click()
        shown.get_by_label("What happened").fill("What I saw.")
        client.edit_log_entry(
            "quadrant", NIGHT, entry.id, revision=1, text="What she saw.", occurred_at=entry.occurred_at
        )
        form = portal.page.locator("form").first
        form.get_by_label("What happened").fill("Mine.")
        form.get_by_role("button", name="Write it down").click()
        shown = portal.page.locator(".entry").filter(has=portal.page.get_by_role("button", name="Save"))
        expect(shown).to_contain_text("earlier revisions (1)")  # it has heard of hers
        portal.expected = "status of 409"
        shown.get_by_role("button", name="Save").click()
        expect(shown.get_by_role("alert")).to_be_visible()
        expect(shown.get_by_label("What happened")).to_have_value("What I saw.")


def test_a_link_shows_no_dataset_that_nobody_chose(portal: PortalPage, observatory: Observatory) -> None:
    dataset = portal.page.get_by_label("Dataset")
    for search, chosen in (("", ""), ("?dataset=first-night", "first-night"), ("?dataset=the-101st", "the-101st")):
        portal.open(observatory.address(f"links{search}"))
        expect(dataset).to_have_value(chosen)


def test_red_is_red_before_anything_is_drawn(new_page: NewPage, observatory: Observatory) -> None:
    """The scripts of the app are held back: what is painted until then is as dark as what comes."""
    portal = new_page(mode="red", signed_in=False)
    portal.expected = "ERR_FAILED"
    portal.page.route("**/assets/*.js", lambda route: route.abort())
    portal.page.goto(f"{observatory.url}/app/")
    painted = portal.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert painted == "rgb(8, 0, 0)"


def test_failure_says_so_and_can_be_tried_again(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.expected = "Failed to load resource"
    page.route("**/api/v1/organisations/*/datasets*", lambda route: route.abort())
    page.goto(observatory.address("datasets"))
    expect(page.get_by_role("alert")).to_contain_text("The service did not answer")
    page.unroute("**/api/v1/organisations/*/datasets*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name="First night")).to_be_visible()


def test_only_rows_in_sight_are_drawn(portal: PortalPage, observatory: Observatory) -> None:
    """Replies of 200 rows each, as the service pages them, made of one true frame; only those in sight are drawn."""
    with httpx.Client(
        base_url=observatory.url, headers={"Authorization": f"Bearer {observatory.owner.token}"}
    ) as asked:
        frame = asked.get(f"/api/v1/organisations/{observatory.slug}/frames?limit=1").json()["items"][0]

    def reply(route: object) -> None:
        page_number = int((re.findall(r"cursor=(\d+)", route.request.url) or ["0"])[0])  # type: ignore[attr-defined]
        items = [frame | {"id": f"{page_number * 200 + i:032x}"} for i in range(200)]
        more = str(page_number + 1) if page_number < 499 else None
        body = json.dumps({"items": items, "next_cursor": more, "count": 100_000, "count_is_exact": True})
        route.fulfill(body=body, content_type="application/json")  # type: ignore[attr-defined]

    page = portal.page
    page.route(re.compile(r"/frames\?"), reply)
    portal.open(observatory.address("frames"))
    expect(page.locator(".page-head p")).to_have_text("100\u202f000 frames")
    table = page.locator(".frame-table")
    for pages in range(1, 16):
        table.evaluate("(e) => { e.scrollTop = e.scrollHeight }")
        page.wait_for_function(
            "(least) => document.querySelector('.frame-table').scrollHeight > least", arg=36 * 200 * pages
        )
    assert page.locator(".body .frame-row").count() < 80
