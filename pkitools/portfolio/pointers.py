"""What a configuration points to: files with certificates and keys, further configuration.

The programs and their directives stand in :mod:`~pkitools.portfolio.programs`, and how each text is taken apart in
:mod:`~pkitools.portfolio.directives` and :mod:`~pkitools.portfolio.keyed_directives`. What such a directive names and
could not be made out is told. What somebody hands in may also be an inventory (:mod:`~pkitools.portfolio.inventory`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

from pkitools.containers.encodings import as_utf8
from pkitools.errors import LimitError, PkitoolsError
from pkitools.frozen import dataclass, replace
from pkitools.limits import MAX_CONFIGURATION_BYTES, MAX_POINTERS
from pkitools.portfolio.conditions import cases_of, has_cases
from pkitools.portfolio.directives import Block, Directive
from pkitools.portfolio.inventory import LISTS, TABLES, TOML, is_toml_list, may_be_list, names_our_kind, of_inventory
from pkitools.portfolio.keyed_directives import DATA, PROGRAMS, of_escaped_keys
from pkitools.portfolio.pointing import OwnKey, Pointer, Target, Unnamed
from pkitools.portfolio.programs import Program, directive_words, kinds, name_of, with_braces, word_of
from pkitools.text import pattern, size_text

_PROSE: Final = (".md", ".rst", ".adoc", ".html", ".htm", ".tex")
_CONFIGURATION: Final = ".conf"
_WORD: Final = pattern(r"[A-Za-z_][A-Za-z0-9_-]*+")
_PEM: Final = pattern(rb"-----BEGIN [A-Z0-9 ]++-----[^-]*+-----END [A-Z0-9 ]++-----")
# what the program itself knows: a variable, what stands in place of a file, a key on a token
_VARIABLE: Final = pattern(r"[$%]|\{\{|^data:|^@|^(?:engine|store|pkcs11):")


_ITSELF: Final = pattern(r"data:[^$]*+")
"""Of nginx the certificate or key itself, in place of a file: what is not looked at, and may be a secret."""
_MOST_VALUE: Final = 4_096
"""Characters that the name of a file may have: no system has longer ones."""
_REST: Final = frozenset(("default", "*"))  # of nginx: the case of whatever is in no other
_RANGE: Final = pattern(r"[0-9.]{7,15}-")  # of geo


def pointers_of(
    data: bytes, name: str, *, is_inventory: bool, listing: tuple[str, ...] | None = None
) -> tuple[Pointer, ...]:
    """Return what a text points to, in its order; nothing where it is neither configuration nor inventory.

    Args:
        data: its content.
        name: of the file: of one that ends as prose nothing is taken.
        is_inventory: somebody handed it in, so that a column of names may be meant.
        listing: a configuration says that it has a line for each file: the folders that those count from.

    Raises:
        InputError: it is an inventory by its name and cannot be read as one.
        LimitError: it points to more than is followed, or is too large to be looked through and points to something.
    """
    octets = None if is_prose(name) else as_utf8(data)
    if octets is None:
        return ()
    if len(octets) > MAX_CONFIGURATION_BYTES:
        if listing is not None or seems_to_point(octets, name) or (is_inventory and may_be_list(octets)):
            limit = size_text(MAX_CONFIGURATION_BYTES)
            raise LimitError("portfolio.error.configuration_too_large", name=name, limit=limit)
        return ()
    text = octets.decode("utf-8", "replace")
    if listing is not None:
        return _within_limit(_of_lines(text, listing), name)
    found = _within_limit(_directives(text, name), name)
    return found or (_within_limit(of_inventory(text, name), name) if is_inventory else ())


def is_prose(name: str) -> bool:
    """Return whether a file is for people by how its name ends: nothing is taken from it."""
    return name.lower().endswith(_PROSE)


def text_of(data: bytes, name: str) -> str | None:
    """Return the text of what may be a configuration; ``None`` of what is too large for one, no text, or prose.

    Args:
        data: its content.
        name: of the file.
    """
    octets = None if is_prose(name) else as_utf8(data)
    return None if octets is None or len(octets) > MAX_CONFIGURATION_BYTES else octets.decode("utf-8", "replace")


def pointers_beside(data: bytes, name: str) -> tuple[Pointer, ...]:
    """Return what a configuration points to that has certificates or keys in it as well.

    Raises:
        LimitError: as of :func:`pointers_of`, of what stands around its certificates.
    """
    if b"-----BEGIN " in data and not _PEM.sub(b"", data).strip():
        return ()  # as of most
    octets = as_utf8(data)
    if octets is None or not _PEM.sub(b"", octets).strip():
        return ()
    # its first word stays, so that a value that is a certificate itself is no empty one
    around = _PEM.sub(lambda block: b"-----BEGIN" + b"\n" * block[0].count(b"\n"), octets)
    return pointers_of(around, name, is_inventory=False)


def seems_to_point(text: bytes, name: str) -> bool:
    """Return whether a text that is too large to be looked through has a directive: nobody may pass over it.

    Args:
        text: in UTF-8.
        name: of the file: in the text of a program only a key with a text behind it counts.
    """
    small = text.lower()
    is_program = name.lower().endswith(PROGRAMS)
    return any(sign.search(small) for words, sign in _signs(is_program) if any(word in small for word in words))


@cache
def _signs(is_program: bool) -> tuple[tuple[tuple[bytes, ...], re.Pattern[bytes]], ...]:
    """Return of each program words of which one is there, and how a directive begins."""
    found = []
    for program in kinds():
        if program.grammar.is_data or not is_program:
            told = "|".join(re.escape(each.lower()) for each in sorted({*program.file, *program.list, *program.keys}))
            some, shape = program.grammar.begins(program, told, is_program)
            found.append((some, re.compile(shape.encode(), re.MULTILINE)))
    return tuple(found)


def _within_limit(pointers: Iterator[Pointer], name: str) -> tuple[Pointer, ...]:
    found = tuple(islice(pointers, MAX_POINTERS + 1))
    if len(found) > MAX_POINTERS:
        raise LimitError("portfolio.error.too_many_pointers", name=name, limit=MAX_POINTERS)
    return found


def _directives(text: str, name: str) -> Iterator[Pointer]:
    told = {word[0].lower() for word in _WORD.finditer(text)} & directive_words()
    for program in kinds():
        if program.only and not re.search(program.only, text):
            continue
        if program.grammar.is_data:
            small = {each.lower(): each for each in (*program.file, *program.keys)}
            yield from named_by(program, [*of_escaped_keys(text, small, name)], name)
        if told.isdisjoint(map(word_of, program.named)):
            continue
        found = _read_whole(program, text, name)
        is_sure = _is_surely(program, found, text, name)
        pointers = named_by(program, found, name, is_sure=is_sure, unnamed=_unnamed(program, text))
        roots = (str(Path(name).parent),) if program.from_main and _is_main(program, text, name) else ()
        yield from (replace(each, program=program.source, roots=roots) for each in pointers)


def _read_whole(program: Program, text: str, name: str) -> list[Directive]:
    """Return the directives of a text; what gives names values is no pointer, and what stands behind it may be one.

    Raises:
        LimitError: there are too many; where a block begins points to nothing, and is none of them.
    """
    found, left = [], MAX_POINTERS
    for each in program.read(text, name):
        found.append(each)
        left -= each.name not in program.sections
        if left < 0:
            raise LimitError("portfolio.error.too_many_pointers", name=name, limit=MAX_POINTERS)
    return found


def _is_main(program: Program, text: str, name: str) -> bool:
    """Return whether a text is that with which a program starts, as its file lies: no script or chart that has it."""
    is_in_another = name.lower().endswith((*PROGRAMS, *DATA)) or text.startswith("#!")
    return not is_in_another and re.search(program.main, text) is not None


def _is_surely(program: Program, found: Sequence[Directive], text: str, name: str) -> bool:
    """Return whether a text is a configuration of this program: "include" also begins a line of many others."""
    if not program.pattern or name.lower().endswith(PROGRAMS):
        return False
    if program.grammar.is_data:
        return any(each.name in program.pattern for each in found)  # what it stands in says so
    sure = program.file.union(program.keys)
    return any(each.name in sure for each in found) or re.search(program.sign, text) is not None


def _unnamed(program: Program, text: str) -> Unnamed | None:
    """Return what a program loads by itself with each certificate; ``None`` of one that loads nothing."""
    if not program.beside:
        return None
    lines = [line.split() for line in text.split("\n")]
    is_whole = any(line[:1] == [program.whole_by] for line in lines)
    is_stated = any(line[:1] == [program.cut_by] for line in lines)
    is_cut = is_stated if is_whole or is_stated else None  # what is stated for all may stand in another file
    chosen = next((line[1:] for line in lines if line[:1] == [program.chosen_by]), None)
    is_loaded = chosen is None or not {"key", "all"}.isdisjoint(chosen)
    return Unnamed(program.beside, program.cut, is_cut, program.variants, is_loaded)


def named_by(
    program: Program,
    found: Sequence[Directive],
    name: str,
    *,
    is_sure: bool = False,
    unnamed: Unnamed | None = None,
    is_all: bool = True,
) -> Iterator[Pointer]:
    """Yield what the directives of one program point to, and its private keys before the rest.

    Args:
        program: it.
        found: its directives.
        name: of the file.
        is_sure: the text is surely a configuration of it, so that what is included and is not there is missing.
        unnamed: what it loads by itself with each certificate.
        is_all: nothing that is included was left out: else nobody knows what each of all blocks says.
    """
    if is_all and (idle := _overridden(program, found)):
        for each in named_by(program, idle, name):
            yield replace(each, is_idle=True, is_optional=True, key_of="", own_key=OwnKey.NAMED)
        left = {id(each) for each in idle}
        found = [each for each in found if id(each) not in left]
    if not (program.grammar.has_cases and has_cases(program, found)):
        yield from _Case(program, found, name, is_sure=is_sure, unnamed=unnamed).pointers()
        return
    told: dict[Pointer, OwnKey] = {}
    stated = [one for one in found if one.values]
    unsure = next((one for one in stated if one.conditions), stated[0] if stated else None)
    for case in cases_of(program, found):
        if case is None and unsure is not None:  # what goes with what is not known, and no word would count as good
            told.setdefault(Pointer(Target.UNKNOWN, *unsure.values[0], serves=True), OwnKey.NAMED)
        for each in _Case(program, case or (), name, is_sure=is_sure, unnamed=unnamed).pointers():
            plain = replace(each, own_key=OwnKey.NAMED)
            told[plain] = max(told.get(plain, OwnKey.NAMED), each.own_key, key=list(OwnKey).index)
    yield from (replace(each, own_key=own_key) for each, own_key in told.items())


class _Case:
    """The directives of one program in one case of what they depend on, and what they point to.

    Args:
        program, found, name, is_sure, unnamed: as of :func:`named_by`.
    """

    def __init__(
        self, program: Program, found: Sequence[Directive], name: str, *, is_sure: bool, unnamed: Unnamed | None
    ) -> None:
        self._program, self._found, self._name = program, found, name
        self._is_sure, self._unnamed = is_sure, unnamed
        self._bases = [each for each in found if each.name in program.base and each.values and each.values[0][0]]
        self._defined = _defined(each for each in found if each.name in program.define and len(each.values) == 2)
        self._chosen = _chosen_of((each for each in found if each.name in program.choose), self._single)
        self._told = set[tuple[str, _Chosen]]()

    def pointers(self) -> Iterator[Pointer]:
        """Yield what the directives point to, and the private keys before the rest."""
        for key, certificate in self._program.keys.items():
            yield from self._keys(key, certificate)
        program = self._program
        with_key = {each.block for each in self._found if each.name in program.keys}
        own_key = _own_keys(program, self._found)
        for each in self._found:
            if each.name in program.file or each.name in program.list:
                yield from self._files(each, own_key, None if each.block in with_key else self._unnamed)
            elif each.name in program.pattern:
                yield from self._included(each)

    def _keys(self, key: str, certificate: str) -> Iterator[Pointer]:
        """Yield the private keys of one directive, each with every certificate that it is used with."""
        keys, certificates = ([each for each in self._found if each.name == of] for of in (key, certificate))
        for each, partner in _pairs(keys, certificates, self._program):
            pairs = _together(self._known(*each.values[0], each), self._known(partner, each.line, each))
            if not all(is_known for *_, is_known in pairs):
                yield Pointer(Target.UNKNOWN, *each.values[0], serves=True)  # no word on them would count as good
            for one, of, _ in pairs:
                if self._is_again(f"{key} {of}", one):
                    continue
                told = _pointer(one.text, one.line, self._bases_of(key, each.line), directive=each.name)
                yield replace(
                    told,
                    is_key=True,
                    is_idle=each.is_idle,
                    key_of="" if _VARIABLE.search(of) else of,
                    key_of_bases=self._bases_of(certificate, each.line),
                )

    def _values(self, by: Directive) -> Sequence[tuple[str, int]]:
        return by.values if self._program.grammar.has_many else by.values[:1]

    def _files(
        self, by: Directive, own_key: Callable[[Directive], OwnKey], unnamed: Unnamed | None
    ) -> Iterator[Pointer]:
        """Yield the files that a directive names: what is sent, what is trusted, and lists."""
        program, bases = self._program, self._bases_of(by.name, by.line)
        serves, trusts, has_lines = (by.name in each for each in (program.serves, program.trusts, program.list))
        for one in (each for value, line in self._values(by) for each in self._known(value, line, by)):
            if one.case is not None and not one.text:
                continue  # nobody is sent one there
            if self._is_again(by.name, one):
                continue
            told = _pointer(one.text, one.line, bases, has_lines=has_lines, serves=serves, directive=by.name)
            if serves or trusts:
                key = own_key(by) if serves else OwnKey.NAMED
                told = replace(told, trusts=trusts, own_key=key, is_idle=by.is_idle)
            yield replace(told, unnamed=unnamed) if serves and unnamed is not None else told

    def _included(self, by: Directive) -> Iterator[Pointer]:
        """Yield what a directive includes, and whether it is missing where it is not there."""
        program, bases = self._program, self._bases_of(by.name, by.line)
        for value, line in self._values(by):
            text = self._single(value, by)
            if not _is_included(program, by, text, is_sure=self._is_sure):
                continue
            told = _pointer(text, line, bases, further=True, directive=by.name)
            is_missed = self._is_sure or (self._name.endswith(_CONFIGURATION) and told.text.endswith(_CONFIGURATION))
            may_lack = not is_missed or by.name in program.optional or Path(told.text).name in program.without
            yield replace(told, is_optional=may_lack) if may_lack else told

    def _is_again(self, what: str, one: _Chosen) -> bool:
        """Return whether a value was told: one variable may be of several servers."""
        is_again = one.case is not None and (what, one) in self._told
        self._told.add((what, one))
        return is_again

    def _bases_of(self, name: str, line: int) -> tuple[str, ...]:
        return _bases(self._bases, self._program.own_base.get(name), line)

    def _single(self, value: str, by: Directive) -> str:
        """Return a value with what the names in it stand for, but for those that the program chooses."""
        if by.name in self._program.early or not self._defined:
            return value
        return _with_values(value, _in_block(by.block, self._defined), self._program.grammar.variable)

    def _known(self, value: str, line: int, by: Directive) -> Sequence[_Chosen]:
        """Return each value that one may be."""
        text, variable_of = self._single(value, by), self._program.grammar.variable
        variable = next((each for each in variable_of.finditer(text) if name_of(each) in self._chosen), None)
        if variable is None:
            return (_Chosen(text, line),)
        before, behind = text[: variable.start()], text[variable.end() :]
        return [replace(each, text=before + each.text + behind) for each in self._chosen[name_of(variable)]]


def _overridden(program: Program, found: Sequence[Directive]) -> list[Directive]:
    """Return what a block says for others in it that each say it themselves, so that nothing takes it from there.

    Of a text without such blocks nothing is known, nor of what stands in no block: others may be beside it elsewhere.
    """
    stated = {(each.block, each.name) for each in found if each.name in program.inherits}
    within: dict[Block, list[Block]] = {}
    for each in found:
        if each.name in program.sections or each.name in program.pattern:
            for outer in islice(each.block.around(), each.name in program.sections, None):
                within.setdefault(outer, []).append(each.block)

    def is_taken(each: Directive, block: Block) -> bool:
        return all((at, each.name) not in stated for at in _up_to(block, each.block))

    return [
        each
        for each in found
        if each.name in program.inherits
        and each.block.outer is not None
        and each.block in within
        and not any(is_taken(each, block) for block in within[each.block])
    ]


def _up_to(block: Block, outer: Block) -> Iterator[Block]:
    """Yield a block and those around it, but for one of those and what is around that."""
    for at in block.around():
        if at is outer:
            return
        yield at


def _chosen_of(found: Iterable[Directive], single: Callable[[str, Directive], str]) -> dict[str, list[_Chosen]]:
    """Return what directives such as ``map`` of nginx choose from: a variable → each value it may have."""
    chosen: dict[str, list[_Chosen]] = {}
    for each in found:
        (by, _), (variable, _), (case, _), (value, line) = each.values
        by = with_braces(by)  # it may be written in two ways
        case = case if case.startswith("~") else case.lower()
        chosen.setdefault(variable.strip("${}"), []).append(
            _Chosen(single(value, each), line, (f"{each.name} {by}", case))
        )
    return chosen


def _together(keys: Sequence[_Chosen], certificates: Sequence[_Chosen]) -> list[tuple[_Chosen, str, bool]]:
    """Return each value of a private key with every certificate that it is used with, and whether that is all of them.

    What is fixed goes with each choice of the other, and so does a ``default`` with each case that the other has alone.
    What is chosen by two variables may meet in any way, and a case in another pattern: then it is not known.
    """
    if any(one.case is None for one in (*keys, *certificates)):
        return [(key, of, True) for key in keys for of in dict.fromkeys(one.text for one in certificates)]
    if len({one.by for one in (*keys, *certificates)}) > 1:
        return [(key, "", False) for key in keys]
    keys_at, certificates_at = ({one.case[1]: one for one in each if one.case} for each in (keys, certificates))
    found = dict[tuple[_Chosen, str, bool], None]()
    for case in {**keys_at, **certificates_at}:
        key, of = _in_case(case, keys_at, certificates_at), _in_case(case, certificates_at, keys_at)
        if of is not None and not of.text:
            continue  # nobody is sent one there
        if key is not None and of is not None:
            found[key, of.text, True] = None
        elif case in certificates_at:  # nginx opens a key without a name, and a certificate without one it passes over
            found[keys[0], "", False] = None
    met = {one for one, *_ in found}
    return [*found, *((key, "", True) for key in keys if key.text and key not in met)]


def _in_case(case: str, own: Mapping[str, _Chosen], other: Mapping[str, _Chosen]) -> _Chosen | None:
    """Return what a variable is where that by which it is chosen is this; ``None`` where it is nothing, or not known.

    Args:
        case: of its choices or of those of the other variable.
        own: its choices.
        other: those of the other.
    """
    if case in own:
        return own[case]
    rest = next((one for each, one in own.items() if each in _REST), None)
    met = [one for each, one in own.items() if _may_meet(each, case) and not (each in other and not _is_many(each))]
    return rest if all(rest is not None and one.text == rest.text for one in met) else None


def _may_meet(one: str, other: str) -> bool:
    return one not in _REST and other not in _REST and (_is_many(one) or _is_many(other))


def _is_many(case: str) -> bool:
    """Return whether a case of nginx stands for several: an expression, part of a name, a network, a share, a file."""
    is_part = case.startswith(("~", ".", "*.")) or case.endswith((".*", "%")) or "/" in case
    return is_part or case == "include" or _RANGE.match(case) is not None


def _own_keys(program: Program, found: Sequence[Directive]) -> Callable[[Directive], OwnKey]:
    """Return what says of a certificate that is named if a private key is named for it.

    What stands in no block of its text may be a part of another, which names the key. Of several certificates the third
    goes with the third key, and Apache takes the key of one that is left from its own file. What a block does not say
    it has from the one around it, keys and certificates both.
    """
    grammar, placed = program.grammar, [*enumerate(found)]
    keyed, left = set[int](), set[int]()
    for key, certificate in program.keys.items():
        keys_in, certificates_in = (
            _by_block(each for each in placed if each[1].name == name) for name in (key, certificate)
        )
        for block in {**keys_in, **certificates_in}:
            own = _in_force(block, keys_in)
            keyed.update(_in_force(block, certificates_in)[: len(own)])
            left.update(_in_force(block, certificates_in)[len(own) :] if own and grammar.spares else ())
    named, own_file = ({id(found[at]) for at in each} for each in (keyed, left))
    may_be_named = frozenset(program.keys.values())

    def of(directive: Directive) -> OwnKey:
        if directive.is_idle:
            return OwnKey.NAMED
        if grammar.is_data:
            return grammar.unkeyed if directive.is_alone else OwnKey.NAMED
        if id(directive) in named:
            return OwnKey.NAMED
        if id(directive) in own_file or directive.name not in may_be_named:
            return OwnKey.LOADED
        is_part = grammar.has_parts and directive.block.outer is None
        return OwnKey.NAMED if is_part else grammar.unkeyed

    return of


def _bases(found: Sequence[Directive], own: str | None, line: int) -> tuple[str, ...]:
    """Return the folders that names on a line may count from: those of their own kind first, the last above first."""
    in_order = sorted(found, key=lambda each: (each.name != own, each.line > line, -each.line)) if own else found
    return tuple(each.values[0][0] for each in in_order)


def _is_included(program: Program, directive: Directive, value: str, *, is_sure: bool) -> bool:
    """Return whether a directive includes: one that could not be made out only where it surely is one."""
    if program.grammar.takes_one and len(directive.values) != 1:
        return False
    return is_sure or (bool(value) and value.endswith(program.ends))


def _pairs(
    keys: Sequence[Directive], certificates: Sequence[Directive], program: Program
) -> Iterator[tuple[Directive, str]]:
    """Yield each private key with its certificate, or with nothing where it is not known which goes with which.

    In a block the third key goes with the third certificate, of Apache also where there are more of one than of the
    other: nginx takes no such block. What a block does not say it has from the one around it.
    """
    keys, certificates = ([each for each in all_ if each.values] for all_ in (keys, certificates))
    if any(each.is_idle for each in keys):
        yield from ((each, "") for each in keys)
        return
    pairs: dict[tuple[int, str], None] = {}
    if program.grammar.is_data and not program.has_places and len(keys) == len(certificates):
        pairs = {(at, each.values[0][0]): None for at, each in enumerate(certificates)}
    else:
        keys_in, certificates_in = _by_block(enumerate(keys)), _by_block(enumerate(certificates))
        for block in {**keys_in, **certificates_in}:
            own, of = _in_force(block, keys_in), _in_force(block, certificates_in)
            if len(own) == len(of) or program.grammar.spares:
                pairs |= {(key, certificates[of_one].values[0][0]): None for key, of_one in zip(own, of, strict=False)}
    paired = {at for at, _ in pairs}
    yield from ((each, "") for at, each in enumerate(keys) if at not in paired)
    yield from ((keys[at], certificate) for at, certificate in sorted(pairs))


def _by_block(directives: Iterable[tuple[int, Directive]]) -> dict[Block, list[int]]:
    found: dict[Block, list[int]] = {}
    for at, each in directives:
        found.setdefault(each.block, []).append(at)
    return found


def _in_force(block: Block, found: Mapping[Block, list[int]]) -> list[int]:
    return next((found[at] for at in block.around() if at in found), [])


def _pointer(
    text: str,
    line: int,
    bases: tuple[str, ...],
    *,
    further: bool = False,
    has_lines: bool = False,
    serves: bool = False,
    directive: str = "",
) -> Pointer:
    if not text or len(text) > _MOST_VALUE or not text.isprintable() or _ITSELF.fullmatch(text):
        return Pointer(Target.UNREAD, directive, line, serves=serves)
    if _VARIABLE.search(text):
        return Pointer(Target.UNKNOWN, text, line, serves=serves)
    return Pointer(Target.PATTERN if further else Target.FILE, text, line, bases, has_lines, serves=serves)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What a value may be.

    Args:
        text: that.
        line: on which it stands.
        case: where it is this: what the program chooses by, and the value of that; ``None`` of what it always is.
    """

    text: str
    line: int
    case: tuple[str, str] | None = None

    @property
    def by(self) -> str:
        """What the program chooses it by; empty of what it always is."""
        return self.case[0] if self.case else ""


