"""Promise: the portal is small and soon usable, and scrolls through 100,000 frames at 50 pictures a second.

A real browser (Debian's Chromium, headless) before a service of its own. The first load is of a fresh browser with
nothing kept, on loopback, until the form to sign in stands. Scrolling moves the table by a row and a half each time the
browser draws, from its first rows on and through the pages that come meanwhile; counted are the times between drawings.
Beside it stands how often the machine draws the same page while nothing moves.

Memory is what JavaScript holds once its garbage is collected (Chrome's DevTools protocol), looked at twenty times on
the way from the table's first row to its last, page after page. A list of cursors and places of rows grows on that way,
the rows themselves do not.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from typing import Any

import asyncpg
from playwright.async_api import Browser, Page, async_playwright

from bench.house import PASSWORD, add_observatory, house_in
from bench.measure import Line, Setting, median
from bench.million import Tenants, fill
from bench.server import Service, service_over
from service.handlers.web_app import BUILT
from storage.database import plain_url

__all__ = ["measure"]

FIRST_KB, USABLE_MS, FPS = 250.0, 1500.0, 50.0
STEP_PX = 54  # a row and a half
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SCROLL = """async ([seconds, step]) => {
    const table = document.querySelector('.frame-table');
    const times = [];
    let rows = 0;
    await new Promise((done) => {
        const began = performance.now();
        requestAnimationFrame(function drawn(now) {
            times.push(now);
            rows = Math.max(rows, document.querySelectorAll('.frame-table .body .frame-row').length);
            table.scrollTop += step;
            if (now - began < seconds * 1000) requestAnimationFrame(drawn);
            else done();
        });
    });
    const gaps = times.slice(1).map((time, i) => time - times[i]).sort((a, b) => a - b);
    return {
        fps: 1000 * gaps.length / (times.at(-1) - times[0]), median_ms: gaps[gaps.length >> 1],
        p99_ms: gaps[Math.floor(gaps.length * 0.99)], rows, scrolled: table.scrollTop / 36,
    };
}"""


THROUGH = """async ([row, patience_s]) => {
    const table = document.querySelector('.frame-table');
    const began = performance.now();
    while (table.scrollTop + table.clientHeight < row * 36 && performance.now() - began < patience_s * 1000) {
        table.scrollTop = Math.min(row * 36, table.scrollHeight);
        await new Promise(requestAnimationFrame);
    }
    return (table.scrollTop + table.clientHeight) / 36;
}"""
LOOKS, GROWN_MB = 20, 10.0


async def measure(setting: Setting) -> list[Line]:
    """Measure the portal as it is built."""
    if not (BUILT / "first-load.json").is_file():
        raise SystemExit("The portal is not built: `make portal` first.")
    count, rounds, seconds = (2_000, 1, 2) if setting.quick else (100_000, 5, 15)
    folder = setting.folder / "house"
    folder.mkdir()
    folder.chmod(0o755)
    async with house_in(folder) as house:
        observatory, other = await add_observatory(house), await add_observatory(house)
        owner = await asyncpg.connect(plain_url(house.database.url))
        tenants = Tenants(observatory.organisation_id, other.organisation_id, observatory.account_id)
        await fill(owner, tenants, count)
        await owner.close()
    async with service_over(folder, observatory, worker="false") as service, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        try:
            usable_ms = [await _first_load(browser, service) for _ in range(rounds)]
            scrolled = await _scroll(browser, service, seconds)
            held = await _go_through(browser, service, count)
        finally:
            await browser.close()
    return [_size(), _load(usable_ms), _scrolling(scrolled, count, seconds), _memory(held)]


async def _first_load(browser: Browser, service: Service) -> float:
    """Load the first page in a fresh browser; milliseconds until one can type into it."""
    context = await browser.new_context()
    page = await context.new_page()
    await asyncio.sleep(0.5)
    began = asyncio.get_running_loop().time()
    await page.goto(f"{service.url}/app/", wait_until="commit")
    await page.get_by_label("E-mail address").wait_for()
    taken = asyncio.get_running_loop().time() - began
    await context.close()
    return taken * 1000


async def _frames_page(browser: Browser, service: Service) -> Page:
    """Open the table of frames in a fresh browser, signed in."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    await page.goto(f"{service.url}/app/")
    await page.get_by_label("E-mail address").fill(service.observatory.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_selector(".shell")
    await page.goto(f"{service.url}/app/{service.observatory.slug}/frames")
    await page.wait_for_selector(".frame-table .body .frame-row")
    await asyncio.sleep(2.0)  # what the page begins with is over
    return page


async def _scroll(browser: Browser, service: Service, seconds: float) -> dict[str, Any]:
    page = await _frames_page(browser, service)
    still = await page.evaluate(SCROLL, [seconds / 3, 0])
    told: dict[str, Any] = await page.evaluate(SCROLL, [seconds, STEP_PX])
    told["still_fps"] = still["fps"]
    await page.context.close()
    return told


async def _go_through(browser: Browser, service: Service, count: int) -> list[tuple[float, float]]:
    """Go from the first row to the last; rows passed and megabytes held, at every look."""
    page = await _frames_page(browser, service)
    tools = await page.context.new_cdp_session(page)
    held = []
    for look in range(LOOKS + 1):
        passed = await page.evaluate(THROUGH, [count * look / LOOKS, 60.0])
        await tools.send("HeapProfiler.collectGarbage")
        told = await tools.send("Runtime.getHeapUsage")
        held.append((passed, told["usedSize"] / 1e6))
    await page.context.close()
    return held


def _size() -> Line:
    kilobytes = json.loads((BUILT / "first-load.json").read_text())["gzipped_bytes"] / 1000
    return Line(
        name="portal, first JavaScript",
        ours=f"{kilobytes:.1f} kB",
        target=f"<= {FIRST_KB:g} kB",
        passed=kilobytes <= FIRST_KB,
        work="what the first page names, gzipped",
    )


def _load(usable_ms: list[float]) -> Line:
    return Line(
        name="portal, first load",
        ours=f"{median(usable_ms):.0f} ms",
        target=f"<= {USABLE_MS:g} ms",
        passed=median(usable_ms) <= USABLE_MS,
        work=f"{len(usable_ms)} fresh browsers, until one can sign in; slowest {max(usable_ms):.0f} ms",
    )


def _scrolling(told: dict[str, Any], count: int, seconds: float) -> Line:
    return Line(
        name="portal, scrolling frames",
        ours=f"{told['fps']:.1f} fps",
        peer=f"the page at rest {told['still_fps']:.1f}",
        target=f">= {FPS:g} fps",
        passed=told["fps"] >= FPS,
        work=f"{seconds:g} s through {told['scrolled']:,.0f} of {count:,} rows, at most {told['rows']} drawn; between"
        f" drawings {told['median_ms']:.1f} ms median, 99 % within {told['p99_ms']:.1f} ms",
    )


def _memory(held: list[tuple[float, float]]) -> Line:
    most = max(megabytes for _, megabytes in held)
    grown = most - held[0][1]
    return Line(
        name="portal, memory while scrolling",
        ours=f"{most:.1f} MB at most",
        peer=f"at the first row {held[0][1]:.1f} MB",
        target=f"<= {GROWN_MB:g} MB more",
        passed=grown <= GROWN_MB,
        work=f"JavaScript's heap, collected, at {len(held)} places on the way to row {held[-1][0]:,.0f};"
        f" in the middle {held[len(held) // 2][1]:.1f} MB, at the end {held[-1][1]:.1f} MB",
    )
