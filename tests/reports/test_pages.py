"""Pages: valid HTML, whole without script, with the days of the other reports; what others wrote is text on them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any, Final
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from jinja2 import UndefinedError
from markupsafe import Markup

from pkitools import Report, TrustStore, check_file
from pkitools.checking.chain import ChainFile
from pkitools.environment import Environment
from pkitools.errors import InputError, InvalidValueError
from pkitools.findings import Verdict
from pkitools.limits import MAX_PAGE_CERTIFICATES
from pkitools.messages import LANGUAGES, Language
from pkitools.messages.days import day
from pkitools.portfolio import Portfolio, changes_since, read_earlier
from pkitools.portfolio.model import Standing
from pkitools.portfolio.risk import risks_of
from pkitools.reports import CheckedFile, Telling, portfolio_report, report_document
from pkitools.reports.pages import (
    Advice,
    Asked,
    Frame,
    certificate_page,
    layout,
    page_form,
    page_text,
    script_text,
    source_hash,
    style_text,
)
from pkitools.reports.pages.chain import chain_of_held
from pkitools.reports.pages.findings import findings_of
from pkitools.reports.pages.portfolio import Part, portfolio_page
from pkitools.reports.pages.timeline import MOST_ROWS, TOP, WIDTH, Span, overview, pictures
from pkitools.reports.pages.timeline import in_order as ordered
from pkitools.reports.portfolio.across import hanging_line, risk_said
from pkitools.reports.portfolio.telling import standing_word
from pkitools.reports.text import answer_rows, finding_lines, word_of
from pkitools.text import visible
from pkitools.x509 import CertificateFacts, DistinguishedName
from tests.portfolio.support import something_of_everything
from tests.support.chains import MOMENT, good_chain
from tests.support.deliveries import pem
from tests.support.effort import examples
from tests.support.pages import by_id, frame, parsed, rows, words

pytestmark = pytest.mark.slow

LEAF: Final = pem(good_chain().leaf.der)
CHAIN: Final = pem(good_chain().tsp.der, good_chain().domain.der)
ROOT: Final = good_chain().root.der
SHARED_WORDS: Final = ("pages.", "report.", "portfolio.")


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    return something_of_everything(tmp_path_factory.mktemp("portfolio"))


def checked(data: bytes = LEAF + CHAIN, name: str = "map/leaf.pem", **asked: Any) -> CheckedFile:
    given = {"moment": MOMENT, "environment": "preproduction", "trust": TrustStore.from_der([ROOT]), **asked}
    return CheckedFile(name, check_file(data, name=name, **given))


@cache
def alone() -> CheckedFile:
    """One that is judged without its chain and its root: most is told of it."""
    return checked(LEAF, trust=None)


def page(*files: CheckedFile, language: Language = "en", **how: Any) -> Element:
    told = {name: how.pop(name) for name in ("verdict", "reuse") if name in how}
    asked = Asked(moment=MOMENT, environment=Environment.PREPRODUCTION, language=language, **how)
    text = certificate_page(files, asked, **told)
    frame(text)
    return parsed(text)


def portfolio_root(portfolio: Portfolio, language: Language = "en", **how: Any) -> Element:
    return parsed(portfolio_page(portfolio, Telling(language, **how)))


# --- the base ---------------------------------------------------------------------------------------------------------


def test_what_a_template_lacks_stops_the_page_and_what_a_value_holds_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    templates = {"a.html": "{% extends 'layout.html' %}{% block main %}{{ given }}|{{ given|short(3) }}{% endblock %}"}
    source = layout._source
    monkeypatch.setattr(layout, "_source", lambda package, name: templates.get(name) or source(package, name))
    layout._engine.cache_clear()
    frame_of = Frame(moment=MOMENT, is_file=False, nonce="abc")
    text = page_text("a.html", {"given": "<b>\x1b[2J\u202e"}, frame_of)
    assert "&lt;b&gt;\\x1b[2J\\u202e|&lt;b…" in text
    assert "Content-Security-Policy" not in text
    assert text.count('nonce="abc"') == 2
    with pytest.raises(UndefinedError):
        page_text("a.html", {}, frame_of)
    with pytest.raises(InvalidValueError):
        page_text("a.html", {"given": ""}, replace(frame_of, language="fr"))  # type: ignore[arg-type]  # as a caller might
    assert "<b>" in page_text("a.html", {"given": Markup("<b></b>")}, frame_of)
    layout._engine.cache_clear()


def test_style_and_script_are_what_stands_between_the_tags() -> None:
    root = parsed(page_text("layout.html", {}, Frame(moment=MOMENT)))
    (style,), (script,) = (list(root.iter(tag)) for tag in ("style", "script"))
    assert (style.text, script.text) == (style_text(), script_text())
    assert source_hash("") == "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    assert not {"url(", "@import", "expression("} & set(style_text().split())
    assert not list(parsed(page_text("layout.html", {}, Frame(moment=MOMENT, has_script=False))).iter("script"))


@pytest.mark.parametrize("name", ["a.html", "b/A.HTML"])
def test_a_page_is_known_by_its_name(name: str) -> None:
    assert name.lower().endswith(page_form(name))
    for other in ("a.pdf", "a.htm", "html", ""):
        with pytest.raises(InvalidValueError):
            page_form(other)


def test_every_text_has_the_contrast_that_is_asked() -> None:
    """WCAG 2.2 AA: 4.5 to 1 of text (1.4.3), 3 to 1 of what else is to be seen (1.4.11), in every scheme."""
    blocks = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in style_text().split(":root {")[1:]]
    schemes = [{**blocks[0], **block} for block in blocks]
    assert len(schemes) == 3, "light, dark and paper"
    for colours in schemes:
        for tone in ("good", "bad", "soon", "unsure", "plain"):
            for back in (colours["paper"], colours["tint"], colours[f"{tone}-tint"]):
                assert all(contrast(colours[text], back) >= 4.5 for text in (tone, "ink", "soft", "link"))
        assert all(contrast(colours[line], colours["paper"]) >= 3 for line in ("line", "focus"))


def contrast(one: str, other: str) -> float:
    """The ratio of two colours by their relative luminance, as WCAG 2.2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# --- one certificate --------------------------------------------------------------------------------------------------


