"""What is told of a scan and of a plan is told in every form: on the terminal, and in each kind of report.

Whoever reads one form acts on it: a fact that is in one of them and not in another is not known to its reader.
"""

from __future__ import annotations

import csv
import html
import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from icalendar import Calendar

from pkitools.checking.private_keys import NAMED
from pkitools.connections import claims_of, read_connections
from pkitools.connections.renewing import Awaited
from pkitools.environment import Environment
from pkitools.messages import LANGUAGES, Language, message
from pkitools.portfolio import HeldCertificate, Portfolio
from pkitools.reports.connections import Planned, Replacement
from pkitools.reports.planning import Work, WorkTelling, work_report, work_suffixes
from pkitools.reports.planning.work import at_noon
from pkitools.reports.portfolio.order_days import OrderDays, awaited_told
from pkitools.reports.portfolio.telling import word
from pkitools.reports.telling.readable import short_day
from pkitools.systems import get_system
from tests.connections.support import CHAIN, OTHER_OIN, _key, certificate, connection, written
from tests.connections.test_false_done import OTHER_KEY
from tests.portfolio.support import judging, scanned
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT, crl, good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.schemas import assert_valid

SENTENCES: Final = ("terminal", "md", "html", "csv", "xml", "sarif")
"""The forms that tell in sentences; a calendar tells by its days, and JSON and what a monitor reads hold data."""
FORMS: Final = (*SENTENCES[1:], "ics", "json", "prom")
_DAYS: Final = {
    "by": datetime(2027, 3, 8, 12, tzinfo=UTC),
    "late": datetime(2027, 1, 15, 12, tzinfo=UTC),
    "done": datetime(2027, 2, 20, 12, tzinfo=UTC),
    "nobody": datetime(2026, 12, 20, 12, tzinfo=UTC),  # ends soon, and of no plan
    "ended": datetime(2026, 11, 2, 12, tzinfo=UTC),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for each thing that is to be said of the next one, and a connection without a certificate."""
    folder = tmp_path_factory.mktemp("forms")
    for serial, (name, end) in enumerate(_DAYS.items(), 40):
        made = certificate(*([OTHER_OIN] if name == "nobody" else []), cn=f"{name}.example.nl", end=end, serial=serial)
        (folder / f"{name}.pem").write_bytes(made + CHAIN)
    (folder / "root.pem").write_bytes(pem(good_chain().root.der))
    claimed = (name for name in _DAYS if name != "nobody")
    stated = {"done": {"ordered": "2026-11-20"}}
    text = [connection(files=f'["{name}.pem"]', **stated.get(name, {})) for name in claimed]
    written(folder, "".join((*text, connection(files='["gone.pem"]', environment='"production"'))))
    return folder


@pytest.fixture(scope="module")
def portfolio(folder: Path) -> Portfolio:
    return scanned(*(folder / f"{name}.pem" for name in _DAYS), asked=judging(claims=claims_of(_connections(folder))))


def _connections(folder: Path) -> Any:
    file = folder / "connections.toml"
    return read_connections(file.read_bytes(), str(file))


def _order_told(awaited: Awaited | None, language: Language) -> str:
    assert awaited is not None
    return awaited_told(awaited, language)


def _named(portfolio: Portfolio, name: str) -> HeldCertificate:
    return next(one for one in portfolio.judged if one.name == f"{name}.example.nl")


def texts(run: Command, folder: Path, out: Path, language: Language, *words: object) -> dict[str, str]:
    """The text of each form of one run, without what the form itself adds: breaks of lines, escapes and marks."""
    ends = ("csv", "html", "ics", "md", "json") if words[0] == "plan" else FORMS
    reports = {end: out / f"report.{end}" for end in ends}
    to_write = (word for each in reports.values() for word in ("--report", each))
    asked = ("--connections", folder / "connections.toml", "--trust", folder / "root.pem")
    ran = run("--lang", language, *words, *asked, "--moment", MOMENT.isoformat(), *to_write)
    found = {end: file.read_text(encoding="utf-8") for end, file in reports.items()}
    found["terminal"] = ran.told
    found["md"] = html.unescape(found["md"].replace("\\", ""))
    calendar = Calendar.from_ical(found["ics"])
    found["ics"] = "\n".join(f"{one['SUMMARY']}\n{one['DESCRIPTION']}" for one in calendar.walk("VEVENT"))
    for end in {"html", "xml"} & found.keys():
        found[end] = html.unescape(found[end])
    found["json"] = json.dumps(json.loads(found["json"]), ensure_ascii=False)
    if "sarif" in found:
        run_of = json.loads(found["sarif"])["runs"][0]
        told = [*run_of["results"], *run_of["invocations"][0]["toolExecutionNotifications"]]
        found["sarif"] = "\n".join(each["message"]["text"] for each in told)
    return {form: " ".join(text.split()) for form, text in found.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_to_be_known_of_the_next_certificate_is_in_every_form(
    run: Command, folder: Path, portfolio: Portfolio, tmp_path: Path, language: Language
) -> None:
    counted = OrderDays(MOMENT, _connections(folder))
    found = texts(run, folder, tmp_path, language, "scan", *(folder / f"{name}.pem" for name in _DAYS))
    for name in ("by", "late"):
        order = counted.of(_named(portfolio, name))
        assert order is not None
        assert (order.day < MOMENT.date()) == (name == "late")
        day = short_day(at_noon(order.day), language)
        said = word(f"portfolio.report.order.{name}", language, day=day)
        assert {form for form in SENTENCES if said not in found[form]} == set(), name
        assert day in found["ics"], name
        assert order.day.isoformat() in found["csv"], name
    days_left = _named(portfolio, "nobody").days_left(MOMENT)
    for said in (
        _order_told(counted.awaited(_named(portfolio, "done")), language),
        word("portfolio.report.ends_soon", language, days=days_left),
    ):
        assert {form for form in SENTENCES if found[form].count(said) < 1} == set(), said
    # what a plan says takes the place of what is said to whoever has none
    left = _named(portfolio, "late").days_left(MOMENT)
    assert all(word("portfolio.report.ends_soon", language, days=left) not in text for text in found.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_no_connection_claims_and_what_has_none_is_in_every_form(
    run: Command, folder: Path, portfolio: Portfolio, tmp_path: Path, language: Language
) -> None:
    found = texts(run, folder, tmp_path, language, "scan", *(folder / f"{name}.pem" for name in _DAYS))
    name = {"nl": "Gemeente A, DigiD Machtigen, productie", "en": "Gemeente A, DigiD Machtigen, production"}[language]
    without = word("portfolio.report.without_certificate", language, names=name)
    assert {form for form in SENTENCES if without not in found[form]} == set()
    assert name in found["ics"]
    unclaimed = word("portfolio.report.unclaimed.one", language, count=1)
    assert {form for form in SENTENCES if unclaimed not in found[form]} == {"csv"}
    claimed = {"nl": "Gemeente A, DigiD Machtigen, preproductie", "en": "Gemeente A, DigiD Machtigen, preproduction"}
    assert {form for form in (*SENTENCES, "ics") if claimed[language] not in found[form]} == set()
    for form in ("terminal", "md", "html"):
        # of all that was said first: "each" after "what is of a connection" would contradict that
        assert word("portfolio.report.by_connection", language) in found[form], form
        rest = word("portfolio.report.by_hierarchy.rest", language, systems="").split(",")[0]
        every = word("portfolio.report.by_hierarchy", language, systems="").split(",")[0]
        assert (rest in found[form], every in found[form]) == (True, False), form
    rows = csv.DictReader(StringIO((tmp_path / "report.csv").read_text("utf-8-sig")), delimiter=";,"[language == "en"])
    alone = {row["name"] for row in rows if row["sha256"] and not row["connections"] and "example.nl" in row["name"]}
    assert alone == {"nobody.example.nl"}
    document = json.loads((tmp_path / "report.json").read_text("utf-8"))
    judged = {one["connection"] for each in document["certificates"] for one in each["judgements"]}
    assert len({*document["connections"]} - judged) == 1
    assert None in judged


def test_what_is_over_is_one_event_of_today(run: Command, folder: Path, tmp_path: Path) -> None:
    """An order day of years ago stood in a month that nobody opens any more; of what has ended there is none."""
    texts(run, folder, tmp_path, "nl", "scan", *(folder / f"{name}.pem" for name in _DAYS))
    events = Calendar.from_ical((tmp_path / "report.ics").read_text("utf-8")).walk("VEVENT")
    orders = [one for one in events if {"order", "late"} & {*one["CATEGORIES"].cats}]
    assert min(one["DTSTART"].dt for one in orders) == MOMENT.date()
    (late,) = (one for one in orders if one["DTSTART"].dt == MOMENT.date())
    assert "late.example.nl" in late["DESCRIPTION"]
    assert "nobody.example.nl" in late["DESCRIPTION"]
    assert "ended.example.nl" not in late["DESCRIPTION"]
    assert all("ended.example.nl" not in one["SUMMARY"] for one in orders)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_has_to_be_replaced_today_is_in_every_form_of_a_plan(
    run: Command, tmp_path: Path, language: Language
) -> None:
    """The reports said "Order" and no more, with the reason of another day."""
    (tmp_path / "own.pem").write_bytes(certificate(cn="dk.example.nl", serial=7) + CHAIN)
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    (tmp_path / "own.crl").write_bytes(crl(good_chain().tsp, 7))
    written(tmp_path, connection(files='["own.pem"]'))
    found = texts(run, tmp_path, tmp_path, language, "plan", "--crl", tmp_path / "own.crl")
    document = json.loads(found.pop("json"))
    said = word("connections.plan.at_once", language, name="dk.example.nl")
    assert {form for form, text in found.items() if said not in text} == set()
    assert [one["at_once"] for one in document["plans"]] == [{"name": "dk.example.nl", "day": "2026-11-22"}]
    assert_valid(document, "plan-v1")
    rows = csv.DictReader(StringIO((tmp_path / "report.csv").read_text("utf-8-sig")), delimiter=";,"[language == "en"])
    (order,) = (row for row in rows if row["kind"] == "order")
    assert [order[name] for name in ("day", "what", "why", "unknown", "past")] == ["2026-11-22", said, "", "", ""]


@in_one_test
@pytest.mark.parametrize("form", work_suffixes())
def test_what_has_no_end_to_count_from_is_replaced_today_as_well(form: str) -> None:
    at_once = Replacement("dk.example.nl", MOMENT.date())
    planned = Planned(None, get_system("digid-machtigen"), Environment.PRODUCTION, at_once=at_once)
    text = work_report(Work(MOMENT, (planned,)), form, WorkTelling("en")).decode()
    assert "dk.example.nl" in text.replace("\\", "").replace("\r\n ", "")


@pytest.mark.parametrize("beside", ["own.key", "else.key"])
@pytest.mark.parametrize("fits", [True, False])
@pytest.mark.parametrize("named", [True, False])
def test_a_key_that_does_not_fit_is_told_by_a_scan_as_by_status(
    run: Command, tmp_path: Path, beside: str, *, fits: bool, named: bool
) -> None:
    """A key under a name of its own, which a connection states beside its certificate, was wrong in status alone."""
    key = _key() if fits else OTHER_KEY
    (tmp_path / "own.pem").write_bytes(certificate() + CHAIN)
    (tmp_path / beside).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    written(tmp_path, connection(files=f'["own.pem", "{beside}"]' if named else '["."]'))
    found = texts(run, tmp_path, tmp_path, "nl", "scan", tmp_path)
    asked = ("--connections", tmp_path / "connections.toml", "--trust", tmp_path / "root.pem")
    (status,) = run("status", *asked, "--moment", MOMENT.isoformat(), "--json").document["connections"]
    wrong = any(step["code"] == "connections.request.misfit" for step in status["steps"])
    assert wrong is (not fits and (named or beside == "own.key"))
    # under its name it is told of the certificate itself
    said = message("risk.key.misfit", {}, "nl").title if beside == "else.key" else message(NAMED.code, {}, "nl").title
    assert {form for form in (*SENTENCES, "json") if said in found[form]} == ({*SENTENCES, "json"} if wrong else set())
