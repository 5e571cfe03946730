"""RFC 6962, Certificate Transparency: a precertificate, which is there for the logs and is no certificate to use."""

from __future__ import annotations

from pkitools.documents import cite
from pkitools.findings import NOT_APPLICABLE, Answer, Severity, met_if
from pkitools.rules.context import RuleContext
from pkitools.rules.engine import RuleBook
from pkitools.x509.oids import PRECERTIFICATE_POISON

BOOK = RuleBook("rfc6962", cite("rfc-6962"))


@BOOK.rule("precertificate.poison", Severity.ERROR, "3.1")
def _poison(at: RuleContext) -> Answer:
    return met_if(not at.critical.get(PRECERTIFICATE_POISON), "extensions", PRECERTIFICATE_POISON)


# a program passes over what is not critical, and takes such a certificate: it is none for the logs only
@BOOK.rule("precertificate.poison_critical", Severity.WARNING, "3.1")
def _poison_is_critical(at: RuleContext) -> Answer:
    critical = at.critical.get(PRECERTIFICATE_POISON)
    return NOT_APPLICABLE if critical is None else met_if(critical, "extensions", PRECERTIFICATE_POISON)
