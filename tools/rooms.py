"""The rooms of the library, the floors they stand on, and the arrows between them as the code has them.

A room is a module or a package right under ``pkitools``. ``tests/house/test_layers.py`` holds every arrow to the
floors; ``docs/architecture.md`` shows both.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]

FLOORS: Final[tuple[Mapping[str, str], ...]] = (
    {"frozen": "what does not change: a mapping, and dataclasses and enumerations that cost little to declare"},
    {
        "_version": "the version",
        "environment": "preproduction and production",
        "limits": "every bound, with its reason",
        "package_data": "the data files that come with the package",
    },
    {
        "documents": "the one register of documents: what every rule, profile, system and prefix rests on",
        "text": "foreign text made visible; moments",
        "unknowns": "what is looked for and not known, and what would settle it",
    },
    {"messages": "the sentences, in Dutch and English; a remedy as a value"},
    {"errors": "the error family, which renders itself by its message"},
    {
        "arguments": "what a caller hands in, made what the library means",
        "toml_text": "TOML that somebody else wrote, behind limits",
    },
    {
        "findings": "rules, answers, outcomes, reports, verdicts; the one way from an answer to an outcome",
        "toml_table": "its tables: each field of its kind, or refused with its place",
    },
    {
        "explanations": "what error texts of other programs mean, as data",
        "files": "bytes safely read and written",
        "oin": "the number, its prefix table, derivation, entity IDs; standard library only",
    },
    {"x509": "one frozen, total view of a certificate; DER, names, keys, signatures"},
    {
        "containers": "bytes to certificates, requests, lists, keys, recognised by content",
        "crl": "a revocation list to an index",
    },
    {
        "fetching": "one document over HTTP: addresses, cache",
        "profiles": "what a certificate profile requires, allows and forbids, as data",
        "trust": "hierarchies, anchors, the catalogue of authorities, policy OIDs",
    },
    {"validation": "a certificate to a verified path; two engines behind one protocol"},
    {
        "requests": "keys and requests from a profile; a request judged",
        "oin_register": "the public register of OINs: asked, or looked up in a dated copy",
        "revocation": "the statuses of the certificates of a path",
        "systems": "what each connected system asks, per environment, as data",
    },
    {"rules": "one file per source document; a rule is a declaration and a small check"},
    {"checking": "everything about one certificate merged into one report"},
    {
        "exports": "what leaves for other programs: public parts, chains, keystores, files for servers",
        "metadata": "what others are sent, SAML metadata, JWKS and CPA: judged as a whole, and old beside new",
        "http": "who is calling a web application, by what its proxy hands on",
    },
    {"probing": "a peer tried over TLS: what it sends, what it asks, whether it takes a client certificate"},
    {"renewal": "what replacing a certificate asks: by the next one, and by one of G4"},
    {"ordering": "from a system to a request, and from what a TSP sends back to its key"},
    {"portfolio": "everything an organisation has, found in folders, keystores, configurations and at peers"},
    {"connections": "the connections an organisation wants, held against what it has: steps, and days"},
    {"rulebook": "the one register of rules, and what rests on each document"},
    {"facts": "which facts want looking at: unknown, old, or told by others"},
    {"reports": "a result to text, a JSON document, a page or a file for another program"},
)
"""Every room with what it is for, the lowest floor first. A room imports rooms on lower floors only."""

FLOOR_OF: Final = {room: number for number, floor in enumerate(FLOORS) for room in floor}

EVERYWHERE: Final = frozenset(room for floor in FLOORS[:7] for room in floor)
"""Rooms that nearly every other stands on: a drawing that shows each arrow to them shows nothing else."""


def modules(package: str) -> list[Path]:
    """Return every module below a folder of the project, in order."""
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path, top: Path = ROOT / "pkitools") -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything a module imports, wherever the statement stands in it.

    ``from a import b`` names both ``a`` and ``a.b``: the second may be a module. A relative import is resolved.

    Args:
        path: the module.
        top: the folder of its import package.
    """
    package = path.relative_to(top.parent).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            origin = ".".join((*above, *((node.module,) if node.module else ())))
            yield node.lineno, origin
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def room_of(dotted: str) -> str | None:
    """Return the room of the library a dotted name lies in; none for the library itself and for what is outside."""
    parts = dotted.split(".")
    return parts[1] if parts[0] == "pkitools" and len(parts) > 1 else None


def home(path: Path) -> str:
    """Return the room a module of the library lies in; ``__init__`` for the front door."""
    return path.relative_to(ROOT / "pkitools").with_suffix("").parts[0]


@cache
def arrows() -> Mapping[str, frozenset[str]]:
    """Return room → the rooms it imports. The front door, which opens on all of them, is no room."""
    found: dict[str, set[str]] = {room: set() for room in FLOOR_OF}
    for path in modules("pkitools"):
        here = home(path)
        targets = {room_of(name) for _, name in imports(path)} & set(FLOOR_OF)
        if here in found:
            found[here] |= targets - {here}
    return {room: frozenset(targets) for room, targets in found.items()}


def drawn() -> list[tuple[str, str]]:
    """Return the arrows worth drawing: none to the rooms of :data:`EVERYWHERE`, none that others together imply."""
    shown = {room: targets - EVERYWHERE for room, targets in arrows().items() if room not in EVERYWHERE}
    return [
        (room, target)
        for room, targets in shown.items()
        for target in sorted(targets, key=lambda each: (-FLOOR_OF[each], each))
        if not any(target in _below(other, shown) for other in targets - {target})
    ]


def _below(room: str, shown: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return everything that can be reached from a room."""
    return shown[room].union(*(_below(target, shown) for target in shown[room]))
