"""One folder with facts of one's own, read: what it adds, and which of its files could not be used."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from types import FunctionType
from typing import Final, TypeVar

from pkitools.arguments import all_named, named, same_name, text, wrong_type
from pkitools.containers import may_hold_more
from pkitools.documents import Source, cite
from pkitools.errors import FileError, InputError, InvalidValueError, PkitoolsError
from pkitools.files import is_file, is_folder, read_bytes
from pkitools.findings import (
    MET,
    Certainty,
    Evidence,
    NotChecked,
    Outcome,
    Rule,
    Severity,
    Violated,
    outcome,
)
from pkitools.frozen import dataclass, field
from pkitools.limits import MAX_OWN_FILES, MAX_SYSTEM_BYTES
from pkitools.messages import CAUSE
from pkitools.profiles import TSP, get_tsp, tsps
from pkitools.profiles.loading import unknown_tsp
from pkitools.rules.engine import Entry
from pkitools.systems import System, get_system, read_system, systems
from pkitools.systems.loading import UNKNOWN_SYSTEM, unknown_system
from pkitools.text import pattern
from pkitools.toml_text import read_foreign_toml
from pkitools.trust import TrustStore

T = TypeVar("T")

READABLE: Final = Rule("data.file.readable", Severity.ERROR, cite("pkitools"), Certainty.ADVICE)
"""Every file with facts of one's own that would have been asked could be used."""

SYSTEMS: Final = "systems"
TSPS: Final = "tsps"
RULES: Final = "rules"
TRUST: Final = "trust"


