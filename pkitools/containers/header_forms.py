"""How proxies hand a client certificate on in a header, as people copy it from a log.

RFC 9440 writes ``Client-Cert: :MII...=:``; nginx a PEM in percent-encoding; Envoy the same inside ``Cert="..."`` and
``Chain="..."``; Traefik and HAProxy base64 of the DER, several with commas between them. Whatever stands around it, the
name of the header too, is passed over. A text with such base64 of a private key is no header: it is one with values.
"""

from __future__ import annotations

import binascii
from typing import Final

from pkitools.containers.model import ItemKind
from pkitools.containers.structure import identify
from pkitools.text import pattern
from pkitools.x509.base64_text import from_base64

_MAX_BYTES: Final = 1024 * 1024  # servers take headers of some 8 to 64 kB
_ESCAPE: Final = pattern(rb"%([0-9A-Fa-f]{2})")
_ESCAPED_BEGIN: Final = pattern(rb"-----BEGIN(?:%20|\+|%2520)")
# where a line begins, and where the next of several callers does in Envoy's header
_CALLER: Final = pattern(rb"(?<=\n)|(?<=,)(?=[ ]{0,4}(?:By|Hash|Cert|Subject|URI|DNS)=)")
_NAME: Final = pattern(rb"[ \t>]{0,20}([A-Za-z][A-Za-z0-9-]{0,60})[ \t]{0,4}[:=]")
# possessive: a run of base64 is read once. What starts so says that it is a SEQUENCE of 256 octets to 64 kB, or a
# PEM; one that is shorter was cut off, and is told
_TOKEN: Final = pattern(rb"(?<![A-Za-z0-9+/=])(?:MI[I-L]|LS0t)[A-Za-z0-9+/]{20,}+={0,2}(?![A-Za-z0-9+/=])")
# also right behind a name (``TLS_KEY=LS0t``), and a SEQUENCE of less, as most keys on a curve are
_VALUE: Final = pattern(rb"(?<![A-Za-z0-9+/])(?:M[A-Za-z0-9+/]{2}|LS0t)[A-Za-z0-9+/]{20,}+={0,2}(?![A-Za-z0-9+/=])")
_KEY_WITHIN: Final = b"PRIVATE KEY-----"


def is_any(text: bytes) -> bool:
    """Whether a caller in a text can hand something on: most texts have nothing to read caller by caller."""
    if len(text) > _MAX_BYTES:
        return False
    return bool(_ESCAPED_BEGIN.search(text) or _TOKEN.search(_decoded(text)))


def callers(text: bytes) -> list[bytes]:
    """Return the headers of each caller in a text: where a header comes again, another caller has begun.

    A header that has another name, such as one for the chain, is the same caller's. What Envoy hands on of several
    stands in one header, with commas between them.
    """
    found = [b""]
    seen: set[bytes] = set()
    for line in _CALLER.split(text) if len(text) <= _MAX_BYTES else [text]:
        named = _NAME.match(line)
        name = named[1].lower() if named else b""
        if name and (name in seen or found[-1].endswith(b",")):
            found.append(b"")
            seen.clear()
        seen.add(name)
        found[-1] += line
    return found


def unescaped(text: bytes) -> bytes | None:
    """Return a text with a percent-encoded PEM in it decoded; ``None`` where there is none."""
    if len(text) > _MAX_BYTES or not _ESCAPED_BEGIN.search(text):
        return None
    if b"-----BEGIN+" in text:  # a form, where a space is a plus and a plus is escaped
        text = text.replace(b"+", b" ")
    for _ in range(2):  # some encode what is encoded
        text = _decoded(text)
    return text


def tokens(text: bytes) -> list[bytes]:
    """Return what the long runs of base64 in a text stand for."""
    if len(text) > _MAX_BYTES:
        return []
    found = []
    for match in _TOKEN.finditer(_decoded(text)):
        try:
            found.append(from_base64(match[0]))
        except binascii.Error:
            found.append(b"")
    return found


def values(text: bytes) -> list[tuple[int, int, bytes]] | None:
    """Return the long runs of base64 in a text with values, from where to where they go, and what they stand for.

    Returns:
        ``None`` of a text without a private key in them: a proxy hands none on.
    """
    found, holds_key = [], False
    for match in _VALUE.finditer(text) if len(text) <= _MAX_BYTES else ():
        try:
            inside = from_base64(match[0])
        except binascii.Error:
            inside = b""
        what = identify(inside)
        holds_key = holds_key or _KEY_WITHIN in inside or (what is not None and what[0] is ItemKind.KEY)
        if what is not None or _TOKEN.match(match[0]):
            found.append((*match.span(), inside))
    return found if holds_key else None


def without_values(text: bytes) -> bytes:
    """Return such a text without those runs."""
    return _VALUE.sub(b" ", text)


def without_tokens(text: bytes) -> bytes:
    """Return a text without those runs: what stands around them."""
    return _TOKEN.sub(b" ", _decoded(text)) if len(text) <= _MAX_BYTES else b""


def _decoded(text: bytes) -> bytes:
    return _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), text) if b"%" in text else text
