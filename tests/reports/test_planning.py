"""How connections stand and their days in every form of report, each read by a reader of its own."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Final

import pytest
from icalendar import Calendar, Component
from markdown_it import MarkdownIt

from pkitools.connections import Connections, ConnectionsStatus, hold, read_connections
from pkitools.connections.planning import BEGIN
from pkitools.errors import InvalidValueError
from pkitools.frozen import replace
from pkitools.messages import LANGUAGES, Language, message
from pkitools.reports.connections import StepCommand
from pkitools.reports.pages.work import TO_DO
from pkitools.reports.planning import Work, WorkTelling, work_form, work_report, work_suffixes
from pkitools.reports.planning.as_csv import PLAN_COLUMNS, STATUS_COLUMNS
from pkitools.reports.planning.work import connection_name, planned_of, step_said, work_days
from pkitools.reports.telling.readable import short_day
from pkitools.text import visible
from tests.connections.support import CHAIN, certificate, connection, written
from tests.portfolio.support import judging
from tests.support.cases import in_one_test
from tests.support.der import tlv
from tests.support.page import Read
from tests.support.schemas import assert_valid

HOSTILE: Final = r'"=1+1\u001b[31m\u202e|<b>[a](b)\r\nEND:VCALENDAR"'
FILES: Final = {"files": '["f"]'}


@pytest.fixture(scope="module")
def status(tmp_path_factory: pytest.TempPathFactory) -> ConnectionsStatus:
    folder = tmp_path_factory.mktemp("planning")
    (folder / "f").mkdir()
    (folder / "f" / "a.pem").write_bytes(certificate() + CHAIN)
    text = connection(**FILES, owner=HOSTILE) + connection(files='["no"]', live="2027-06-01", system='"fsc"')
    text += connection(files='["no"]', environment='"production"', supplier=HOSTILE)
    file = written(folder, text)
    return hold(read_connections(file.read_bytes(), str(file)), judging())


def told(status: ConnectionsStatus, suffix: str, language: Language = "en", *, days_alone: bool = False) -> str:
    work = Work(status.moment, planned_of(status)) if days_alone else Work.of_status(status)
    text = work_report(
        work,
        suffix,
        WorkTelling(language, lambda one, step: StepCommand("=pkitools", ("=pkitools",), "a.*", "Add it.")),
    ).decode()
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    assert [line for line in lines if not line.isprintable()] == []
    assert "connections." not in text or suffix == ".json"  # every word has its text
    return text


def rows(text: str, language: Language) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff")), delimiter=";" if language == "nl" else ","))


def events(text: str) -> list[Component]:
    return Calendar.from_ical(text).walk("VEVENT")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_has_a_row_for_each_connection_or_each_day(status: ConnectionsStatus, language: Language) -> None:
    found = rows(told(status, ".csv", language), language)
    assert [tuple(row) for row in found] == [STATUS_COLUMNS] * 3
    assert [row["oin"] for row in found] == [f"'{one.connection.organization.oin}" for one in status.in_order()]
    days = rows(told(status, ".csv", language, days_alone=True), language)
    assert [tuple(row) for row in days] == [PLAN_COLUMNS] * len(days)
    assert {row["day"] for row in days if row["kind"] == "live"} == {"2027-06-01"}
    assert all(value[:1] not in "=+-@\t\r" for row in (*found, *days) for value in row.values() if value)


def test_the_document_is_that_of_the_command(status: ConnectionsStatus) -> None:
    assert_valid(json.loads(told(status, ".json")), "status-v1")
    assert_valid(json.loads(told(status, ".json", days_alone=True)), "plan-v1")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_calendar_has_the_days_of_each(status: ConnectionsStatus, language: Language) -> None:
    found = events(told(status, ".ics", language))
    assert len({str(one["UID"]) for one in found}) == len(found)
    planned = {(each.kind.value, each.day) for one in status.statuses if one.plan for each in one.plan.dates}
    without = [one for one in found if str(one["CATEGORIES"].cats[1]) == "no_day"]
    kinds = {(str(one["CATEGORIES"].cats[1]), one["DTSTART"].dt) for one in found if one not in without}
    assert kinds == {each for each in planned if each[0] not in {"next_end", "hierarchy_ends"}}
    assert told(status, ".ics", language, days_alone=True) == told(status, ".ics", language)


def test_an_event_keeps_its_name_where_its_connection_stands_elsewhere(
    status: ConnectionsStatus, tmp_path: Path
) -> None:
    text = connection(files='["no"]', live="2027-06-01", system='"fsc"')
    first, second = (
        {str(one["UID"]) for one in events(told(hold(_read(tmp_path, each), judging()), ".ics"))}
        for each in (text, connection(files='["other"]', system='"digipoort"') + text.replace("2027", "2028"))
    )
    assert len(first) == 4
    assert first < second  # a year later the older generation is issued for shorter


def _read(folder: Path, text: str) -> Connections:
    file = written(folder, text)
    return read_connections(file.read_bytes(), str(file))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_has_no_day_and_what_is_not_there_is_in_every_form(status: ConnectionsStatus, language: Language) -> None:
    apart = status.connections.told_apart()
    without = [connection_name(one, language, apart) for one in planned_of(status) if one.plan is None]
    absent = {connection_name(one.connection, language, apart): one.absent for one in status.statuses if one.absent}
    assert without
    assert {Path(each).name for places in absent.values() for each in places} == {"no"}
    (event,) = (one for one in events(told(status, ".ics", language)) if "no_day" in one["CATEGORIES"].cats)
    assert event["DTSTART"].dt == status.moment.date()
    assert str(event["DESCRIPTION"]).splitlines() == [f"- {visible(name)}" for name in without]
    found = {row["name"]: row["absent"] for row in rows(told(status, ".csv", language), language) if row["absent"]}
    assert found == {name: "; ".join(places) for name, places in absent.items()}
    listed = told(status, ".md", language).split("## ")
    title = message("connections.report.absent", {}, language).title
    assert sum(each.startswith(title) and each.count("\n- ") == len(absent) for each in listed) == 1
    page = unescape(told(status, ".html", language))
    assert all(f"<bdi>{visible(name)}</bdi></li>" in page for name in without)
    assert page.count(f"<p>{title}: ") == len(absent)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("days_alone", [False, True])
def test_a_page_has_every_connection_and_day_and_nothing_in_it_acts(
    status: ConnectionsStatus, days_alone: bool, language: Language
) -> None:
    text = told(status, ".html", language, days_alone=days_alone)
    read = Read(text.encode())
    assert {tag for tag, _ in read.elements if tag in {"script", "style", "b", "link", "img", "iframe"}} == {
        "script", "style", "link"}  # fmt: skip
    assert [found["href"] for tag, found in read.elements if tag == "link"] == ["data:,"]
    assert read.attributes("a", "href") == ["#main"]
    work = Work(status.moment, planned_of(status)) if days_alone else Work.of_status(status)
    days = [(one.day.isoformat(), one.kind.value) for one in work_days(work, language)]
    shown = [(found["datetime"], found["data-kind"]) for tag, found in read.elements if tag == "time"]
    ahead = [one for one in days if one[0] >= status.moment.date().isoformat()]
    assert sorted(shown) == sorted(days if days_alone else [*days, *ahead])
    for one in () if days_alone else status.statuses:
        assert visible(connection_name(one.connection, language, work.told_apart)) in read.text
        for step in one.steps:
            assert " ".join(step_said(step, language).split()) in read.text
            if step.state in TO_DO:
                assert "=pkitools" in read.text


@pytest.mark.parametrize("days_alone", [False, True])
def test_markdown_is_a_table_and_nothing_in_it_acts(status: ConnectionsStatus, days_alone: bool) -> None:
    text = told(status, ".md", days_alone=days_alone)
    tokens = MarkdownIt("commonmark", {"html": True, "linkify": True}).enable("table").parse(text)
    inside = [child.type for token in tokens for child in token.children or ()]
    assert {"html_inline", "link_open", "image"}.isdisjoint(inside)
    width = 4 if days_alone else 6
    assert sum(token.type == "td_open" for token in tokens) % width == 0
    assert sum(token.type == "th_open" for token in tokens) == width


def test_the_end_of_a_name_says_the_form() -> None:
    assert work_suffixes() == (".csv", ".html", ".ics", ".json", ".md")
    assert [work_form(f"a{suffix.upper()}") for suffix in work_suffixes()] == list(work_suffixes())
    for name, code in (("a.foo", "form"), ("a", "form"), ("a.PROM", "form_of_certificates")):
        with pytest.raises(InvalidValueError) as refused:
            work_form(name)
        assert refused.value.code == f"report.error.{code}"


@in_one_test
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("days", [-400, -30, 0, 1, 45, 120, 200])
def test_no_event_lies_in_the_past_and_what_is_late_is_told_today(
    tmp_path: Path, days: int, language: Language
) -> None:
    """Whenever it is asked; the rows of people say of what can be done yet that it is late."""
    moment = datetime(2027, 6, 1, 12, tzinfo=UTC) - timedelta(days=days)
    asked = _read(tmp_path, connection(files='["no"]', live="2027-06-01", system='"fsc"'))
    work = Work.of_status(hold(asked, judging(moment=moment)))
    found = events(work_report(work, ".ics", WorkTelling(language)))
    assert all(one["DTSTART"].dt >= moment.date() for one in found)
    (planned,) = work.planned
    assert planned.plan is not None
    dates = [one for one in planned.plan.dates if one.kind not in {"shorter", "next_end"}]
    gone = [one for one in dates if one.day < moment.date()]
    over = [one for one in gone if one.late_after < moment.date()]
    advised = [one for one in dates if one.day < moment.date() <= one.late_after]
    late = [one for one in found if one["CATEGORIES"].cats[1] == "late"]
    assert [one["DTSTART"].dt for one in late] == ([moment.date()] if gone else [])
    alone = replace(work, status=None)
    text = work_report(alone, ".md", WorkTelling(language)).decode()
    word = message("connections.plan.late", {}, language).title
    assert text.count(f"({word})") == sum(one.kind in BEGIN for one in over)
    for one in advised:  # an advice makes nothing late: what is told is the last day
        assert one.latest is not None
        told = message("connections.plan.advised", {"day": short_day(one.latest, language)}, language).title
        assert f"({told})" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_certificate_that_lasts_too_long_to_plan_for_that_is_told(tmp_path: Path, language: Language) -> None:
    # what stands above it is not there: that ends in this century
    (tmp_path / "far.pem").write_bytes(certificate(end=tlv(0x18, b"99991231235959Z")))
    asked = _read(tmp_path, connection(files='["far.pem"]'))
    work = replace(Work.of_status(hold(asked, judging())), status=None)
    for form in (".ics", ".md", ".json"):
        text = work_report(work, form, WorkTelling(language)).decode().replace("\r\n ", "")
        assert ("9999-12-31" if form == ".json" else "31 dec 9999" if language == "nl" else "31 Dec 9999") in text, form
    assert_valid(json.loads(work_report(work, ".json")), "plan-v1")
