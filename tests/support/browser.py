"""A browser that has no screen: Debian's Chromium, driven by Playwright, and axe to judge what it shows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest

PHONE: Final = {"width": 320, "height": 640}
"""The narrowest that WCAG 2.2 asks for, in CSS pixels (success criterion 1.4.10)."""
DESK: Final = {"width": 1280, "height": 800}
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """The program; without it, or what drives it, the test is skipped, and says so."""
    for package in ("playwright", "axe_playwright_python"):
        pytest.importorskip(package, reason=f"{package} is not installed: what a browser makes of pages is not tested")
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip("chromium is not installed: what a browser makes of pages is not tested")
    return found


@contextmanager
def browsing() -> Iterator[Any]:
    """A browser."""
    program = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )  # CI runs as root
        yield browser
        browser.close()


class Visit:
    """A page as somebody sees it, with all that it complains of and all that it asks for.

    Args:
        browser: from :func:`browsing`.
        address: of the page.
        how: of the context: ``viewport``, ``color_scheme``, ``java_script_enabled``.
    """

    def __init__(self, browser: Any, address: str, **how: Any) -> None:
        self.context = browser.new_context(**{"viewport": DESK, **how})
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda line: self.complaints.append(line.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.go_on(address)

    def go_on(self, address: str) -> None:
        """See another page in the same tab: a tab of its own for each is a process for each, a third of a second."""
        self.complaints.clear()
        self.asked.clear()
        self.page.goto(address)

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    @property
    def fetched(self) -> list[str]:
        """What was asked of anybody, but the page itself."""
        return [url for url in self.asked[1:] if not url.startswith("data:")]

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    def open_all(self) -> None:
        """Open everything that is folded."""
        self.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    def violations(self, *rules: str, within: str = "html") -> list[str]:
        """What axe finds against its rules, those of WCAG 2.2 AA and its own advice; or against these alone.

        Args:
            rules: their names.
            within: a selector of CSS: where to look.
        """
        self.page.evaluate(_axe())
        chosen = {"runOnly": list(rules)} if rules else {}
        how = {"resultTypes": ["violations"], **chosen}
        found = self.page.evaluate("([within, how]) => axe.run(within, how)", [within, how])
        return [
            f"{each['id']}: {each['help']} {[node['target'] for node in each['nodes']][:3]}"
            for each in found["violations"]
        ]

    def focused(self, script: str) -> Any:
        """What a script says of the element that has the focus."""
        return self.page.evaluate(f"((at) => {script})(document.activeElement)")


@cache
def _axe() -> str:
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return next(Path(spec.origin).parent.rglob("axe.min.js")).read_text(encoding="utf-8")
