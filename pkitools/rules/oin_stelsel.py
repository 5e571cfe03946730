"""OIN-Stelsel: the OIN in a certificate, beyond what reading it tells.

Whether it is there, once, in the right string type and valid is judged where it is read
(:mod:`pkitools.x509.subject_oin`) and by :func:`pkitools.oin.check_oin`; the report of ``lint`` holds those too.
"""

from __future__ import annotations

from typing import Final

from pkitools.documents import cite
from pkitools.findings import NOT_APPLICABLE, Answer, Certainty, Severity, met_if, met_if_none
from pkitools.rules.context import RuleContext, parse_oin
from pkitools.rules.engine import RuleBook, Scope
from pkitools.text import pattern
from pkitools.trust import HierarchyKind, Match, hierarchy_of
from pkitools.x509.oids import UZI_NAME

_STELSEL = cite("oin-stelsel")
_SEEN = cite("g1-certificates")

BOOK = RuleBook("oin_stelsel", _STELSEL)
_WARNING, _NOTICE = Severity.WARNING, Severity.NOTICE
_END_ENTITY: Final = Scope(kinds=("end_entity",))

_CANDIDATE: Final = pattern(r"(?<![0-9A-Za-z])[0-9]{8}[0-9A-Z]{12}(?![0-9A-Za-z])")


def _oins_in(text: str) -> list[str]:
    if len(text) < 20 or not any(map(str.isdigit, text)):
        return []
    return [found for found in _CANDIDATE.findall(text) if parse_oin(found) is not None]


def _declare_misplaced(slug: str, oid: str, name: str) -> None:
    @BOOK.rule(slug, _WARNING, "Businessarchitectuur", scope=_END_ENTITY)
    def check(at: RuleContext) -> Answer:
        values = at.values_by_type.get(oid)
        if values is None:
            return NOT_APPLICABLE
        return met_if_none(f"subject.{name}", [found for value in values for found in _oins_in(value)])


_declare_misplaced("place.common_name", "2.5.4.3", "CN")
_declare_misplaced("place.organization", "2.5.4.10", "O")
_declare_misplaced("place.organizational_unit", "2.5.4.11", "OU")


@BOOK.rule("place.alternative_name_agrees", _WARNING, certainty=Certainty.OBSERVED, scope=_END_ENTITY, source=_SEEN)
def _alternative_name_agrees(at: RuleContext) -> Answer:
    """DigiCert repeats the OIN in a UPN, QuoVadis once did so in an otherName of its own."""
    names = [n.value for n in at.facts.subject_alternative_name or () if n.kind == "other" and n.type_id != UZI_NAME]
    found = [oin for name in names for oin in _oins_in(name)]
    if not found or at.oin is None:
        return NOT_APPLICABLE
    return met_if_none("subjectAltName.otherName", [oin for oin in found if oin != at.oin], oin=at.oin)


_KNOWN: Final = frozenset({Match.FINGERPRINT, Match.NAME_AND_KEY})


@BOOK.rule(
    "test_number.production_certificate",
    _WARNING,
    "Data Architectuur",
    certainty=Certainty.INFERRED,
    scope=Scope(kinds=("end_entity",), families=("g4", "legacy_services")),
)
def _test_number(at: RuleContext) -> Answer:
    """Before G4 there was no policy arc for tests: test CAs assert the policies of production, and their names tell."""
    if at.oin is None:
        return NOT_APPLICABLE
    # a policy can be copied into any test PKI: only a known authority of production issues in production
    issuer = hierarchy_of(at.facts, at.issuer)
    if issuer.kind is not HierarchyKind.PRODUCTION or issuer.match not in _KNOWN:
        return NOT_APPLICABLE
    return met_if(not at.oin.is_test, "subject.serialNumber", at.oin)


@BOOK.rule(
    "real_number.trial_certificate",
    _NOTICE,
    "Data Architectuur",
    certainty=Certainty.INFERRED,
    scope=Scope(kinds=("end_entity",), families=("trial",)),
)
def _real_number(at: RuleContext) -> Answer:
    return NOT_APPLICABLE if at.oin is None else met_if(at.oin.is_test, "subject.serialNumber", at.oin)
