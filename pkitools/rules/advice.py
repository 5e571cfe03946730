"""Our own advice: what no document asks and people run into all the same. At most a WARNING, with one exception.

The exception is a control character in a name, which has no honest use and has fooled software for twenty years.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Final

from pkitools.documents import cite
from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    Answer,
    Certainty,
    NotChecked,
    Severity,
    Source,
    met_if,
    met_if_none,
    violated,
)
from pkitools.frozen import of_the_latest
from pkitools.messages import NOTHING
from pkitools.messages.blanks import blanks_in
from pkitools.messages.days import days_left
from pkitools.profiles.dns_names import is_internal
from pkitools.rules.context import RuleContext, legacy_validity
from pkitools.rules.engine import END_ENTITY, Check, RuleBook, Scope
from pkitools.rules.names import is_dns_name, looks_like_host
from pkitools.rules.order_day import counted_span, is_order_late, order_day
from pkitools.trust import hierarchy_of
from pkitools.x509.above import Above, AboveRole
from pkitools.x509.holder import Holder
from pkitools.x509.oids import ANY_EXTENDED_KEY_USAGE, OCSP_NO_CHECK, SERVER_AUTH

_OWN = cite("pkitools")
_MIGRATION = cite("g4-migration", "p. 4")
_README = cite("g4-trial-readme")

BOOK = RuleBook("advice", _OWN)
_WARNING, _NOTICE = Severity.WARNING, Severity.NOTICE


def _advice(
    slug: str,
    severity: Severity,
    scope: Scope = END_ENTITY,
    source: Source | None = None,
    *,
    of_content: bool = True,
) -> Callable[[Check], Check]:
    return BOOK.rule(slug, severity, certainty=Certainty.ADVICE, scope=scope, source=source, of_content=of_content)


# --- names -----------------------------------------------------------------------------------------------------------


def _texts(at: RuleContext) -> Iterator[tuple[str, str]]:
    for attribute in at.subject:
        yield f"subject.{attribute.name}", attribute.value
    for name in at.facts.subject_alternative_name or ():
        yield f"subjectAltName.{name.kind}", name.value


def _has_control(text: str) -> bool:
    return any(unicodedata.category(char) == "Cc" for char in text)


def _has_invisible(text: str) -> bool:
    return any(unicodedata.category(char) in {"Cf", "Co", "Cn", "Zl", "Zp"} for char in text)


@of_the_latest
def _unprintable(at: RuleContext) -> list[tuple[str, str]]:
    """Return the texts with a character that may be one of control or unseen, each behind where it stands."""
    return [(path, text) for path, text in _texts(at) if not text.isprintable()]  # one loop in C


@_advice("names.control_characters", Severity.ERROR, Scope())
def _control_characters(at: RuleContext) -> Answer:
    return met_if_none("names", [path for path, text in _unprintable(at) if _has_control(text)])


@_advice("names.invisible_characters", _WARNING, Scope())
def _invisible_characters(at: RuleContext) -> Answer:
    return met_if_none("names", [path for path, text in _unprintable(at) if _has_invisible(text)])


@_advice("names.surrounding_space", _NOTICE, Scope())
def _surrounding_space(at: RuleContext) -> Answer:
    return met_if_none(
        "subject", [attribute.name for attribute in at.subject if attribute.value != attribute.value.strip()]
    )


@_advice("names.blank", _WARNING)
def _blank(at: RuleContext) -> Answer:
    return met_if_none("subject", blanks_in(at.subject))


@_advice("names.wildcard", _WARNING)
def _wildcard(at: RuleContext) -> Answer:
    if not at.dns_names:
        return NOT_APPLICABLE
    return met_if_none("subjectAltName.dNSName", [name for name in at.dns_names if name.startswith("*")])


@_advice("names.no_san", _WARNING)
def _no_san(at: RuleContext) -> Answer:
    if SERVER_AUTH not in at.purposes:
        return NOT_APPLICABLE
    kinds = {name.kind for name in at.facts.subject_alternative_name or ()}
    return met_if(not kinds.isdisjoint({"dns", "ip"}), "subjectAltName", ", ".join(sorted(kinds)))


@_advice("names.common_name_not_in_san", _NOTICE)
def _common_name_not_in_san(at: RuleContext) -> Answer:
    if not at.dns_names or (at.profile is not None and at.profile.san.common_name_listed):
        return NOT_APPLICABLE  # such a profile has a rule of its own
    hosts = [value for value in at.values("2.5.4.3") if looks_like_host(value)]
    listed = {name.lower() for name in at.dns_names}
    return (
        met_if_none("subject.CN", [host for host in hosts if host.lower() not in listed]) if hosts else NOT_APPLICABLE
    )


@_advice("names.internal", _NOTICE)
def _internal(at: RuleContext) -> Answer:
    if not at.dns_names:
        return NOT_APPLICABLE
    odd = [name for name in at.dns_names if is_dns_name(name) and is_internal(name)]
    return met_if_none("subjectAltName.dNSName", odd)


# --- key, signature, usage -------------------------------------------------------------------------------------------


@_advice("signature.weak_hash", _WARNING)
def _weak_hash(at: RuleContext) -> Answer:
    algorithm = at.facts.signature_algorithm
    weak = "sha1" in {algorithm.hash, algorithm.mgf_hash} or algorithm.hash in {"md2", "md5", "sha224"}
    return met_if(not weak, "signatureAlgorithm", algorithm.name, hash=algorithm.hash)


@_advice("signature.pss_peers", Severity.INFO, source=_README)
def _pss_peers(at: RuleContext) -> Answer:
    return met_if(at.facts.signature_algorithm.name != "RSASSA-PSS", "signatureAlgorithm", "RSASSA-PSS")


@_advice("key.exponent", _WARNING, Scope())
def _exponent(at: RuleContext) -> Answer:
    exponent = at.facts.public_key.exponent
    if exponent is None:
        return NOT_APPLICABLE
    return met_if(exponent >= 65537 and exponent % 2 == 1, "subjectPublicKeyInfo", exponent)


@_advice("key.weak", _WARNING, Scope())
def _weak_key(at: RuleContext) -> Answer:
    key = at.facts.public_key
    limit = {"RSA": 2048, "RSASSA-PSS": 2048, "DSA": 2048, "EC": 256}.get(key.algorithm)
    if limit is None or key.bits is None:
        return NOT_APPLICABLE
    return met_if(key.bits >= limit, "subjectPublicKeyInfo", key.label, limit=limit)


@_advice("key.shared", _WARNING)
def _shared_key(at: RuleContext) -> Answer:
    mine = at.facts
    same = [
        other.subject.common_name or other.sha256
        for other in at.others
        if other.public_key.spki_sha256 == mine.public_key.spki_sha256 and other.subject.der != mine.subject.der
    ]
    return met_if_none("subjectPublicKeyInfo", same) if at.others else NOT_APPLICABLE


@_advice("usage.any", _WARNING)
def _any_usage(at: RuleContext) -> Answer:
    return met_if(ANY_EXTENDED_KEY_USAGE not in at.purposes, "extendedKeyUsage", "anyExtendedKeyUsage")


@_advice("usage.unlimited", _NOTICE)
def _unlimited_usage(at: RuleContext) -> Answer:
    return met_if(at.facts.extended_key_usage is not None, "extendedKeyUsage", "")


# --- revocation and addresses ----------------------------------------------------------------------------------------


@_advice("revocation.none", _WARNING)
def _no_revocation(at: RuleContext) -> Answer:
    # RFC 6960 4.2.2.2.1: of a responder an authority may say that its revocation is not checked
    if at.self_issued or (at.holder is Holder.OCSP_RESPONDER and OCSP_NO_CHECK in at.critical):
        return NOT_APPLICABLE
    return met_if(bool(at.facts.crl_uris or at.facts.ocsp_uris), "cRLDistributionPoints", "")


@_advice("revocation.ocsp_only", _WARNING)
def _ocsp_only(at: RuleContext) -> Answer:
    if not at.facts.ocsp_uris:
        return NOT_APPLICABLE
    return met_if(bool(at.facts.crl_uris), "authorityInfoAccess.ocsp", ", ".join(at.facts.ocsp_uris))


@_advice("addresses.http", _NOTICE)
def _addresses_http(at: RuleContext) -> Answer:
    facts = at.facts
    uris = [*facts.crl_uris, *facts.ocsp_uris, *facts.ca_issuers_uris]
    if not uris:
        return NOT_APPLICABLE
    return met_if_none("addresses", [uri for uri in uris if not uri.lower().startswith("http://")])


# --- time ------------------------------------------------------------------------------------------------------------


@_advice("validity.order_now", _WARNING)
def _order_now(at: RuleContext) -> Answer:
    by, facts = at.ends_by, at.facts
    ends = facts.not_after if by is None else by.not_after
    if not facts.not_before <= at.moment <= ends:
        return NOT_APPLICABLE
    begins, last = counted_span(facts.not_before.date(), facts.not_after.date(), ends.date())
    if not is_order_late(begins, last, at.moment.astimezone(UTC).date()):
        return MET
    where = "validity.notAfter" if by is None else "path.validity.notAfter"
    (role, name), lead = _shown(by), (last - order_day(begins, last)).days
    days = days_left(ends, at.moment)
    return violated(where, f"{ends:%Y-%m-%d}", days=days, lead=lead, role_above=role, by=name)


@_advice("validity.outlives_issuer", _WARNING)
def _outlives_issuer(at: RuleContext) -> Answer:
    by = at.ends_by or _as_named(at)
    if by is None and at.issuer is None:
        return NOT_APPLICABLE if at.self_issued else NotChecked("no_issuer")
    end = at.facts.not_after
    if by is None:
        return MET
    role, name = _shown(by)
    last = f"{by.not_after:%Y-%m-%d}"
    return violated("validity.notAfter", f"{end:%Y-%m-%d}", issuer=last, role_above=role, by=name)


def _as_named(at: RuleContext) -> Above | None:
    """Return the issuer as it is known by name, where that ends first."""
    issuer = at.issuer
    if issuer is None or at.facts.not_after <= issuer.not_after:
        return None
    return Above(issuer.subject.text.short, issuer.not_after, issuer.sha256, AboveRole.ISSUER)


def _shown(by: Above | None) -> tuple[str, str]:
    """Return what ends first as operands: where it stands, and what it is called."""
    return (NOTHING, NOTHING) if by is None else (by.role.value, by.name)


@_advice("validity.before_issuer", _WARNING)
def _before_issuer(at: RuleContext) -> Answer:
    if at.issuer is None:
        return NOT_APPLICABLE if at.self_issued else NotChecked("no_issuer")
    begin, theirs = at.facts.not_before, at.issuer.not_before
    if begin >= theirs:
        return MET
    return violated("validity.notBefore", f"{begin:%Y-%m-%d}", issuer=f"{theirs:%Y-%m-%d}")


_ENDED_BEFORE: Final = frozenset({"EV", "G2"})


@_advice(
    "hierarchy.ends",
    _NOTICE,
    Scope(kinds=("end_entity",), families=("legacy_services", "g4")),
    _MIGRATION,
    of_content=False,
)
def _hierarchy_ends(at: RuleContext) -> Answer:
    end = legacy_validity().latest_end
    if end is None or at.moment > at.facts.not_after or at.moment.date() > end:
        return NOT_APPLICABLE
    if at.family == "g4":
        return MET
    if hierarchy_of(at.facts, at.issuer).generation in _ENDED_BEFORE:
        return NOT_APPLICABLE  # they have the policies of G3, and ended years before it
    return violated("certificatePolicies", ", ".join(at.policies), end=end)
