"""What a configuration or an inventory points to: files with certificates, further configuration, peers.

Of nginx, Apache, HAProxy and Traefik the directives stand in ``data/pointers.toml``. No configuration is interpreted: a
line that has the shape of such a directive points to what it names, and so do lines below it that go on with a list.
An inventory is a CSV with a column, a TOML with a key, or a list with a line for each, of files or of ``HOST:PORT``; it
is read as one only where somebody handed it in.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any, Final

from pkitools.documents import Source, cite
from pkitools.errors import LimitError
from pkitools.frozen import dataclass, replace
from pkitools.limits import MAX_CONFIGURATION_BYTES, MAX_POINTERS
from pkitools.package_data import read_toml
from pkitools.portfolio.model import Pointer, Target
from pkitools.text import pattern
from pkitools.toml_text import read_foreign_toml

COLUMNS: Final = frozenset(
    [
        "address",
        "bestand",
        "cert",
        "certfile",
        "certificaat",
        "certificate",
        "certificates",
        "endpoint",
        "eindpunt",
        "file",
        "files",
        "host",
        "keystore",
        "pad",
        "path",
        "paths",
        "place",
        "plaats",
        "places",
        "target",
        "url",
    ]
)
"""What a column or a key is called, in small letters, in which an inventory has files or peers."""

_PEER: Final = pattern(r"(?:https://)?(?P<host>\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253}):(?P<port>[0-9]{1,5})/?")
_PROSE: Final = (".md", ".rst", ".adoc", ".html", ".htm", ".tex")
_VALUE: Final = (
    r"(?:\"(?P<double>[^\"\n]{1,4096})\"|'(?P<single>[^'\n]{1,4096})'|(?P<bare>(?!\[)[^\s;\"',\]#]{1,4096}))"
)
_ITEM: Final = pattern(_VALUE)
_WORD: Final = pattern(r"[A-Za-z_][A-Za-z0-9_-]*+")
_YAML_ITEM: Final = pattern(rf"\s*-\s+{_VALUE}\s*")
_NAME: Final = pattern(r"\$\{([A-Za-z_]\w{0,100})\}")
_LIKE_A_PATH: Final = pattern(
    r"(?:/|\./|\.\./)[^\x00-\x1f]{1,4095}|[^\s\x00-\x1f]{0,4000}(?:/|\.[A-Za-z0-9]{1,8}\Z)\S{0,4000}"
)
# what the program itself knows: a variable, what stands in place of a file, a key on a token
_VARIABLE: Final = pattern(r"[$%]|^data:|^@|^(?:engine|store|pkcs11):")


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one program writes its directives, as patterns of a line."""

    file: re.Pattern[str]
    serves: re.Pattern[str] | None
    pattern: re.Pattern[str] | None
    base: re.Pattern[str] | None
    within: re.Pattern[str] | None
    several: bool
    ends: tuple[str, ...]
    listing: re.Pattern[str] | None
    define: re.Pattern[str] | None
    keys: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    opening: re.Pattern[str] | None


def peer_of(text: str) -> tuple[str, int] | None:
    """Return host and port of ``HOST:PORT``, ``[IPv6]:PORT`` or ``https://HOST:PORT``; ``None`` of anything else."""
    found = _PEER.fullmatch(text.strip())
    if found is None or not 0 < int(found["port"]) < 65536 or _DRIVE.fullmatch(text):
        return None
    return found["host"].strip("[]"), int(found["port"])


