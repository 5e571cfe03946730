"""The values of a Kubernetes Secret in YAML, read line by line.

No YAML is interpreted: under ``data:`` stand names with base64, on the line itself or as a block below it; that is all
that Kubernetes writes there. Under ``stringData:`` people write the same in the open, as a block. Lines that are
written another way (tags, anchors, keys in quotes) are no values here: they go on with the rest, where PEM is found.
"""

from __future__ import annotations

import binascii
import json
import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate
from typing import Final

from pkitools.containers.parts import ObjectName, Part
from pkitools.containers.taken import certificate_blocks, is_locked, key_block
from pkitools.errors import InputError, LimitError
from pkitools.frozen import dataclass, replace
from pkitools.text import pattern, size_text
from pkitools.x509.base64_text import from_base64

_MAX_BYTES: Final = 8 * 1024 * 1024  # Kubernetes refuses a Secret above 1 MiB; a list may have those of a cluster
_MAX_LINES: Final = 200_000
_SECRET: Final = pattern(rb"(?m)^[ -]{0,20}kind:[ \t]{0,20}[\"']?(?:Secret|List|SecretList)[\"']?[ \t]{0,20}\r?$")
_CONFIG_MAP: Final = pattern(rb"(?m)^[ -]{0,20}kind:[ \t]{0,20}[\"']?ConfigMap[\"']?[ \t]{0,20}\r?$")
_ONE_SECRET: Final = pattern(rb"(?m)^[ -]{0,20}kind:[ \t]{0,20}[\"']?Secret(?:List)?[\"']?[ \t]{0,20}\r?$")
_LINE: Final = pattern(rb"[^\n]+")
_ENTRY: Final = pattern(rb"[ ]*+(?:- )?[\"']?([\w.-]{1,253})[\"']?:")
_BLOCK: Final = pattern(rb"[|>][-+0-9]{0,2}")
_BASE64: Final = pattern(rb"[A-Za-z0-9+/]{4,}={0,2}")
CERTIFICATE: Final = "tls.crt"
"""Of the type ``kubernetes.io/tls``: what a server sends of itself, with its chain."""
KEY: Final = "tls.key"
"""And the key that it loads with that."""
_PAIR: Final = (CERTIFICATE, KEY)
TLS: Final = "kubernetes.io/tls"
"""The type of a Secret that a server loads."""
_SECTIONS: Final = frozenset({b"data", b"stringData", b"binaryData"})
_BOUNDARY: Final = pattern(rb"---|[ ]*+- ")  # where another Secret begins
_MEANT: Final = (".crt", ".cer", ".pem", ".key", ".p12", ".pfx", ".jks", ".p7b", ".csr", ".crl")


def is_secret(text: bytes) -> bool:
    """Return whether the text says that it is a Secret, a list that may hold some, or a ConfigMap with base64 in it."""
    if b"binaryData:" in text and _CONFIG_MAP.search(text):
        return True
    if b"kind:" not in text or all(sign not in text for sign in (b"data:", b"stringData:", TLS.encode())):
        return False
    return bool(_SECRET.search(text))


def is_too_large(text: bytes) -> bool:
    """Return whether there is more than is read line by line."""
    return len(text) > _MAX_BYTES or text.count(b"\n") > _MAX_LINES


def left_out(text: bytes) -> LimitError | None:
    """Return what is told of Secrets that are more than is read; ``None`` where they are not, or there is none."""
    if not is_too_large(text) or not _ONE_SECRET.search(text):
        return None
    return LimitError("sources.error.secrets_too_large", limit=size_text(_MAX_BYTES), lines=_MAX_LINES)


# what kubectl keeps of the file that was applied: an older state, which nothing uses
_APPLIED: Final = pattern(
    rb"(?m)^[ ]*+[\"']?kubectl\.kubernetes\.io/last-applied-configuration[\"']?:[ ]*+"
    rb"(?:[|>][-+0-9]{0,2}[ ]*+\r?\n)?[^\n]*+"
)


def secret_part(key: str, value: bytes, number: int) -> Part | None:
    """Return what a value of ``data`` stands for; ``None`` where it is not base64 and need not be ours.

    Args:
        key: its name.
        value: base64.
        number: that no other Secret has: by it the certificate and the key of a server are known from those of others.
    """
    expected = key.lower().endswith(_MEANT)
    try:
        return Part(from_base64(value), key, expected, place=number if key in _PAIR else None, among=number)
    except binascii.Error:
        return Part(b"", key, expected) if expected else None


def open_part(key: str, value: bytes, number: int) -> Part:
    """Return a value of ``stringData``, which stands in the open; else as :func:`secret_part`."""
    return Part(value, key, expected=False, place=number if key in _PAIR else None, among=number)


