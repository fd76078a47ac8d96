"""Measure the seminar page in a real browser: a lever move, and eight people at once.

``python benchmarks/seminar_page.py [--moves 15] [--people 8] [--seconds 120]`` prints wall times
from the hand that leaves a slider to the frame in which both large charts show the answer, what
moves were lost, and the memory of the server.  Browsers run on the same machine.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

import psutil
from playwright.async_api import Browser, Page, async_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.seminar.browser import Server

LEVERS = ("japan_aid", "japan_business", "japan_schooling", "japan_dialogue")
"""Levers on the card that is open at first; all take steps of 0.25 or 0.5 between 0 and 4."""

# Times, in the page's clock, of the first frame of both charts after the status named the answer.
WATCH = """() => {
    window.shown = {};
    const told = () => document.querySelector(".status").textContent;
    for (const card of document.querySelectorAll(".chart-card .chart")) {
        const chart = getElement(Number(card.id.slice(1))).chart;
        chart.on("rendered", () => {
            const name = told().split(" ")[0], times = window.shown[name] ??= {};
            if (told() !== window.before) times[card.id] ??= performance.now() - window.moved;
        });
    }
}"""
MOVE = """([lever, value]) => {
    const slider = document.getElementById("lever-" + lever);
    window.shown = {};
    window.before = document.querySelector(".status").textContent;
    window.moved = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    slider.dispatchEvent(new Event("change", { bubbles: true }));
}"""
SETTLED = """() => {
    const status = document.querySelector(".status");
    return status.textContent.startsWith("200 members") && !status.classList.contains("at-work");
}"""


async def opened(browser: Browser, address: str, faults: list[str]) -> Page:
    context = await browser.new_context(viewport={"width": 1280, "height": 720})
    page = await context.new_page()
    page.set_default_timeout(120_000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(address)
    await page.wait_for_function(SETTLED)
    await page.evaluate(WATCH)
    return page


async def move(page: Page, chance: random.Random) -> None:
    """Move one of the levers to another value."""
    lever = chance.choice(LEVERS)
    now = float(await page.locator(f"#lever-{lever}").input_value())
    value = chance.choice([half / 2 for half in range(9) if half / 2 != now])
    await page.evaluate(MOVE, [lever, value])


async def drawn(page: Page, members: int) -> float:
    """Return the seconds from the last move to both charts with some members, later of the two."""
    handle = await page.wait_for_function(
        """members => {
            const times = Object.values(window.shown[members] ?? {});
            return times.length === 2 && Math.max(...times);
        }""",
        arg=str(members),
    )
    return float(await handle.json_value()) / 1000


def told(times: list[float]) -> str:
    tail = quantiles(times, n=20)[-1] if len(times) > 1 else max(times)
    return f"median {median(times):.2f} s, 95 % within {tail:.2f} s, of {len(times)}"


async def alone(browser: Browser, address: str, moves: int, faults: list[str]) -> None:
    """Move a lever, wait for both passes, rest a moment, and again."""
    page, chance = await opened(browser, address, faults), random.Random(1)
    first, second = [], []
    for _ in range(moves):
        await move(page, chance)
        second.append(await drawn(page, 200))
        times = await page.evaluate("Object.values(window.shown[64] ?? {})")
        if len(times) == 2:
            first.append(max(times) / 1000)
        await asyncio.sleep(1.0)
    print(f"a lever move to both charts, first pass: {told(first)}")
    print(f"a lever move to both charts, 200 members: {told(second)}")
    await page.context.close()


async def person(page: Page, number: int, until: float, first: list[float]) -> int:
    """Move a lever until the time is over; return how many moves there were."""
    chance, moves = random.Random(number), 0
    while time.monotonic() < until:
        await move(page, chance)
        moves += 1
        handle = await page.wait_for_function(
            """() => {
                const found = Object.values(window.shown).map(Object.values)
                    .filter(times => times.length === 2).map(times => Math.max(...times));
                return found.length > 0 && Math.min(...found);
            }"""
        )
        first.append(float(await handle.json_value()) / 1000)
        await asyncio.sleep(chance.uniform(0.5, 3.0))
    return moves


async def together(
    browser: Browser, server: Server, people: int, seconds: float, faults: list[str]
) -> None:
    """Let some people move levers; then everyone must see their own last move."""
    pages = [await opened(browser, server.address, faults) for _ in range(people)]
    until, first = time.monotonic() + seconds, list[float]()
    before = memory(server)
    moves = sum(await asyncio.gather(*(person(p, n, until, first) for n, p in enumerate(pages))))
    lost = 0
    for number, page in enumerate(pages):
        await page.evaluate(MOVE, [LEVERS[0], 1.5 + number / 4])
        await page.wait_for_timeout(200)
        await page.wait_for_function(SETTLED)
        lost += f"{1.5 + number / 4:g}" not in await page.locator(".status").inner_text()
    print(f"{people} people, {seconds:.0f} s: {moves} moves, {lost} lost at the end, {told(first)}")
    print(f"memory before {before}, after {memory(server)}")


def memory(server: Server) -> str:
    """Return the resident memory of the server and its workers."""
    main = psutil.Process(server.process_id)
    workers = [p.memory_info().rss for p in main.children(recursive=True)]
    return f"{main.memory_info().rss / 1e6:.0f} MB and workers {sum(workers) / 1e6:.0f} MB"


async def measure(moves: int, people: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server, faults = Server(Path(folder), "--port", "0"), list[str]()
        try:
            async with async_playwright() as driver:
                browser = await driver.chromium.launch(
                    executable_path=shutil.which("chromium"), args=["--no-sandbox"]
                )
                await alone(browser, server.address, moves, faults)
                if people:
                    await together(browser, server, people, seconds, faults)
                await browser.close()
        finally:
            server.stop()
        print(f"errors in pages: {len(faults)}, on the server: {len(server.faults)}")
        for fault in faults + server.faults:
            print(fault, file=sys.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=15)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=120.0)
    asked = parser.parse_args()
    asyncio.run(measure(asked.moves, asked.people, asked.seconds))
