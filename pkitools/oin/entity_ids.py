"""Entity IDs and service IDs of eHerkenning and ST-SAML: SAML names that carry an OIN.

``urn:etoegang:DV:<OIN>:entities:0001`` (eHerkenning entity), ``urn:etoegang:DV:<OIN>:services:1`` (its services),
``urn:nl-eid-gdi:1.0:DV:<OIN>:entities:0001`` (ST-SAML, TVS, CombiConnect). Indexes from 9000 are test systems. They are
compared as written: the case and the zeros count.

The OIN in an entity ID is the one in the certificate that signs its metadata: DigiD refuses another with "OIN
certificate does not match entityID".

Source: ST-SAML 1.0, types and requirements; Afsprakenstelsel Elektronische Toegangsdiensten, EntityID and ServiceID.
"""

from __future__ import annotations

import re
from typing import Final

from pkitools.arguments import optional_choice
from pkitools.environment import Environment
from pkitools.findings import Report, ask
from pkitools.frozen import dataclass
from pkitools.oin.entity_schemes import AROUND, ENTITIES, SERVICES, EntitySubject, Scheme, environment_of, schemes
from pkitools.oin.errors import InvalidIdentifierError
from pkitools.oin.id_rules import id_rules
from pkitools.oin.number import OIN
from pkitools.oin.number_rules import check_oin, first_error
from pkitools.text import pattern

_ADDRESS: Final = "://"
_INSTANCE: Final = pattern(r"urn:etoegang:([0-9]+\.[0-9]+[a-z]?):([PT]):([0-9]+)", re.ASCII)


def _parsed(text: str, kind: str) -> tuple[Scheme, EntitySubject]:
    subject = EntitySubject(text, kind)
    broken = first_error(id_rules(kind), subject)
    if broken is not None:
        rule, answer = broken
        raise InvalidIdentifierError(rule.code, **answer.params)
    assert subject.scheme is not None, "what meets the syntax rule has a scheme"
    return subject.scheme, subject


def _start_of(name: str) -> str:
    """Return how the entity IDs of a scheme begin; nothing for a scheme there is not, so that parsing refuses it."""
    return next((scheme.start for scheme in schemes().of_kind(ENTITIES) if scheme.name == name), "")


@dataclass(frozen=True, slots=True, order=True)
class EntityID:
    """One entity ID.

    Args:
        scheme: ``eherkenning`` or ``gdi`` (ST-SAML).
        role: ``DV``, ``HM``, ``AD``, ``MR``, ``EB``, ``KR`` or ``AD``, ``DV``, ``BVD``, ``LC``, ``RD``.
        oin: the OIN in it.
        index_text: the index as written; its zeros count.
    """

    scheme: str
    role: str
    oin: OIN
    index_text: str

    def __post_init__(self) -> None:
        _parsed(str(self), ENTITIES)

    def __str__(self) -> str:
        return f"{_start_of(self.scheme)}{self.role}:{self.oin}:{ENTITIES}:{self.index_text}"

    @classmethod
    def parse(cls, text: str) -> EntityID:
        """Return the entity ID that the text is, strictly.

        Raises:
            InvalidIdentifierError: it has not the form of one.
            InvalidOINError: it has, and its OIN is not an OIN.
        """
        scheme, subject = _parsed(text, ENTITIES)
        return cls(scheme.name, subject.role, OIN.parse(subject.oin), subject.index)

    @classmethod
    def make(cls, scheme: str, role: str, oin: OIN, index: int) -> EntityID:
        """Return the entity ID with these parts, its index in four digits. Raises :class:`InvalidIdentifierError`."""
        return cls(scheme, role, oin, f"{index:04d}")

    @property
    def index(self) -> int:
        """The index as a number."""
        return int(self.index_text)

    @property
    def environment(self) -> Environment:
        """Where the index says it belongs: 9000 and up are test systems."""
        return environment_of(self.index)


