"""The checks on entity IDs and service IDs: grammar, environment, and the OIN against the certificate's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.findings import Certainty, Rule, Severity, Source
from pkitools.oin.check import Check
from pkitools.oin.entity_schemes import ENTITIES, EntitySubject, environment_of

Ask = Callable[[EntitySubject], bool | None]

_STELSEL: Final = cite("etoegang", "EntityID")
_SERVICE: Final = cite("etoegang", "ServiceID")
_ST_SAML: Final = cite("st-saml", "types")
_DIGID: Final = cite("digid-source")


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
        "certificate_oin": subject.certificate_oin or "",
        "catalogue": subject.catalogue or "",
    }


def _check(
    code: str, severity: Severity, source: Source, ask: Ask, certainty: Certainty = Certainty.OFFICIAL
) -> Check[EntitySubject]:
    return Check(Rule(code, severity, source, certainty), ask, _operands)


def _spelled(subject: EntitySubject) -> bool | None:
    """Say whether the case is right; a misspelled beginning has its own rule."""
    if not subject.is_parsed or subject.is_mistaken:
        return None
    return subject.given == subject.repaired


def _role(subject: EntitySubject) -> bool | None:
    return subject.role.upper() in subject.scheme.roles if subject.is_parsed and subject.scheme else None


def _index(subject: EntitySubject) -> bool | None:
    if not subject.is_parsed or subject.scheme is None:
        return None
    low, high = subject.scheme.digits
    return low <= len(subject.index) <= high and int(subject.index) >= subject.scheme.first_index


def _environment(asked: Environment) -> Ask:
    def ask(subject: EntitySubject) -> bool | None:
        if subject.environment is not asked or not subject.is_parsed:
            return None
        return environment_of(int(subject.index)) is asked

    return ask


def _certificate(subject: EntitySubject) -> bool | None:
    if subject.certificate_oin is None or not subject.is_parsed:
        return None
    return subject.oin == subject.certificate_oin


def _padding(subject: EntitySubject) -> bool | None:
    """Say whether the index is written as in the catalogue; another service altogether is not this rule's."""
    if subject.catalogue is None or not subject.is_parsed:
        return None
    other = EntitySubject(subject.catalogue, subject.kind)
    if not other.is_parsed or (other.oin, int(other.index)) != (subject.oin, int(subject.index)):
        return None
    return other.index == subject.index


@cache
def entity_checks() -> tuple[Check[EntitySubject], ...]:
    """Return the checks on an entity ID."""
    return (
        _check("oin.entity_id.syntax", Severity.ERROR, _STELSEL, lambda s: s.is_parsed),
        _check("oin.entity_id.version", Severity.ERROR, _ST_SAML, lambda s: not s.is_mistaken if s.scheme else None),
        _check("oin.entity_id.case", Severity.ERROR, _STELSEL, _spelled),
        _check("oin.entity_id.role", Severity.ERROR, _STELSEL, _role),
        _check("oin.entity_id.index", Severity.ERROR, _STELSEL, _index),
        _check("oin.entity_id.production_index", Severity.ERROR, _STELSEL, _environment(Environment.PRODUCTION)),
        _check("oin.entity_id.test_index", Severity.WARNING, _STELSEL, _environment(Environment.PREPRODUCTION)),
        _check("oin.entity_id.certificate", Severity.ERROR, _DIGID, _certificate),
    )


@cache
def service_checks() -> tuple[Check[EntitySubject], ...]:
    """Return the checks on a service ID."""
    return (
        _check("oin.service_id.syntax", Severity.ERROR, _SERVICE, lambda s: s.is_parsed),
        _check("oin.service_id.case", Severity.ERROR, _SERVICE, _spelled),
        _check("oin.service_id.role", Severity.ERROR, _SERVICE, _role),
        _check("oin.service_id.index", Severity.ERROR, _SERVICE, _index),
        # that the test range of entity IDs holds for service IDs as well is our reading
        _check(
            "oin.service_id.production_index",
            Severity.WARNING,
            _SERVICE,
            _environment(Environment.PRODUCTION),
            Certainty.INFERRED,
        ),
        _check("oin.service_id.padding", Severity.WARNING, _SERVICE, _padding, Certainty.ADVICE),
    )


def checks_of(kind: str) -> tuple[Check[EntitySubject], ...]:
    """Return the checks of a kind of ID."""
    return entity_checks() if kind == ENTITIES else service_checks()
