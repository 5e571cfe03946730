"""A text as it is written → the words in it that may be paths, and whether each stands where a value does.

One pass from the beginning to the end, with what was last seen of a key, an option and a command: the work grows with
the text and no faster, whatever is in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from pkitools.frozen import dataclass
from pkitools.text import pattern

_IN_PATH: Final = r"[^\s\"'`=:;,()\[\]{}<>|&]+"
_PIECE: Final = pattern(rf"{_IN_PATH}|[\n\"'`=:;,()\[\]{{}}<>|&]")
_WITH_DOTS: Final = pattern(_IN_PATH)
_ESCAPE: Final = pattern(r"\\(?:[uU](?:0000)?([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))|&#x([0-9a-fA-F]{2,4});")
_CHOICE: Final = pattern(r"\{([\w.~+*?/@,-]*)\}(?=[/\\])")
"""Of a shell: ``{live,archive}/a.pem``."""
_SEPARATORS: Final = pattern(r"(?:(?<=[a-zA-Z0-9]{2}:)(?P<address>(?:\\?/){2}))|[\\/](?:\.?[\\/])+")
"""What is written for one separator, but not what begins an address."""
_AFTER: Final = pattern(r"(?P<call>\()|[\"']?[ \t]*(?P<key>[=:])")
_WHOLE: Final = pattern(r"[\"'`]?\s{0,40}(?:[,;#)\]}<]|\n|\Z)|[\"']")
_LAST: Final = pattern(r"[\"']?[ \t]{0,40}(?:[;&|\n]|\Z)")
_OF_PLACE: Final = pattern(
    r"(?<!re)dir(?!ect(?!or))|map|path|folder|cert|crt|tls|ssl|root|home(?!page)|(?<!data)base|volume|(?<!a)mount|src"
    r"|(?<!re)source|location|(?<!re)store|context|pem"
)
"""In small letters, in the name of what has a folder or certificates as its value."""
_OF_CALL: Final = pattern(r"join|open|glob|file|walk|resolve")
_OF_NO_PLACE: Final = pattern(r"type|kind|format|packag")
_OF_LEFT_OUT: Final = pattern(
    r"[\w.-]*?(?:exclu(?:de[ds]?|ding|sions?)|ignor(?:e[ds]?|ing)|prun(?:e[ds]?|ing))"
    r"(?:[._-]?(?:path|file|dir|directory|directorie|folder|pattern|glob|name|list|from)s?)*+"
)
"""In small letters, the whole name of what is left out: ``prune_cert`` and ``ignored_key`` may be anything."""
_GOES_ON: Final = pattern(r"\b(?:xargs|parallel|while)\b|[`)]")
_REMOVES: Final = pattern(r"\b(?:rm|mv|rmdir|unlink|shred)\b")
_SHORT: Final = frozenset("dDCcpv")
_SEARCHED: Final = frozenset(("path", "ipath", "name", "iname", "wholename", "iwholename"))  # options of find
_BEFORE_COMMAND: Final = frozenset(("sudo", "RUN", "do", "then", "exec", "git", "svn"))
_ENTERS: Final = frozenset(("cd", "pushd"))
_TAKES: Final = frozenset(("COPY", "ADD", "cp", "scp", "rsync", "xcopy", "robocopy"))
_MOVES: Final = frozenset(("mv", "rm", "rmdir", "unlink", "shred", "ls", "move", "del", "erase", "rd"))
_OPEN: Final = frozenset("[(,:=>")
"""What ends with one of these goes on at the next line."""
_QUOTES: Final = frozenset("\"'`")
_ENDS: Final = frozenset(";|&")
_NEAR: Final = 400
"""Characters behind a word in which it is looked for what a command does with it."""


def plain(text: str) -> str:
    r"""Return a text in which a path has one spelling, with its lines as they were.

    ``archive\u002fa.pem``, ``\/srv\/archive``, ``C:\\srv\\archive``, ``archive/./a.pem`` and ``x/../archive`` are how
    JSON, YAML and others write one; of ``{live,archive}/a.pem`` what is kept is what may be a folder for copies.

    >>> plain(r'{"dir": "..\\archive\\.\\v1", "docs": "https:\/\/example.nl\/a", "c": "x/../archive\u002fa.pem"}')
    '{"dir": "..\\archive\\v1", "docs": "https://example.nl/a", "c": "archive/a.pem"}'
    """
    text = _SEPARATORS.sub(_separator, _ESCAPE.sub(_character, text))
    if "}/" in text or "}\\" in text:
        text = _CHOICE.sub(_choice, text)
    return _WITH_DOTS.sub(_without_dots, text) if "/.." in text or "\\.." in text else text


def _character(found: re.Match[str]) -> str:
    character = chr(int(found[1] or found[2] or found[3], 16))
    return " " if character.isspace() else character


def _separator(found: re.Match[str]) -> str:
    return "//" if found["address"] else "/" if "/" in found[0] else "\\"


def _choice(found: re.Match[str]) -> str:
    each = found[1].split(",")
    if len(each) == 1:
        return found[0]
    return next((one for one in each if "archive" in one.casefold()), "*")


def _without_dots(found: re.Match[str]) -> str:
    token = found[0]
    if ".." not in token:
        return token
    separator = "/" if "/" in token else "\\"
    parts: list[str] = []
    for part in token.replace("\\", "/").split("/"):
        if part == ".." and parts and parts[-1] not in {"", ".", ".."}:
            parts.pop()
        else:
            parts.append(part)
    return separator.join(parts)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text.

    Args:
        text, start: itself, and where it stands.
        key: the name of what has it as its value, in small letters; empty where nothing has.
        may_be_value: it is no key or option, and stands in no comment.
        is_value: it stands behind a key or an option, alone in a list, or alone within quotes.
        is_folder: by what it is the value of it is a folder, also where it is a word of a language.
        is_used: it is not what a program is told to leave out, and not what a command moves, deletes or lists.
        is_remark: it stands in what may be a comment.
    """

    text: str
    start: int
    key: str = ""
    may_be_value: bool = False
    is_value: bool = False
    is_folder: bool = False
    is_used: bool = True
    is_remark: bool = False


