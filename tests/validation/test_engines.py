"""Which engine judges, that both are guarded, and that neither searches nor fetches."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from pkitools.findings import Status, Verdict
from pkitools.revocation.full_engine import check_crls_full
from pkitools.validation import PathResult, PolicyInput, validate_path
from pkitools.validation.engines import EngineRequest, PathEngine
from pkitools.validation.engines.fast import CryptographyEngine, lacking
from pkitools.validation.engines.full import CertvalidatorEngine
from pkitools.x509.path_certificate import load
from tests.support.cases import in_one_test
from tests.support.chains import (
    AKI,
    CONSTRAINTS,
    END,
    INHIBIT_ANY,
    KU,
    MAPPINGS,
    MOMENT,
    NC,
    POLICIES,
    SAN,
    SKI,
    Issued,
    authority,
    crl,
    dns,
    end_entity,
    excluded,
    good_chain,
    key,
    permitted,
    policies,
)
from tests.support.der import common_name, extension, integer, name, oid, sequence, tlv

HOST = "host.example.nl"
FAST, FULL = "cryptography", "pyhanko-certvalidator"
GREEN, BLUE = "1.2.3.1", "1.2.3.2"


def judge(leaf: Issued, *above: Issued, **asked: Any) -> PathResult:
    given = [c.der for c in above]
    return validate_path(
        leaf.der, intermediates=given[:-1], anchors=given[-1:], **{"moment": MOMENT, "raise_crashes": True, **asked}
    )


def below(**deviations: Any) -> tuple[Issued, Issued, Issued]:
    """End entity, an authority that deviates, root."""
    root = good_chain().root
    tsp = authority("TSP", root, **deviations)
    return end_entity(HOST, tsp, extensions={POLICIES: (False, policies(GREEN))}), tsp, root


def request(*path: Issued) -> EngineRequest:
    return EngineRequest(tuple(load(c.der) for c in path), MOMENT, PolicyInput())


GREEN_TO_BLUE = sequence(sequence(oid(GREEN), oid(BLUE)))


@in_one_test
@pytest.mark.parametrize(
    ("extensions", "engine"),
    [
        ({}, FAST),
        ({POLICIES: (False, policies(GREEN))}, FAST),
        ({NC: (True, permitted(tlv(0x82, b"example.nl")))}, FAST),
        ({NC: (True, excluded(tlv(0x87, b"\x0a\x00\x00\x00\xff\x00\x00\x00")))}, FAST),
        ({POLICIES: (True, policies(GREEN))}, FULL),
        ({POLICIES: (False, policies(GREEN)), CONSTRAINTS: (True, sequence(tlv(0x80, b"\x00")))}, FULL),
        ({POLICIES: (False, policies(GREEN)), CONSTRAINTS: (False, sequence(tlv(0x80, b"\x00")))}, FULL),
        ({POLICIES: (False, policies(GREEN)), INHIBIT_ANY: (True, integer(0))}, FULL),
        ({POLICIES: (False, policies(GREEN)), MAPPINGS: (True, GREEN_TO_BLUE)}, FULL),
        ({NC: (True, permitted(tlv(0xA4, name(common_name("host.example.nl")))))}, FULL),
        ({NC: (False, excluded(tlv(0xA4, name(common_name("elsewhere")))))}, FULL),
        ({NC: (True, excluded(tlv(0x86, b"example.com")))}, FULL),
    ],
)
def test_a_path_goes_to_the_engine_that_can_judge_it(extensions: dict[str, tuple[bool, bytes]], engine: str) -> None:
    result = judge(*below(extensions=extensions))
    assert result.report.verdict is Verdict.PASSED, sorted(result.report.codes())
    assert result.engine == engine
    assert result.path is not None
    assert result.path.engine == engine


def test_inputs_to_policy_processing_need_the_full_engine() -> None:
    leaf, tsp, root = below(extensions={POLICIES: (False, policies(GREEN, BLUE))})
    asked = PolicyInput(initial_policies=frozenset({GREEN}), explicit_policy=True)
    result = judge(leaf, tsp, root, policies=asked)
    assert result.path is not None
    assert (result.engine, result.path.policies) == (FULL, frozenset({GREEN}))


@in_one_test
@pytest.mark.parametrize(
    ("initial", "accepted"),
    [({GREEN}, True), ({BLUE}, False), ({GREEN, BLUE}, True), ({"2.5.29.32.0"}, True), (None, True)],
)
def test_the_users_policies_are_never_lost(initial: set[str] | None, accepted: bool) -> None:
    """The engine's intersection of two sets gives anyPolicy where one of them is: it is never asked to make one."""
    leaf, tsp, root = below(extensions={POLICIES: (False, policies("2.5.29.32.0"))})
    wanted = None if initial is None else frozenset(initial)
    result = judge(leaf, tsp, root, policies=PolicyInput(initial_policies=wanted, explicit_policy=True))
    assert (result.path is not None) == accepted
    if not accepted:
        assert result.report.codes() == {"path.policy.acceptable"}


