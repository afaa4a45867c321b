"""Settings: tokens that work until they are revoked, people, equipment and its headers, webhooks, the portal's look."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect

from service.scopes import SCOPES
from tests.conftest import ROOT
from tests.portal.conftest import AXE, NewPage, Observatory
from tests.support.authenticator import code_of
from tests.support.live_server import LiveServer
from tests.support.portal_page import PortalPage

pytestmark = pytest.mark.slow
PAGES = ["profile", "tokens", "members", "equipment", "webhooks", "portal"]


def get(observatory: Observatory, path: str, token: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token or observatory.owner.token}"}
    return httpx.get(f"{observatory.url}/api/v1{path}", headers=headers)


def test_scopes_are_those_of_the_service() -> None:
    told = (ROOT / "portals/src/pages/settings/scopes.ts").read_text()
    assert dict(re.findall(r'\["([^"]+)", "([^"]+)"\]', told)) == {name: each.allows for name, each in SCOPES.items()}


def test_a_token_is_shown_once_works_and_is_revoked(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address("settings/tokens"))
    page.get_by_label("What it is for").fill("Reduction <b>script</b>")
    page.get_by_label("Days until it ends").fill("7")
    page.get_by_role("button", name="Make a token").click()
    secret = page.locator(".secret code").inner_text()
    files = f"/organisations/{observatory.slug}/files"
    assert get(observatory, files, secret).status_code == 200
    assert get(observatory, f"/organisations/{observatory.slug}/members", secret).status_code == 403
    page.reload()
    row = page.get_by_role("row", name=re.compile("Reduction"))
    expect(row).to_contain_text("files:read")
    assert secret not in page.content()
    row.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(row).to_contain_text("revoked")
    assert get(observatory, files, secret).status_code == 401


def test_a_token_that_may_nothing_is_not_made(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address("settings/tokens"))
    page.get_by_label("What it is for").fill("Nothing at all")
    page.get_by_label(re.compile("^files:read")).uncheck()
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_role("alert")).to_contain_text("choose a scope")
    assert not any(each["name"] == "Nothing at all" for each in get(observatory, "/tokens").json()["items"])


def test_password_and_second_factor(new_page: NewPage, server: LiveServer, observatory: Observatory) -> None:
    """Set up, its codes made anew, and asked for at the next login."""
    someone = server.someone("longomontanus")
    httpx.put(
        f"{observatory.url}/api/v1/organisations/{observatory.slug}/members/{someone.email}",
        headers={"Authorization": f"Bearer {observatory.owner.token}"},
        json={"role": "member"},
    ).raise_for_status()
    portal = new_page(signed_in=False)
    page = portal.page
    portal.sign_in(someone.email, someone.password)
    portal.open(observatory.address("settings/profile"))
    page.get_by_role("button", name="Set it up").click()
    secret = page.locator("section", has=page.get_by_role("heading", name="Second factor")).locator("code").inner_text()
    page.get_by_label("Code", exact=True).fill(code_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    first, *_ = page.locator(".codes li").all_inner_texts()
    assert not portal.faults(AXE)
    page.get_by_label("A code of it").fill(first)
    page.get_by_role("button", name="New recovery codes").dblclick()  # the second click would hide what the first made
    expect(page.locator(".codes li").first).not_to_have_text(first)
    expect(page.get_by_label("A code of it")).to_have_value("")
    expect(page.locator(".codes li")).to_have_count(10)
    expect(page.get_by_role("alert")).to_have_count(0)
    recovery = page.locator(".codes li").first.inner_text()
    page.get_by_label("Present password").fill(someone.password)
    page.get_by_label("New password").fill("an even longer password")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("It holds.")).to_be_visible()
    page.get_by_role("button", name="Sign out").first.click()
    page.get_by_label("E-mail address").fill(someone.email)
    page.get_by_label("Password").fill("an even longer password")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_selector(".shell")


def role_of(observatory: Observatory, email: str) -> str:
    members = get(observatory, f"/organisations/{observatory.slug}/members").json()["items"]
    return next(each["role"] for each in members if each["email"] == email)


def test_members_are_added_raised_and_removed(portal: PortalPage, server: LiveServer, observatory: Observatory) -> None:
    someone = server.someone("christine")
    page = portal.page
    portal.open(observatory.address("settings/members"))
    page.get_by_label("E-mail address of their account").fill(someone.email)
    page.get_by_role("button", name="Add").click()
    row = page.get_by_role("row", name=re.compile(re.escape(someone.email)))
    role = row.get_by_role("combobox")
    role.focus()
    page.keyboard.press("ArrowDown")  # which chooses, and changes nothing
    expect(role).to_have_value("admin")
    assert role_of(observatory, someone.email) == "member"
    row.get_by_role("button", name=re.compile("^Change")).click()
    expect(row.get_by_role("button", name=re.compile("^Change"))).to_have_count(0)
    expect(role).to_be_focused()
    assert role_of(observatory, someone.email) == "admin"
    role.select_option("owner")
    row.get_by_role("button", name=re.compile("^Change")).click()
    assert not portal.faults(AXE)
    page.get_by_role("dialog", name=f"Make {someone.email.split('.')[0].capitalize()} owner?").get_by_role(
        "button", name="Leave it"
    ).click()
    assert role_of(observatory, someone.email) == "admin"
    page.reload()
    expect(role).to_have_value("admin")
    row.get_by_role("button", name=re.compile("^Remove")).click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_a_site_with_its_horizon_and_a_telescope(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address("settings/equipment"))
    page.get_by_role("button", name="Add a site").click()
    page.get_by_label("Name", exact=True).fill("Wandsburg")
    page.get_by_label("Latitude, ° north").fill("53.58")
    page.get_by_label("Longitude, ° east").fill("10.09")
    page.get_by_label("Time zone").fill("Europe/Berlin")
    page.get_by_label(re.compile("^Horizon")).fill("0 5\nninety 12")
    expect(page.get_by_role("alert")).to_contain_text("two numbers")
    page.get_by_label(re.compile("^Horizon")).fill("90 12\n0 5")
    expect(page.get_by_role("img", name="The horizon as it is seen")).to_be_visible()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("row", name=re.compile("Wandsburg"))).to_contain_text("2 points")
    told = get(observatory, f"/organisations/{observatory.slug}/sites/wandsburg").json()
    assert told["horizon"] == [[0, 5], [90, 12]] and told["longitude_deg"] == 10.09
    page.get_by_role("button", name="Add a telescope").click()
    page.get_by_label("Name", exact=True).fill("Sextant")
    page.get_by_role("combobox", name="Site").select_option("wandsburg")
    page.get_by_label("Aperture, mm").fill("200")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("row", name=re.compile("Sextant"))).to_contain_text("200 mm")


def test_headers_are_read_otherwise_and_again(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address("settings/equipment"))
    page.get_by_role("button", name="Change Camera").click()
    page.get_by_label("Values of object").fill("M31=Andromeda")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("read it again to apply")).to_be_visible()
    page.get_by_role("button", name="Read its files again").click()
    expect(page.get_by_text(re.compile(r"\d+ files are read again"))).to_be_visible()
    mapping = get(observatory, f"/organisations/{observatory.slug}/instruments/camera").json()["header_mapping"]
    assert mapping["values"] == {"object": {"M31": "Andromeda"}}
    page.get_by_label("Values of object").fill("")
    page.get_by_role("button", name="Save").click()  # other tests look for M31
    expect(page.get_by_text("read it again to apply")).to_be_visible()
    page.get_by_role("button", name="Read its files again").click()
    expect(page.get_by_text(re.compile(r"\d+ files are read again"))).to_be_visible()


def change(observatory: Observatory, path: str, **members: object) -> None:
    """Change something as another administrator does, meanwhile."""
    httpx.patch(
        f"{observatory.url}/api/v1/organisations/{observatory.slug}/{path}",
        headers={"Authorization": f"Bearer {observatory.owner.token}"},
        json=members,
    ).raise_for_status()


def test_names_of_values_stay_as_they_are(portal: PortalPage, observatory: Observatory) -> None:
    """With commas in them or "=", whatever else of the instrument is changed."""
    page = portal.page
    named = {"filter": {"Ha, 6 nm": "Halpha", "OIII=1": "OIII", "none": "a=b"}}
    change(observatory, "instruments/camera", header_mapping={"values": named})
    path = f"/organisations/{observatory.slug}/instruments/camera"
    portal.open(observatory.address("settings/equipment"))
    page.get_by_role("button", name="Change Camera").click()
    page.get_by_label("Scale, ″ a pixel").fill("1.25")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("read it again to apply")).to_be_visible()
    told = get(observatory, path).json()
    assert told["header_mapping"]["values"] == named and told["pixel_scale_arcsec"] == 1.25
    values = page.get_by_label("Values of object")
    values.fill("M31=Andromeda\nRed")
    expect(page.get_by_role("alert")).to_contain_text("not so for object")
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    assert not portal.faults(AXE)
    page.get_by_role("button", name="Add an instrument").click()
    page.get_by_role("dialog", name="Drop what you typed?").get_by_role("button", name="Leave it").click()
    values.fill("M31=Andromeda\nM 42, the sword=Orion")
    with page.expect_response(lambda reply: reply.request.method == "PATCH"):
        page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Save")).to_be_enabled()
    page.wait_for_function("() => !document.querySelector('[aria-invalid=true]')")
    expect(page.get_by_text("read it again to apply")).to_be_visible()
    told = get(observatory, path).json()["header_mapping"]["values"]
    assert told == named | {"object": {"M31": "Andromeda", "M 42, the sword": "Orion"}}
    change(observatory, "instruments/camera", header_mapping={}, pixel_scale_arcsec=None)


def test_nothing_typed_is_lost_and_nothing_of_others_undone(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address("settings/equipment"))
    page.get_by_role("button", name="Change Quadrant").click()
    change(observatory, "telescopes/quadrant", focal_length_mm=4000)
    page.get_by_label("Mount").fill("azimuthal")
    page.get_by_role("button", name="Add a telescope").click()
    asked = page.get_by_role("dialog", name="Drop what you typed?")
    expect(asked).to_contain_text("Quadrant")
    assert not portal.faults(AXE)
    asked.get_by_role("button", name="Leave it").click()
    expect(page.get_by_label("Mount")).to_have_value("azimuthal")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Mount")).to_have_count(0)
    told = get(observatory, f"/organisations/{observatory.slug}/telescopes/quadrant").json()
    assert (told["mount"], told["focal_length_mm"], told["aperture_mm"]) == ("azimuthal", 4000, 600)
    page.get_by_role("button", name="Add a telescope").click()
    page.get_by_label("Mount").fill("of wood")
    page.get_by_role("button", name="Change Quadrant").click()
    asked.get_by_role("button", name="Drop it").click()
    expect(page.get_by_role("heading", name="Change Quadrant")).to_be_visible()
    change(observatory, "telescopes/quadrant", focal_length_mm=3600, mount=None)


def test_a_mapping_is_tried_on_a_frame_while_it_is_typed(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address("settings/equipment"))
    page.get_by_role("button", name="Change Camera").click()
    trial = page.get_by_role("region", name="Tried on a frame")
    expect(trial.get_by_role("status")).to_have_text("All facts would be as they are.", timeout=30_000)
    gain = trial.get_by_role("row", name=re.compile("^gain"))
    page.get_by_label("Keywords of gain").press_sequentially("NOTHING, EXPTIME")
    expect(gain).to_contain_text("mapping:EXPTIME@0")
    expect(gain).to_contain_text("GAIN@0")
    expect(gain).to_contain_text("300")
    page.get_by_label("Values of object").fill("M31=Andromeda")
    expect(trial.get_by_role("row", name=re.compile("^object"))).to_contain_text("Andromeda")
    expect(trial.get_by_role("status")).to_have_text("2 facts would be other than now.")
    trial.get_by_role("combobox").select_option(index=3)
    expect(trial.get_by_role("status")).to_have_text("2 facts would be other than now.")
    assert not portal.faults(AXE)
    told = get(observatory, f"/organisations/{observatory.slug}/instruments/camera").json()
    assert "gain" not in told["header_mapping"]["keywords"]


def test_a_webhook_is_tried_and_its_log_read(portal: PortalPage, observatory: Observatory) -> None:
    page = portal.page
    portal.open(observatory.address("settings/webhooks"))
    page.get_by_label("Address").fill("https://hooks.uraniborg.invalid/told")
    page.get_by_role("button", name="Register").click()
    expect(page.locator(".secret code")).to_contain_text("whsec_")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("It did not arrive")).to_be_visible()
    page.get_by_role("button", name="Show the deliveries").click()
    expect(page.get_by_role("row", name=re.compile("ping"))).to_contain_text("no answer")
    assert not portal.faults(AXE)
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_text("disabled", exact=True)).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No webhook yet")).to_be_visible()


def test_portal_is_shown_to_the_public(portal: PortalPage, observatory: Observatory, tmp_path: Path) -> None:
    page = portal.page
    portal.open(observatory.address("settings/portal"))
    assert httpx.get(f"{observatory.url}/o/{observatory.slug}").status_code == 404
    page.get_by_label("Title").fill("The castle of <i>Urania</i>")
    page.get_by_label(re.compile("^Text")).fill("We measure the sky.")
    page.get_by_label("Everybody may see it").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".badge", has_text="public")).to_have_class("badge published")
    told = httpx.get(f"{observatory.url}/o/{observatory.slug}")
    assert told.status_code == 200 and "The castle of &lt;i&gt;Urania&lt;/i&gt;" in told.text
    drawn = tmp_path / "logo.png"
    Image.new("RGB", (320, 120), (31, 58, 95)).save(drawn)
    page.get_by_label(re.compile("^Choose one")).set_input_files(drawn)
    shown = page.get_by_role("img", name="The logo")
    expect(shown).to_be_visible()
    assert shown.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 320
    assert 'class="logo"' in httpx.get(f"{observatory.url}/o/{observatory.slug}").text
    assert not portal.faults(AXE)
    page.get_by_role("button", name="Take it away").click()
    page.get_by_role("dialog").get_by_role("button", name="Take it away").click()
    expect(shown).to_have_count(0)
    page.get_by_label("Everybody may see it").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".badge", has_text="not public")).to_be_visible()


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_open_to_everybody(portal: PortalPage, observatory: Observatory, name: str) -> None:
    portal.open(observatory.address(f"settings/{name}"))
    for button in ("Add a site", "Add a telescope", "Change Camera") if name == "equipment" else ():
        portal.page.get_by_role("button", name=button).click()
    assert not portal.faults(AXE)
