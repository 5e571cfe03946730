"""The page in a real browser: a file is dropped, the keyboard is enough, on a phone and in the dark; axe finds nothing.

``PKITOOLS_PICTURES=DIR`` keeps a picture of each page, for people to look at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pkitools_cli.page.serving import Server
from tests.cli.test_page import leaf
from tests.support.browser import PHONE, Visit, browsing
from tests.support.page import GIVEN, site_of
from tests.support.requests import request

pytestmark = pytest.mark.slow

PICTURES = Path(os.environ["PKITOOLS_PICTURES"]) if "PKITOOLS_PICTURES" in os.environ else None
CONNECTIONS = """
[organization.voorbeeld]
oin = "00000003273229750000"
name = "Gemeente Voorbeeld"

[[connection]]
organization = "voorbeeld"
system = "digid-machtigen"
environment = "production"
live = 2027-06-01
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("page")
    made.chmod(0o700)
    (made / "leaf.pem").write_bytes(leaf())
    (made / "made.csr").write_bytes(request())
    (made / "connections.toml").write_text(CONNECTIONS)
    (made / "keys").mkdir(mode=0o700)
    return made


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    given = replace(
        GIVEN,
        places=(str(folder / "leaf.pem"),),
        connections=str(folder / "connections.toml"),
        folder=folder / "keys",
    )
    with Server(site_of(given)) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browsing() as browser:
        yield browser


@contextmanager
def tab(browser: Any, server: Server, ignore: Sequence[str] = (), **how: Any) -> Iterator[Visit]:
    """A tab that opened the page, in which a browser complains of nothing but what holds one of ``ignore``."""
    with Visit(browser, server.address, **how) as visit:
        visit.page.wait_for_url(f"{server.guard.origin}/")
        yield visit
        assert not [told for told in visit.complaints if not any(each in told for each in ignore)]
        assert all(url.startswith((f"{server.guard.origin}/", "data:")) for url in visit.asked)


def looked_at(visit: Visit, name: str) -> None:
    assert not visit.violations(), name
    assert visit.overflow <= 0, name
    if PICTURES is not None:
        visit.page.screenshot(path=str(PICTURES / f"{name}.png"), full_page=True)


def handed_in(page: Any, file: Path) -> None:
    page.set_input_files("#files", str(file))
    page.check("input[name=environment][value=production]")
    page.click("form[action='/check'] button")


SHOWN = ("/", "/oin", "/request?system=digid-machtigen&environment=production", "/portfolio?by=system", "/systems",
         "/systems/digid", "/rules/received.key.match", "/nothing")  # fmt: skip


@pytest.mark.parametrize(("language", "where"), [("nl", "desktop-light"), ("en", "phone-dark")])
def test_every_page_is_without_barriers_on_a_screen_and_on_a_phone_by_day_and_in_the_dark(
    language: str, where: str, chromium: Any, server: Server, folder: Path
) -> None:
    small = where.startswith("phone")
    how = {"viewport": PHONE, "color_scheme": "dark"} if small else {"color_scheme": "light"}
    with tab(chromium, server, locale=language, ignore=["404", "422"], **how) as visit:
        page = visit.page
        for path in SHOWN:
            page.goto(server.guard.origin + path)
            assert page.locator("html").get_attribute("lang") == language
            looked_at(visit, f"{where}-{language}-{path.strip('/').partition('?')[0].replace('/', '-') or 'start'}")
        page.goto(server.guard.origin)
        page.click("form[action='/check'] button")
        looked_at(visit, f"{where}-{language}-problem")
        handed_in(page, folder / "leaf.pem")
        assert page.locator("h1.verdict").count() == 1
        looked_at(visit, f"{where}-{language}-verdict")
        page.goto(server.guard.origin)
        handed_in(page, folder / "made.csr")
        assert page.locator("h2.verdict").count() == 1
        looked_at(visit, f"{where}-{language}-csr")
        page.goto(f"{server.guard.origin}/request?system=digid-machtigen&environment=preproduction&kind=self_signed")
        for name, value in (("oin", "00000003273229750000"), ("organization", "A"), ("common_name", "a.example.nl")):
            page.fill(f"#{name}", value)
        page.fill("#name", where)
        page.check("input[name=no_passphrase]")
        looked_at(visit, f"{where}-{language}-self-signed-asked")
        page.click("form[method=post][action='/request'] button")
        assert (folder / "keys" / f"{where}.pem").is_file()
        looked_at(visit, f"{where}-{language}-self-signed")
        page.goto(f"{server.guard.origin}/oin")
        page.fill("#number", "00000003273229750000")
        page.click("form[action='/oin'] button")
        looked_at(visit, f"{where}-{language}-oin-judged")