def test_cross_check_asks_both_and_names_both() -> None:
    chain = good_chain()
    result = judge(chain.leaf, chain.tsp, chain.domain, chain.root, cross_check=True)
    assert result.engine == f"{FAST} + {FULL}"
    assert "path.engine.agreement" in result.report.codes(Status.MET)


def test_cross_check_of_what_only_one_engine_can_judge_is_not_accepted() -> None:
    result = judge(*below(extensions={POLICIES: (True, policies(GREEN))}), cross_check=True)
    assert result.path is None
    assert result.report.verdict is Verdict.INDETERMINATE
    assert [(o.rule.code, o.reason) for o in result.report.not_checked] == [("path.engine.agreement", "one_engine")]


@pytest.mark.parametrize("engine", [CryptographyEngine(), CertvalidatorEngine()], ids=lambda e: e.name)
def test_an_engine_is_asked_about_one_path_and_never_raises(engine: PathEngine) -> None:
    chain = good_chain()
    assert engine.verify(request(chain.leaf, chain.tsp, chain.domain, chain.root)).accepted
    for wrong in (
        request(chain.leaf, chain.domain, chain.root),  # an authority missing
        request(chain.leaf, chain.domain, chain.tsp, chain.root),  # the wrong order
        request(chain.leaf, chain.tsp, chain.domain, authority("Root", own_key=key("other root"))),
    ):
        refused = engine.verify(wrong)
        assert not refused.accepted
        assert refused.reason


def test_the_full_engine_works_inside_a_running_event_loop() -> None:
    chain = good_chain()

    async def ask() -> bool:
        return CertvalidatorEngine().verify(request(chain.leaf, chain.tsp, chain.domain, chain.root)).accepted

    assert asyncio.run(ask())


def test_no_engine_opens_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.support.chains import AIA

    def refuse(*_: object) -> None:
        raise AssertionError("a socket was connected")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    chain = good_chain()
    access = sequence(sequence(oid("1.3.6.1.5.5.7.48.2"), tlv(0x86, b"http://192.0.2.1/issuer.cer")))
    points = sequence(sequence(tlv(0xA0, tlv(0xA0, tlv(0x86, b"http://192.0.2.1/list.crl")))))
    held = {AIA: (False, access), "2.5.29.31": (False, points)}
    leaf = end_entity(HOST, chain.tsp, extensions=held)
    assert judge(leaf, chain.tsp, chain.domain, chain.root, cross_check=True).path is not None
    path = [c.der for c in (leaf, chain.tsp, chain.domain, chain.root)]
    assert {status.status for status in check_crls_full(path, [], MOMENT)} == {"unknown"}


