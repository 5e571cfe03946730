"""Our own checks of one path, beside the engines.

They run before an engine does and guard what it would let through; when a path is refused they say why. The checks
here are those of RFC 5280 section 6.1 except the signatures and the policy graph, which are the engines'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pkitools.findings import Evidence, Rule
from pkitools.validation import algorithms, rules
from pkitools.validation.name_constraints import TooManyComparisons, check_name_constraints
from pkitools.x509.der import DERError
from pkitools.x509.path_certificate import ANY_EXTENDED_KEY_USAGE, KEY_CERT_SIGN, NAME_CONSTRAINTS, PathCertificate

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
    found = check_end_entity(path, moment, purpose, weak=weak)
    found.extend(check_authorities(path, moment, weak=weak))
    found.extend(_names(path))
    return found


def check_end_entity(path: Path, moment: datetime, purpose: str | None, *, weak: bool = False) -> list[Violation]:
    """Return the part of :func:`check_path` that differs from one end entity to the next of the same authorities."""
    found: list[Violation] = []
    _check_certificate(found, 0, path[0], moment, strength=not weak, anchor=len(path) == 1)
    _check_purposes(found, path, purpose)
    return found


def check_authorities(path: Path, moment: datetime, *, weak: bool = False) -> list[Violation]:
    """Return the part of :func:`check_path` that is the same for every end entity of the same authorities."""
    found: list[Violation] = []
    last = len(path) - 1
    for index in range(1, len(path)):
        _check_certificate(found, index, path[index], moment, strength=not weak, anchor=index == last)
        _check_authority(found, path, index)
    return found


def _check_certificate(
    found: list[Violation], index: int, certificate: PathCertificate, moment: datetime, *, strength: bool, anchor: bool
) -> None:
    if certificate.misencodings:
        found.append(_named(rules.ENCODING, index, certificate, detail=", ".join(certificate.misencodings)))
    if certificate.not_after < moment:
        found.append(_named(rules.EXPIRED, index, certificate, not_after=_day(certificate.not_after)))
    if certificate.not_before > moment:
        found.append(_named(rules.NOT_YET_VALID, index, certificate, not_before=_day(certificate.not_before)))
    if certificate.unknown_critical:
        oids = ", ".join(certificate.unknown_critical)
        found.append(_named(rules.UNKNOWN_CRITICAL, index, certificate, extension=oids))
    if not strength:
        return
    # nobody relies on the signature an anchor carries
    scheme = "" if anchor else algorithms.weak_scheme(certificate.signature_algorithm)
    if scheme:
        found.append(_named(rules.SIGNATURE_ALGORITHM, index, certificate, algorithm=scheme))
    key = algorithms.weak_key(certificate.spki)
    if key:
        found.append(_named(rules.KEY_STRENGTH, index, certificate, key=key))


def _check_authority(found: list[Violation], path: Path, index: int) -> None:
    authority = path[index]
    if not authority.ca:
        found.append(_named(rules.CA_FLAG, index, authority))
    if authority.key_usage is not None and not authority.key_usage & KEY_CERT_SIGN:
        found.append(_named(rules.KEY_CERT_SIGN, index, authority))
    if authority.path_length is None:
        return
    below = sum([not c.self_issued for c in path[1:index]])
    if below > authority.path_length:
        params = {"allowed": str(authority.path_length), "intermediates": str(below)}
        found.append(_named(rules.PATH_LENGTH, index, authority, **params))


def _check_purposes(found: list[Violation], path: Path, purpose: str | None) -> None:
    """What the end entity says it is for, then what each authority above leaves of that; ``None`` is anything."""
    left = None if purpose is None else frozenset({purpose})
    for index, certificate in enumerate(path):
        held = certificate.extended_key_usage
        if held is None or ANY_EXTENDED_KEY_USAGE in held:
            continue
        if left is not None and left.isdisjoint(held):
            if index:
                found.append(_named(rules.EKU_AUTHORITY, index, certificate, allowed=", ".join(held)))
            else:
                present = ", ".join(held)
                found.append(_named(rules.EKU_PURPOSE, 0, certificate, purpose=str(purpose), present=present))
            return
        left = frozenset(held) if left is None else left.intersection(held)


def _named(rule: Rule, index: int, certificate: PathCertificate, **params: str) -> Violation:
    return Violation(rule, index, {"name": certificate.subject_text, **params})


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def _names(path: Path) -> list[Violation]:
    if not [c for c in path if c.constrains]:
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
