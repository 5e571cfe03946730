"""Certificate policies along a path (RFC 5280 section 6.1 as RFC 9618 replaced it), beside those of the full engine.

Instead of the graph this keeps, per depth, each valid policy with the policies it may become below and the policies of
the user's domain it came from: all that the outcome depends on. It runs only where policies can decide: inputs beyond
the defaults, or policyConstraints, policyMappings or inhibitAnyPolicy in the path.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pkitools.frozen import dataclass, field
from pkitools.x509 import der as asn1
from pkitools.x509.der import DERError
from pkitools.x509.oids import CERTIFICATE_POLICIES, INHIBIT_ANY_POLICY, POLICY_CONSTRAINTS, POLICY_MAPPINGS
from pkitools.x509.path_certificate import PathCertificate

ANY_POLICY: Final = "2.5.29.32.0"
POLICY_EXTENSIONS: Final = frozenset({POLICY_CONSTRAINTS, POLICY_MAPPINGS, INHIBIT_ANY_POLICY})

_REQUIRE_EXPLICIT, _INHIBIT_MAPPING = asn1.context(0), asn1.context(1)  # PolicyConstraints

MAX_POLICIES: Final = 4096
"""Valid policies at one depth: those in certificates are their issuers' choice."""


class TooManyPolicies(Exception):  # noqa: N818 -- a budget, not an error of the input: the caller turns it into a verdict
    """More valid policies than :data:`MAX_POLICIES`."""


@dataclass(frozen=True, slots=True)
class PolicyInput:
    """The user's inputs to policy processing (RFC 5280 6.1.1 (c), (e)–(g)).

    Args:
        initial_policies: acceptable policy OIDs; ``None`` is any policy.
        explicit_policy: the path must be valid for at least one of them.
        inhibit_policy_mapping: no mapping anywhere in the path.
        inhibit_any_policy: anyPolicy in a certificate counts for nothing.
    """

    initial_policies: frozenset[str] | None = None
    explicit_policy: bool = False
    inhibit_policy_mapping: bool = False
    inhibit_any_policy: bool = False

    @property
    def is_default(self) -> bool:
        """Nothing is asked that a path without policy extensions could fail."""
        return self == DEFAULT_POLICIES


DEFAULT_POLICIES: Final = PolicyInput()
"""Any policy will do, none is required."""


@dataclass(slots=True)
class _Node:
    becomes: set[str]
    origins: set[str]


@dataclass(slots=True)
class _State:
    """The variables of section 6.1.2 that policies need; ``nodes`` is ``None`` once no policy is valid any more."""

    explicit: int
    mapping: int
    inhibit_any: int
    nodes: dict[str, _Node] | None = field(default_factory=lambda: {ANY_POLICY: _Node({ANY_POLICY}, {ANY_POLICY})})


def policies_matter(path: Sequence[PathCertificate], policies: PolicyInput) -> bool:
    """Whether policies can decide about this path."""
    if not policies.is_default:
        return True
    return any(not POLICY_EXTENSIONS.isdisjoint(c.extensions) for c in path[:-1] if c.constrains)


def valid_policies(path: Sequence[PathCertificate], policies: PolicyInput) -> frozenset[str] | None:
    """Return the policies, in the user's domain, that a path is valid for; anyPolicy stands for every one.

    Args:
        path: end entity first, trust anchor last; the anchor's own policies play no part.
        policies: the user's inputs.

    Returns:
        The set, empty where the path is valid under none and none is required; ``None`` where one is required.

    Raises:
        DERError: a policy extension is malformed, or maps anyPolicy.
        TooManyPolicies: see :data:`MAX_POLICIES`.
    """
    below = list(reversed(path[:-1]))
    length = len(below)
    state = _State(
        explicit=0 if policies.explicit_policy else length + 1,
        mapping=0 if policies.inhibit_policy_mapping else length + 1,
        inhibit_any=0 if policies.inhibit_any_policy else length + 1,
    )
    for depth, certificate in enumerate(below, start=1):
        last = depth == length
        _step(state, certificate, last)
        if state.nodes is None and state.explicit == 0:
            return None
        if not last:
            _map(state, certificate)
            _count_down(state, certificate)
    return _finish(state, below[-1] if below else None, policies)


