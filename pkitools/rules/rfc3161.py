"""RFC 3161, time stamps: the certificate of whoever makes them."""

from __future__ import annotations

from pkitools.documents import cite
from pkitools.findings import NOT_APPLICABLE, Answer, Severity, met_if
from pkitools.rules.context import RuleContext
from pkitools.rules.engine import END_ENTITY, RuleBook
from pkitools.x509.holder import Holder
from pkitools.x509.oids import EXTENDED_KEY_USAGE

BOOK = RuleBook("rfc3161", cite("rfc-3161"))


@BOOK.rule("purpose.critical", Severity.ERROR, "2.3", scope=END_ENTITY)
def _purpose_critical(at: RuleContext) -> Answer:
    if at.holder is not Holder.TIME_STAMPING_UNIT:
        return NOT_APPLICABLE
    return met_if(at.critical.get(EXTENDED_KEY_USAGE) is True, "extendedKeyUsage.critical", "false")
