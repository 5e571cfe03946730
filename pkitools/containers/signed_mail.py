"""What a signed mail holds: the content of CMS signed data (RFC 8551 3.5.2), in DER or, as programs write it, BER.

Only the content is looked for: the certificate beside it is the sender's, and the signature is nobody's question here.
Each value is walked past once for each level it stands in, of which there are no more than a mail needs.
"""

from __future__ import annotations

from typing import Final

from pkitools.containers.ber import OCTET_STRINGS, SEQUENCE, NotBERError, Reader, Value, first
from pkitools.containers.structure import identify
from pkitools.errors import InputError

_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")


def content_of(data: bytes) -> bytes | None:
    """Return the content of signed data; ``None`` of what is no signed data, or holds no content.

    A mail is an octet string; of anything else, such as what signed programs have (PKCS#7 1.5, section 9.1), nothing is
    returned unless it is a certificate or holds some.

    Raises:
        InputError: signed data that is damaged.
    """
    reader = Reader(data)
    try:
        whole = reader.value(0, len(data))
        named, wrapped = first(reader.inside(whole), 2)
        if whole[0] != SEQUENCE or data[named[1] - 2 : named[2]] != _SIGNED_DATA:
            return None
        (signed,) = first(reader.inside(wrapped), 1)
        _version, _digests, holder = first(reader.inside(signed), 3)
        _kind, *content = list(reader.inside(holder))
        return b"".join(_content(reader, data, each) for each in content) if content else None
    except NotBERError as error:
        if _SIGNED_DATA not in data[:64]:
            return None
        raise InputError("sources.error.mail_signed") from error


def _content(reader: Reader, data: bytes, wrapped: Value) -> bytes:
    """Return what stands in a wrapping: the octets of an octet string, anything else whole."""
    _, start, stop = wrapped
    inside = list(reader.inside(wrapped))
    if all(tag in OCTET_STRINGS for tag, _, _ in inside):
        return b"".join(map(reader.octets, inside))
    return data[start:stop] if identify(data[start:stop]) else b""
