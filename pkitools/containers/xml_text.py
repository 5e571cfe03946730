"""The certificates in XML, as text: nothing of the XML is interpreted, so nothing in it can act.

SAML metadata, CPAs of Digikoppeling and signatures hold them in ``ds:X509Certificate``, WS-Security also in
``wsse:BinarySecurityToken``. No entity and no external reference is ever followed, because no XML parser runs; a
document type, by which a certificate could be written as an entity, is refused. The price: a certificate inside a
comment is found as well. What metadata *means* is for a command that judges metadata.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator
from typing import Final

from pkitools.containers.model import BadItem
from pkitools.errors import InputError, LimitError
from pkitools.limits import MAX_CERTIFICATE_BYTES, MAX_PEM_BLOCKS
from pkitools.text import pattern
from pkitools.x509.base64_text import from_base64

_METADATA: Final = b"urn:oasis:names:tc:SAML:2.0:metadata"
_NAMES: Final = (b"X509Certificate", b"BinarySecurityToken")
_NAME: Final = pattern(rb"<(/?)(?:[^\s<>/:\"'=&]++:)?([^\s<>/:\"'=&!?]*+)")
_REST: Final = pattern(rb"(?:\s[^<>]{0,1000})?>([^<]*)</")  # linear: neither repetition passes a "<"
_MIXED: Final = pattern(rb"(?:\s[^<>]{0,1000})?>[^<]*<[^/]")  # a comment, CDATA or an element before its end
_OPENS: Final = pattern(rb"[\s>]")  # and not a longer name, the end tag or an empty element
# what else is base64, and no certificate: nobody looks for one in it
_VALUES: Final = pattern(
    rb"<(?:[^\s<>/:\"'=]++:)?(?:X509Certificate|BinarySecurityToken|X509CRL|X509SKI|DEREncodedKeyValue|Modulus"
    rb"|SignatureValue|DigestValue|CipherValue|EncapsulatedCRLValue|EncapsulatedOCSPValue|EncapsulatedTimeStamp|Logo)"
    rb"(?:\s[^<>]{0,1000})?>[^<]*+"
)
_MAX_MENTIONS: Final = 2 * len(_NAMES) * MAX_PEM_BLOCKS  # an element has its name at both ends
_HEAD: Final = 65536
_PRIVATE_KEY: Final = pattern(rb"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----")


def is_xml(text: bytes) -> bool:
    """Return whether the text may be XML: its first sign is ``<``."""
    return text[:4096].lstrip().startswith(b"<")


def is_metadata(text: bytes) -> bool:
    """Return whether the text names the namespace of SAML metadata near its start."""
    return _METADATA in text[:_HEAD]


def has_document_type(text: bytes) -> bool:
    """Return whether it declares a document type."""
    return b"<!DOCTYPE" in text


def holds_private_key(text: bytes) -> bool:
    """Return whether a private key was pasted into it as PEM."""
    return _PRIVATE_KEY.search(text) is not None


def _elements(text: bytes) -> Iterator[re.Match[bytes] | str]:
    """Yield each element that holds a certificate, in order, its content as group 1; why not, where that is no text.

    A comment, CDATA or an element inside one hides a certificate from whoever reads the text: it is not passed over.
    """
    if sum(text.count(name) for name in _NAMES) > _MAX_MENTIONS:
        raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
    for stop in _opened(text, _NAMES):
        if _OPENS.match(text, stop):
            yield _REST.match(text, stop) or ("saml_not_text" if _MIXED.match(text, stop) else "saml_not_base64")


def around_values(text: bytes) -> Iterator[tuple[int, int]]:
    """Yield from where to where the text holds no value of an element that is known: there nothing should be hidden."""
    behind = 0
    for match in _VALUES.finditer(text):
        yield behind, match.start()
        behind = match.end()
    yield behind, len(text)


def occurrences(text: bytes, name: bytes) -> Iterator[tuple[int, int]]:
    """Yield where a name begins and ends, each time that it stands in the text."""
    at = text.find(name)
    while at >= 0:
        yield at, at + len(name)
        at = text.find(name, at + len(name))


def named(text: bytes, places: Iterable[tuple[int, int]]) -> Iterator[tuple[re.Match[bytes], int, int]]:
    """Yield each of these places that stands in the name of a tag, however long its prefix is, with that name.

    Linear: nothing before a place is looked at twice, and a name once.

    Args:
        text: the XML.
        places: where something begins and ends, in ascending order.

    Returns:
        What matched: ``/`` of a closing tag, and the name without its prefix; and the place.
    """
    name, seen = None, 0
    for start, stop in places:
        at = text.rfind(b"<", seen, start)
        if at >= 0:
            name = _NAME.match(text, at)
        seen = start
        if name is not None and name.start(2) <= start and stop <= name.end(2):
            yield name, start, stop


def _opened(text: bytes, names: Iterable[bytes]) -> Iterator[int]:
    """Yield where one of these ends as the beginning of the name of an opening tag, in order."""
    places = sorted(place for name in names for place in occurrences(text, name))
    return (stop for name, start, stop in named(text, places) if not name[1] and name.start(2) == start)


def certificates_in(text: bytes) -> tuple[list[tuple[int, int, bytes]], list[BadItem]]:
    """Return the number, the place and the contents of every such element, and those that are not base64."""
    found: list[tuple[int, int, bytes]] = []
    bad: list[BadItem] = []
    for number, match in enumerate(_elements(text), start=1):
        if number > MAX_PEM_BLOCKS:
            raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
        if isinstance(match, str):
            bad.append(BadItem(number, InputError(f"sources.error.{match}", number=number)))
            continue
        size = match.end(1) - match.start(1)
        if size > 2 * MAX_CERTIFICATE_BYTES:  # base64 is a third longer, its line ends a little
            error = LimitError("x509.error.certificate_too_large", size=size * 3 // 4, limit=MAX_CERTIFICATE_BYTES)
            bad.append(BadItem(number, error))
            continue
        try:
            found.append((number, match.start(), from_base64(text, match.start(1), match.end(1))))
        except binascii.Error:
            bad.append(BadItem(number, InputError("sources.error.saml_not_base64", number=number)))
    return found, bad


_LISTS: Final = (b"X509CRL", b"EncapsulatedCRLValue", b"EncapsulatedOCSPValue")


def lists_in(text: bytes) -> Iterator[bytes | None]:
    """Yield each CRL and OCSP response of XML-DSig and XAdES as it stands; ``None`` for what is no base64.

    Raises:
        LimitError: more than a file may hold.
    """
    if sum(text.count(name) for name in _LISTS) > _MAX_MENTIONS:
        raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
    for stop in _opened(text, _LISTS):
        if _OPENS.match(text, stop):
            match = _REST.match(text, stop)
            try:
                yield None if match is None else from_base64(text, match.start(1), match.end(1))
            except binascii.Error:
                yield None
