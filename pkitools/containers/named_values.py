"""Under which name each block of a text stands: names tell the key of one certificate from that of another.

YAML, TOML, INI, ``.env``, HCL, shell and JSON write this alike enough that none is interpreted. A name with ``:`` or
``=`` behind it begins an entry; indentation, dashes, braces, sections and ``---`` say what stands together; a value
ends with its quote, its marker or its indentation, and may hold such a text itself. Where no value encloses a block,
the file name above it is its name, the words of a comment there, or what OpenSSL says of its bag of PKCS#12: there
``localKeyID`` says which key is of which certificate (RFC 7292 4.2 leaves it to PKCS#9, RFC 2985 5.5.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeAlias

from pkitools.containers.parts import ObjectName
from pkitools.frozen import dataclass, field
from pkitools.text import pattern

Folder: TypeAlias = tuple[str | int, ...]
"""What stands together: the names of the entries around it; a number for what has none, such as a document."""

Enclosure: TypeAlias = Literal["", "quoted", "literal", "folded"]
"""What holds a block: quotes, or its name and a sign on its line; lines kept as they are; lines made one (``>``)."""

_SIGN: Final = rb"[ \t]*(?::=|=>|[:=])"
_DOUBLE: Final = rb"\"[^\"\\\n]*(?:\\.[^\"\\\n]*)*"  # from a quote to what ends it, or to where its line does
_TOKENS: Final = (
    rb"(?P<line>\r?\n[ \t]*(?:-[ \t]+)*)"
    rb"|(?P<comment>(?:\#|;|//)[^\n]*)"
    rb"|(?P<marker><<[-~]?[ \t]*[\"'\\]?(?P<ending>\w{1,40})[\"']?)"
    rb"|(?P<triple>\"\"\"|''')"
    rb"|(?P<passed>!{1,2}\w+|&[\w.-]+|[ \t,()]|[@$rbf](?=[\"'])|\\(?=\r?\n)|--(?:from-literal|from-file|set)[ =])"
    rb"|(?P<words>%d'[^'\n]*'|[\w@./-]+(?:[ ][\w@./][\w@./-]*){0,3})(?P<sign>%b)?"
    rb"|(?P<quote>[\"'`])|(?P<open>[{\[])|(?P<close>[}\]])"
    rb"|(?P<indented>[|>][-+0-9]{0,2}[ \t]*(?:\#[^\n]*)?(?=\r?\n|\Z))"
    rb"|>{1,2}[ \t]*[\"']?(?P<target>[\w./-]+)[\"']?".replace(b"%b", _SIGN)
)
_TOKEN: Final = pattern(_TOKENS.replace(b"%d", _DOUBLE + b'"|'))
_UNENDED: Final = pattern(_DOUBLE)
_TOKEN_UNENDED: Final = pattern(_TOKENS.replace(b"%d", b""))  # where no double quote is ended before its line is
_FIRST: Final = pattern(rb"(?P<line>[ \t]*(?:-[ \t]+)*)")
_TRIPLE: Final = 3
_DOCUMENT: Final = pattern(rb"---[ \t]*(?=\r?\n|\Z)")
_SECTION: Final = pattern(rb"\[(\[?)([^\[\]\n]{1,200})\]\]?[ \t]*(?=\r?\n|\Z)")
_DOTTED: Final = pattern(rb"\"([^\"]*)\"|'([^']*)'|([^.\"']+)")
_SCALAR: Final = pattern(  # no beginning of one that goes on
    rb"[ \t]*(?!\"\"\"|'{3}|[@$rbf][\"']|\\\r?\n)"
    rb"(?:\"([^\"\\\n]{0,200})\"|'([^'\n]{0,200})'|((?![ \t|>{\[\"'`<&!])[^\r\n#,}\]]{1,200}))"
)
_INSIDE: Final = pattern(rb"([\w.-]{1,200})[:=]\s*")
_WRITTEN_TO: Final = pattern(rb"[^\n>]{0,100}>{1,2}[ \t]{0,100}[\"']?([\w./-]{1,200})")
_ABOVE: Final = 400
_HEADING: Final = pattern(  # whatever rules and comment signs stand around it
    rb"(?:\A|\n)[\s#/;*=>`_-]{0,40}(?:[\w-]{1,20}:?[ \t])?((?:[A-Za-z]:)?[\w@./\\-]{1,200}\.\w{1,6})"
    rb"[\s#*:<>=`_-]{0,40}(?:(?<=```)[a-z]{1,10}\s{1,4})?\Z"
)
_COMMENT: Final = pattern(
    rb"(?:\A|\n)[ \t]{0,20}#{1,6}[ \t]{0,20}([\w.-]{1,60}(?: [\w.-]{1,60}){0,3})[ \t]{0,20}\r?\n\s{0,40}\Z"
)
_BAG: Final = b"Bag Attributes"
_ATTRIBUTE: Final = pattern(rb"(?m)^[ \t]{1,8}(friendlyName|localKeyID): ([^\r\n]{1,400})")
_MOST_OF_BAG: Final = 4000
_ELEMENT: Final = pattern(rb"<([\w.-]{1,60})>\s{0,40}\Z")  # as in the configuration of OpenVPN
_SPACE: Final = pattern(rb"(?:\s|\\n|\\r)*")
_KEY: Final = pattern(rb"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY")
_CERTIFICATE: Final = pattern(rb"-----BEGIN [A-Z0-9 ]{0,30}CERTIFICATE-")
_MOST_LEVELS: Final = 64
_LONGEST: Final = 200  # of a name: what is longer is none, and its end says the most
_MOST_INSIDE: Final = 4  # values with a text in them that has such values

_UNTOLD: Final = frozenset({"data", "stringData", "binaryData"})  # of Kubernetes: around every value
# what a name may say that says nothing of whose the value is; then a value beside it says so, or what is around it
_SAYS_NOTHING: Final = frozenset({
    "data", "content", "contents", "value", "default", "text", "inline", "body", "raw", "file", "string", "pem",
})  # fmt: skip
_SAYING: Final = ("name", "path", "filename", "file", "dest", "destination", "key", "id", "target")
_ENDING: Final = pattern(r"[._-](?:data|contents?|value|text|inline|body|raw|file|b64|base64)\Z")
_BEFORE: Final = pattern(r"(?i)\A(?:export|setx?|env|arg|let|const|var|val|local|final|static) ")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a block stands.

    Args:
        folder: what it stands together with.
        name: of the value it stands in, behind the name of what is around that: ``server/key``.
        enclosed: by what that value holds it; empty of a block that stands below a name and is held by nothing.
    """

    folder: Folder
    name: str
    enclosed: Enclosure = ""


