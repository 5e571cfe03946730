"""The next certificate is there: nobody is told to order it, in no form, and never where it is not certain."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any, Final

import pytest

from pkitools.environment import Environment
from pkitools.findings import Outcome, Rule, Status, Verdict
from pkitools.limits import MAX_SUCCESSIONS
from pkitools.portfolio import (
    EnvironmentBasis,
    Gathering,
    HeldCertificate,
    Judgement,
    Judging,
    Portfolio,
    Reading,
)
from pkitools.reports.expiry import Expiry, expiry_document, nagios_line
from pkitools.reports.portfolio.telling import successor_told
from pkitools.revocation.rules import REVOKED
from pkitools.validation.rules import NOT_YET_VALID
from pkitools_cli.commands.expiry import _text
from tests.cli.conftest import run
from tests.connections.support import CHAIN, OIN, certificate, connection, written
from tests.portfolio.support import judging, scanned
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.portfolios import day, held

__all__ = ["run"]  # a fixture

NOW: Final = day("2026-12-01")
BEGIN: Final = day("2026-01-10")  # ends on 10 January 2027
SIGNS: Final = ("digitalSignature", "keyEncipherment", "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2")


def one(label: str, begin: datetime, *files: str, **changes: Any) -> HeldCertificate:
    changes = {"common_name": "a.example.nl", "dns_names": ("a.example.nl",), "uses": SIGNS, **changes}
    kind = changes.pop("key", "RSA 4096")
    return replace(held(label, *(files or (f"/srv/{label}.pem",)), not_before=begin, **changes), key=kind)


def found(*certificates: HeldCertificate, moment: datetime = NOW) -> Portfolio:
    gathering = Gathering(("/srv",), Judging(moment=moment))
    for each in certificates:
        gathering.add(Reading(each.places[0].name, certificates=(each,)))
    return gathering.portfolio()


def followed(portfolio: Portfolio) -> dict[str, str]:
    label = {each.sha256: Path(each.places[0].name).stem for each in portfolio.certificates}
    return {label[each.sha256]: label[each.successor.sha256] for each in portfolio.certificates if each.successor}


OLD: Final = one("old", BEGIN)
NEXT: Final = one("next", day("2026-11-20"))


def claimed(*names: str | None) -> dict[str, Any]:
    given = Environment.PRODUCTION, EnvironmentBasis.CONNECTION, Verdict.PASSED
    return {"judgements": tuple(Judgement(*given, has_path=True, connection=name) for name in names)}


FITS: Final = {
    "as it is": {},
    "with more names": {"dns_names": ("b.example.nl", "A.example.nl")},
    "of another generation": {"hierarchy": "g1-private", "generation": "G1-private", "issuer": "CN=x"},
    "whose key no longer encrypts": {"uses": tuple(each for each in SIGNS if each != "keyEncipherment")},
    "which could not be judged": {"verdict": Verdict.INDETERMINATE},
    "as a test CA names it": {"common_name": "TRIAL A.example.nl"},
    "with a longer key": {"key": "RSA 3072"},
}
FITS_NOT: Final = {
    "of another holder": {"oin": "00000001123456782000"},
    "of nobody": {"oin": None},
    "with another name": {"common_name": "b.example.nl"},
    "without one of its names": {"dns_names": ()},
    "that encrypts alone": {"uses": ("keyEncipherment",)},
    "that is for other purposes": {"uses": SIGNS[:-1]},
    "with a key of another kind": {"key": "EC P-256"},
    "that is wrong": {"verdict": Verdict.FAILED},
    "in the other environment": {"environment": Environment.PREPRODUCTION},
    "that ends before it": {"not_after": day("2027-01-09")},
    "that was made with it": {"not_before": BEGIN},
    "that was made long before its end": {"not_before": BEGIN + timedelta(days=60)},
}


@pytest.mark.parametrize("moment", [NOW, day("2027-01-20")], ids=["ends soon", "has ended"])
def test_the_next_is_what_does_the_same_work_and_was_made_when_the_old_came_near_its_end(moment: datetime) -> None:
    for changes in FITS.values():
        assert followed(found(OLD, one("next", **{"begin": NEXT.not_before, **changes}), moment=moment)), changes
    for changes in FITS_NOT.values():
        begin = changes.get("not_before", NEXT.not_before)
        rest = {name: value for name, value in changes.items() if name != "not_before"}
        assert followed(found(OLD, one("next", begin, **rest), moment=moment)) == {}, changes


@pytest.mark.parametrize("verdict", [Verdict.PASSED, Verdict.FAILED])
def test_what_comes_too_late_is_the_next_once_it_is_too_late(verdict: Verdict) -> None:
    late = one("next", day("2027-01-11"), verdict=verdict)
    assert followed(found(OLD, late)) == {}
    expected = {"old": "next"} if verdict is Verdict.PASSED else {}
    assert followed(found(OLD, late, moment=day("2027-01-20"))) == expected


@pytest.mark.parametrize(
    ("wrong", "is_next"), [((NOT_YET_VALID,), True), ((NOT_YET_VALID, REVOKED), False), ((), False)]
)
def test_what_has_not_begun_and_lacks_nothing_else_is_the_next(wrong: tuple[Rule, ...], is_next: bool) -> None:
    coming = one("next", day("2026-12-10"), verdict=Verdict.FAILED)
    told = tuple(Outcome(rule, Status.VIOLATED) for rule in wrong)
    coming = replace(coming, judgements=tuple(replace(each, told=told) for each in coming.judgements))
    portfolio = found(OLD, coming)
    assert followed(portfolio) == ({"old": "next"} if is_next else {})
    (old,) = (each for each in portfolio.certificates if each.places[0].name == "/srv/old.pem")
    if old.successor is not None:
        assert "from 10 Dec 2026" in successor_told(old.successor, "en")
        assert not old.successor.is_live


def test_what_a_connection_claims_is_followed_by_what_it_claims_as_well() -> None:
    for old, new, expected in [
        (("a",), ("a", "b"), True),
        ((None,), ("a",), True),
        (("a", "b"), ("a",), False),
        (("a",), (None,), False),
    ]:
        pair = replace(OLD, **claimed(*old)), replace(NEXT, **claimed(*new))
        assert bool(followed(found(*pair))) is expected, (old, new)


def test_what_anybody_can_make_follows_nothing_that_is_proved() -> None:
    """A certificate with the same words that signed itself, or of an issuer that nobody proved, orders nothing off."""
    proved = replace(OLD, **claimed(None))
    assert followed(found(proved, replace(NEXT, **claimed(None))))
    unproved = tuple(replace(each, has_path=False) for each in claimed(None)["judgements"])
    assert followed(found(proved, replace(NEXT, judgements=unproved))) == {}
    assert followed(found(replace(OLD, judgements=unproved), replace(NEXT, judgements=unproved)))
    own, of_old = replace(NEXT, issuer=NEXT.subject), replace(OLD, issuer=OLD.subject)
    assert followed(found(OLD, own)) == {}
    assert followed(found(of_old, NEXT)) == {}
    assert followed(found(of_old, own))


def test_one_is_the_next_of_one_alone_and_of_what_lies_beside_it() -> None:
    """Two servers have a certificate each under one name: one of them was renewed."""
    first, second = one("a", BEGIN, "/srv/1/a.pem"), one("b", BEGIN + timedelta(days=20), "/srv/2/b.pem")
    renewed = one("c", day("2026-12-01"), "/srv/1/c.pem")
    for order in permutations((first, second, renewed)):
        assert followed(found(*order)) == {"a": "c"}
    again = one("d", day("2026-12-01"), "/srv/2/d.pem")
    assert followed(found(first, second, renewed, again)) == {"a": "c", "b": "d"}


def test_what_is_told_is_the_last_of_those_that_follow() -> None:
    chain = [one(f"n{at}", BEGIN + timedelta(days=330 * at)) for at in range(3)]
    for order in permutations(chain):
        assert followed(found(*order, moment=BEGIN + timedelta(days=700))) == {"n0": "n2", "n1": "n2"}


def test_what_is_revoked_is_replaced_at_any_time_by_what_lies_beside_it() -> None:
    (judged,) = OLD.judgements
    told = Outcome(REVOKED, Status.VIOLATED)
    revoked = replace(OLD, judgements=(replace(judged, verdict=Verdict.FAILED, told=(told,)),))
    early = BEGIN + timedelta(days=40)
    assert revoked.is_revoked
    assert followed(found(revoked, one("new", early))) == {"old": "new"}
    assert followed(found(OLD, one("new", early))) == {}
    assert followed(found(revoked, one("new", early, "/srv/2/new.pem"))) == {}
    assert followed(found(one("first", BEGIN - timedelta(days=330)), revoked)) == {}, "it is the next of nothing"


def test_of_very_many_of_one_name_nobody_can_tell() -> None:
    many = [one(f"n{at}", BEGIN + timedelta(hours=at)) for at in range(MAX_SUCCESSIONS - 1)]
    assert followed(found(*many, NEXT))
    assert followed(found(*many, one("more", BEGIN), NEXT)) == {}


def test_what_is_found_later_is_known_later() -> None:
    gathering = Gathering(("/srv",), Judging(moment=NOW))
    gathering.add(Reading("a", certificates=(OLD,)))
    assert followed(gathering.portfolio()) == {}
    gathering.add(Reading("b", certificates=(NEXT,)))
    assert followed(gathering.portfolio()) == {"old": "next"}
    gathering.add(Reading("c", certificates=(one("old", BEGIN, "/srv/2/old.pem"),)))
    assert followed(gathering.portfolio()) == {"old": "next"}


# -- told --------------------------------------------------------------------------------------------------------------


MOMENT: Final = datetime(2026, 12, 15, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that ends in a month beside the next, and a connection that both are of."""
    folder = tmp_path_factory.mktemp("next")
    for name, begin, end in (("old", "2026-01-14", "2027-01-14"), ("next", "2026-12-01", "2027-12-01")):
        made = certificate(OIN, "a.example.nl", day(end), start=day(begin), serial=len(name))
        (folder / f"{name}.pem").write_bytes(made + CHAIN)
    (folder / "root.pem").write_bytes(pem(good_chain().root.der))
    written(folder, connection(files='["old.pem", "next.pem"]'))
    return folder


