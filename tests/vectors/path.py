"""Vectors of the rules of path validation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from pkitools.findings import Report
from pkitools.validation import PolicyInput, validate_path
from tests.support.chains import (
    AIA,
    AKI,
    BC,
    CLIENT,
    EKU,
    END,
    KU,
    MOMENT,
    NC,
    SAN,
    SERVER,
    SKI,
    START,
    Chain,
    Issued,
    authority,
    basic_constraints,
    crl,
    dns,
    end_entity,
    excluded,
    good_chain,
    key,
    permitted,
    purposes,
)
from tests.support.der import extension, integer, oid, sequence, tlv
from tests.vectors import Vector

HOST = "host.example.nl"


def judged(leaf: Issued, *above: Issued, anchor: Issued | None = None, **asked: Any) -> Report:
    asked = {"moment": MOMENT, "anchors": [(anchor or good_chain().root).der], **asked}
    return validate_path(leaf.der, intermediates=[c.der for c in above], **asked).report


def below_tsp(**deviations: Any) -> Report:
    """A leaf that deviates, at the foot of the good chain."""
    chain = good_chain()
    return judged(end_entity(HOST, chain.tsp, **deviations), chain.tsp, chain.domain)


def with_tsp(**deviations: Any) -> Report:
    """A TSP that deviates, in the good chain."""
    chain = good_chain()
    tsp = authority("TSP", chain.domain, **deviations)
    return judged(end_entity(HOST, tsp), tsp, chain.domain)


def strict_leaf(**deviations: Any) -> Report:
    chain = good_chain()
    return judged(end_entity(HOST, chain.tsp, **deviations), chain.tsp, chain.domain, strict=True)


def strict_tsp(**deviations: Any) -> Report:
    chain = good_chain()
    tsp = authority("TSP", chain.domain, **deviations)
    return judged(end_entity(HOST, tsp), tsp, chain.domain, strict=True)


@cache
def good() -> Report:
    """Everything asked, everything met."""
    chain = good_chain()
    return judged(
        chain.leaf,
        chain.tsp,
        chain.domain,
        purpose=SERVER,
        host=HOST,
        strict=True,
        cross_check=True,
        crls=[crl(chain.tsp)],
    )


def look_alike() -> Report:
    real = good_chain()
    fake_root = authority("Root", own_key=key("fake root"))
    fake_tsp = authority("TSP", fake_root, own_key=key("fake TSP"))
    return judged(end_entity(HOST, fake_tsp), fake_tsp, fake_root, real.tsp, real.domain)


def in_scope() -> Report:
    chain = good_chain()
    other = authority("Another root")
    return judged(chain.leaf, chain.tsp, chain.domain, anchor=other, other_anchors=[chain.root.der])


def forged() -> Report:
    chain = good_chain()
    broken = Issued(chain.leaf.der[:-1] + bytes([chain.leaf.der[-1] ^ 1]), chain.leaf.key, chain.leaf.subject)
    return judged(broken, chain.tsp, chain.domain)


def shifted(**moment: int) -> Report:
    chain = good_chain()
    return judged(chain.leaf, chain.tsp, chain.domain, moment=MOMENT.replace(**moment))  # type: ignore[arg-type]  # mypy takes the keywords for tzinfo


def too_long() -> Report:
    root = authority("Root", path_length=0)
    tsp = authority("TSP", root)
    return judged(end_entity(HOST, tsp), tsp, anchor=root)


def wrong_name(**deviations: Any) -> Report:
    root = authority("Root", extensions={NC: (True, permitted(tlv(0x82, b"example.com")))})
    return judged(end_entity(HOST, root, **deviations), anchor=root)


def too_many() -> Report:
    root = good_chain().root
    stranger = authority("Stranger", root)
    decoys = [authority("Stranger", root, own_key=key(f"decoy {n}"), extensions={SKI: None}) for n in range(120)]
    leaf = end_entity(HOST, stranger, extensions={AKI: None})
    return judged(leaf, *decoys)


def engines_differ() -> Report:
    """A constraint on otherName: the fast engine and our checks know it concerns no name here, the full one fails."""
    base = tlv(0xA0, oid("1.3.6.1.4.1.311.20.2.3"), tlv(0xA0, sequence(integer(1))))
    chain = good_chain()
    tsp = authority("TSP", chain.domain, extensions={NC: (True, excluded(base))})
    return judged(end_entity(HOST, tsp), tsp, chain.domain, cross_check=True)


def refused() -> Report:
    """A directory name inside the SAN that is no Name: only the engine looks so deep."""
    return below_tsp(extensions={SAN: (False, sequence(tlv(0xA4, tlv(0x30, b"\x31\x05\x30"))))})


def odd_rsa() -> Report:
    return strict_leaf(own_key=_rsa(2052))


@cache
def _rsa(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def unreadable() -> Report:
    chain = good_chain()
    given = [*chain.intermediates, b"no certificate"]
    return validate_path(chain.leaf.der, intermediates=given, anchors=[chain.root.der], moment=MOMENT).report


def critical_aia() -> tuple[bool, bytes]:
    return True, sequence(sequence(oid("1.3.6.1.5.5.7.48.2"), tlv(0x86, b"http://a.example/")))


def chain_report(chain: Chain, **asked: Any) -> Report:
    return judged(chain.leaf, chain.tsp, chain.domain, **asked)


def judged_below_zero() -> Report:
    chain = good_chain()
    below = authority("Below", chain.tsp)
    return judged(end_entity(HOST, below), below, chain.tsp, chain.domain)


UNKNOWN = extension("1.2.3.4", b"\x05\x00", b"\x01\x01\xff")
NEGATIVE = integer(-77)
GENERALIZED = tlv(0x18, b"20260101000000Z")

VIOLATES: dict[str, Callable[[], Report]] = {
    "path.anchor.found": lambda: judged(good_chain().leaf, good_chain().tsp),
    "path.anchor.look_alike": look_alike,
    "path.anchor.in_scope": in_scope,
    "path.certificate.encoding": lambda: below_tsp(extra=(extension(KU, b"\x03\x02\x07\x80"),)),
    "path.certificate.serial_number": lambda: below_tsp(serial=NEGATIVE),
    "path.signature.valid": forged,
    "path.signature.algorithm": lambda: below_tsp(hashed="sha224"),
    "path.key.strength": lambda: below_tsp(own_key=key("odd", ec.SECP256K1)),
    "path.validity.expired": lambda: shifted(year=2031),
    "path.validity.not_yet_valid": lambda: shifted(year=2025),
    "path.basic_constraints.ca": lambda: with_tsp(extensions={BC: (True, basic_constraints(False))}),
    "path.basic_constraints.path_length": judged_below_zero,
    "path.key_usage.key_cert_sign": lambda: with_tsp(extensions={KU: (True, b"\x03\x02\x07\x80")}),
    "path.extended_key_usage.authority": lambda: with_tsp(extensions={EKU: (False, purposes("1.3.6.1.5.5.7.3.4"))}),
    "path.extended_key_usage.purpose": lambda: chain_report(good_chain(), purpose="1.3.6.1.5.5.7.3.3"),
    "path.name_constraints.names": wrong_name,
    "path.name_constraints.place": lambda: below_tsp(extensions={NC: (True, permitted(tlv(0x82, b"nl")))}),
    "path.extension.unknown_critical": lambda: below_tsp(extra=(UNKNOWN,)),
    "path.policy.acceptable": lambda: chain_report(good_chain(), policies=PolicyInput(explicit_policy=True)),
    "path.host.name": lambda: chain_report(good_chain(), host="other.example.nl"),
    "path.budget.exceeded": too_many,
    "path.engine.refused": refused,
    "path.engine.agreement": engines_differ,
    "path.input.unreadable": unreadable,
    "path.strict.subject_alternative_name": lambda: strict_leaf(extensions={SAN: None}),
    "path.strict.common_name": lambda: strict_leaf(extensions={SAN: (False, dns("other.example.nl"))}),
    "path.strict.extended_key_usage": lambda: strict_leaf(extensions={EKU: (True, purposes(CLIENT))}),
    "path.strict.end_entity": lambda: strict_leaf(extensions={KU: (True, b"\x03\x02\x02\x84")}),
    "path.strict.key_size": odd_rsa,
    "path.strict.public_suffix": lambda: strict_leaf(extensions={SAN: (False, dns(HOST, "*.co.uk"))}),
    "path.strict.authority_key_identifier": lambda: strict_leaf(extensions={AKI: None}),
    "path.strict.subject_key_identifier": lambda: strict_tsp(extensions={SKI: None}),
    "path.strict.criticality": lambda: strict_leaf(extensions={AIA: critical_aia()}),
    "path.strict.serial_number": lambda: strict_leaf(serial=NEGATIVE),
    "path.strict.time_encoding": lambda: strict_leaf(start=GENERALIZED),
    "path.strict.crl_number": lambda: chain_report(
        good_chain(), strict=True, crls=[crl(good_chain().tsp, number=None)]
    ),
    "path.strict.authority_information_access": lambda: strict_leaf(extensions={AIA: (False, b"\x30\x00")}),
}


VECTORS = [Vector(code, violates, good) for code, violates in VIOLATES.items()]

assert START < MOMENT < END
