"""What recurs is remembered: a certificate says the same whether its extensions were met before or not."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from pkitools.errors import InputError
from pkitools.x509 import names, path_certificate, read_certificate, reader
from pkitools.x509.path_certificate import PathCertificate
from pkitools.x509.recurring import RECURRING, Recurring
from tests.support.cases import in_one_test
from tests.support.certificates import (
    CLIENT,
    EKU,
    POLICIES,
    SKI,
    Change,
    Parts,
    adding,
    criticality,
    good,
    made,
    purposes,
    putting,
    setting,
    without,
)
from tests.support.corpus import vectors
from tests.support.der import UTF8, common_name, extension, integer, sequence, tlv
from tests.support.mutation import grown, mutant

MUTANTS = 300


def certificates() -> Iterable[bytes]:
    """Good ones and, of one, mutants of which some are read and some are not."""
    yield from vectors().values()
    der, chance = made("g4-tls").der, random.Random(10)
    yield der
    yield from (mutant(grown(der), chance) for _ in range(MUTANTS))


def forgotten() -> None:
    kept: list[Recurring[Any]] = [path_certificate._KNOWN, reader._EXTENSIONS, reader._ISSUERS]
    for known in (*kept, path_certificate._OPENINGS, reader._OPENINGS, names._RDNS):
        known.clear()


def told(der: bytes) -> list[object]:
    found: list[object] = []
    try:
        found.append(read_certificate(der))
    except InputError as error:
        found.append((error.code, error.params))
    try:
        found.append(fields(path_certificate.load(der)))
    except InputError as error:
        found.append((error.code, error.params))
    return found


def fields(read: PathCertificate) -> dict[str, object]:
    """Every field; what is a certificate to ``cryptography`` has an equality of its own."""
    return {name: getattr(read, name) for name in PathCertificate.__slots__}


@in_one_test
@pytest.mark.parametrize("critical", [False, True])
@pytest.mark.parametrize("oid", sorted(RECURRING))
def test_an_extension_says_the_same_again_whatever_it_is(oid: str, critical: bool) -> None:
    there = {each.oid for each in made("g4-tls").extensions}
    change = criticality(oid, critical) if oid in there else putting(oid, b"\x30\x00", critical=critical)
    der = made("g4-tls", change).der
    forgotten()
    assert told(der) == told(der) == told(der)


def reversed_extensions(parts: Parts) -> None:
    parts.extensions = dict(reversed(parts.extensions.items()))


def again(*oids: str) -> Change:
    """Change: behind the extensions stand these once more."""

    def change(parts: Parts) -> None:
        parts.extra_extensions += [extension(oid, parts.extensions[oid][1]) for oid in oids]

    return change


def twice_at_once(parts: Parts) -> None:
    parts.extensions = {oid: held for oid, held in parts.extensions.items() if oid in RECURRING}
    again(list(parts.extensions)[-1])(parts)


FIRST = list(good("g4-tls").extensions)
VARIANTS: Mapping[str, Change] = {
    "the same": lambda _: None,
    "another serial number": setting("serial", integer(77)),
    "another issuer": setting("issuer", [common_name("Another TSP")]),
    "a name that cannot be read": adding("2.5.4.3", UTF8, b"\xff"),
    "a name of no text": adding("2.5.4.3", 0x02, b"\x05"),
    "a name of no attribute": setting("subject_der", sequence(tlv(0x31))),
    "version 1": setting("version", b""),
    "without one": without(POLICIES),
    "without the first": without(FIRST[0]),
    "with one of another value": putting(EKU, purposes(CLIENT)),
    "with one that cannot be read": putting(EKU, b"\x30\x05"),
    "with one that is critical": criticality(EKU, True),
    "in another order": reversed_extensions,
    "one twice": again(FIRST[0]),
    "one twice, and nothing between": twice_at_once,
    "one of a kind between that does not recur": lambda parts: parts.put(SKI, b"\x04\x01\x01"),
    "more than are read": lambda parts: parts.extra_extensions.extend(extension(f"1.2.{n}", b"") for n in range(191)),
    "as many as are read": lambda parts: parts.extra_extensions.extend(extension(f"1.2.{n}", b"") for n in range(190)),
}


@in_one_test
@pytest.mark.parametrize("before", VARIANTS)
@pytest.mark.parametrize("after", VARIANTS)
def test_what_came_before_of_the_same_issuer_changes_nothing(before: str, after: str) -> None:
    ders = [encoded(VARIANTS[which]) for which in (before, after)]
    forgotten()
    alone = told(ders[1])
    forgotten()
    told(ders[0])
    assert told(ders[1]) == alone


def encoded(change: Change) -> bytes:
    parts = good("g4-tls")
    recurring = {oid: held for oid, held in parts.extensions.items() if oid in RECURRING}
    parts.extensions = recurring | parts.extensions  # as those of G4 stand: what recurs first
    change(parts)
    return parts.der()


def test_what_stands_first_and_recurs_is_found_at_once() -> None:
    forgotten()
    der = encoded(VARIANTS["the same"])
    facts = read_certificate(der)
    path_certificate.load(der)
    issuer = facts.issuer.der
    for kept in (path_certificate._OPENINGS, reader._OPENINGS):
        octets, _ = kept[issuer]
        assert octets in der
        assert len(octets) > 200


@pytest.mark.slow
def test_what_was_met_before_is_read_as_what_was_not() -> None:
    ders = list(certificates())
    new = []
    for der in ders:
        forgotten()
        new.append(told(der))
    assert sum(len(each.misencodings) > 0 for each in map(loaded, ders) if each) > 10, "none of them is odd"
    for _ in range(2):
        assert [told(der) for der in ders] == new
    assert path_certificate._KNOWN


def loaded(der: bytes) -> PathCertificate | None:
    try:
        return path_certificate.load(der)
    except InputError:
        return None


def test_a_second_certificate_of_an_authority_shares_what_recurs() -> None:
    facts = made("g4-tls")
    again = read_certificate(facts.der)
    shared = {each.oid for each, other in zip(facts.extensions, again.extensions, strict=True) if each is other}
    assert shared == {each.oid for each in facts.extensions} & RECURRING


def test_no_more_is_kept_than_has_its_place() -> None:
    kept: Recurring[int] = Recurring()
    kept.keep(bytes(513), 0)
    assert not kept
    for number in range(2_000):
        kept.keep(number.to_bytes(2, "big"), number)
        assert 0 < len(kept) <= 512
        assert kept[number.to_bytes(2, "big")] == number
