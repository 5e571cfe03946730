"""The values of a Kubernetes Secret in YAML, read line by line.

No YAML is interpreted: under ``data:`` stand names with base64, on the line itself or as a block below it; that is all
that Kubernetes writes there. What is under ``stringData:`` is PEM in the open and is found as any other PEM. Lines that
are written another way (tags, anchors, keys in quotes) are no values here: they are handed on with the rest.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from typing import Final

from pkitools.containers.parts import Part
from pkitools.text import pattern
from pkitools.x509.base64_text import from_base64

_MAX_BYTES: Final = 2 * 1024 * 1024  # Kubernetes refuses a Secret above 1 MiB; a list may have some
_MAX_LINES: Final = 100_000
_SECRET: Final = pattern(rb"(?m)^[ -]{0,20}kind:[ \t]{0,20}[\"']?(?:Secret|List|SecretList)[\"']?[ \t]{0,20}\r?$")
_LINE: Final = pattern(rb"[^\n]+")
_ENTRY: Final = pattern(rb"[ ]*+(?:- )?[\"']?([\w.-]{1,253})[\"']?:")
_BLOCK: Final = pattern(rb"[|>][-+0-9]{0,2}")
_BASE64: Final = pattern(rb"[A-Za-z0-9+/]{4,}={0,2}")
_OWN: Final = "tls.crt"  # of the type kubernetes.io/tls: what a server shows of itself, with its chain
_KEY: Final = "tls.key"  # and its key
_MEANT: Final = (".crt", ".cer", ".pem", ".key", ".p12", ".pfx", ".jks", ".p7b", ".csr", ".crl")


def is_secret(text: bytes) -> bool:
    """Return whether the text says that it is a Secret, or a list that may hold some."""
    if len(text) > _MAX_BYTES or text.count(b"\n") > _MAX_LINES:
        return False
    return b"data:" in text and bool(_SECRET.search(text))


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
        return Part(from_base64(value), key, expected, place=number if key in {_OWN, _KEY} else None)
    except binascii.Error:
        return Part(b"", key, expected) if expected else None


def secret_parts(text: bytes) -> tuple[list[Part], bytes]:
    """Return the values under every ``data:``, in order, and the text without them: spaces in their places."""
    parts: list[Part] = []
    rest = bytearray(_APPLIED.sub(lambda match: b" " * len(match[0]), text))
    for key, value, start, stop, number in _values(text):
        part = secret_part(key.decode("ascii", "replace"), value, number)
        if part is not None:
            parts.append(part)
            rest[start:stop] = b" " * (stop - start)
    return parts, bytes(rest)


def _values(text: bytes) -> Iterator[tuple[bytes, bytes, int, int, int]]:
    """Yield each key and value, from where to where that stands, and under which "data:" of the text."""
    inside, number = -1, 0  # the indentation of "data:", and -1 outside it; how many there were
    key, block, indent, start, stop = b"", [b""], 0, 0, 0
    for match in _LINE.finditer(text):
        line = match[0]
        depth = len(line) - len(line.lstrip(b" "))
        if key and depth > indent and _BASE64.fullmatch(line.strip()):
            block.append(line.strip())
            stop = match.end()
            continue
        if key:
            yield key, b"".join(block), start, stop, number
            key, block = b"", [b""]
        entry = _ENTRY.match(line)
        if entry is None:
            continue
        name, value = entry[1], line[entry.end() :].strip()
        if inside >= 0 and depth <= inside:
            inside = -1
        if name == b"data" and not value:
            inside, number = depth, number + 1
        elif inside >= 0 and (not value or _BLOCK.fullmatch(value)):
            key, indent, start, stop = name, depth, match.start(), match.end()
        elif inside >= 0:
            yield name, value.strip(b"\"'"), match.start(), match.end(), number
    if key:
        yield key, b"".join(block), start, stop, number