@pytest.mark.parametrize(("where", "script"), [("#files", True), ("#files", False), ("h1", True), ("footer", True)])
def test_a_file_that_is_dropped_gets_its_verdict(
    where: str, script: bool, chromium: Any, server: Server, folder: Path
) -> None:
    """Dropped by the browser itself as a hand does it, on the field or beside it: there a script has to catch it."""
    with tab(chromium, server, java_script_enabled=script) as visit:
        page = visit.page
        page.locator(where).scroll_into_view_if_needed()
        box = page.locator(where).bounding_box()
        assert box is not None
        hand = page.context.new_cdp_session(page)
        what = {"items": [], "files": [str(folder / "leaf.pem")], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
            hand.send("Input.dispatchDragEvent", {"type": kind, **place, "data": what})
        if script:
            page.wait_for_function("document.getElementById('files').files.length === 1")
        page.check("input[name=environment][value=production]")
        page.click("form[action='/check'] button")
        assert "leaf.pem" in page.locator("main").inner_text()
        assert page.locator("h1.verdict").count() == 1


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_the_keyboard_is_enough_and_script_is_not_needed(
    script: bool, chromium: Any, server: Server, folder: Path
) -> None:
    with tab(chromium, server, java_script_enabled=script) as visit:
        page = visit.page
        tabbed(page, "Skip to the content")
        page.keyboard.press("Enter")
        with page.expect_file_chooser() as chooser:
            tabbed(page, "files")
            page.keyboard.press("Enter")
        chooser.value.set_files(str(folder / "leaf.pem"))
        tabbed(page, "preproduction")
        page.keyboard.press("Space")
        tabbed(page, "Check")
        page.keyboard.press("Enter")
        page.wait_for_url("**/check")
        assert page.locator("h1.verdict").count() == 1


def tabbed(page: Any, name: str) -> None:
    """Press the tab key until what is called so has the focus: by its text, its name or its value."""
    for _ in range(40):
        page.keyboard.press("Tab")
        has = page.locator(":focus")
        told = (has.inner_text(), has.get_attribute("name"), has.get_attribute("value"))
        if name in told:
            return
    pytest.fail(f"{name} cannot be reached")


def test_a_request_is_made_and_rules_are_filtered(chromium: Any, server: Server, folder: Path) -> None:
    with tab(chromium, server, locale="nl") as visit:
        page = visit.page
        page.goto(f"{server.guard.origin}/request?system=digid-machtigen&environment=preproduction")
        page.fill("#oin", "00000003273229750000")
        page.fill("#organization", "Gemeente Voorbeeld")
        page.fill("#common_name", "api.example.nl")
        page.fill("#passphrase", "een lang wachtwoord")
        page.fill("#passphrase_again", "een lang wachtwoord")
        page.fill("#name", "gemaakt")
        page.click("form[method=post][action='/request'] button")
        made = {path.name for path in (folder / "keys").iterdir() if path.stem == "gemaakt"}
        assert made == {"gemaakt.key", "gemaakt.csr"}
        looked_at(visit, "desktop-light-nl-made")
        page.goto(f"{server.guard.origin}/rules")
        page.fill("#find", "received.key")
        every, shown = (page.locator(f"tr[data-text]{which}").count() for which in ("", ":not([hidden])"))
        assert 0 < shown < every
        assert f"{shown} van {every}" in page.locator("output").inner_text()
        page.click("button[lang=en]")
        assert (page.url, page.locator("html").get_attribute("lang")) == (f"{server.guard.origin}/rules", "en")


def test_an_address_works_once_and_in_one_browser(chromium: Any, server: Server) -> None:
    address = server.address
    with tab(chromium, server) as visit:
        visit.page.goto(address)
        assert visit.page.locator("form[action='/check']").count() == 1, "who is in stays in"
    with Visit(chromium, address) as stranger:
        assert "works once" in stranger.page.locator("main").inner_text()
        looked_at(stranger, "desktop-light-en-refused")


def test_what_is_far_too_large_is_refused_where_the_reader_sees_it(
    chromium: Any, server: Server, tmp_path: Path
) -> None:
    with (tmp_path / "huge.bin").open("wb") as file:
        file.truncate(9 << 21)
    with tab(chromium, server, ignore=["413", "ERR_"]) as visit:
        page = visit.page
        handed_in(page, tmp_path / "huge.bin")
        assert "larger than 8 MB" in page.locator("main").inner_text()
