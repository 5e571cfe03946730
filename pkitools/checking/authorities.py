"""The authorities around a certificate: an imitation of one of production, and those known to be revoked.

Path validation says whether a key leads to an anchor. What is asked here holds whether or not it does: who bears the
name of an authority of PKIoverheid without its key means to be taken for it, also where no path is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

from pkitools.documents import cite
from pkitools.findings import (
    MET,
    Answer,
    Basis,
    Certainty,
    CertificateRef,
    Evidence,
    Outcome,
    Rule,
    Severity,
    Status,
    Violated,
    ask,
    outcome,
)
from pkitools.findings.asking import CRASHES
from pkitools.findings.considered import Block
from pkitools.frozen import dataclass, field
from pkitools.trust import CatalogueEntry, Hierarchy
from pkitools.trust.authorities import HierarchyKind
from pkitools.trust.known_authorities import imitated, is_ever_revoked, known_revoked, revoked_issuer, seen_as, sibling
from pkitools.x509.model import CertificateFacts

IMPERSONATION: Final = Rule(
    "trust.authority.impersonation",
    Severity.ERROR,
    cite("relying-parties", "trust only the appropriate roots"),
    Certainty.OFFICIAL,
)
KNOWN_REVOKED: Final = Rule(
    "trust.authority.revoked", Severity.ERROR, cite("rfc-5280", "6.1.3 (a)(3)"), Certainty.STANDARD
)
COMPROMISED_KEY: Final = Rule(
    "trust.authority.key-compromised", Severity.ERROR, cite("rfc-5280", "5.3.1"), Certainty.STANDARD
)

_COMMON_NAME: Final = "2.5.4.3"

RULES: Final[tuple[Rule, ...]] = (IMPERSONATION, KNOWN_REVOKED, COMPROMISED_KEY)

Check: TypeAlias = "Callable[[AuthoritiesContext, CertificateFacts], Answer]"


class Compromise(NamedTuple):
    """What a list says of another certificate of a key.

    Args:
        sha256: of that certificate, hex.
        reason: name of the CRLReason.
        since: aware UTC; ``None`` where the list does not say.
        lister: who made the list.
    """

    sha256: str
    reason: str
    since: datetime | None
    lister: str


@dataclass(frozen=True)
class AuthoritiesContext:
    """A certificate, and the authorities that came with it or that vouch for it.

    Args:
        way: the verified path, end entity first; without one, the certificate and what came with it above it.
        moment: validation time.
        verified: a path was found.
        hierarchy: the catalogued hierarchy that the path ends in.
        beside: what came with the certificate and bears the name of an authority of the path, and is not in it.
        compromised: what lists say of the keys of those beside, by SubjectPublicKeyInfo (DER).
        unmarked: of the authorities of the path nothing is known, whoever asks: see :func:`are_unmarked`.
    """

    way: tuple[CertificateFacts, ...]
    moment: datetime
    verified: bool = False
    hierarchy: Hierarchy | None = None
    beside: tuple[CertificateFacts, ...] = ()
    compromised: Mapping[bytes, Compromise] = field(default_factory=dict)
    unmarked: bool = False


def are_unmarked(authorities: Iterable[CertificateFacts]) -> bool:
    """Return whether none of these bears the name of another, and none was ever revoked: at whatever moment."""
    return all(imitated(facts) is None and not is_ever_revoked(facts) for facts in authorities)


def check_authorities(context: AuthoritiesContext, *, raise_crashes: bool = False) -> tuple[Outcome, ...]:
    """Return what is known of the authorities: one outcome per rule, or one per certificate that violates it.

    Args:
        context: the certificates.
        raise_crashes: let a check that crashes raise instead of becoming NOT_CHECKED; for tests and bug reports.
    """
    way = context.way[:1] if context.unmarked else context.way
    asked = [(IMPERSONATION, _imitation, way), (KNOWN_REVOKED, _revoked, (*way, *context.beside))]
    if context.beside:  # few come with another certificate of an authority
        asked.append((COMPROMISED_KEY, _compromised, context.way[1:]))
    outcomes: list[Outcome] = []
    for rule, check, certificates in asked:
        distinct = tuple({facts.sha256: facts for facts in certificates}.values())
        if _are_met(check, context, distinct):
            # nobody wants to read of each certificate that it is none of this
            outcomes.append(outcome(rule, MET, _ref(context, distinct[0])))
            continue
        told = [
            each
            for facts in distinct
            for each in ask(rule, check, context, facts, certificate=_ref(context, facts), raise_crashes=raise_crashes)
        ]
        outcomes.extend([each for each in told if each.status is not Status.MET] or told[:1])
    return tuple(outcomes)


def authorities_block(context: AuthoritiesContext, *, raise_crashes: bool = False) -> Block:
    """Return what :func:`check_authorities` finds, as a group; where nothing is known its outcomes are made when asked.

    Args: as there.
    """
    leaf = context.way[0]
    if context.unmarked and not context.beside:
        try:
            if _imitation(context, leaf) is MET and _revoked(context, leaf) is MET:
                return Block((), _NothingKnown(leaf.sha256), looked=True)
        except CRASHES:
            pass  # asked again by who says so
    return Block.of(check_authorities(context, raise_crashes=raise_crashes))


class _NothingKnown:
    """The outcomes where nothing is known of a certificate, and nothing ever was of those above it."""

    __slots__ = ("_sha256",)

    def __init__(self, sha256: str) -> None:
        self._sha256 = sha256

    def __call__(self) -> tuple[Outcome, ...]:
        ref = CertificateRef(self._sha256, "end_entity")
        return outcome(IMPERSONATION, MET, ref), outcome(KNOWN_REVOKED, MET, ref)

    def __reduce__(self) -> tuple[object, ...]:
        return _NothingKnown, (self._sha256,)


def _are_met(check: Check, context: AuthoritiesContext, certificates: tuple[CertificateFacts, ...]) -> bool:
    """Whether a check finds nothing in any of them; where it crashes, it is asked again by who says so."""
    try:
        for facts in certificates:
            if check(context, facts) is not MET:
                return False
    except CRASHES:
        return False
    return True


def _ref(context: AuthoritiesContext, facts: CertificateFacts) -> CertificateRef:
    return CertificateRef(facts.sha256, "end_entity" if facts is context.way[0] else "intermediate")


def _imitation(context: AuthoritiesContext, facts: CertificateFacts) -> Answer:
    entry = imitated(facts)
    if entry is None or _is_proven(context, entry):
        return MET
    borne = [
        each.value for each in facts.subject.attributes(_COMMON_NAME) if seen_as(each.value) == seen_as(entry.name)
    ]
    shown = {"name": next(iter(borne), facts.subject.text), "sha256": facts.sha256}
    return Violated((Evidence("subject.commonName", shown["name"]),), shown)


def _is_proven(context: AuthoritiesContext, entry: CatalogueEntry) -> bool:
    """Whether a path to that authority's own root was verified: then it is a new key of the authority itself."""
    end = context.hierarchy
    if end is None or end.kind is not HierarchyKind.PRODUCTION:
        return False
    return entry.hierarchy is None or entry.hierarchy == end.name


