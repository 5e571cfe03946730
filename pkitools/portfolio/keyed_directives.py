"""How configurations in YAML, TOML and JSON are taken apart, as of Traefik and kubectl, and the keys looked for.

As of :mod:`~pkitools.portfolio.directives`, nothing is interpreted beyond the tokens of the language; a script that
writes such a text counts too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import islice
from types import MappingProxyType
from typing import Final

from pkitools.containers.named_values import Folder, Standing, standings
from pkitools.frozen import replace
from pkitools.limits import MAX_POINTERS
from pkitools.portfolio.directives import TEMPLATE, Block, Directive, Lines, Value
from pkitools.text import pattern

_SCALAR: Final = pattern(
    r"\"\"\"\n?(?P<long>[^\"\n]*+)\n?\"\"\"|'''\n?(?P<literal>[^'\n]*+)\n?'''"
    r"|\"(?P<double>(?:[^\"\\\n]|\\.)*+)\"|'(?P<single>(?:[^'\n]|'')*+)'"
    rf"|(?P<bare>(?![-?:]\s)(?:{TEMPLATE}|[^\s,\[\]{{}}\"'#&*!|>`])"
    rf"(?:{TEMPLATE}|[^\s,\[\]{{}}#]|(?<!\s)\#|[ \t]++(?![\s#,\[\]{{}}]|\Z))*+)"
)
_PROPERTIES: Final = pattern(r"[ \t]*+(?:[&!]\S*+[ \t]++)*+")
_BETWEEN: Final = pattern(r"(?:[\s,]++|\#[^\n]*+)*+")
_REST: Final = pattern(r"[ \t]*+(?:\#[^\n]*+)?(?:\n|\Z)")
_LITERAL: Final = pattern(
    r"[|>][-+0-9]*+[ \t]*+(?:\#[^\n]*+)?\n(?:[ \t]*+\n)*+(?P<deep>[ \t]++)(?P<first>[^\n]++)(?P<more>\n(?P=deep)\S)?"
)
_EMPTY_LINES: Final = pattern(r"(?:[ \t]*+(?:\#[^\n]*+)?\n)*+")
_INDENT: Final = pattern(r"[ \t]*+")
_ITEM: Final = pattern(r"(?P<indent>[ \t]*+)-[ \t]++")
_MAPS: Final = pattern(r":(?:\s|\Z)")
_NOTHING: Final = frozenset(["", "null", "~", "Null", "NULL"])
_STRINGS: Final = pattern(rf"{TEMPLATE}|\"(?:[^\"\\\n]|\\.)*+\"|'[^'\n]*+'")
_COMMENT: Final = pattern(r"(?:^|[\s,{}\[\]\"'])\#[^\n]*+", re.MULTILINE)
_BOUNDARY: Final = pattern(r"[{}]|^[ \t]*+(?:-[ \t]|\[)", re.MULTILINE)
PROGRAMS: Final = tuple(
    ".go .js .mjs .cjs .ts .tsx .jsx .py .rb .rs .java .kt .cs .c .h .cc .cpp .php .lua".split()  # noqa: SIM905  shorter
)
"""How files end that are the text of a program: in those such a name may be anything, so less counts as one."""
_PATH: Final = "."
"""Between the words of a name that says what its key stands in."""
_MOST_LINES: Final = 400
"""Lines above the first certificate of a list that its key is looked for in."""
# a merge of YAML, or what a template puts in the place of a key: no word of it that only says when or how often
_MERGED: Final = pattern(
    r"<<[\"']?[ \t]*:|(?:^[ \t-]*+|[,{][ \t]*)\{\{-?+[ \t]*+"
    r"(?!/\*|(?:end|if|else|range|with|define|break|continue)\b|\$\w+\s*:?=)",
    re.MULTILINE,
)
_FLOW: Final = pattern(rf"\{{(?:{TEMPLATE}|[^{{}}])*+")
_TABLE: Final = pattern(r"^[ \t]*\[[^\]\n=]*\]", re.MULTILINE)  # of TOML
_BLOCK_SCALAR: Final = pattern(r"[ \t]*+[|>]")
"""Of what stands as it is in a text nothing is a name of a file."""
DATA: Final = (".yml", ".yaml", ".toml", ".json")
"""How files end that are surely data."""


def of_keyed(
    text: str,
    names: Mapping[str, str],
    name: str,
    keys: Mapping[str, str] = MappingProxyType({}),
    keyed_in: Collection[str] = (),
) -> Iterator[Directive]:
    """Yield keys of YAML, TOML or JSON with their values: in blocks, inline, on the next line, in lists.

    Args:
        names: as Traefik's documents write them, by the small letters of their last word, which is the key; of a file
            that is surely data any letters do. One of several words counts only where the others stand around it.
        name: of the file.
        keys: of a certificate what names its private key, beside it.
        keyed_in: what such certificates stand in, with a * for a name of somebody's choice.
    """
    placed, others = list[tuple[int, Directive]](), list[tuple[int, Directive]]()
    for at, found in islice(_keys_of(text, names, name), MAX_POINTERS + 1):
        (placed if _PATH in found.name else others).append((at, found))
    is_data = name.lower().endswith(DATA)
    yield from _with_keys(text, others, keys, keyed_in) if is_data else (each for _, each in others)
    if placed:
        yield from _at_their_place(text, placed, keys)


def _with_keys(
    text: str, found: Sequence[tuple[int, Directive]], keys: Mapping[str, str], keyed_in: Collection[str]
) -> Iterator[Directive]:
    """Yield what was found, and of a certificate that surely stands without a key say so.

    What a merge (``<<``) of YAML or a template brings in beside it is not seen: of that one nothing is sure.
    """
    if not any(each.name in keys for _, each in found):
        yield from (each for _, each in found)
        return
    places = _standings(text, found)
    with_key = {
        (place.folder, each.name)
        for (at, each), place in zip(found, places, strict=True)
        if place is not None and (each.values or _BLOCK_SCALAR.match(text, at))
    }
    lists: dict[Folder, str] = {}
    for (at, each), place in zip(found, places, strict=True):
        if each.name not in keys or place is None or (place.folder, keys[each.name]) in with_key:
            yield each
            continue
        words = _words_of(place.folder)
        if place.folder and isinstance(place.folder[-1], int):
            around = place.folder[:-1]
            if around not in lists:
                lists[around] = _list_of(text, at)
            words += [lists[around]] if lists[around] else []
        is_alone = any(fnmatchcase(_PATH.join(words), told.lower()) for told in keyed_in)
        yield (
            replace(each, is_alone=True)
            if is_alone and not _MERGED.search(_COMMENT.sub("", _item_around(text, at)))
            else each
        )


def _item_around(text: str, at: int) -> str:
    """Return the lines of what a key stands in: of TOML its table, of others what is indented as deep."""
    start, end = text.rfind("\n", 0, at) + 1, len(text)
    if _TABLE.search(text, 0, at):
        header = [each.start() for each in _TABLE.finditer(text, 0, at)][-1]
        following = _TABLE.search(text, at)
        return text[header : following.start() if following else end]
    if "{" in text[start:at] and (inline := _FLOW.search(text, text.rfind("{", start, at))):
        return inline[0]
    depth, first = _depth(text[start:at]), start
    for _ in range(_MOST_LINES):
        if first == 0 or text[first:at].lstrip(" ").startswith("- "):
            break
        above = text.rfind("\n", 0, first - 1) + 1
        if not _is_within(text[above : first - 1], depth):
            break
        first = above
    last = at
    for _ in range(_MOST_LINES):
        last = text.find("\n", last)
        line = text[last + 1 : text.find("\n", last + 1)] if last >= 0 else ""
        if last < 0 or line.lstrip(" ").startswith("- ") or not _is_within(line, depth):
            break
        last += 1
    return text[first : last if last >= 0 else end]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" -"))


def _is_within(line: str, depth: int) -> bool:
    return not line.strip() or line.lstrip().startswith(("#", "{{")) or _depth(line) >= depth


def _words_of(folder: Folder) -> list[str]:
    """Return the names around a value in small letters, from the top of its file or of one that the text has in it."""
    words: list[str] = []
    for part in (each.lower() for each in folder if isinstance(each, str)):
        words = [] if part.endswith(DATA) else [*words, *part.split(_PATH)]
    return words


def _list_of(text: str, at: int) -> str:
    """Return the key of the list of YAML that a place is in, where its dashes stand no deeper than that key."""
    indent = None
    for _ in range(_MOST_LINES):
        begin = text.rfind("\n", 0, at) + 1
        line, at = text[begin:at], begin - 1
        told = line.lstrip(" ")
        depth = len(line) - len(told)
        if told.startswith("-") and (indent is None or depth < indent):
            indent = depth
        elif told and not told.startswith(("-", "#")) and indent is not None and depth <= indent:
            return told.partition(":")[0].strip("\"' ").lower() if depth == indent else ""
        if at < 0:
            break
    return ""


def _at_their_place(text: str, found: Sequence[tuple[int, Directive]], keys: Mapping[str, str]) -> Iterator[Directive]:
    """Yield the directives that stand in what their name says, and in nothing else: those that stand together in a
    block of their own, and a certificate without a key beside it as one that has none.
    """
    blocks: dict[Folder, Block] = {}
    placed: list[tuple[int, Directive]] = []
    for (at, directive), standing in zip(found, _standings(text, found), strict=True):
        if standing is not None and _is_at(directive.name.lower(), standing):
            placed.append((at, replace(directive, block=blocks.setdefault(standing.folder, Block()))))
    with_key = {(each.block, each.name) for _, each in placed}
    for at, directive in placed:
        key = keys.get(directive.name)
        is_alone = key is not None and (directive.block, key) not in with_key and not _is_keyed(text, at, key)
        yield replace(directive, is_alone=True) if is_alone else directive


def _is_at(name: str, standing: Standing) -> bool:
    """Return whether a value stands in what a name says, with a * for the number of an item of a list.

    What stands under a list of YAML whose dashes are no deeper than its key is not said to stand in that.
    """
    around = standing.folder[1:] if standing.folder[:1] and isinstance(standing.folder[0], int) else standing.folder
    words = (*map(str, around), standing.name.rpartition("/")[2])  # without the number of the document, or of the item
    path = _PATH.join(words).lower()
    return fnmatchcase(path, name) or path == name.rpartition("*.")[2]


def _is_keyed(text: str, at: int, key: str) -> bool:
    """Return whether the private key itself may stand beside a certificate: in a value, by a merge or a template."""
    around = _COMMENT.sub("", _item_around(text, at))
    word = re.escape(key.rpartition(_PATH)[2])
    return _MERGED.search(around) is not None or re.search(rf"(?<![\w-]){word}-\w+[\"']?[ \t]*+:", around) is not None


def _standings(text: str, found: Sequence[tuple[int, Directive]]) -> list[Standing | None]:
    """Return where each of what stands from a place in a text on is."""
    octets, at, last = list[bytes](), 0, 0
    spans = list[tuple[int, int]]()
    for place, _ in found:
        octets.append(text[last:place].encode())
        at, last = at + len(octets[-1]), place
        spans.append((at, at))
    octets.append(text[last:].encode())
    return standings(b"".join(octets), spans)


def _keys_of(text: str, names: Mapping[str, str], name: str) -> Iterator[tuple[int, Directive]]:
    """Yield keys of YAML, TOML or JSON with their values, and from where on in the text what is behind each stands.

    Args:
        names, name: as of :func:`of_keyed`.
    """
    is_data = name.lower().endswith(DATA)
    words = "|".join(each.rpartition(_PATH)[2] for each in names.values())
    key = re.compile(
        rf"(?P<quote>[\"']?)(?<![\w-])(?P<name>{words})(?P=quote)[ \t]*+"
        r"(?:\n[ \t]*+(?=:[ \t]))?(?::(?=[\s\"'\[{]|\Z)|=(?!=))",
        re.IGNORECASE if is_data else 0,
    )
    lines, last, block, seen = Lines(text), 0, Block(), set[str]()
    looked, comment = 0, -1  # up to where the text was looked at, and the line of which the rest is a comment
    for found in key.finditer(text):
        start = lines.start(found.start())
        before, is_first = text[max(start, looked) : found.start()], looked <= start
        looked = found.end()
        if comment == start:
            continue
        plain = _STRINGS.sub('""', before)
        if _COMMENT.search(plain):
            comment = start
            continue
        if not _may_precede(plain, name.lower(), is_first=is_first):
            continue
        told = names[found["name"].lower()]
        if _PATH not in told:  # what stands elsewhere ends no block
            if told in seen or _BOUNDARY.search(_COMMENT.sub("", _STRINGS.sub('""', text[last : found.start()]))):
                block, seen = Block(), set()
            seen.add(told)
            last = found.end()
        line = lines.at(found.start())
        column = found.start() - start
        values = tuple((value, lines.at(at)) for value, at in _keyed_values(text, found.end(), column))
        if is_data or not name.lower().endswith(PROGRAMS):
            yield found.end(), Directive(told, values, line, block)
        else:
            yield found.end(), Directive(told, tuple(each for each in values if each[0]), line, block)


_ESCAPED_KEY: Final = pattern(r"\"(?=[^\"\n]{0,99}\\[xuU])((?:[^\"\\\n]|\\.){1,100})\"[ \t]*+[:=]")
_ESCAPE: Final = pattern(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U0{3}([0-9A-Fa-f]{5}))")


def of_escaped_keys(text: str, names: Mapping[str, str], name: str) -> Iterator[Directive]:
    """Yield keys of YAML, TOML or JSON that are written with escapes, with no value that could be made out.

    Args:
        names, name: as of :func:`of_keyed`.
    """
    if "\\" not in text or not name.lower().endswith(DATA):
        return
    lines = Lines(text)
    for found in _ESCAPED_KEY.finditer(text):
        key = _ESCAPE.sub(lambda escape: chr(int(escape[escape.lastindex or 0], 16)), found[1])
        if key.lower() in names:
            line = lines.at(found.start())
            yield Directive(names[key.lower()], (("", line),), line, Block())


def _may_precede(plain: str, name: str, *, is_first: bool) -> bool:
    """Return whether a key may stand behind what is before it on its line, in which strings are empty."""
    ends = plain.rstrip()
    if is_first and not ends.strip("- \t").removeprefix("?"):  # YAML may say so that a key follows
        return True
    if name.endswith(PROGRAMS) or plain.count("(") > plain.count(")"):
        return False
    return ends[-1:] in {"{", ",", "["} or (ends[-1:] == "." and name.endswith(".toml"))


def _keyed_values(text: str, at: int, column: int) -> Iterator[Value]:
    """Yield the values at a place, each with its own; nothing for ``null``, an empty one if unreadable."""
    properties = _PROPERTIES.match(text, at)
    at = properties.end() if properties else at
    if _REST.match(text, at):
        yield from _below(text, at, column)
    elif text[at] == "[":
        yield from _flow(text, at + 1)
    elif literal := _LITERAL.match(text, at):
        # the certificate itself is no name, and what is not indented deeper than the key is another value
        if len(literal["deep"]) > column and not literal["first"].startswith("-----BEGIN"):
            yield ("" if literal["more"] else literal["first"].strip()), literal.start("first")
    else:
        yield from _scalar(text, at)


def _scalar(text: str, at: int) -> Iterator[Value]:
    found = _SCALAR.match(text, at)
    if found is None:
        yield "", at
        return
    kind = str(found.lastgroup)
    value = found[kind]
    if kind == "double":
        value = _unescaped(value)
    elif kind == "single":
        value = value.replace("''", "'")
    elif kind == "bare":
        value = "" if _MAPS.search(value) else value
        if found[kind] in _NOTHING:
            return
    if found[kind]:
        yield ("" if value.startswith("-----BEGIN") and kind == "bare" else value), found.start()


def _unescaped(value: str) -> str:
    if "\\" not in value:
        return value
    try:
        return str(json.loads(f'"{value}"'))
    except ValueError:
        return ""


def _flow(text: str, at: int) -> Iterator[Value]:
    """Yield the items of a list in brackets; an empty one where it stops being one of scalars."""
    for _ in range(MAX_POINTERS + 1):
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
        if text[at : at + 1] == "]":
            return
        item = _SCALAR.match(text, at)
        if item is None or (item.lastgroup == "bare" and ("=" in item[0] or _MAPS.search(item[0]))):
            yield "", min(at, len(text) - 1)
            return
        yield from _scalar(text, at)
        at = item.end()


def _below(text: str, at: int, column: int) -> Iterator[Value]:
    """Yield what stands below a key: a list with dashes, or one value on its own line."""
    at = _next_line(text, at)
    item = _ITEM.match(text, at)
    if item is None:
        indented = _INDENT.match(text, at)
        scalar = _SCALAR.match(text, indented.end() if indented else at)
        if scalar is not None:
            indent = scalar.start() - at
            is_quoted = scalar.lastgroup != "bare"
            follows = text[scalar.end() : scalar.end() + 2].lstrip()
            if (indent > column or is_quoted) and not follows.startswith((":", "=")) and not _is_key(scalar):
                yield from _scalar(text, scalar.start())
        return
    indent = len(item["indent"])
    for _ in range(MAX_POINTERS + 1):
        if item is None or len(item["indent"]) != indent:
            return
        properties = _PROPERTIES.match(text, item.end())
        yield from _scalar(text, properties.end() if properties else item.end())
        at = _next_line(text, item.end())
        item = _ITEM.match(text, at)


def _is_key(scalar: re.Match[str]) -> bool:
    return scalar.lastgroup == "bare" and bool(_MAPS.search(scalar[0]) or " =" in scalar[0])


def _next_line(text: str, at: int) -> int:
    """Return where the next line begins that is neither empty nor a comment."""
    end = text.find("\n", at)
    lines = None if end < 0 else _EMPTY_LINES.match(text, end + 1)
    return len(text) if lines is None else lines.end()