@dataclass(frozen=True, slots=True, order=True)
class ServiceID:
    """One service ID of eHerkenning: ``urn:etoegang:DV:<OIN>:services:<index>``.

    Args:
        oin: the OIN of the service provider.
        index_text: the index as written; how many zeros it has is not fixed.
    """

    oin: OIN
    index_text: str

    def __post_init__(self) -> None:
        _parsed(str(self), SERVICES)

    def __str__(self) -> str:
        return f"{schemes().of_kind(SERVICES)[0].start}DV:{self.oin}:{SERVICES}:{self.index_text}"

    @classmethod
    def parse(cls, text: str) -> ServiceID:
        """Return the service ID that the text is. Raises as :meth:`EntityID.parse`."""
        _, subject = _parsed(text, SERVICES)
        return cls(OIN.parse(subject.oin), subject.index)

    @property
    def index(self) -> int:
        """The index as a number."""
        return int(self.index_text)


@dataclass(frozen=True, slots=True, order=True)
class InstanceName:
    """The name of an eHerkenning metadata file (``EntitiesDescriptor/@Name``): ``urn:etoegang:1.13:P:1``.

    Args:
        version: of the scheme, as written.
        environment: production (``P``) or preproduction (``T``).
        sequence: the serial number, as written.
    """

    version: str
    environment: Environment
    sequence: str

    def __str__(self) -> str:
        letter = "P" if self.environment is Environment.PRODUCTION else "T"
        return f"urn:etoegang:{self.version}:{letter}:{self.sequence}"

    @classmethod
    def parse(cls, text: str) -> InstanceName:
        """Return the name that the text is. Raises :class:`InvalidIdentifierError`."""
        match = _INSTANCE.fullmatch(text)
        if match is None:
            raise InvalidIdentifierError("oin.error.instance_name", text=text)
        version, letter, sequence = match.groups()
        return cls(version, Environment.PRODUCTION if letter == "P" else Environment.PREPRODUCTION, sequence)


def check_entity_id(
    text: str,
    *,
    environment: Environment | str | None = None,
    certificate_oin: str | None = None,
    free: bool = False,
) -> Report:
    """Return the report on one entity ID and the OIN in it. Whatever the text, it has one.

    Args:
        text: the entity ID.
        environment: where it is to be used.
        certificate_oin: the OIN in the certificate it is used with; empty when that has none.
        free: where it is used any other text will do as well, as on a classic connection to DigiD.
    """
    return _report(EntitySubject(text, ENTITIES, _where(environment), certificate_oin, free=free))


def check_service_id(
    text: str, *, environment: Environment | str | None = None, catalogue: str | None = None
) -> Report:
    """Return the report on one service ID and the OIN in it. Whatever the text, it has one.

    Args:
        text: the service ID.
        environment: where it is to be used.
        catalogue: the same service's ID as the service catalogue writes it.
    """
    return _report(EntitySubject(text, SERVICES, _where(environment), catalogue=catalogue))


def entity_subject(text: str, environment: Environment | None = None) -> EntitySubject | None:
    """Return the text as the entity ID or service ID it is meant to be; ``None`` when it is meant to be neither.

    It is meant to be one when it begins as a URN, or as the address that others use for an ID, whatever follows; also
    behind its name, as it stands in metadata.
    """
    folded = text.strip(AROUND).lower()
    subject = EntitySubject(text, SERVICES if f":{SERVICES}" in folded else ENTITIES, environment)
    is_meant = folded.startswith("urn:") or _ADDRESS in folded or subject.scheme is not None
    return subject if is_meant else None


def check_id(subject: EntitySubject) -> Report:
    """Return the report on an entity ID or service ID and the OIN in it."""
    return _report(subject)


def _where(environment: Environment | str | None) -> Environment | None:
    return optional_choice(Environment, environment, "environment")


def _report(subject: EntitySubject) -> Report:
    outcomes = [outcome for rule, check in id_rules(subject.kind) for outcome in ask(rule, check, subject)]
    own = Report(subject.given, tuple(outcomes), environment=subject.environment)
    return own + check_oin(subject.oin, environment=subject.environment) if subject.is_parsed else own