def words(text: str, is_wanted: Callable[[str], bool], *, is_rest: bool = False) -> Iterator[Word]:
    """Yield the words that may be paths of a text.

    Args:
        text: as :func:`plain` has it.
        is_wanted: whether a word is to be yielded.
        is_rest: it is a further part of one: what it begins with may be the value of anything.
    """
    state = _State(text, is_kept=is_rest)
    for found in _PIECE.finditer(text):
        piece, start, end = found[0], *found.span()
        if end - start == 1 and state.took_sign(piece):
            continue
        is_value = state.is_value(piece, end)
        if is_wanted(piece):
            yield state.word(piece, start, end) if is_value else Word(piece, start)
        if is_value:
            state.passed(piece)


@dataclass
class _State:
    """What was last seen of a text.

    Args:
        key, form: the name of what has the next word as its value, and how it is written: before a sign, as an option,
            as a call, or as the first word of a line.
        is_fresh: nothing came after it yet.
        command, others: of this line, and the number of words behind it.
    """

    text: str
    key: str = "path"  # a text that is no more than a list
    form: str = "sign"
    is_fresh: bool = False
    is_negated: bool = False
    command: str = ""
    others: int = 0
    quote: str = ""
    last: str = "\n"
    before: str = ""
    is_line: bool = True
    is_kept: bool = False
    is_item: bool = False
    is_start: bool = True
    is_comment: bool = False
    is_tag: bool = False

    def took_sign(self, piece: str) -> bool:
        """Take one character, and return whether it is a sign."""
        if piece == "\n":
            self.is_kept = self.last in _OPEN or (self.is_line and self.is_kept)
            self.is_line = self.is_start = True
            self.is_item = self.is_comment = self.is_tag = False
            self.quote = self.command = ""
            return True
        if self.is_comment:
            return True
        if piece in _QUOTES:
            self.quote = "" if self.quote == piece else self.quote or piece
        elif piece in _ENDS:
            self.is_start, self.command = True, ""
            self.key = self.key if self.quote else ""
        elif piece in "(<":
            self.is_start, self.is_tag = piece == "(", piece == "<"
        elif piece not in "=:,)[]{}>":
            return False
        self.before = piece
        if piece not in _QUOTES:
            self.last = piece
        return True

    def is_value(self, piece: str, end: int) -> bool:
        """Return whether a word is a value; what it is besides is kept."""
        if self.is_comment:
            return True
        if self.is_line and piece in {"-", "---"}:
            self.is_item, self.is_fresh, self.last = True, True, piece
            return False
        if self.is_line:
            self.is_line = False
            self.is_comment = piece.startswith(("#", "//")) or piece in {"*", "--"}
            if self.is_comment:
                self.is_line = True
                return True
            if not (self.is_kept or self.is_item):
                self.key = ""
        after = None if "/" in piece or "\\" in piece else _AFTER.match(self.text, end)  # ./srv/archive:/tls
        if after is not None or self.is_tag or (piece.startswith("-") and len(piece) > 1):
            self.form = "call" if after and after["call"] else "option" if piece.startswith("-") else "sign"
            self.key = "" if self.is_tag and piece.startswith("/") else piece.lstrip("-")
            self.is_negated = self.before in {"!", "-not"}
            self.is_fresh, self.is_tag, self.before, self.last = True, False, piece, piece
            self.is_start = self.is_start and after is not None and not after["call"]
            return False
        return True

    def passed(self, piece: str) -> None:
        """Take it that a value is passed."""
        if self.is_comment:
            return
        if self.is_start and piece not in _BEFORE_COMMAND:
            self.command, self.others, self.is_start = piece, 0, False
            if not self.key:
                self.key, self.form = piece, "word"
        else:
            self.others += 1
            if self.form in {"option", "word"} and not self.quote:
                self.key = ""
        self.is_fresh, self.before, self.last = False, piece, piece

    def word(self, piece: str, start: int, end: int) -> Word:
        """Return a word with where it stands."""
        if self.is_comment:
            return Word(piece, start, is_remark=True)
        folded = self.key.casefold()
        is_enclosed = self.text[start - 1 : start] in _QUOTES or self.text[start - 1 : start] == ">"
        is_enclosed = is_enclosed and (self.text[end : end + 1] in _QUOTES or self.text[end : end + 1] == "<")
        is_value = bool(folded and self.is_fresh and self.form != "word") or is_enclosed
        return Word(piece, start, folded, True, is_value, self._is_folder(folded, end), self._is_used(folded, end))

    def _is_folder(self, key: str, end: int) -> bool:
        is_whole = self.before == "=" or _WHOLE.match(self.text, end) is not None
        is_right = {"sign": is_whole or bool(self.quote), "option": True, "call": bool(self.quote), "word": is_whole}
        is_of_place = _OF_PLACE.search(key) or (self.form == "call" and _OF_CALL.search(key))
        if key and is_right[self.form]:
            if is_of_place and not _OF_NO_PLACE.search(key):
                return True
            if self.form == "option" and self.key in _SHORT:
                return True
        if self.before in _QUOTES and self.last == "/":  # BASE / "archive"
            return True
        if self.command in _TAKES:  # the last is where it is copied to
            return _LAST.match(self.text, end) is None
        return (self.command in _ENTERS and not self.others) or (self.command == "for" and self.others > 1)

    def _is_used(self, key: str, end: int) -> bool:
        rest = self.text[end : end + _NEAR].partition("\n")[0] if self.command in {"ls", "find"} else ""
        if self.command == "ls" and _GOES_ON.search(rest):  # what it lists something else takes
            return _REMOVES.search(rest) is None
        if self.command in _MOVES or (self.form != "call" and _OF_LEFT_OUT.fullmatch(key)):
            return False
        if self.command != "find":
            return True
        is_pruned = self.key in _SEARCHED and (self.is_negated or "-prune" in rest)
        return not is_pruned and "-delete" not in rest


_SET: Final = pattern(
    r"(?<!\w)(?:(?:set[ \t]+\$|[dD]efine[ \t]+)(\w++)[ \t]+|(\w++)[\"']?[ \t]*(?::?=|:)[ \t]*)[\"']?([^\s\"';,]*)"
)


def set_in(text: str) -> frozenset[str]:
    """Return the variables to which a text gives a value whose last part is written out."""
    found = ((each[1] or each[2], each[3].replace("\\", "/").rstrip("/")) for each in _SET.finditer(text))
    return frozenset(name for name, value in found if value and set("$%*?{}").isdisjoint(value.rpartition("/")[2]))
