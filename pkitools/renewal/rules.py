"""What is wrong where one certificate is to replace another. Our own advice; the rule about the key is of the PvE."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pkitools.checking.organizations import Likeness, likeness
from pkitools.documents import cite
from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    Answer,
    Certainty,
    CertificateRef,
    NotChecked,
    Outcome,
    Rule,
    Severity,
    ask,
    met_if,
    met_if_none,
    violated,
)
from pkitools.frozen import dataclass
from pkitools.rules import por
from pkitools.text import instant
from pkitools.trust import hierarchy_of
from pkitools.x509 import CertificateFacts, oin_from_certificate
from pkitools.x509.oids import ANY_EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGES

_OWN: Final = cite("pkitools")


def _rule(slug: str, severity: Severity) -> Rule:
    return Rule(f"renewal.{slug}", severity, _OWN, Certainty.ADVICE)


ANOTHER: Final = _rule("certificate.another", Severity.ERROR)
ORDER: Final = _rule("order.old_first", Severity.ERROR)
SAME_OIN: Final = _rule("oin.same", Severity.ERROR)
SAME_ORGANIZATION: Final = _rule("organization.same", Severity.WARNING)
SAME_ENVIRONMENT: Final = _rule("environment.same", Severity.ERROR)
OVERLAP: Final = _rule("validity.overlap", Severity.WARNING)
LATER: Final = _rule("validity.later", Severity.WARNING)
PURPOSES: Final = _rule("purpose.kept", Severity.WARNING)
NAMES: Final = _rule("names.kept", Severity.WARNING)
KEY: Final = next(rule for rule in por.BOOK.rules if rule.code == "por.key.renewed")
"""The same rule as of a certificate among others: here it is known that one is to replace the other."""

RULES: Final = (ANOTHER, ORDER, SAME_OIN, SAME_ORGANIZATION, SAME_ENVIRONMENT, OVERLAP, LATER, PURPOSES, NAMES)


@dataclass(frozen=True, slots=True)
class _Pair:
    old: CertificateFacts
    new: CertificateFacts

    @property
    def is_one(self) -> bool:
        return self.old.sha256 == self.new.sha256

    @property
    def is_swapped(self) -> bool:
        return self.new.not_before < self.old.not_before and self.new.not_after <= self.old.not_after


def check_renewal(old: CertificateFacts, new: CertificateFacts, *, raise_crashes: bool = False) -> tuple[Outcome, ...]:
    """Return an outcome of every rule about two certificates of which the one replaces the other.

    Args:
        old, new: they.
        raise_crashes: let a check that crashes raise instead of becoming NOT_CHECKED; for tests and bug reports.
    """
    pair, ref = _Pair(old, new), CertificateRef(new.sha256, "end_entity")
    return tuple(
        outcome
        for rule, check in _CHECKS
        for outcome in ask(rule, check, pair, certificate=ref, raise_crashes=raise_crashes)
    )


def _another(pair: _Pair) -> Answer:
    return violated("sha256", pair.new.sha256) if pair.is_one else MET


def _order(pair: _Pair) -> Answer:
    if pair.is_one:
        return NOT_APPLICABLE
    return met_if(not pair.is_swapped, "validity.notAfter", _day(pair.new), old=_day(pair.old))


def _day(facts: CertificateFacts) -> str:
    return instant(facts.not_after)


def _same_oin(pair: _Pair) -> Answer:
    before, after = oin_from_certificate(pair.old), oin_from_certificate(pair.new)
    if before.oin is None and after.oin is None:
        return NOT_APPLICABLE
    return met_if(before.oin == after.oin, "subject.serialNumber", after.value or "", old=before.value or "–")


def _same_organization(pair: _Pair) -> Answer:
    """Answer whether both are in the name of one organisation, as far as a name can be spelled otherwise."""
    before, after = pair.old.subject.organization or "", pair.new.subject.organization or ""
    if not before:
        return NOT_APPLICABLE
    same = likeness(before, after) is not Likeness.DIFFERENT
    return met_if(same, "subject.O", after, old=before)


def _same_environment(pair: _Pair) -> Answer:
    """Answer whether both are for one environment, by the hierarchy they say to stand under."""
    if pair.old.issuer.der == pair.new.issuer.der:
        return MET
    before, after = _kind(pair.old), _kind(pair.new)
    if before is None or after is None:
        return NotChecked("hierarchy_unknown", (pair.old if before is None else pair.new).issuer.text)
    issuer = pair.new.issuer
    return met_if(before == after, "issuer", after, old=before, issuer=issuer.called)


def _kind(facts: CertificateFacts) -> str | None:
    if facts.is_self_issued:
        return "preproduction"  # the only place where a system takes what somebody made himself
    kind = hierarchy_of(facts).kind
    return None if kind is None else str(kind.environment)


def _key(pair: _Pair) -> Answer:
    same = pair.old.public_key.spki_sha256 == pair.new.public_key.spki_sha256
    if pair.is_one:
        return NOT_APPLICABLE
    return met_if(not same, "subjectPublicKeyInfo", pair.old.sha256)


def _overlap(pair: _Pair) -> Answer:
    if pair.is_one:
        return NOT_APPLICABLE
    apart = pair.new.not_before > pair.old.not_after
    return met_if(not apart, "validity.notBefore", instant(pair.new.not_before), old=_day(pair.old))


def _later(pair: _Pair) -> Answer:
    """Answer whether there is anything won by it: a renewal that ends first is a test, or another certificate."""
    if pair.is_one or pair.is_swapped:
        return NOT_APPLICABLE
    return met_if(pair.new.not_after > pair.old.not_after, "validity.notAfter", _day(pair.new), old=_day(pair.old))


def _purposes(pair: _Pair) -> Answer:
    before, after = pair.old.extended_key_usage, pair.new.extended_key_usage
    if before is None:
        return NOT_APPLICABLE
    if after is None or ANY_EXTENDED_KEY_USAGE in after:
        return MET
    return met_if_none("extendedKeyUsage", [EXTENDED_KEY_USAGES.get(oid, oid) for oid in before if oid not in after])


def _names(pair: _Pair) -> Answer:
    before, after = _host_names(pair.old), _host_names(pair.new)
    return met_if_none("subjectAltName", sorted(before - after)) if before else NOT_APPLICABLE


def _host_names(facts: CertificateFacts) -> set[str]:
    names = facts.subject_alternative_name or ()
    return {name.value.lower() for name in names if name.kind in {"dns", "ip"}}


_CHECKS: Final[tuple[tuple[Rule, Callable[[_Pair], Answer]], ...]] = (
    (ANOTHER, _another),
    (ORDER, _order),
    (SAME_OIN, _same_oin),
    (SAME_ORGANIZATION, _same_organization),
    (SAME_ENVIRONMENT, _same_environment),
    (KEY, _key),
    (OVERLAP, _overlap),
    (LATER, _later),
    (PURPOSES, _purposes),
    (NAMES, _names),
)
