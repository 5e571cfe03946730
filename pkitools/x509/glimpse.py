"""What is legible of a certificate that cannot be read as a whole: enough to know which one it is."""

from __future__ import annotations

from typing import Final

from pkitools.x509.der import INTEGER, SEQUENCE, DERError, Node, children, integer, root
from pkitools.x509.names import read_name

_VERSION: Final = 0xA0


def glimpse(der: bytes) -> dict[str, str]:
    """Return whose a certificate is, who made it and its serial number, each where that field can be read, else empty.

    Args:
        der: what has the form of a certificate.
    """
    try:
        parts = children(der, children(der, root(der, SEQUENCE))[0])
    except (DERError, IndexError):
        parts = []
    if parts and parts[0][0] == _VERSION:
        parts = parts[1:]
    of = dict(enumerate(parts))
    return {"holder": _name(der, of.get(4)), "maker": _name(der, of.get(2)), "serial": _serial(der, of.get(0))}


def _name(der: bytes, node: Node | None) -> str:
    if node is None or node[0] != SEQUENCE:
        return ""
    try:
        return read_name(der, node, "name", lambda _problem: None).text
    except DERError:
        return ""


def _serial(der: bytes, node: Node | None) -> str:
    if node is None or node[0] != INTEGER:
        return ""
    try:
        return format(integer(der, node, padded=True), "x")
    except DERError:
        return ""
