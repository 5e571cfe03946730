"""A TOML text → :class:`~pkitools.systems.System`: one of ours, or one that an organisation describes for itself.

What a text may hold, and what it means: ``docs/templates/system.toml``. Nothing is passed over: a field nobody knows,
or a value that is none, would be a question that is never asked.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any, Final, TypeVar

from pkitools.arguments import choice, wrong_type
from pkitools.documents import Document, DocumentStatus, Source, cite, document
from pkitools.environment import Environment
from pkitools.errors import InvalidValueError, LimitError
from pkitools.files import read_bytes
from pkitools.findings import Certainty, Severity
from pkitools.frozen import Frozen
from pkitools.limits import MAX_SYSTEM_BYTES
from pkitools.messages import LANGUAGES
from pkitools.oin.entity_schemes import ENTITIES, schemes
from pkitools.systems.model import READ_ONLY, Stance, Statement, System, Topic
from pkitools.text import introduced, pattern
from pkitools.toml_table import Table
from pkitools.trust import hierarchies

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

BINDING: Final = frozenset({Certainty.STANDARD, Certainty.OFFICIAL})
"""How sure a statement has to be to fail a certificate."""
WHOSE_OIN: Final = ("service", "supplier", "holder")
"""Whose OIN a system can ask: that of whose service it is, of who runs it for another, of whoever orders."""
SUPPLIER: Final = "supplier"
_GROUPS: Final = ("pkioverheid", "trial", "test", "acceptance", "*")
_FIELDS: Final = ("version", "name", "title", "owner", "about", "retrieved", "source", "statement")
_SOURCE_FIELDS: Final = ("document", "version", "section", "url", "status")
_STATEMENT_FIELDS: Final = (
    *("topic", "environments", "answer", "values", "roles", "number", "source", "section", "certainty", "severity"),
    *("since", "until", *LANGUAGES),
)


def read_system(text: str | bytes | os.PathLike[str], *, name: str = "system.toml") -> System:
    """Return the system a TOML text describes.

    Args:
        text: the text, or the path of a file with it. A document that the register does not have is described in the
            text itself: ``[source.NAME]``.
        name: what to call a text in an error; a file goes by its path.

    Raises:
        InputError: not TOML; the error has the line.
        InvalidValueError: a field is missing or unknown, or a value is none; the error says where.
        LimitError: larger than :data:`~pkitools.limits.MAX_SYSTEM_BYTES`.
        FileError: the file cannot be read.
    """
    called = os.fspath(text) if isinstance(text, os.PathLike) else name
    from pkitools.toml_text import read_foreign_toml  # ours are read from their tables

    return system_of(read_foreign_toml(_contents(text), called))


def system_of(description: Mapping[str, Any]) -> System:
    """Return the system that a text describes, once it is parsed."""
    whole = Table(description, "")
    whole.require_known(_FIELDS)
    whole.require_form()
    owner, read = whole.need("name", str), whole.need("retrieved", date)
    own = {key: own_document(owner, key, table, read) for key, table in whole.tables("source").items()}
    tables = whole.list_of_tables("statement")
    statements = tuple(_statement(table, own) for table in tables)
    _require_one_answer(tables, statements)
    return System(
        name=owner,
        title=whole.need("title", str),
        owner=whole.need("owner", str),
        about=both_languages(whole.table("about")),
        retrieved=read,
        statements=statements,
    )


def _contents(given: str | bytes | os.PathLike[str]) -> str | bytes:
    data = read_bytes(given) if isinstance(given, os.PathLike) else given
    if not isinstance(data, (str, bytes)):
        raise wrong_type("text", given, "str, bytes, Path")
    if len(data) > MAX_SYSTEM_BYTES:
        raise LimitError("systems.error.too_large", limit=MAX_SYSTEM_BYTES)
    return data


def own_document(system: str, name: str, table: Table, read: date) -> Source:
    """Return a document that only this text names."""
    table.require_known(_SOURCE_FIELDS)
    title = Frozen({str(language): table.need("document", str) for language in LANGUAGES})
    status = table.chosen("status", DocumentStatus) or DocumentStatus.INFORMAL
    if status is DocumentStatus.OWN:  # that is what pkitools reasons itself; it would hide the day it was read
        known = ", ".join(each for each in DocumentStatus if each is not status)
        raise InvalidValueError("arguments.error.choice", parameter=table.at("status"), given=status, known=known)
    key = f"{system}/{name}"
    found = Document(key, title, table.get("version", str) or "", status, table.get("url", str) or "", read)
    return Source(key, table.get("section", str) or "", found)


def source_of(table: Table, own: Mapping[str, Source]) -> Source:
    """Return the document a table cites: of the text itself, or of the register."""
    found = source_named(table.need("source", str), table.at("source"), own)
    section = table.get("section", str)
    return found.at(section) if section else found


_BEARS_NOTHING: Final = frozenset(
    {DocumentStatus.NONE, DocumentStatus.OWN, DocumentStatus.OBSERVED, DocumentStatus.DRAFT, DocumentStatus.SUPERSEDED}
)


def can_bind(source: Source) -> bool:
    """Return whether what a place says may fail a certificate.

    Not what nobody adopted or what was replaced, what certificates in use show, what we reasoned ourselves, what
    somebody else says, or what was not read itself.
    """
    found = source.document
    return found.status not in _BEARS_NOTHING and not found.third_party and source.was_read


def source_named(key: str, where: str, own: Mapping[str, Source]) -> Source:
    """Return the document of this key, of the text itself or of the register; ``where`` is for the complaint."""
    if key in own:
        return own[key]
    try:
        document(key)
    except KeyError:
        raise InvalidValueError("systems.error.source", where=where, key=key, known=", ".join(own) or "–") from None
    return cite(key)


def _statement(table: Table, own: Mapping[str, Source]) -> Statement:
    table.require_known(_STATEMENT_FIELDS)
    topic = choice(Topic, table.need("topic", str), table.at("topic"))
    answer = table.chosen("answer", Stance) or Stance.YES
    certainty = table.chosen("certainty", Certainty)
    if (certainty is None) != (answer is Stance.UNKNOWN):
        raise InvalidValueError("systems.error.certainty", where=table.at("certainty"))
    source = source_of(table, own)
    require_own_word(table, certainty, source)
    _require_asked(table, topic, answer)
    if source.document.status is DocumentStatus.NONE and answer is not Stance.UNKNOWN:
        raise InvalidValueError("systems.error.no_source", where=table.at("source"))
    since, until = table.days()
    named = table.texts("environments")
    environments = [choice(Environment, each, table.at("environments")) for each in named] or list(Environment)
    return Statement(
        topic=topic,
        environments=frozenset(environments),
        answer=answer,
        text=both_languages(table),
        source=source,
        certainty=certainty,
        severity=_severity(table, certainty, source),
        values=_values(table, topic),
        number=_number(table, topic, answer),
        roles=_known(table, "roles", _roles()),
        since=since,
        until=until,
    )


_REFUSING: Final = frozenset({Topic.HIERARCHY, Topic.SELF_SIGNED})
_MAY_NOT_ASK: Final = frozenset({Topic.OIN, Topic.SEPARATE_CERTIFICATE, Topic.MAXIMUM})


def _require_asked(table: Table, topic: Topic, answer: Stance) -> None:
    """Refuse a refusal that nobody would ask: of most topics what is asked is asked, and "no" says nothing."""
    if topic in READ_ONLY or answer in {Stance.YES, Stance.UNKNOWN}:
        return
    known = topic in _REFUSING | _MAY_NOT_ASK if answer is Stance.NO else topic is Topic.HIERARCHY
    if not known:
        raise InvalidValueError("systems.error.unasked", where=table.at("answer"), topic=topic, answer=answer)
    if topic in _MAY_NOT_ASK and "severity" in table.fields:  # "no" says that it is not asked: that weighs nothing
        raise InvalidValueError("systems.error.unread_field", where=table.at("severity"), topic=topic, field="severity")


def _require_one_answer(tables: Sequence[Table], statements: Sequence[Statement]) -> None:
    """Refuse a second answer to what is asked once: which of the two is asked would be where it happens to stand."""
    before: dict[tuple[str, str, Environment], list[Statement]] = {}
    for table, statement in zip(tables, statements, strict=True):
        for subject, field in _answered_once(statement):
            for environment in statement.environments:
                earlier = before.setdefault((statement.topic, subject, environment), [])
                if any(statement.overlaps(each) for each in earlier):
                    raise InvalidValueError("systems.error.twice", where=table.at(field), subject=subject)
                earlier.append(statement)


def _answered_once(statement: Statement) -> Iterable[tuple[str, str]]:
    """Return what a statement is the one answer to, and the field that names it."""
    if statement.topic is Topic.SELF_SIGNED:
        return [(statement.topic, "topic")]
    once = statement.topic in {Topic.HIERARCHY, Topic.REGISTRATION}
    return [(value, "values") for value in dict.fromkeys(statement.values)] if once else []


_NUMBERED: Final = frozenset({Topic.KEY_SIZE, Topic.MAXIMUM})
_NAMING: Final = frozenset({Topic.HIERARCHY, Topic.ENTITY_ID, Topic.POLICY})
_MAY_NAME: Final = frozenset({Topic.OIN, Topic.REGISTRATION, Topic.SIGNING})


def _number(table: Table, topic: Topic, answer: Stance) -> int | None:
    """Return the number of what is asked by a number: without it nothing would be asked, elsewhere nobody reads it."""
    found = table.number("number")
    if found is None and topic in _NUMBERED and answer is Stance.YES:
        raise InvalidValueError("systems.error.number", where=table.at("topic"), topic=topic)
    if found is not None and topic not in _NUMBERED:
        raise InvalidValueError("systems.error.unread_field", where=table.at("number"), topic=topic, field="number")
    return found


def _values(table: Table, topic: Topic) -> tuple[str, ...]:
    """Return the values of a statement, likewise."""
    found = _known(table, "values", _known_values(topic))
    if not found and topic in _NAMING:
        raise InvalidValueError("systems.error.values", where=table.at("topic"), topic=topic)
    if found and topic not in _NAMING | _MAY_NAME:
        raise InvalidValueError("systems.error.unread_field", where=table.at("values"), topic=topic, field="values")
    if topic is Topic.POLICY:
        require_oids(table, "values", found)
    return found


_OID: Final = pattern(r"[0-2](?:\.(?:0|[1-9][0-9]*)){1,40}")


def require_oids(table: Table, field: str, values: tuple[str, ...]) -> None:
    """Refuse a value that no certificate can have where it has an object identifier."""
    for value in values:
        if not _OID.fullmatch(value):
            raise InvalidValueError("systems.error.oid", where=table.at(field), given=value)


def _known(table: Table, field: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return the texts of a field, each of which has to be known; where nothing is, any text will do."""
    found = table.texts(field)
    for value in found if known else ():
        if value not in known:
            raise InvalidValueError(
                "arguments.error.choice", parameter=table.at(field), given=value, known=", ".join(known)
            )
    return found


