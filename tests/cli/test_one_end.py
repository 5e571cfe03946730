"""One end that counts and one day to order by, whichever command tells it: of the leaf or of what stands above it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from icalendar import Calendar

from pkitools_cli.i18n import set_language
from tests.connections.support import OIN, connection, written
from tests.support.chains import POLICIES, authority, end_entity, policies
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.der import UTF8, common_name, name, serial_attribute

EARLY, LATE = datetime(2028, 6, 14, 9, tzinfo=UTC), datetime(2029, 6, 14, 9, tzinfo=UTC)
BEGINS: Final = datetime(2026, 6, 1, tzinfo=UTC)
NAMES: Final = ("Root of order", "Domain of order", "TSP of order")
NOBODY: Final = "leaf"
WORDS: Final = {
    "nl": dict(zip(NAMES, ("de root", "de hogere CA", "de uitgever"), strict=True)),
    "en": dict(zip(NAMES, ("the root", "the higher CA", "its issuer"), strict=True)),
}
_OF_G3: Final = "2.16.528.1.1003.1.2.5.10"  # one that is no server's: what is asked of those is another matter


@pytest.fixture(params=[NOBODY, *NAMES])
def first(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Who ends first; its leaf with all above it lies in the folder, named by a connection."""
    ends = str(request.param)
    above: list[Any] = []
    for each in NAMES:
        own = LATE if each != ends else EARLY
        above.append(authority(each, above[-1] if above else None, end=own))
    subject = name(("2.5.4.6", 19, b"NL"), ("2.5.4.10", UTF8, b"Gemeente A"), common_name("host.example.nl"),
                   serial_attribute(OIN))  # fmt: skip
    leaf = end_entity(
        "host.example.nl",
        above[-1],
        subject=subject,
        start=BEGINS,
        end=EARLY if ends == NOBODY else EARLY + timedelta(days=150),
        own_key=rsa.generate_private_key(65537, 2048),
        extensions={POLICIES: (False, policies(_OF_G3))},
    )
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs/leaf.pem").write_bytes(pem(leaf.der, *(each.der for each in reversed(above))))
    (tmp_path / "root.crt").write_bytes(pem(above[0].der))
    written(tmp_path, connection(files='["certs/leaf.pem"]', dns='["host.example.nl"]'))
    monkeypatch.chdir(tmp_path)
    return ends


def _told(run: Command, moment: datetime) -> dict[str, dict[str, Any]]:
    """What each command says of the one certificate, as data."""
    at = ["--moment", moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "--json"]
    trust = ["--trust", "root.crt", *at]
    check = run("cert", "check", "certs/leaf.pem", "-e", "preproduction", "--offline", *trust).document
    found = {
        "cert check": check["certificates"][0],
        "scan": next(
            one
            for one in run("scan", "certs", "-e", "preproduction", "--offline", *trust).document["certificates"]
            if one["oin"]
        ),
        "expiry": next(one for one in run("expiry", "certs", *at).document["certificates"] if one["oin"]),
        "status": run("status", *trust).document["connections"][0]["certificate"],
    }
    plan = run("plan", *trust).document["plans"][0]["plan"]["dates"]
    g4 = run("g4", "plan", "certs/leaf.pem", *at).document["certificates"]
    g4 = next(one for one in g4 if "host.example.nl" in one["certificate"]["subject"])["dates"]
    for command, dates in (("plan", plan), ("g4 plan", g4)):
        days = {one["kind"]: one for one in dates}
        end = days.get("end") or days.get("expires") or days["expired"]
        found[command] = {"day": end["day"], "ends_by": end["by"], "order_by": days.get("order", {}).get("day")}
    return found


def test_every_command_tells_one_end_and_one_day_to_order(run: Command, first: str) -> None:
    moment = EARLY - timedelta(days=300)
    told = _told(run, moment)
    by = None if first == NOBODY else first
    assert {command: one["ends_by"] for command, one in told.items()} == dict.fromkeys(told, by)
    days = {command: one.get("day") or one["ends"][:10] for command, one in told.items()}
    assert days == dict.fromkeys(told, "2028-06-14")
    left = {one["days_left"] for one in told.values() if "days_left" in one}
    assert left == {300}
    orders = {one["order_by"] for one in told.values() if "order_by" in one}
    assert orders == {"2028-03-15"}, "91 days before the end, a Wednesday"


@pytest.mark.parametrize("late", [0, 1])
def test_cert_check_says_to_order_when_that_day_has_passed(run: Command, first: str, late: int) -> None:
    moment = datetime(2028, 3, 15 + late, 23, tzinfo=UTC)
    told = _told(run, moment)
    (order,) = {date.fromisoformat(one["order_by"]) for one in told.values() if "order_by" in one}
    codes = {one["code"]: one for one in told["cert check"]["report"]["findings"]}
    assert ("advice.validity.order_now" in codes) is (order < moment.date()) is bool(late)
    assert ("advice.validity.outlives_issuer" in codes) is (first != NOBODY)


@pytest.mark.parametrize("days", [30, 2, 1])
def test_what_cert_check_tells_to_do_now_is_to_order_whatever_else_could_be_better(
    run: Command, first: str, days: int
) -> None:
    moment = (EARLY - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    at = ["--trust", "root.crt", "--moment", moment]
    told = run("cert", "check", "certs/leaf.pem", "-e", "preproduction", "--offline", *at)
    assert told.code == 0
    now = told.out.partition("\n  Now ")[2].partition("\n  Also")[0]
    assert "order" in now.lower(), told.out
    warnings = _told(run, EARLY - timedelta(days=days))["cert check"]["report"]["findings"]
    assert len({one["code"] for one in warnings if one["severity"] == "warning"}) > 1, "there is something to choose"


@pytest.mark.parametrize("tongue", ["nl", "en"])
def test_what_ends_first_is_called_what_it_is(
    run: Command, first: str, tongue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PKITOOLS_LANG", tongue)
    at = ["--moment", "2028-04-01"]
    trust = ["--trust", "root.crt", *at]
    reports = [each for end in ("md", "csv", "html", "ics") for each in ("--report", f"told.{end}")]
    texts = {
        "cert check": run("cert", "check", "certs/leaf.pem", "-e", "preproduction", "--offline", "--verbose", *trust),
        "scan": run("scan", "certs", "-e", "preproduction", "--offline", *trust, *reports),
        "expiry": run("expiry", "certs", *at),
        "nagios": run("expiry", "certs", "--nagios", *at),
        "g4 plan": run("g4", "plan", "certs/leaf.pem", *at),
    }
    said = {command: " ".join(ran.out.split()).lower() for command, ran in texts.items()}
    for end in ("md", "html"):
        said[end] = " ".join(Path(f"told.{end}").read_text(encoding="utf-8").split()).lower()
    said["ics"] = str(Calendar.from_ical(Path("told.ics").read_text(encoding="utf-8")).walk("VEVENT")).lower()
    for command, text in said.items():
        for each, words in WORDS[tongue].items():
            assert (f"{words} {each}".lower() in text) is (each == first), (command, each)
    set_language("en")
