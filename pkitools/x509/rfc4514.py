r"""A distinguished name as :rfc:`4514` writes it, for programs that compare names as text (RFC 8705, nginx, NATS, F5).

Byte for byte what ``openssl x509 -subject -nameopt RFC2253`` prints: most specific first, no space behind a comma, what
is not ASCII escaped octet by octet, and the value of a type without a name as the hex of its DER. But for one value: a
number sign alone, which OpenSSL leaves as it is and section 2.4 has escaped.
"""

from __future__ import annotations

from typing import Final

from pkitools.text import pattern
from pkitools.x509.der import SEQUENCE, STRING_TYPES, DERError, Node, children, encoded, oid, root, string
from pkitools.x509.oids import ATTRIBUTES

_SPECIAL: Final = pattern(rb'[,+"\\<>;]|^[ #]| \Z')
_HIDDEN: Final = pattern(rb"[^\x20-\x7e]")


def rfc4514(name: bytes) -> str | None:
    """Return the name with this DER as one line of ASCII; ``None`` of what is no name."""
    try:
        rdns = [
            [_attribute(name, pair) for pair in children(name, rdn)] for rdn in children(name, root(name, SEQUENCE))
        ]
    except DERError:
        return None
    return ",".join("+".join(reversed(rdn)) for rdn in reversed(rdns))


def _attribute(data: bytes, pair: Node) -> str:
    parts = children(data, pair)
    if len(parts) != 2:
        raise DERError("is_none", pair[1], kind="Attribute")
    dotted = oid(data, parts[0])
    return f"{ATTRIBUTES.get(dotted, dotted)}={_value(data, parts[1], named=dotted in ATTRIBUTES)}"


def _value(data: bytes, node: Node, *, named: bool) -> str:
    text, _, readable = string(data, node)
    if not named or not readable or node[0] not in STRING_TYPES:
        return f"#{encoded(data, node).hex().upper()}"
    return _escaped(text.encode("utf-8", "surrogatepass"))


def _escaped(octets: bytes) -> str:
    special = _SPECIAL.sub(lambda match: b"\\" + match[0], octets)
    return _HIDDEN.sub(lambda match: b"\\%02X" % match[0][0], special).decode("ascii")
