"""How nginx, Apache and HAProxy take their configuration apart, and the directives in it that are looked for.

Each text is read by the tokens of the program's own grammar, so it does not matter how somebody laid it out: several
directives on a line, one over several lines, quotes, comments. Beyond that no configuration is interpreted. A text may
also hold one among other things, as a script does that writes it: what begins a line counts as a directive of nginx
too, whatever stands before it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from pkitools.frozen import dataclass, replace
from pkitools.text import pattern

_MOST_OUTER: Final = 16
"""Blocks around a block that are looked in for what it does not say."""


class Block:
    """A block of a configuration: what is not said in it is taken from the one around it."""

    __slots__ = ("outer",)

    def __init__(self, outer: Block | None = None) -> None:
        self.outer = outer

    def around(self) -> Iterator[Block]:
        """Yield this block and those around it, the nearest first: of very many the first."""
        at: Block | None = self
        for _ in range(_MOST_OUTER):
            if at is None:
                return
            yield at
            at = at.outer


Value: TypeAlias = tuple[str, int]
"""A value and its line; an empty one could not be made out."""


Condition: TypeAlias = tuple[str, str, bool, int]
"""On which something depends: the section in small letters, what it asks, whether that has to be so, and the number of
the section in its text: it holds to its end or not at all."""


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive as it stands in a text.

    Args:
        name: in small letters where its program makes no difference between them.
        values: in their order; none where it names nothing.
        line: of its name, from 1.
        block: in which it stands.
        is_alone: it is a certificate for which surely no private key is named beside it, which its program asks for.
        conditions: on which it depends, the outermost first.
        is_idle: its program is told not to use it.
    """

    name: str
    values: tuple[Value, ...]
    line: int
    block: Block
    is_alone: bool = False
    conditions: tuple[Condition, ...] = ()
    is_idle: bool = False