@pytest.mark.parametrize("with_connections", [False, True])
def test_no_form_has_the_old_one_ordered_again(run: Command, folder: Path, *, with_connections: bool) -> None:
    reports = [folder / f"{with_connections}{suffix}" for suffix in (".ics", ".md", ".html", ".json", ".sarif", ".xml")]
    words: list[object] = ["--lang", "en", "scan", folder / "old.pem", folder / "next.pem"]
    words += ["--trust", folder / "root.pem", "--revocation", "off", "--moment", MOMENT.isoformat()]
    words += ["--connections", folder / "connections.toml"] if with_connections else []
    alone = run(*[each for each in words if each != folder / "next.pem"])
    # the connections say where the next lies, also where only the old one is asked for
    assert ("Order what ends" in alone.told) is not with_connections
    ran = run(*words, *(word for report in reports for word in ("--report", report)), "--fail-on", "warning")
    told = " ".join(ran.told.split())
    assert "The next one is there:" in told
    assert "Now: Put into use what comes after a.example.nl" in told
    for each in (told, *(report.read_text(encoding="utf-8") for report in reports)):
        assert "order_now" not in each
        assert "dered by 14 Oct 2026" not in each
    orders = re.findall(
        r"DTSTART;VALUE=DATE:(\d+).*?CATEGORIES:(\S+)", reports[0].read_text(encoding="utf-8"), re.DOTALL
    )
    assert [when for when, kinds in orders if "order" in kinds] == ["20270901"], orders
    (old,) = (each for each in json.loads(reports[3].read_text())["certificates"] if each["successor"])
    assert old["serial_number"] == "03"
    rubbish = folder / "rubbish.pem"
    rubbish.write_bytes(b"rubbish")
    beside = run(*words[:3], rubbish, *words[3:])
    assert (beside.code, "Now: Put into use what comes after a.example.nl" in beside.told) == (1, True)


