"""Base64 that a text of another kind has in pieces, put together: values of LDIF, and texts that are joined.

LDIF goes on with a line that begins with a space (RFC 2849). A list of the lines of a PEM stands in JSON, and a program
joins its texts with ``+``, ``.``, a comma or nothing but the end of a line.
"""

from __future__ import annotations

import binascii
import re
from typing import Final

from pkitools.containers.parts import Part
from pkitools.text import pattern
from pkitools.x509.base64_text import from_base64
from pkitools.x509.pem import FIRST_OCTETS

_MAX_VALUES: Final = 10_000
_DN: Final = pattern(rb"(?mi)^dn:")
_FOLD: Final = pattern(rb"\r?\n ")
_VALUE: Final = pattern(rb"(?m)^([A-Za-z][A-Za-z0-9.;-]{0,200})::[ ]*+([A-Za-z0-9+/]{16,}+={0,2})[ \t]*\r?$")
# M: the first six bits of a SEQUENCE; LS0t: three hyphens
_MEANT: Final = (b"M", b"LS0t")

_LINE_OF: Final = rb"[A-Za-z0-9+/=]{1,200}"
_ARMOUR: Final = rb"-----(?:BEGIN|END) [A-Z0-9 ]{1,40}-----"
_ENDS: Final = rb"(?:\\[rn]){0,4}"
_NEXT: Final = _ENDS + rb"\1\s{0,200}+[,+.]?\s{0,200}+\1"
_JOINED: Final = pattern(
    rb"([\"'])(?:-----BEGIN [A-Z0-9 ]{1,40}-----(?:" + _NEXT + rb"(?:" + _LINE_OF + rb"|" + _ARMOUR + rb"))++"
    rb"|" + FIRST_OCTETS + rb"[A-Za-z0-9+/]{0,200}(?:" + _NEXT + rb"(?!" + FIRST_OCTETS + rb")" + _LINE_OF + rb")++"
    rb")" + _ENDS + rb"\1"
)  # fmt: skip
_ONE: Final = pattern(rb"[\"'](-----[^\"'\\]*|[A-Za-z0-9+/=]+)")
_BEGIN_ONE: Final = pattern(rb"\A[\"']" + _ARMOUR)


def ldif_parts(text: bytes) -> tuple[list[Part], bytes] | None:
    """Return the values in base64 of LDIF that may be ours, and the text without them; ``None`` of what is no LDIF."""
    if not _DN.search(text):
        return None
    parts: list[Part] = []

    def taken(value: re.Match[bytes]) -> bytes:
        if len(parts) > _MAX_VALUES or not value[2].startswith(_MEANT):
            return value[0]
        try:
            octets = from_base64(value[2])
        except binascii.Error:
            return value[0]
        parts.append(Part(octets, value[1].decode("ascii"), expected=False))
        return b""

    rest = _VALUE.sub(taken, _FOLD.sub(b"", text))
    return parts, rest


def joined(text: bytes) -> bytes:
    """Return a text in which what stands in pieces between quotes, one line of PEM or base64 each, is one."""
    return _JOINED.sub(_as_one, text)


def _as_one(found: re.Match[bytes]) -> bytes:
    lines = [one[1] for one in _ONE.finditer(found[0])]
    # a PEM needs the ends of its lines, and in such a text they are written so
    between = b"\\n" if _BEGIN_ONE.match(found[0]) else b""
    return found[1] + between.join(lines) + found[1]