@dataclass(frozen=True, slots=True)
class Refused:
    """A file of the folder that could not be used: what would have been asked of it is NOT_CHECKED.

    Args:
        kind: ``systems``, ``tsps``, ``rules`` or ``trust``.
        name: its place in the folder: ``rules/ours.toml``.
        line: the line the fault stands on, counted from 1; ``None`` where it has none.
        error: what is wrong with it.
    """

    kind: str
    name: str
    line: int | None
    error: PkitoolsError

    @property
    def place(self) -> str:
        """File and line: ``rules/ours.toml:12``."""
        return self.name if self.line is None else f"{self.name}:{self.line}"

    @property
    def told(self) -> dict[str, str]:
        """The operands of what there is to say of it: its place, and those of the error."""
        operands = {name: str(value) for name, value in self.error.params.items()}
        return {**operands, "place": self.place, CAUSE: self.error.code}

    @property
    def stem(self) -> str:
        """The name of the file without its ending: of a system, its name. Also where more stands behind the ending."""
        before, toml, _ = Path(self.name).name.partition(".toml")
        return before if toml else Path(self.name).stem


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file of the folder that is used, or a document that the rules of a package rest on.

    Args:
        kind: ``systems``, ``tsps``, ``rules`` or ``trust``.
        name: its place in the folder: ``rules/ours.toml``.
        read: the day its sources were last read, as it says; ``None`` of roots, which say nothing of that.
        source: the document, of a package, which goes by the name of its entry point.
    """

    kind: str
    name: str
    read: date | None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class OwnData:
    """What a folder adds. It pickles, and so goes along into other processes.

    Args:
        systems: systems, none with a name or a title of ours.
        tsps: TSPs; one with a name of ours goes before it, and none else is called as one of ours.
        trust: roots of test hierarchies; never trusted in production.
        entries: rules, with whom each is for and how to look.
        refused: files that could not be used.
        files: files that are used, and the documents of packages: each with the day its sources were read.

    Raises:
        InvalidValueError: a system or a TSP is called as one of ours: what was judged would be another than was asked.
    """

    systems: tuple[System, ...] = ()
    tsps: tuple[TSP, ...] = ()
    trust: TrustStore = field(default_factory=TrustStore)
    entries: tuple[Entry, ...] = ()
    refused: tuple[Refused, ...] = ()
    files: tuple[OwnFile, ...] = ()

    def __post_init__(self) -> None:
        for system in self.systems:
            _refuse_ours(system)
        for tsp in self.tsps:
            _refuse_our_tsp(tsp)

    def __repr__(self) -> str:
        counts = f"{len(self.systems)} systems, {len(self.tsps)} TSPs, {len(self.entries)} rules"
        return f"<OwnData: {counts}, {len(self.trust.anchors)} roots, {len(self.refused)} refused>"

    def __add__(self, other: OwnData) -> OwnData:
        """Return what both add; a rule of the other that is here already is refused, and stops none of the rest.

        Raises:
            InvalidValueError: they have a system or a TSP of one name.
        """
        here = {entry.rule.code for entry in self.entries}
        twice = tuple(_refused_twice(entry) for entry in other.entries if entry.rule.code in here)
        return _without_doubles(
            OwnData(
                (*self.systems, *other.systems),
                (*self.tsps, *other.tsps),
                self.trust + other.trust,
                (*self.entries, *(entry for entry in other.entries if entry.rule.code not in here)),
                (*self.refused, *other.refused, *twice),
                (*self.files, *other.files),
            )
        )

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules it adds."""
        return tuple(entry.rule for entry in self.entries)

    @property
    def tsps_of_ours(self) -> tuple[TSP, ...]:
        """The TSPs that go before one of ours of the same name."""
        ours = {tsp.name for tsp in tsps()}
        return tuple(tsp for tsp in self.tsps if tsp.name in ours)

    def describes(self, *names: str) -> bool:
        """Return whether a system of the folder is called by one of these names."""
        return any(all_named(name, _called(self.systems)) for name in names)

    def outcomes(self, *kinds: str, system: str = "") -> Iterator[Outcome]:
        """Yield what there is to say of the files of these kinds that would have been asked.

        A file that could not be used is a warning that names it, and what it would have asked is NOT_CHECKED.

        Args:
            kinds: ``rules``, ``trust``, ``tsps``; and ``systems``, with:
            system: the name of the one system that was asked for.
        """
        asked = self.refused_for(system) if system else [each for each in self.refused if each.kind in kinds]
        if not asked:
            yield outcome(READABLE, MET)
            return
        for each in asked:
            params = each.told
            evidence = (Evidence(each.place, each.error.code),)
            yield outcome(READABLE, Violated(evidence, params, severity=Severity.WARNING))
        yield outcome(READABLE, NotChecked("own_data", params=asked[0].told))

    def cannot_tell(self, system: str) -> bool:
        """Return whether the file of a system with this name could not be used, and no other describes it."""
        known = {**_called(systems()), **_called(self.systems)}
        return not all_named(system, known) and bool(self.refused_for(system))

    def refused_for(self, system: str) -> tuple[Refused, ...]:
        """Return the files that could not be used and that would have described a system of this name.

        Also one that is called as a system of ours: who wrote it expects it to be asked.
        """
        ours = named(system, _called(systems())) or system
        return tuple(
            each
            for each in self.refused
            if each.kind == SYSTEMS
            and any(
                same_name(meant, called)
                for meant in (each.stem, str(each.error.params.get("ours", "")))
                for called in (system, ours)
            )
        )

    def cannot_tell_tsp(self, name: str) -> bool:
        """Return whether the file with TSPs could not be used, and no other describes one of this name."""
        known = any(each.name == name for each in (*self.tsps, *tsps()))
        return not known and any(each.kind == TSPS for each in self.refused)

    @property
    def is_empty(self) -> bool:
        """Nothing is added, and nothing was refused."""
        return not (self.systems or self.tsps or self.trust.anchors or self.entries or self.refused)

    def system(self, name: str) -> System:
        """Return a system of the folder, or one of ours.

        Raises:
            InvalidValueError: there is none of this name, or more than one, or its file could not be used.
        """
        found = _the_one(text(name, "system"), _called(self.systems))
        for system in self.systems:
            if system.name == found:
                return system
        if self.cannot_tell(name):
            raise _unusable(self.refused_for(name)[0])
        try:
            return get_system(name)
        except InvalidValueError as error:
            if error.code in UNKNOWN_SYSTEM:  # one of ours that nobody could describe is known, and has its own answer
                raise unknown_system(name, self.systems) from None
            raise

    def tsp(self, name: str) -> TSP:
        """Return a TSP of the folder, or one of ours.

        Raises:
            InvalidValueError: there is none of this name, or more than one, or the file with TSPs could not be used.
        """
        found = _the_one(text(name, "tsp"), _called(self.tsps))
        for tsp in self.tsps:
            if tsp.name == found:
                return tsp
        for error in self.unusable(TSPS):
            raise error
        known = {**_called(tsps()), **_called(self.tsps)}
        if not named(name, known):
            raise unknown_tsp(name, known)
        return get_tsp(name)

    def unusable(self, kind: str) -> Iterator[InvalidValueError]:
        """Yield an error for each file of a kind that could not be used, for who asks all there are of it."""
        return (_unusable(each) for each in self.refused if each.kind == kind)

    def unusable_for(self, system: str) -> Iterator[InvalidValueError]:
        """Yield such an error for each file that would have described a system of this name."""
        return map(_unusable, self.refused_for(system))