CASES: Final = {
    "good": (LEAF + CHAIN, {}),
    "alone": (LEAF, {}),
    "untrusted": (LEAF + CHAIN, {"trust": None}),
    "unknown": (LEAF, {"trust": None}),
    "production": (LEAF + CHAIN, {"environment": "production"}),
    "strict": (LEAF, {"strict_delivery": True, "intermediates": [good_chain().tsp.der, good_chain().domain.der]}),
    "expired": (LEAF + CHAIN, {"moment": MOMENT + timedelta(days=5000)}),
}


def certificate_text(name: str) -> str:
    """A page of a kind: one of the cases, or several files of which one cannot be read."""
    asked = Asked(moment=MOMENT, environment=Environment.PREPRODUCTION, systems=("DigiD",), language="nl")
    if name != "several":
        data, how = CASES[name]
        return certificate_page([checked(data, **how)], asked)
    torn = CheckedFile("torn.pem", error=InputError("files.error.missing", name="torn.pem"))
    return certificate_page([checked(), checked(LEAF, "b.pem", trust=None), torn], asked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_certificate_page_tells_what_the_terminal_and_the_document_tell(language: Language) -> None:
    for name, (data, asked) in CASES.items():
        file = checked(data, **asked)
        assert file.check is not None
        (one,) = file.check.judged
        report = one.result.report + file.check.file_report
        text = words(page(file, language=language).find("body/main"))
        told = report_document(report)
        assert word_of("verdict", report.verdict, language) in text, name
        for key, sentence in answer_rows(report, language):
            # what is said of the file is counted as well: test_one_count
            assert key == "also" or words_of(sentence) in plain(text), (name, sentence)
        for line in finding_lines(report, language):
            if line.tone is None and not line.text.startswith("→"):
                assert words_of(line.text.partition(": ")[2] or line.text) in plain(text), (name, line)
        for outcome in (*told["findings"], *told["not_checked"]):
            assert outcome["code"] in text, (name, outcome)
        facts = one.result.facts
        pairs = ":".join(facts.sha256[at : at + 2] for at in range(0, 64, 2)).upper()
        assert facts.sha256 in text
        assert pairs in text
        assert day(facts.not_after, language) in text
        assert not any(f" {start}" in text for start in SHARED_WORDS), name  # every word has its text


def words_of(text: str) -> str:
    return plain(" ".join(text.split()))


def plain(text: str) -> str:
    """Without what TSP stands for, which only the first place of a page says."""
    return text.replace("certificaatverstrekker (TSP)", "TSP").replace(" .", ".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_of_a_chain_is_the_table_beside_it(language: Language) -> None:
    dashed = {}
    for name, (data, asked) in CASES.items():
        root = page(checked(data, **asked), language=language)
        (svg,) = (each for each in root.iter("svg") if "chain" in each.get("class", ""))
        table = by_id(root, svg.get("aria-describedby", ""))
        drawn = [[words(line) for line in step.iter("text")] for step in svg.iter("g")]
        assert len(drawn) == len(rows(table)) >= 1
        for (called, kind, where), (full, role, until, place, *_) in zip(drawn, rows(table), strict=True):
            assert called == full or full.startswith(called.removesuffix("…"))
            assert kind.startswith(role)
            assert where == place
            assert until[-4:] in kind or until == ("onbekend" if language == "nl" else "unknown")
        dashed[name] = [
            step.get("class", "").split() for step in svg.iter("g") if step.find("rect").get("stroke-dasharray")
        ]
    missing = {name: len(found) for name, found in dashed.items() if found}
    assert missing == {"alone": 1, "unknown": 1, "untrusted": 1}
    assert all("missing" in names for found in dashed.values() for names in found)


def test_the_step_is_the_programs_own_where_it_has_one_and_a_command_stands_by_itself() -> None:
    root = page(checked(), next_step=lambda file, one: Advice("Do:", f"pkitools a {file.name}"))
    (command,) = root.iter("pre")
    assert "".join(command.itertext()) == "pkitools a map/leaf.pem"
    assert not list(page(checked(), next_step=lambda file, one: None).iter("pre"))


def test_of_several_the_verdict_on_all_stands_first_and_nothing_is_passed_over() -> None:
    good, bad = checked(), checked(LEAF, "b.pem", trust=None)
    torn = CheckedFile("torn.pem", error=InputError("files.error.missing", name="torn.pem"))
    harmless = CheckedFile("note.txt", error=InputError("files.error.missing", name="note.txt"), harmless=True)
    reuse = Report("together", checked().check.delivery.outcomes, MOMENT)  # type: ignore[union-attr]  # it was checked
    root = page(good, bad, torn, harmless, reuse=reuse)
    (heading,) = root.iter("h1")
    assert words(heading).startswith("FAILED")
    names = [row[0] for row in rows(next(root.iter("table")))]
    assert len(names) == 3
    assert "torn.pem" in names
    assert "note.txt" not in words(root)
    for link in (each.get("href", "") for each in next(root.iter("table")).iter("a")):
        assert by_id(root, link.removeprefix("#")) is not None
    assert words(next(page(good, torn).iter("h1"))).startswith(word_of("verdict", "indeterminate", "en"))
    assert words(next(page(good, verdict=Verdict.FAILED).iter("h1"))).startswith("FAILED")


def test_what_fails_of_all_together_fails_the_page() -> None:
    bad = checked(LEAF, "b.pem", trust=None).check
    assert bad is not None
    assert bad.verdict is Verdict.FAILED
    together = Report("together", bad.report.outcomes, MOMENT)
    assert words(next(page(checked(), reuse=together).iter("h1"))).startswith("FAILED")
    assert words(next(page(checked()).iter("h1"))).startswith("PASSED")


def test_what_was_given_and_not_judged_is_told_in_the_programs_words_or_else_in_ours() -> None:
    contents = checked(CHAIN).check.contents  # type: ignore[union-attr]  # it was checked
    chain = CheckedFile("a/chain.pem", chain=ChainFile(contents, 2, is_complete=True))
    assert "chain.pem was not judged, but used as the chain of the others." in words(page(checked(), chain))
    told = words(page(checked(), chain, notes=["Two files were passed over."]))
    assert "Two files were passed over." in told
    assert "chain.pem" not in told


@given(st.text(min_size=1, max_size=80))
@examples(25)
def test_no_name_in_a_certificate_or_of_a_file_adds_to_a_page(text: str) -> None:
    assert hostile_page(text) == usual()
    shown = " ".join(visible(text).split())
    assert not shown or shown in " ".join(words(parsed(hostile_text(text))).split())


@cache
def usual() -> object:
    return hostile_page("harmless")


def hostile_page(text: str) -> object:
    found = hostile_text(text)
    assert [line for line in found.split("\n") if not line.isprintable()] == []
    return frame(found)


def hostile_text(text: str) -> str:
    file = alone()
    assert file.check is not None
    (one,) = file.check.judged
    outcomes = tuple(replace(each, params=dict.fromkeys(each.params, text)) for each in one.result.report.outcomes)
    report = Report(text, outcomes, MOMENT)
    judged = replace(one, result=replace(one.result, report=report, facts=hostile_facts(one.result.facts, text)))
    error = CheckedFile(f"x{text}", error=InputError("files.error.missing", name=text))
    hostile = CheckedFile(f"x{text}", replace(file.check, judged=(judged,)))
    asked = Asked(
        moment=MOMENT, environment="preproduction", systems=[text], next_step=lambda *_: Advice(text, text or "x")
    )  # type: ignore[arg-type]  # takes less than it is given
    return certificate_page([hostile, error], asked)


def hostile_facts(facts: CertificateFacts, text: str) -> CertificateFacts:
    """The same certificate with a text in every name."""
    names = tuple(replace(name, value=text) for name in facts.subject_alternative_name or ())
    subject, issuer = (hostile_name(name, text) for name in (facts.subject, facts.issuer))
    return replace(facts, subject=subject, issuer=issuer, subject_alternative_name=names)


def hostile_name(name: DistinguishedName, text: str) -> DistinguishedName:
    return replace(name, rdns=tuple(tuple(replace(each, value=text) for each in rdn) for rdn in name.rdns))


# --- a portfolio ------------------------------------------------------------------------------------------------------


def many(portfolio: Portfolio, count: int) -> Portfolio:
    """So many certificates, made of those that are there."""
    made = []
    for number in range(count):
        one = portfolio.judged[number % len(portfolio.judged)]
        end = portfolio.moment + timedelta(days=(number * 37) % 1000 - 60, hours=number % 24)
        name = f"dienst{number}.voorbeeld.nl"
        made.append(
            replace(
                one, sha256=f"{number:064x}"[::-1], common_name=name, not_after=end, not_before=end - timedelta(1095)
            )
        )
    worst = list(Standing)
    made.sort(key=lambda one: (worst.index(one.standing(portfolio.moment)), one.not_after, one.name, one.sha256))
    return replace(portfolio, certificates=(*made, *portfolio.authorities))


def table_of(root: Element) -> dict[str, tuple[str, str]]:
    """Of each certificate in the table of a timeline the day to order by and the day it ends."""
    found = {}
    for row in by_id(root, "timeline").iterfind("tbody/tr"):
        order, end = (each.get("datetime", "") for each in row.iter("time"))
        found[next(row.iter("a")).get("href", "").removeprefix("#c-")] = order, end
    return found


@pytest.mark.parametrize("count", [1, 26])
def test_the_days_of_a_page_are_those_of_the_document_and_of_the_calendar(portfolio: Portfolio, count: int) -> None:
    portfolio = many(portfolio, count)
    on_page = table_of(portfolio_root(portfolio))
    document = json.loads(portfolio_report(portfolio, ".json"))
    ends = {each["sha256"][:16]: each["not_after"][:10] for each in document["certificates"] if not each["authority"]}
    assert {mark: end for mark, (_, end) in on_page.items()} == ends
    events = Calendar.from_ical(portfolio_report(portfolio, ".ics").decode()).walk("VEVENT")
    days: dict[str, dict[str, str]] = {}
    for event in events:
        sha256, kind = str(event["UID"]).partition("@")[0].rpartition("-")[::2]
        days.setdefault(sha256[:16], {})[kind] = event["DTSTART"].dt.isoformat()
    authorities = sorted(each.pop("authority") for each in days.values() if "authority" in each)
    assert authorities == sorted(each["ends"][:10] for each in document["hanging"] if each["ends"])
    assert ("unread" in days.pop("scan", {})) is bool(document["unread"])  # an event of its own, of no certificate
    days = {mark: each for mark, each in days.items() if each and mark}
    today = portfolio.moment.date().isoformat()  # what should have been ordered before it is one event
    shown = {mark: {"order": order, "expires": end} for mark, (order, end) in on_page.items()}
    assert {m: {k: v for k, v in each.items() if k != "order" or v >= today} for m, each in shown.items()} == days


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_certificate_is_told_with_where_it_lies_and_what_was_found(
    portfolio: Portfolio, language: Language
) -> None:
    root = portfolio_root(portfolio, language, now="Do this first.")
    text = words(root.find("body/main"))
    assert "Do this first." in text
    assert not any(f" {start}" in text for start in SHARED_WORDS)
    for standing, one in portfolio.in_order():
        if one.is_authority:
            assert one.name in text
            continue
        told = words(by_id(root, f"c-{one.sha256[:16]}"))
        assert standing_word(standing, language) in told
        for place in one.places:
            assert place.name in told
        for finding in one.findings:
            assert finding.rule.code in told
        for gap in one.not_checked:
            assert gap.rule.code in told
    for unread in portfolio.unread:
        assert unread.name in text
    for held in (*portfolio.keys, *portfolio.requests):
        assert held.place.name in text


def test_the_chain_of_a_held_certificate_is_what_was_proved_or_what_lacks(portfolio: Portfolio) -> None:
    root = portfolio_root(portfolio)
    for one in portfolio.judged:
        section = by_id(root, f"c-{one.sha256[:16]}")
        steps = [each.get("class", "") for each in section.iter("g") if "step" in each.get("class", "")]
        proven = any(judgement.has_path for judgement in one.judgements)
        lacking = any(found.rule.code == "path.anchor.found" for found in one.findings)
        assert (len(steps) == 4) is proven
        assert any("missing" in names for names in steps) is lacking
        assert steps[-1].split()[1] == "own"


@pytest.mark.parametrize(
    ("issuer", "shown"),
    [
        ("C=NL, O=A TSP, CN=TSP CA, organizationIdentifier=NTRNL-1", "TSP CA"),
        ("CN=a\\, b, O=c", "a\\, b"),
        ("C=NL, O=CN=x", "C=NL, O=CN=x"),
    ],
)
def test_an_issuer_that_is_only_named_stands_in_its_box_by_its_common_name(
    portfolio: Portfolio, issuer: str, shown: str
) -> None:
    """The whole name was cut off before what tells one issuer from another."""
    one = next(each for each in portfolio.judged if not any(judgement.has_path for judgement in each.judgements))
    chain = chain_of_held(replace(one, issuer=issuer, judgements=()))
    assert [step.name for step in chain.steps] == [shown, one.name]


def test_what_changed_and_what_is_told_of_several_have_their_sections(portfolio: Portfolio) -> None:
    fewer = replace(portfolio, certificates=portfolio.certificates[1:])
    earlier = read_earlier(portfolio_report(fewer, ".json"), "a.json")
    told = words(portfolio_root(portfolio, changes=changes_since(portfolio, earlier)))
    assert f"new: {portfolio.certificates[0].name}" in told
    findings = findings_of(Report("", tuple(portfolio.judged[0].judgements[0].told), MOMENT), "en")
    part = Part("Together", ("A sentence.",), findings)
    text = words(parsed(portfolio_page(portfolio, Telling(), [part])))
    assert "Together A sentence." in text
    assert "This is a part" in words(portfolio_root(replace(portfolio, complete=False)))


def test_what_is_wrong_of_several_and_what_hangs_on_whom_stand_on_the_page(portfolio: Portfolio) -> None:
    risks = risks_of(portfolio)
    assert risks.found
    assert risks.hanging
    for language in LANGUAGES:
        telling = Telling(language)
        text = words(parsed(portfolio_page(portfolio, telling)))
        for risk in risks.found:
            assert " ".join(visible(risk_said(risk, portfolio, telling).title).split()) in text
        for one in risks.hanging:
            assert " ".join(visible(hanging_line(one, telling.language)).split()) in text


def test_of_more_than_a_browser_shows_the_page_says_how_many_are_left_out(
    portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_PAGE_CERTIFICATES >= 500
    monkeypatch.setattr("pkitools.reports.pages.portfolio.MAX_PAGE_CERTIFICATES", 7)
    root = portfolio_root(many(portfolio, 10))
    assert len(table_of(root)) == 7
    assert "Here are the 7 that need attention first; 3 more are not here." in words(root)


@pytest.mark.parametrize("kind", ["authorities", "keys", "requests", "unread", "hanging"])
def test_no_list_of_the_page_is_cut_off_in_silence(
    kind: str, portfolio: Portfolio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pkitools.reports.pages.portfolio.MAX_PAGE_CERTIFICATES", 7)
    if kind == "hanging":
        risks = risks_of(portfolio)
        root = portfolio_root(portfolio, risks=replace(risks, more_authorities=3))
    else:
        field = "certificates" if kind == "authorities" else kind
        root = portfolio_root(replace(portfolio, **{field: getattr(portfolio, kind)[:1] * 10}))
    assert "and 3 more" in words(root)


# --- the timeline -----------------------------------------------------------------------------------------------------


DAYS: Final = st.dates(date(1, 1, 1), date(9999, 12, 31))


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    near = st.dates(date(2024, 1, 1), date(2031, 12, 31))
    found = []
    for number in range(draw(st.integers(1, 60))):
        begin, order, end = sorted(draw(st.tuples(*[st.one_of(near, near, DAYS)] * 3)))
        found.append(Span(f"m{number}", f"name{number}", "good", "good", begin, order, end, (end - MOMENT.date()).days))
    return found


@given(spans())
@examples(25)
def test_every_certificate_is_in_one_picture_inside_its_frame_and_in_order(given_spans: list[Span]) -> None:
    told = ordered(given_spans)
    drawn = pictures(told, MOMENT, "nl")
    rows_of = [row for picture in drawn for row in picture.rows]
    assert [row.span for row in rows_of] == list(told)
    assert [(each.first, each.last) for each in drawn] == [
        (at + 1, min(at + MOST_ROWS, len(told))) for at in range(0, len(told), MOST_ROWS)
    ]
    for picture in drawn:
        assert 0 <= picture.now <= WIDTH
        assert all(TOP <= row.y <= picture.height for row in picture.rows)
        assert all(0 <= row.start < row.end <= WIDTH for row in picture.rows)
        by_end = [row.end for row in picture.rows]
        assert by_end == sorted(by_end) or any(row.end == row.start + 2 for row in picture.rows)
        places = [tick.x for tick in picture.ticks]
        assert all(right - left >= 60 for left, right in pairwise(places))  # each can be read
        assert len(places) <= 9
        assert all(row.order is None or 0 <= row.order <= WIDTH for row in picture.rows)
        assert all(row.order is not None for row in picture.rows if abs((row.span.order_by - MOMENT.date()).days) < 300)


@given(spans())
@examples(25)
def test_an_overview_counts_every_certificate_once(given_spans: list[Span]) -> None:
    columns = overview(given_spans, MOMENT, "en")
    assert sum(column.ending for column in columns) == len(given_spans)
    assert sum(column.ordering for column in columns) == len(given_spans)
    assert len(columns) <= 24
    assert all(column.x >= 0 and column.x + column.width <= WIDTH for column in columns)


def test_a_mark_stands_by_its_month() -> None:
    span = Span("m", "a", "good", "good", date(2026, 1, 1), date(2027, 3, 1), date(2027, 6, 30), 200)
    (picture,) = pictures([span], datetime(2027, 1, 1, tzinfo=UTC), "nl")
    places = {tick.text: tick.x for tick in picture.ticks}
    (row,) = picture.rows
    assert list(places) == ["jan 2027", "feb 2027", "mrt 2027", "apr 2027", "mei 2027", "jun 2027"]
    assert row.order == places["mrt 2027"]
    assert picture.now == places["jan 2027"] == row.start
    assert row.is_cut
    assert places["jun 2027"] < row.end < WIDTH


@pytest.mark.parametrize("count", [1, 26])
def test_the_line_of_now_crosses_each_bar_and_no_text(portfolio: Portfolio, count: int) -> None:
    root = portfolio_root(many(portfolio, count))
    drawn = [each for each in root.iter("svg") if each.get("class") == "picture timeline" and list(each.iter("g"))]
    assert len(drawn) == -(-count // MOST_ROWS)
    for picture in drawn:
        (line,) = [each.get("d", "") for each in picture.iter("path") if each.get("class") == "now"]
        parts = [(float(begin), float(end)) for begin, end in re.findall(r"M[\d.]+ ([\d.]+)V([\d.]+)", line)]
        for text in picture.iter("text"):
            top, bottom = (float(text.get("y", "")) + each for each in (-11, 4))  # of 13 px, with what hangs below
            assert all(end <= top or begin >= bottom for begin, end in parts), "".join(text.itertext())
        bars = [each for each in picture.iter("rect") if each.get("class") == "bar"]
        assert len(bars) == len(list(picture.iter("g")))
        for bar in bars:
            top = float(bar.get("y", ""))
            assert any(begin <= top and end >= top + float(bar.get("height", "")) for begin, end in parts)


@pytest.mark.parametrize("count", [1, 25, 60])
def test_a_page_has_a_row_of_a_picture_and_of_the_table_for_each(portfolio: Portfolio, count: int) -> None:
    root = portfolio_root(many(portfolio, count))
    drawn = [each for each in root.iter("svg") if "timeline" in each.get("class", "").split()]
    names = [words(name) for svg in drawn for name in svg.iter("text") if name.get("class") == "name"]
    assert names == [words(row.find("th")) for row in by_id(root, "timeline").iterfind("tbody/tr")]
    assert len(names) == count
    assert len(drawn) == -(-count // MOST_ROWS) + (count > MOST_ROWS)
    assert all(by_id(root, svg.get("aria-describedby", "")) is not None for svg in drawn)


@pytest.mark.parametrize("after", ["", "Then add it to the file."])
def test_the_command_of_what_to_do_first_is_there_to_be_copied(after: str) -> None:
    command = "pkitools cert check '<a>.pem'"
    telling = Telling("en", now=f"Begin here: {command} {after}".rstrip(), command=command)
    page = portfolio_page(Portfolio(MOMENT, ("a",)), telling)
    assert "<pre>pkitools cert check &#39;&lt;a&gt;.pem&#39;</pre>" in "".join(page)
    assert ("Then add it" in "".join(page)) is bool(after)
