"""Our own checks of one path, beside the engines.

They run before an engine does and guard what it would let through; when a path is refused they say why. The checks
here are those of RFC 5280 section 6.1 except the signatures and the policy graph, which are the engines'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pkitools.findings import Evidence, Rule
from pkitools.validation import algorithms, rules
from pkitools.validation.certificate import (
    ANY_EXTENDED_KEY_USAGE,
    KEY_CERT_SIGN,
    NAME_CONSTRAINTS,
    PathCertificate,
)
from pkitools.validation.name_constraints import TooManyComparisons, check_name_constraints
from pkitools.x509.der import DERError

Path = Sequence[PathCertificate]


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule broken by one path.

    Args:
        rule: the rule.
        index: place in the path of the certificate that breaks it, 0 the end entity; ``None`` for the path as such.
        params: operands of the message.
        evidence: values beside it.
        reason: set when the rule could not be looked at; that too keeps a path from being accepted.
    """

    rule: Rule
    index: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""


def check_path(path: Path, moment: datetime, purpose: str | None, *, weak: bool = False) -> list[Violation]:
    """Return what is wrong with a path, everything: an empty list is needed, and not enough, to accept it.

    Args:
        path: end entity first, trust anchor last.
        moment: aware UTC.
        purpose: OID of the extended key usage asked for.
        weak: accept weak algorithms and keys; for conformance suites of an older time.
    """
    found: list[Violation] = []
    last = len(path) - 1
    purposes = _purposes(path[0], purpose)
    for index, certificate in enumerate(path):
        details = certificate.misencodings
        if details:
            found.append(_named(rules.ENCODING, index, certificate, detail=", ".join(details)))
        if certificate.not_after < moment:
            found.append(_named(rules.EXPIRED, index, certificate, not_after=_day(certificate.not_after)))
        if certificate.not_before > moment:
            found.append(_named(rules.NOT_YET_VALID, index, certificate, not_before=_day(certificate.not_before)))
        if certificate.unknown_critical:
            oids = ", ".join(certificate.unknown_critical)
            found.append(_named(rules.UNKNOWN_CRITICAL, index, certificate, extension=oids))
        if not weak:
            found.extend(_strength(index, certificate, anchor=index == last))
        if index:
            found.extend(_authority(path, index, purposes))
    if purpose is not None and not purposes:
        wanted = ", ".join(path[0].extended_key_usage or ())
        found.append(_named(rules.EKU_PURPOSE, 0, path[0], purpose=purpose, present=wanted))
    found.extend(_names(path))
    return found


def _purposes(end_entity: PathCertificate, purpose: str | None) -> frozenset[str] | None:
    """What the end entity is for: ``None`` is anything, an empty set not for what is asked."""
    held = end_entity.extended_key_usage
    if held is None or ANY_EXTENDED_KEY_USAGE in held:
        return None if purpose is None else frozenset({purpose})
    if purpose is None:
        return frozenset(held) or None
    return frozenset({purpose}) & frozenset(held)


def _named(rule: Rule, index: int, certificate: PathCertificate, **params: str) -> Violation:
    return Violation(rule, index, {"name": certificate.subject_text, **params})


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def _strength(index: int, certificate: PathCertificate, *, anchor: bool) -> Iterator[Violation]:
    # nobody relies on the signature an anchor carries
    scheme = "" if anchor else algorithms.weak_scheme(certificate.signature_algorithm)
    if scheme:
        yield _named(rules.SIGNATURE_ALGORITHM, index, certificate, algorithm=scheme)
    key = algorithms.weak_key(certificate.spki)
    if key:
        yield _named(rules.KEY_STRENGTH, index, certificate, key=key)


def _authority(path: Path, index: int, purposes: frozenset[str] | None) -> Iterator[Violation]:
    authority = path[index]
    if not authority.ca:
        yield _named(rules.CA_FLAG, index, authority)
    if authority.key_usage is not None and not authority.key_usage & KEY_CERT_SIGN:
        yield _named(rules.KEY_CERT_SIGN, index, authority)
    if authority.path_length is not None:
        below = sum(not c.self_issued for c in path[1:index])
        if below > authority.path_length:
            yield _named(
                rules.PATH_LENGTH, index, authority, allowed=str(authority.path_length), intermediates=str(below)
            )
    allowed = authority.extended_key_usage
    if allowed is not None and purposes and purposes.isdisjoint(allowed) and ANY_EXTENDED_KEY_USAGE not in allowed:
        yield _named(rules.EKU_AUTHORITY, index, authority, allowed=", ".join(allowed))


def _names(path: Path) -> list[Violation]:
    if not any(NAME_CONSTRAINTS in c.extensions for c in path):
        return []
    found = []
    if len(path) > 1 and NAME_CONSTRAINTS in path[0].extensions and not path[0].ca:
        found.append(_named(rules.NAME_CONSTRAINTS_PLACE, 0, path[0]))
    try:
        for violation in check_name_constraints(path):
            at, by = path[violation.index], path[violation.authority]
            found.append(
                _named(
                    rules.NAME_CONSTRAINTS_RULE,
                    violation.index,
                    at,
                    forbidden=violation.name,
                    authority=by.subject_text,
                )
            )
    except DERError as error:
        found.append(_named(rules.ENCODING, 0, path[0], detail=f"nameConstraints: {error.detail}"))
    except TooManyComparisons:
        found.append(Violation(rules.BUDGET, None, {"limit": "250,000"}))
    return found
