"""RFC 8446, TLS 1.3: what it asks of the certificate of either side."""

from __future__ import annotations

from pkitools.documents import cite
from pkitools.findings import NOT_APPLICABLE, Answer, Severity, met_if
from pkitools.profiles import Profile
from pkitools.rules.context import RuleContext
from pkitools.rules.engine import END_ENTITY, RuleBook
from pkitools.x509.oids import CLIENT_AUTH, SERVER_AUTH

BOOK = RuleBook("rfc8446", cite("rfc-8446"))


def _is_for_tls(profile: Profile | None) -> bool:
    return profile is not None and not {CLIENT_AUTH, SERVER_AUTH}.isdisjoint(profile.usage.extended_key_usage)


# 4.4.2.2 of a server, and 4.4.2.3 of a client: each proves with a signature that it has the key
@BOOK.rule("key_usage.digital_signature", Severity.ERROR, "4.4.2.2, 4.4.2.3", scope=END_ENTITY)
def _may_sign_the_handshake(at: RuleContext) -> Answer:
    usage = at.facts.key_usage
    if usage is None or not (at.purposes_taken or _is_for_tls(at.profile)):
        return NOT_APPLICABLE
    return met_if("digitalSignature" in usage, "keyUsage", ", ".join(sorted(usage)))