UNUSABLE: Final = "rules.error.own_file"
"""The code of the error of a file that could not be used: what it says of anything is not known."""


def _unusable(refused: Refused) -> InvalidValueError:
    return InvalidValueError(UNUSABLE, **refused.told)


def read_data(folder: str | os.PathLike[str]) -> OwnData:
    """Return what a folder adds to what we know.

    Laid out as the package's own data: ``systems/*.toml``, ``tsps.toml``, ``rules/*.toml``, ``trust/*.pem``. A file
    that cannot be used stops none of the others: it stands in :attr:`OwnData.refused`, with its line. So does one that
    is none of those by its name or place and one of them by what is in it, however deep: ``rules/ours.TOML``,
    ``Rules/``, ``regels/``. Notes, what is hidden (``.name``) and what was put away (``ours.toml.bak``) are left alone.

    Args:
        folder: its path.

    Raises:
        FileError: there is no such folder, or it cannot be read.
        InputError: it holds nothing that could be used, or too many files.
    """
    top = _folder(folder)
    reading = _Reading(top)
    found = OwnData(
        systems=tuple(reading.each(SYSTEMS, "*.toml", _one_system)),
        tsps=tuple(reading.each(TSPS, "tsps.toml", _tsps)),
        trust=sum(reading.each(TRUST, "*", _roots, _may_be_a_root), start=TrustStore()),
        entries=tuple(reading.each(RULES, "*.toml", partial(_rules, systems=_system_names(top), known={}))),
        refused=(*reading.refused, *reading.unused()),
        files=tuple(reading.used),
    )
    if not reading.files:
        raise InputError("rules.error.own_empty", name=str(top))
    return _without_doubles(found)


def _folder(folder: str | os.PathLike[str]) -> Path:
    if not isinstance(folder, (str, os.PathLike)):
        raise wrong_type("data", folder, "str, Path")
    top = Path(folder)
    if not is_folder(top):
        raise FileError("rules.error.own_folder", name=str(top))
    return top


class _Reading:
    """One run over the folder: the files seen, and those refused."""

    def __init__(self, top: Path) -> None:
        self._top = top
        self.files = 0
        self.refused: list[Refused] = []
        self.used: list[OwnFile] = []
        self._seen: set[Path] = set()

    def each(
        self,
        kind: str,
        pattern: str,
        read: Callable[[bytes, str], Iterable[T]],
        wanted: Callable[[Path], bool] = lambda _: True,
    ) -> Iterator[T]:
        """Yield what the files of one kind say."""
        place = self._top if kind == TSPS else self._top / kind
        for path in sorted(place.glob(pattern)):
            self._seen.add(path)
            if not wanted(path):
                continue
            self.files += 1
            self._bound(self.files)
            yield from self._one(kind, path, read)

    def _bound(self, count: int) -> None:
        if count > MAX_OWN_FILES:
            raise InputError("rules.error.own_many", name=str(self._top), limit=MAX_OWN_FILES)

    def unused(self) -> Iterator[Refused]:
        """Yield each file that nobody read, though it was surely meant: by where it stands, its name or its content."""
        for number, (kind, path) in enumerate(_files_below(self._top), 1):
            self._bound(number)
            if path in self._seen or _is_beside(path.relative_to(self._top)):
                continue
            meant = kind or _kind_of_content(path)
            if meant:
                name = path.relative_to(self._top).as_posix()
                yield Refused(meant, name, None, InvalidValueError("rules.error.own_unused", name=name))

    def _one(self, kind: str, path: Path, read: Callable[[bytes, str], Iterable[T]]) -> list[T]:
        data, name = b"", path.relative_to(self._top).as_posix()
        try:
            data = read_bytes(path, limit=MAX_SYSTEM_BYTES)
            found = list(read(data, name))
            self.used.append(OwnFile(kind, name, None if kind == TRUST else _read_on(data, name)))
            return found
        except PkitoolsError as error:
            self.refused.append(Refused(kind, name, _line(data, error), error))
            return []


def _read_on(data: bytes, name: str) -> date:
    """Return the day that a file says its sources were last read; who read it has seen that it says so."""
    found: date = read_foreign_toml(data, name)["retrieved"]
    return found


