"""The rules about entity IDs and service IDs: grammar, environment, and the OIN against the certificate's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.findings import MET, NOT_APPLICABLE, Answer, Basis, Certainty, Evidence, Rule, Severity, Source, Violated
from pkitools.frozen import replace
from pkitools.oin.entity_schemes import ENTITIES, EntitySubject, environment_of

Check: TypeAlias = Callable[[EntitySubject], Answer]
IDRule: TypeAlias = tuple[Rule, Check]

_STELSEL: Final = cite("etoegang", "EntityID")
_SERVICE: Final = cite("etoegang", "ServiceID")
_ST_SAML: Final = cite("st-saml", "types")
_DIGID: Final = cite("digid-source")
_OWN: Final = cite("pkitools")


def _operands(subject: EntitySubject) -> Mapping[str, str]:
    scheme = subject.scheme
    low, high = scheme.digits if scheme else (0, 0)
    return {
        "text": subject.given,
        "repaired": subject.repaired,
        "start": scheme.start if scheme else "",
        "role": subject.role,
        "roles": ", ".join(scheme.roles) if scheme else "",
        "index": subject.index,
        "digits": str(low) if low == high else f"{low}-{high}",
        "oin": subject.oin,
        "certificate_oin": subject.certificate_oin or "–",
        "catalogue": subject.catalogue or "",
    }


def _met_if(good: bool, subject: EntitySubject) -> Answer:
    """Return MET, or a violation that shows the text as given."""
    where = "entity_id" if subject.kind == ENTITIES else "service_id"
    return MET if good else Violated((Evidence(where, subject.given),), _operands(subject))


def _by_scheme(good: bool, subject: EntitySubject) -> Answer:
    """Return :func:`_met_if`; of an entity ID, a violation cites the document of its own scheme."""
    answer = _met_if(good, subject)
    if not isinstance(answer, Violated) or subject.scheme is None or subject.kind != ENTITIES:
        return answer
    return replace(answer, basis=Basis(subject.scheme.source, Certainty.OFFICIAL))


def _surrounded(subject: EntitySubject) -> Answer:
    """Say whether there is white space around it: whoever compares as written finds another ID."""
    answer = _met_if(subject.given == subject.text, subject)
    chosen = subject.free and subject.scheme is None
    return replace(answer, severity=Severity.WARNING) if chosen and isinstance(answer, Violated) else answer


def _syntax(subject: EntitySubject) -> Answer:
    if subject.free and subject.scheme is None:
        return NOT_APPLICABLE
    return _met_if(subject.is_parsed, subject)


def _with_oin(subject: EntitySubject) -> Answer:
    return _met_if(subject.scheme is not None, subject) if subject.free else NOT_APPLICABLE


def _version(subject: EntitySubject) -> Answer:
    return NOT_APPLICABLE if subject.scheme is None else _met_if(not subject.is_mistaken, subject)


def _spelled(subject: EntitySubject) -> Answer:
    """Say whether the case is right; a misspelled beginning has its own rule."""
    if not subject.is_parsed or subject.is_mistaken:
        return NOT_APPLICABLE
    return _met_if(subject.text == subject.repaired, subject)


def _role(subject: EntitySubject) -> Answer:
    if not subject.is_parsed or subject.scheme is None:
        return NOT_APPLICABLE
    return _by_scheme(subject.role.upper() in subject.scheme.roles, subject)


def _index(subject: EntitySubject) -> Answer:
    if not subject.is_parsed or subject.scheme is None:
        return NOT_APPLICABLE
    low, high = subject.scheme.digits
    good = low <= len(subject.index) <= high and int(subject.index) >= subject.scheme.first_index
    return _by_scheme(good, subject)


def _environment(asked: Environment) -> Check:
    def check(subject: EntitySubject) -> Answer:
        if subject.environment is not asked or not subject.is_parsed:
            return NOT_APPLICABLE
        return _by_scheme(environment_of(int(subject.index)) is asked, subject)

    return check


def _certificate(subject: EntitySubject) -> Answer:
    if subject.certificate_oin is None or not subject.is_parsed:
        return NOT_APPLICABLE
    return _met_if(subject.oin == subject.certificate_oin, subject)


def _padding(subject: EntitySubject) -> Answer:
    """Say whether the index is written as in the catalogue; another service altogether is not this rule's."""
    if subject.catalogue is None or not subject.is_parsed:
        return NOT_APPLICABLE
    other = EntitySubject(subject.catalogue, subject.kind)
    if not other.is_parsed or (other.oin, int(other.index)) != (subject.oin, int(subject.index)):
        return NOT_APPLICABLE
    return _met_if(other.index == subject.index, subject)


def _rule(code: str, source: Source, severity: Severity = Severity.ERROR) -> Rule:
    return Rule(code, severity, source, Certainty.OFFICIAL)


ENTITY_ID_RULES: Final[tuple[IDRule, ...]] = (
    (_rule("oin.entity_id.surrounding_space", _STELSEL), _surrounded),
    (_rule("oin.entity_id.syntax", _STELSEL), _syntax),
    (_rule("oin.entity_id.version", _ST_SAML), _version),
    (_rule("oin.entity_id.case", _STELSEL), _spelled),
    (_rule("oin.entity_id.role", _STELSEL), _role),
    (_rule("oin.entity_id.index", _STELSEL), _index),
    (_rule("oin.entity_id.production_index", _STELSEL), _environment(Environment.PRODUCTION)),
    (_rule("oin.entity_id.test_index", _STELSEL, Severity.WARNING), _environment(Environment.PREPRODUCTION)),
    (_rule("oin.entity_id.certificate", _DIGID), _certificate),
    (Rule("oin.entity_id.with_oin", Severity.NOTICE, _OWN, Certainty.ADVICE), _with_oin),
)
"""What is asked of an entity ID."""

SERVICE_ID_RULES: Final[tuple[IDRule, ...]] = (
    (_rule("oin.service_id.surrounding_space", _SERVICE), _surrounded),
    (_rule("oin.service_id.syntax", _SERVICE), _syntax),
    (_rule("oin.service_id.case", _SERVICE), _spelled),
    (_rule("oin.service_id.role", _SERVICE), _role),
    (_rule("oin.service_id.index", _SERVICE), _index),
    # that the test range of entity IDs holds for service IDs as well is our reading
    (
        Rule("oin.service_id.production_index", Severity.WARNING, _SERVICE, Certainty.INFERRED),
        _environment(Environment.PRODUCTION),
    ),
    (Rule("oin.service_id.padding", Severity.WARNING, _SERVICE, Certainty.ADVICE), _padding),
)
"""What is asked of a service ID."""

RULES: Final[tuple[Rule, ...]] = tuple(rule for rule, _ in (*ENTITY_ID_RULES, *SERVICE_ID_RULES))


def id_rules(kind: str) -> tuple[IDRule, ...]:
    """Return what is asked of a kind of ID, each rule with its check."""
    return ENTITY_ID_RULES if kind == ENTITIES else SERVICE_ID_RULES
