"""The files of a folder with facts of one's own → rules and TSPs. What each may hold: ``docs/templates``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from string import Formatter
from typing import Any, Final

from pkitools.arguments import choice
from pkitools.documents import Source
from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import Binds, Certainty, Period, Rule, Severity
from pkitools.frozen import Frozen
from pkitools.messages import LANGUAGES, catalogue
from pkitools.profiles import TSP
from pkitools.profiles.intake import read_tsp
from pkitools.rules.engine import END_ENTITY, Entry, Scope
from pkitools.rules.own.requirements import Requirement, read_requirement
from pkitools.systems.reading import own_document, require_ground, require_own_word, source_named, source_of
from pkitools.text import pattern
from pkitools.toml_table import Table

_CODE: Final = pattern(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+){2,4}")
_RULE_FIELDS: Final = (
    *("code", "severity", "certainty", "source", "section", "systems", "environments", "since", "until", "binds"),
    *("requires", "forbids", *LANGUAGES),
)
_TEXT_FIELDS: Final = ("title", "message", "remedy")
_OPERANDS: Final = ("found", "wanted")


def read_rules(fields: Mapping[str, Any], owner: str, systems: Collection[str]) -> Iterator[Entry]:
    """Yield the rules a TOML text describes.

    Args:
        fields: what the text holds.
        owner: whose they are, for the keys of documents that only this text names.
        systems: the names of the systems there are: a rule for another would never be asked.

    Raises:
        InvalidValueError: a field is missing or unknown, or a value is none; the error says where.
    """
    whole = Table(fields, "")
    whole.require_known(("version", "retrieved", "source", "rule"))
    whole.require_form()
    own = _documents(whole, owner)
    for table in whole.list_of_tables("rule"):
        yield _entry(table, own, systems)


def _documents(whole: Table, owner: str) -> Mapping[str, Source]:
    read = whole.need("retrieved", date)
    return {key: own_document(owner, key, table, read) for key, table in whole.tables("source").items()}


def _entry(table: Table, own: Mapping[str, Source], systems: Collection[str]) -> Entry:
    table.require_known(_RULE_FIELDS)
    named = table.texts("systems")
    for name in named:
        if name not in systems:
            known = ", ".join(systems)
            raise InvalidValueError("rules.error.own_system", where=table.at("systems"), name=name, known=known)
    scope = Scope(kinds=END_ENTITY.kinds, systems=named)
    return Entry(_rule(table, own, scope), scope, _requirement(table))


def _rule(table: Table, own: Mapping[str, Source], scope: Scope) -> Rule:
    code = table.need("code", str)
    namespace = code.partition(".")[0]
    if not _CODE.fullmatch(code):
        raise InvalidValueError("rules.error.own_code", where=table.at("code"), code=code)
    if any(catalogue(language, namespace) for language in LANGUAGES):
        raise InvalidValueError("rules.error.own_namespace", where=table.at("code"), namespace=namespace)
    severity = table.chosen("severity", Severity) or Severity.WARNING
    certainty = table.chosen("certainty", Certainty) or Certainty.ADVICE  # how sure it is, is said and not supposed
    texts = Frozen({str(language): _texts(table.table(language)) for language in LANGUAGES})
    source = source_of(table, own)
    require_own_word(table, certainty, source)
    if severity is Severity.ERROR:
        require_ground(table, certainty, source)
    asked_of = (*scope.names, *table.texts("environments"))
    return Rule(code, severity, source, certainty, asked_of, _period(table, source), texts)


def _texts(table: Table) -> Mapping[str, str]:
    table.require_known(_TEXT_FIELDS)
    found = {part: table.need(part, str) for part in _TEXT_FIELDS}
    for part, text in found.items():
        if not _fills(text):
            known = ", ".join(f"{{{name}}}" for name in _OPERANDS)
            raise InvalidValueError("rules.error.own_placeholder", where=table.at(part), known=known)
    return Frozen(found)


def _fills(text: str) -> bool:
    """Return whether each placeholder is a bare name we fill in: no attribute of it, no conversion, no width."""
    try:
        placeholders = [found[1:] for found in Formatter().parse(text) if found[1] is not None]
    except ValueError:
        return False
    return all(name in _OPERANDS and not spec and not conversion for name, spec, conversion in placeholders)


def _requirement(table: Table) -> Requirement:
    words = [word for word in ("requires", "forbids") if word in table.fields]
    if len(words) != 1:
        raise InvalidValueError("rules.error.own_requirement", where=table.at("requires"), known="requires, forbids")
    forbidden = words[0] == "forbids"
    look, wanted = read_requirement(table.table(words[0]), forbidden=forbidden)
    named = table.texts("environments")
    environments = frozenset(choice(Environment, each, table.at("environments")) for each in named)
    return Requirement(look, forbidden, wanted, environments)


def _period(table: Table, source: Source) -> Period | None:
    since, until = table.days()
    binds = table.chosen("binds", Binds) or Binds.USE
    return None if since is None and until is None else Period(since, until, binds, source)


def read_tsps(fields: Mapping[str, Any], owner: str) -> Iterator[TSP]:
    """Yield the TSPs a TOML text describes, as ``data/tsps.toml`` of the profiles does.

    Raises:
        InvalidValueError: a field is missing or unknown, or a value is none; the error says where.
    """
    whole = Table(fields, "")
    whole.require_known(("version", "retrieved", "source", "tsps"))
    whole.require_form()
    own = _documents(whole, owner)
    for name, table in whole.tables("tsps").items():
        yield read_tsp(name, table, lambda key, where: source_named(key, where, own))
