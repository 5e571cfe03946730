"""The certificates in SAML metadata, as text: nothing of the XML is interpreted, so nothing in it can act.

No entity, no DTD, no external reference is ever followed, because no XML parser runs. The price: a certificate inside a
comment is found as well. What the metadata *means* is for a command that judges metadata.
"""

from __future__ import annotations

import binascii
import re
from typing import Final

from pkitools.containers.model import BadItem
from pkitools.errors import InputError, LimitError
from pkitools.limits import MAX_PEM_BLOCKS

_METADATA: Final = b"urn:oasis:names:tc:SAML:2.0:metadata"
# linear: neither repetition passes a "<"
_CERTIFICATE: Final = re.compile(rb"<(?:[\w.-]{1,64}:)?X509Certificate(?:\s[^<>]{0,1000})?>([^<]*)</")


def is_metadata(text: bytes) -> bool:
    """Return whether the text names the namespace of SAML metadata near its start."""
    return _METADATA in text[:65536]


def certificates_in(text: bytes) -> tuple[list[tuple[int, bytes]], list[BadItem]]:
    """Return the contents of every X509Certificate element with its number, and those that are not base64."""
    found: list[tuple[int, bytes]] = []
    bad: list[BadItem] = []
    for number, match in enumerate(_CERTIFICATE.finditer(text), start=1):
        if number > MAX_PEM_BLOCKS:
            raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
        try:
            found.append((number, binascii.a2b_base64(match[1].translate(None, b" \t\r\n"), strict_mode=True)))
        except binascii.Error:
            bad.append(BadItem(number, InputError("sources.error.saml_not_base64", number=number)))
    return found, bad
