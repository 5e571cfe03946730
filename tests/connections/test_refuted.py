"""A certificate whose path is refused is no good and ordered today; where certificates lack it is looked into."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from pkitools.connections import ConnectionStatus, Step
from pkitools.findings import Verdict
from tests.cli.conftest import run
from tests.connections.support import OIN, connection, held
from tests.support.chains import MOMENT, Issued, authority, end_entity, good_chain, key
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.der import UTF8, common_name, name, serial_attribute

__all__ = ["run"]  # a fixture

GOOD: Final = good_chain()
ENDED: Final = MOMENT - timedelta(days=1)
END: Final = datetime(2027, 11, 1, tzinfo=UTC)


def issued_by(issuer: Issued) -> bytes:
    """A leaf of the connection under an authority."""
    subject = name(
        ("2.5.4.6", 19, b"NL"), ("2.5.4.10", UTF8, b"Gemeente"), common_name("a.example.nl"), serial_attribute(OIN)
    )
    return end_entity("a.example.nl", issuer, subject=subject, end=END).der


def refuted() -> dict[str, bytes]:
    """Chains of which the path is refused, each for another reason."""
    leaf = issued_by(GOOD.tsp)
    above = (GOOD.tsp.der, GOOD.domain.der)
    other_root = authority("Root", own_key=key("look-alike"))
    other_domain = authority("Domain", other_root, own_key=key("other domain"))
    other_tsp = authority("TSP", other_domain, own_key=key("other TSP"))
    ended = authority("Ended TSP", GOOD.domain, end=ENDED)
    early = authority("Early TSP", GOOD.domain, start=MOMENT + timedelta(days=1))
    short = authority("Short", GOOD.domain, path_length=0)
    too_deep = authority("Too deep", short)
    found = {
        "altered": (leaf[:-1] + bytes((leaf[-1] ^ 1,)), *above),
        "look-alike root": (issued_by(other_tsp), other_tsp.der, other_domain.der, other_root.der),
        "issuer ended": (issued_by(ended), ended.der, GOOD.domain.der),
        "issuer not yet": (issued_by(early), early.der, GOOD.domain.der),
        "too deep": (issued_by(too_deep), too_deep.der, short.der, GOOD.domain.der),
    }
    return {each: pem(*ders) for each, ders in found.items()}


def lacking() -> dict[str, bytes]:
    """Chains of which something is not there."""
    leaf = issued_by(GOOD.tsp)
    unknown = authority("Root of nobody")
    return {
        "alone": pem(leaf),
        "without what signed the issuer": pem(leaf, GOOD.tsp.der),
        "another chain": pem(leaf, authority("Elsewhere", GOOD.root).der),
        "to a root that is not trusted": pem(issued_by(unknown), unknown.der),
    }


def only(folder: Path, chain: bytes) -> ConnectionStatus:
    (folder / "a.pem").write_bytes(chain)
    (one,) = held(folder, connection(files='["a.pem"]', sent="2026-11-21", tested="2026-11-21")).statuses
    return one


@pytest.mark.parametrize("why", [*refuted(), *lacking()])
def test_only_where_certificates_lack_the_day_is_that_of_its_end(tmp_path: Path, run: Command, why: str) -> None:
    is_refuted = why in refuted()
    one = only(tmp_path, {**refuted(), **lacking()}[why])
    renewal = one.of(Step.RENEWAL)
    assert one.certificate is not None
    assert one.certificate.verdict is Verdict.FAILED
    assert one.plan is not None
    assert renewal is not None
    today = MOMENT.date()
    assert (one.plan.order.day <= today) is is_refuted
    assert renewal.code == f"connections.renewal.{'at_once' if is_refuted else 'not_good'}"
    (tmp_path / "root.pem").write_bytes(pem(GOOD.root.der))
    given = ["--connections", tmp_path / "connections.toml", "--trust", tmp_path / "root.pem"]
    plan = run("--lang", "en", "plan", *given, "--moment", MOMENT.isoformat()).told
    assert ("Not good: a.example.nl" in plan) is is_refuted
    assert (
        "Nothing until" not in run("--lang", "en", "status", "--verbose", *given, "--moment", MOMENT.isoformat()).told
    )


@pytest.mark.parametrize("more", [[], ["--verbose"]])
@pytest.mark.parametrize("system", [None, '"digid-machtigen"'])
@pytest.mark.parametrize("why", refuted())
def test_where_plan_says_that_status_tells_why_it_does(
    tmp_path: Path, run: Command, why: str, system: str | None, more: list[str]
) -> None:
    only(tmp_path, refuted()[why])
    file = tmp_path / "connections.toml"
    if system is None:
        file.write_text(file.read_text(encoding="utf-8").replace('system = "digid-machtigen"\n', ""), encoding="utf-8")
    (tmp_path / "root.pem").write_bytes(pem(GOOD.root.der))
    given = ["--connections", file, "--trust", tmp_path / "root.pem", "--moment", MOMENT.isoformat()]
    for language, said, reason in (
        ("en", "Why is told by pkitools status", "Why: "),
        ("nl", "Waarom staat bij", "Waarom: "),
    ):
        assert said in run("--lang", language, "plan", *given).told
        told = run("--lang", language, "status", *given, *more).told
        assert told.count(reason) == 1, told
