"""Counterfeit authorities: the subject name of each embedded root, another key. Refused, and named as what they are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pkitools.checking import CheckResult, Revocation, check
from pkitools.environment import Environment
from pkitools.findings import Verdict
from pkitools.revocation import RevocationPolicy
from pkitools.trust import CACertificate, TrustAnchor, TrustStore, embedded_certificates
from pkitools.x509 import CertificateFacts, read_certificate
from tests.support.cases import in_one_test
from tests.support.chains import AKI, END, SKI, START, Issued, authority, end_entity
from tests.support.der import sequence, tlv

pytestmark = pytest.mark.slow  # products of cases: together they take a fifth of what is run while at work


MOMENT = datetime(2026, 11, 22, tzinfo=UTC)
AUTHORITIES = embedded_certificates()
ROOTS = [c for c in AUTHORITIES if isinstance(c, TrustAnchor)]
OTHERS = [c for c in AUTHORITIES if not isinstance(c, TrustAnchor)]
LOOK_ALIKE = "path.anchor.look_alike"


def judged(
    leaf: Issued, *chain: Issued, trust: TrustStore | None = None, environment: Environment = Environment.PRODUCTION
) -> CheckResult:
    return check(
        leaf.der,
        moment=MOMENT,
        environment=environment,
        intermediates=[c.der for c in chain],
        trust=trust,
        revocation=Revocation(policy=RevocationPolicy.OFF),
    )


def counterfeit(real: CertificateFacts, issuer: Issued | None = None, *, copied_key_identifier: bool = False) -> Issued:
    identifier = bytes.fromhex(real.subject_key_identifier or "")
    extensions = {SKI: (False, tlv(0x04, identifier))} if copied_key_identifier else {}
    name = f"counterfeit of {real.sha256}"
    return authority(name, issuer, subject=real.subject.der, start=START, end=END, extensions=extensions)


def victim(issuer: Issued, names_key: str) -> Issued:
    """An end entity that names its issuer's key, the real one's, or none."""
    extensions = {AKI: None if names_key == "none" else (False, sequence(tlv(0x80, bytes.fromhex(names_key))))}
    return end_entity("koppeling.example.nl", issuer, extensions=extensions if names_key else {})


@in_one_test
@pytest.mark.parametrize("shown", [True, False], ids=["in_chain", "not_in_chain"])
@pytest.mark.parametrize("key_identifier", ["own", "copied", "absent"])
@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.common_name)
def test_a_counterfeit_root_is_refused_and_named(root: TrustAnchor, key_identifier: str, shown: bool) -> None:
    real = read_certificate(root.der)
    false = counterfeit(real, copied_key_identifier=key_identifier == "copied")
    names = {"own": "", "copied": real.subject_key_identifier or "", "absent": "none"}[key_identifier]
    result = judged(victim(false, names), *([false] if shown else []))
    assert result.report.verdict is Verdict.FAILED
    assert result.path is None
    first = result.report.findings[0]
    assert first.rule.code == LOOK_ALIKE
    assert first.params["sha256"] == root.sha256


@in_one_test
@pytest.mark.parametrize("environment", Environment)
@pytest.mark.parametrize("copied", [False, True], ids=["own_key_identifier", "copied_key_identifier"])
@pytest.mark.parametrize("ca", OTHERS, ids=lambda ca: ca.common_name)
def test_a_counterfeit_intermediate_leads_nowhere(ca: CACertificate, copied: bool, environment: Environment) -> None:
    real = read_certificate(ca.der)
    false = counterfeit(real, copied_key_identifier=copied)
    for names in ("", real.subject_key_identifier or "", "none"):
        for chain in ([], [false]):
            result = judged(victim(false, names), *chain, environment=environment)
            assert result.report.verdict is Verdict.FAILED
            assert result.path is None
            assert result.report.codes() & {"path.anchor.found", "path.signature.valid", LOOK_ALIKE}


def whole_chain() -> tuple[Issued, list[Issued], TrustAnchor]:
    """Every certificate above an end entity of Private G1, each by its real name and with another key."""
    by_name = {
        read_certificate(c.der).subject.der: c for c in AUTHORITIES if c.hierarchy and c.hierarchy.name == "g1-private"
    }
    link = next(c for c in by_name.values() if c.common_name.startswith("KPN"))
    way = [read_certificate(link.der)]
    while way[-1].issuer.der != way[-1].subject.der:
        way.append(read_certificate(by_name[way[-1].issuer.der].der))
    above: Issued | None = None
    made = []
    for real in reversed(way):
        above = counterfeit(real, above)
        made.append(above)
    root = next(c for c in ROOTS if c.sha256 == way[-1].sha256)
    assert above is not None
    return end_entity("koppeling.example.nl", above), made, root


@pytest.mark.parametrize("environment", Environment)
def test_a_whole_chain_of_counterfeits_is_refused_and_its_top_named(environment: Environment) -> None:
    leaf, chain, root = whole_chain()
    result = judged(leaf, *chain, environment=environment)
    assert result.report.verdict is Verdict.FAILED
    assert result.path is None
    assert result.report.findings[0].rule.code == LOOK_ALIKE
    assert result.report.findings[0].params["sha256"] == root.sha256


def test_trusting_a_counterfeit_root_does_not_make_it_one_of_production() -> None:
    leaf, chain, _ = whole_chain()
    trust = TrustStore.from_der([chain[0].der])
    result = judged(leaf, *chain[1:], trust=trust)
    assert result.path is not None
    assert result.hierarchy is None
    assert result.report.verdict is Verdict.FAILED
    assert result.report.findings[0].rule.code == "trust.authority.impersonation"
    assert "environment.production.root" in result.report.codes()
    rehearsal = judged(leaf, *chain[1:], trust=trust, environment=Environment.PREPRODUCTION)
    assert rehearsal.path is not None
    assert "environment.preproduction.production_certificate" not in rehearsal.report.codes()
