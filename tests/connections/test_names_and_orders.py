"""What a connection states of its names and orders, held against what lies there: nothing is done that is not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import pytest

from pkitools.connections import ConnectionStatus, Step, holding
from pkitools.connections.model import Connection
from pkitools.connections.naming import asked_names, bears_name, lacking_names
from pkitools.connections.renewing import is_awaited, is_ordered
from pkitools.findings import Severity, Verdict
from pkitools.portfolio import HeldCertificate, HeldRequest, Place
from pkitools.portfolio.waiting import asks_for
from pkitools.reports.portfolio.order_days import OrderDays
from pkitools_cli.commands.status.commands import command_for
from tests.cli.conftest import run
from tests.connections.support import CHAIN, OIN, certificate, connection, held, written
from tests.support.chains import SAN, crl, good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.page import GIVEN, Read, Visitor
from tests.support.portfolios import digest
from tests.support.portfolios import held as found
from tests.support.requests import dns as host_names
from tests.support.requests import request as made_request
from tests.support.requests import subject

__all__ = ["run"]  # a fixture

BEGIN: Final = datetime(2026, 1, 20, tzinfo=UTC)
END: Final = datetime(2027, 1, 5, tzinfo=UTC)  # within three months of the moment of the tests


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names")
    for name, end in (("good", datetime(2027, 11, 1, tzinfo=UTC)), ("ending", END)):
        (folder / name).mkdir()
        (folder / name / "a.pem").write_bytes(certificate(OIN, "a.example.nl", end, start=BEGIN) + CHAIN)
    (folder / "root.pem").write_bytes(pem(good_chain().root.der))
    return folder


def only(folder: Path, files: str, **fields: str) -> ConnectionStatus:
    (one,) = held(folder, connection(files=f'["{files}"]', **fields)).statuses
    return one


def step(one: ConnectionStatus, which: Step) -> tuple[str, str]:
    found = one.of(which)
    assert found is not None
    return str(found.state), found.code.rpartition(".")[2]


NAMES: Final = {
    '["a.example.nl"]': (),
    '["A.Example.nl."]': (),
    '["a.example.nl", "b.example.nl"]': ("b.example.nl",),
    '["b.example.nl", "a.example.nl", "c.example.nl"]': ("b.example.nl", "c.example.nl"),
}


@pytest.mark.parametrize("with_name", [False, True])
def test_a_name_that_is_stated_and_not_in_the_certificate_is_not_done(folder: Path, *, with_name: bool) -> None:
    for dns, lacking in NAMES.items():
        stated = {"common_name": '"a.example.nl"'} if with_name else {}
        one = only(folder, "good", dns=dns, **stated)
        assert step(one, Step.VERDICT) == (("now", "lacking") if lacking else ("done", "passed_unconfirmed")), dns
        verdict = one.of(Step.VERDICT)
        assert verdict is not None
        if lacking:
            assert verdict.params["names"] == ", ".join(lacking)
            words = command_for(one, verdict)
            assert words is not None
            assert words[:2] == ["csr", "create"]
            assert {words[at + 1] for at, word in enumerate(words) if word == "--dns"} >= set(lacking)


def test_names_are_compared_as_they_are_meant(folder: Path) -> None:
    stated = only(folder, "good", dns='["bücher.example.nl", "a.example.nl"]').connection
    seen = found("a", common_name="TRIAL a.example.nl", dns_names=("A.example.nl", "xn--bcher-kva.example.nl"))
    assert (bears_name(seen, stated), lacking_names(seen, stated)) == (True, ())
    assert lacking_names(replace(seen, dns_names=("a.example.nl",)), stated) == ("bücher.example.nl",)
    without = replace(seen, dns_names=())
    assert lacking_names(without, stated) == stated.dns, "one that stands in the common name alone is no host name"
    assert lacking_names(without, replace(stated, dns=())) == (), "one of a legal person for which none is stated"
    other = replace(stated, dns=("straße.example.nl",))
    assert not bears_name(replace(seen, dns_names=("weiß.example.nl",)), other), "two that cannot be written are two"


def asked(name: str | None, *dns: str) -> HeldRequest:
    return HeldRequest(Place("a.csr"), "CN=x", name, OIN, digest("key of next"), dns)


def is_for(request: HeldRequest, connection: Connection, have: HeldCertificate | None) -> bool:
    return asks_for(request, OIN, asked_names(connection, have), is_stated=True)


def test_a_request_is_for_the_connection_whose_name_it_bears(folder: Path) -> None:
    by_name = only(folder, "good", common_name='"a.example.nl"').connection
    by_dns, by_none = (replace(by_name, common_name=None, dns=dns) for dns in (("a.example.nl",), ()))
    have = found("a.example.nl")
    for request, expected in [
        (asked("a.example.nl"), True),
        (asked("other", "a.example.nl"), True),
        (asked(None), True),
        (asked("b.example.nl", "b.example.nl"), False),
    ]:
        for stated in (by_name, by_dns):
            assert is_for(request, stated, None) is is_for(request, stated, have) is expected, request
        assert is_for(request, by_none, None), "nothing says which name"
        assert is_for(request, by_none, have) is expected, "it is to be for what is there"


ORDERED: Final = {
    None: ("late", "late"),
    "2026-01-10": ("late", "late"),  # the one that is there
    "2026-01-20": ("late", "late"),
    "2026-11-10": ("waiting", "ordered"),
    "2026-02-10": ("now", "overdue"),
    "2026-12-31": ("late", "late"),  # is to come
}


def test_what_was_ordered_is_not_ordered_again_and_is_asked_after_in_time(folder: Path, run: Command) -> None:
    for ordered, expected in ORDERED.items():
        stated = {} if ordered is None else {"ordered": ordered}
        one = only(folder, "ending", **stated)
        assert step(one, Step.RENEWAL) == expected, ordered
        renewal = one.of(Step.RENEWAL)
        assert renewal is not None
        assert (command_for(one, renewal) is None) is (expected[1] in {"ordered", "overdue"}), ordered
        assert one.certificate is not None
        days = OrderDays(datetime(2026, 11, 22, tzinfo=UTC), None)
        assert not days.is_ordered(one.certificate), "nobody says so"
    file = written(folder, connection(files='["ending"]', ordered="2026-11-10"))
    words = ["--lang", "en", "scan", "--connections", file, "--trust", folder / "root.pem", "--revocation", "off"]
    told = run(*words, "--moment", "2026-11-22T12:00:00Z").told
    assert "The next one was ordered" in told
    assert "Now: Wait for the certificate after a.example.nl" in told
    plan = run("--lang", "en", "plan", "--connections", file, "--moment", "2026-11-22T12:00:00Z").told
    assert "Now: Wait for what was ordered." in plan
    near = run(*words, "--moment", "2026-12-20T12:00:00Z").told
    assert "Now: Wait" not in near
    assert "Now: Ask the TSP" in near, "nobody waits until it has ended"
    assert "--renew" not in near, "nor orders it once more"


ON_ITS_WAY: Final = {
    "first": ("nothing", "2026-11-10", date(2026, 11, 22)),
    "first, overdue": ("nothing", "2026-02-10", date(2026, 11, 22)),
    "first, late": ("nothing", "2026-11-10", date(2027, 3, 1)),
    "next": ("ending", "2026-11-10", date(2026, 11, 22)),
    "next, overdue": ("ending", "2026-02-10", date(2026, 11, 22)),
    "next, close": ("ending", "2026-11-10", date(2026, 12, 20)),
    "next, ended": ("ending", "2026-11-10", date(2027, 1, 20)),
}


@pytest.mark.parametrize("case", ON_ITS_WAY)
@pytest.mark.parametrize(("is_stated", "days"), [(False, None), (True, None), (True, 10)])
def test_what_was_ordered_is_ordered_in_no_form(
    folder: Path, run: Command, case: str, days: int | None, *, is_stated: bool
) -> None:
    """A day on which nothing has to be done any more is no appointment; when it should come is one."""
    files, ordered, day = ON_ITS_WAY[case]
    stated = {"ordered": ordered} if is_stated else {}
    file = written(folder, connection(files=f'["{files}"]', live="2027-02-01", system='"digikoppeling"', **stated))
    if days is not None:  # that it takes to deliver
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("[[connection]]", f'tsp = "kpn"\n[tsp.kpn]\ndelivery = {days}\n[[connection]]'))
    where = folder / ("stated" if is_stated else "open")
    where.mkdir(exist_ok=True)
    told = {}
    for command in ("status", "plan"):
        reports = [where / f"{command}.{end}" for end in ("md", "csv", "ics", "html")]
        words = ["--lang", "en", command, "--connections", file, "--trust", folder / "root.pem"]
        words += ["--moment", f"{day}T12:00:00Z", "--force", *(word for each in reports for word in ("--report", each))]
        told[command] = run(*words).out
        told |= {each.name: each.read_text(encoding="utf-8").replace("\n ", "") for each in reports}
        told[f"{command}.html"] = Read(told[f"{command}.html"].encode()).text
    given = replace(GIVEN, connections=str(file), trust=(str(folder / "root.pem"),), clock=lambda: day_at_noon(day))
    page = Visitor(given).get("/portfolio").body
    # of what lies there a scan tells as well, whose timeline says what its marks are
    told["page"] = Read(page.partition(b'aria-label="Certificates"')[0]).text
    begun = {form for form, text in told.items() if ORDER.search(text)}
    coming = {form for form, text in told.items() if "What was ordered should be there" in text}
    if is_stated:
        assert not begun, told
        assert ("the next was ordered" in Read(page).text) is case.startswith("next")
        assert "Days to come - 10 Nov" not in " ".join(told["status.md"].split())
        expected = set() if days is None else set(told) - {"status", "status.csv"}
        assert coming - {"status.md"} == expected - {"status.md"}, coming  # which tells no days gone by
    else:
        assert begun == set(told), set(told) - begun
        assert not coming


ORDER: Final = re.compile(r"(?<![A-Za-z])Order\b(?! was)|csr create|,2026-1[0-2]-\d\d,2026-1[0-2]-\d\d,2027-02-01")
"""That something is to be ordered: the day in a plan, the command of a status, and the days in its table."""


def day_at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_close_to_the_end_nobody_waits_for_what_was_ordered(folder: Path) -> None:
    one = only(folder, "ending", ordered="2026-11-10")
    assert one.certificate is not None
    for day, waits in ((date(2026, 12, 7), True), (date(2026, 12, 8), False)):
        assert is_ordered(one.connection, one.certificate, day)
        assert is_awaited(one.connection, one.certificate, day) is waits


def test_a_request_of_another_name_is_not_that_of_the_connection_and_of_its_own_it_is_ordered(tmp_path: Path) -> None:
    made = {name: made_request(subject(CN=name), host_names(name)) for name in ("a.example.nl", "b.example.nl")}
    for name, der in made.items():
        (tmp_path / f"{name}.csr").write_bytes(pem(der).replace(b"CERTIFICATE", b"CERTIFICATE REQUEST"))
    for name, state in (("a", "done"), ("b", "done"), ("c", "now")):
        one = only(tmp_path, ".", common_name=f'"{name}.example.nl"')
        assert step(one, Step.REQUEST)[0] == state, name
        assert (one.request is None) is (name == "c")
    (tmp_path / "a.pem").write_bytes(certificate(OIN, "a.example.nl", END, start=BEGIN) + CHAIN)
    for stated in ({}, {"common_name": '"a.example.nl"'}):
        one = only(tmp_path, ".", **stated)
        renewal = one.of(Step.RENEWAL)
        assert renewal is not None
        assert (str(renewal.state), renewal.code) == ("late", "connections.renewal.request_late")
        words = command_for(one, renewal)
        assert words is not None
        assert words[:2] == ["csr", "check"]
        assert words[2].endswith("a.example.nl.csr")
        told = command_for(one, renewal, moment=datetime(2026, 11, 22, 12, tzinfo=UTC))
        assert told is not None
        # what the connection is for is known: its check looks at that, and asks nothing that stands there
        assert told[3:5] == ["-e", "preproduction"]
        assert told[-2:] == ["--profile", "g1-server"]


def test_what_a_scan_does_not_look_at_it_does_not_call_done(folder: Path, run: Command) -> None:
    """A scan judges certificates: that a name lacks, or that nothing was sent, only status knows."""
    stated = {"dns": '["a.example.nl", "b.example.nl"]', "files": '["good", "nowhere"]'}
    file = written(folder, connection(**stated))
    given = ["--trust", folder / "root.pem", "--crl", folder / "lists", "--moment", "2026-11-22T12:00:00Z"]
    (folder / "lists").mkdir(exist_ok=True)
    for issuer in (good_chain().root, good_chain().domain, good_chain().tsp):
        (folder / "lists" / f"{digest(issuer.der.hex())}.crl").write_bytes(crl(issuer))
    told = run("--lang", "en", "scan", "--connections", file, *given).told
    assert "above: it is good, with a warning" in told, told
    assert "Nothing has to be done" not in told
    assert "b.example.nl" in run("--lang", "en", "status", "--connections", file, *given).told


def test_one_key_in_two_environments_is_not_done_where_each_is_to_have_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a scan warns of it. The law of the system is asked: of one that says that it may, nothing is told."""
    text = connection(files='["good"]') + connection(files='["good"]', environment='"production"')
    first, second = held(folder, text).statuses
    assert (step(first, Step.VERDICT), first.worst) == (("now", "both"), Severity.WARNING)
    assert first.in_both is second.connection
    assert step(second, Step.VERDICT) == ("now", "failed"), "what is wrong is told before"
    (alone,) = held(folder, connection(files='["good"]')).statuses
    assert alone.in_both is None
    monkeypatch.setattr(holding, "may_be_in_both", lambda *_: True)
    assert [each.in_both for each in held(folder, text).statuses] == [None, None]