def secret_parts(text: bytes) -> tuple[list[Part], bytes]:
    """Return the values of every Secret, in order, and the text without them: spaces in their places."""
    read: list[tuple[_Value, Part]] = []
    shown = _APPLIED.sub(lambda match: b" " * len(match[0]), text)
    rest = bytearray(shown)
    served = served_objects(shown)
    begins = [each.start for each in served]
    for one in _Values(text).found():
        made = open_part if one.is_open else secret_part
        part = made(one.key.decode("ascii", "replace"), one.value, one.number)
        if part is not None and part.name in _PAIR and served:
            at = bisect_right(begins, one.start) - 1
            part = replace(part, is_served=at >= 0 and one.start < served[at].stop)
        if part is not None:
            read.append((one, part))
            rest[one.start : one.stop] = b" " * (one.stop - one.start)
    lacking = (lack for each in served for lack in lacking_of(each.said, each.name))
    return [*_among_the_rest(shown, read), *lacking], bytes(rest)


def lacking_of(said: Collection[str], name: str) -> Iterator[Part]:
    """Yield a problem for what a Secret that a server loads does not have.

    Args:
        said: the names of its values.
        name: what it is called; empty where it has no name.
    """
    for key, slug in ((CERTIFICATE, "certificate"), (KEY, "key")):
        if key not in said:
            yield Part(b"", key, error=InputError(f"sources.error.secret_without_{slug}", secret=name))


def unfit(part: Part) -> InputError | None:
    """Return why no server loads what stands in its Secret; ``None`` where one does, and of what it does not load.

    Args:
        part: a value, in which something was read.
    """
    if not part.is_served:
        return None
    folder = part.among if isinstance(part.among, tuple) else ()
    name = next((str(each) for each in reversed(folder) if isinstance(each, ObjectName)), "")
    if part.name == CERTIFICATE:
        return None if certificate_blocks(part.data) else InputError("sources.error.secret_no_certificate", secret=name)
    block = key_block(part.data)
    slug = "no_key" if not block else "locked_key" if is_locked(block) else ""
    return InputError(f"sources.error.secret_{slug}", secret=name) if slug else None


def _quoted(value: bytes) -> bytes:
    """Return what a value of one line in double quotes says, which JSON writes so too; empty of any other."""
    if value[:1] != b'"' or b"-----BEGIN " not in value:
        return b""
    try:
        told = json.loads(value, strict=False)
    except ValueError:
        return b""
    return told.encode("utf-8", "replace") if isinstance(told, str) else b""


_TYPE: Final = pattern(
    rb"(?P<lead>[ ]{0,40}+(?:- {1,4})?)[\"']?type[\"']?:[ \t]{1,20}[\"']?kubernetes\.io/tls[\"']?[ \t]*+(?:#.*+)?\r?"
)
_KIND: Final = pattern(rb"[ -]*+[\"']?kind[\"']?:[ \t]{1,20}[\"']?Secret[\"']?[ \t]*+(?:#.*+)?\r?")
_NAMED: Final = pattern(rb"[\s{,\"'](tls\.(?:crt|key))[\"']?[ \t]*+:")
_NAME: Final = pattern(rb"[ ]*+[\"']?name[\"']?:[ \t]{1,20}[\"']?([\w.-]{1,253})")
_LEAD: Final = pattern(rb"[ ]*+(?:- {1,4})?")


@dataclass(frozen=True, slots=True)
class ServedObject:
    """A Secret in YAML that a server loads: from where to where it stands, what it has, and what it is called."""

    start: int
    stop: int
    said: frozenset[str]
    name: str


