"""Where a certificate says to stand, what it may be anchored in, and the path that leads there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from pkitools.checking.question import Question
from pkitools.errors import InputError
from pkitools.findings import CertificateRef, NotChecked, Outcome, Violated, outcome
from pkitools.findings.considered import Block
from pkitools.frozen import dataclass
from pkitools.revocation.check import Material
from pkitools.trust import (
    Match,
    Recognition,
    TrustAnchor,
    TrustStore,
    anchors,
    embedded_certificates,
    embedded_intermediates,
    get_hierarchy,
    hierarchy_of,
)
from pkitools.validation import PolicyInput, VerifiedPath
from pkitools.validation.building import pool
from pkitools.validation.ending import first_to_end, way_up
from pkitools.validation.many import Standing, judge_below
from pkitools.validation.path import PathQuery, judge
from pkitools.validation.result import block_of_path
from pkitools.validation.rules import ENCODING
from pkitools.validation.rules import RULES as PATH_RULES
from pkitools.x509 import CertificateFacts
from pkitools.x509.above import Above
from pkitools.x509.at_hand import at_hand
from pkitools.x509.given import CRL, several_ders
from pkitools.x509.path_certificate import load


@dataclass(frozen=True, slots=True)
class JudgedPath:
    """The path of a certificate, as it was judged.

    Args:
        block: the outcomes of the rules of paths.
        path: the proof; ``None`` where no path holds.
        engine: the engine that judged it.
        ends_by: as of :class:`~pkitools.checking.result.CheckResult`.
    """

    block: Block
    path: VerifiedPath | None = None
    engine: str = ""
    ends_by: Above | None = None


def judged_path(facts: CertificateFacts, scope: TrustStore, asked: Question, standing: Standing | None) -> JudgedPath:
    """Return the path of a certificate to what it may be anchored in, and what there is to say of it.

    Args:
        facts: the certificate.
        scope: the anchors it may have, as of :func:`scope_of`.
        asked: all that it is asked.
        standing: what was verified of authorities, to which is added; without one everything is verified.
    """
    query = path_query(asked)
    try:
        leaf = load(facts.der, facts.sha256)
    except InputError as error:
        # what reads a certificate to show it puts up with more than an engine may: refused by rule, so that the rest
        # of the report says why
        return JudgedPath(Block.of(_not_processed(facts, error)))
    between = pool((*asked.intermediates, *scope.intermediates, *embedded_intermediates()))
    trusted = pool(tuple(anchor.der for anchor in scope.anchors))  # one out of date is refused by name, not passed over
    others = pool(_embedded_roots())
    if standing is None:
        result = judge(leaf, between, trusted, others, query)
    else:
        result = judge_below(leaf, between, trusted, others, query, standing)
    above = way_up(leaf, (between, trusted, others)) if result.path is None else result.path.as_loaded[1:]
    return JudgedPath(block_of_path(result), result.path, result.engine, first_to_end(leaf.not_after, above))


def path_query(asked: Question) -> PathQuery:
    """Return how a path is to be judged, by what is asked of a certificate."""
    if not asked.strict:
        return _kept_query(asked.moment, asked.host, bool(asked.cross_check), asked.policies)
    return PathQuery(  # with lists, which are kept no longer than who asks keeps them
        asked.moment,
        host=asked.host,
        strict=True,
        cross_check=asked.cross_check,
        policies=asked.policies,
        crls=_encoded(asked.material),
    )


@lru_cache(maxsize=8)
def _kept_query(moment: datetime, host: str | None, cross_check: bool, policies: PolicyInput) -> PathQuery:
    return PathQuery(moment, host=host, cross_check=cross_check, policies=policies)


def _not_processed(facts: CertificateFacts, error: InputError) -> Iterator[Outcome]:
    ref = CertificateRef(facts.sha256, "end_entity")
    params = {"name": facts.subject.text, "detail": str(error.params.get("reason", error.code))}
    for rule in PATH_RULES:
        if rule.code == ENCODING.code:
            yield outcome(rule, Violated(params=params), ref)
        else:
            yield outcome(rule, NotChecked("no_path"))


def recognised(facts: CertificateFacts, intermediates: Sequence[bytes]) -> Recognition:
    """Return where the certificate says to stand; through the chain it came with when its issuer is unknown."""
    found = hierarchy_of(facts)
    if found.hierarchy or found.match is Match.LOOK_ALIKE or not intermediates:
        return found
    came = at_hand(tuple(intermediates))
    at, seen = facts, {facts.subject.der}
    while (named := came.named(at.issuer.der)) and at.issuer.der not in seen:
        issuer = named[-1]
        seen.add(issuer.subject.der)
        higher = hierarchy_of(issuer)
        if higher.hierarchy or higher.match is Match.LOOK_ALIKE:
            return higher
        at = issuer
    return found


def scope_of(
    facts: CertificateFacts, recognition: Recognition, trust: TrustStore | None, *, self_signed: bool
) -> TrustStore:
    """Return what this certificate may be anchored in: itself, one hierarchy, and what the user trusts."""
    if self_signed:
        return TrustStore((_itself(facts),))
    claimed = recognition.hierarchy
    if claimed is None and recognition.authority and recognition.authority.hierarchy:
        claimed = get_hierarchy(recognition.authority.hierarchy)  # a look-alike: to show whose name it bears
    store = anchors([claimed]) if claimed else TrustStore()
    return store + trust if trust else store


def _itself(facts: CertificateFacts) -> TrustAnchor:
    name = facts.subject.called
    return TrustAnchor(
        facts.der, facts.sha256, name, None, "root", facts.not_before, facts.not_after, "the certificate itself"
    )


@lru_cache(maxsize=1)
def _embedded_roots() -> tuple[bytes, ...]:
    return tuple(c.der for c in embedded_certificates() if isinstance(c, TrustAnchor))


def _encoded(material: Material) -> tuple[bytes, ...]:
    given = [crl if isinstance(crl, bytes) else crl.der for crl in material.crls]
    return several_ders(given, CRL, "crls")
