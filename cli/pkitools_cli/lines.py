"""Lines that several commands tell alike: a report, labels with a value beside each, a paragraph, the next step.

The one place that knows how wide a line is: what is told here fits the terminal, and never exceeds 100 columns.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from pkitools.findings import Report, Severity, Verdict
from pkitools.limits import MAX_LINE
from pkitools.text import pattern, shown, visible
from pkitools_cli.i18n import language, once, report_word, tr
from pkitools_cli.remedies import remedy_text
from pkitools_cli.reply import Line
from pkitools_cli.wide import fitted_end, head, wrap
from pkitools_cli.wide import width as width_of

if TYPE_CHECKING:
    from pkitools.reports.text import TextLine

_MOST_COLUMNS: Final = 100  # longer lines are hard to read, whatever the terminal
_FEWEST_COLUMNS: Final = 40
_USUAL_COLUMNS: Final = 80  # of what is no terminal
_CUT: Final = " …"
_OPTION: Final = pattern(r"-[a-z]|--[a-z][a-z0-9-]+")

# readable on a dark and on a light terminal alike, as yellow, cyan and bright green are not; green is bright when bold
_COLOURS: Final[dict[Severity | Verdict, tuple[str | None, bool]]] = {
    Verdict.PASSED: ("green", False),
    Verdict.FAILED: ("red", True),
    Verdict.INDETERMINATE: ("magenta", True),
    Severity.ERROR: ("red", True),
    Severity.WARNING: ("magenta", True),
    Severity.NOTICE: (None, True),
    Severity.INFO: (None, False),
}


def columns() -> int:
    """Return how wide a line may be."""
    return max(min(_terminal_columns(), _MOST_COLUMNS), _FEWEST_COLUMNS)


def _terminal_columns() -> int:
    """Return how wide the terminal is, as ``shutil.get_terminal_size`` does, which loads three compressors."""
    given = os.environ.get("COLUMNS", "").strip()
    if given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or _USUAL_COLUMNS  # type: ignore[union-attr]  # of no output, below
    except (AttributeError, ValueError, OSError):  # no standard output, a closed one, or one that is no terminal
        return _USUAL_COLUMNS


def listed(first: str, value: str) -> list[str]:
    """Return an entry of a list: one line, which a script can count and filter; on a terminal as rows that fit.

    Args:
        first: what stands before the value, in columns.
        value: what there is no room for beside it stands below it.
    """
    whole = f"{first}{value}"
    if not sys.stdout.isatty() or width_of(visible(whole)) <= columns():
        return [once(whole)]
    if width_of(first) <= columns() // 2:
        return beside(first, value)
    return [*wrapped(first.rstrip(), "    ", ""), *wrapped(value, "      ")]


def wrapped(
    text: str, indent: str, first: str | None = None, most: int | None = None, *, whole: bool = False
) -> list[str]:
    """Return a text as lines that fit the terminal, to be told below what was asked for before it.

    Args:
        text: without line breaks.
        indent: what each line begins with.
        first: what the first line begins with, where that differs.
        most: how many lines there may be; what does not fit is left out, and an ellipsis says so.
        whole: no word is split, however long.
    """
    width = columns()
    start = indent if first is None else first
    # before it is cut: an escape is longer than what it stands for, and a line break is no space
    told = once(visible(text, MAX_LINE))
    room = width - max(map(width_of, (indent, start)))
    found = wrap(told, width, start, indent, split_words=not whole and _has_long_word(told, room))
    return cut_rows(found or [start.rstrip()], most)


def cut_rows(found: list[str], most: int | None) -> list[str]:
    """Return rows of which there are no more than ``most``; where some are left out, an ellipsis says so."""
    if most is None or len(found) <= most:
        return found
    width, last = columns(), found[most - 1]
    while width_of(last) + len(_CUT) > width:
        last = last.rpartition(" ")[0] if " " in last.lstrip() else head(last, width - len(_CUT))
    return [*found[: most - 1], last.rstrip(" ,;:") + _CUT]


def _has_long_word(text: str, width: int) -> bool:
    """Return whether a word is too long for a line; an address never is: it is there to be copied."""
    return any(width_of(word) > width and "://" not in word for word in text.split(" "))


def packed(parts: Sequence[str], indent: str, first: str) -> list[str]:
    """Return parts with a comma between them as lines that fit the terminal; a part that fits on a line is not split.

    Args:
        parts: what to tell.
        indent: what each line begins with.
        first: what the first line begins with.
    """
    rows = [first]
    for number, part in enumerate(parts, start=1):
        told = visible(part) + ("," if number < len(parts) else "")
        begun = rows[-1] not in {first, indent}
        if begun and width_of(rows[-1]) + width_of(told) + 1 > columns():
            rows.append(indent)
            begun = False
        rows[-1] += f" {told}" if begun else told
    return rows if all(width_of(row) <= columns() for row in rows) else wrapped(", ".join(parts), indent, first)


def coloured(text: str, tone: Severity | Verdict, word: str = "", at: int = 0) -> Line:
    """Return a line of which a word, which stands at so many characters, says how bad it is: in its colour."""
    colour, bold = _COLOURS[tone]
    return Line(text, colour=colour, bold=bold, word=word, at=at)


def verdict_line(report: Report) -> Line:
    """Return the verdict of a report, in colour, and what it is about."""
    word = report_word("verdict", report.verdict)
    first, subject = f"{word}  ", shown(report.subject)
    if " " not in subject:  # of a long path the end is what differs
        return coloured(first + fitted_end(subject, columns() - width_of(first)), report.verdict, word)
    return coloured(wrapped(subject, "", first, most=1)[0], report.verdict, word)


def report_told(
    report: Report, *between: str, full: Severity = Severity.INFO, verbose: bool = False
) -> Iterator[Line | str]:
    """Yield a report: the verdict, the findings by weight, what could not be checked.

    Args:
        report: the report.
        between: lines that stand below the verdict.
        full: from which severity on a finding is told in full.
        verbose: name what could not be checked, instead of counting it.
    """
    yield verdict_line(report)
    yield from between
    yield from findings_told(report, full=full, verbose=verbose)


def findings_told(report: Report, *, full: Severity, verbose: bool) -> Iterator[Line | str]:
    """Yield the findings of a report by weight, then what could not be checked: named or counted."""
    from pkitools.reports.text import finding_lines, unchecked_lines  # the entry point shows errors only

    tongue = language()
    yield from _fitted(finding_lines(report, tongue, remedy_text, full=full))
    yield from _fitted(unchecked_lines(report, tongue, remedy_text, full=verbose))


def _fitted(lines: Iterable[TextLine]) -> Iterator[Line | str]:
    for line in lines:
        fits = width_of(line.first) + width_of(line.whole) <= columns()
        first, *rest = wrapped(line.whole if fits else line.text, line.hang, line.first)
        yield first if line.tone is None else coloured(first, line.tone, line.word)
        yield from rest


def labelled(prefix: str, rows: Iterable[tuple[str, str | None]], indent: str = "  ") -> Iterator[str]:
    """Yield for each row the text of ``<prefix>.<key>`` and the value beside it, in two columns.

    A row whose value is ``None`` is left out, and its label still counts for the width: tables of one kind line up. A
    value without spaces is never split: it is an address or a fingerprint, to be copied. What stands before a label,
    ``indent``, counts for the width too.
    """
    told = [(tr(f"{prefix}.{key}"), value) for key, value in rows]
    width = max((len(label) for label, _ in told), default=0)
    for label, value in told:
        if value is not None:
            yield from beside(f"{indent}{label:<{width}}  ", value)


def beside(first: str, value: str, further: int = 0) -> list[str]:
    """Return a value as lines beside what stands before it; one without spaces is never split.

    Args:
        first: what stands before it.
        value: any text.
        further: how much further to the right it goes on, where several values stand below each other.
    """
    indent = " " * (width_of(first) + further)
    return wrapped(value, indent, first) if " " in value.strip() else [f"{first}{visible(value, MAX_LINE)}"]


def is_dashed(word: str) -> bool:
    """Return whether a word would be taken for options where it stands by itself."""
    return word.startswith("-") and word != "-"


def pastable(words: Sequence[str]) -> tuple[str, ...]:
    """Return a command that does what is meant when it is pasted: no name of a file in it is taken for an option.

    Args:
        words: the command, without ``pkitools``.
    """
    if all(not is_dashed(word) or _OPTION.fullmatch(word) for word in words):
        return tuple(words)
    from pkitools_cli.commands.pasting import with_names_apart  # few files are called so

    return with_names_apart(words)


def pasted(words: Sequence[str]) -> str:
    """Return a command on one line, to be pasted.

    Args:
        words: the command, without ``pkitools``.
    """
    import shlex  # few answers name a command

    return shlex.join(("pkitools", *pastable(words)))


def command_rows(words: Sequence[str], indent: str) -> list[str]:
    """Return a command as lines that fit the terminal, and that can be pasted: a value stays by its option."""
    width = columns()
    rows, row = [], indent + "pkitools"
    for part in _parts(pastable((*words, *_own_data(words)))):
        if width_of(row) + width_of(part) + 3 > width and row.strip():
            rows.append(f"{row} \\")
            row = f"{indent}  {part}"
        else:
            row = f"{row} {part}"
    return [*rows, row]


def _own_data(words: Sequence[str]) -> tuple[str, ...]:
    """Return the folder with facts of one's own that this run was given: without it the command knows less."""
    import click  # the renderers need these lines without a command as well

    from pkitools_cli.framework import data_folder_given  # which needs the renderers, and they these lines

    ctx = click.get_current_context(silent=True)
    folder = None if ctx is None or "--data" in words else data_folder_given(ctx)
    return () if folder is None else ("--data", folder)


