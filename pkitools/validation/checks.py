"""Our own checks of one path, beside the engines.

They run before an engine does and guard what it would let through; when a path is refused they say why. The checks
here are those of RFC 5280 section 6.1 except the signatures and the policy graph, which are the engines'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

from pkitools.findings import NotChecked, Rule, Violated, crash
from pkitools.frozen import dataclass
from pkitools.text import for_people
from pkitools.validation import algorithms, rules
from pkitools.x509.der import DERError
from pkitools.x509.oids import ANY_EXTENDED_KEY_USAGE, NAME_CONSTRAINTS, OCSP_SIGNING
from pkitools.x509.path_certificate import KEY_CERT_SIGN, PathCertificate
from pkitools.x509.purposes import purpose_names

Path = Sequence[PathCertificate]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What one rule answers of one path that keeps the path from being accepted.

    Args:
        rule: the rule.
        answer: violated, or not looked at: both keep a path from being accepted.
        index: place in the path of the certificate it is about, 0 the end entity; ``None`` for the path as such.
    """

    rule: Rule
    answer: Violated | NotChecked
    index: int | None = None


def violates(rule: Rule, index: int | None = None, /, **params: str) -> Refusal:
    """Return that a path violates a rule, at which certificate, and the operands of the message."""
    return Refusal(rule, Violated(params=params), index)


def ask_rules(
    found: list[Refusal],
    asked: Iterable[Rule],
    check: Callable[..., Iterable[Refusal]],
    *subject: object,
    index: int | None = None,
    raise_crashes: bool = False,
) -> None:
    """Add what a check finds to ``found``; where it raises, what it did not come to is NOT_CHECKED.

    Args:
        found: the refusals so far; none of them is lost.
        asked: the rules the check looks at.
        check: looks at ``subject``.
        subject: the arguments of the check.
        index: the certificate it looks at; ``None`` for the path as such.
        raise_crashes: let what it raises through; for tests.
    """
    try:
        found.extend(check(*subject))
    except Exception as error:  # a fault of ours: never a path that is accepted, and never the end of the others
        if raise_crashes:
            raise
        answered = {each.rule.code for each in found if index is None or each.index == index}
        crashed = crash(error)
        found.extend([Refusal(rule, crashed, index) for rule in asked if rule.code not in answered])


_OF_A_CERTIFICATE: Final = (
    rules.ENCODING,
    rules.EXPIRED,
    rules.NOT_YET_VALID,
    rules.UNKNOWN_CRITICAL,
    rules.SIGNATURE_ALGORITHM,
    rules.KEY_STRENGTH,
)
_OF_AUTHORITIES: Final = (*_OF_A_CERTIFICATE, rules.CA_FLAG, rules.KEY_CERT_SIGN, rules.PATH_LENGTH)
_OF_PURPOSES: Final = (rules.EKU_PURPOSE, rules.EKU_AUTHORITY)
_OF_NAMES: Final = (rules.NAME_CONSTRAINTS_RULE, rules.NAME_CONSTRAINTS_PLACE)


def check_path(
    path: Path, moment: datetime, purpose: str | None, *, weak: bool = False, raise_crashes: bool = False
) -> list[Refusal]:
    """Return what is wrong with a path, everything: an empty list is needed, and not enough, to accept it.

    Args:
        path: end entity first, trust anchor last.
        moment: aware UTC.
        purpose: OID of the extended key usage asked for.
        weak: accept weak algorithms and keys; for conformance suites of an older time.
        raise_crashes: let a fault of a check itself through instead of reporting it; for tests.
    """
    found = check_end_entity(path, moment, purpose, weak=weak, raise_crashes=raise_crashes)
    found.extend(check_authorities(path, moment, weak=weak, raise_crashes=raise_crashes))
    if [c for c in path if c.constrains]:
        ask_rules(found, _OF_NAMES, _names, path, raise_crashes=raise_crashes)
    return found


def check_end_entity(
    path: Path, moment: datetime, purpose: str | None, *, weak: bool = False, raise_crashes: bool = False
) -> list[Refusal]:
    """Return the part of :func:`check_path` that differs from one end entity to the next of the same authorities."""
    found: list[Refusal] = []
    subject = 0, path[0], moment, not weak, len(path) == 1
    ask_rules(found, _OF_A_CERTIFICATE, _certificate, *subject, index=0, raise_crashes=raise_crashes)
    ask_rules(found, _OF_PURPOSES, _purposes, path, purpose, raise_crashes=raise_crashes)
    return found


def check_authorities(
    path: Path, moment: datetime, *, weak: bool = False, raise_crashes: bool = False
) -> list[Refusal]:
    """Return the part of :func:`check_path` that is the same for every end entity of the same authorities."""
    found: list[Refusal] = []
    span = _sound(tuple(path[1:]), not weak)
    if span is not None and span[0] <= moment <= span[1]:
        return found  # the same authorities come with every end entity
    ask_rules(found, _OF_AUTHORITIES, _authorities, path, moment, not weak, raise_crashes=raise_crashes)
    return found


