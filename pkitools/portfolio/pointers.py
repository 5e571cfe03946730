"""What a configuration or an inventory points to: files with certificates, further configuration, peers.

Of nginx, Apache, HAProxy and Traefik the directives stand in ``data/pointers.toml``, and how each is taken apart in
:mod:`~pkitools.portfolio.directives`. What such a directive names and could not be made out is told.
An inventory is a CSV with a column, a TOML with a key, or a list with a line for each, of files or of ``HOST:PORT``; it
is read as one only where somebody handed it in.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any, Final

from pkitools.containers.encodings import as_utf8
from pkitools.documents import Source, cite
from pkitools.errors import InputError, LimitError, PkitoolsError
from pkitools.frozen import dataclass, replace
from pkitools.limits import MAX_CONFIGURATION_BYTES, MAX_POINTERS
from pkitools.package_data import read_toml
from pkitools.portfolio.directives import (
    PROGRAMS,
    Block,
    Directive,
    of_apache,
    of_escaped_keys,
    of_haproxy,
    of_keyed,
    of_nginx,
)
from pkitools.portfolio.model import OwnKey, Pointer, Target, Unnamed
from pkitools.requests.csv_rows import csv_lines
from pkitools.text import pattern, size_text
from pkitools.toml_text import read_foreign_toml

COLUMNS: Final = frozenset(
    [
        "address",
        "adres",
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
        "fqdn",
        "host",
        "host:poort",
        "host:port",
        "hostnaam",
        "hostname",
        "keystore",
        "pad",
        "path",
        "paths",
        "place",
        "plaats",
        "places",
        "server",
        "servernaam",
        "target",
        "url",
    ]
)
"""What a column or a key is called, in small letters, in which an inventory has files or peers."""

_HOSTS: Final = frozenset(["address", "adres", "fqdn", "host", "hostnaam", "hostname", "server", "servernaam"])
"""Those of them in which a host may stand whose port is in the column beside it."""

_PORTS: Final = frozenset(["poort", "port"])
_HOST: Final = pattern(
    r"localhost|(?:\d{1,3}\.){3}\d{1,3}|(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,20}[A-Za-z]{2,63}"
)
_FILES: Final = tuple(
    f".{end}"
    for end in (
        *("pem", "crt", "cer", "cert", "der", "key", "csr", "req", "crl", "p7b", "p7c", "p7s", "p12", "pfx", "jks"),
        *("jceks", "bks", "keystore", "truststore", "xml", "yaml", "yml", "json", "conf", "cfg", "ini", "toml", "txt"),
        *("csv", "tsv", "lst", "env", "properties", "eml", "msg", "zip", "tar", "gz", "tgz", "bak", "old", "orig"),
    )
)
"""How names of files end that are no hosts."""

_TABLES: Final = (".csv", ".tsv")
_LISTS: Final = (*_TABLES, ".txt", ".lst")
_PEER: Final = pattern(r"(?:https://)?(?P<host>\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253}):(?P<port>[0-9]{1,5})/?")
_AS_PEER: Final = pattern(r"(?:https://)?(?P<host>[A-Za-z0-9._-]{1,253}):[^\s:/\\]{0,40}/?")
_QUOTED: Final = pattern(r"""\"(?:[^"\\\n]|\\.){1,4096}+\"|'[^'\n]{1,4096}+'""")
_PROSE: Final = (".md", ".rst", ".adoc", ".html", ".htm", ".tex")
_CONFIGURATION: Final = ".conf"
_WORD: Final = pattern(r"[A-Za-z_][A-Za-z0-9_-]*+")
_PEM: Final = pattern(rb"-----BEGIN [A-Z0-9 ]++-----[^-]*+-----END [A-Z0-9 ]++-----")
_NAME: Final = pattern(r"\$\{(\w{1,100})\}")
_BARE_NAME: Final = pattern(r"\$(?:\{(\w{1,100})\}|(\w{1,100}))")  # of nginx
# of nginx: by which a variable names a file
_USING: Final = pattern(r"\b(?:(?:[a-z]{1,8}_)?ssl_\w{1,40}+|set)\s(?:\$\{\w{1,100}\}|[^;{}]){1,4096}+")
_LIKE_A_PATH: Final = pattern(
    r"(?:/|\./|\.\./)[^\x00-\x1f]{1,4095}|[^\s\x00-\x1f]{0,4000}(?:/|\.[A-Za-z0-9]{1,8}\Z)\S{0,4000}"
)
# what the program itself knows: a variable, what stands in place of a file, a key on a token
_VARIABLE: Final = pattern(r"[$%]|\{\{|^data:|^@|^(?:engine|store|pkcs11):")