def test_an_ordinary_path_does_not_import_the_full_engine() -> None:
    code = """
import sys
from tests.vectors.path import HOST, MOMENT
from tests.support.chains import good_chain
from pkitools.validation import validate_path
c = good_chain()
assert validate_path(c.leaf.der, intermediates=c.intermediates, anchors=[c.root.der], moment=MOMENT).path is not None
assert not {"pyhanko_certvalidator", "aiohttp", "asyncio", "publicsuffixlist"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


# the known slips of pyhanko-certvalidator 0.33, each on a path that must go to it


def fully(leaf: Issued, *above: Issued, **asked: Any) -> PathResult:
    """Judge by the full engine: policy inputs send every path there."""
    result = judge(leaf, *above, policies=PolicyInput(inhibit_policy_mapping=True), **asked)
    assert result.engine in {"", FULL}
    return result


def test_addresses_are_held_to_constraints_the_full_engine_does_not_know() -> None:
    subnet = tlv(0x87, b"\x0a\x00\x00\x00\xff\x00\x00\x00")
    for constraint in (excluded(subnet), permitted(tlv(0x87, b"\xc0\x00\x02\x00\xff\xff\xff\x00"))):
        root = good_chain().root
        tsp = authority("TSP", root, extensions={NC: (True, constraint)})
        leaf = end_entity(HOST, tsp, extensions={SAN: (False, sequence(tlv(0x87, b"\x0a\x01\x02\x03")))})
        assert fully(leaf, tsp, root).report.codes() == {"path.name_constraints.names"}


def test_the_second_of_two_excluded_subtrees_counts() -> None:
    root = good_chain().root
    constraint = excluded(tlv(0x82, b"example.com"), tlv(0x82, b"example.nl"))
    tsp = authority("TSP", root, extensions={NC: (True, constraint)})
    assert fully(end_entity(HOST, tsp), tsp, root).report.codes() == {"path.name_constraints.names"}


def test_constraints_of_the_anchor_itself_count() -> None:
    root = authority("Root", extensions={NC: (True, excluded(tlv(0x82, b"example.nl")))})
    assert fully(end_entity(HOST, root), root).report.codes() == {"path.name_constraints.names"}


def test_name_constraints_in_an_end_entity_are_refused() -> None:
    root = good_chain().root
    leaf = end_entity(HOST, root, extensions={NC: (True, permitted(tlv(0x82, b"example.nl")))})
    assert fully(leaf, root).report.codes() == {"path.name_constraints.place"}


def test_a_second_after_the_end_is_too_late() -> None:
    chain = good_chain()
    late = fully(chain.leaf, chain.tsp, chain.domain, chain.root, moment=END + timedelta(seconds=1))
    assert late.report.codes() == {"path.validity.expired"}


def test_an_unknown_critical_extension_of_the_anchor_is_refused() -> None:
    root = authority("Root", extra=(extension("1.2.3.4", b"\x05\x00", b"\x01\x01\xff"),))
    assert fully(end_entity(HOST, root), root).report.codes() == {"path.extension.unknown_critical"}


def test_doubled_extensions_are_refused() -> None:
    root = good_chain().root
    leaf = end_entity(HOST, root, extra=(extension(KU, b"\x03\x02\x07\x80"),))
    assert fully(leaf, root).report.codes() == {"path.certificate.encoding"}


def test_a_critical_key_identifier_is_refused_strictly() -> None:
    root = good_chain().root
    leaf = end_entity(
        HOST, root, extensions={AKI: (True, sequence(tlv(0x80, load(root.der).subject_key_identifier or b"")))}
    )
    assert fully(leaf, root).path is not None
    assert fully(leaf, root, strict=True).report.codes() == {"path.strict.criticality"}


def test_a_revoked_certificate_without_distribution_point_is_revoked() -> None:
    """The engine's mode "hard-fail" accepts it; a list is always required of it."""
    root = good_chain().root
    leaf = end_entity(HOST, root)
    number = load(leaf.der).serial_number
    path = [leaf.der, root.der]
    assert [s.status for s in check_crls_full(path, [crl(root, number)], MOMENT)] == ["revoked"]
    assert [s.status for s in check_crls_full(path, [crl(root)], MOMENT)] == ["good"]
    assert [s.status for s in check_crls_full(path, [], MOMENT)] == ["unknown"]
    assert [s.status for s in check_crls_full(path, [b"junk"], MOMENT)] == ["unknown"]
    assert [s.status for s in check_crls_full(path, [crl(root)], END + timedelta(days=1))] == ["unknown"]


def test_a_list_signed_by_a_forger_who_copies_a_good_signature_proves_nothing() -> None:
    """The engine knows certificates it has validated by their signature value alone."""
    chain = good_chain()
    forger = authority("Domain", chain.root, own_key=key("forger"), extensions={SKI: None})
    good = load(chain.domain.der).signature
    copied = Issued(forger.der.replace(load(forger.der).signature, good), forger.key, forger.subject)
    lists = [crl(Issued(copied.der, forger.key, chain.domain.subject))]
    path = [c.der for c in (chain.leaf, chain.tsp, chain.domain, chain.root)]
    statuses = check_crls_full(path, lists, MOMENT, other_certificates=[copied.der])
    assert {status.status for status in statuses} == {"unknown"}


def test_what_the_fast_engine_lacks_is_named() -> None:
    path = below(extensions={POLICIES: (True, policies(GREEN)), NC: (True, excluded(tlv(0x86, b"example.com")))})
    assert lacking(request(*path)) == ("critical extension", "name constraints")
    chain = good_chain()
    assert lacking(request(chain.leaf, chain.tsp, chain.domain, chain.root)) == ()


@pytest.mark.parametrize("number", [0, -1, 1 << 160], ids=["zero", "negative", "too long"])
def test_an_odd_serial_number_is_a_warning_judged_by_the_full_engine(number: int) -> None:
    root = good_chain().root
    result = judge(end_entity(HOST, root, serial=integer(number)), root)
    assert (result.engine, result.report.codes()) == (FULL, {"path.certificate.serial_number"})
    assert result.report.verdict is Verdict.PASSED


def test_names_that_differ_in_encoding_only_are_the_same_name() -> None:
    root = authority("Root", subject=name(common_name("The  Root", 0x13)))
    leaf = end_entity(HOST, root, issuer_name=name(common_name("the ROOT", 0x0C)))
    assert judge(leaf, root).engine == FULL
    other = end_entity(HOST, root, issuer_name=name(common_name("the RooT!", 0x0C)))
    assert judge(other, root).report.codes() == {"path.anchor.found"}


def test_the_san_does_not_have_to_be_there() -> None:
    root = good_chain().root
    assert judge(end_entity(HOST, root, extensions={SAN: None}), root).engine == FAST
    assert judge(end_entity(HOST, root, extensions={SAN: (False, dns("a.b"))}), root).engine == FAST