_NOTES: Final = frozenset({".md", ".rst", ".adoc", ".html"})
_PUT_AWAY: Final = ("~", ".bak", ".orig", ".old", ".swp", ".disabled")
_ROOT_ENDINGS: Final = frozenset({".pem", ".crt", ".cer", ".der", ".p7b", ".p7c"})
_HEADINGS: Final = (
    (RULES, pattern(rb"""(?m)^[ \t]*(?:\[\[[ \t]*["']?rule\b|["']?rule["']?[ \t]*=[ \t]*\[)""")),
    (SYSTEMS, pattern(rb"""(?m)^[ \t]*(?:\[\[[ \t]*["']?statement\b|["']?statement["']?[ \t]*=[ \t]*\[)""")),
    (TSPS, pattern(rb"""(?m)^[ \t]*(?:\[[ \t]*["']?tsps\b|["']?tsps["']?[ \t]*[.=])""")),
)
_CALLED: Final = {name: kind for kind in (SYSTEMS, TSPS, RULES, TRUST) for name in (kind, f"{kind}s", kind.rstrip("s"))}


def _files_below(top: Path) -> Iterator[tuple[str, Path]]:
    """Yield every file of the folder, at any depth, with the kind that a folder called as one of ours says it has.

    A folder of another name says nothing, and what is in it may be meant all the same: its content tells.
    """
    try:
        entries = sorted(top.iterdir())
    except OSError:
        return  # nothing of it could be read either
    for entry in entries:
        kind = _CALLED.get(entry.name.casefold().partition(".")[0], "")
        if not is_folder(entry):
            yield kind, entry
        elif not entry.name.startswith("."):
            for path in sorted(islice(entry.rglob("*"), MAX_OWN_FILES + 1)):
                if is_file(path):
                    yield _kind_inside(kind, path), path


def _kind_inside(kind: str, path: Path) -> str:
    """Return the kind that a file of such a folder has by its name; none where only its content can tell."""
    if kind == TRUST:
        return TRUST if _may_be_a_root(path) else ""
    return kind if ".toml" in path.name.casefold() else ""


def _is_beside(path: Path) -> bool:
    """Whether a file, by its place in the folder, is a note, hidden, or put away."""
    hidden = any(part.startswith(".") for part in path.parts)
    return hidden or path.name.casefold().endswith(_PUT_AWAY) or path.suffix.lower() in _NOTES


def _kind_of_content(path: Path) -> str:
    data = _octets_of(path)
    found = next((kind for kind, heading in _HEADINGS if heading.search(data)), "")
    return found or (TRUST if path.suffix.lower() in _ROOT_ENDINGS and _is_a_root(data, path.name) else "")


def _is_a_root(data: bytes, name: str) -> bool:
    """Whether it would be trusted among the roots; a leaf or a key that lies there would not."""
    try:
        return bool(TrustStore.from_der(data, name).anchors)
    except PkitoolsError:
        return False


def _may_be_a_root(path: Path) -> bool:
    """Whether what lies among the roots is one to read: by its ending, or because it holds PEM, base64 or DER."""
    hidden = path.name.startswith(".")
    if is_folder(path) or path.suffix.lower() in _ROOT_ENDINGS:
        return not (hidden and is_folder(path))  # a mounted volume keeps its versions in hidden folders
    return not hidden and may_hold_more(_octets_of(path))


def _octets_of(path: Path) -> bytes:
    try:
        return read_bytes(path, limit=MAX_SYSTEM_BYTES)
    except PkitoolsError:
        return b""


def _system_names(top: Path) -> tuple[str, ...]:
    """Return the names of the systems there are; one whose file is refused is told of once, by that file."""
    return (*(path.stem for path in sorted((top / SYSTEMS).glob("*.toml"))), *(system.name for system in systems()))


def _one_system(data: bytes, name: str) -> Iterator[System]:
    system, stem = read_system(data, name=name), Path(name).stem
    if system.name != stem:
        raise InvalidValueError("rules.error.own_name", where="name", name=system.name, wanted=stem)
    _refuse_ours(system)
    yield system


def _called(those: Iterable[System] | Iterable[TSP]) -> dict[str, tuple[str, ...]]:
    """Return what people call each of them, by name."""
    return {each.name: (each.title,) for each in those}


def _the_one(name: str, known: Mapping[str, Sequence[str]]) -> str | None:
    """Return the one that is called so, or ``None``.

    Raises:
        InvalidValueError: more than one is; the error names them.
    """
    meant = all_named(name, known)
    if len(meant) > 1:
        raise InvalidValueError("rules.error.own_several", name=name, parts=", ".join(meant))
    return meant[0] if meant else None


def _refuse_ours(system: System) -> None:
    """Refuse a system that is called as one of ours, by its name or by its title.

    Raises:
        InvalidValueError: it is; the error says in which field, and as which.
    """
    for where, name in (("name", system.name), ("title", system.title)):
        for ours in all_named(name, _called(systems())):
            raise InvalidValueError("rules.error.own_double", where=where, name=name, ours=ours)


