"""A small, strict, bounded reader of DER: offsets into one ``bytes`` object, no copies, no recursion.

A node is a tuple ``(tag, at, start, stop)``: identifier octet, offset of the header, and the bounds of the contents.
The whole value with its header is ``data[at:stop]``. Plain tuples and not objects, because reading one certificate
makes some 150 of them.

Strict (X.690, DER): definite lengths in the fewest octets, nothing beyond the end of the parent. Every fault is a
:class:`DERError`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, TypeAlias

from pkitools.errors import InputError
from pkitools.limits import MAX_CERTIFICATE_BYTES, MAX_DER_DEPTH, MAX_DER_VALUES
from pkitools.messages import NOTHING, Detail

Node: TypeAlias = tuple[int, int, int, int]

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OBJECT_IDENTIFIER: Final = 0x06
ENUMERATED: Final = 0x0A
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31
CONSTRUCTED: Final = 0x20


def context(number: int) -> int:
    """Return the identifier octet of ``[number] IMPLICIT`` before a primitive type."""
    return 0x80 | number


def explicit(number: int) -> int:
    """Return the identifier octet of ``[number] EXPLICIT``, and of ``[number] IMPLICIT`` before a SEQUENCE or SET."""
    return context(number) | CONSTRUCTED


STRING_TYPES: Final[dict[int, tuple[str, str]]] = {
    0x0C: ("UTF8String", "utf-8"),
    0x12: ("NumericString", "ascii"),
    0x13: ("PrintableString", "ascii"),
    0x14: ("TeletexString", "latin-1"),
    0x16: ("IA5String", "ascii"),
    0x1A: ("VisibleString", "ascii"),
    0x1B: ("GeneralString", "latin-1"),
    0x1C: ("UniversalString", "utf-32-be"),
    0x1E: ("BMPString", "utf-16-be"),
}
"""Tag → ASN.1 name and the codec its contents are read with."""

_MAX_OID_OCTETS: Final = 128  # decoding a long arc is quadratic; the longest in use are below 40 octets
_SAYS_NOTHING: Final = frozenset({(0x00, 0), (0xFF, 1)})  # the first octet, and the sign of what follows it
_MAX_INTEGER_OCTETS: Final = 4096  # twice the modulus of the largest RSA key accepted


class DERError(InputError):
    """Bytes that are not the DER they should be. ``detail`` says what, in a few words, for the report.

    Args:
        fault: what is wrong, the last part of a code under ``x509.der``.
        offset: where, in bytes from the begin; ``None`` where it is not known.
        operands: of its words.
    """

    def __init__(self, fault: str, offset: int | None = None, /, **operands: object) -> None:
        self.fault = fault
        what = Detail(f"x509.der.{fault}", **operands)
        self.detail = what if offset is None else Detail("x509.der.at", fault=what, offset=offset)
        super().__init__("x509.error.malformed_der", detail=self.detail)

    def inside(self, field: str) -> Detail:
        """Return what is wrong with the field in which it was found."""
        return Detail("x509.der.inside", field=field, fault=self.detail)


def node_at(data: bytes, at: int, end: int) -> Node:
    """Return the node whose header starts at ``at`` and that ends at or before ``end``."""
    try:
        tag = data[at]
        start = at + 2
        if tag & 0x1F == 0x1F:
            tag, start = _high_tag(data, at)
        length = data[start - 1]
        if length == 0x82 and start + 1 < len(data) and data[start]:  # in line: what holds all else is so long
            length, start = data[start] << 8 | data[start + 1], start + 2
        elif length >= 0x80:
            length, start = _long_length(data, start, length & 0x7F)
    except IndexError:
        raise DERError("cut_off", at) from None
    stop = start + length
    if stop > end:
        raise DERError("runs_past_end", at)
    return tag, at, start, stop


def _long_length(data: bytes, start: int, octets: int) -> tuple[int, int]:
    if octets == 0:
        raise DERError("indefinite_length", start - 1)
    if octets > 4:
        raise DERError("length_octets", start - 1, count=octets)
    if len(data) < start + octets:
        raise DERError("cut_off", start)
    length = int.from_bytes(data[start : start + octets], "big")
    if length < 0x80 or length >> (8 * (octets - 1)) == 0:
        raise DERError("length_not_shortest", start - 1)
    return length, start + octets


def _high_tag(data: bytes, at: int) -> tuple[int, int]:
    # X.690 8.1.2.4; the identifier octets together serve as the tag, so that no two tags share a number
    position = at + 1
    while data[position] & 0x80:
        position += 1
        if position - at > 4:
            raise DERError("tag_too_large", at)
    return int.from_bytes(data[at : position + 1], "big"), position + 2


def root(data: bytes, tag: int) -> Node:
    """Return the one node that ``data`` consists of; it must have this tag and nothing may follow it."""
    size = len(data)
    if size > 1 and data[0] == tag and data[1] == size - 2 < 0x80:  # a small value, as most are
        return tag, 0, 2, size
    node = node_at(data, 0, size)
    if node[0] != tag:
        raise DERError("wrong_tag", 0, tag=f"{node[0]:02x}", wanted=f"{tag:02x}")
    if node[3] != len(data):
        raise DERError("bytes_follow", count=len(data) - node[3])
    return node


def children(data: bytes, node: Node) -> list[Node]:
    """Return the nodes that fill ``node`` exactly; of a large one at most :data:`~pkitools.limits.MAX_DER_VALUES`."""
    _, _, at, end = node
    if end - at > MAX_CERTIFICATE_BYTES:
        return _few_children(data, node)
    found: list[Node] = []
    add = found.append
    try:
        while at < end:
            # the common cases of node_at in line: a call for each of 100 nodes is a third of the time of a certificate
            tag, length = data[at], data[at + 1]
            if length < 0x80 and tag & 0x1F != 0x1F:
                start = at + 2
                stop = start + length
            elif length == 0x82 and tag & 0x1F != 0x1F and at + 4 <= end and data[at + 2]:  # what holds these
                start = at + 4
                stop = start + (data[at + 2] << 8 | data[at + 3])
            elif length == 0x81 and tag & 0x1F != 0x1F and at + 3 <= end and data[at + 2] & 0x80:
                start = at + 3
                stop = start + data[at + 2]
            else:
                tag, _, start, stop = node_at(data, at, end)
            if stop > end:
                raise DERError("runs_past_end", at)
            add((tag, at, start, stop))
            at = stop
    except IndexError:
        raise DERError("cut_off", at) from None
    return found


_remembered: tuple[bytes, dict[Node, tuple[Node, ...]]] = (b"", {})


def outline(data: bytes, node: Node) -> tuple[Node, ...]:
    """Return :func:`children`, remembered while the same object is read: for the few values that all its readers enter.

    A certificate is read for people, for its path and for its rules, one after the other. Of it is remembered where its
    fields and its extensions stand; of no other at the same time.
    """
    global _remembered  # noqa: PLW0603  one name, set at once: threads find the whole of one, or of another
    read, found = _remembered
    if read is not data:
        found = {}
        _remembered = data, found
    inside = found.get(node)
    if inside is None:
        inside = found[node] = tuple(children(data, node))
    return inside


def _few_children(data: bytes, node: Node) -> list[Node]:
    """Return the nodes inside a large value, counted while they are read: a million of them would fill the memory."""
    found = list(islice(iterate(data, node), MAX_DER_VALUES + 1))
    if len(found) > MAX_DER_VALUES:
        raise DERError("too_many_values", node[1], limit=MAX_DER_VALUES)
    return found


def expect(node: Node, tag: int) -> Node:
    """Return ``node`` when it has this tag."""
    if node[0] != tag:
        raise DERError("wrong_tag", node[1], tag=f"{node[0]:02x}", wanted=f"{tag:02x}")
    return node


def only_child(data: bytes, node: Node) -> Node:
    """Return the single node that fills ``node``: the inside of an explicit tag."""
    start, end = node[2:]
    if start < end:
        child = node_at(data, start, end)
        if child[3] == end:
            return child
    raise DERError("number_of_values", node[1], count=len(children(data, node)), wanted=1)


def exactly(nodes: Sequence[Node], count: int) -> Sequence[Node]:
    """Return nodes of which there are as many as there should be; raise :class:`DERError` of any other number."""
    if len(nodes) != count:
        raise DERError("number_of_values", count=len(nodes), wanted=count)
    return nodes


def fields(data: bytes, node: Node, *tags: int) -> dict[int, Node]:
    """Return the optional fields of a SEQUENCE by their tags: each at most once, in this order, and no other.

    Args:
        data: what the node's offsets count in.
        node: the SEQUENCE.
        tags: what may stand in it, in the order of its syntax.
    """
    found: dict[int, Node] = {}
    left = iter(tags)
    for part in children(data, node):
        # a tag that was passed is not found again, nor is one that stands in the wrong place
        if part[0] not in left:
            raise DERError("tag_out_of_order", part[1], tag=f"{part[0]:02x}")
        found[part[0]] = part
    return found


def contents(data: bytes, node: Node) -> bytes:
    """Return the contents octets."""
    return data[node[2] : node[3]]


def encoded(data: bytes, node: Node) -> bytes:
    """Return the whole value with its header."""
    return data[node[1] : node[3]]


def integer(data: bytes, node: Node, tag: int = INTEGER, *, padded: bool = False) -> int:
    """Return the value of an INTEGER (or ENUMERATED, or an implicitly tagged one, by ``tag``).

    Args:
        data: what the node's offsets count in.
        node: the INTEGER.
        tag: the tag it has to have.
        padded: take one with an octet in front that says nothing, as BER does: where it is a finding of its own.
    """
    expect(node, tag)
    size = node[3] - node[2]
    if size == 0 or size > _MAX_INTEGER_OCTETS:
        raise DERError("integer_octets", node[1], count=size)
    if size > 1 and not padded and is_padded(data, node):
        raise DERError("integer_not_shortest", node[1])
    return int.from_bytes(data[node[2] : node[3]], "big", signed=True)


def is_padded(data: bytes, node: Node) -> bool:
    """Whether an INTEGER of more than one octet begins with one that says nothing (X.690 8.3.2)."""
    return (data[node[2]], data[node[2] + 1] >> 7) in _SAYS_NOTHING


def boolean(data: bytes, node: Node, tag: int = BOOLEAN) -> bool:
    """Return the value of a BOOLEAN; DER knows 0x00 and 0xFF only."""
    expect(node, tag)
    value = data[node[2] : node[3]]
    if value not in {b"\x00", b"\xff"}:
        raise DERError("boolean", node[1], value=value[:4].hex() or NOTHING)
    return value == b"\xff"


def bit_string(data: bytes, node: Node, tag: int = BIT_STRING) -> tuple[bytes, int]:
    """Return the octets of a BIT STRING and how many bits of the last one are unused (0 to 7)."""
    expect(node, tag)
    size = node[3] - node[2]
    unused = data[node[2]] if size else 8
    if unused > 7 or (size == 1 and unused):
        raise DERError("unused_bits", node[1], count=unused)
    if unused and data[node[3] - 1] & (1 << unused) - 1:  # X.690 11.2.1
        raise DERError("unused_bits_set", node[1])
    return data[node[2] + 1 : node[3]], unused


def named_bits(data: bytes, node: Node, names: tuple[str, ...], tag: int = BIT_STRING) -> tuple[str, ...]:
    """Return the names of the bits set; bits beyond the names are left out."""
    octets, _ = bit_string(data, node, tag)
    return tuple(
        name
        for number, name in enumerate(names)
        if number >> 3 < len(octets) and octets[number >> 3] & (0x80 >> (number & 7))
    )


_OIDS: dict[bytes, str] = {}
_MAX_OIDS_KEPT: Final = 4096


def oid(data: bytes, node: Node, tag: int = OBJECT_IDENTIFIER) -> str:
    """Return an OBJECT IDENTIFIER as dotted numbers."""
    if node[0] != tag:
        expect(node, tag)
    octets = data[node[2] : node[3]]
    known = _OIDS.get(octets)
    if known is not None:
        return known
    dotted = _dotted(octets)
    if len(_OIDS) >= _MAX_OIDS_KEPT:
        _OIDS.clear()  # or a stream of made-up ones would keep out for ever what every certificate has
    _OIDS[octets] = dotted
    return dotted


def _dotted(octets: bytes) -> str:
    if not octets or len(octets) > _MAX_OID_OCTETS or octets[-1] & 0x80:
        raise DERError("oid", count=len(octets))
    arcs: list[int] = []
    arc = 0
    fresh = True
    for octet in octets:
        if fresh and octet == 0x80:
            raise DERError("oid_padded")
        arc = arc << 7 | octet & 0x7F
        fresh = not octet & 0x80
        if fresh:
            arcs.append(arc)
            arc = 0
    top = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (top, arcs[0] - 40 * top, *arcs[1:]))


def string(data: bytes, node: Node) -> tuple[str, str, bool]:
    """Return a character string of any type: text, name of the type, and whether every octet could be read.

    Octets that the type does not allow become backslash escapes. What is no string type at all gives its contents in
    hex and ``tag 0x..`` as its type.
    """
    tag, _, start, stop = node
    octets = data[start:stop]
    known = STRING_TYPES.get(tag)
    if known is None:
        return octets.hex(), f"tag 0x{tag:02x}", True
    name, codec = known
    try:
        return octets.decode(codec), name, True
    except UnicodeDecodeError:
        return octets.decode(codec, "backslashreplace"), name, False


def iterate(data: bytes, node: Node) -> Iterator[Node]:
    """Yield the nodes inside ``node`` one by one: for input so large that :func:`children` would fill the memory."""
    _, _, at, end = node
    while at < end:
        child = node_at(data, at, end)
        yield child
        at = child[3]


def walk(data: bytes, node: Node) -> Iterator[tuple[int, Node]]:
    """Yield every node below ``node`` with its depth, in order, down to :data:`~pkitools.limits.MAX_DER_DEPTH`."""
    levels = [iterate(data, node)]
    while levels:
        child = next(levels[-1], None)
        if child is None:
            levels.pop()
            continue
        yield len(levels), child
        first = child[0] if child[0] < 0x100 else data[child[1]]
        if first & CONSTRUCTED:
            if len(levels) >= MAX_DER_DEPTH:
                raise DERError("nested", child[1], limit=MAX_DER_DEPTH)
            levels.append(iterate(data, child))