@lru_cache(maxsize=256)
def _sound(above: tuple[PathCertificate, ...], strength: bool) -> tuple[datetime, datetime] | None:
    """Return between which moments nothing is wrong with the authorities of a path; ``None`` where something is.

    Args:
        above: the path without its end entity, of which no rule about authorities asks anything.
        strength: look at schemes and keys too.
    """
    if not above:
        return None
    span = max(c.not_before for c in above), min(c.not_after for c in above)
    try:
        refused = any(_authorities((above[0], *above), span[0], strength))
    except Exception:  # a fault of ours: whoever asks them one by one says of which rule
        return None
    return None if refused or span[0] > span[1] else span


def _authorities(path: Path, moment: datetime, strength: bool) -> Iterator[Refusal]:
    last = len(path) - 1
    for index in range(1, len(path)):
        yield from _certificate(index, path[index], moment, strength, index == last)
        yield from _authority(path, index)


def _certificate(
    index: int, certificate: PathCertificate, moment: datetime, strength: bool, anchor: bool
) -> Iterator[Refusal]:
    if certificate.misencodings:
        yield _named(rules.ENCODING, index, certificate, detail=", ".join(certificate.misencodings))
    if certificate.not_after < moment:
        yield _named(rules.EXPIRED, index, certificate, not_after=for_people(certificate.not_after))
    if certificate.not_before > moment:
        yield _named(rules.NOT_YET_VALID, index, certificate, not_before=for_people(certificate.not_before))
    if certificate.unknown_critical:
        oids = ", ".join(certificate.unknown_critical)
        yield _named(rules.UNKNOWN_CRITICAL, index, certificate, extension=oids)
    if not strength:
        return
    # nobody relies on the signature an anchor carries
    scheme = "" if anchor else algorithms.weak_scheme(certificate.signature_algorithm)
    if scheme:
        known = algorithms.signature_scheme(certificate.signature_algorithm).hash or ""
        yield _named(rules.SIGNATURE_ALGORITHM, index, certificate, algorithm=scheme, hash=known)
    key = algorithms.weak_key(certificate.spki)
    if key:
        yield _named(rules.KEY_STRENGTH, index, certificate, key=key)


def _authority(path: Path, index: int) -> Iterator[Refusal]:
    authority = path[index]
    if not authority.ca:
        yield _named(rules.CA_FLAG, index, authority)
    if authority.key_usage is not None and not authority.key_usage & KEY_CERT_SIGN:
        yield _named(rules.KEY_CERT_SIGN, index, authority)
    if authority.path_length is None:
        return
    below = sum([not c.self_issued for c in path[1:index]])
    if below > authority.path_length:
        params = {"allowed": str(authority.path_length), "intermediates": str(below)}
        yield _named(rules.PATH_LENGTH, index, authority, **params)


def _purposes(path: Path, purpose: str | None) -> Iterator[Refusal]:
    """What the end entity says it is for, then what each authority above leaves of that; ``None`` is anything."""
    if purpose is None and path[0].extended_key_usage == (OCSP_SIGNING,):
        return  # whom an authority lets answer for it, whatever else it may issue: RFC 6960 4.2.2.2
    left = None if purpose is None else frozenset({purpose})
    for index, certificate in enumerate(path):
        held = certificate.extended_key_usage
        if held is None or ANY_EXTENDED_KEY_USAGE in held:
            continue
        if left is not None and left.isdisjoint(held):
            if index:
                yield _named(rules.EKU_AUTHORITY, index, certificate, allowed=", ".join(purpose_names(held)))
            else:
                asked, present = (", ".join(purpose_names(oids)) for oids in ([str(purpose)], held))
                yield _named(rules.EKU_PURPOSE, 0, certificate, purpose=asked, present=present)
            return
        left = frozenset(held) if left is None else left.intersection(held)


def _named(rule: Rule, index: int, certificate: PathCertificate, **params: str) -> Refusal:
    return violates(rule, index, name=certificate.subject_text, **params)


def _names(path: Path) -> Iterator[Refusal]:
    # hardly any path has name constraints
    from pkitools.validation.name_constraints import TooManyComparisons, check_name_constraints

    if len(path) > 1 and NAME_CONSTRAINTS in path[0].extensions and not path[0].ca:
        yield _named(rules.NAME_CONSTRAINTS_PLACE, 0, path[0])
    try:
        for violation in check_name_constraints(path):
            at, by = path[violation.index].subject_text, path[violation.authority].subject_text
            yield violates(
                rules.NAME_CONSTRAINTS_RULE, violation.index, name=at, forbidden=violation.name, authority=by
            )
    except DERError as error:
        yield _named(rules.ENCODING, 0, path[0], detail=error.inside("nameConstraints"))
    except TooManyComparisons:
        yield violates(rules.BUDGET, limit="250,000")
