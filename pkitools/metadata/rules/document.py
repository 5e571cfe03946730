"""What the document is: its root, its entities, their roles, and until when it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from pkitools.containers.xml_times import xml_moment
from pkitools.documents import cite
from pkitools.findings import MET, NOT_APPLICABLE, Answer, Answers, Severity, Violated, met_if, violated
from pkitools.metadata.consumers import Topic
from pkitools.metadata.rules.book import MetadataBook, SamlCase, against, role_in_id
from pkitools.metadata.saml import ENTITIES, PROTOCOL, PROVIDER, SERVICE, Role
from pkitools.text import for_people, pattern

DOCUMENT: Final[MetadataBook[SamlCase]] = MetadataBook("document")
VALIDITY: Final[MetadataBook[SamlCase]] = MetadataBook("validity")
MESSAGES: Final[MetadataBook[SamlCase]] = MetadataBook("messages")

_SAML: Final = cite("saml-metadata", "2.3")
_ST_SAML: Final = cite("st-saml", "metadata_dv_rd")
_ERROR, _WARNING, _NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
_DURATION: Final = pattern(
    r"-?P(?=[0-9T])(?:\d{1,9}Y)?(?:\d{1,9}M)?(?:\d{1,9}D)?(?:T(?=\d)(?:\d{1,9}H)?(?:\d{1,9}M)?(?:\d{1,9}(?:\.\d{1,9})?S)?)?",
    re.ASCII,
)
_INDEX: Final = pattern(r"(:(?:entities|services):)0+(?=\d)", re.ASCII)
_SOON: Final = timedelta(days=30)


@DOCUMENT.rule("root", _ERROR, _ST_SAML)
def _root(at: SamlCase) -> Answer:
    asked = at.asked(Topic.ROOT)
    if asked is None:
        return NOT_APPLICABLE
    if at.metadata.root in asked.values:
        return MET
    return against(asked, "root", at.metadata.root, wanted=", ".join(asked.values), consumer=at.title)


@DOCUMENT.rule("entities", _ERROR, _SAML)
def _entities(at: SamlCase) -> Answer:
    ids = [entity.entity_id for entity in at.metadata.entities]
    return met_if(bool(ids), "EntityDescriptor", at.metadata.root)


@DOCUMENT.rule("entity_ids", _ERROR, _SAML)
def _entity_ids(at: SamlCase) -> Iterator[Violated]:
    """No two entities have one entity ID: who looks one up finds either."""
    seen: set[str] = set()
    for entity in at.metadata.entities:
        if entity.entity_id and entity.entity_id in seen:
            yield violated("entityID", entity.entity_id)
        seen.add(entity.entity_id)


@DOCUMENT.rule("several", _WARNING)
def _several(at: SamlCase) -> Answer:
    """Of a list with more than one entity ID a recipient uses one, unless it is a list of a login service.

    Who takes no list at all is told that already.
    """
    ids = list(dict.fromkeys(entity.entity_id for entity in at.metadata.entities))
    root, asked = at.asked(Topic.ROOT), at.asked(Topic.LIST_FIRST)
    if len(ids) < 2 or (root is not None and ENTITIES not in root.values):
        return NOT_APPLICABLE
    if asked is None:
        return violated("entityID", ids[0], count=len(ids), severity=_NOTICE, consumer="–")
    first = role_in_id(at.metadata.entities[0]).upper()
    return MET if first in asked.values else against(asked, "entityID", ids[0], count=len(ids), consumer=at.title)


@DOCUMENT.rule("entity_id_spelled", _WARNING)
def _spelled(at: SamlCase) -> Iterator[Violated]:
    """An entity ID is written one way: recipients compare it sign by sign, and know one attribute."""
    known: dict[str, str] = {}
    for entity in at.metadata.entities:
        first = known.setdefault(_bare(entity.entity_id), entity.entity_id)
        if first != entity.entity_id:
            yield violated("entityID", entity.entity_id, other=first)
        for name, value in entity.misspelled:
            yield violated(f"@{name}", f'{name}="{value}"', other=f'entityID="{entity.entity_id}"')


def _bare(entity_id: str) -> str:
    """Return what a person takes an entity ID for: whatever the capitals, spaces, zeros of an index and last slash."""
    text = "".join(entity_id.split()).casefold().rstrip("/")
    return _INDEX.sub(r"\1", text)


@DOCUMENT.rule("ids", _ERROR, _SAML)
def _ids(at: SamlCase) -> Iterator[Violated]:
    yield from (violated("ID", each) for each in at.written.double_ids)


@DOCUMENT.rule("structure", _ERROR, cite("saml-metadata", "2.3.2"))
def _structure(at: SamlCase) -> Iterator[Violated]:
    """Each element, and what is true or false, is as the schema has it."""
    for odd in at.written.misplaced:
        yield violated(odd.place, odd.found, place=odd.place)


@DOCUMENT.rule("role", _ERROR, _ST_SAML)
def _role(at: SamlCase) -> Answers:
    """An entity that says to be a service has one SPSSODescriptor, and no other role."""
    asked = at.asked(Topic.SERVICE_ROLE)
    services = [entity for entity in at.metadata.entities if role_in_id(entity).upper() in {"DV", "LC"}]
    if asked is None or not services:
        return NOT_APPLICABLE
    wrong = [entity for entity in services if [role.kind for role in entity.roles] != [SERVICE]]
    return [
        against(asked, entity.entity_id, ", ".join(role.kind for role in entity.roles), entity=entity.entity_id)
        for entity in wrong
    ]


@DOCUMENT.rule("provider", _NOTICE)
def _provider(at: SamlCase) -> Answer:
    """Say that it is metadata of whoever people sign in with, and not of a service that connects."""
    kinds = {role.kind for entity in at.metadata.entities for role in entity.roles}
    if not kinds:
        return NOT_APPLICABLE
    return met_if(PROVIDER not in kinds or SERVICE in kinds, PROVIDER, at.metadata.entities[0].entity_id)


@DOCUMENT.rule("protocol", _ERROR, _ST_SAML)
def _protocol(at: SamlCase) -> Answers:
    asked = at.asked(Topic.PROTOCOL)
    if asked is None:
        return NOT_APPLICABLE
    lacking = [(place, role) for place, role in at.each_role() if PROTOCOL not in role.protocols]
    return [against(asked, place, " ".join(role.protocols), place=place) for place, role in lacking]


# -- until when --------------------------------------------------------------------------------------------------------


def _stated(at: SamlCase) -> list[tuple[str, str | None, str | None]]:
    """Return what is said of time: where, until when, for how long."""
    inside = at.metadata.entities if at.metadata.root == ENTITIES else ()
    of_root = ("", at.metadata.valid_until, at.metadata.cache_duration)
    return [of_root, *((entity.entity_id, entity.valid_until, entity.cache_duration) for entity in inside)]


def _durations(at: SamlCase) -> Iterator[str]:
    """Yield for how long it may be kept, each time that it is said, of each role as well."""
    of_roles = (role.attributes.get("cacheDuration") for _, role in at.each_role())
    for stated in (*(duration for _, _, duration in _stated(at)), *of_roles):
        if stated is not None:
            yield stated.strip()


def _ends(at: SamlCase) -> Iterator[datetime]:
    yield from filter(None, (xml_moment(until) for _, until, _ in _stated(at)))


@VALIDITY.rule("stated", _ERROR, _ST_SAML)
def _is_stated(at: SamlCase) -> Answer:
    asked = at.asked(Topic.VALIDITY)
    if asked is None:
        return NOT_APPLICABLE
    root = at.metadata
    if root.valid_until is not None or root.cache_duration is not None:
        return MET
    return against(asked, "validUntil", "", consumer=at.title)


@VALIDITY.rule("form", _ERROR, cite("saml-metadata", "2.3.2"))
def _form(at: SamlCase) -> Iterator[Violated]:
    """A duration is one; a validUntil that is no moment is told of every file with metadata, also of this."""
    for duration in _durations(at):
        if not _DURATION.fullmatch(duration):
            yield violated("cacheDuration", duration, attribute="cacheDuration")


@VALIDITY.rule("no_time", _WARNING)
def _no_time(at: SamlCase) -> Iterator[Violated]:
    """A duration that is nothing or less: a recipient fetches the file each time, or never uses it."""
    for duration in _durations(at):
        if _DURATION.fullmatch(duration) and (duration.startswith("-") or not any(c in "123456789" for c in duration)):
            yield violated("cacheDuration", duration)


@VALIDITY.rule("soon", _NOTICE)
def _ends_soon(at: SamlCase) -> Answers:
    ends = [end for end in _ends(at) if end > at.moment]
    if not ends:
        return NOT_APPLICABLE
    return [violated("validUntil", for_people(end)) for end in ends if end <= at.moment + _SOON]


@VALIDITY.rule("outlives_keys", _WARNING)
def _outlives(at: SamlCase) -> Answers:
    """Metadata that may be used longer than its last certificate for signing makes others trust one that has ended."""
    ends = list(_ends(at))
    last = max(
        (f.not_after for e in at.metadata.entities for f in at.facts(e.certificates(signing=True))), default=None
    )
    if not ends or last is None:
        return NOT_APPLICABLE
    return met_if(max(ends) <= last, "validUntil", for_people(max(ends)), last=for_people(last))


# -- what is promised of messages --------------------------------------------------------------------------------------


@MESSAGES.rule("requests_signed", _ERROR, _ST_SAML)
def _requests(at: SamlCase) -> Answers:
    return _promised(at, Topic.REQUESTS_SIGNED, "AuthnRequestsSigned")


@MESSAGES.rule("assertions_signed", _ERROR, _ST_SAML)
def _assertions(at: SamlCase) -> Answers:
    return _promised(at, Topic.ASSERTIONS_SIGNED, "WantAssertionsSigned")


def _promised(at: SamlCase, topic: Topic, attribute: str) -> Answers:
    asked = at.asked(topic)
    services = [(place, role) for place, role in at.each_role() if role.kind == SERVICE]
    if asked is None or not services:
        return NOT_APPLICABLE
    return [
        against(asked, f"{place}/@{attribute}", role.attributes.get(attribute, ""), consumer=at.title)
        for place, role in services
        if not is_true(role, attribute)
    ]


def is_true(role: Role, attribute: str) -> bool:
    """Return whether an attribute of a role is true, as XML Schema writes that."""
    return role.attributes.get(attribute, "").strip() in {"true", "1"}
