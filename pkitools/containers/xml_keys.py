"""The keys that XML states bare, beside certificates: ``ds:KeyValue`` and ``dsig11:DEREncodedKeyValue`` of a KeyInfo.

Read as text, see :mod:`pkitools.containers.xml_tags`. A KeyInfo inside another is one of its own; but all that stands
in one KeyDescriptor of metadata is said of the same key, however it is nested.
"""

from __future__ import annotations

import binascii
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from pkitools.containers.key_endings import of_number, of_numbers, of_xml
from pkitools.containers.saml_names import MAX_MENTIONS
from pkitools.containers.xml_tags import Tag, tags
from pkitools.errors import LimitError
from pkitools.frozen import dataclass, field
from pkitools.limits import MAX_PEM_BLOCKS
from pkitools.text import pattern
from pkitools.x509.base64_text import from_base64

_INFO: Final = "KeyInfo"
_DESCRIPTOR: Final = "KeyDescriptor"
_VALUE: Final = "KeyValue"
_DER: Final = "DEREncodedKeyValue"
_RSA: Final = "RSAKeyValue"
_PRIVATE: Final = ("D", "P", "Q")  # as .NET writes a private key; XKMS has them in an RSAKeyPair
_MOST: Final = 64 * 1024  # octets of one key; RSA of 16,384 bits has 3 kB of base64
_PART: Final = r"<(?:[^\s<>/:\"'=]++:)?{}(?:\s[^<>]{{0,1000}})?>([^<]*+)</"
_PARTS: Final = {
    name: pattern(_PART.format(name).encode())
    for name in ("Modulus", "Exponent", "PublicKey", "Y", "D", "P", "Q", _DER)
}


@dataclass(slots=True)
class KeyInfo:
    """A KeyInfo, or a whole KeyDescriptor, and what it states.

    Args:
        at: where it begins.
        outer: the one it stands in.
        name: of its element.
        stated: each key that it states, as it ends the SubjectPublicKeyInfo of a certificate; nothing of what cannot
            be read.
    """

    at: int
    outer: KeyInfo | None
    name: str = _INFO
    stated: list[bytes] = field(default_factory=list)

    @property
    def key(self) -> bytes | None:
        """The one key that it states; nothing where several differ, ``None`` where it states none."""
        return None if not self.stated else self.stated[0] if len(set(self.stated)) == 1 else b""


def key_infos(text: bytes, offsets: Sequence[int]) -> list[KeyInfo | None]:
    """Return in which KeyInfo each of these offsets, in ascending order, stands; ``None`` of one outside any.

    Raises:
        LimitError: more elements than XML with certificates can have.
    """
    if b"KeyValue" not in text:
        return [None] * len(offsets)
    starts: list[int] = [0]
    open_at: list[KeyInfo | None] = [None]
    for tag, inside in _walked(text):
        starts.append(tag.at)
        open_at.append(inside)
    return [open_at[bisect_right(starts, offset) - 1] for offset in offsets]


def _walked(text: bytes) -> Iterator[tuple[Tag, KeyInfo | None]]:
    """Yield each tag of these elements, and in which KeyInfo what follows it stands."""
    inside: KeyInfo | None = None
    value: Tag | None = None
    for tag in _tags(text):
        if tag.name in {_INFO, _DESCRIPTOR}:
            inside = _entered(tag, inside)
        elif tag.name in {_VALUE, _DER} and inside is not None:
            if tag.opens and not tag.closes:
                value = tag
            else:
                start = tag.at if value is None or value.name != tag.name else value.at
                inside.stated.append(_stated(text[start : min(tag.at + 2, start + _MOST)]))
                value = None
        yield tag, inside


def _entered(tag: Tag, inside: KeyInfo | None) -> KeyInfo | None:
    """Return where what follows the tag of one of these elements stands: in a KeyDescriptor nothing stands apart."""
    if inside is not None and inside.name == _DESCRIPTOR and tag.name == _INFO:
        return inside
    if tag.opens:
        return inside if tag.closes else KeyInfo(tag.at, inside, tag.name)
    return inside.outer if inside is not None and inside.name == tag.name else inside


def _tags(text: bytes) -> Iterator[Tag]:
    names = (b"KeyInfo", b"KeyValue", b"KeyDescriptor")
    if sum(map(text.count, names)) > MAX_MENTIONS:
        raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
    return tags(text, *names)


def _stated(element: bytes) -> bytes:
    """Return the key in the text of one element."""
    if (modulus := _part(element, "Modulus")) is not None:
        return of_xml(of_numbers(modulus, _part(element, "Exponent") or b""))
    for name in (_DER, "PublicKey"):
        if (octets := _part(element, name)) is not None:
            return of_xml(octets)
    number = (_part(element, "Y") or b"").lstrip(b"\0")  # of DSA, whose key is the number y
    return of_xml(of_number(number)) if number else b""


def _part(element: bytes, name: str) -> bytes | None:
    found = _PARTS[name].search(element)
    try:
        return None if found is None else from_base64(found[1])
    except binascii.Error:
        return b""


def private_parts(text: bytes) -> Iterator[bytes]:
    """Yield each RSAKeyValue in which the numbers of a private key stand, as text.

    Raises:
        LimitError: more elements than XML with certificates can have.
    """
    start: Tag | None = None
    for tag in _tags(text) if b"RSAKeyValue" in text else ():
        if tag.name != _RSA:
            continue
        if start is not None and not tag.opens:
            element = text[start.at : min(tag.at + 2, start.at + _MOST)]
            if any(_PARTS[name].search(element) for name in _PRIVATE):
                yield element
        start = tag if tag.opens and not tag.closes else None