def _step(state: _State, certificate: PathCertificate, last: bool) -> None:
    value = _value(certificate, CERTIFICATE_POLICIES)
    if value is None or state.nodes is None:
        state.nodes = None
        return
    asserted = _policies(value)
    above = state.nodes
    nodes: dict[str, _Node] = {}
    for policy in asserted:
        if policy == ANY_POLICY:
            continue
        origins = {origin for node in above.values() if policy in node.becomes for origin in node.origins}
        if not origins and ANY_POLICY in above:
            origins = {policy}
        if origins:
            nodes[policy] = _Node({policy}, origins)
    if ANY_POLICY in asserted and (state.inhibit_any > 0 or (not last and certificate.self_issued)):
        for policy in {p for node in above.values() for p in node.becomes} - nodes.keys():
            origins = {origin for node in above.values() if policy in node.becomes for origin in node.origins}
            nodes[policy] = _Node({policy}, origins)
    if len(nodes) > MAX_POLICIES:
        raise TooManyPolicies
    state.nodes = nodes or None


def _map(state: _State, certificate: PathCertificate) -> None:
    value = _value(certificate, POLICY_MAPPINGS)
    if value is None:
        return
    mappings: dict[str, set[str]] = {}
    for pair in asn1.children(value, asn1.root(value, asn1.SEQUENCE)):
        parts = asn1.children(value, asn1.expect(pair, asn1.SEQUENCE))
        if len(parts) != 2:
            raise DERError("mapping_no_pair")
        from_policy, to_policy = (asn1.oid(value, part) for part in parts)
        if ANY_POLICY in {from_policy, to_policy}:
            raise DERError("mapping_any_policy")
        mappings.setdefault(from_policy, set()).add(to_policy)
    if state.nodes is None:
        return
    for policy, targets in mappings.items():
        node = state.nodes.get(policy)
        if state.mapping == 0:
            state.nodes.pop(policy, None)
        elif node is not None:
            node.becomes = targets
        elif ANY_POLICY in state.nodes:
            state.nodes[policy] = _Node(targets, {policy})
    state.nodes = state.nodes or None


def _count_down(state: _State, certificate: PathCertificate) -> None:
    if not certificate.self_issued:
        state.explicit = max(0, state.explicit - 1)
        state.mapping = max(0, state.mapping - 1)
        state.inhibit_any = max(0, state.inhibit_any - 1)
    required, inhibited = _constraints(certificate)
    if required is not None:
        state.explicit = min(state.explicit, required)
    if inhibited is not None:
        state.mapping = min(state.mapping, inhibited)
    value = _value(certificate, INHIBIT_ANY_POLICY)
    if value is not None:
        state.inhibit_any = min(state.inhibit_any, asn1.integer(value, asn1.root(value, asn1.INTEGER)))


def _finish(state: _State, leaf: PathCertificate | None, policies: PolicyInput) -> frozenset[str] | None:
    explicit = max(0, state.explicit - 1)
    if leaf is not None and _constraints(leaf)[0] == 0:
        explicit = 0
    nodes = state.nodes or {}
    valid = {origin for policy, node in nodes.items() if policy != ANY_POLICY for origin in node.origins}
    wanted = policies.initial_policies
    if wanted is None or ANY_POLICY in wanted:
        if ANY_POLICY in nodes:
            valid.add(ANY_POLICY)
    else:
        valid = set(wanted) if ANY_POLICY in nodes else valid & wanted
    return frozenset(valid) if valid or explicit > 0 else None


def _value(certificate: PathCertificate, oid: str) -> bytes | None:
    held = certificate.extensions.get(oid)
    return None if held is None else held[1]


def _policies(value: bytes) -> set[str]:
    found = set()
    for node in asn1.children(value, asn1.root(value, asn1.SEQUENCE)):
        parts = asn1.children(value, asn1.expect(node, asn1.SEQUENCE))
        if not parts:
            raise DERError("policy_without_oid")
        found.add(asn1.oid(value, parts[0]))
    return found


def _constraints(certificate: PathCertificate) -> tuple[int | None, int | None]:
    value = _value(certificate, POLICY_CONSTRAINTS)
    if value is None:
        return None, None
    required = inhibited = None
    for node in asn1.children(value, asn1.root(value, asn1.SEQUENCE)):
        if node[0] == _REQUIRE_EXPLICIT:
            required = asn1.integer(value, node, tag=_REQUIRE_EXPLICIT)
        elif node[0] == _INHIBIT_MAPPING:
            inhibited = asn1.integer(value, node, tag=_INHIBIT_MAPPING)
    return required, inhibited
