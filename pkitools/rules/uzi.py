"""UZI server certificates: CIBG's page for the key, and for the rest a public test script that mirrors the profile.

What rests on that mirror is THIRD_PARTY and so never an ERROR.
"""

from __future__ import annotations

from typing import Final

from pkitools.documents import cite
from pkitools.findings import NOT_APPLICABLE, Answer, Certainty, Severity, met_if, met_if_none
from pkitools.profiles import Profile
from pkitools.rules.context import RuleContext
from pkitools.rules.engine import RuleBook, Scope
from pkitools.x509.uzi_name import UZIName, uzi_texts

_CIBG = cite("uzi-server-request", "step 2")
_MIRROR = cite("nuts-uzi-mirror")

BOOK = RuleBook("uzi", _MIRROR)


def _is_uzi(profile: Profile) -> bool:
    return profile.serial_number == "uzi"


_SCOPE: Final = Scope(kinds=("end_entity",), says=_is_uzi)
_WARNING, _THIRD_PARTY = Severity.WARNING, Certainty.THIRD_PARTY


@BOOK.rule("key.size", Severity.ERROR, certainty=Certainty.OFFICIAL, scope=_SCOPE, source=_CIBG)
def _key_size(at: RuleContext) -> Answer:
    key = at.facts.public_key
    if key.algorithm != "RSA" or key.bits is None:
        return NOT_APPLICABLE
    return met_if(key.bits >= 4096, "subjectPublicKeyInfo", key.bits, limit=4096)


@BOOK.rule("san.one_dns_name", _WARNING, certainty=_THIRD_PARTY, scope=_SCOPE)
def _one_dns_name(at: RuleContext) -> Answer:
    return met_if(len(at.dns_names) == 1, "subjectAltName.dNSName", ", ".join(at.dns_names))


@BOOK.rule("san.common_name", _WARNING, certainty=_THIRD_PARTY, scope=_SCOPE)
def _common_name(at: RuleContext) -> Answer:
    names = at.values("2.5.4.3")
    if not names or not at.dns_names:
        return NOT_APPLICABLE
    return met_if_none("subject.CN", [name for name in names if name not in at.dns_names])


@BOOK.rule("san.uzi_name", _WARNING, certainty=_THIRD_PARTY, scope=_SCOPE)
def _uzi_name(at: RuleContext) -> Answer:
    texts = uzi_texts(at.facts.subject_alternative_name)
    name = UZIName.read(texts[0]) if len(texts) == 1 else None
    return met_if(name is not None and name.is_of_server, "subjectAltName.otherName", ", ".join(texts))