def _parts(words: Sequence[str]) -> Iterator[str]:
    """Yield the noun and verb, then each option with its value."""
    import shlex  # few answers name a command

    at = next((number for number, word in enumerate(words) if word.startswith("-") and word != "-"), len(words))
    yield from map(shlex.quote, words[:at])
    part = ""
    for word in words[at:]:
        if word.startswith("-") and word != "-" and part:
            yield part
            part = ""
        part = f"{part} {shlex.quote(word)}".strip()
    if part:
        yield part


def under_answer(key: str) -> tuple[str, str]:
    """Return what the first row under a label of an answer begins with, and what the others do.

    Args:
        key: ``why``, ``now``, ``also`` or ``from``.
    """
    from pkitools.reports.text import word

    return under_label(word(f"answer.{key}", language()))


def under_label(label: str) -> tuple[str, str]:
    """Return what the first row under a label begins with, where an answer has its labels, and what the others do."""
    from pkitools.reports.text import label_width  # most commands give no such answer

    width = label_width(language())
    return f"  {label:<{width}}  ", " " * (width + 4)


def next_step(sentence: str, words: Sequence[str] | None = None) -> list[str]:
    """Return what to do next: a sentence, and the command for it.

    Args:
        sentence: what; ends with a colon when a command follows.
        words: the command, without ``pkitools``; each word as the shell is to hand it over.
    """
    label = tr("cli.now.label")
    indent = " " * (len(label) + 1)
    rows = wrapped(sentence, indent, f"{label} ")
    return rows if words is None else [*rows, *command_rows(words, indent)]
