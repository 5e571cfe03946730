"""The parts of a mail (``.eml``; RFC 5322, 2045), by the standard library, behind limits of our own.

What that library spends grows with lines times nesting, so both are counted first. A signature of the mail itself
(S/MIME) is passed over: the certificate in it is the sender's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesFeedParser
from typing import Final

from pkitools.containers.parts import Part
from pkitools.errors import LimitError
from pkitools.text import size_text
from pkitools.x509.pem import Gap, looks_like_more

_MAX_BYTES: Final = 8 * 1024 * 1024
_PIECE: Final = 64 * 1024
_MAX_LINES: Final = 200_000
_MAX_BOUNDARIES: Final = 2_000
_MAX_NESTING: Final = 20
_HEAD: Final = 65536
_HEADER: Final = re.compile(rb"(?:From [^\r\n]*\r?\n)?[A-Za-z][A-Za-z0-9-]{0,70}:")
_MIME: Final = re.compile(rb"(?im)^(?:MIME-Version|Content-Type|Content-Transfer-Encoding):")
_OF_A_MAIL: Final = re.compile(rb"(?im)^(?:From|To|Subject|Date|Received|Message-ID|Return-Path):")
_NESTED: Final = re.compile(rb"(?im)^Content-Type:\s*+(?:multipart|message)/")
_WITH_PARAMETERS: Final = re.compile(rb"(?im)^Content-(?:Type|Disposition):[^\n]*+(?:\n[ \t][^\n]*+)*+")
_MAX_PARAMETERS: Final = 4096  # octets of such a header: reading it takes the square of its length
_MAX_NAME: Final = 200
_TAG: Final = re.compile(rb"<[^<>]{0,1000}>")
_CERTIFICATE_FILES: Final = (".cer", ".crt", ".der", ".pem", ".p7b", ".p7c", ".p12", ".pfx", ".jks", ".keystore")
_CERTIFICATE_TYPES: Final = frozenset(
    f"application/{kind}"
    for kind in ("pkix-cert", "x-x509-ca-cert", "x-x509-user-cert", "x-pem-file", "x-pkcs7-certificates", "x-pkcs12")
)
_ARCHIVES: Final = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c")


def is_mail(text: bytes) -> bool:
    """Return whether the text starts with the headers of a mail that says how it is encoded."""
    if not _HEADER.match(text):
        return False
    head = re.split(rb"\r?\n\r?\n", text[:_HEAD], maxsplit=1)[0]
    return bool(_MIME.search(head) and _OF_A_MAIL.search(head))


def mail_parts(text: bytes, name: str) -> Iterator[Part]:
    """Yield the attachments and texts of a mail, decoded; its web page only when it has no text.

    Raises:
        LimitError: larger, longer or more deeply nested than a mail with certificates is.
    """
    if len(text) > _MAX_BYTES:
        raise LimitError("files.error.too_large", name=name, limit=size_text(_MAX_BYTES))
    text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    _refuse_hard_work(text, name)
    leaves = [part for part in _parsed(text).walk() if not part.is_multipart()]
    has_text = any(part.get_content_type() == "text/plain" for part in leaves)
    for part in leaves:
        kind = part.get_content_type()
        if _is_signature(part, kind) or (kind == "text/html" and has_text and part.get_filename() is None):
            continue
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes) or not (payload or _is_certificate_file(part)):
            continue
        if kind == "text/html":
            payload = _TAG.sub(b"\n", payload).replace(b"&gt;", b">").replace(b"&nbsp;", b" ")
        more = payload.startswith(_ARCHIVES) or looks_like_more(payload, Gap(0, len(payload)))
        yield Part(payload, _file_name(part), expected=more or _is_certificate_file(part))


def _parsed(text: bytes) -> Message:
    parser = BytesFeedParser()
    for at in range(0, len(text), _PIECE):  # at once, the text would be held four times over
        parser.feed(text[at : at + _PIECE])
    return parser.close()


def _refuse_hard_work(text: bytes, name: str) -> None:
    nested = sum(1 for _ in _NESTED.finditer(text))
    parameters = max((match.end() - match.start() for match in _WITH_PARAMETERS.finditer(text)), default=0)
    if (
        nested > _MAX_NESTING
        or parameters > _MAX_PARAMETERS
        or text.count(b"\n") > _MAX_LINES
        or text.count(b"\n--") > _MAX_BOUNDARIES
    ):
        raise LimitError("sources.error.mail_too_large", name=name)


def _is_signature(part: Message, kind: str) -> bool:
    if kind in {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}:
        return True
    return kind in {"application/pkcs7-mime", "application/x-pkcs7-mime"} and part.get_param("smime-type") in {
        "signed-data",
        "enveloped-data",
    }


def _is_certificate_file(part: Message) -> bool:
    """Return whether an attachment is meant to be a certificate, by its name or kind: then it has to be readable."""
    name = (part.get_filename() or "").lower()
    return name.endswith(_CERTIFICATE_FILES) or part.get_content_type() in _CERTIFICATE_TYPES


def _file_name(part: Message) -> str | None:
    name = part.get_filename()
    return name[:_MAX_NAME] if name else None