def standings(text: bytes, spans: Iterable[tuple[int, int]]) -> list[Standing | None]:
    """Return where each block of a text stands; ``None`` of one that stands under no name.

    Args:
        text: the whole.
        spans: from where to where each block goes, in order. Nothing in them is looked at.
    """
    scanner = _Scanner(text)
    found, at = [], 0
    for start, stop in spans:
        found.append(scanner.next(at, start))
        at = stop
    scanner.next(at, len(text))  # what stands with a value may come behind it
    return [
        None if one is None else standing(scanner.named((*one.around, *one.folder)), one.name, one.beside, one.enclosed)
        for one in found
    ]


def object_names(said: Mapping[str, object]) -> tuple[str, ...]:
    """Return the namespace and the name of an object of Kubernetes, each where it has one.

    Args:
        said: what its ``metadata`` says.
    """
    told = (said.get(each) for each in ("namespace", "name"))
    return tuple(ObjectName(each[-_LONGEST:]) for each in told if isinstance(each, str) and each)


def enclosure(around: Standing | _Value, inside: Standing | _Value) -> Enclosure:
    """Return by what a value in a value holds a block: what either does to it counts."""
    both = {around.enclosed, inside.enclosed}
    told: tuple[Enclosure, ...] = ("folded", "quoted", "literal")
    return next((one for one in told if one in both), "")


def standing(folder: Folder, name: str, said: Mapping[str, str], enclosed: Enclosure = "") -> Standing:
    """Return what a value is called by that says whose it is.

    Args:
        folder: the names around it.
        name: its own, which may be ``value`` or ``content`` alone.
        said: the short values beside it, by their names in small letters.
        enclosed: by what it holds a block.
    """
    called = _ENDING.sub("", _BEFORE.sub("", name.strip()[-_LONGEST:]))
    if called.casefold() in _SAYS_NOTHING:
        told = next((said[each] for each in _SAYING if said.get(each)), None)
        if told is not None:
            called = told
            folder = folder[:-1] if folder and isinstance(folder[-1], int) else folder
        elif folder and isinstance(folder[-1], str):
            called, folder = folder[-1], folder[:-1]
    kept = tuple(each for each in folder if each not in _UNTOLD)
    is_named = bool(kept) and isinstance(kept[-1], str) and not isinstance(kept[-1], ObjectName)
    around = str(kept[-1])[-_LONGEST:] if is_named else ""
    last = called[-_LONGEST:].replace("\\", "/").rsplit("/", 1)[-1] or called
    return Standing(kept, f"{around}/{last}" if around else last, enclosed)


