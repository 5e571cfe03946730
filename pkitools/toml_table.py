"""Tables of TOML that somebody else wrote: each field is of its kind or refused, and the error says where it stands.

Nothing is passed over: a field nobody knows, or a value that is none, would be a question that is never asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, TypeVar

from pkitools.arguments import choice
from pkitools.errors import InvalidValueError
from pkitools.frozen import dataclass

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


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
            raise InvalidValueError("toml.error.value", where=self.at(field), wanted=kind.__name__)
        return found

    def need(self, field: str, kind: type[T]) -> T:
        """Return a field that has to be there."""
        found = self.get(field, kind)
        if found is None:
            raise InvalidValueError("toml.error.missing", where=self.at(field))
        return found

    def chosen(self, field: str, kind: type[E]) -> E | None:
        """Return a field as a member of an enumeration, or ``None``."""
        found = self.get(field, str)
        return None if found is None else choice(kind, found, self.at(field))

    def texts(self, field: str) -> tuple[str, ...]:
        """Return a list of texts; an absent one is empty."""
        found: list[Any] = self.get(field, list) or []
        if not all(type(each) is str for each in found):
            raise InvalidValueError("toml.error.value", where=self.at(field), wanted="str")
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