_DRIVE: Final = pattern(r"[A-Za-z]:[0-9]*")  # of Windows


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
        LimitError: it points to more than is followed.
    """
    if len(data) > MAX_CONFIGURATION_BYTES or b"\0" in data or name.lower().endswith(_PROSE):
        return ()
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    if listing is not None:
        return _within_limit(_of_lines(text, listing), name)
    found = _within_limit(_directives(text), name)
    return found or (_within_limit(_inventory(text, name), name) if is_inventory else ())


def _within_limit(pointers: Iterator[Pointer], name: str) -> tuple[Pointer, ...]:
    found = tuple(islice(pointers, MAX_POINTERS + 1))
    if len(found) > MAX_POINTERS:
        raise LimitError("portfolio.error.too_many_pointers", name=name, limit=MAX_POINTERS)
    return found


def _directives(text: str) -> Iterator[Pointer]:
    lines = text.split("\n")
    meant = _lines_with(_words(), text)
    for kind in _kinds():
        bases = tuple(value for number in meant for value in _values(kind.base, lines[number - 1]))
        defined = _defined(kind.define, [lines[number - 1] for number in meant])
        yield from _keys(kind, lines, meant, bases, defined)
        for number in meant:
            line = lines[number - 1]
            if kind.within is None or kind.within.match(line):
                served = frozenset(_values(kind.serves, line))
                yield from (
                    _pointer(_with_values(value, defined), number, bases, serves=value in served)
                    for value in _values(kind.file, line, several=kind.several)
                )
                yield from (_pointer(value, number, bases, is_list=True) for value in _values(kind.listing, line))
            if kind.opening is not None and kind.opening.match(line):
                yield from (_pointer(value, at, bases) for at, value in _going_on(lines, number, kind.opening))
            further = (
                value
                for value in (_with_values(each, defined) for each in _values(kind.pattern, line))
                if value.endswith(kind.ends)
            )
            yield from (_pointer(value, number, bases, further=True) for value in further)


def _lines_with(words: Collection[str], text: str) -> list[int]:
    """Return the numbers of the lines that have one of the words: of a text of a million lines few have."""
    found: dict[int, None] = {}
    number, at = 1, 0
    for word in _WORD.finditer(text):
        if word[0].lower() in words:
            number += text.count("\n", at, word.start())
            at = word.start()
            found[number] = None
            if len(found) > MAX_POINTERS:  # and no more of them are looked at: that is told
                break
    return list(found)


@cache
def _words() -> frozenset[str]:
    """Return every directive in small letters, whatever program has it."""
    raw: Mapping[str, Any] = read_toml(str(__package__), "data/pointers.toml")
    keys = ("file", "pattern", "base", "list", "define", "keys")
    return frozenset(name.lower() for each in raw.values() for key in keys for name in each.get(key, ()))


def _values(directive: re.Pattern[str] | None, line: str, *, several: bool = False) -> Iterator[str]:
    """Yield the values that a directive has on a line; ``several``: all items of a list in brackets."""
    if directive is None or len(line) > 16_384:
        return
    for found in directive.finditer(line):
        yield _text(found)
        if several:
            yield from (_text(item) for item in _ITEM.finditer(line, found.end()) if "[" in line)


def _text(found: re.Match[str]) -> str:
    return found["double"] or found["single"] or found["bare"] or ""


def _keys(
    kind: _Kind, lines: Sequence[str], meant: Sequence[int], bases: tuple[str, ...], defined: Mapping[str, str]
) -> Iterator[Pointer]:
    """Yield the private keys that a text names: the third of them goes with the third certificate.

    Where there is another number of each it is not known which goes with which.
    """
    for key, certificate in kind.keys:
        named, of = (
            [(n, _with_values(value, defined)) for n in meant for value in _values(each, lines[n - 1])]
            for each in (key, certificate)
        )
        partners = [value for _, value in of] if len(of) == len(named) else [""] * len(named)
        for (number, value), partner in zip(named, partners, strict=True):
            sure = "" if _VARIABLE.search(partner) else partner
            yield replace(_pointer(value, number, bases), is_key=True, key_of=sure)


def _pointer(
    text: str,
    line: int,
    bases: tuple[str, ...],
    *,
    further: bool = False,
    is_list: bool = False,
    serves: bool = False,
) -> Pointer:
    if _VARIABLE.search(text):
        return Pointer(Target.UNKNOWN, text, line)
    return Pointer(Target.PATTERN if further else Target.FILE, text, line, bases, is_list, serves=serves)


def _defined(define: re.Pattern[str] | None, lines: Sequence[str]) -> Mapping[str, str]:
    """Return what names stand for, by the text itself; one that is given two values is not known."""
    if define is None:
        return {}
    found = [(match["name"], _text(match)) for line in lines if (match := define.match(line))]
    return {name: value for name, value in found if len({each for other, each in found if other == name}) == 1}


def _with_values(text: str, defined: Mapping[str, str]) -> str:
    """Return a text with the values of the names in it; a value with a name in it stays what it is."""
    return _NAME.sub(lambda name: defined.get(name[1], name[0]), text) if defined else text


def _going_on(lines: Sequence[str], number: int, opening: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Yield the items of a list that begins on a line and goes on below it, each with its line: of TOML and of YAML.

    Where another list begins this one has ended, whether or not it was closed: each line is looked at once.
    """
    is_open = "[" in lines[number - 1]
    for at in range(number, min(len(lines), number + MAX_POINTERS)):
        line = lines[at].partition("#")[0].rstrip()
        if opening.match(line):
            return
        item = None if is_open else _YAML_ITEM.fullmatch(line)
        if is_open:
            yield from ((at + 1, _text(found)) for found in _ITEM.finditer(line.partition("]")[0]))
        elif item is not None:
            yield at + 1, _text(item)
        if ("]" in line) if is_open else (line.strip() and item is None):
            return


def _of_lines(text: str, bases: tuple[str, ...]) -> Iterator[Pointer]:
    """Yield the first word of each line of a list of HAProxy; what follows it is options and names of servers."""
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.split(None, 1)
        if words and not words[0].startswith("#"):
            yield _pointer(words[0], number, bases, serves=True)


def programs() -> tuple[tuple[str, Source], ...]:
    """Return every program whose configuration is looked through, with the document its directives stand in."""
    raw: Mapping[str, Any] = read_toml(str(__package__), "data/pointers.toml")
    return tuple((name, cite(each["source"])) for name, each in raw.items() if isinstance(each, dict))


@cache
def _kinds() -> tuple[_Kind, ...]:
    raw: Mapping[str, Any] = read_toml(str(__package__), "data/pointers.toml")
    return tuple(_kind(each) for each in raw.values() if isinstance(each, dict))