def _refuse_our_tsp(tsp: TSP) -> None:
    """Refuse a TSP that is called as one of ours and does not bear its name: who asked for that one would get this.

    Raises:
        InvalidValueError: it is; the error says in which field, and as which.
    """
    place = f"tsps.{tsp.name}"
    for where, name in ((place, tsp.name), (f"{place}.name", tsp.title)):
        for ours in all_named(name, _called(tsps())):
            if ours != tsp.name:
                raise InvalidValueError("rules.error.own_double", where=where, name=name, ours=ours)


def _rules(data: bytes, name: str, systems: Collection[str], known: dict[str, str]) -> Iterator[Entry]:
    """Yield the rules of a file; one with a code that is there already makes its file the one that is refused.

    Args:
        data: what the file holds.
        name: its place in the folder.
        systems: the names of the systems there are.
        known: the codes of the files before it, and of this one as it is read.
    """
    from pkitools.rules.own.reading import read_rules  # most have no rules of their own

    before = dict(known)
    for number, entry in enumerate(read_rules(read_foreign_toml(data, name), Path(name).stem, systems), 1):
        code = entry.rule.code
        if code in known:
            known.clear()
            known.update(before)  # nothing of this file is used
            raise InvalidValueError("rules.error.own_double", where=f"rule {number}: code", name=code)
        known[code] = name
        yield entry


def _tsps(data: bytes, name: str) -> Iterator[TSP]:
    from pkitools.rules.own.reading import read_tsps

    for tsp in read_tsps(read_foreign_toml(data, name), Path(name).stem):
        _refuse_our_tsp(tsp)
        yield tsp


def _roots(data: bytes, name: str) -> Iterator[TrustStore]:
    yield TrustStore.from_der(data, Path(name).stem)


# -- where a fault stands ---------------------------------------------------------------------------------------------

_NUMBERED: Final = pattern(r"(\w+) (\d+): (.*)")


def _line(data: bytes, error: PkitoolsError) -> int | None:
    """Return the line of the file that an error is about, as far as the error says."""
    stated = error.params.get("line")
    if isinstance(stated, int):
        return stated
    where = error.params.get("where", error.params.get("parameter"))
    return None if where is None else _line_of(data.decode("utf-8", "replace").split("\n"), str(where))


def _line_of(lines: list[str], where: str) -> int:
    """Return the line of a field, named as :class:`~pkitools.toml_table.Table` names its place; else of its table."""
    numbered = _NUMBERED.fullmatch(where)
    path = (numbered[3] if numbered else where).split(".")
    start, end = 0, len(lines)
    if numbered:
        start, end = _block(lines, f"[[{numbered[1]}]]", int(numbered[2]) - 1, (start, end))
    for depth in range(1, len(path)):
        header = ".".join([*([numbered[1]] if numbered else []), *path[:depth]])
        start, end = _block(lines, f"[{header}]", 0, (start, end))
    key = re.compile(rf"(^|[\s{{,.\[]){re.escape(path[-1])}\b\s*[=\]]")
    return next((number + 1 for number in range(start, end) if key.search(lines[number])), start + 1)


def _block(lines: list[str], header: str, nth: int, within: tuple[int, int]) -> tuple[int, int]:
    """Return the lines below the nth header of this name, up to the next like it; all there are where it has none."""
    starts = [number for number in range(*within) if lines[number].partition("#")[0].strip() == header]
    if nth >= len(starts):
        return within
    start = starts[nth]
    array = header.startswith("[[")
    ends = (n for n in range(start + 1, within[1]) if lines[n].startswith(header if array else "["))
    return start, next(ends, within[1])


def _refused_twice(entry: Entry) -> Refused:
    """Return that a rule is there already; of one of a package by the module of its check, which has to be mended."""
    code = entry.rule.code
    check = getattr(entry.check, "check", entry.check)  # of a package it is bounded by what its document bears
    name = check.__module__ if isinstance(check, FunctionType) else code
    return Refused(RULES, name, None, InvalidValueError("rules.error.own_double", where=RULES, name=code))


def _without_doubles(data: OwnData) -> OwnData:
    """Refuse what is there twice: which of the two is asked would depend on the order of files."""
    for kind, names in (
        (SYSTEMS, [system.name for system in data.systems]),
        (TSPS, [tsp.name for tsp in data.tsps]),
        (RULES, [rule.code for rule in data.rules]),
    ):
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InvalidValueError("rules.error.own_double", where=kind, name=twice)
    return data
