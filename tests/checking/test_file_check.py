"""A file as a whole: every certificate that is no authority is judged, in any order, and nothing weaker passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import pkitools
from pkitools.checking.selection import end_entities
from pkitools.documents import cite
from pkitools.findings import Certainty, Rule, Severity, Status, ask
from pkitools.requests.keys import to_pem
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import PKI, build
from tests.support.cases import in_one_test

MOMENT = datetime.now(UTC)


@cache
def pki() -> PKI:
    return build("g4-tls", moment=MOMENT, keys=elliptic_keys)


@cache
def pem_of(oin: str) -> bytes:
    issued = pki().issue("g4-tls", oin=oin) if oin else pki().issue("g4-tls")
    return to_pem("CERTIFICATE", issued.der)


def judged(*blocks: bytes, **options: Any) -> pkitools.FileCheck:
    given = {"moment": MOMENT, "environment": "preproduction", "trust": pki().trust_pem(), **options}
    return pkitools.check_file(b"".join(blocks), **given)


@cache
def two() -> tuple[bytes, bytes]:
    """Two certificates with OINs of their own."""
    return pem_of("00000003273229750000"), pem_of("00000099000000001000")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_each_certificate_is_judged_in_any_order(order: tuple[int, int]) -> None:
    found = judged(*(two()[n] for n in order))
    assert [str(result.oin) for result in found.results] == [str(judged(two()[n]).results[0].oin) for n in order]
    assert found.verdict is judged(two()[0]).verdict


@pytest.mark.parametrize("form", [list, tuple, iter, lambda names: (name for name in names)])
def test_every_certificate_is_asked_what_every_system_asks(form: Callable[[list[str]], Any]) -> None:
    """An iterator was empty for the second certificate, which then passed."""
    asked = [judged(*two(), systems=form(["digikoppeling", "kvk"])).results[n].report.system for n in (0, 1)]
    assert asked == ["digikoppeling, kvk"] * 2


def test_a_certificate_marked_as_an_authority_that_may_sign_none_is_judged() -> None:
    from tests.support.chains import BC, KU, basic_constraints, good_chain, issue

    chain = good_chain()
    leaf = issue(
        "ca.example.nl", chain.tsp, defaults={BC: (True, basic_constraints(True)), KU: (True, b"\x03\x02\x07\x80")}
    )
    facts = [pkitools.read_certificate(der) for der in (chain.leaf.der, leaf.der, chain.tsp.der)]
    assert [each.subject.common_name for each in end_entities(facts)] == [
        facts[0].subject.common_name,
        "ca.example.nl",
    ]


def test_several_lists_in_one_file_all_count(tmp_path: Path) -> None:
    """Of a PEM with many CRLs only the first was read, and a revoked certificate passed."""
    from tests.support import chains

    chain = chains.good_chain()
    path = [chain.leaf.der, chain.tsp.der, chain.domain.der, chain.root.der]
    lists = [
        chains.crl(chain.domain, 7),
        chains.crl(chain.root, 7),
        chains.crl(chain.tsp, chain_serial(chain.leaf.der)),
    ]
    one_file = b"".join(to_pem("X509 CRL", der) for der in lists)
    (tmp_path / "all.pem").write_bytes(one_file)
    apart = pkitools.check_revocation(path, moment=chains.MOMENT, crls=lists).statuses
    assert str(apart[0].kind) == "revoked"
    for together in (one_file, one_file.decode(), tmp_path / "all.pem", [one_file], bytearray(one_file)):
        assert pkitools.check_revocation(path, moment=chains.MOMENT, crls=together).statuses == apart
    with pytest.raises(pkitools.InputError, match="3 blocks"):
        pkitools.read_crl(one_file)


def chain_serial(der: bytes) -> int:
    return pkitools.read_certificate(der).serial_number


def test_text_that_begins_with_the_digit_zero_is_not_taken_for_der() -> None:
    pem = b"0 s:C = NL, O = Voorbeeld\n" + two()[0]
    assert pkitools.read_certificate(pem).sha256 == pkitools.read_certificate(two()[0]).sha256


RULE = Rule("test.rule", Severity.ERROR, cite("pkitools"), Certainty.ADVICE)


class UnspeakableError(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


def raising() -> Iterator[Any]:
    raise UnspeakableError


@in_one_test
@pytest.mark.parametrize("check", [lambda: "", lambda: b"", dict, set, lambda: None, lambda: 42, lambda: True, raising])
def test_what_is_no_answer_is_not_checked(check: Callable[[], Any]) -> None:
    (outcome,) = ask(RULE, check)
    assert outcome.status is Status.NOT_CHECKED
    assert outcome.reason == "crashed"


def test_facts_handed_in_are_read_from_their_der() -> None:
    """What was read before may have been changed since: the path is built of the DER, and so is the rest."""
    from dataclasses import replace

    first, second = (pkitools.read_certificate(each) for each in two())
    mixed = replace(first, subject=second.subject)
    found = pkitools.check(mixed, moment=MOMENT, environment="preproduction", trust=pki().trust_pem())
    assert found.facts == first
