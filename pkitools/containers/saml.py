"""The certificates in SAML metadata, as text: nothing of the XML is interpreted, so nothing in it can act.

No entity, no DTD, no external reference is ever followed, because no XML parser runs. The price: a certificate inside a
comment is found as well. What the metadata *means* is for a command that judges metadata.
"""

from __future__ import annotations

import binascii
import re
from itertools import islice
from typing import Final

from pkitools.containers.model import BadItem
from pkitools.containers.saml_places import Place, places
from pkitools.errors import InputError, LimitError
from pkitools.limits import MAX_PEM_BLOCKS

_METADATA: Final = b"urn:oasis:names:tc:SAML:2.0:metadata"
# linear: neither repetition passes a "<"
_PRIVATE_KEY: Final = re.compile(rb"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----")
_CERTIFICATE: Final = re.compile(rb"<(?:[\w.-]{1,64}:)?X509Certificate(?:\s[^<>]{0,1000})?>([^<]*)</")


def is_metadata(text: bytes) -> bool:
    """Return whether the text names the namespace of SAML metadata near its start."""
    return _METADATA in text[:65536]


def certificates_in(text: bytes) -> tuple[list[tuple[int, bytes, Place]], list[BadItem]]:
    """Return the contents of every X509Certificate element with its number and place, and those not base64."""
    found: list[tuple[int, bytes, Place]] = []
    bad: list[BadItem] = []
    elements = list(islice(_CERTIFICATE.finditer(text), MAX_PEM_BLOCKS + 1))
    if len(elements) > MAX_PEM_BLOCKS:
        raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
    standing = places(text, [match.start() for match in elements])
    for number, (match, place) in enumerate(zip(elements, standing, strict=True), start=1):
        try:
            der = binascii.a2b_base64(match[1].translate(None, b" \t\r\n"), strict_mode=True)
            found.append((number, der, place))
        except binascii.Error:
            bad.append(BadItem(number, InputError("sources.error.saml_not_base64", number=number)))
    return found, bad


def holds_private_key(text: bytes) -> bool:
    """Return whether a private key was pasted into it as PEM."""
    return _PRIVATE_KEY.search(text) is not None