def _known_values(topic: Topic) -> tuple[str, ...]:
    match topic:
        case Topic.HIERARCHY:
            return (*(hierarchy.name for hierarchy in hierarchies()), *_GROUPS)
        case Topic.ENTITY_ID:
            return (*(scheme.name for scheme in schemes().of_kind(ENTITIES)), "*")
        case Topic.OIN:
            return WHOSE_OIN
        case Topic.REGISTRATION:
            return (SUPPLIER,)
        case Topic.SIGNING:
            return (Topic.TLS,)
        case _:
            return ()


def _roles() -> tuple[str, ...]:
    return tuple(dict.fromkeys(role for scheme in schemes().of_kind(ENTITIES) for role in scheme.roles))


def _severity(table: Table, certainty: Certainty | None, source: Source) -> Severity:
    """Return what it weighs: what its ground bears, or less. Who wrote more is told, and does not find it lowered."""
    stated = table.chosen("severity", Severity)
    if stated is Severity.ERROR and certainty is not None:
        require_ground(table, certainty, source)
    most = Severity.ERROR if certainty in BINDING and can_bind(source) else Severity.WARNING
    return most if stated is None else min(most, stated)


def require_own_word(table: Table, certainty: Certainty | None, source: Source) -> None:
    """Refuse to call official what a third party says.

    Raises:
        InvalidValueError: its document is somebody else's word.
    """
    if certainty in BINDING and source.document.third_party:
        raise InvalidValueError("rules.error.own_word", where=table.at("certainty"), certainty=certainty)


def require_ground(table: Table, certainty: Certainty, source: Source) -> None:
    """Refuse an error on a ground that does not bear one.

    Raises:
        InvalidValueError: its source cannot bind, or what it says is not sure enough.
    """
    if not can_bind(source):
        raise InvalidValueError("rules.error.own_ground", where=table.at("source"))
    if certainty not in BINDING:
        raise InvalidValueError("rules.error.own_severity", where=table.at("severity"), certainty=certainty)


def both_languages(table: Table) -> Mapping[str, str]:
    """Return a text that stands in a table in each language."""
    return Frozen({language: introduced(table.need(language, str), language) for language in LANGUAGES})
