"""Write ``docs/reference/``: every name of the front door and of the rooms beside it, from signature and docstring.

Read with griffe, which parses the code and does not run it: a page is the same whatever Python makes it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import griffe

import pkitools

ROOT: Final = Path(__file__).parents[1]
_NOTE: Final = "<!-- Made by tools/generate_docs.py from the docstrings. Do not edit. -->"
_TITLES: Final[Mapping[str, str]] = {
    "checking": "Judge a certificate or a file",
    "containers": "Read a file of any kind",
    "crl": "Read a CRL",
    "environment": "Environments",
    "errors": "Errors",
    "fetching": "The network and a cache",
    "files": "Write files the careful way",
    "findings": "Reports and findings",
    "oin": "The OIN",
    "profiles": "Certificate profiles",
    "reports": "Sentences, text and data, in Dutch and English",
    "requests": "Keys and requests",
    "revocation": "Revocation",
    "rules": "The rules alone",
    "systems": "Connected systems",
    "trust": "What is trusted",
    "validation": "The path alone",
    "x509": "Read a certificate",
}
_BESIDE: Final[Mapping[str, str]] = {
    "connections": "Connections held against what is there, and their days",
    "exports": "Files for other programs",
    "http": "Who calls a web application",
    "metadata": "Judge metadata",
    "oin_register": "The OIN register",
    "ordering": "From a system to a request",
    "portfolio": "Everything there is, found and judged",
    "probing": "Try a peer over TLS",
    "renewal": "Replace a certificate, move to G4",
}
"""Rooms of which nothing is at the front door: their names are imported from the room itself."""


@cache
def _names() -> dict[str, list[str]]:
    """Return room → its names at the front door."""
    rooms: dict[str, list[str]] = {}
    for name, room in sorted(pkitools._ROOM_OF.items()):
        rooms.setdefault(room, []).append(name)
    beside = {room: sorted(import_module(f"pkitools.{room}").__all__) for room in _BESIDE}
    return {**dict(sorted(rooms.items())), **beside}


@cache
def _package() -> griffe.Module:
    logging.getLogger("griffe").setLevel(logging.ERROR)  # it wishes for types in docstrings, which are in the code
    loaded = griffe.load("pkitools", search_paths=[ROOT], docstring_parser="google", resolve_aliases=True)
    assert isinstance(loaded, griffe.Module)
    return loaded


def _index() -> str:
    lines = [
        "# Reference",
        "",
        _NOTE,
        "",
        "What `import pkitools` offers, and below that the rooms beside it. What is stable: `docs/stability.md`.",
        "",
        "In the signatures, `Given` is what people hold: DER or PEM as bytes, PEM as text, the path of a file",
        "(`pathlib.Path`), an object of `cryptography`, or something read before. `Language` is `nl` or `en`. Where an",
        "enumeration is named beside `str`, its text will do.",
        "",
    ]
    for room, names in _names().items():
        lines += [f"## [{_title(room)}]({room}.md)", ""]
        lines += [f"Imported from `pkitools.{room}`.", ""] if room in _BESIDE else []
        lines += [f"- [`{name}`]({room}.md#{name.lower()}): {_first_line(_object(room, name))}" for name in names]
        lines.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def _title(room: str) -> str:
    return _TITLES.get(room) or _BESIDE[room]


def _page(room: str, names: list[str]) -> str:
    lines = [f"# {_title(room)}", "", _NOTE, ""]
    lines += [f"Imported from `pkitools.{room}`.", ""] if room in _BESIDE else []
    for name in names:
        lines += [*_entry(name, _object(room, name)), ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def _object(room: str, name: str) -> Any:
    """Return what a name stands for, wherever the room has it from; a room may import it when first asked."""
    found: Any = _package()[room][name]
    return found.final_target if found.is_alias else found


def _first_line(item: Any) -> str:
    return _plain(str(item.docstring.value).split("\n\n")[0].replace("\n", " ")) if item.docstring else ""


def _entry(name: str, item: Any) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    if item.is_function:
        yield from ("```python", _signature(name, item), "```", "")
    elif item.is_class and item.bases:
        yield from (f"Bases: {', '.join(f'`{base}`' for base in item.bases)}", "")
    yield from _docstring(item)
    for member in _members(item):
        yield from ("", f"### {name}.{member.name}", "")
        if member.is_function:
            yield from ("```python", _signature(member.name, member), "```", "")
        yield from _docstring(member)


def _members(item: Any) -> list[Any]:
    if not item.is_class:
        return []
    own = [m for m in item.members.values() if not m.name.startswith("_") and m.docstring]
    return sorted((m for m in own if m.is_function or m.is_attribute), key=lambda m: m.lineno or 0)


def _signature(name: str, function: Any) -> str:
    shown, starred = [], False
    for parameter in function.parameters:
        if parameter.name in {"self", "cls"}:
            continue
        if parameter.kind is griffe.ParameterKind.keyword_only and not starred:
            shown.append("*")
            starred = True
        annotation = f": {parameter.annotation}" if parameter.annotation else ""
        default = f" = {parameter.default}" if parameter.default is not None else ""
        shown.append(f"{parameter.name}{annotation}{default}")
    returns = f" -> {function.returns}" if function.returns else ""
    line = f"{name}({', '.join(shown)}){returns}"
    return line if len(line) <= 100 else "\n".join([f"{name}(", *(f"    {each}," for each in shown), f"){returns}"])


def _docstring(item: Any) -> Iterator[str]:
    if not item.docstring:
        return
    for section in item.docstring.parsed:
        if section.kind is griffe.DocstringSectionKind.text:
            yield from (_plain(section.value), "")
        elif section.kind is griffe.DocstringSectionKind.parameters:
            yield from (*(f"- `{each.name}`: {_plain(each.description)}" for each in section.value), "")
        elif section.kind is griffe.DocstringSectionKind.raises:
            yield from (
                "Raises:",
                "",
                *(f"- `{each.annotation}`: {_plain(each.description)}" for each in section.value),
                "",
            )
        elif section.kind is griffe.DocstringSectionKind.returns:
            yield from ("Returns:", "", *(f"- {_plain(each.description)}" for each in section.value), "")
        elif section.kind is griffe.DocstringSectionKind.examples:
            for kind, text in section.value:
                code = kind is griffe.DocstringSectionKind.examples
                yield from (("```python", text, "```", "") if code else (_plain(text), ""))


def _plain(text: str) -> str:
    """Turn the roles of Sphinx into code, the way the pages show it."""
    return re.sub(r":\w+:`(?:~?[\w.]*\.)?([\w.]+)`", r"`\1`", text.replace("``", "`"))


PAGES: Final[dict[str, Callable[[], str]]] = {
    "reference/README.md": _index,
    **{f"reference/{room}.md": partial(_page, room, names) for room, names in _names().items()},
}
"""Name of each page under docs/ → what makes its text."""
