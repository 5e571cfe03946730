"""The rules of RFC 5280 and the public web PKI beside the path: only with ``strict``."""

from __future__ import annotations

from typing import Any

import pytest

from pkitools.findings import Status, Verdict
from pkitools.validation import PathResult, strict, validate_path
from pkitools.validation.rules import STRICT_RULES
from tests.support.cases import in_one_test
from tests.support.chains import (
    AIA,
    AKI,
    BC,
    CLIENT,
    EKU,
    KU,
    MOMENT,
    NC,
    SAN,
    SERVER,
    SKI,
    Issued,
    authority,
    basic_constraints,
    dns,
    end_entity,
    good_chain,
    identifier,
    key,
    permitted,
    purposes,
)
from tests.support.der import common_name, integer, name, sequence, tlv

HOST = "host.example.nl"
STRICT_CODES = {rule.code for rule in STRICT_RULES}


def judge(leaf: Issued, root: Issued | None = None, **asked: Any) -> PathResult:
    anchors = [(root or good_chain().root).der]
    return validate_path(
        leaf.der, anchors=anchors, **{"moment": MOMENT, "strict": True, "raise_crashes": True, **asked}
    )


def leaf(root: Issued | None = None, cn: str = HOST, **deviations: Any) -> Issued:
    return end_entity(cn, root or good_chain().root, **deviations)


def test_without_strict_none_of_these_rules_applies() -> None:
    result = judge(leaf(extensions={SAN: None, EKU: None, AKI: None}), strict=False)
    assert result.report.verdict is Verdict.PASSED
    assert result.report.codes(Status.NOT_APPLICABLE) >= STRICT_CODES


def test_a_good_certificate_meets_them_all() -> None:
    assert judge(leaf()).report.codes(Status.MET) >= STRICT_CODES


ROOT_AKI = sequence(tlv(0x80, identifier(key("Root"))))
ROOT_AKI_WITH_SERIAL = sequence(
    tlv(0x80, identifier(key("Root"))), tlv(0xA1, tlv(0xA4, name(common_name("Root")))), tlv(0x82, b"\x05")
)
CASES: dict[str, tuple[Any, str]] = {
    "SAN absent": (lambda: (leaf(extensions={SAN: None}), None), "subject_alternative_name"),
    "SAN critical": (lambda: (leaf(extensions={SAN: (True, dns(HOST))}), None), "subject_alternative_name"),
    "SAN not critical, no subject": (lambda: (leaf(subject=sequence()), None), "subject_alternative_name"),
    "underscore": (lambda: (leaf(cn="a_b.example.nl"), None), "subject_alternative_name"),
    "an address as DNS name": (lambda: (leaf(cn="192.0.2.1"), None), "subject_alternative_name"),
    "wildcard alone": (lambda: (leaf(extensions={SAN: (False, dns(HOST, "*"))}), None), "subject_alternative_name"),
    "common name elsewhere": (lambda: (leaf(extensions={SAN: (False, dns("b.nl"))}), None), "common_name"),
    "other capitals": (lambda: (leaf(extensions={SAN: (False, dns("HOST.example.nl"))}), None), "common_name"),
    "hexadecimal address": (
        lambda: (leaf(cn="0xC0000201", extensions={SAN: (False, sequence(tlv(0x87, b"\xc0\x00\x02\x01")))}), None),
        "common_name",
    ),
    "no EKU": (lambda: (leaf(extensions={EKU: None}), None), "extended_key_usage"),
    "any EKU": (lambda: (leaf(extensions={EKU: (False, purposes("2.5.29.37.0"))}), None), "extended_key_usage"),
    "critical EKU": (lambda: (leaf(extensions={EKU: (True, purposes(CLIENT))}), None), "extended_key_usage"),
    "end entity is a CA": (
        lambda: (leaf(extensions={BC: (True, basic_constraints(True)), SKI: (False, tlv(0x04, b"1"))}), None),
        "end_entity",
    ),
    "wildcard under a top-level domain": (
        lambda: (leaf(extensions={SAN: (False, dns(HOST, "*.nl"))}), None),
        "public_suffix",
    ),
    "private suffix": (
        lambda: (leaf(extensions={SAN: (False, dns(HOST, "*.s3.amazonaws.com"))}), None),
        "public_suffix",
    ),
    "long serial number": (lambda: (leaf(serial=integer(1 << 160)), None), "serial_number"),
    "name constraints not critical": (
        lambda: with_root(extensions={NC: (False, permitted(tlv(0x82, b"example.nl")))}),
        "criticality",
    ),
    "basic constraints not critical": (
        lambda: with_root(extensions={BC: (False, basic_constraints(True))}),
        "criticality",
    ),
    "critical SKI": (lambda: with_root(extensions={SKI: (True, tlv(0x04, identifier(key("Root"))))}), "criticality"),
    "root with EKU": (lambda: with_root(extensions={EKU: (False, purposes(SERVER))}), "extended_key_usage"),
    "root names its issuer by serial": (
        lambda: with_root(extensions={AKI: (False, ROOT_AKI_WITH_SERIAL)}),
        "authority_key_identifier",
    ),
    "cross-certified anchor without AKI": (
        lambda: with_root(issuer=good_chain().domain, extensions={AKI: None}),
        "authority_key_identifier",
    ),
    "AIA malformed": (
        lambda: (leaf(extensions={AIA: (False, b"\x30\x02\x05\x00")}), None),
        "authority_information_access",
    ),
}


def with_root(issuer: Issued | None = None, **deviations: Any) -> tuple[Issued, Issued]:
    root = authority("Root", issuer, **deviations)
    return leaf(root), root


@in_one_test
@pytest.mark.parametrize(("made", "slug"), CASES.values(), ids=CASES.keys())
def test_a_deviation_is_refused_strictly_and_only_then(made: Any, slug: str) -> None:
    certificate, root = made()
    refused = judge(certificate, root)
    assert refused.path is None
    assert f"path.strict.{slug}" in refused.report.codes()
    assert judge(certificate, root, strict=False).path is not None


def test_an_empty_subject_beside_a_critical_san_is_good() -> None:
    assert judge(leaf(subject=sequence(), extensions={SAN: (True, dns(HOST))})).path is not None


@pytest.mark.parametrize("cn", ["Gemeente Voorbeeld", "host", "a: b"])
def test_a_common_name_that_is_no_host_name_may_be_anything(cn: str) -> None:
    certificate = leaf(subject=name(common_name(cn)))
    assert judge(certificate).path is not None


def test_a_wildcard_is_looked_at_when_it_is_what_matches() -> None:
    certificate = leaf(extensions={SAN: (False, dns(HOST, "*.co.uk"))})
    assert judge(certificate, host=HOST).path is not None
    assert judge(certificate, host="x.co.uk").report.codes() == {"path.strict.public_suffix"}
    assert judge(certificate).report.codes() == {"path.strict.public_suffix"}


def test_without_the_suffix_list_a_wildcard_is_not_accepted_nor_condemned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strict, "suffix_list", lambda: None)
    result = judge(leaf(cn=HOST, extensions={SAN: (False, dns(HOST, "*.example.nl"))}))
    assert result.path is None
    assert result.report.verdict is Verdict.INDETERMINATE
    assert [o.reason for o in result.report.not_checked if o.rule.code == "path.strict.public_suffix"] == [
        "no_suffix_list"
    ]
    assert judge(leaf()).path is not None


def test_a_key_usage_of_an_authority_is_no_business_of_the_end_entity() -> None:
    assert judge(leaf(extensions={KU: (True, b"\x03\x02\x02\x04")})).report.codes() == {"path.strict.end_entity"}
