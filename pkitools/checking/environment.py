"""Is this the right kind of certificate for the environment?

The root decides, by its fingerprint; the policy OID comes second, because a test CA exists that issues with production
OIDs. Source documents: Logius' G4 TRIAL documentation, the PKIoverheid guidance for relying parties, Digikoppeling.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Final

from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.findings import (
    NOT_APPLICABLE,
    Answer,
    Basis,
    Certainty,
    CertificateRef,
    Evidence,
    Met,
    NotChecked,
    Outcome,
    Rule,
    Severity,
    Violated,
    ask,
    outcome,
)
from pkitools.findings.considered import Block, Kind, Said, block_of, block_of_kind, said_in_common
from pkitools.frozen import dataclass, once, replace
from pkitools.profiles import Profile
from pkitools.rules.books import ENTRIES
from pkitools.rules.context import ARC, family_of
from pkitools.rules.linting import is_made_to_connect
from pkitools.rules.profile import detect_profile
from pkitools.systems import Statement, Topic
from pkitools.trust import Hierarchy, decode_policy, hierarchies
from pkitools.trust.authorities import HierarchyKind
from pkitools.x509.holder import Holder, holder_of
from pkitools.x509.model import CertificateFacts

_TRIAL: Final = cite("g4-trial-readme")
_RELYING: Final = cite("relying-parties", "trust only the appropriate roots")
_DIGIKOPPELING: Final = cite("digikoppeling-certificates", "test certificates")

PRODUCTION_ROOT: Final = Rule("environment.production.root", Severity.ERROR, _RELYING, Certainty.OFFICIAL)
_ANY_POLICY: Final = "2.5.29.32.0"
TEST_HIERARCHY: Final = Rule("environment.production.no_test", Severity.ERROR, _TRIAL, Certainty.OFFICIAL)
PRODUCTION_IN_PREPRODUCTION: Final = Rule(
    "environment.preproduction.production_certificate", Severity.NOTICE, _DIGIKOPPELING, Certainty.OFFICIAL
)
SELF_SIGNED: Final = Rule("environment.self_signed.not_allowed", Severity.ERROR, _RELYING, Certainty.OFFICIAL)
# that it could not be told is an error of our own; that a policy has to be there says the PoR, and that only warns
PROFILE: Final = Rule("environment.policy.profile", Severity.ERROR, cite("pkitools"), Certainty.ADVICE)
_POLICY: Final = Basis(cite("por", "7.1-pkio182"), Certainty.OFFICIAL)
# whoever asks said which profile it has to have; no document says so
AS_ASKED: Final = Rule("environment.policy.as_asked", Severity.ERROR, cite("pkitools"), Certainty.ADVICE)
POLICY_ARC: Final = Rule("environment.policy.arc", Severity.WARNING, _TRIAL, Certainty.OBSERVED)

AUTHORITY: Final = Rule("environment.holder.authority", Severity.NOTICE, cite("rfc-5280", "4.2.1.9"))
RESPONDER: Final = Rule("environment.holder.ocsp_responder", Severity.NOTICE, cite("rfc-6960", "4.2.2.2"))
TIME_STAMPING: Final = Rule("environment.holder.time_stamping", Severity.NOTICE, cite("rfc-3161", "2.3"))

_ISSUING: Final = "G4"
_TO_SYSTEMS: Final = ("g4-tls", "g1-private")


@dataclass(frozen=True)
class EnvironmentContext:
    """One certificate before an environment: what the checks of this file look at.

    Args:
        facts: the certificate.
        environment: where it is to be used.
        anchored: a valid path to a trust anchor was found.
        hierarchy: the catalogued hierarchy of that anchor; ``None`` for a root nobody lists, and without a path.
        claimed: the hierarchy its issuer's name points to. Never proof; it makes advice concrete.
        claimed_kind: production, TRIAL, test or acceptance, as its issuer's name says.
        self_signed: signed by its own key.
        system_named: a connected system was named, whose statements say whether it takes a self-signed certificate.
        meant_for_use: it was said what it is for or whose it is: a system, a host, a profile, what is expected.
        of_pkioverheid: its issuer is an authority of PKIoverheid or of a test hierarchy after it, by path or by policy.
        issuer_policies: the policies in its issuer's certificate.
        profile: the one the caller said it is to be held to.
        asked: what a named system says of the policy or of the hierarchy a certificate has to have, the firmest first.
    """

    facts: CertificateFacts
    environment: Environment
    anchored: bool
    hierarchy: Hierarchy | None = None
    claimed: Hierarchy | None = None
    claimed_kind: HierarchyKind | None = None
    self_signed: bool = False
    system_named: bool = False
    meant_for_use: bool = False
    of_pkioverheid: bool = False
    issuer_policies: tuple[str, ...] = ()
    profile: Profile | None = None
    asked: tuple[Statement, ...] = ()

    @property
    def production(self) -> bool:
        """It is to be used in production."""
        return self.environment is Environment.PRODUCTION

    @property
    def kind(self) -> HierarchyKind | None:
        """The kind of hierarchy its path ends in."""
        return self.hierarchy.kind if self.hierarchy else None

    @once
    def operands(self) -> dict[str, str]:
        """The operands every message of this file may use: the issuer, and the root that would have matched."""
        issuer = self.facts.issuer
        return {"issuer": issuer.called, "wanted": _would_match(self)}


def check_environment(context: EnvironmentContext, *, raise_crashes: bool = False) -> tuple[Outcome, ...]:
    """Return one outcome per rule of this file.

    Args:
        context: the certificate, and where it is to be used.
        raise_crashes: let a check that crashes raise instead of becoming NOT_CHECKED; for tests and bug reports.
    """
    return _Asking(context, raise_crashes=raise_crashes)()


_around: Final = attrgetter(*[name for name in EnvironmentContext.__match_args__ if name != "facts"])
"""Everything that the checks of this file look at beside the certificate."""


def environment_block(
    context: EnvironmentContext, kind: Kind[CertificateFacts] | None = None, *, raise_crashes: bool = False
) -> Block:
    """Return what :func:`check_environment` finds, as a group whose outcomes are made when they are asked for.

    Args:
        context, raise_crashes: as there.
        kind: what the certificate has in common with others, of which most was asked before.
    """
    asking = _Asking(context, raise_crashes=raise_crashes)
    if kind is None:
        return block_of(enumerate(_CHECKS), context, asking.ask, asking, asking.told_as)
    said = kind.said(("environment", context.environment), _around(context), lambda facts: _said_of(facts, context))
    return block_of_kind(said, context, asking.ask, asking, asking.told_as)


def _said_of(facts: CertificateFacts, context: EnvironmentContext) -> Said:
    return said_in_common(enumerate(_CHECKS), replace(context, facts=facts))


class _Asking:
    """The rules of this file asked of one certificate, as often as somebody wants to know."""

    __slots__ = ("_context", "_raise_crashes")

    def __init__(self, context: EnvironmentContext, *, raise_crashes: bool = False) -> None:
        self._context, self._raise_crashes = context, raise_crashes

    def ask(self, rule: Rule, check: Callable[[EnvironmentContext], Answer]) -> list[Outcome]:
        """Return the outcome of one rule."""
        ref = CertificateRef(self._context.facts.sha256, "end_entity")
        return ask(rule, check, self._context, certificate=ref, raise_crashes=self._raise_crashes)

    def told_as(self, rule: Rule, answer: Violated | NotChecked) -> Outcome:
        """Return the outcome of an answer."""
        return outcome(rule, answer, CertificateRef(self._context.facts.sha256, "end_entity"))

    def __call__(self) -> tuple[Outcome, ...]:
        return tuple([found for rule, check in _CHECKS for found in self.ask(rule, check)])

    def __reduce__(self) -> tuple[object, ...]:
        return _Asking, (self._context,)


@cache
def _roots(environment: Environment) -> dict[str, str]:
    """Return the name of the root, by hierarchy, of what PKIoverheid means for an environment."""
    wanted = HierarchyKind.PRODUCTION if environment is Environment.PRODUCTION else HierarchyKind.TRIAL
    return {h.name.removeprefix("trial-"): h.root or h.label for h in hierarchies() if h.kind is wanted}


def _would_match(context: EnvironmentContext) -> str:
    """Return the root that would have matched: the same hierarchy's here, else those that still issue to systems.

    Where a system was named that says which of those it takes, no other.
    """
    roots, own = _roots(context.environment), context.hierarchy or context.claimed
    asked = (each for each in context.asked if each.topic is Topic.HIERARCHY)
    taken = {value.removeprefix("trial-") for each in asked for value in each.values}.intersection(roots)
    counterpart = own.name.removeprefix("trial-") if own else ""
    if counterpart in (taken or roots) and own and own.generation == _ISSUING:
        return roots[counterpart]
    usual = [name for name in _TO_SYSTEMS if name in roots]
    return ", ".join(roots[name] for name in [name for name in usual if name in taken] or usual)


def _met_if(good: bool, context: EnvironmentContext, **operands: str) -> Answer:
    """Return MET or a violation; both show the issuer."""
    evidence = (Evidence("issuer.commonName", context.operands["issuer"]),)
    seen = {**context.operands, **operands}
    return Met(evidence, seen) if good else Violated(evidence, seen)


def _production_root(context: EnvironmentContext) -> Answer:
    if not context.production or context.self_signed:
        return NOT_APPLICABLE
    if not context.anchored:
        return NotChecked("no_path", params=context.operands)
    return _met_if(context.kind is HierarchyKind.PRODUCTION, context)


def _no_test(context: EnvironmentContext) -> Answer:
    if not context.production:
        return NOT_APPLICABLE
    return _met_if({context.claimed_kind, context.kind} <= {None, HierarchyKind.PRODUCTION}, context)


def _production_in_preproduction(context: EnvironmentContext) -> Answer:
    return NOT_APPLICABLE if context.production else _met_if(context.kind is not HierarchyKind.PRODUCTION, context)


def _self_signed(context: EnvironmentContext) -> Answer:
    if not context.self_signed or context.production:
        return _met_if(not context.self_signed, context)
    if context.system_named:
        return NOT_APPLICABLE  # what the system says of it is its own rule: system.self_signed
    return NotChecked("system_not_named", params=context.operands)


def _policy_arc(context: EnvironmentContext) -> Answer:
    policies = context.facts.certificate_policies or ()
    decoded = [info for policy in policies if (info := decode_policy(policy.oid))]
    arcs = {info.oid: info.kind for info in decoded if info.kind is not None}
    if context.kind is None or not arcs:
        return NOT_APPLICABLE
    of_production = context.kind is HierarchyKind.PRODUCTION
    odd = [oid for oid, arc in arcs.items() if (arc is HierarchyKind.PRODUCTION) is not of_production]
    return _met_if(not odd, context, policies=", ".join(odd))


def _policies(context: EnvironmentContext) -> list[str]:
    """Return what it may be used for; any policy (RFC 5280 4.2.1.4) says nothing of it."""
    return [each.oid for each in context.facts.certificate_policies or () if each.oid != _ANY_POLICY]


def _policy_as_asked(context: EnvironmentContext) -> Answer:
    """Whether one of its policies is that of the profile that it was said to have; of none, another rule asks."""
    asked, policies = context.profile, _policies(context)
    if asked is None or not policies or holder_of(context.facts).is_of_the_tsp:
        return NOT_APPLICABLE
    detected, own = detect_profile(context.facts), {*asked.policies.production[-1:], *asked.policies.trial[-1:]}
    good = (detected is not None and detected.name == asked.name) or not own.isdisjoint(policies)
    evidence = (Evidence("certificatePolicies", ", ".join(policies)),)
    shown = {"value": ", ".join(policies), "wanted": asked.name}
    return Met(evidence, shown) if good else Violated(evidence, shown)


@cache
def _rules_of_profiles() -> str:
    """Return the first parts of the codes of rules that are asked for what the policy of a certificate says it is."""
    return ", ".join(sorted({e.rule.code.partition(".")[0] for e in ENTRIES if e.scope.says or e.scope.families}))


def _is_service_of_older_hierarchies(context: EnvironmentContext) -> bool:
    """Whether it has a policy of services before G4 that its issuer may give out: another says nothing of it."""
    own = (policy.oid for policy in context.facts.certificate_policies or ())
    return any(oid in context.issuer_policies and family_of((oid,)) == "legacy_services" for oid in own)


def _profile(context: EnvironmentContext) -> Answer:
    """Say which rules were not asked of a certificate without a profile: that none was violated means nothing.

    A policy in the arc of PKIoverheid is not enough: of one that no profile has, no rule of a profile was asked either.
    Where it is listed all the same that is no fault of the certificate, and of services under EV and G3 there are rules
    beside those of profiles.
    """
    if not context.of_pkioverheid or context.self_signed:
        return NOT_APPLICABLE
    holder = holder_of(context.facts)
    if holder.is_of_the_tsp:
        return NOT_APPLICABLE  # they have no profile of those that are ordered
    policies = [policy.oid for policy in context.facts.certificate_policies or ()]
    evidence = (Evidence("certificatePolicies", ", ".join(policies)),)
    if (context.profile is not None and _policies(context)) or detect_profile(context.facts) is not None:
        return Met(evidence)
    shown = {"value": ", ".join(policies) or "–", "rules": _rules_of_profiles()}
    if not context.asked or _is_service_of_older_hierarchies(context):
        listed = any(oid.startswith(ARC) and decode_policy(oid) for oid in policies)
        return Violated(evidence, shown, _POLICY, Severity.INFO if listed else Severity.WARNING)
    firmest = context.asked[0]
    if firmest.topic is Topic.POLICY and firmest.severity is Severity.ERROR and firmest.certainty:
        return Violated(evidence, shown, Basis(firmest.source, firmest.certainty))
    return NotChecked("no_policy", params=shown, evidence=evidence)


def _not_of(holder: Holder) -> Callable[[EnvironmentContext], Answer]:
    """Return the check that it is not such a certificate: none with which an organisation or a system connects.

    By itself that is worth knowing, for it may be the wrong file. Where it is to be used, it cannot be right: its
    purposes forbid it (RFC 5280 4.2.1.12), and of an authority nothing else is asked. An OIN or a domain name in an
    authority says that it is to be used.
    """

    def check(context: EnvironmentContext) -> Answer:
        if holder_of(context.facts) is not holder or context.self_signed:
            return _met_if(True, context)
        evidence = (Evidence("issuer.commonName", context.operands["issuer"]),)
        used = context.meant_for_use or (holder is Holder.AUTHORITY and is_made_to_connect(context.facts))
        weighs = Severity.ERROR if used else None
        return Violated(evidence, context.operands, severity=weighs)

    return check


_CHECKS: Final[tuple[tuple[Rule, Callable[[EnvironmentContext], Answer]], ...]] = (
    (PRODUCTION_ROOT, _production_root),
    (TEST_HIERARCHY, _no_test),
    (PRODUCTION_IN_PREPRODUCTION, _production_in_preproduction),
    (SELF_SIGNED, _self_signed),
    (POLICY_ARC, _policy_arc),
    (PROFILE, _profile),
    (AS_ASKED, _policy_as_asked),
    (AUTHORITY, _not_of(Holder.AUTHORITY)),
    (RESPONDER, _not_of(Holder.OCSP_RESPONDER)),
    (TIME_STAMPING, _not_of(Holder.TIME_STAMPING_UNIT)),
)
RULES: Final[tuple[Rule, ...]] = tuple(rule for rule, _ in _CHECKS)