class Lines:
    """Which line, from 1, a place in a text is on."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def at(self, place: int) -> int:
        """Return the line of a place."""
        return bisect_right(self._starts, place)

    def start(self, place: int) -> int:
        """Return where the line of a place begins."""
        return self._starts[self.at(place) - 1]


# a template of Ansible, Go or ERB is one word, whatever is in it
TEMPLATE: Final = r"(?:\{\{[^{}\n]*+\}\}|<%[^%\n]*+%>)"
_QUOTED: Final = r"\"(?P<double>(?:[^\"\\]|\\.)*+)\"|'(?P<single>(?:[^'\\]|\\.)*+)'"
_OPERATORS: Final = tuple("=:,(|+)[]")
"""What follows a name in the text of a program, and never one in a configuration of words."""


# --- nginx -----------------------------------------------------------------------------------------------------------

_TOKEN: Final = pattern(
    rf"(?P<none>\s++|\#[^\n]*+)|(?P<mark>(?!{TEMPLATE})[;{{}}])|{_QUOTED}"
    rf"|(?P<bare>(?:{TEMPLATE}|\\.|\$\{{|[^\s;{{\\])++)|(?P<odd>.)",
    re.DOTALL,
)
_ESCAPED: Final = pattern(r"\\([\"'\\ ])")
_PAIR: Final = 2
_NO_CHOICE: Final = frozenset(("proxy", "delete"))  # of geo: an address follows


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    line: int
    begins_line: bool


def of_nginx(
    text: str, names: Collection[str], choosing: Collection[str] = (), sections: Collection[str] = ()
) -> Iterator[Directive]:
    """Yield the directives of nginx (``ngx_conf_read_token``): words up to ``;``, lines count for nothing.

    Args:
        text: the configuration.
        names: of the directives.
        choosing: of those that choose the value of a variable by that of another, as ``map`` does in a block: each of
            its lines is one, with what it chooses by, the variable, the value that is there, and what it is then.
        sections: blocks that are told where they begin, without a value.
    """
    lines, words, block, begins = Lines(text), list[_Word](), Block(), True
    chosen: dict[Block, tuple[_Word, ...]] = {}
    others = frozenset(names).difference(choosing)
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "none":
            begins = begins or "\n" in token[0]
            continue
        if kind == "mark":
            if token[0] == ";" and block in chosen:
                yield from _choice(chosen[block], words, block)
            yield from _statements(words, token[0], others, block)
            inner = Block(block)
            if token[0] == "{" and (told := _choosing(words, choosing)):
                chosen[inner] = told
            if token[0] == "{" and words and words[-1].text in sections:
                yield Directive(words[-1].text, (), words[-1].line, inner)
            words = []
            block = inner if token[0] == "{" else (block.outer or block) if token[0] == "}" else block
            begins = False
            continue
        words.append(_Word(_of_token(token), lines.at(token.start()), begins))
        begins = False
        if kind in {"double", "single"} and "\n" in token[0]:  # a script may have a configuration between its quotes
            first = lines.at(token.start()) - 1
            for each in of_nginx(token[kind], names, choosing, sections):
                if all(value for value, _ in each.values):
                    values = tuple((value, first + line) for value, line in each.values)
                    yield Directive(each.name, values, first + each.line, each.block)
    yield from _statements(words, "", others, block)


def _choosing(words: Sequence[_Word], names: Collection[str]) -> tuple[_Word, ...]:
    """Return the words of what begins a block that chooses the value of a variable: its last; none of any other."""
    starts = [at for at, word in enumerate(words) if word.text in names and (at == 0 or word.begins_line)]
    told = tuple(words[starts[-1] :]) if starts else ()
    return told if told[1:] and told[-1].text.startswith("$") else ()


def _choice(told: tuple[_Word, ...], words: Sequence[_Word], block: Block) -> Iterator[Directive]:
    """Yield a line of such a block; of what another file says the variable itself is the value."""
    if len(words) == _PAIR and words[0].text not in _NO_CHOICE:
        by, name = " ".join(word.text for word in told[1:-1]), told[-1]
        value = name.text if words[0].text == "include" else words[1].text
        if value or words[0].text != "include":
            values = (
                (by, told[0].line),
                (name.text, name.line),
                (words[0].text, words[0].line),
                (value, words[1].line),
            )
            yield Directive(told[0].text, values, words[0].line, block)


def _of_token(token: re.Match[str]) -> str:
    """Return what a token says; nothing where its quotes are not closed."""
    if token.lastgroup in {"double", "single"}:
        return _ESCAPED.sub(r"\1", token[token.lastgroup])
    return "" if token[0][0] in "\"'" else _ESCAPED.sub(r"\1", token[0])


def _statements(words: list[_Word], mark: str, names: Collection[str], block: Block) -> Iterator[Directive]:
    """Yield what a statement sets, and what follows on a line of its own before its end."""
    starts = [at for at, word in enumerate(words) if word.text in names and (at == 0 or word.begins_line)]
    for at, end in pairwise([*starts, len(words)]):
        values = words[at + 1 : end]
        if values and values[0].text.startswith(_OPERATORS):
            continue
        is_whole = mark == ";" and end == len(words) and len(values) in (1, 2)
        told = tuple((word.text, word.line) for word in values) if is_whole else (("", words[at].line),)
        yield Directive(words[at].text, told, words[at].line, block)


# --- Apache ----------------------------------------------------------------------------------------------------------

_SECTION: Final = pattern(r"<(?P<end>/?)(?P<name>\w*+)(?P<asks>(?:\s++[<>]=?)?[^>\n]*+)>\s*+")
_CONDITIONS: Final = frozenset(
    ("ifdefine", "ifmodule", "ifversion", "iffile", "ifdirective", "ifsection", "if", "elseif", "else")
)
_LINE: Final = pattern(r"\s*+(?P<quote>[\"']?)(?P<name>\w++)(?P=quote)(?P<rest>.*+)", re.DOTALL)
_ARGUMENT: Final = pattern(rf"\s*+(?:{_QUOTED}|(?P<bare>(?![\"'])\S++))(?=\s|$)")


_MOST_ARGUMENTS: Final = 2
"""Arguments that are looked at: ``Define`` has two."""


def of_apache(text: str, names: Collection[str]) -> Iterator[Directive]:
    """Yield the directives of Apache (``ap_cfg_getline``): a line each, which ``\\`` at its end goes on with the next.

    A comment goes on so too. What follows ``<VirtualHost …>`` on its line Apache passes over; it is taken all the same.
    """
    block, begun, joined, conditions, sections = Block(), 0, list[str](), list[Condition](), 0
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        begun = begun if joined else number
        joined.append(line.removesuffix("\\"))
        if line.endswith("\\") and number < len(lines):
            continue
        whole = "".join(joined).lstrip()
        joined = []
        if whole.startswith("#"):
            continue
        at = 0
        while section := _SECTION.match(whole, at):
            kind = section["name"].lower()
            if kind == "virtualhost":
                block = (block.outer or block) if section["end"] else Block(block)
            elif kind in _CONDITIONS and not section["end"]:
                sections += 1
                conditions.append(_condition(kind, section["asks"], begun, sections))
            elif kind in _CONDITIONS and kind in (open_ := [each for each, *_ in conditions]):
                del conditions[len(open_) - 1 - open_[::-1].index(kind) :]
            at = section.end()
        rest = whole[at:]
        for each in _on_line(rest, names, begun, block):
            yield replace(each, conditions=tuple(conditions)) if conditions else each
        if "<" in rest and any(each["name"].lower() == "virtualhost" for each in _SECTION.finditer(rest)):
            block = block.outer or block


def _condition(kind: str, asks: str, line: int, section: int) -> Condition:
    """Return what a section asks; of one that asks by an expression each is of its own."""
    told = asks.strip().strip("\"'")
    if kind in {"if", "elseif", "else"}:
        return kind, f"{line}", True, section
    return kind, told.removeprefix("!").strip(), not told.startswith("!"), section


def _on_line(line: str, names: Collection[str], number: int, block: Block) -> Iterator[Directive]:
    found = _LINE.match(line)
    if found is None or found["name"].lower() not in names or found["rest"].lstrip().startswith(_OPERATORS):
        return
    if found["rest"] and not found["rest"][0].isspace() and found["rest"][0] not in "\"'":
        return
    values, at = list[Value](), 0
    while len(values) < _MOST_ARGUMENTS and (argument := _ARGUMENT.match(found["rest"], at)):
        values.append((_ESCAPED.sub(r"\1", argument[str(argument.lastgroup)]), number))
        at = argument.end()
    yield Directive(found["name"].lower(), tuple(values) or (("", number),), number, block)


# --- HAProxy ---------------------------------------------------------------------------------------------------------

_PART: Final = pattern(
    rf"(?P<gap>[ \t]++)|(?P<comment>\#.*+)|{_QUOTED}|\\(?P<escaped>.)|(?P<bare>[^\s\"'\\#]++)|(?P<odd>.)"
)


_QUOTES: Final = pattern(r"[\"'\\]")
_ENVIRONMENT: Final = pattern(r"(?<!\\)\$(?:\{(\w{1,100})\}|(\w{1,100}))")
_SETTING: Final = frozenset(("setenv", "presetenv", "unsetenv", "resetenv"))
_MOST_VALUE: Final = 4_096


class _Environment:
    """What the lines of HAProxy so far say that names stand for; what another program sets is not known."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._depth = 0

    def passed(self, first: str, words: Sequence[str]) -> None:
        """Take a line: what stands in a condition may be so or not.

        Args:
            first: its first word.
            words: all of them.
        """
        self._depth += {".if": 1, ".endif": -1}.get(first, 0)
        if first not in _SETTING:
            return
        name, value = (*words[1:3], "", "")[:2]
        if first == "resetenv":
            self._values = {}
        elif first == "unsetenv" or self._depth or not value or _ENVIRONMENT.search(value):
            for each in words[1:] if first == "unsetenv" else (name,):
                self._values.pop(each, None)
        elif first == "setenv":  # presetenv counts for less than the environment that nobody knows
            self._values[name] = value

    def within(self, text: str) -> str:
        """Return a text with the values of the names in it that are known."""
        told = _ENVIRONMENT.sub(lambda name: self._values.get(name[name.lastindex or 0], name[0]), text)
        return told if len(told) <= _MOST_VALUE else text


