"""ST-SAML 1.0: the certificates with which a service talks to DigiD and DigiD Machtigen.

Asked only when the certificate is for one of the two. What the metadata must hold is judged with the metadata.
"""

from __future__ import annotations

from typing import Final

from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.findings import NOT_APPLICABLE, Answer, Severity, met_if
from pkitools.rules.context import RuleContext
from pkitools.rules.engine import RuleBook, Scope, rsa_at_least
from pkitools.x509.oids import CLIENT_AUTH

_ST_SAML = cite("st-saml", "requirements")

BOOK = RuleBook("st_saml", _ST_SAML)
_ERROR, _WARNING, _NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
_SCOPE: Final = Scope(kinds=("end_entity",), systems=("digid", "digid-machtigen"))


@BOOK.rule("certificate.pkioverheid", _ERROR, scope=_SCOPE, of_content=False)
def _pkioverheid(at: RuleContext) -> Answer:
    # the specification does not tell the environments apart; DigiD Machtigen's manual lets preproduction be self-signed
    if at.environment is Environment.PREPRODUCTION:
        return NOT_APPLICABLE
    return met_if(at.family != "other", "certificatePolicies", ", ".join(at.policies))


@BOOK.rule("certificate.oin", _ERROR, scope=_SCOPE)
def _oin(at: RuleContext) -> Answer:
    # the same manual: what system.oin.required asks there is a WARNING, and the two must not disagree
    if at.oin is None and at.environment is Environment.PREPRODUCTION and at.system == "digid-machtigen":
        return NOT_APPLICABLE
    return met_if(at.oin is not None, "subject.serialNumber", ", ".join(at.values("2.5.4.5")))


@BOOK.rule("certificate.rsa", _ERROR, scope=_SCOPE)
def _rsa(at: RuleContext) -> Answer:
    key = at.facts.public_key
    return met_if(key.algorithm == "RSA", "subjectPublicKeyInfo", key.label)


@BOOK.rule("certificate.key_size", _ERROR, scope=_SCOPE)
def _key_size(at: RuleContext) -> Answer:
    return rsa_at_least(at, 2048)


@BOOK.rule("certificate.may_sign", _ERROR, scope=_SCOPE)
def _may_sign(at: RuleContext) -> Answer:
    if at.facts.key_usage is None:
        return NOT_APPLICABLE
    signs = not at.key_usage.isdisjoint({"digitalSignature", "nonRepudiation"})
    return met_if(signs, "keyUsage", ", ".join(sorted(at.key_usage)))


@BOOK.rule("certificate.may_connect", _WARNING, scope=_SCOPE)
def _may_connect(at: RuleContext) -> Answer:
    # WARNING for a MUST of the back channel: signing and TLS may have a certificate each
    if at.facts.extended_key_usage is None:
        return NOT_APPLICABLE
    return met_if(CLIENT_AUTH in at.purposes, "extendedKeyUsage", ", ".join(at.purposes))


@BOOK.rule("certificate.may_decrypt", _NOTICE, scope=_SCOPE)
def _may_decrypt(at: RuleContext) -> Answer:
    # only a KeyDescriptor for encryption needs it
    if at.facts.key_usage is None:
        return NOT_APPLICABLE
    return met_if("keyEncipherment" in at.key_usage, "keyUsage", ", ".join(sorted(at.key_usage)))
