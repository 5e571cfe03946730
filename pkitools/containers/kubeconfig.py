"""The certificates and keys that stand in a kubeconfig, in YAML or JSON: base64 under names that end in ``-data``.

No YAML is interpreted: such a name stands nowhere else in one. What it names as files is a pointer of a configuration,
see ``pkitools/portfolio/data/pointers.toml``.
"""

from __future__ import annotations

import binascii
import re
from typing import Final

from pkitools.containers.named_values import Folder, standings
from pkitools.containers.parts import Part
from pkitools.errors import InputError
from pkitools.text import pattern
from pkitools.x509.base64_text import from_base64

_MAX_BYTES: Final = 8 * 1024 * 1024  # of thousands of clusters
_DATA: Final = "-data"
_AUTHORITY: Final = "certificate-authority"
_CERTIFICATE: Final = "client-certificate"
_KEY: Final = "client-key"
# a value on the line, or one that goes on below it, as a block or without: lines that are nothing but base64.
# What begins otherwise is filled in by a program, or an alias of YAML
_VALUE: Final = pattern(
    rb"(?<![\w-])[\"']?(?P<name>client-(?:certificate|key)(?:-data)?|certificate-authority-data)[\"']?[ \t]*+:"
    rb"(?:[ \t]++[|>][-+0-9]{0,2})?+[ \t]*+(?P<at>)(?:[\"']?(?P<value>[A-Za-z0-9+/.~][^\s\"',}#]*+)[\"']?)?+"
    rb"(?P<more>(?:[ \t]*+\r?\n[ \t]++[A-Za-z0-9+/]++={0,2}+(?=[ \t]*+(?:\r?\n|\Z)))*+)"
)


def kubeconfig_parts(text: bytes) -> tuple[list[Part], bytes] | None:
    """Return the values in order, and the text without them; ``None`` where none stands as in a kubeconfig.

    The certificate of a user is his own, with its chain, and the authority of a cluster nobody's. A certificate that
    has no key is told: no program takes it so; and so is that one of the two is a file, for then they are not compared.
    """
    if b"-data" not in text or len(text) > _MAX_BYTES:
        return None
    written = [one for one in _VALUE.finditer(text) if one["value"] or one["more"]]
    standing = [*zip(written, standings(text, [(one.start("at"), one.end()) for one in written]), strict=True)]
    # in a comment a name stands under that of what is around it: nothing takes it
    commented = [one for one, at in standing if at is not None and not at.name.endswith(_named(one))]
    placed = [(one, at) for one, at in standing if one not in commented]
    found = [one for one, _ in placed]
    folders = [() if at is None else at.folder for _, at in placed]
    names = [one["name"].decode() for one in found]
    said = set(zip(folders, names, strict=True))
    users: dict[Folder, int] = {}
    parts, rest = [], bytearray(text)
    for one, name, folder in zip(found, names, folders, strict=True):
        if not _is_data(one):
            continue  # of a file
        named, other = name.removesuffix(_DATA), _KEY if name == _CERTIFICATE + _DATA else _CERTIFICATE
        is_apart = named != _AUTHORITY and (folder, other + _DATA) not in said and (folder, other) in said
        if named != _KEY or not is_apart:  # a key that is alone here would belong to nothing
            octets = _octets((one["value"] or b"") + b"".join(one["more"].split()))
            own = None if named == _AUTHORITY else users.setdefault(folder, len(users))
            parts.append(Part(octets, named, place=own, certificate=named != _KEY))
        if is_apart:
            parts.append(Part(b"", named, error=InputError("sources.error.kubeconfig_apart")))
        elif named == _CERTIFICATE and (folder, _KEY + _DATA) not in said:
            parts.append(Part(b"", named, error=InputError("sources.error.kubeconfig_without_key")))
    for one in (*commented, *(one for one in found if _is_data(one))):
        rest[one.start() : one.end()] = b" " * (one.end() - one.start())
    return (parts, bytes(rest)) if parts else None


def _is_data(one: re.Match[bytes]) -> bool:
    return one["name"].endswith(_DATA.encode())


def _named(one: re.Match[bytes]) -> str:
    return one["name"].decode().removesuffix(_DATA)


def _octets(value: bytes) -> bytes:
    try:
        return from_base64(value)
    except binascii.Error:
        return b""
