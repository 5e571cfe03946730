"""Is this the right kind of certificate for the environment?

The root decides, by its fingerprint; the policy OID comes second, because a test CA exists that issues with production
OIDs. Source documents: Logius' G4 TRIAL documentation, the PKIoverheid guidance for relying parties, Digikoppeling.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.findings import Certainty, CertificateRef, Evidence, Outcome, Rule, Severity, Status
from pkitools.trust import Hierarchy, decode_policy, hierarchies
from pkitools.trust.authorities import HierarchyKind
from pkitools.x509.model import CertificateFacts

_TRIAL: Final = cite("g4-trial-readme", "README")
_RELYING: Final = cite("relying-parties", "trust only the appropriate roots")
_DIGIKOPPELING: Final = cite("digikoppeling-certificates", "test certificates")

PRODUCTION_ROOT: Final = Rule("environment.production.root", Severity.ERROR, _RELYING, Certainty.OFFICIAL)
TEST_HIERARCHY: Final = Rule("environment.production.no_test", Severity.ERROR, _TRIAL, Certainty.OFFICIAL)
PRODUCTION_IN_PREPRODUCTION: Final = Rule(
    "environment.preproduction.production_certificate", Severity.NOTICE, _DIGIKOPPELING, Certainty.OFFICIAL
)
SELF_SIGNED: Final = Rule("environment.self_signed", Severity.ERROR, _RELYING, Certainty.OFFICIAL)
POLICY_ARC: Final = Rule("environment.policy.arc", Severity.WARNING, _TRIAL, Certainty.OBSERVED)

_ISSUING: Final = "G4"
_TO_SYSTEMS: Final = ("g4-tls", "g1-private")

RULES: Final = (PRODUCTION_ROOT, TEST_HIERARCHY, PRODUCTION_IN_PREPRODUCTION, SELF_SIGNED, POLICY_ARC)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a certificate stands: what its path ends in.

    Args:
        anchored: a valid path to a trust anchor was found.
        hierarchy: the catalogued hierarchy of that anchor; ``None`` for a root nobody lists, and without a path.
        claimed: the hierarchy its issuer's name points to. Never proof; it makes advice concrete.
        claimed_kind: production, TRIAL, test or acceptance, as its issuer's name says.
        self_signed: signed by its own key.
        system_named: a connected system was named, whose statements say whether it takes a self-signed certificate.
    """

    anchored: bool
    hierarchy: Hierarchy | None = None
    claimed: Hierarchy | None = None
    claimed_kind: HierarchyKind | None = None
    self_signed: bool = False
    system_named: bool = False


def environment_outcomes(facts: CertificateFacts, environment: Environment, standing: Standing) -> Iterator[Outcome]:
    """Yield one outcome per rule of this file."""
    ref = CertificateRef(facts.sha256, "end_entity")
    production = environment is Environment.PRODUCTION
    kind = standing.hierarchy.kind if standing.hierarchy else None
    issuer = facts.issuer.common_name or facts.issuer.text
    seen = (Evidence("issuer.commonName", issuer),)

    operands = {"issuer": issuer, "wanted": _would_match(environment, standing)}

    def outcome(rule: Rule, status: Status, *, reason: str = "") -> Outcome:
        return Outcome(rule, status, ref, seen, operands, reason)

    yield outcome(PRODUCTION_ROOT, _production_root(production, standing, kind), reason=_no_path(production, standing))
    testing = standing.claimed_kind not in {None, HierarchyKind.PRODUCTION} or kind not in {
        None,
        HierarchyKind.PRODUCTION,
    }
    yield outcome(TEST_HIERARCHY, _when(production, bad=testing))
    yield outcome(PRODUCTION_IN_PREPRODUCTION, _when(not production, bad=kind is HierarchyKind.PRODUCTION))
    yield _self_signed(outcome(SELF_SIGNED, Status.NOT_APPLICABLE), production, standing)
    yield _policy_arc(facts, outcome(POLICY_ARC, Status.NOT_APPLICABLE), kind)


@cache
def _roots(environment: Environment) -> dict[str, str]:
    """Return the name of the root, by hierarchy, of what PKIoverheid means for an environment."""
    wanted = HierarchyKind.PRODUCTION if environment is Environment.PRODUCTION else HierarchyKind.TRIAL
    return {h.name.removeprefix("trial-"): h.root or h.label for h in hierarchies() if h.kind is wanted}


def _would_match(environment: Environment, standing: Standing) -> str:
    """Return the root that would have matched: the same hierarchy's here, else those that still issue to systems."""
    roots, stands = _roots(environment), standing.hierarchy or standing.claimed
    counterpart = stands.name.removeprefix("trial-") if stands else ""
    if counterpart in roots and stands and stands.generation == _ISSUING:
        return roots[counterpart]
    return ", ".join(roots[name] for name in _TO_SYSTEMS if name in roots)


def _when(applies: bool, *, bad: bool) -> Status:
    if not applies:
        return Status.NOT_APPLICABLE
    return Status.VIOLATED if bad else Status.MET


def _production_root(production: bool, standing: Standing, kind: HierarchyKind | None) -> Status:
    if not production or standing.self_signed:
        return Status.NOT_APPLICABLE
    if not standing.anchored:
        return Status.NOT_CHECKED
    return Status.MET if kind is HierarchyKind.PRODUCTION else Status.VIOLATED


def _no_path(production: bool, standing: Standing) -> str:
    return "no_path" if _production_root(production, standing, None) is Status.NOT_CHECKED else ""


def _self_signed(base: Outcome, production: bool, standing: Standing) -> Outcome:
    if not standing.self_signed:
        return _with(base, Status.MET)
    if production:
        return _with(base, Status.VIOLATED)
    if standing.system_named:
        return base  # what the system says of it is its own rule: system.self_signed
    return _with(base, Status.NOT_CHECKED, "system_not_named")


def _policy_arc(facts: CertificateFacts, base: Outcome, kind: HierarchyKind | None) -> Outcome:
    decoded = [info for policy in facts.certificate_policies or () if (info := decode_policy(policy.oid))]
    arcs = {info.oid: info.kind for info in decoded if info.kind is not None}
    if kind is None or not arcs:
        return base
    of_production = kind is HierarchyKind.PRODUCTION
    odd = [oid for oid, arc in arcs.items() if (arc is HierarchyKind.PRODUCTION) is not of_production]
    return _with(base, Status.VIOLATED if odd else Status.MET, policies=", ".join(odd))


def _with(base: Outcome, status: Status, reason: str = "", **params: str) -> Outcome:
    return Outcome(base.rule, status, base.certificate, base.evidence, {**base.params, **params}, reason)
