"""Pages as people meet them: in a browser, with the keyboard, on a phone, in the dark, on paper and without script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from pkitools.connections import ConnectionsStatus, hold, read_connections
from pkitools.messages import LANGUAGES, Language
from pkitools.portfolio import Portfolio
from pkitools.reports import Telling
from pkitools.reports.connections import StepCommand
from pkitools.reports.pages import Asked
from pkitools.reports.pages import checked as pages
from pkitools.reports.pages.chain import Chain, ChainLink, Role, Where
from pkitools.reports.pages.portfolio import portfolio_page
from pkitools.reports.pages.work import work_page
from pkitools.reports.planning import Work, WorkTelling
from pkitools.reports.planning.work import planned_of
from tests.connections.support import CHAIN, OTHER_OIN, certificate, connection
from tests.connections.support import written as connections_file
from tests.portfolio.support import hostile, judging, something_of_everything
from tests.reports.test_pages import MOMENT, certificate_text, checked, many
from tests.support.browser import PHONE, Visit, browsing

pytestmark = pytest.mark.slow

CERTIFICATES: Final = ("unknown", "several")
ODD: Final = "א" * 30 + "W" * 400 + "\u202e<b>"
"""A name without a place to break it, in two directions."""
COUNT: Final = 26
"""Certificates of the portfolio: more than one picture holds."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with browsing() as found:
        yield found


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every kind of page, as a file, by what is on it."""
    folder = tmp_path_factory.mktemp("pages")
    small = something_of_everything(tmp_path_factory.mktemp("portfolio"))
    status = connected(tmp_path_factory.mktemp("work"))
    command = StepCommand("pkitools " + ODD)
    pages = {name: certificate_text(name) for name in CERTIFICATES}
    pages |= {
        "few": portfolio_page(small, Telling("nl", now="Doe dit.")),
        "many": portfolio_page(many(small, COUNT), Telling("en")),
        "odd": portfolio_page(hostile(small, ODD), Telling("nl")),
        "work": work_page(Work.of_status(status), WorkTelling("nl", lambda *_: command, now="Doe dit.")),
        "days": work_page(Work(status.moment, planned_of(status)), WorkTelling("en")),
        "nothing": portfolio_page(Portfolio(small.moment, ("a",)), Telling("en")),
    }
    return {name: written(folder / f"{name}.html", text) for name, text in pages.items()}


def connected(folder: Path) -> ConnectionsStatus:
    """Connections of several states, one called by what no line is broken in."""
    (folder / "a.pem").write_bytes(certificate() + CHAIN)
    text = f'[organization.b]\noin = "{OTHER_OIN}"\nname = "{ODD.replace(chr(0x202E), "")}"\n'
    text += connection(files='["a.pem"]') + connection(organization='"b"', live="2027-06-01", owner='"Iemand"')
    file = connections_file(folder, text)
    return hold(read_connections(file.read_bytes(), str(file)), judging())


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


def test_everybody_can_read_every_page(browser: Any, addresses: dict[str, str]) -> None:
    """axe finds nothing; nothing is complained of, and nothing asked of anybody."""
    judged = dict.fromkeys(("unknown", "few", "work", "days"), "html")
    judged["many"] = "section:has(.timeline)"  # the rest of it is that of few
    with Visit(browser, addresses["nothing"]) as visit:
        for name, address in addresses.items():
            visit.go_on(address)
            if name != "many":
                visit.open_all()
            if name in judged:
                assert visit.violations(within=judged[name]) == [], name
            assert visit.overflow <= 0, name
            assert visit.complaints == []
            assert visit.fetched == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_a_chain_is_cut_off_by_its_box(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    """The words for each part and place, with the longest day there is; of a name so much is shown as fits."""
    end, called = datetime(2027, 9, 29, tzinfo=UTC), "Organisatie Services CA G1 van de uitgever van de gemeenten"
    steps = tuple(ChainLink(called, role, where, end) for role, where in product(Role, Where))
    monkeypatch.setattr(pages.Chains, "of_file", lambda *_: lambda _: Chain(steps, is_proven=False))
    asked = Asked(moment=MOMENT, environment="production", language=language)
    text = pages.certificate_page([checked()], asked)
    with Visit(browser, written(tmp_path / "chain.html", text)) as visit:
        found = visit.page.evaluate("""() => Array.from(document.querySelectorAll(".chain g")).flatMap(
            step => Array.from(step.querySelectorAll("text"), line => [
                line.textContent, line.getBBox().width - step.querySelector("rect").getBBox().width + 8
            ]))""")
    assert len(found) == 3 * len(steps)
    assert [text for text, over in found if over > 0] == []


def test_everybody_can_read_it_in_the_dark(browser: Any, addresses: dict[str, str]) -> None:
    with Visit(browser, addresses["nothing"], color_scheme="dark") as visit:
        for name in ("few", "several", "work"):
            visit.go_on(addresses[name])
            visit.open_all()
            assert visit.violations("color-contrast", "link-in-text-block") == [], name


def test_a_page_fits_a_phone(browser: Any, addresses: dict[str, str]) -> None:
    with Visit(browser, addresses["nothing"], viewport=PHONE) as visit:
        for name, address in addresses.items():
            visit.go_on(address)
            visit.open_all()
            assert visit.overflow <= 0, name
            if name == "unknown":
                assert visit.violations() == []


def test_who_has_no_mouse_gets_everywhere_and_sees_where_he_is(browser: Any, addresses: dict[str, str]) -> None:
    with Visit(browser, addresses["few"]) as visit:
        press = visit.page.keyboard.press
        press("Tab")
        assert visit.focused("at.className") == "skip"
        assert visit.focused("at.getBoundingClientRect().top >= 0")
        press("Enter")
        assert visit.focused("at.id") == "main"
        reached = []
        for _ in range(40):
            press("Tab")
            assert visit.focused("at === document.body || getComputedStyle(at).outlineStyle !== 'none'")
            reached.append(visit.focused("at.tagName + (at.id ? '#' + at.id : '')"))
        assert {"INPUT#filter-text", "SELECT#filter-kind", "BUTTON", "SUMMARY", "DIV", "A"} <= set(reached)
        visit.page.locator("summary").first.focus()
        press("Enter")
        assert visit.focused("at.parentElement.open")


def test_a_link_of_the_table_opens_what_it_leads_to(browser: Any, addresses: dict[str, str]) -> None:
    with Visit(browser, addresses["few"]) as visit:
        link = visit.page.locator("#timeline a").first
        mark = link.get_attribute("href")
        link.press("Enter")
        visit.page.wait_for_selector(f"{mark}[open]")


def test_the_list_is_filtered_by_words_and_by_standing(browser: Any, addresses: dict[str, str]) -> None:
    with Visit(browser, addresses["many"]) as visit:
        told = visit.page.locator("form[data-filter] output")
        shown = visit.page.locator("#certificates details:visible")
        assert told.text_content() == f"{COUNT} of {COUNT} shown"
        visit.page.fill("#filter-text", "DIENST7.")
        assert told.text_content() == f"1 of {COUNT} shown"
        assert shown.count() == 1
        visit.page.fill("#filter-text", "")
        visit.page.select_option("#filter-kind", "failed")
        failed = visit.page.locator("#certificates details[data-kind=failed]").count()
        assert 0 < shown.count() == failed < COUNT
        visit.page.fill("#filter-text", "nobody is called this")
        assert shown.count() == 0
        visit.page.click("form[data-filter] button")
        visit.page.wait_for_function(f"document.querySelector('output').textContent.startsWith('{COUNT} of')")
        assert shown.count() == COUNT


def test_connections_are_filtered_by_words_and_by_state(browser: Any, addresses: dict[str, str]) -> None:
    with Visit(browser, addresses["work"]) as visit:
        shown = visit.page.locator("#connections > details:visible")
        assert shown.count() == 2
        visit.page.fill("#work-text", "iemand")
        assert shown.count() == 1
        visit.page.fill("#work-text", "")
        states = visit.page.locator("#work-kind option").evaluate_all("all => all.map(each => each.value)")
        assert len(states) > 1
        for state in states[1:]:
            visit.page.select_option("#work-kind", state)
            assert shown.count() == visit.page.locator(f"#connections > details[data-kind={state}]").count()


def test_without_script_all_of_it_is_there_and_nothing_that_does_nothing(
    browser: Any, addresses: dict[str, str]
) -> None:
    with Visit(browser, addresses["many"], java_script_enabled=False) as visit:
        assert visit.page.locator("#certificates details:visible").count() == COUNT
        assert visit.page.locator("form:visible").count() == 0
        first = visit.page.locator("#certificates summary").first
        first.click()
        assert visit.page.locator("#certificates details[open] .within:visible").count() == 1


def test_it_is_dark_where_somebody_wants_that_and_paper_is_white(browser: Any, addresses: dict[str, str]) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    seen = {}
    for scheme in ("light", "dark"):
        with Visit(browser, addresses["many"], color_scheme=scheme) as visit:
            seen[scheme] = visit.page.evaluate(background)
            visit.page.emulate_media(media="print")
            assert visit.page.evaluate(background) == "rgb(255, 255, 255)"
            assert visit.page.locator("form:visible, .skip:visible").count() == 0
            assert visit.page.locator("#timeline tbody tr:visible").count() == COUNT  # it is folded on a screen
            assert visit.page.pdf(format="A4")[:5] == b"%PDF-"
    assert seen["light"] == "rgb(255, 255, 255)"
    assert sum(map(int, seen["dark"][4:-1].split(","))) < 3 * 60