@dataclass(slots=True)
class _Level:
    """An entry, or what has no name, that is not ended: how deep in braces, how far indented, and what it is called."""

    depth: int
    indent: int
    label: str | int


@dataclass(slots=True)
class _Value:
    """A value that was begun: where it stands, and by what it ends.

    Args:
        folder: what is around it.
        name: its own.
        beside: the short values that stand with it, also those behind it.
        around: the names of what the text is in, where that is a value itself.
        indent: of its entry.
        ending: a quote or a marker; empty where indentation or the first other text ends it.
        is_indented: indentation ends it.
        enclosed: by what it holds the block.
        inside: reads what is in it, where it may hold a text with names.
        is_key: the block before was a private key.
    """

    folder: Folder
    name: str
    beside: Mapping[str, str]
    around: Folder = ()
    indent: int = -1
    ending: bytes = b""
    is_indented: bool = False
    enclosed: Enclosure = ""
    inside: _Scanner | None = None
    is_key: bool = False


@dataclass(slots=True)
class _Scanner:
    """Goes through what stands between the blocks of a text."""

    text: bytes
    deep: int = 0  # in how many values the text is
    depth: int = 0
    indent: int = 0
    numbers: int = 0
    word: str = ""
    unended: int = 0  # up to where no double quote is ended: each on that line is one that was escaped
    entry: _Value | None = None  # with nothing behind its name yet
    value: _Value | None = None  # that goes on behind the next block
    levels: list[_Level] = field(default_factory=list)
    said: dict[Folder, dict[str, str]] = field(default_factory=dict)
    several: dict[tuple[str, ...], int] = field(default_factory=dict)  # of sections of one name, the last
    bags: dict[bytes, int] = field(default_factory=dict)  # of each localKeyID

    def next(self, start: int, stop: int) -> _Value | None:
        """Return the value with the block that begins at ``stop``; the one before ended at ``start``."""
        begin = self._behind_value(start, stop)
        if begin is None:
            begin = start
        else:
            self.entry, self.word = None, ""
            first = None if begin else _FIRST.match(self.text, 0, stop)
            begin = begin if first is None else self._line(first, stop)
            while begin < stop and self.value is None:
                found = (_TOKEN_UNENDED if begin < self.unended else _TOKEN).match(self.text, begin, stop)
                if found is None:
                    begin, self.entry = begin + 1, None
                else:
                    begin = self._take(found, stop)
        value = self.value = self.value or self._unenclosed(start, stop)
        if value is None:
            return None
        value.is_key = _KEY.match(self.text, stop) is not None
        return value if value.inside is None else self._within(value, value.inside, max(start, begin), stop)

    def named(self, folder: Folder) -> Folder:
        """Return a folder with the name of the object of Kubernetes that it is in, behind what leads to that."""
        for depth in range(len(folder), -1, -1):
            # the first document has no number, and the others are not in it
            if depth == 0 and folder and isinstance(folder[0], int):
                break
            said = self.said.get((*folder[:depth], "metadata"))
            if said and "kind" in self.said.get(folder[:depth], ()):
                return (*folder[:depth], *object_names(said), *folder[depth:])
        return folder

    def _within(self, value: _Value, inside: _Scanner, start: int, stop: int) -> _Value:
        found = inside.next(start, stop)
        if found is None:
            return value
        around = (*value.folder, value.name, *found.around)
        return _Value(found.folder, found.name, found.beside, around, enclosed=enclosure(value, found))

    def _behind_value(self, start: int, stop: int) -> int | None:
        """Return where the value that went on has ended; ``None`` where it has not."""
        value = self.value
        if value is None:
            return start
        if value.ending:
            at = self.text.find(value.ending, start, stop)
            end = None if at < 0 else at + len(value.ending)
        elif value.is_indented:
            end = self._dedent(start, stop, value.indent)
        else:
            # under a heading the chain of a certificate may follow; nothing says that a key there is its own
            is_whole = _SPACE.fullmatch(self.text, start, stop) is not None
            goes_on = is_whole and not value.is_key and _CERTIFICATE.match(self.text, stop) is not None
            end = None if goes_on else start
        if end is not None:
            if value.inside is not None:
                value.inside.next(start, end)
            self.value = None
        return end

    def _dedent(self, start: int, stop: int, indent: int) -> int | None:
        """Return where the first line begins that is not indented more than that; ``None`` where none is."""
        at = self.text.find(b"\n", start, stop)
        while at >= 0:
            line = self.text[at + 1 : at + 1 + _ABOVE].split(b"\n", 1)[0]
            if line.strip() and len(line) - len(line.lstrip(b" ")) <= indent:
                return at
            at = self.text.find(b"\n", at + 1, stop)
        return None

    def _take(self, found: re.Match[bytes], stop: int) -> int:
        """Take one of what :data:`_TOKEN` tells apart; return where the next begins."""
        if found["line"] is not None:
            return self._line(found, stop)
        if found["words"] is not None:
            return self._words(found, stop)
        if found["marker"]:
            return self._marked(found, stop)
        if found["quote"] or found["triple"]:
            return self._quoted(found, stop)
        if found["indented"] and self.entry is not None and not self._begins_line(found.start()):
            return self._indented(self.entry, found, stop)
        if found["open"]:
            self._begin(is_list=found["open"] == b"[")
        elif found["close"]:
            self.depth = max(0, self.depth - 1)
            while self.levels and self.levels[-1].depth > self.depth:
                self.levels.pop()
            self.entry = None
        elif found["target"]:
            self.entry = self._begun(self._folder(), _told(found["target"]))
        elif not (found["passed"] or found["comment"]):
            self.entry = None
        self.word = self.word if found["passed"] in {b" ", b","} else ""
        return found.end()

    def _line(self, found: re.Match[bytes], stop: int) -> int:
        """Take the beginning of a line: a document, a section, the dashes of a list, or only how far it is indented."""
        line, end = found["line"].lstrip(b"\r\n"), found.end()
        self.word = ""
        if not line.strip() and self.depth == 0:
            document, section = _DOCUMENT.match(self.text, end, stop), _SECTION.match(self.text, end, stop)
            if document is not None or section is not None:
                labels = [self._number()] if section is None else self._section(section)
                self.levels, self.entry = [_Level(0, -1, label) for label in labels], None
                return (document or section or found).end()
        for at, octet in enumerate(line):
            if octet == ord("-") and self.depth == 0:
                self.entry = None
                self._push(at, self._number())
        self.indent = len(line)
        return end

    def _section(self, found: re.Match[bytes]) -> list[str | int]:
        """Return the names of a section, each in the one before it; one of several alike has a number besides."""
        names = [_told(each[1] or each[2] or each[3] or b"") for each in _DOTTED.finditer(found[2])]
        if found[1]:
            self.several[tuple(names)] = self._number()
        labels: list[str | int] = []
        for depth, name in enumerate(names, start=1):
            labels.append(name)
            if (number := self.several.get(tuple(names[:depth]))) is not None:
                labels.append(number)
        return labels[-_MOST_LEVELS:]

    def _words(self, found: re.Match[bytes], stop: int) -> int:
        """Take a name with a sign behind it, which begins an entry, or words without one."""
        said = _told(found["words"].strip(b"\"'"))
        self.word = said.rsplit(" ", 1)[-1]
        if not found["sign"]:
            self.entry = None
            return found.end()
        if b"=" in found["sign"]:
            self._leave_list()
        self._push(self.indent, said)
        folder = self._folder()[:-1]
        self.entry = self._begun(folder, said)
        scalar = _SCALAR.match(self.text, found.end(), stop)
        if scalar is None:
            return found.end()
        self.entry = None
        self.said.setdefault(folder, {}).setdefault(said.casefold(), _told(scalar[scalar.lastindex or 0]))
        return scalar.end()

    def _marked(self, found: re.Match[bytes], stop: int) -> int:
        """Take what ends with a word: what stands behind it on its line may say which file it is written to."""
        ending, written = found["ending"], _WRITTEN_TO.match(self.text, found.end(), stop)
        name = _told(written[1]) if written else self.word if "." in self.word else ""
        value = self.entry or (self._begun(self._folder(), name) if name else None)
        self.entry = None
        if value is None:
            return found.end()
        end = self.text.find(ending, found.end(), stop)
        if end >= 0:
            return end + len(ending)
        value.ending, value.inside, self.value = ending, self._inside(), value
        value.enclosed = "literal"
        end = self.text.find(b"\n", found.end(), stop)
        return stop if end < 0 else end

    def _quoted(self, found: re.Match[bytes], stop: int) -> int:
        """Take a quote that is not ended on its line: what is in it may go on behind the next block."""
        ending, entry, self.entry = found[0], self.entry, None
        unended = _UNENDED.match(self.text, found.start(), stop) if found.end() > self.unended else None
        self.unended = self.unended if unended is None else unended.end()
        end = self.text.find(ending, found.end(), stop)
        if end >= 0:
            return end + len(ending) if len(ending) == _TRIPLE else found.end()  # of one sign it is an apostrophe
        inside = None if entry is not None else _INSIDE.fullmatch(self.text, found.end(), stop)
        if inside is not None:
            self._leave_list()
        named = _told(inside[1]) if inside else self.word if "." in self.word else ""
        value = entry or (self._begun(self._folder(), named) if named else None)
        if value is None:
            return found.end()
        value.ending, value.enclosed, self.value = ending, "quoted", value
        value.inside = self._inside() if len(ending) == _TRIPLE else None
        return found.end()

    def _begins_line(self, at: int) -> bool:
        """Return whether a sign is the first of its line: of YAML it is behind a name, and in a mail it quotes."""
        return self.text[max(0, at - _ABOVE) : at].rstrip(b" \t")[-1:] in {b"", b"\n", b"\r"}

    def _indented(self, value: _Value, sign: re.Match[bytes], stop: int) -> int:
        """Take the beginning of a value that ends where a line is indented no more than its entry."""
        start, self.entry = sign.end(), None
        end = self._dedent(start, stop, value.indent)
        if end is not None:
            return end
        value.is_indented, value.inside, self.value = True, self._inside(), value
        value.enclosed = "folded" if sign["indented"].startswith(b">") else "literal"
        return start

    def _unenclosed(self, start: int, stop: int) -> _Value | None:
        """Return where a block stands that no value encloses: right behind a name, or below one."""
        if (bag := self.text.rfind(_BAG, max(start, stop - _MOST_OF_BAG), stop)) >= 0:
            return self._in_bag(bag, stop)
        if self.entry is not None:
            on_its_line = self.text[max(start, stop - _ABOVE) : stop].rstrip(b" \t")[-1:] in {b"=", b":"}
            self.entry.enclosed = "quoted" if on_its_line else ""
            return self.entry
        above = self.text[max(start, stop - _ABOVE) : stop]
        name = _HEADING.search(above) or _ELEMENT.search(above) or _COMMENT.search(above)
        if name is None:
            return None
        self._end(self.indent)
        return self._begun(self._folder(), _told(name[1]))

    def _in_bag(self, start: int, stop: int) -> _Value | None:
        """Return where a block stands of which OpenSSL wrote what its bag says: with what has one localKeyID."""
        said = {each[1]: each[2] for each in _ATTRIBUTE.finditer(self.text, start, stop)}
        if not said:
            return None
        key = said.get(b"localKeyID", b"").strip()
        folder: Folder = (_told(_BAG), self.bags.setdefault(key, len(self.bags) + 1)) if key else ()
        return self._begun(folder, _told(said.get(b"friendlyName", b"")))

    def _inside(self) -> _Scanner | None:
        return _Scanner(self.text, self.deep + 1) if self.deep < _MOST_INSIDE else None

    def _leave_list(self) -> None:
        """Take the entry of a list that is one text (``- NAME=value``) as standing with the others."""
        last = self.levels[-1] if self.levels and self.depth == 0 else None
        if last is not None and isinstance(last.label, int) and 0 <= last.indent < self.indent:
            self.levels.pop()

    def _begin(self, *, is_list: bool) -> None:
        """Begin what stands in braces: it has the name of its entry, of the word before it, or a number."""
        if self.entry is None:
            self._push(self.indent, self._number() if is_list or not self.word else self.word)
        self.depth += 1
        self.entry, self.word = None, ""

    def _push(self, indent: int, label: str | int) -> None:
        """Begin an entry: those beside it have ended, and what was in them."""
        self._end(indent)
        del self.levels[:-_MOST_LEVELS]
        self.levels.append(_Level(self.depth, indent, label))

    def _end(self, indent: int) -> None:
        """End what is not around an entry that stands here: levels lie in each other, so the last ones end."""
        while self.levels and not self._is_around(self.levels[-1], indent):
            self.levels.pop()

    def _is_around(self, level: _Level, indent: int) -> bool:
        return level.depth < self.depth or (level.depth == self.depth == 0 and level.indent < indent)

    def _begun(self, folder: Folder, name: str) -> _Value:
        return _Value(folder, name, self.said.setdefault(folder, {}), indent=self.indent)

    def _folder(self) -> Folder:
        return tuple(level.label for level in self.levels)

    def _number(self) -> int:
        self.numbers += 1
        return self.numbers


def _told(octets: bytes) -> str:
    return octets.strip().decode("utf-8", "backslashreplace")