def test_the_page_says_of_its_connections_that_a_list_could_not_be_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "torn.crl").write_text("-----BEGIN X509 CRL-----\nMIIC", encoding="utf-8")
    (tmp_path / "good.crl").write_bytes(crl(good_chain().tsp))
    file = written(folder, connection(files='["good"]'))
    given = replace(GIVEN, connections=str(file), trust=(str(folder / "root.pem"),), crls=(str(tmp_path),))
    given = replace(given, places=(), revocation=None)
    assert "torn.crl" in Read(Visitor(given).get("/portfolio")).text


@pytest.mark.parametrize("names", ['["x.example.nl"]', '["x.example.nl", "y.example.nl"]'])
def test_a_host_name_that_is_stated_is_not_in_a_certificate_without_any(tmp_path: Path, names: str) -> None:
    made = certificate(OIN, "Zegel", datetime(2027, 11, 1, tzinfo=UTC), extensions={SAN: None})
    (tmp_path / "a.pem").write_bytes(made + CHAIN)
    fields = {"files": '["a.pem"]', "common_name": '"Zegel"'}
    for stated, lacks in (({}, ()), ({"dns": names}, tuple(names.strip('[]"').split('", "')))):
        text = connection(**fields, **stated)
        (one,) = held(tmp_path, text).statuses
        verdict = one.of(Step.VERDICT)
        assert verdict is not None
        assert one.certificate is not None
        assert one.certificate.verdict is not Verdict.FAILED, one.certificate.findings
        assert (verdict.code == "connections.verdict.lacking") is bool(lacks)
        assert str(verdict.params.get("names", "")) == ", ".join(lacks)
