"""The entity ID a certificate is used with, and the service IDs that metadata states: are they what they should be?

What a system asks of an entity ID (its scheme, its role, the OIN in it) is in :mod:`pkitools.systems`; here is what an
ID is by itself, in the environment it is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from pkitools.containers import ContainerFormat, Contents
from pkitools.containers.saml_names import GROUP
from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.findings import MET, Answer, Certainty, Evidence, Outcome, Rule, Severity, Violated, met_if, outcome
from pkitools.oin import OIN
from pkitools.oin.entity_schemes import ENTITIES, EntitySubject
from pkitools.oin.id_rules import RULES as ID_RULES
from pkitools.systems import Stance, System, Topic
from pkitools.systems.evaluation import takes_any

if TYPE_CHECKING:
    from pkitools.containers.agreed import Agreed
    from pkitools.containers.saml_described import Described

_OWN: Final = frozenset(rule.code for rule in ID_RULES)
_ADVICE: Final = cite("pkitools")

DIFFERS: Final = Rule("file.entity_id.differs", Severity.ERROR, _ADVICE, Certainty.ADVICE)
STATED: Final = Rule("file.entity_id.stated", Severity.ERROR, _ADVICE, Certainty.ADVICE)
EXPIRED: Final = Rule("file.metadata.expired", Severity.ERROR, _ADVICE, Certainty.ADVICE)
UNTIL: Final = Rule("file.metadata.until", Severity.ERROR, cite("saml-metadata", "2.3.2"), Certainty.STANDARD)
CERTIFICATES: Final = Rule("file.metadata.certificates", Severity.INFO, _ADVICE, Certainty.ADVICE)

RULES: Final[tuple[Rule, ...]] = (DIFFERS, STATED, EXPIRED, UNTIL, CERTIFICATES)

AGREED: Final = Rule(
    "metadata.cpa.validity",
    Severity.ERROR,
    cite("ebxml-cppa", "CollaborationProtocolAgreement"),
    Certainty.STANDARD,
)
"""Of the book of CPAs: whoever is handed one says so."""

_METADATA: Final = frozenset({ContainerFormat.SAML_METADATA, ContainerFormat.JWKS})


def check_given_entity_id(
    entity_id: str, environment: Environment, systems: Sequence[System], oin: OIN | None
) -> Iterator[Outcome]:
    """Yield what there is to say of an entity ID and of the OIN in it.

    Args:
        entity_id: it.
        environment: where it is to be used.
        systems: what it is for; one that lets people choose any text is content with any.
        oin: the OIN of the certificate. It is compared here where no system asks an entity ID.
    """
    from pkitools.oin import check_entity_id  # nothing else of a check needs what IDs are made of

    asked = [said for system in systems for said in system.statements if said.topic is Topic.ENTITY_ID]
    free = any(map(takes_any, asked)) and all(takes_any(said) for said in asked if said.answer is Stance.YES)
    compared = None if asked else str(oin or "")
    report = check_entity_id(entity_id, environment=environment, certificate_oin=compared, free=free)
    # the OIN in it is judged with the certificate when it is the certificate's own
    same = EntitySubject(entity_id, ENTITIES).oin == str(oin)
    yield from (outcome for outcome in report.outcomes if outcome.rule.code in _OWN or not same)


def holds_nothing_to_judge(entity_id: str, systems: Iterable[System]) -> bool:
    """Return whether an entity ID that metadata states is a text of somebody's choice, which no system asks about."""
    if any(said.topic is Topic.ENTITY_ID for system in systems for said in system.statements):
        return False
    return EntitySubject(entity_id, ENTITIES).scheme is None


def check_stated_ids(chosen: Iterable[str], service_ids: Iterable[str], environment: Environment) -> Iterator[Outcome]:
    """Yield what there is to say of IDs that a file states, and that are held against no certificate.

    Args:
        chosen: entity IDs that are a text of somebody's choice.
        service_ids: service IDs, as written.
        environment: where they are to be used.
    """
    for entity_id in dict.fromkeys(chosen):
        from pkitools.oin import check_entity_id

        yield from check_entity_id(entity_id, environment=environment, free=True).outcomes
    for service_id in dict.fromkeys(service_ids):
        from pkitools.oin import check_service_id

        yield from check_service_id(service_id, environment=environment).outcomes


