"""What an inventory points to: a CSV with a column, a TOML with a key, or a list with a line for each, of files or of
``HOST:PORT``. It is read as one only where somebody handed it in.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Final

from pkitools.errors import InputError, PkitoolsError
from pkitools.portfolio.pointing import Pointer, Target
from pkitools.requests.csv_rows import csv_lines
from pkitools.text import pattern
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
_OURS: Final = tuple(
    f".{end}"
    for end in (
        *("pem", "crt", "cer", "cert", "der", "key", "csr", "req", "crl", "p7b", "p7c", "p7s", "p12", "pfx", "jks"),
        *("jceks", "bks", "keystore", "truststore"),
    )
)
"""How names of files end that hold certificates and what belongs to them."""
_FILES: Final = _OURS + tuple(
    f".{end}"
    for end in (
        *("xml", "yaml", "yml", "json", "conf", "cfg", "ini", "toml", "txt"),
        *("csv", "tsv", "lst", "env", "properties", "eml", "msg", "zip", "tar", "gz", "tgz", "bak", "old", "orig"),
    )
)
"""How names of files end that are no hosts."""

TABLES: Final = (".csv", ".tsv")
TOML: Final = ".toml"
LISTS: Final = (*TABLES, ".txt", ".lst", TOML)
"""How the names of lists end."""
_PEER: Final = pattern(r"(?:https://)?(?P<host>\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253}):(?P<port>[0-9]{1,5})/?")
_AS_PEER: Final = pattern(r"(?:https://)?(?P<host>[A-Za-z0-9._-]{1,253}):[^\s:/\\]{0,40}/?")
_QUOTED: Final = pattern(r"""\"(?:[^"\\\n]|\\.){1,4096}+\"|'[^'\n]{1,4096}+'""")
_LIKE_A_PATH: Final = pattern(
    r"(?:/|\./|\.\./)[^\x00-\x1f]{1,4095}|[^\s\x00-\x1f]{0,4000}(?:/|\.[A-Za-z0-9]{1,8}\Z)\S{0,4000}"
)
_DRIVE: Final = pattern(r"[A-Za-z]:[0-9]*")  # of Windows


def peer_of(text: str) -> tuple[str, int] | None:
    """Return host and port of ``HOST:PORT``, ``[IPv6]:PORT`` or ``https://HOST:PORT``; ``None`` of anything else."""
    found = _PEER.fullmatch(text.strip())
    if found is None or not 0 < int(found["port"]) < 65536 or _DRIVE.fullmatch(text):
        return None
    return found["host"].strip("[]"), int(found["port"])


def may_be_list(text: bytes) -> bool:
    """Return whether what somebody handed in may have a line for each file or peer, and is nothing else."""
    return text[:4096].lstrip()[:1] not in {b"<", b"{", b"["} and b"-----BEGIN " not in text


def of_inventory(text: str, name: str) -> Iterator[Pointer]:
    """Yield what an inventory points to.

    Raises:
        InputError: it is one by its name and cannot be read as one.
    """
    yield from _of_toml(text, name) if name.lower().endswith(TOML) else _of_rows(text, name)


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


def is_toml_list(text: str, name: str) -> bool:
    """Return whether a text in TOML is a list and nothing else: each table that none stands in has a key that is meant.

    Raises:
        InputError: it is no TOML.
    """
    tables = [*_innermost(read_foreign_toml(text, name))]
    return bool(tables) and all(any(_stated(table)) for table in tables)


def names_our_kind(name: str) -> bool:
    """Return whether a name ends as that of a file with certificates, or what belongs to them, does."""
    return name.lower().endswith(_OURS)


def _innermost(raw: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Yield the tables of TOML in which no other stands."""
    waiting: list[Mapping[str, object]] = [raw]
    while waiting:
        table = waiting.pop()
        values = [one for each in table.values() for one in (each if isinstance(each, list) else [each])]
        inner = [each for each in values if isinstance(each, dict)]
        waiting += inner
        if not inner:
            yield table


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
        if name.lower().endswith(TABLES):
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
    if not found and name.lower().endswith(TABLES):
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
