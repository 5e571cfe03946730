"""The parts of a mail (``.eml``; RFC 5322, 2045), by the standard library, behind limits of our own.

What that library spends grows with lines times nesting, so both are counted first. A signature of the mail itself
(S/MIME) is passed over: the certificate in it is the sender's; what it signs is read wherever it stands.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64, a2b_qp
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Final

from pkitools.containers.other_kinds import ARCHIVES, OFFICE, content_kind, is_to_look_at
from pkitools.containers.parts import Part
from pkitools.errors import InputError, LimitError
from pkitools.text import pattern, size_text
from pkitools.x509.pem import BEGIN, holds_more

if TYPE_CHECKING:
    from email.message import Message

_MAX_BYTES: Final = 8 * 1024 * 1024
_PIECE: Final = 64 * 1024
_MAX_LINES: Final = 200_000
_MAX_BOUNDARIES: Final = 2_000
_MAX_NESTING: Final = 20
_HEAD: Final = 65536
_HEADER: Final = pattern(rb"(?:From [^\r\n]*\r?\n)?[A-Za-z][A-Za-z0-9-]{0,70}:")
_MIME: Final = pattern(rb"(?im)^(?:MIME-Version|Content-Type|Content-Transfer-Encoding):")
_OF_A_MAIL: Final = pattern(rb"(?im)^(?:From|To|Subject|Date|Received|Message-ID|Return-Path):")
_NESTED: Final = pattern(rb"(?im)^Content-Type:\s*+(?:multipart|message)/")
_WITH_PARAMETERS: Final = pattern(rb"(?im)^Content-(?:Type|Disposition):[^\n]*+(?:\n[ \t][^\n]*+)*+")
_MAX_PARAMETERS: Final = 4096  # octets of such a header: reading it takes the square of its length
_MAX_NAME: Final = 200
_BASE64: Final = pattern(rb"[A-Za-z0-9+/\s]*+={0,2}")
_MAX_INSIDE: Final = 5  # mails inside a mail that are attached as files
_TAG: Final = pattern(rb"<[^<>]{0,1000}>")
_SIGNATURES: Final = frozenset(
    f"application/{kind}" for kind in ("pkcs7-signature", "x-pkcs7-signature", "pgp-signature")
)
_SEALED: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_CERTIFICATE_FILES: Final = (".cer", ".crt", ".der", ".pem", ".p7b", ".p7c", ".p12", ".pfx", ".jks", ".keystore")
_ONE_FILES: Final = (".cer", ".crt")
_ONE_TYPES: Final = frozenset(f"application/{kind}" for kind in ("pkix-cert", "x-x509-ca-cert", "x-x509-user-cert"))
_CERTIFICATE_TYPES: Final = frozenset(
    f"application/{kind}"
    for kind in ("pkix-cert", "x-x509-ca-cert", "x-x509-user-cert", "x-pem-file", "x-pkcs7-certificates", "x-pkcs12")
)


def is_mail(text: bytes) -> bool:
    """Return whether the text starts with the headers of a mail that says how it is encoded."""
    if not text[:1].isalpha() or not _HEADER.match(text):
        return False
    head = re.split(rb"\r?\n\r?\n", text[:_HEAD], maxsplit=1)[0]
    return bool(_MIME.search(head) and _OF_A_MAIL.search(head))


def is_entity(text: bytes) -> bool:
    """Return whether a text starts with the headers of a part of a mail, as what is signed in one does."""
    return bool(_HEADER.match(text) and _MIME.search(text[:_HEAD]))


def mail_parts(text: bytes, name: str) -> Iterator[Part]:
    """Yield the attachments and texts of a mail, decoded; of its web page what its text does not say.

    Raises:
        LimitError: larger, longer or more deeply nested than a mail with certificates is.
    """
    return _parts_of(text, name, 0, count())


def _parts_of(text: bytes, name: str, depth: int, numbers: Iterator[int]) -> Iterator[Part]:
    """Yield the parts of a mail, and of those in it; each mail has a number."""
    if len(text) > _MAX_BYTES:
        raise LimitError("files.error.too_large", name=name, limit=size_text(_MAX_BYTES))
    text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    _refuse_hard_work(text, name)
    parsed = _parsed(text)
    yield from _around(parsed)
    leaves = list(_leaves(parsed, numbers, next(numbers)))
    said = sum(_payload(part).count(BEGIN) for part, _ in leaves if part.get_content_type() == "text/plain")
    for part, among in leaves:
        payload = _payload(part)
        sealed = _sealed(part, payload)
        if not (payload or sealed or _is_certificate_file(part)) or _is_signature(part) or _is_beside(part, payload):
            continue
        if isinstance(sealed, InputError):
            yield Part(b"", _file_name(part), error=sealed)
            continue
        inside = sealed is not None or is_mail(payload)
        if inside and depth < _MAX_INSIDE:
            yield from _parts_of(payload if sealed is None else sealed, name, depth + 1, numbers)
            continue
        again = None
        if part.get_content_type() == "text/html":
            yield Part(b"\n".join(_TAG.findall(payload)), expected=False)  # an address may hold what it leads to
            payload = _text_of_page(payload)
            again = said if part.get_filename() is None else None
        more = inside or payload.startswith((*ARCHIVES, *OFFICE)) or holds_more(payload)
        expected = more or _is_certificate_file(part) or part.get_content_type() == "message/partial"
        only = _is_one_certificate(part)
        yield Part(payload, _file_name(part), expected=expected, again=again, certificate=only, among=among)
        if str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64":
            behind = _behind_base64(part)
            yield Part(behind, expected=not behind.isascii())


def _text_of_page(page: bytes) -> bytes:
    """Return the text of a web page."""
    from html import unescape  # its table of names is for pages alone

    text = _TAG.sub(b"\n", page).replace(b"&nbsp;", b" ")
    return unescape(text.decode("latin-1")).encode("latin-1", "replace")


def _sealed(part: Message, payload: bytes) -> bytes | InputError | None:
    """Return what a signed mail holds, or why that is not known; ``None`` of what is no signed or encrypted mail.

    Certificates alone (``smime-type=certs-only``) are an attachment like any other.
    """
    if part.get_content_type() not in _SEALED:
        return None
    kind = str(part.get_param("smime-type", "")).lower()
    if content_kind(payload) is not None or kind in {"enveloped-data", "authenveloped-data"}:
        return InputError("sources.error.mail_encrypted")
    from pkitools.containers.signed_mail import content_of  # most mail is not signed

    try:
        content = content_of(payload)
    except InputError as error:
        return error
    return InputError("sources.error.mail_signed") if content is None and kind == "signed-data" else content


def _leaves(part: Message, numbers: Iterator[int], among: int) -> Iterator[tuple[Message, int]]:
    """Yield the parts that hold no others, each with the number of the mail it is in.

    A mail inside another that is encoded, which RFC 2046 forbids, is such a part.
    """
    if not part.is_multipart() or _is_encoded_mail(part):
        yield part, among
        return
    among = next(numbers) if part.get_content_maintype() == "message" else among
    for each in part.get_payload():
        if not isinstance(each, str):
            yield from _leaves(each, numbers, among)


def _is_encoded_mail(part: Message) -> bool:
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    return part.get_content_maintype() == "message" and encoding in {"base64", "quoted-printable"}


def _payload(part: Message) -> bytes:
    """Return what a part holds, decoded."""
    if part.is_multipart():  # the parser took the encoded text for the body of the mail inside
        inside = part.get_payload(0)
        octets = b"" if isinstance(inside, str) else inside.as_bytes()
        encoding = str(part["Content-Transfer-Encoding"]).strip().lower()
        return _from_base64(octets) if encoding == "base64" else a2b_qp(octets)
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _from_base64(octets: bytes) -> bytes:
    """Return what it stands for; what is no base64 as it is: a mail that only says that it is encoded."""
    try:
        return a2b_base64(octets.strip(), strict_mode=False)
    except Error:
        return octets


def _behind_base64(part: Message) -> bytes:
    """Return what stands behind the base64 of a part: who decodes it passes over that."""
    written = part.get_payload()
    octets = written.encode("utf-8", "replace") if isinstance(written, str) else b""
    base64 = _BASE64.match(octets)
    return octets[base64.end() :] if base64 else b""


def _around(parsed: Message) -> Iterator[Part]:
    """Yield what stands before and behind the parts, where mail programs show nothing, and the names of headers."""
    for part in parsed.walk():
        yield Part("\n".join(part.keys()).encode("ascii", "replace"), expected=False)
        for words in (part.preamble, part.epilogue):
            if words and words.strip():
                yield Part(words.encode("ascii", "surrogateescape"), expected=False)


def _parsed(text: bytes) -> Message:
    from email.parser import BytesFeedParser  # few files are mail

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


def _is_signature(part: Message) -> bool:
    """Return whether a part is the signature of the mail; certificates may come under its kind, by their own name."""
    return part.get_content_type() in _SIGNATURES and not _is_certificate_file(part)


def _is_beside(part: Message, payload: bytes) -> bool:
    """Return whether an attachment is the logo under a signature, or a letter: people send those along."""
    return not _is_certificate_file(part) and is_to_look_at(payload)


def _is_certificate_file(part: Message) -> bool:
    """Return whether an attachment is meant to be a certificate, by its name or kind: then it has to be readable."""
    name = (part.get_filename() or "").lower()
    return name.endswith(_CERTIFICATE_FILES) or part.get_content_type() in _CERTIFICATE_TYPES


def _is_one_certificate(part: Message) -> bool:
    """Return whether an attachment is said to be a certificate, and not something with one in it."""
    return (part.get_filename() or "").lower().endswith(_ONE_FILES) or part.get_content_type() in _ONE_TYPES


def _file_name(part: Message) -> str | None:
    name = part.get_filename()
    return name[:_MAX_NAME] if name else None