def _defined(found: Iterable[Directive]) -> Mapping[Block, Mapping[str, str]]:
    """Return by block what names stand for, by the text itself; one that is given two values there is not known.

    What a block within it gives the name may have been carried out before it is used.
    """
    values: dict[Block, dict[str, set[str]]] = {}
    for each in found:
        (name, _), (value, _) = each.values
        values.setdefault(each.block, {}).setdefault(name.lstrip("$"), set()).add(value)
    for block, names in values.items():
        for outer in islice(block.around(), 1, None):
            for name in names.keys() & values.get(outer, {}).keys():
                values[outer][name] |= names[name]
    return {
        block: {name: next(iter(told)) if len(told) == 1 else "" for name, told in names.items()}
        for block, names in values.items()
    }


def _in_block(block: Block, defined: Mapping[Block, Mapping[str, str]]) -> Mapping[str, str]:
    """Return what names stand for in a block: what it says itself goes before what is said around it."""
    found: dict[str, str] = {}
    for at in block.around():
        found = {**defined.get(at, {}), **found}
    return {name: value for name, value in found.items() if value}


def _with_values(text: str, defined: Mapping[str, str], names: re.Pattern[str]) -> str:
    """Return a text with the values of the names in it; a value with a name in it stays what it is."""
    return names.sub(lambda name: defined.get(name[name.lastindex or 0], name[0]), text) if defined else text


