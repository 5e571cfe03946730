"""A portfolio in every form of report: valid, lossless where it is for programs, harmless where it is for people."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from datetime import timedelta
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import Verdict
from pkitools.messages import LANGUAGES, Language
from pkitools.portfolio import Gap, HeldCertificate, Judging, Portfolio, Unread, changes_since, read_earlier
from pkitools.portfolio.judgements import EnvironmentBasis, Judgement
from pkitools.portfolio.model import Place, Successor
from pkitools.portfolio.reading import held_certificate
from pkitools.portfolio.risk import risks_of
from pkitools.reports import Expiry, Telling, expiry_document, portfolio_report, report_form, report_suffixes
from pkitools.reports.expiry import Nagios, nagios_line
from pkitools.reports.portfolio.across import _STRANGE, risk_said
from pkitools.reports.portfolio.as_csv import COLUMNS
from pkitools.reports.portfolio.telling import deciding, deciding_files, told_besides
from pkitools.x509.above import Above
from pkitools_cli.commands.scan.across import across_told
from tests.portfolio.support import CHAIN, WHOLE, hostile, scanned, something_of_everything
from tests.reports.test_csv_cells import TEXTS
from tests.support.cases import in_one_test
from tests.support.certificates import MOMENT, made
from tests.support.chains import MOMENT as NOW
from tests.support.chains import end_entity, good_chain
from tests.support.deliveries import pem
from tests.support.effort import examples
from tests.support.requests import pooled_key
from tests.support.schemas import assert_valid


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    return something_of_everything(tmp_path_factory.mktemp("portfolio"))


def rows(portfolio: Portfolio, language: Language = "en") -> list[dict[str, str]]:
    text = portfolio_report(portfolio, ".csv", Telling(language)).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline=""), delimiter=";" if language == "nl" else ","))


def test_the_document_is_valid_and_whole(portfolio: Portfolio) -> None:
    last = read_earlier(portfolio_report(portfolio, ".json"), "a")
    later = replace(portfolio, certificates=portfolio.certificates[1:], complete=False)
    document = json.loads(portfolio_report(later, ".json", Telling("en", changes_since(later, last))))
    assert_valid(document, "scan-v1")
    assert len(document["changes"]["gone"]) == 1
    whole = json.loads(portfolio_report(portfolio, ".json"))
    assert_valid(whole, "scan-v1")
    assert [one["sha256"] for one in whole["certificates"]] == [one.sha256 for one in portfolio.certificates]
    assert (len(whole["keys"]), len(whole["requests"]), len(whole["unread"])) == (1, 1, 1)
    assert whole["verdict"] == "failed"
    assert_valid(json.loads(portfolio_report(hostile(portfolio, "\x1b]0;\ud800\n"), ".json")), "scan-v1")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_has_a_row_for_each_and_every_digit_of_an_oin(portfolio: Portfolio, language: Language) -> None:
    found = rows(portfolio, language)
    assert [row["sha256"] for row in found if row["sha256"]] == [one.sha256 for one in portfolio.certificates]
    of_key, torn = (row for row in found if not row["sha256"])  # the private key that others may read
    assert of_key["places"].endswith("a.key")
    assert torn["places"].endswith("torn.pem")
    assert torn["standing"] == {"nl": "niet bekeken", "en": "not looked at"}[language]
    assert torn["finding"]
    assert all(tuple(row) == COLUMNS for row in found)
    oins = {row["oin"] for row in found} - {""}
    assert oins == {f"'{one.oin}" for one in portfolio.certificates if one.oin} != set()


def test_the_days_left_are_those_of_the_document_also_below_none(portfolio: Portfolio) -> None:
    """What ended had 0 days left, as what ends today has; a number of ours is no formula."""
    later = replace(portfolio, moment=portfolio.moment + timedelta(days=3000))
    document = json.loads(portfolio_report(later, ".json"))
    found = [int(row["days_left"]) for row in rows(later) if row["sha256"]]
    assert found == [one["days_left"] for one in document["certificates"]]
    assert min(found) < -1


def test_a_table_of_a_part_says_that_it_is_one(portfolio: Portfolio) -> None:
    *_, last = rows(replace(portfolio, complete=False))
    assert (last["standing"], bool(last["finding"])) == ("not looked at", True)


@pytest.mark.parametrize("text", ["12dec3", "7E12", "5e3"])
def test_a_serial_number_is_no_day_and_no_number(portfolio: Portfolio, text: str) -> None:
    """Hexadecimal digits may read as either; the days of the table itself stay days."""
    one, *others = portfolio.certificates
    renumbered = replace(one, serial_number=text, common_name="MAR1", places=())
    found = rows(replace(portfolio, certificates=(renumbered, *others)))[0]
    assert (found["serial_number"], found["name"]) == (f"'{text}", "'MAR1")
    assert (found["not_after"], found["ends"]) == (one.not_after.date().isoformat(), one.ends.date().isoformat())
    assert found["days_left"] == str(one.days_left(portfolio.moment))


@examples(10)
@given(TEXTS)
def test_no_name_begins_a_row_or_a_cell(portfolio: Portfolio, text: str) -> None:
    found = rows(hostile(portfolio, text))
    assert len(found) == len(portfolio.certificates) + 2
    assert all(tuple(row) == COLUMNS for row in found)
    assert all(
        (value or " ")[:1] not in "=+-@\t\r" for row in found for column, value in row.items() if column != "days_left"
    )


def test_the_end_of_a_name_says_the_form() -> None:
    assert report_suffixes() == (".csv", ".html", ".ics", ".json", ".md", ".prom", ".sarif", ".xml")
    for suffix in report_suffixes():
        assert report_form(f"a.b{suffix.upper()}") == suffix
    for name in ("a", "a.doc", "json", ""):
        with pytest.raises(InvalidValueError) as refused:
            report_form(name)
        assert refused.value.code == "report.error.form"


def test_what_decides_is_told_of_each(portfolio: Portfolio) -> None:
    by_name = {one.name: one for one in portfolio.judged}
    wrong = next(one for one in portfolio.judged if one.verdict is Verdict.FAILED)
    assert by_name["host.example.nl"].verdict is Verdict.PASSED
    good = deciding(by_name["host.example.nl"])
    assert good is not None
    assert good.rule.code == "rfc5280.subject_key_identifier.present", "its own, before what is so of all"
    assert "revocation.status.unconfirmed" in {one.rule.code for one in told_besides(by_name["host.example.nl"])}
    bad = deciding(wrong)
    assert bad is not None
    assert bad.rule.severity.name == "ERROR"
    assert deciding(portfolio.authorities[0]) is None


# --- expiry -----------------------------------------------------------------------------------------------------------


def test_the_document_of_when_things_end_is_valid(portfolio: Portfolio) -> None:
    document = expiry_document(Expiry.of(portfolio, 90, 30))
    assert_valid(document, "expiry-v1")
    ends = [one.not_after for one in Expiry.of(portfolio, 90, 30).certificates]
    assert ends == sorted(ends)


@in_one_test
@pytest.mark.parametrize(
    ("days", "whole", "state"),
    [
        (91, True, Nagios.OK),
        (90, True, Nagios.OK),
        (89, True, Nagios.WARNING),
        (30, True, Nagios.WARNING),
        (29, True, Nagios.CRITICAL),
        (-1, True, Nagios.CRITICAL),
        (91, False, Nagios.UNKNOWN),
        (89, False, Nagios.WARNING),
        (29, False, Nagios.CRITICAL),
    ],
)
def test_a_monitor_hears_the_worst_and_what_could_not_be_read(days: int, whole: bool, state: Nagios) -> None:
    one = scanned_one()
    found = Portfolio(one.not_after - timedelta(days=days), ("a",), certificates=(one,), complete=whole)
    expiry = Expiry.of(found, 90, 30)
    assert expiry.overall is state
    for language in LANGUAGES:
        told = nagios_line(expiry, language)
        assert told.startswith(f"PKITOOLS {state.name} - ")
        data = told.split(" | ")[1]
        assert data.startswith(f"days_left={one.days_left(found.moment)};90:;30: certificates=1 ")
        counts = dict(each.split("=") for each in data.split()[2:])
        is_told = {"expired": days < 0, "critical": 0 <= days < 30, "warning": 30 <= days < 90}
        assert counts == {name: str(int(each)) for name, each in is_told.items()}


WORDS: Final = {
    "nl": (
        "verloopt over 2 dagen",
        "verloopt over 1 dag ",
        "is 1 dag geleden",
        "is 2 dagen geleden",
        "geen certificaat",
    ),
    "en": ("ends in 2 days", "ends in 1 day ", "ended 1 day ago", "ended 2 days ago", "no certificate found"),
}


TODAY: Final = {
    "nl": ("verloopt vandaag", "is vandaag verlopen", "werkt tot en met vandaag", "werkt sinds vandaag niet meer"),
    "en": ("ends today", "ended today", "works until today", "has not worked since today"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_the_last_day_itself_no_number_of_days_is_told(language: Language) -> None:
    one = scanned_one()
    noon = one.not_after.replace(hour=12)
    asked = Judgement(Environment.PRODUCTION, EnvironmentBasis.ASKED, Verdict.PASSED, path=(Above("TSP", noon, "00"),))
    cut_short = replace(one, not_after=noon + timedelta(days=30), judgements=(asked,))
    told = []
    for each in (replace(one, not_after=noon), cut_short):
        for hour in (11, 13):
            found = Portfolio(noon.replace(hour=hour), ("a",), certificates=(each,))
            told.append(nagios_line(Expiry.of(found, 90, 30), language).partition(" | ")[0])
    for words, line in zip(TODAY[language], told, strict=True):
        assert f" {words} ({noon.date()})" in line


@in_one_test
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unread", [0, 1, 2])
def test_people_read_the_line_of_a_monitor_in_their_language_and_it_matches_alike(
    language: Language, unread: int
) -> None:
    one = scanned_one()
    missed = tuple(unreadable(f"f|{number}") for number in range(unread))
    beside = (
        ("", ", niet bekeken: f/0", ", niet bekeken: f/0 en nog 1"),
        ("", ", not looked at: f/0", ", not looked at: f/0 and 1 more"),
    )
    for days, words in zip((2, 1, -1, -2, None), WORDS[language], strict=True):
        moment = MOMENT if days is None else one.not_after - timedelta(days=days)
        found = Portfolio(moment, ("a",), certificates=() if days is None else (one,), unread=missed)
        expiry = Expiry.of(found, 90, 30)
        line, english = nagios_line(expiry, language), nagios_line(expiry)
        assert words in line
        assert line.partition(" | ")[0].endswith(beside[language == "en"][unread])
        for matched in (line.partition(" - ")[0], line.partition(" | ")[2]):
            assert matched in english
        assert line.count("|") == 1


def unreadable(name: str) -> Unread:
    return Unread(name, Gap.UNREADABLE, "files.error.missing", {"name": name})


@cache
def scanned_one() -> HeldCertificate:
    return held_certificate(made("g1-server"), (), ())


@examples(20)
@given(st.text(max_size=30) | st.sampled_from(["a | days_left=1", "a\nOK", "\x1b[31m", "\u202e" * 60_000]))
def test_no_name_begins_a_line_or_data_of_its_own_nor_makes_it_long(name: str) -> None:
    next_one = Successor("00", MOMENT, name, is_in_place=True, lacks_key=True)
    place = Place(name, named_by=(name,))
    one = replace(scanned_one(), common_name=name, places=(place,), successor=next_one)
    told = nagios_line(Expiry.of(Portfolio(MOMENT, ("a",), certificates=(one,), unread=(unreadable(name),)), 90, 30))
    assert told.count("|") == 1
    assert told.isprintable()
    assert len(told) < 1024, "as much as older plugins send"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_monitor_hears_how_many_end_and_of_the_first_where_it_is(language: Language) -> None:
    days = (-2017, -1, 0, 29, 30, 89, 90)
    found = tuple(
        replace(
            scanned_one(),
            sha256=f"{n:064x}",
            not_after=MOMENT + timedelta(days=n, hours=1),
            places=(Place(f"{n}.pem"),),
        )
        for n in days
    )
    line = nagios_line(Expiry.of(Portfolio(MOMENT, ("a",), certificates=found), 90, 30), language)
    told, data = line.removeprefix("PKITOOLS CRITICAL - ").split(" | ")
    kinds = {"en": "2 expired, 2 critical, 2 warning: ", "nl": "2 verlopen, 2 kritiek, 2 met waarschuwing: "}
    assert told.startswith(kinds[language])
    assert told.endswith(", -1.pem")
    assert data == "days_left=-2017;90:;30: certificates=7 expired=2 critical=2 warning=2"


def test_nothing_found_is_not_good() -> None:
    empty = Portfolio(MOMENT, ("a",))
    assert Expiry.of(empty, 90, 30).overall is Nagios.UNKNOWN
    assert empty.verdict is Verdict.INDETERMINATE
    assert Judging(moment=MOMENT).environment is None


def test_a_report_can_be_written_where_names_are_no_unicode(portfolio: Portfolio) -> None:
    for suffix in report_suffixes():
        written = portfolio_report(hostile(portfolio, "na\udcffme"), suffix)
        assert isinstance(written, bytes)
        told = written.decode()  # whole, and in UTF-8
        assert len(told) > 20
        assert "\udcff" not in told


def test_of_what_has_ended_the_last_to_end_stands_first_wherever_there_is_an_order(tmp_path: Path) -> None:
    """What ended years ago is missed by nobody, and stood above what ended last night. The timeline is one of days."""
    days = (-4000, -400, -30, -1, 1, 40, 400)
    for number, left in enumerate((1, -400, 400, -1, -4000, 40, -30)):
        end = NOW + timedelta(days=left, seconds=1)
        made = end_entity(f"d{left}.example.nl", good_chain().tsp, start=end - timedelta(days=900), end=end)
        (tmp_path / f"{number}.pem").write_bytes(pem(made.der) + CHAIN)
    found = scanned(tmp_path)
    ended = [f"d{left}.example.nl" for left in sorted(days, reverse=True) if left < 0]
    coming = [f"d{left}.example.nl" for left in sorted(days) if left > 0]
    assert [one.name for one in Expiry.of(found, 90, 30).certificates] == ended + coming
    for suffix in (".csv", ".md", ".json", ".html"):
        text = portfolio_report(found, suffix).decode()
        lists = text.rpartition('<div id="certificates">')[2] if suffix == ".html" else text
        told = dict.fromkeys(re.findall(r"d-?[0-9]+\\?\.example\\?\.nl", lists))
        assert [name.replace("\\", "") for name in told if name.startswith(("d-", "d\\-"))] == ended, suffix


@pytest.mark.parametrize("names", ["one file", "a configuration", "their names"])
def test_a_key_that_does_not_fit_is_told_once(tmp_path: Path, names: str) -> None:
    """Of its certificate, which is wrong by it; for programs it is in what is told of all together as well."""
    key = pooled_key().pem(None)
    (tmp_path / "a.pem").write_bytes(WHOLE + (key if names == "one file" else b""))
    if names != "one file":
        (tmp_path / ("other.key" if names == "a configuration" else "a.key")).write_bytes(key)
    if names == "a configuration":
        (tmp_path / "nginx.conf").write_text("ssl_certificate a.pem;\nssl_certificate_key other.key;\n")
    found = scanned(tmp_path)
    (risk,) = (one for one in risks_of(found).found if one.outcome.rule.code == "risk.key.misfit")
    said = {decides.rule.code for one in found.judged if (decides := deciding(one)) is not None}
    (tmp_path / "b.pem").write_bytes(WHOLE)  # where it lies twice, it is said of which file that is
    (again,) = scanned(tmp_path).judged
    assert deciding_files(again) == ((str(tmp_path / "a.pem"),) if said & _STRANGE else ())
    assert said <= _STRANGE
    assert len(said) == 1
    for suffix in (".md", ".html"):
        text = portfolio_report(found, suffix).decode()
        assert risk_said(risk, found, Telling()).title not in text, suffix
    across = " ".join(str(line) for line in across_told(risks_of(found), found))
    assert "fits no certificate" not in " ".join(across.split())
    assert "risk.key.misfit" in portfolio_report(found, ".json").decode()