def of_haproxy(text: str, names: Collection[str], lines: Collection[str]) -> Iterator[Directive]:
    """Yield the options of HAProxy that stand anywhere on the lines that have them, and where names count from.

    Args:
        names: of the options, and of those others, which end in ``-base``.
        lines: the words that lines with options begin with.
    """
    environment = _Environment()
    for number, line in enumerate(text.split("\n"), start=1):
        first = _QUOTES.sub("", (line.split(None, 1) or [""])[0])
        has_options = first in lines
        if first in _SETTING or first.startswith("."):
            environment.passed(first, _words(line, environment))
        if not has_options and not (first in names and first.endswith("-base")):
            continue
        words, block = _words(line, environment), Block()
        for at, word in enumerate(words):
            if word in names and word.endswith("-base") != has_options:
                value = words[at + 1] if at + 1 < len(words) else ""
                if not value.startswith(_OPERATORS):
                    yield Directive(word, ((value, number),), number, block)


def _words(line: str, environment: _Environment) -> list[str]:
    """Return the words of a line: quotes and ``\\`` may stand within one; one whose quote is not closed is empty.

    Args:
        line: it.
        environment: what a name within double quotes stands for, and nowhere else.
    """
    words, begun = list[str](), False
    for part in _PART.finditer(line):
        kind = str(part.lastgroup)
        if kind == "comment":
            break
        if kind == "gap":
            begun = False
            continue
        if not begun:
            words.append("")
        begun = True
        if kind == "odd":
            words[-1] = ""
            break
        # within double quotes a variable is one, and elsewhere as well to whoever looks for one
        words[-1] += environment.within(_ESCAPED.sub(r"\1", part[kind])) if kind == "double" else part[kind]
    return words
