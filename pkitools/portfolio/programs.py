"""The programs whose configuration is looked through: what ``data/pointers.toml`` says of each, and its grammar.

A further program is a table there, and a :class:`Grammar` where none of those here is how it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, TypeAlias

from pkitools.documents import Source, cite
from pkitools.frozen import Frozen, dataclass, replace
from pkitools.package_data import read_toml
from pkitools.portfolio.directives import Directive, of_apache, of_haproxy, of_nginx
from pkitools.portfolio.keyed_directives import of_keyed
from pkitools.portfolio.pointing import OwnKey
from pkitools.text import pattern

_NAME: Final = pattern(r"\$\{(\w{1,100})\}")
_BARE_NAME: Final = pattern(r"\$(?:\{(\w{1,100})\}|(\w{1,100}))")
# of nginx: by which a variable names a file
_USING: Final = pattern(r"\b(?:(?:[a-z]{1,8}_)?ssl_\w{1,40}+|set)\s(?:\$\{\w{1,100}\}|[^;{}]){1,4096}+")
_BEGIN: Final = r"(?:\A|[;{}\n])[ \t]*+(?:<[^>\n]{0,400}>[ \t]*+)?[\"']?"


@dataclass(frozen=True, slots=True)
class Program:
    """What a program's configuration points to files with: the words of ``data/pointers.toml``, which says of each.

    Where its grammar makes no difference between letters, directives are in small ones.
    """

    name: str
    source: str
    grammar: Grammar
    file: frozenset[str]
    serves: frozenset[str]
    keys: Mapping[str, str]
    own_base: Mapping[str, str]
    trusts: frozenset[str] = frozenset()
    pattern: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    list: frozenset[str] = frozenset()
    base: frozenset[str] = frozenset()
    define: frozenset[str] = frozenset()
    early: frozenset[str] = frozenset()
    undefine: frozenset[str] = frozenset()
    engine: frozenset[str] = frozenset()
    choose: frozenset[str] = frozenset()
    sections: frozenset[str] = frozenset()
    inherits: frozenset[str] = frozenset()
    keyed_in: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    sign: str = ""
    only: str = ""
    main: str = ""
    from_main: bool = False
    without: tuple[str, ...] = ()
    ends: tuple[str, ...] = ("",)
    beside: str = ""
    cut: str = ""
    cut_by: str = ""
    whole_by: str = ""
    chosen_by: str = ""
    variants: tuple[str, ...] = ()

    @property
    def named(self) -> frozenset[str]:
        """The directives with which something is pointed to."""
        return self.file.union(self.pattern, self.list, self.keys)

    @property
    def has_places(self) -> bool:
        """Whether a private key goes with the certificate that it stands beside, and with no other."""
        return any("." in key for key in self.keys)

    @property
    def directives(self) -> frozenset[str]:
        """Every directive that is looked for."""
        return self.named.union(self.base, self.define, self.choose, self.undefine, self.engine)

    def read(self, text: str, name: str, used: Collection[str] = frozenset()) -> Iterator[Directive]:
        """Return its directives in a text.

        Args:
            text: the configuration.
            name: of its file.
            used: variables by which other texts may name a file, where those are one with it.
        """
        return self.grammar.read(self, text, name, used)

    def variables_of(self, texts: Iterable[str]) -> frozenset[str]:
        """Return the variables by which texts may name a file; none where it chooses no value of one."""
        if not self.choose:
            return frozenset()
        return frozenset(name for text in texts for told in _USING.finditer(text) for name in names_in(told[0]))


Reads: TypeAlias = Callable[[Program, str, str, Collection[str]], Iterator[Directive]]
Begins: TypeAlias = Callable[[Program, str, bool], tuple[tuple[bytes, ...], str]]


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a configuration is written, and what follows from that.

    Args:
        read: takes the directives of a program from a text, with the name of its file and the variables that others
            may name a file by.
        begins: words of which one is there in a text with a directive, and an expression for how one begins: of a
            program, alternatives of its directives, and whether the text is that of a program.
        unkeyed: what is said of the private key of a certificate for which none is named.
        folds: capitals make no difference in directives.
        variable: how a variable is written.
        has_many: a directive may have more values, each of its own.
        is_data: what a value is depends on what it stands in, and keys go with certificates by their number.
        has_parts: what stands in no block may be a part of another text, which says more of it.
        spares: a certificate behind those that have a key of their number takes the one in its own file.
        takes_one: what includes has one value; with more it is prose.
        has_cases: it is read from top to bottom, and what stands in a condition only where that holds.
    """

    read: Reads
    begins: Begins
    unkeyed: OwnKey
    folds: bool = False
    variable: re.Pattern[str] = _NAME
    has_many: bool = False
    is_data: bool = False
    has_parts: bool = False
    spares: bool = False
    takes_one: bool = False
    has_cases: bool = False


def name_of(found: re.Match[str]) -> str:
    """Return the name of a variable that was found."""
    return found[found.lastindex or 0]


def names_in(text: str) -> set[str]:
    """Return the variables in a text of nginx."""
    return {name_of(each) for each in _BARE_NAME.finditer(text)}


def with_braces(text: str) -> str:
    """Return a text of nginx with its variables written in one of the two ways."""
    return _BARE_NAME.sub(lambda told: f"${{{name_of(told)}}}", text)