def check_given_against(given: str | None, stated: Iterable[str | None]) -> Iterator[Outcome]:
    """Yield whether the entity ID that was given is the one that metadata states, for each that it states.

    Args:
        given: instead of what the metadata states; ``None`` when that is followed.
        stated: by the metadata, for the certificates that are judged.
    """
    if given is None:
        return
    for entity_id in dict.fromkeys(filter(None, stated)):
        if entity_id.strip() == given.strip():  # character by character; white space around it has a rule of its own
            yield outcome(DIFFERS, MET)
        else:
            evidence = Evidence("given", given), Evidence("entityID", entity_id)
            yield outcome(DIFFERS, Violated(evidence, {"given": given, "stated": entity_id}))


def check_metadata(
    contents: Contents, moment: datetime, systems: Iterable[System], given: str | None
) -> Iterator[Outcome]:
    """Yield what SAML metadata or a CPA lacks to be used: an entity ID, and time.

    Args:
        contents: the file.
        moment: validation time.
        systems: what it is for. Where one of them asks an entity ID, metadata without one leaves it unjudged.
        given: the entity ID that is judged instead.
    """
    asked = any(said.topic is Topic.ENTITY_ID for system in systems for said in system.statements)
    weighs = Severity.ERROR if asked and given is None else Severity.WARNING
    for described in contents.described:
        if described.is_entity:
            evidence = (Evidence("entityID", described.name or ""),)
            yield outcome(STATED, MET if described.name else Violated(evidence, severity=weighs))
    yield from check_times(contents.described, moment)
    for agreed in contents.agreements:
        yield outcome(AGREED, check_agreed(agreed, moment))


def check_times(described: Iterable[Described], moment: datetime) -> Iterator[Outcome]:
    """Yield whether what SAML metadata describes may still be used; what is no moment leaves nobody to use it.

    Args:
        described: the entities, lists and roles.
        moment: validation time.
    """
    for one in described:
        if one.valid_until_text is None:
            continue
        seen = (Evidence("validUntil", one.valid_until_text),)
        params = {"until": one.valid_until_text, "name": one.name or one.element}
        yield outcome(UNTIL, Violated(seen, params) if one.valid_until is None else MET)
        if one.valid_until is not None:
            yield outcome(EXPIRED, Violated(seen, params) if one.valid_until <= moment else MET)


def check_agreed(agreed: Agreed, moment: datetime) -> Answer:
    """Return whether an agreement holds.

    Args:
        agreed: it.
        moment: validation time.
    """
    return met_if(agreed.holds(moment), "Start, End", agreed.time)


def check_certificates_alone(contents: Contents) -> Iterator[Outcome]:
    """Yield that of metadata only the certificates were judged: who receives them asks more of them.

    Args:
        contents: the file.
    """
    if contents.container in _METADATA or contents.agreements:
        yield outcome(CERTIFICATES, Violated((Evidence("container", str(contents.container)),)))
    else:
        yield outcome(CERTIFICATES, MET)


def ends_of(contents: Contents, moment: datetime) -> Iterator[tuple[tuple[str | None, str | None] | None, str]]:
    """Yield what in SAML metadata may not be used any more, with the code of the rule that says so.

    That is an entity ID and a role, without a role for a whole entity; ``None`` for a list of entities.

    Args:
        contents: the file.
        moment: validation time.
    """
    for described in contents.described:
        if described.valid_until_text is None:
            continue
        role = None if described.is_entity else described.element
        where = None if described.element == GROUP else (described.name, role)
        if described.valid_until is None:
            yield where, UNTIL.code
        elif described.valid_until <= moment:
            yield where, EXPIRED.code
