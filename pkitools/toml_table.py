"""Tables of TOML that somebody else wrote: each field is of its kind or refused, and the error says where it stands.

Nothing is passed over: a field nobody knows, or a value that is none, would be a question that is never asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Any, Final, TypeVar

from pkitools.arguments import choice
from pkitools.errors import InvalidValueError
from pkitools.frozen import dataclass

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

FORM: Final = "1"
"""The version of the form of a text that somebody else wrote, which it may name."""
_NO: Final = {str: "no_text", int: "no_number", bool: "no_boolean", date: "no_day", list: "no_list", dict: "no_table"}
"""How the error is called of a value that is of another kind."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the text, and where it stands: every complaint says so.

    Args:
        fields: what it holds.
        where: its place, as a prefix: ``about.``, ``statement 3: ``.
    """

    fields: Mapping[str, Any]
    where: str

    def at(self, field: str) -> str:
        """Return the place of a field."""
        return f"{self.where}{field}"

    def require_known(self, known: Iterable[str]) -> None:
        """Refuse a field that nobody would read."""
        for field in self.fields:
            if field not in known:
                raise InvalidValueError("toml.error.field", where=self.at(field), known=", ".join(known))

    def get(self, field: str, kind: type[T]) -> T | None:
        """Return a field of this kind, or ``None``."""
        found = self.fields.get(field)
        if found is None:
            return None
        # a bool is an int to Python, and a datetime a date; neither is meant
        if type(found) is not kind:
            raise InvalidValueError(f"toml.error.{_NO[kind]}", where=self.at(field))
        # meant to say something, and says nothing
        if found in ([], {}) or (isinstance(found, str) and not found.strip()):
            raise InvalidValueError("toml.error.empty", where=self.at(field))
        return found

    def need(self, field: str, kind: type[T]) -> T:
        """Return a field that has to be there."""
        found = self.get(field, kind)
        if found is None:
            raise InvalidValueError("toml.error.missing", where=self.at(field))
        return found

    def number(self, field: str, least: int = 1) -> int | None:
        """Return a number of at least so much, or ``None``."""
        found = self.get(field, int)
        if found is not None and found < least:
            raise InvalidValueError("toml.error.least", where=self.at(field), given=found, least=least)
        return found

    def days(self) -> tuple[date | None, date | None]:
        """Return the days ``since`` and ``until`` which something holds; each may be absent."""
        since, until = self.get("since", date), self.get("until", date)
        if since is not None and until is not None and until < since:
            raise InvalidValueError("toml.error.period", where=self.at("until"), since=since, until=until)
        return since, until

    def require_form(self) -> None:
        """Refuse a text of another form than this one, which what we make of it would be wrong for."""
        found = self.get("version", str)
        if found not in {None, FORM}:
            raise InvalidValueError("toml.error.form", where=self.at("version"), given=found, known=FORM)

    def chosen(self, field: str, kind: type[E]) -> E | None:
        """Return a field as a member of an enumeration, or ``None``."""
        found = self.get(field, str)
        return None if found is None else choice(kind, found, self.at(field))

    def texts(self, field: str) -> tuple[str, ...]:
        """Return a list of texts; an absent one is empty."""
        found: list[Any] = self.get(field, list) or []
        if not all(type(each) is str for each in found):
            raise InvalidValueError("toml.error.no_texts", where=self.at(field))
        if not all(map(str.strip, found)):
            raise InvalidValueError("toml.error.empty", where=self.at(field))
        return tuple(found)

    def table(self, field: str) -> Table:
        """Return a table inside."""
        return Table(self.need(field, dict), f"{self.at(field)}.")

    def tables(self, field: str) -> dict[str, Table]:
        """Return every table inside a table, by name."""
        found: dict[str, Any] = self.get(field, dict) or {}
        inside = Table(found, f"{self.at(field)}.")
        return {key: inside.table(key) for key in found}

    def list_of_tables(self, field: str) -> list[Table]:
        """Return every table of an array of tables."""
        found: list[Any] = self.need(field, list)
        numbered = {f"{number}": each for number, each in enumerate(found, start=1)}
        inside = Table(numbered, f"{self.at(field)} ")
        return [Table(inside.need(number, dict), f"{self.at(field)} {number}: ") for number in numbered]