_ITSELF: Final = pattern(r"data:[^$]*+")
"""Of nginx the certificate or key itself, in place of a file: what is not looked at, and may be a secret."""
_MOST_VALUE: Final = 4_096
"""Characters that the name of a file may have: no system has longer ones."""
_REST: Final = frozenset(("default", "*"))  # of nginx: the case of whatever is in no other
_RANGE: Final = pattern(r"[0-9.]{7,15}-")  # of geo
_MOST_OUTER: Final = 64
"""Blocks around a block that are looked in for what it does not say."""


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
        LimitError: it points to more than is followed, or is too large to be looked through and points to something.
    """
    octets = None if is_prose(name) else as_utf8(data)
    if octets is None:
        return ()
    if len(octets) > MAX_CONFIGURATION_BYTES:
        if listing is not None or seems_to_point(octets, name) or (is_inventory and _may_be_list(octets)):
            limit = size_text(MAX_CONFIGURATION_BYTES)
            raise LimitError("portfolio.error.configuration_too_large", name=name, limit=limit)
        return ()
    text = octets.decode("utf-8", "replace")
    if listing is not None:
        return _within_limit(_of_lines(text, listing), name)
    found = _within_limit(_directives(text, name), name)
    return found or (_within_limit(_inventory(text, name), name) if is_inventory else ())


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
    return tuple(_sign(raw, is_program=is_program) for raw in kinds() if raw["form"] == "keyed" or not is_program)


def _sign(raw: Mapping[str, Any], *, is_program: bool) -> tuple[tuple[bytes, ...], re.Pattern[bytes]]:
    told = "|".join(re.escape(each.lower()) for each in sorted({*raw["file"], *raw.get("list", ()), *raw["keys"]}))
    begin = r"(?:\A|[;{}\n])[ \t]*+(?:<[^>\n]{0,400}>[ \t]*+)?[\"']?"
    match raw["form"]:
        case "statements":
            words: tuple[bytes, ...] = (b"ssl_", b"include")
            shape = rf"{begin}(?:(?:{told})[\"']?\s|include\s++[^\s;()]{{1,4096}}+\s*+;)"
        case "lines":
            words = b"ssl", b"include"
            ends = "|".join(map(re.escape, raw["ends"]))
            shape = rf"{begin}(?:(?:{told})\s|include(?:optional)?[ \t]++[^\n]{{0,4096}}(?:{ends})[\"']?[ \t]*+$)"
        case "options":
            words = b"crt", b"ca-", b"key"
            lines = "|".join(map(re.escape, raw["lines"]))
            shape = rf"(?:\A|\n)[ \t]*+(?:{lines})\s[^\n]*?\s[\"']?(?:{told})[\"']?[ \t]"
        case _:
            words = b"cert", b"ca"
            value = r"[ \t]*+[\"']" if is_program else ""
            shape = rf"(?<![\w-])(?:{told})[\"']?[ \t]*+(?::|=(?!=)){value}"
    return words, re.compile(shape.encode(), re.MULTILINE)


def _may_be_list(text: bytes) -> bool:
    """Return whether what somebody handed in may have a line for each file or peer, and is nothing else."""
    return text[:4096].lstrip()[:1] not in {b"<", b"{", b"["} and b"-----BEGIN " not in text


def _within_limit(pointers: Iterator[Pointer], name: str) -> tuple[Pointer, ...]:
    found = tuple(islice(pointers, MAX_POINTERS + 1))
    if len(found) > MAX_POINTERS:
        raise LimitError("portfolio.error.too_many_pointers", name=name, limit=MAX_POINTERS)
    return found


def _directives(text: str, name: str) -> Iterator[Pointer]:
    words = {word[0].lower() for word in _WORD.finditer(text)} & _words()
    for raw in kinds():
        if raw["form"] == "keyed":
            small = {each.lower(): each for key in ("file", "keys") for each in raw[key]}
            yield from named_by(raw, [*of_escaped_keys(text, small, name)], name)
        if words.isdisjoint(_word(each) for key in ("file", "pattern", "list", "keys") for each in raw.get(key, ())):
            continue
        found = list(islice(directives_of(raw, text, name), MAX_POINTERS + 1))
        if len(found) > MAX_POINTERS:  # what gives names values is no pointer, and what stands behind it may be one
            raise LimitError("portfolio.error.too_many_pointers", name=name, limit=MAX_POINTERS)
        is_sure = _is_surely(raw, found, text, name)
        told = named_by(raw, found, name, is_sure=is_sure, unnamed=_unnamed(raw, text))
        yield from (replace(each, program=raw["source"]) for each in told)


def _is_surely(raw: Mapping[str, Any], found: Sequence[Directive], text: str, name: str) -> bool:
    """Return whether a text is a configuration of this program: "include" also begins a line of many others."""
    if "pattern" not in raw or name.lower().endswith(PROGRAMS):
        return False
    if raw["form"] == "keyed":
        return any(each.name in raw["pattern"] for each in found)  # what it stands in says so
    small = raw["form"] == "lines"
    sure = {each.lower() if small else each for key in ("file", "keys") for each in raw.get(key, ())}
    return any(each.name in sure for each in found) or re.search(raw["sign"], text) is not None


def _as_meant(found: Directive, define: frozenset[str], choose: frozenset[str]) -> Directive:
    """Return a directive of nginx: only what sets a variable has more values, and any other with two is no file."""
    is_meant = len(found.values) == (2 if found.name in define else 1)
    return found if is_meant or found.name in choose else replace(found, values=(("", found.line),))


def variables_of(raw: Mapping[str, Any], texts: Iterable[str]) -> frozenset[str]:
    """Return the variables by which texts may name a file; none where its program chooses no value of one.

    Args:
        raw: one of :func:`kinds`.
        texts: the configurations.
    """
    if "choose" not in raw:
        return frozenset()
    return frozenset(name for text in texts for told in _USING.finditer(text) for name in _names(told[0]))


def directives_of(
    raw: Mapping[str, Any], text: str, name: str, used: Collection[str] = frozenset()
) -> Iterator[Directive]:
    """Return the directives of a program in a text, by the grammar of that program.

    Args:
        raw: one of :func:`kinds`.
        text: the configuration.
        name: of its file.
        used: variables by which other texts may name a file, where those are one with it.
    """
    names = {each: each for key in _DIRECTIVES for each in raw.get(key, ())}
    small = {each.lower(): each for each in names}
    match raw["form"]:
        case "statements":
            define, choose = frozenset(raw["define"]), frozenset(raw["choose"])
            used = variables_of(raw, (text,)).union(used)
            found = (_as_meant(each, define, choose) for each in of_nginx(text, names, choose))
            # most such blocks are of redirects, and may have thousands of lines
            return (each for each in found if each.name not in choose or used.issuperset(_names(each.values[1][0])))
        case "lines":
            return of_apache(text, small)
        case "options":
            return of_haproxy(text, names, raw["lines"])
        case _:
            keys = {certificate: key for key, certificate in raw["keys"].items()}
            return of_keyed(text, {_word(each): each for each in names}, name, keys, raw["keyed_in"])


def _unnamed(raw: Mapping[str, Any], text: str) -> Unnamed | None:
    """Return what a program loads by itself with each certificate; ``None`` of one that loads nothing."""
    if "beside" not in raw:
        return None
    lines = [line.split() for line in text.split("\n")]
    is_whole = any(line[:1] == [raw["whole_by"]] for line in lines)
    is_stated = any(line[:1] == [raw["cut_by"]] for line in lines)
    is_cut = is_stated if is_whole or is_stated else None  # what is stated for all may stand in another file
    chosen = next((line[1:] for line in lines if line[:1] == [raw["chosen_by"]]), None)
    is_loaded = chosen is None or not {"key", "all"}.isdisjoint(chosen)
    return Unnamed(raw["beside"], raw["cut"], is_cut, tuple(raw["variants"]), is_loaded)


def named_by(
    raw: Mapping[str, Any],
    found: Sequence[Directive],
    name: str,
    *,
    is_sure: bool = False,
    unnamed: Unnamed | None = None,
) -> Iterator[Pointer]:
    """Yield what the directives of one program point to, and its private keys before the rest.

    Args:
        raw: one of :func:`kinds`.
        found: its directives.
        name: of the file.
        is_sure: the text is surely a configuration of it, so that what is included and is not there is missing.
        unnamed: what it loads by itself with each certificate.
    """
    is_apache = raw["form"] == "lines"

    def named(key: str) -> frozenset[str]:
        return frozenset(each.lower() if is_apache else each for each in raw.get(key, ()))

    bases = [each for each in found if each.name in named("base") and each.values and each.values[0][0]]
    own_base = raw.get("own_base", {})

    def bases_of(name: str, line: int) -> tuple[str, ...]:
        return _bases(bases, own_base.get(name), line)

    defines = [each.values for each in found if each.name in named("define") and len(each.values) == 2]
    defined = _defined([(each[0][0].lstrip("$"), each[1][0]) for each in defines])
    pattern_of_name = _BARE_NAME if raw["form"] == "statements" else _NAME

    def single(value: str) -> str:
        return _with_values(value, defined, pattern_of_name)

    chosen = _chosen_of((each for each in found if each.name in named("choose")), single)

    def known(value: str, line: int) -> Sequence[_Chosen]:
        text = single(value)
        variable = next((each for each in pattern_of_name.finditer(text) if _name_of(each) in chosen), None)
        if variable is None:
            return (_Chosen(text, line),)
        before, behind = text[: variable.start()], text[variable.end() :]
        return [replace(each, text=before + each.text + behind) for each in chosen[_name_of(variable)]]

    again = set[tuple[str, _Chosen]]()  # one variable for several servers
    for key, certificate in raw.get("keys", {}).items():
        pair = [each.lower() if is_apache else each for each in (key, certificate)]
        keys, certificates = ([each for each in found if each.name == of] for of in pair)
        for each, partner in _pairs(keys, certificates, raw["form"]):
            pairs = _together(known(*each.values[0]), known(partner, each.line))
            if not all(is_known for *_, is_known in pairs):
                yield Pointer(Target.UNKNOWN, *each.values[0], serves=True)  # no word on them would count as good
            for one, of, _ in pairs:
                if one.case is not None and (f"{key} {of}", one) in again:
                    continue
                again.add((f"{key} {of}", one))
                told = _pointer(one.text, one.line, bases_of(key, each.line), directive=each.name)
                yield replace(
                    told,
                    is_key=True,
                    key_of="" if _VARIABLE.search(of) else of,
                    key_of_bases=bases_of(certificate, each.line),
                )
    files, lists, patterns, serving = named("file"), named("list"), named("pattern"), named("serves")
    trusting, optional = named("trusts"), named("optional")
    several = None if raw["form"] == "keyed" else 1
    with_key = {each.block for each in found if each.name in raw.get("keys", {})}
    own_key = _own_keys(raw, found)
    for each in found:
        from_ = bases_of(each.name, each.line)
        for value, line in each.values[:several]:
            if each.name in files or each.name in lists:
                serves = each.name in serving
                is_list = each.name in lists
                has_more = serves and unnamed is not None and each.block not in with_key
                for one in known(value, line):
                    if one.case is not None and (each.name, one) in again:
                        continue
                    again.add((each.name, one))
                    told = _pointer(one.text, one.line, from_, is_list=is_list, serves=serves, directive=each.name)
                    if serves or each.name in trusting:
                        key = own_key(each) if serves else OwnKey.NAMED
                        told = replace(told, trusts=each.name in trusting, own_key=key)
                    yield replace(told, unnamed=unnamed) if has_more else told
            elif each.name in patterns and _is_included(raw, each, single(value), is_sure=is_sure):
                told = _pointer(single(value), line, from_, further=True, directive=each.name)
                is_missed = is_sure or (name.endswith(_CONFIGURATION) and told.text.endswith(_CONFIGURATION))
                may_lack = not is_missed or each.name in optional or Path(told.text).name in raw.get("without", ())
                yield replace(told, is_optional=may_lack) if may_lack else told


def _chosen_of(found: Iterable[Directive], single: Callable[[str], str]) -> dict[str, list[_Chosen]]:
    """Return what directives such as ``map`` of nginx choose from: a variable → each value it may have."""
    chosen: dict[str, list[_Chosen]] = {}
    for each in found:
        (by, _), (variable, _), (case, _), (value, line) = each.values
        by = _BARE_NAME.sub(lambda told: f"${{{_name_of(told)}}}", by)  # it may be written in two ways
        case = case if case.startswith("~") else case.lower()
        chosen.setdefault(variable.strip("${}"), []).append(_Chosen(single(value), line, (f"{each.name} {by}", case)))
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
        if key is not None and of is not None:
            found[key, of.text, True] = None
        elif case in certificates_at:  # nginx opens a key without a name, and a certificate without one it passes over
            found[keys[0], "", False] = None
    met = {one for one, *_ in found}
    return [*found, *((key, "", True) for key in keys if key not in met)]


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


def _own_keys(raw: Mapping[str, Any], found: Sequence[Directive]) -> Callable[[Directive], OwnKey]:
    """Return what says of a certificate that is named if a private key is named for it.

    What stands in no block of its text may be a part of another, which names the key. Of several certificates the third
    goes with the third key, and Apache takes the key of one that is left from its own file. What a block does not say
    it has from the one around it, keys and certificates both.
    """
    small = raw["form"] == "lines"
    keys = {(each.lower() if small else each): key for key, each in raw.get("keys", {}).items()}
    keyed, left = set[int](), set[int]()
    for name, key in keys.items():
        placed = [*enumerate(found)]
        keys_in = _by_block(each for each in placed if each[1].name == (key.lower() if small else key))
        certificates_in = _by_block(each for each in placed if each[1].name == name)
        for block in {**keys_in, **certificates_in}:
            own = _in_force(block, keys_in)
            keyed.update(_in_force(block, certificates_in)[: len(own)])
            left.update(_in_force(block, certificates_in)[len(own) :] if own and small else ())
    named, own_file = ({id(found[at]) for at in each} for each in (keyed, left))

    def of(directive: Directive) -> OwnKey:
        if raw["form"] == "keyed":
            return OwnKey.NONE if directive.is_alone else OwnKey.NAMED
        if id(directive) in named:
            return OwnKey.NAMED
        if raw["form"] == "options" or id(directive) in own_file or (small and directive.name not in keys):
            return OwnKey.LOADED
        if directive.block.outer is None:
            return OwnKey.NAMED
        return OwnKey.LOADED if small else OwnKey.NONE

    return of


def _bases(found: Sequence[Directive], own: str | None, line: int) -> tuple[str, ...]:
    """Return the folders that names on a line may count from: those of their own kind first, the last above first."""
    in_order = sorted(found, key=lambda each: (each.name != own, each.line > line, -each.line)) if own else found
    return tuple(each.values[0][0] for each in in_order)


def _is_included(raw: Mapping[str, Any], directive: Directive, value: str, *, is_sure: bool) -> bool:
    """Return whether a directive includes: one that could not be made out only where it surely is one."""
    if raw["form"] == "lines" and len(directive.values) != 1:
        return False  # Apache takes one, and prose goes on
    return is_sure or (bool(value) and value.endswith(tuple(raw.get("ends", [""]))))


def _pairs(keys: Sequence[Directive], certificates: Sequence[Directive], form: str) -> Iterator[tuple[Directive, str]]:
    """Yield each private key with its certificate, or with nothing where it is not known which goes with which.

    In a block the third key goes with the third certificate, of Apache also where there are more of one than of the
    other: nginx takes no such block. What a block does not say it has from the one around it.
    """
    keys, certificates = ([each for each in all_ if each.values] for all_ in (keys, certificates))
    pairs: dict[tuple[int, str], None] = {}
    if form == "keyed" and len(keys) == len(certificates):
        pairs = {(at, each.values[0][0]): None for at, each in enumerate(certificates)}
    else:
        keys_in, certificates_in = _by_block(enumerate(keys)), _by_block(enumerate(certificates))
        for block in {**keys_in, **certificates_in}:
            own, of = _in_force(block, keys_in), _in_force(block, certificates_in)
            if len(own) == len(of) or form == "lines":
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
    at: Block | None = block
    for _ in range(_MOST_OUTER):
        if at is None or at in found:
            break
        at = at.outer
    return [] if at is None else found.get(at, [])


_DIRECTIVES: Final = ("file", "pattern", "base", "list", "define", "choose", "keys")


@cache
def _words() -> frozenset[str]:
    """Return every directive in small letters, whatever program has it."""
    raw: Mapping[str, Any] = read_toml(str(__package__), "data/pointers.toml")
    return frozenset(_word(name) for each in raw.values() for key in _DIRECTIVES for name in each.get(key, ()))


def _word(directive: str) -> str:
    """Return the word by which a directive is looked for in a text, in small letters."""
    return directive.lower().rpartition(".")[2]


def _pointer(
    text: str,
    line: int,
    bases: tuple[str, ...],
    *,
    further: bool = False,
    is_list: bool = False,
    serves: bool = False,
    directive: str = "",
) -> Pointer:
    if not text or len(text) > _MOST_VALUE or not text.isprintable() or _ITSELF.fullmatch(text):
        return Pointer(Target.UNREAD, directive, line, serves=serves)
    if _VARIABLE.search(text):
        return Pointer(Target.UNKNOWN, text, line, serves=serves)
    return Pointer(Target.PATTERN if further else Target.FILE, text, line, bases, is_list, serves=serves)


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


def _name_of(found: re.Match[str]) -> str:
    return found[found.lastindex or 0]


def _names(text: str) -> set[str]:
    """Return the variables in a text of nginx."""
    return {_name_of(each) for each in _BARE_NAME.finditer(text)}


def _defined(found: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    """Return what names stand for, by the text itself; one that is given two values is not known."""
    values: dict[str, set[str]] = {}
    for name, value in found:
        values.setdefault(name, set()).add(value)
    return {name: next(iter(each)) for name, each in values.items() if len(each) == 1}


def _with_values(text: str, defined: Mapping[str, str], names: re.Pattern[str]) -> str:
    """Return a text with the values of the names in it; a value with a name in it stays what it is."""
    return names.sub(lambda name: defined.get(name[name.lastindex or 0], name[0]), text) if defined else text


def _of_lines(text: str, bases: tuple[str, ...]) -> Iterator[Pointer]:
    """Yield the first word of each line of a list of HAProxy; what follows it is options and names of servers."""
    unnamed = next(filter(None, (_unnamed(raw, "") for raw in kinds() if "list" in raw)), None)
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.split(None, 1)
        if words and not words[0].startswith("#"):
            told = _pointer(words[0], number, bases, serves=True)
            yield replace(told, unnamed=unnamed, own_key=OwnKey.LOADED)


def programs() -> tuple[tuple[str, Source], ...]:
    """Return every program whose configuration is looked through, with the document its directives stand in."""
    raw: Mapping[str, Any] = read_toml(str(__package__), "data/pointers.toml")
    return tuple((name, cite(each["source"])) for name, each in raw.items() if isinstance(each, dict))


@cache
def kinds() -> tuple[Mapping[str, Any], ...]:
    """Return what stands in ``data/pointers.toml`` of each program."""
    raw: Mapping[str, Any] = read_toml(str(__package__), "data/pointers.toml")
    return tuple(each for each in raw.values() if isinstance(each, dict))


def _inventory(text: str, name: str) -> Iterator[Pointer]:
    yield from _of_toml(text, name) if name.lower().endswith(".toml") else _of_rows(text, name)


def _of_toml(text: str, name: str) -> Iterator[Pointer]:
    lines = _lines_of_texts(text)
    for column, value, port in _stated(read_foreign_toml(text, name)):
        yield _listed(value, column, port, lines.get(value) or _line_with(value, text), name)


def _stated(raw: object, column: str = "", port: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield every text under a key that is called as :data:`COLUMNS` say, at whatever depth, with key and port."""
    if isinstance(raw, dict):
        port = next((str(value) for key, value in raw.items() if str(key).lower() in _PORTS), "")
        for key, value in raw.items():
            yield from _stated(value, str(key).lower(), port)
    elif isinstance(raw, list):
        for each in raw:
            yield from _stated(each, column, port)
    elif column in COLUMNS and isinstance(raw, str) and raw.strip():
        yield column, raw.strip(), port