def test_what_watches_the_end_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PKITOOLS_LANG", "en")
    for certificates, said in (
        ((OLD, NEXT), "Put into use what comes after"),
        ((OLD,), "Order the certificate after a.example.nl"),
        ((OLD, NEXT, one("b", BEGIN, common_name="b.example.nl")), "Order the certificate after b.example.nl"),
    ):
        expiry = Expiry.of(found(*certificates), 60, 15)
        # what has none is named first
        assert ("the next one is there: /srv/next.pem" in nagios_line(expiry)) is (certificates == (OLD, NEXT))
        told = " ".join(str(line) for line in _text(expiry))
        assert said in " ".join(told.split()), told
        assert ("next.pem" in told) is (NEXT in certificates)


def test_a_program_hears_what_the_command_says_of_what_follows(run: Command, folder: Path) -> None:
    """Without what to trust no certificate counts as usable for a scan, and so as the next."""
    places = folder / "old.pem", folder / "next.pem"
    told = run("expiry", *places, "--moment", MOMENT.isoformat(), "--json").document
    portfolio = scanned(*places, asked=judging(moment=MOMENT, trust=None, revocation=None))
    assert [one.successor for one in portfolio.judged] == [None, None]
    certificates = json.loads(json.dumps(expiry_document(Expiry.of(portfolio, 90, 30))))["certificates"]
    assert [one["successor"] for one in certificates] == [one["successor"] for one in told["certificates"]]
    assert any(one["successor"] for one in certificates)


def test_under_roots_of_their_own_the_next_is_seen_by_whom_they_are_given(run: Command, folder: Path) -> None:
    """Of a test PKI nothing proves a certificate but its own root: expiry takes it, as scan does."""
    trusted = ("--trust", folder / "root.pem", "--moment", MOMENT.isoformat())
    for command, *more in (("expiry",), ("expiry", "--nagios"), ("scan", "--revocation", "off")):
        told = run("--lang", "en", command, folder / "old.pem", folder / "next.pem", *more, *trusted).told
        assert "next one is there" in " ".join(told.split()), (command, told)
