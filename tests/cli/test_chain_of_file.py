"""What ended may be the chain in a file and not the certificate: every command then tells the same to be done."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from tests.connections.support import OTHER_OIN, certificate, connection, written
from tests.support.chains import Issued, authority, good_chain, key
from tests.support.command import Command
from tests.support.deliveries import pem

AT: Final = ("--moment", "2026-11-22T12:00:00Z")
PAST, SOON, LATER = (datetime(*day, tzinfo=UTC) for day in ((2026, 6, 1), (2026, 12, 10), (2029, 6, 1)))
START: Final = datetime(2025, 1, 1, tzinfo=UTC)
TOLD: Final = ("status", "plan", "scan", "expiry")


def tsp(end: datetime, above: Issued | None = None, start: datetime = START) -> bytes:
    issuer = above or good_chain().domain
    return authority("TSP", issuer, path_length=0, start=start, end=end).der


def domain(end: datetime) -> bytes:
    return authority("Domain", good_chain().root, start=START, end=end).der


def of_another_root() -> list[bytes]:
    """The same authority, issued by one of a root that nobody trusts."""
    above = authority("Domain of another", authority("Another root"))
    return [tsp(LATER, above), above.der]


MENDED: Final = {
    "ended": ([tsp(PAST), good_chain().domain.der], [tsp(LATER)]),
    "ends soon": ([tsp(SOON), good_chain().domain.der], [tsp(LATER)]),
    "the one above it ended": ([good_chain().tsp.der, domain(PAST)], [domain(LATER)]),
    "both ended": ([tsp(PAST), domain(PAST)], [tsp(LATER), domain(LATER)]),
}


def refuted() -> list[bytes]:
    """The same authority, in the name of the one above it, which did not sign it."""
    return [tsp(LATER, replace(good_chain().domain, key=key("somebody")))]


ORDERED: Final = {
    "none beside": ([tsp(PAST), good_chain().domain.der], []),
    "ended beside": ([tsp(PAST), good_chain().domain.der], [tsp(datetime(2026, 7, 1, tzinfo=UTC))]),
    "not begun beside": ([tsp(PAST), good_chain().domain.der], [tsp(LATER, start=SOON)]),
    "of another root": ([tsp(PAST), good_chain().domain.der], of_another_root()),
    "signed by somebody": ([tsp(PAST), good_chain().domain.der], refuted()),
    "none above": ([tsp(PAST), domain(PAST)], [tsp(LATER)]),
}


def lying(folder: Path, brought: list[bytes], beside: list[bytes], files: str) -> Path:
    (folder / "root.pem").write_bytes(pem(good_chain().root.der))
    home = folder / "home"
    home.mkdir()
    (home / "server.pem").write_bytes(certificate() + pem(*brought))
    if beside:
        (home / "above.pem").write_bytes(pem(*beside))
    return written(folder, connection(files=files, sent="2026-11-20", tested="2026-11-20"))


def told_by(run: Command, folder: Path, file: Path, *, trusted: bool = True) -> dict[str, str]:
    """What each command tells, in English."""
    trust = ("--trust", folder / "root.pem") if trusted else ()
    ran = {
        "status": run("--lang", "en", "status", "--connections", file, *trust, *AT),
        "plan": run("--lang", "en", "plan", "--connections", file, *trust, *AT),
        "scan": run("--lang", "en", "scan", folder / "home", "--connections", file, "--offline", *trust, *AT),
        "expiry": run("--lang", "en", "expiry", folder / "home", *trust, *AT),
    }
    return {name: " ".join(each.told.replace("\\", "").split()) for name, each in ran.items()}


def orders(name: str, told: str) -> bool:
    """Whether a command says to order another today, or soon."""
    words = ("Order another", "order another", "csr create", "2026  Order", "Order what ends soon", "Order today")
    return any(each in told for each in words) or (name == "plan" and "The certificate works no longer" in told)


@pytest.mark.parametrize(
    ("name", "files", "trusted"), list(product(MENDED, ('["home/server.*"]', '["home"]'), (True, False)))
)
def test_a_chain_that_can_be_mended_is(run: Command, tmp_path: Path, name: str, files: str, *, trusted: bool) -> None:
    file = lying(tmp_path, *MENDED[name], files)
    told = told_by(run, tmp_path, file, trusted=trusted)
    assert [each for each in TOLD if orders(each, told[each])] == []
    asked = {each: "chain complete" in told[each] and "above.pem" in told[each] for each in TOLD if each != "plan"}
    if not trusted:  # whether it is good is not known, and so is what to do: none says to order another
        return
    assert asked == {"status": True, "scan": True, "expiry": True}
    assert "make the chain anew" in told["plan"]
    calendar = tmp_path / "work.ics"
    run("scan", tmp_path / "home", "--offline", "--trust", tmp_path / "root.pem", "--report", calendar, *AT)
    assert b"-order@pkitools" in calendar.read_bytes().replace(b"\r\n ", b""), (
        "on the day that is of the certificate itself"
    )


@pytest.mark.parametrize("form", ["verbose", "json", "html", "csv", "md", "xml", "sarif"])
@pytest.mark.parametrize("ends", [SOON, datetime(2027, 1, 10, tzinfo=UTC), datetime(2027, 9, 1, tzinfo=UTC), LATER])
def test_nothing_tells_to_mend_a_chain_and_to_order_another(
    run: Command, tmp_path: Path, form: str, ends: datetime
) -> None:
    """Whatever tells one certificate has one action for what its chain does to it."""
    lying(tmp_path, [tsp(ends), good_chain().domain.der], [tsp(LATER)], '["home"]')
    asked = ("scan", tmp_path / "home", "--offline", "--trust", tmp_path / "root.pem", *AT)
    if form in {"verbose", "json"}:
        told = run("--lang", "en", *asked, f"--{form}").told
    else:
        run("--lang", "en", *asked, "--report", tmp_path / f"scan.{form}")
        told = (tmp_path / f"scan.{form}").read_text(encoding="utf-8")
    if form == "sarif":  # of what the rules say whatever is found
        told = json.dumps(json.loads(told)["runs"][0]["results"])
    told = " ".join(told.split())
    is_short = ends < LATER
    assert ("make the chain anew" in told) is is_short
    assert "Plan a new certificate before" not in told
    assert not is_short or "Make a new key and CSR, order" not in told
    if form == "csv":
        assert "Revocation status not confirmed" in told, "what else there is to say of it"


@pytest.mark.parametrize("name", ORDERED)
def test_what_nothing_mends_is_ordered_anew(run: Command, tmp_path: Path, name: str) -> None:
    file = lying(tmp_path, *ORDERED[name], '["home"]')
    told = told_by(run, tmp_path, file)
    assert [each for each in TOLD if orders(each, told[each])] == ["status", "plan", "expiry"]
    assert not any("chain complete" in each for each in told.values())


def test_of_a_certificate_that_is_wrong_itself_the_chain_is_not_what_to_begin_with(
    run: Command, tmp_path: Path
) -> None:
    file = lying(tmp_path, *MENDED["ended"], '["home"]')
    (tmp_path / "home" / "server.pem").write_bytes(certificate(OTHER_OIN) + pem(*MENDED["ended"][0]))
    told = told_by(run, tmp_path, file)
    assert "chain complete" not in told["status"]


def test_the_told_command_mends_it(run: Command, tmp_path: Path) -> None:
    file = lying(tmp_path, *MENDED["ended"], '["home"]')
    home = tmp_path / "home"
    made = run("chain", "complete", home / "server.pem", "--chain", home / "above.pem", "--out", home / "new.pem", *AT)
    assert made.code == 0
    (home / "new.pem").replace(home / "server.pem")
    told = told_by(run, tmp_path, file)
    assert not any("chain complete" in each or orders(name, each) for name, each in told.items())


def test_beside_the_chain_that_was_made_the_old_one_orders_nothing(run: Command, tmp_path: Path) -> None:
    file = lying(tmp_path, *MENDED["ended"], '["home"]')
    home = tmp_path / "home"
    run("chain", "complete", home / "server.pem", "--chain", home / "above.pem", "--out", home / "new.pem", *AT)
    (home / "above.pem").unlink()
    told = told_by(run, tmp_path, file)
    assert [each for each in TOLD if orders(each, told[each])] == []


@pytest.mark.parametrize("days", [20, 30])
def test_a_certificate_that_ends_soon_itself_is_ordered_anew_beside_its_chain(
    run: Command, tmp_path: Path, days: int
) -> None:
    file = lying(tmp_path, *MENDED["ends soon"], '["home"]')
    ends = datetime(2026, 11, 22, tzinfo=UTC) + timedelta(days=days)
    leaf = certificate(end=ends) + pem(*MENDED["ends soon"][0])
    (tmp_path / "home" / "server.pem").write_bytes(leaf)
    told = told_by(run, tmp_path, file)
    asks = {
        "status": "Order it today",
        "plan": "Order (late: do it now)",
        "scan": "order it now",
        "expiry": "should have been ordered",
    }
    assert [each for each in TOLD if asks[each] not in told[each]] == []
    assert [each for each in TOLD if "make the chain anew" not in told[each]] == []
    alone = run("--lang", "en", "scan", tmp_path / "home", "--offline", "--trust", tmp_path / "root.pem", *AT).told
    assert "Order the next one now" in " ".join(alone.split())