def _lines_of_texts(text: str) -> Mapping[str, int]:
    """Return of each text of one line in a TOML text the first line that it stands in."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        for told in _QUOTED.finditer(line):
            with suppress(PkitoolsError):  # a part of a text of several lines, or of a remark
                value = read_foreign_toml(f"a = {told[0]}", "")["a"] if "\\" in told[0] else told[0][1:-1]
                found.setdefault(value.strip(), number)
    return found


def _line_with(value: str, text: str) -> int:
    """Return the line of a text of several lines: that on which its own first stands."""
    at = text.find(value.split("\n", 1)[0])
    return text.count("\n", 0, max(at, 0)) + 1


def _of_rows(text: str, name: str) -> Iterator[Pointer]:
    """Yield the values of the columns that are meant; without a heading, of lines that are all peers.

    Raises:
        InputError: it is a table that cannot be read to its end, or a host has no port.
    """
    rows = csv_lines(text, name)
    try:
        heading = [each.strip().lower().lstrip("\ufeff") for each in next(rows, (1, []))[1]]
    except InputError:
        if name.lower().endswith(_TABLES):
            raise
        heading = []  # a text that is no table
    meant = [at for at, each in enumerate(heading) if each in COLUMNS]
    if not meant:
        yield from _without_heading(text, name)
        return
    port = next((at for at, each in enumerate(heading) if each in _PORTS), len(heading))
    for line, row in rows:
        cells = dict(enumerate(map(str.strip, row)))
        for at in meant:
            if cells.get(at):
                yield _listed(cells[at], heading[at], cells.get(port, ""), line, name)


def _listed(value: str, column: str, port: str, line: int, name: str) -> Pointer:
    """Return what a value of an inventory points to, whatever the form of the inventory.

    Args:
        value: it.
        column: what its column or key is called, in small letters.
        port: what stands in that of the port beside it; empty for nothing.
        line: where, from 1.
        name: of the inventory.

    Raises:
        InputError: it is a host without a port.
    """
    folder = Path(name).parent
    is_host = column in _HOSTS
    whole = _peer(value, port) if is_host and port else value
    if is_host and peer_of(whole) is None and not _is_there(value, folder):
        if port and not value.lower().endswith(_FILES):
            return Pointer(Target.NO_PEER, f"{value}:{port}", line)
        if _lacks_port(value, folder):
            raise InputError("portfolio.error.host_without_port", name=name, line=line, host=value)
    return _named(whole, line, folder)


def _without_heading(text: str, name: str) -> tuple[Pointer, ...]:
    """Return what a list without a heading that is known points to.

    Raises:
        InputError: it is a table, so that a column is meant, and none is called as we know them.
    """
    found = _all_lines(text, name)
    if not found and name.lower().endswith(_TABLES):
        raise InputError("portfolio.error.no_column", name=name)
    return found


def _peer(host: str, port: str) -> str:
    """Return a host and what stands in the column of its port as one; the host alone where they are no peer."""
    peer = f"[{host}]:{port}" if ":" in host and "[" not in host else f"{host}:{port}"
    return host if peer_of(host) is not None or peer_of(peer) is None else peer


def _lacks_port(told: str, folder: Path) -> bool:
    """Return whether a name is that of a host, and of no file: how certificates and keys end is no domain."""
    return _HOST.fullmatch(told) is not None and not told.lower().endswith(_FILES) and not _is_there(told, folder)


def _is_there(told: str, folder: Path) -> bool:
    return os.path.lexists(told) or os.path.lexists(folder / told)


def _has_no_such_port(told: str, folder: Path) -> bool:
    """Return whether a text is a host with, for its port, what is none: a name and a drive of Windows are others."""
    found = _AS_PEER.fullmatch(told)
    return (
        found is not None
        and peer_of(told) is None
        and _lacks_port(found["host"], folder)
        and not _is_there(told, folder)
    )


def _all_lines(text: str, name: str) -> tuple[Pointer, ...]:
    """Return a pointer for each line of a list of peers and paths; nothing where one line is something else.

    A word alone may be anything: it is a path where there is a file or folder of that name beside the list.

    Raises:
        InputError: it is such a list, and a line names a host without its port.
    """
    found: list[Pointer] = []
    folder, lacking = Path(name).parent, None
    for number, line in enumerate(StringIO(text), start=1):
        told = _path_on(line.strip().lstrip("\ufeff"), folder)
        if told and not told.startswith("#"):
            if _lacks_port(told, folder):
                lacking = lacking or (number, told)
            elif not _is_of_list(told, folder):
                return ()
            found.append(_named(told, number, folder))
    if lacking is not None:
        raise InputError("portfolio.error.host_without_port", name=name, line=lacking[0], host=lacking[1])
    return tuple(found)


def _is_of_list(told: str, folder: Path) -> bool:
    """Return whether a line may be one of a list: a peer, also with a wrong port, or a path."""
    is_peer = peer_of(told) is not None or _has_no_such_port(told, folder)
    return is_peer or _LIKE_A_PATH.fullmatch(told) is not None or os.path.lexists(folder / told)


def is_list_of_peers(data: bytes, name: str) -> bool:
    """Return whether a file that only lies somewhere would be read as a list of peers, were it handed in."""
    if not name.lower().endswith(_LISTS):
        return False
    try:
        found = pointers_of(data, name, is_inventory=True)
    except PkitoolsError:
        return False
    return any(each.target is Target.PEER for each in found)


def _path_on(line: str, folder: Path) -> str:
    """Return the name on a line: all of it, or the word before the options and names of a list of HAProxy."""
    first, *rest = line.split(None, 1)[:2] or [""]
    if not rest or first.startswith("#") or os.path.lexists(folder / line):
        return line
    return first if rest[0].startswith("[") or os.path.lexists(folder / first) else line


def _named(text: str, line: int, folder: Path) -> Pointer:
    if peer_of(text) is not None:
        return Pointer(Target.PEER, text, line)
    return Pointer(Target.NO_PEER if _has_no_such_port(text, folder) else Target.FILE, text, line)
