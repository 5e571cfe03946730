"""RFC 6962, Certificate Transparency: a precertificate, which is there for the logs and is no certificate to use."""

from __future__ import annotations

from pkitools.documents import cite
from pkitools.findings import Answer, Severity, met_if
from pkitools.rules.context import RuleContext
from pkitools.rules.engine import RuleBook
from pkitools.x509.oids import PRECERTIFICATE_POISON

BOOK = RuleBook("rfc6962", cite("rfc-6962"))


@BOOK.rule("precertificate.poison", Severity.ERROR, "3.1")
def _poison(at: RuleContext) -> Answer:
    return met_if(PRECERTIFICATE_POISON not in at.critical, "extensions", PRECERTIFICATE_POISON)
