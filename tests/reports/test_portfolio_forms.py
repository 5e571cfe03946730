"""Every form of report, read by a reader of its own: it holds what it should, and no name adds to its parts."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from itertools import groupby, pairwise
from typing import Final

import pytest
from markdown_it import MarkdownIt
from prometheus_client.parser import text_string_to_metric_families

from pkitools.findings import Verdict
from pkitools.limits import MAX_MESSAGE_VALUE
from pkitools.messages import LANGUAGES, Language
from pkitools.portfolio import Portfolio
from pkitools.reports import Telling, portfolio_report, report_suffixes
from pkitools.reports.portfolio.telling import standing_word
from pkitools.text import visible
from tests.portfolio.support import hostile, something_of_everything

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


FRAMES: Final[dict[str, Callable[[str], object]]] = {
    ".csv": csv_frame,
    ".json": json_frame,
    ".md": markdown_frame,
    ".prom": prometheus_frame,
}


def test_every_form_is_held_to_the_law() -> None:
    assert tuple(sorted(FRAMES)) == report_suffixes()


@pytest.mark.parametrize("suffix", sorted(FRAMES))
def test_nothing_that_a_certificate_holds_acts(portfolio: Portfolio, suffix: str) -> None:
    """With whatever text in every place that a stranger fills: the frame stays, and no character of it acts."""
    frame = FRAMES[suffix](text_of(hostile(portfolio, "harmless"), suffix))
    for value in HOSTILE:
        text = text_of(hostile(portfolio, value), suffix)
        assert FRAMES[suffix](text) == frame, value
        lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
        assert [line for line in lines if not line.isprintable()] == [], value


@pytest.mark.parametrize("suffix", sorted(FRAMES))
def test_nothing_found_and_a_part_are_reports_too(portfolio: Portfolio, suffix: str) -> None:
    whole = text_of(portfolio, suffix)
    for other in (Portfolio(portfolio.moment, ("a",)), replace(portfolio, complete=False)):
        text = text_of(other, suffix)
        FRAMES[suffix](text)
        assert suffix == ".csv" or text != whole


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
