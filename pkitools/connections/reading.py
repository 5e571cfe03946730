"""``connections.toml`` → :class:`~pkitools.connections.model.Connections`. What a file may hold:
``docs/templates/connections.toml``.

Every complaint names the file and the line. Nothing is passed over: a field nobody knows would be a wish nobody reads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import PurePath
from typing import Any, Final, NoReturn, TypeVar

from pkitools.arguments import function, near, octets, text
from pkitools.connections.lead import MAX_DAYS, LeadKind
from pkitools.connections.model import ConnectingOrganization, Connection, Connections
from pkitools.connections.naming import says_nothing
from pkitools.connections.places import Lines, lines_of
from pkitools.environment import Environment
from pkitools.errors import InputError, InvalidValueError
from pkitools.frozen import dataclass
from pkitools.messages import CAUSE, NOTHING
from pkitools.oin import OIN, InvalidIdentifierError, InvalidOINError
from pkitools.oin.entity_ids import EntityID, entity_subject
from pkitools.oin.number_rules import LIKE_DIGITS
from pkitools.portfolio.model import Gap, Unread
from pkitools.profiles import TSP, get_tsp
from pkitools.rules.working_days import YEARS
from pkitools.systems import System, get_system
from pkitools.toml_text import read_foreign_toml

T = TypeVar("T")


_UNKNOWN: Final = frozenset(
    f"{code}{near_by}" for code in ("systems.error.unknown", "profiles.error.unknown_tsp") for near_by in ("", "_near")
)
"""The codes of a name that nobody has; another says of one that somebody has why it cannot be used."""

_NOT_DESCRIBED: Final = "connections.error.not_described"
_WHOLE: Final = ("version", "organization", "connection", "tsp", "system")
_ORGANIZATION: Final = ("oin", "name", "tsp", "subscriber")
_CONNECTION: Final = (
    *("organization", "system", "environment", "files", "live", "owner", "supplier", "holder", "entity_id"),
    *("common_name", "dns", "endpoint", "self_signed", "ordered", "sent", "tested"),
)
_OF_TSP: Final = (LeadKind.REGISTRATION, LeadKind.DELIVERY)
_OF_SYSTEM: Final = (LeadKind.HANDLING, LeadKind.COURSE)
_KINDS: Final = {str: "text", date: "date", bool: "truth", int: "number", list: "texts", dict: "table"}
MAX_CONNECTIONS: Final = 10_000
"""Connections in one file: of sixty tenants with three systems in two environments there are 360."""


def read_connections(
    data: bytes,
    name: str,
    *,
    system: Callable[[str], System] = get_system,
    tsp: Callable[[str], TSP] = get_tsp,
) -> Connections:
    """Return what a file of connections says.

    Args:
        data: the file: TOML in UTF-8.
        name: the file, by which errors call it, and from whose folder its paths count.
        system, tsp: find a system and a TSP by name, and raise :class:`~pkitools.errors.InvalidValueError` where there
            is none.

    Raises:
        InvalidValueError: a value is none.
        InputError: it is not TOML, or something in it is missing, unknown or no value; the error has the line.
        LimitError: it is too large.
    """
    data, name = octets(data, "data"), text(name, "name")
    system, tsp = function(system, "system"), function(tsp, "tsp")
    read = read_foreign_toml(data, name)  # which has its limits, before anything else looks at it
    whole = _Entry(read, (), name, lines_of(data))
    whole.require_known(_WHOLE)
    return _Reader(whole, system, tsp).connections()


@dataclass(frozen=True, slots=True)
class _Entry:
    """A table of the file, and where it stands."""

    fields: Mapping[str, Any]
    path: tuple[str | int, ...]
    name: str
    lines: Lines

    def line(self, key: str | None = None) -> int:
        return self.lines.of(self.path if key is None else (*self.path, key))

    def refuse(self, slug: str, key: str | None = None, **params: object) -> NoReturn:
        raise InputError(f"connections.error.{slug}", name=self.name, line=self.line(key), field=key, **params)

    def unknown(self, key: str, given: str, known: Mapping[str, Iterable[str]]) -> NoReturn:
        close = near(given, {each: tuple(titles) for each, titles in known.items()})
        if close:
            self.refuse("unknown_near", key, given=given, near=", ".join(close))
        self.refuse("unknown", key, given=given, known=", ".join(known))

    def refuse_name(self, key: str, given: str, error: InvalidValueError) -> NoReturn:
        """Refuse a name that could not be looked up, for the reason of who looked: he knows which there are."""
        from pkitools.rules.own.data import UNUSABLE  # only who has facts of his own meets it

        if error.code == UNUSABLE:
            raise error  # the name may be right: what it stands for could not be read
        if error.code in _UNKNOWN:
            slug, those = ("unknown_near", "near") if "near" in error.params else ("unknown", "known")
            self.refuse(slug, key, given=given, **{those: error.params[those]})
        where = {"file": self.name, "line": self.line(key), "field": key}
        raise InputError("connections.error.chosen", **{**error.params, **where, CAUSE: error.code})

    def require_known(self, known: Iterable[str]) -> None:
        names = tuple(known)
        for key in self.fields:
            if key not in names:
                close = near(key, dict.fromkeys(names, ()))
                slug, there = ("field_near", close) if close else ("field", names)
                self.refuse(slug, key, known=", ".join(there))

    def get(self, key: str, kind: type[T]) -> T | None:
        found = self.fields.get(key)
        if found is None:
            return None
        if type(found) is not kind:  # a bool is an int to Python, and a datetime a date; neither is meant
            self.refuse(_KINDS[kind], key)
        if isinstance(found, str) and says_nothing(found):
            self.refuse("empty", key)
        return found

    def need(self, key: str, kind: type[T]) -> T:
        found = self.get(key, kind)
        if found is None:
            self.refuse("missing", key)
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        found: list[Any] = self.get(key, list) or []
        if not all(type(each) is str for each in found):
            self.refuse("texts", key)
        is_empty: Callable[[str], bool] = (
            str.isspace if key == "files" else says_nothing
        )  # a dot is the folder of the file
        if any(not each or is_empty(each) for each in found):
            self.refuse("empty_files" if key == "files" else "empty_in", key)
        return tuple(found)

    def day(self, key: str) -> date | None:
        found = self.get(key, date)
        if found is not None and found.year not in YEARS:
            self.refuse("year", key, first=YEARS[0], last=YEARS[-1])
        return found

    def inside(self, key: str) -> dict[str, _Entry]:
        found: Mapping[str, Any] = self.get(key, dict) or {}
        entry = _Entry(found, (*self.path, key), self.name, self.lines)
        return {each: _Entry(entry.need(each, dict), (*entry.path, each), self.name, self.lines) for each in found}

    def each(self, key: str) -> list[_Entry]:
        found: list[Any] = self.get(key, list) or []
        if not all(type(each) is dict for each in found):
            self.refuse("table", key)
        return [_Entry(each, (key, number), self.name, self.lines) for number, each in enumerate(found, start=1)]


@dataclass(frozen=True, slots=True)
class _Reader:
    whole: _Entry
    system: Callable[[str], System]
    tsp: Callable[[str], TSP]

    def connections(self) -> Connections:
        if self.whole.get("version", int) not in {None, 1}:
            self.whole.refuse("version", "version")
        organizations = {key: self._organization(key, one) for key, one in self.whole.inside("organization").items()}
        stated = {**self._stated("tsp", _OF_TSP), **self._stated("system", _OF_SYSTEM)}
        entries = self.whole.each("connection")
        if not entries or len(entries) > MAX_CONNECTIONS:
            self.whole.refuse("none" if not entries else "too_many", "connection", limit=MAX_CONNECTIONS)
        found: list[tuple[Connection, _Entry]] = []
        refused: list[tuple[InvalidValueError, _Entry]] = []
        for number, one in enumerate(entries, 1):
            try:
                found.append((self._connection(number, one, organizations, stated), one))
            except InvalidValueError as error:  # its system's own file was refused; what else is wrong is an InputError
                refused.append((error, one))
        if not found:
            raise refused[0][0]
        _require_distinct(found)
        unread = tuple(_unread(error, one) for error, one in refused)
        return Connections(self.whole.name, tuple(organizations.values()), tuple(each for each, _ in found), unread)

    def _organization(self, key: str, entry: _Entry) -> ConnectingOrganization:
        entry.require_known(_ORGANIZATION)
        given = entry.need("oin", str)
        try:
            oin = str(OIN.parse(given))
        except InvalidOINError as error:
            suggestion = error.params.get("suggestion", NOTHING) if error.code == LIKE_DIGITS.code else NOTHING
            entry.refuse("oin", "oin", given=given, suggestion=suggestion)
        tsp = entry.get("tsp", str)
        named = None if tsp is None else self._tsp(tsp, entry, "tsp").name
        return ConnectingOrganization(key, oin, entry.need("name", str), named, entry.get("subscriber", bool))

    def _stated(self, of: str, kinds: Iterable[LeadKind]) -> dict[tuple[str, str], dict[LeadKind, int]]:
        """Return the lead times that the file states, by whose they are."""
        found = {}
        for given, entry in self.whole.inside(of).items():
            entry.require_known(kinds)
            try:
                name = (self._tsp(given, entry, None) if of == "tsp" else self._system(given, entry, None)).name
            except InvalidValueError:
                if of == "tsp":
                    raise
                continue  # none of its connections is read: each of them is told
            days = {kind: entry.get(kind, int) for kind in kinds}
            for kind, count in days.items():
                if count is not None and not 0 <= count <= MAX_DAYS:
                    entry.refuse("number", kind)
            found[of, name] = {kind: count for kind, count in days.items() if count is not None}
        return found

    def _connection(
        self,
        number: int,
        entry: _Entry,
        organizations: Mapping[str, ConnectingOrganization],
        stated: Mapping[tuple[str, str], Mapping[LeadKind, int]],
    ) -> Connection:
        entry.require_known(_CONNECTION)
        organization = _one_of(organizations, entry, "organization", entry.need("organization", str))
        holder = entry.get("holder", str)
        given = entry.get("system", str)
        system = None if given is None else self._system(given, entry, "system")
        held_by = organization if holder is None else _one_of(organizations, entry, "holder", holder)
        return Connection(
            number=number,
            line=entry.line(),
            organization=organization,
            holder=held_by,
            system=system,
            environment=_environment(entry),
            files=tuple(_path(each, entry) for each in entry.texts("files")),
            entity_id=_entity_id(entry, organization, held_by),
            owner=entry.get("owner", str),
            supplier=entry.get("supplier", str),
            common_name=entry.get("common_name", str),
            dns=entry.texts("dns"),
            endpoint=entry.get("endpoint", str),
            live=entry.day("live"),
            self_signed=entry.get("self_signed", bool) or False,
            ordered=entry.day("ordered"),
            sent=entry.day("sent"),
            tested=entry.day("tested"),
            stated={
                **stated.get(("tsp", held_by.tsp or ""), {}),
                **stated.get(("system", "" if system is None else system.name), {}),
            },
        )

    def _system(self, given: str, entry: _Entry, key: str | None) -> System:
        try:
            return self.system(given)
        except InvalidValueError as error:
            entry.refuse_name(key or "system", given, error)

    def _tsp(self, given: str, entry: _Entry, key: str | None) -> TSP:
        try:
            return self.tsp(given)
        except InvalidValueError as error:
            entry.refuse_name(key or "tsp", given, error)


def _unread(error: InvalidValueError, entry: _Entry) -> Unread:
    where = f"{entry.name}:{entry.line('system')}"
    return Unread(where, Gap.UNREADABLE, _NOT_DESCRIBED, {**error.params, "stated_at": where})


def _require_distinct(found: Iterable[tuple[Connection, _Entry]]) -> None:
    """Refuse a connection that says of itself what another says: of two that are one nobody can tell which is meant."""
    first: dict[tuple[object, ...], int] = {}
    for one, entry in found:
        told = (one.organization.key, one.holder.key, one.system, one.environment, one.entity_id, one.common_name)
        key = (*told, one.dns, frozenset(one.files), one.endpoint, one.supplier)
        if key in first:
            entry.refuse("twice", other=first[key])
        first[key] = one.line


def _one_of(
    organizations: Mapping[str, ConnectingOrganization], entry: _Entry, key: str, given: str
) -> ConnectingOrganization:
    if given not in organizations:
        entry.unknown(key, given, {each: (one.name,) for each, one in organizations.items()})
    return organizations[given]


def _environment(entry: _Entry) -> Environment:
    given = entry.need("environment", str)
    try:
        return Environment(given)
    except ValueError:
        entry.unknown("environment", given, {each.value: () for each in Environment})


def _path(given: str, entry: _Entry) -> str:
    if "\0" in given:
        entry.refuse("texts", "files")
    return os.path.normpath(PurePath(entry.name).parent / given)


def _entity_id(entry: _Entry, organization: ConnectingOrganization, holder: ConnectingOrganization) -> str | None:
    """Return the entity ID; one that is written as one has the OIN of whose service it is."""
    given = entry.get("entity_id", str)
    if given is None or entity_subject(given) is None:
        return given
    try:
        parsed = EntityID.parse(given)
    except (InvalidIdentifierError, InvalidOINError):
        entry.refuse("entity_id", "entity_id", given=given)
    if str(parsed.oin) not in {organization.oin, holder.oin}:
        entry.refuse("entity_id_oin", "entity_id", given=given, oin=organization.oin, organization=organization.name)
    return given