def word_of(directive: str) -> str:
    """Return the word by which a directive is looked for in a text, in small letters."""
    return directive.lower().rpartition(".")[2]


def _read_statements(program: Program, text: str, _: str, used: Collection[str]) -> Iterator[Directive]:
    used = program.variables_of((text,)).union(used)
    found = (_as_meant(each, program) for each in of_nginx(text, program.directives, program.choose, program.sections))
    # most such blocks are of redirects, and may have thousands of lines
    return (each for each in found if each.name not in program.choose or used.issuperset(names_in(each.values[1][0])))


def _as_meant(found: Directive, program: Program) -> Directive:
    """Return a directive of nginx: only what sets a variable has more values, and any other with two is no file."""
    if found.name in program.sections:
        return found
    is_meant = len(found.values) == (2 if found.name in program.define else 1)
    return found if is_meant or found.name in program.choose else replace(found, values=(("", found.line),))


def _begin_statements(_: Program, told: str, is_program: bool) -> tuple[tuple[bytes, ...], str]:
    return (b"ssl_", b"include"), rf"{_BEGIN}(?:(?:{told})[\"']?\s|include\s++[^\s;()]{{1,4096}}+\s*+;)"


def _read_lines(program: Program, text: str, _: str, used: Collection[str]) -> Iterator[Directive]:
    return of_apache(text, program.directives)


def _begin_lines(program: Program, told: str, is_program: bool) -> tuple[tuple[bytes, ...], str]:
    ends = "|".join(map(re.escape, program.ends))
    shape = rf"{_BEGIN}(?:(?:{told})\s|include(?:optional)?[ \t]++[^\n]{{0,4096}}(?:{ends})[\"']?[ \t]*+$)"
    return (b"ssl", b"include"), shape


def _read_options(program: Program, text: str, _: str, used: Collection[str]) -> Iterator[Directive]:
    return of_haproxy(text, program.directives, program.lines)


def _begin_options(program: Program, told: str, is_program: bool) -> tuple[tuple[bytes, ...], str]:
    lines = "|".join(map(re.escape, program.lines))
    return (b"crt", b"ca-", b"key"), rf"(?:\A|\n)[ \t]*+(?:{lines})\s[^\n]*?\s[\"']?(?:{told})[\"']?[ \t]"


def _read_keyed(program: Program, text: str, name: str, used: Collection[str]) -> Iterator[Directive]:
    keys = {certificate: key for key, certificate in program.keys.items()}
    return of_keyed(text, {word_of(each): each for each in program.directives}, name, keys, program.keyed_in)


def _begin_keyed(_: Program, told: str, is_program: bool) -> tuple[tuple[bytes, ...], str]:
    value = r"[ \t]*+[\"']" if is_program else ""
    return (b"cert", b"ca"), rf"(?<![\w-])(?:{told})[\"']?[ \t]*+(?::|=(?!=)){value}"


_FORMS: Final = {
    "statements": Grammar(
        _read_statements, _begin_statements, unkeyed=OwnKey.NONE, variable=_BARE_NAME, has_parts=True
    ),
    "lines": Grammar(
        _read_lines,
        _begin_lines,
        unkeyed=OwnKey.LOADED,
        folds=True,
        has_parts=True,
        spares=True,
        takes_one=True,
        has_cases=True,
    ),
    "options": Grammar(_read_options, _begin_options, unkeyed=OwnKey.LOADED),
    "keyed": Grammar(_read_keyed, _begin_keyed, unkeyed=OwnKey.NONE, has_many=True, is_data=True),
}
_SETS: Final = (
    "file",
    "serves",
    "trusts",
    "pattern",
    "optional",
    "list",
    "base",
    "define",
    "choose",
    "undefine",
    "engine",
    "early",
    "sections",
    "inherits",
)
_IN_ORDER: Final = ("keyed_in", "lines", "without", "ends", "variants")


@cache
def kinds() -> tuple[Program, ...]:
    """Return every program whose configuration is looked through."""
    raw: Mapping[str, Any] = read_toml(str(__package__), "data/pointers.toml")
    return tuple(_program(name, each) for name, each in raw.items() if isinstance(each, dict))


def _program(name: str, raw: Mapping[str, Any]) -> Program:
    grammar = _FORMS[raw["form"]]

    def as_read(directive: str) -> str:
        return directive.lower() if grammar.folds else directive

    given = {key: value for key, value in raw.items() if key != "form"}
    given |= {key: frozenset(map(as_read, raw[key])) for key in _SETS if key in raw}
    given |= {key: tuple(raw[key]) for key in _IN_ORDER if key in raw}
    given["keys"] = Frozen({as_read(key): as_read(certificate) for key, certificate in raw["keys"].items()})
    given["own_base"] = Frozen(raw.get("own_base", {}))
    return Program(name=name, grammar=grammar, **given)


@cache
def directive_words() -> frozenset[str]:
    """Return every directive in small letters, whatever program has it."""
    return frozenset(word_of(name) for program in kinds() for name in program.directives)


def programs() -> tuple[tuple[str, Source], ...]:
    """Return every program whose configuration is looked through, with the document its directives stand in."""
    return tuple((program.name, cite(program.source)) for program in kinds())