def served_objects(text: bytes) -> list[ServedObject]:
    """Return the Secrets of a text in YAML that say that they are what a server loads, by how far they are indented."""
    if TLS.encode() not in text:
        return []  # as most
    lines = text.split(b"\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    found: list[ServedObject] = []
    after = 0
    for number, line in enumerate(lines):
        typed = _TYPE.fullmatch(line) if number >= after else None
        if typed is None:
            continue
        column = len(typed["lead"])
        first, after = _around(lines, number, column)
        own = lines[first:after]
        if any(_KIND.fullmatch(each) and len(_LEAD.match(each)[0]) == column for each in own):  # type: ignore[index]  # it matches any
            said = {each.decode() for each in _NAMED.findall(b"\n" + b"\n".join(own))}
            found.append(ServedObject(starts[first], starts[after] - 1, frozenset(said), _name_of(own, column)))
    return found


def _around(lines: Sequence[bytes], number: int, column: int) -> tuple[int, int]:
    """Return from which line to which the object goes that a line of it stands in, with the column of its members."""
    first = number
    while not lines[first].lstrip(b" ").startswith(b"- ") or _depth(lines[first]) >= column:
        if first == 0 or _is_above(lines[first - 1], column):
            break
        first -= 1
    after = number + 1
    while after < len(lines) and not (_depth(lines[after]) < column or lines[after].startswith((b"---", b"..."))):
        after += 1
    return first, after


def _is_above(line: bytes, column: int) -> bool:
    """Return whether a line stands outside the object whose members begin at a column."""
    is_item = len(_LEAD.match(line)[0]) == column  # type: ignore[index]  # it matches any
    return line.startswith((b"---", b"...")) or (_depth(line) < column and not is_item)


def _depth(line: bytes) -> int:
    """Return how far a line is indented; what is empty or a comment stands wherever it is."""
    bare = line.lstrip(b" ")
    return _ANYWHERE if not bare.strip() or bare.startswith(b"#") else len(line) - len(bare)


_ANYWHERE: Final = 1_000_000


def _name_of(lines: Sequence[bytes], column: int) -> str:
    """Return what an object is called; empty where it does not say that in a line of its own."""
    inside = -1
    for line in lines:
        depth = len(_LEAD.match(line)[0])  # type: ignore[index]  # it matches any
        if depth == column:
            inside = 0 if line[depth:].rstrip() == b"metadata:" else -1
        elif inside == 0:
            inside = depth
        if inside > 0 and depth == inside and (named := _NAME.match(line)) is not None:
            return named[1].decode()
    return ""


def _among_the_rest(text: bytes, read: Sequence[tuple[_Value, Part]]) -> list[Part]:
    """Return values of Secrets, each with what it stands together with there, as the rest of the text has it."""
    from pkitools.containers.named_values import standings  # few files are Secrets

    found = standings(text, [(one.begin, one.stop) for one, _ in read])
    return [
        part if standing is None else replace(part, among=standing.folder)
        for (_, part), standing in zip(read, found, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Value:
    """A value of a Secret: its name, what it is, from where to where that stands, and in which Secret of the text.

    Its lines go from ``start`` to ``stop``, and the value itself begins at ``begin``.
    """

    key: bytes
    value: bytes
    begin: int
    start: int
    stop: int
    number: int
    is_open: bool


class _Values:
    """Reads the values of the Secrets of a text, line by line."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._section, self._inside = b"", -1  # which of the two it is in, and how far that is indented; -1 outside
        self._seen, self._number = (
            frozenset(_SECTIONS),
            0,
        )  # the sections of this Secret, and how many Secrets there were
        self._key, self._indent, self._begun, self._start, self._stop = b"", 0, 0, 0, 0
        self._block: list[bytes] = []
        self._depth = 0  # of its first line

    def found(self) -> Iterator[_Value]:
        for match in _LINE.finditer(self._text):
            line = match[0]
            depth = len(line) - len(line.lstrip(b" "))
            if self._key and self._goes_on(line, depth):
                self._block.append(self._inner(line, depth))
                self._stop = match.end()
                continue
            if depth > self._indent and not self._block:
                self._key = b""  # of a ConfigMap: what stands below it is no base64, and is read with the rest
            yield from self._ended()
            entry = _ENTRY.match(line)
            self._look_around(line, depth)
            if entry is not None:
                yield from self._entry(match, entry, depth)
        yield from self._ended()

    @property
    def _is_open(self) -> bool:
        return self._section == b"stringData"

    def _goes_on(self, line: bytes, depth: int) -> bool:
        """Return whether a line belongs to the block that was begun."""
        return depth > self._indent and (self._is_open or _BASE64.fullmatch(line.strip()) is not None)

    def _inner(self, line: bytes, depth: int) -> bytes:
        """Return a line of a block as it stands in the value: how far it is indented there may say what is in it."""
        if not self._block:
            self._depth = depth
        return line[min(depth, self._depth) :].rstrip() if self._is_open else line.strip()

    def _ended(self) -> Iterator[_Value]:
        if self._key:
            value = (b"\n" if self._is_open else b"").join(self._block)
            yield _Value(self._key, value, self._begun, self._start, self._stop, self._number, self._is_open)
            self._key, self._block = b"", []

    def _look_around(self, line: bytes, depth: int) -> None:
        """See whether a line ends the section, or the Secret."""
        if self._inside >= 0 and depth <= self._inside:
            self._inside = -1
        if self._inside < 0 and _BOUNDARY.match(line):
            self._seen = _SECTIONS

    def _entry(self, match: re.Match[bytes], entry: re.Match[bytes], depth: int) -> Iterator[_Value]:
        name, value = entry[1], match[0][entry.end() :].strip()
        if name in _SECTIONS and not value and self._inside < 0:
            self._begin(name, depth)
        elif self._inside >= 0 and (not value or _BLOCK.fullmatch(value)):
            self._key, self._indent, self._start, self._stop = name, depth, match.start(), match.end()
            self._begun = match.start() + entry.end()
        elif self._inside >= 0 and not self._is_open:
            begin = match.start() + entry.end()
            yield _Value(name, value.strip(b"\"'"), begin, match.start(), match.end(), self._number, is_open=False)
        elif self._inside >= 0 and (text := _quoted(value)):
            begin = match.start() + entry.end()
            yield _Value(name, text, begin, match.start(), match.end(), self._number, is_open=True)

    def _begin(self, section: bytes, depth: int) -> None:
        if section in self._seen:
            self._seen, self._number = frozenset(), self._number + 1
        self._section, self._inside, self._seen = section, depth, self._seen | {section}