def _kind(raw: Mapping[str, Any]) -> _Kind:
    form, end = raw["form"], re.escape(raw["end"])
    words = {
        "words": lambda names: rf"^\s*(?:{names})\s+{_VALUE}\s*{end}",
        "inline": lambda names: rf"\s(?:{names})\s+{_VALUE}",
        "keyed": lambda names: rf"^\s*(?:-\s+)?[\"']?(?:{names})[\"']?\s*[:=]\s*\[?\s*{_VALUE}",
    }

    def made(key: str, how: str) -> re.Pattern[str] | None:
        names = "|".join(map(re.escape, raw.get(key, ())))
        return re.compile(words[how](names), re.IGNORECASE if form == "words" and not end else 0) if names else None

    def one(name: str) -> re.Pattern[str]:
        return re.compile(words[form](re.escape(name)), re.IGNORECASE if form == "words" and not end else 0)

    file = made("file", form)
    assert file is not None  # a program without a directive is none of ours
    within = re.compile(rf"^\s*(?:{'|'.join(raw['lines'])})\s") if "lines" in raw else None
    # where a base is set, it stands at the beginning of a line in any form
    return _Kind(
        file,
        made("serves", form),
        made("pattern", "words"),
        made("base", "words"),
        within,
        several=form == "keyed",
        ends=tuple(raw.get("ends", [""])),
        listing=made("list", form),
        define=_naming(raw),
        keys=tuple((one(key), one(of)) for key, of in raw.get("keys", {}).items()),
        opening=_opening(raw),
    )


def _naming(raw: Mapping[str, Any]) -> re.Pattern[str] | None:
    names = "|".join(raw.get("define", ()))
    return (
        re.compile(rf"^\s*(?:{names})\s+(?P<name>[A-Za-z_]\w{{0,100}})\s+{_VALUE}\s*$", re.IGNORECASE)
        if names
        else None
    )


def _opening(raw: Mapping[str, Any]) -> re.Pattern[str] | None:
    """Return what a line looks like on which a list begins that goes on below it."""
    names = "|".join(map(re.escape, raw["file"]))
    return (
        re.compile(rf"^\s*(?:-\s+)?[\"']?(?:{names})[\"']?\s*(?::|[:=]\s*\[[^\]]*)\s*(?:#.*)?$")
        if raw["form"] == "keyed"
        else None
    )


def _inventory(text: str, name: str) -> Iterator[Pointer]:
    if name.lower().endswith(".toml"):
        yield from (_named(value, 1) for value in _of_toml(read_foreign_toml(text, name)))
        return
    yield from _of_rows(text, name)


def _of_toml(raw: object, meant: bool = False) -> Iterator[str]:
    """Yield every text under a key that is called as :data:`COLUMNS` say, at whatever depth."""
    if isinstance(raw, dict):
        for key, value in raw.items():
            yield from _of_toml(value, str(key).lower() in COLUMNS)
    elif isinstance(raw, list):
        for each in raw:
            yield from _of_toml(each, meant)
    elif meant and isinstance(raw, str) and raw.strip():
        yield raw.strip()


def _of_rows(text: str, name: str) -> Iterator[Pointer]:
    """Yield the values of the columns that are meant; without a heading, of lines that are all peers."""
    rows = enumerate(csv.reader(StringIO(text), delimiter=_delimiter(text)), start=1)
    try:
        heading = next(rows, (1, []))[1]
        meant = [at for at, name in enumerate(heading) if name.strip().lower().lstrip("\ufeff") in COLUMNS]
        if not meant:
            yield from _all_lines(text, Path(name).parent)
        for line, row in rows if meant else ():
            yield from (_named(row[at].strip(), line) for at in meant if at < len(row) and row[at].strip())
    except csv.Error:  # a cell that is longer than any name
        return


def _all_lines(text: str, folder: Path) -> tuple[Pointer, ...]:
    """Return a pointer for each line of a list of peers and paths; nothing where one line is something else.

    A word alone may be anything: it is a path where there is a file or folder of that name beside the list.
    """
    found: list[Pointer] = []
    for number, line in enumerate(StringIO(text), start=1):
        told = _path_on(line.strip().lstrip("\ufeff"), folder)
        if told and not told.startswith("#"):
            if peer_of(told) is None and _LIKE_A_PATH.fullmatch(told) is None and not os.path.lexists(folder / told):
                return ()
            found.append(_named(told, number))
    return tuple(found)


def _path_on(line: str, folder: Path) -> str:
    """Return the name on a line: all of it, or the word before the options and names of a list of HAProxy."""
    first, *rest = line.split(None, 1)[:2] or [""]
    if not rest or first.startswith("#") or os.path.lexists(folder / line):
        return line
    return first if rest[0].startswith("[") or os.path.lexists(folder / first) else line


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)  # Excel writes what the country uses


def _named(text: str, line: int) -> Pointer:
    return Pointer(Target.PEER if peer_of(text) else Target.FILE, text, line)