def _revoked(context: AuthoritiesContext, facts: CertificateFacts) -> Answer:
    entry = known_revoked(facts, context.moment)
    if entry is None and not context.verified and facts is context.way[-1]:
        entry = revoked_issuer(facts, context.moment)
    return MET if entry is None else _revocation(context, entry)


def _revocation(context: AuthoritiesContext, entry: CatalogueEntry) -> Violated:
    mark = entry.revoked
    assert mark is not None
    shown = {
        "name": entry.name,
        "date": mark.date.isoformat() if mark.date else "–",
        "reason": mark.reason or "–",
        "source": mark.source,
        "sibling": _sibling(context, entry) or "–",
    }
    evidence = (Evidence("catalogue", entry.sha256 or entry.name),)
    if mark.is_first_hand and mark.is_compromise:
        return Violated(evidence, shown)
    basis = None if mark.is_first_hand else Basis(KNOWN_REVOKED.source, Certainty.THIRD_PARTY)
    return Violated(evidence, shown, basis, Severity.WARNING)


def _compromised(context: AuthoritiesContext, facts: CertificateFacts) -> Answer:
    mark = context.compromised.get(facts.public_key.spki)
    if mark is None:
        return MET
    shown = {
        "name": facts.subject.called,
        "date": mark.since.date().isoformat() if mark.since else "–",
        "reason": mark.reason,
        "lister": mark.lister,
        "other": mark.sha256,
    }
    return Violated((Evidence("revocation.other_certificate", mark.sha256),), shown)


def _sibling(context: AuthoritiesContext, entry: CatalogueEntry) -> str:
    """Return the SHA-256 of the other certificate of that authority: the one in the path, else one of the catalogue."""
    if context.verified:
        for facts in context.way:
            if facts.sha256 != entry.sha256 and facts.subject.common_name == entry.name:
                return facts.sha256
    other = sibling(entry, context.moment)
    return other.sha256 or "" if other else ""