def _of_lines(text: str, bases: tuple[str, ...]) -> Iterator[Pointer]:
    """Yield the first word of each line of a list of HAProxy; what follows it is options and names of servers."""
    unnamed = next(filter(None, (_unnamed(program, "") for program in kinds() if program.list)), None)
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.split(None, 1)
        if words and not words[0].startswith("#"):
            told = _pointer(words[0], number, bases, serves=True)
            yield replace(told, unnamed=unnamed, own_key=OwnKey.LOADED)


def is_list(data: bytes, name: str) -> bool:
    """Return whether a file that only lies somewhere would be read as a list of peers or files, were it handed in.

    A list of files is a table with a column that says so: a path on a line by itself may stand in any note. One in TOML
    has nothing in it but what is listed, and of files such as are looked for: most TOML is the settings of a program.
    """
    small = name.lower()
    if not small.endswith(LISTS):
        return False
    try:
        found = pointers_of(data, name, is_inventory=True)
        if small.endswith(TOML) and not is_toml_list(text_of(data, name) or "", name):
            return False
    except PkitoolsError:
        return False
    names_files = (
        any(names_our_kind(each.text) for each in found) if small.endswith(TOML) else found and small.endswith(TABLES)
    )
    return any(each.target is Target.PEER for each in found) or bool(names_files)
