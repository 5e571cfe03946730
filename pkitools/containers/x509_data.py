"""Which certificate XML says it means, beside the certificate: ``X509SKI``, ``X509SerialNumber``, ``X509Digest``.

Read as text, see :mod:`pkitools.containers.xml_tags`. All that stands in one KeyInfo is said of the same key (RFC 3275
4.4), and in a KeyDescriptor of metadata nothing stands apart: what fits none of the certificates there is of another.
Names of a subject or an issuer are written in too many ways to be compared.
"""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

from pkitools.containers.saml_names import MAX_MENTIONS
from pkitools.containers.xml_tags import Tag, tags
from pkitools.errors import InputError, LimitError
from pkitools.frozen import dataclass, field
from pkitools.limits import MAX_PEM_BLOCKS
from pkitools.text import pattern
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.base64_text import from_base64

_INFO: Final = "KeyInfo"
_DESCRIPTOR: Final = "KeyDescriptor"
_STATING: Final = ("X509SKI", "X509SerialNumber", "X509Digest")
_NAMES: Final = tuple(name.encode() for name in (_DESCRIPTOR, _INFO, *_STATING))
_VALUE: Final = pattern(rb"<[^<>]{1,1000}>([^<]{0,400}+)</")
_DIGITS: Final = pattern(rb"\s{0,100}([0-9]{1,100})\s{0,100}\Z")
_HASHES: Final = frozenset({"sha1", "sha224", "sha256", "sha384", "sha512"})  # as the ends of their URIs are written
_OCTET_STRING: Final = b"\x04\x14"  # some write the value of the extension with its frame of 20 octets


@dataclass(slots=True)
class _Info:
    """A KeyInfo or a whole KeyDescriptor, and where it begins: its certificates by number, and what is said of them."""

    at: int
    name: str
    numbers: list[int] = field(default_factory=list)
    said: list[tuple[str, bytes, str | None]] = field(default_factory=list)


def stated_certificates(text: bytes, certificates: Sequence[tuple[int, bytes]]) -> dict[int, tuple[int, bool]]:
    """Return of which certificates something is said beside them: where that begins, and whether all of it fits.

    Of several in one KeyInfo the first tells it; whatever is said there fits one of them.

    Args:
        text: the XML.
        certificates: where each begins, in ascending order, and its octets.

    Raises:
        LimitError: more elements than XML with certificates can have.
    """
    if not any(name.encode() in text for name in _STATING):
        return {}
    if sum(map(text.count, _NAMES)) > MAX_MENTIONS:
        raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
    return {
        info.numbers[0]: (info.at, _all_fit(info, [certificates[number][1] for number in info.numbers]))
        for info in _infos(text, [at for at, _ in certificates])
        if info.numbers and info.said
    }


def _infos(text: bytes, offsets: Sequence[int]) -> Iterator[_Info]:
    """Yield each at its end; a KeyInfo inside another is one of its own."""
    inside: list[_Info] = []
    number = 0
    for tag in tags(text, *_NAMES):
        while number < len(offsets) and offsets[number] < tag.at:
            if inside:
                inside[-1].numbers.append(number)
            number += 1
        if tag.name in _STATING and tag.opens and inside:
            inside[-1].said.append(_said(text, tag))
        elif _is_apart(tag, inside):
            if tag.opens:
                inside.append(_Info(tag.at, tag.name))
            elif inside and inside[-1].name == tag.name:
                yield inside.pop()


def _is_apart(tag: Tag, inside: Sequence[_Info]) -> bool:
    if tag.name not in {_INFO, _DESCRIPTOR} or (tag.opens and tag.closes):
        return False
    return tag.name == _DESCRIPTOR or not (inside and inside[0].name == _DESCRIPTOR)


def _said(text: bytes, tag: Tag) -> tuple[str, bytes, str | None]:
    value = None if tag.closes else _VALUE.match(text, tag.at)
    return tag.name, b"" if value is None else value[1], tag.attribute("Algorithm")


def _all_fit(info: _Info, ders: Sequence[bytes]) -> bool:
    held = [facts for facts in map(_read, ders) if facts is not None]
    return not held or all(any(_fits(facts, *said) for facts in held) for said in info.said)


def _read(der: bytes) -> CertificateFacts | None:
    try:
        return read_certificate(der)
    except InputError:
        return None  # whoever reads the file tells it


def _fits(facts: CertificateFacts, name: str, value: bytes, algorithm: str | None) -> bool:
    """Return whether something that is said is said of this certificate; what nobody can compare is."""
    if name == "X509SerialNumber":
        digits = _DIGITS.match(value)
        return digits is not None and int(digits[1]) == facts.serial_number
    try:
        octets = from_base64(value)
    except binascii.Error:
        return False
    if name == "X509SKI":
        own = facts.subject_key_identifier
        return own is None or octets.removeprefix(_OCTET_STRING).hex() == own
    kind = (algorithm or "").rpartition("#")[2]
    return kind not in _HASHES or hashlib.new(kind, facts.der, usedforsecurity=False).digest() == octets
