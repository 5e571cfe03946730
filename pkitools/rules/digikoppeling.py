"""Digikoppeling Beveiligingsstandaarden en voorschriften: PKI001 to PKI005, and the TLS rules a certificate shows.

Asked only when the certificate is for Digikoppeling or FSC. What the other side's server or a message must do (TLS
versions, cipher suites, ports, message encryption) cannot be read from a certificate and is not here.
"""

from __future__ import annotations

from typing import Final

from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.findings import NOT_APPLICABLE, Answer, Severity, met_if, met_if_none
from pkitools.rules.context import ARC, RuleContext
from pkitools.rules.engine import RuleBook, Scope, rsa_at_least
from pkitools.text import DayText
from pkitools.x509.oids import CLIENT_AUTH, SERVER_AUTH
from pkitools.x509.purposes import purpose_names

_STANDARD = cite("digikoppeling-security")

BOOK = RuleBook("digikoppeling", _STANDARD)
_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_SCOPE: Final = Scope(kinds=("end_entity",), systems=("digikoppeling", "fsc"))


@BOOK.rule("pki001.oin", _ERROR, "PKI001", scope=_SCOPE)
def _oin(at: RuleContext) -> Answer:
    return met_if(at.oin is not None, "subject.serialNumber", ", ".join(at.values("2.5.4.5")))


@BOOK.rule("pki002.in_time", _ERROR, "PKI002", scope=_SCOPE)
def _in_time(at: RuleContext) -> Answer:
    facts = at.facts
    text = DayText((facts.not_before.date(), " – ", facts.not_after.date()))
    return met_if(facts.not_before <= at.moment <= facts.not_after, "validity", text, moment=f"{at.moment:%Y-%m-%d}")


@BOOK.rule("pki003.crl", _ERROR, "PKI003", scope=_SCOPE)
def _crl(at: RuleContext) -> Answer:
    if at.self_issued:
        return NOT_APPLICABLE
    return met_if(bool(at.facts.crl_uris), "cRLDistributionPoints", "")


@BOOK.rule("pki004.crl_reachable", _ERROR, "PKI004", scope=_SCOPE)
def _crl_reachable(at: RuleContext) -> Answer:
    uris = at.facts.crl_uris
    if not uris:
        return NOT_APPLICABLE
    return met_if(
        any(uri.startswith(("http://", "https://")) for uri in uris), "cRLDistributionPoints", ", ".join(uris)
    )


_PRIVATE_ROOTS: Final = (f"{ARC}8.", f"{ARC}44.15.", f"{ARC}44.16.", f"{ARC}44.36.", f"{ARC}44.46.", f"{ARC}44.56.")


@BOOK.rule("pki005.private_root", _ERROR, "PKI005", scope=_SCOPE, of_content=False)
def _private_root(at: RuleContext) -> Answer:
    # test systems have test certificates: chapter 3 of the standard names TRIAL PKIoverheid, its guide self-signed ones
    if at.environment is Environment.PREPRODUCTION:
        return NOT_APPLICABLE
    private = any(oid.startswith(_PRIVATE_ROOTS) for oid in at.policies)
    return met_if(private, "certificatePolicies", ", ".join(at.policies))


# the two of the table, and what answers to the second in TRIAL
_TYPES: Final = frozenset({f"{ARC}8.6", f"{ARC}44.15.35.11", f"{ARC}41.15.35.11"})


# WARNING: a table that names what is to be used, without a MUST
@BOOK.rule("certificate.type", _WARNING, "3.5", scope=_SCOPE, of_content=False)
def _type(at: RuleContext) -> Answer:
    if at.family == "other":
        return NOT_APPLICABLE
    return met_if(not _TYPES.isdisjoint(at.policies), "certificatePolicies", ", ".join(at.policies))


@BOOK.rule("tls002.both_sides", _WARNING, "TLS002", scope=_SCOPE)
def _both_sides(at: RuleContext) -> Answer:
    # WARNING for a MUST: it binds the connection, and a party may use one certificate for each side
    wanted = (SERVER_AUTH, CLIENT_AUTH)
    if at.facts.extended_key_usage is None:
        return NOT_APPLICABLE
    return met_if_none("extendedKeyUsage", purpose_names(oid for oid in wanted if oid not in at.purposes))


@BOOK.rule("tlsciph001.key", _ERROR, "TLSCIPH001", scope=_SCOPE)
def _key(at: RuleContext) -> Answer:
    return rsa_at_least(at, 2048)


@BOOK.rule("sign001.sha2", _ERROR, "SIGN001, TLSCIPH001", scope=_SCOPE)
def _sha2(at: RuleContext) -> Answer:
    algorithm = at.facts.signature_algorithm
    if algorithm.hash is None:
        return NOT_APPLICABLE
    return met_if(algorithm.hash in {"sha256", "sha384", "sha512"}, "signatureAlgorithm", algorithm.name)
