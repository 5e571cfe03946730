"""What a command answers: a value, and how to tell it. Printing is for :mod:`pkitools_cli.renderers`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeAlias, TypeVar

from pkitools.frozen import dataclass, field, replace
from pkitools.limits import MAX_LINE
from pkitools.text import cut
from pkitools_cli.exit_codes import ExitCode, MonitorCode

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """One line for people.

    Args:
        text: what it says; what acts on a terminal is made visible when it is written.
        colour: name of a colour of click, for a terminal that shows them.
        bold: as it says.
        word: only this word, which stands ``at`` so many characters, is coloured and bold; empty for all of the line.
        at: where the word stands; spaces before all do not count.
        aside: for standard error, so that the answer alone is on standard output.
    """

    text: str
    colour: str | None = None
    bold: bool = False
    aside: bool = False
    word: str = ""
    at: int = 0


Lines: TypeAlias = "Iterable[Line | str]"
"""Lines for people; a plain string is a line without anything special."""


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """One answer, whatever form it is asked in: every form is made from the same value.

    Args:
        value: what the library said.
        document: makes the JSON document, the name of its schema in it; a function of the library.
        text: makes the lines for people, in the language in force.
        code: the exit code, or that of a monitoring plugin; a function where it is known only once the answer was
            told, of a command that reads as it tells.
        warnings: for standard error after the answer, in every form.
        warnings_in_text: the lines for people have the warnings where they belong; other forms have them after.
        older: makes the document in an older version, by that version.
    """

    value: T
    document: Callable[[T], Mapping[str, object]]
    text: Callable[[T], Lines]
    code: ExitCode | MonitorCode | Callable[[], ExitCode] = ExitCode.PASSED
    warnings: tuple[str, ...] = ()
    warnings_in_text: bool = False
    older: Mapping[int, Callable[[T], Mapping[str, object]]] = field(default_factory=dict)

    def in_version(self, version: int | None) -> Reply[T]:
        """Return the same answer with its document in this version; ``None`` and what is not older: the newest."""
        chosen = None if version is None else self.older.get(version)
        return self if chosen is None else replace(self, document=chosen)

    def as_document(self) -> Mapping[str, object]:
        """Return the JSON document."""
        return self.document(self.value)

    def as_text(self) -> Lines:
        """Return the lines for people, each as long as people can read."""
        return map(_cut, self.text(self.value))

    def exit_code(self) -> ExitCode | MonitorCode:
        """Return the exit code; to be asked after the answer was told."""
        return self.code() if callable(self.code) else self.code


def _cut(line: Line | str) -> Line | str:
    if isinstance(line, str):
        return cut(line, MAX_LINE)
    return line if len(line.text) <= MAX_LINE else replace(line, text=cut(line.text, MAX_LINE))
