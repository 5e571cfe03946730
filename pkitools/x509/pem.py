"""Find the PEM blocks in any text (RFC 7468, read leniently), in one pass over it.

Accepted: text before, between and behind the blocks, any line ends, indentation, headers in the old style
(``Proc-Type``), line breaks written as ``\\n`` (PEM inside JSON or an environment variable), the quote marks of a
mail. A block that is broken is reported in its place; the next one is still found.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import Final

from pkitools.errors import InputError, LimitError
from pkitools.frozen import dataclass, field
from pkitools.limits import MAX_PEM_BLOCKS
from pkitools.text import pattern
from pkitools.x509.base64_text import from_base64

BEGIN: Final = b"-----BEGIN "
_DASHES: Final = b"-----"
_MAX_LABEL: Final = 64
# a dash, also a long one, then BEGIN or END of something known, whatever white space came between
_ARMOUR: Final = pattern(
    rb"(?:-|\xe2\x80[\x90-\x95]|[\x96\x97])[ \t]{0,4}(?:BEGIN|END)(?:[ \t+]|\xc2?\xa0|%20){1,4}"
    rb"(?:(?:X509|TRUSTED|PKCS|NEW)[ #]?7?(?:[ \t+]|\xc2?\xa0|%20|%23){0,4})?(?:CERTIFICATE|PKCS7|CRL|7)",
    re.IGNORECASE,
)
# base64 of how a certificate, a request or a list begins (30 82 .. .. 30 8.), PKCS#7 (06 09) and PKCS#12 (02 01 03)
FIRST_OCTETS: Final = rb"MI[I-L][A-Za-z0-9+/]{2}(?:[DTjz]C[A-D]|[AQgw]YJ|[AQgw]IBA[w-z])"
_FIRST: Final = pattern(rb"(?<![A-Za-z0-9+/])" + FIRST_OCTETS)
# of a SEQUENCE, its slashes and line ends perhaps escaped as in JSON or a URL; and of "-----BEGIN " wherever it stands
_BASE64: Final = pattern(
    rb"MI[IGH](?:[A-Za-z0-9+/]|\\[/nr]|%(?:2[BFbf]|0[ADad])){60}"
    rb"|LS0tLS1CRUdJTi|0tLS0tQkVHSU4g|tLS0tLUJFR0lOI"
)
_BASE64_STARTS: Final = (b"MII", b"MIJ", b"MIK", b"MIL", b"MIG", b"MIH", b"LS0tLS1C", b"0tLS0tQk", b"tLS0tLUJ")
_PIECE: Final = 256 * 1024
_LONGEST_SIGN: Final = 128  # of a match, and more
_DER_IN_DER: Final = pattern(rb"\x30\x82..\x30[\x80-\x83]", re.DOTALL)
_ALPHANUMERIC: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PADDING: Final = pattern(rb"[\x00\s]*")
_MAX_TIDIED: Final = 1024 * 1024  # with headers, escapes or quote marks; only long CRLs are larger, and they have none
_NOT_BASE64: Final = (b":", b"\\", b">")
_QUOTED: Final = pattern(rb"(?m)^(?:[ \t]*>)+")  # what a mail program puts before the lines of an answer


# DER written out: between the octets stands white space, or whatever else makes them a list, an array, a string of a
# program or an address. 06 09 2A 86 is how PKCS#7 goes on, 02 01 00 how a private key does; the last is a locked one.
_BETWEEN: Final = b" \t\r\n\\x" + bytes(set(range(0x21, 0x7F)) - set(_ALPHANUMERIC))
_PKCS7, _PRIVATE = rb"06~09~2[Aa]~86", rb"02~01~00~(?:02~8[12]|30~..~06)"
_LOCKED: Final = rb"30~..~06~0[9Aa]~2[Aa]~86~48~86~[Ff]7~0[Dd]~01~(?:05|0[Cc])"
_WRITTEN_OUT: Final = pattern(
    b"30~(?:82|83~..)~..~..~(?:%b)".replace(b"%b", b"|".join((rb"30~8[1-3]", _PKCS7, _PRIVATE, _LOCKED)))
    .replace(b"..", rb"[0-9A-Fa-f]{2}")
    .replace(b"~", rb"[\s!-/:-@\[-`{-~]{0,3}(?:0x|x)?")
)
# it begins there, but for the count that a dump has in front: in the middle of a key these octets mean nothing
_AMID_OCTETS: Final = pattern(rb"(?<![0-9]{6})[0-9A-Fa-f](?:[ ,;:.%-]|)\Z")


_CIPHER: Final = pattern(rb"(?m)^DEK-Info:[ \t]{0,8}([A-Z0-9-]{1,40},[0-9A-Fa-f]{1,64})[ \t]*$")


@dataclass(frozen=True, slots=True)
class Block:
    """One PEM block.

    Args:
        number: from 1.
        label: what stands behind BEGIN.
        body: the decoded content; empty when ``error`` is set.
        encrypted: its headers say that the body is encrypted.
        cipher: with what, as its header ``DEK-Info`` has it (RFC 1421 4.6.1.3): ``AES-256-CBC,`` and the start in hex.
        error: why it could not be decoded.
    """

    number: int
    label: str
    body: bytes = field(repr=False)
    encrypted: bool = False
    cipher: str = ""
    error: InputError | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands outside the blocks: where it begins and ends."""

    start: int
    end: int


def blocks(text: bytes) -> Iterator[Block]:
    """Yield every block. Raises :class:`LimitError` beyond :data:`~pkitools.limits.MAX_PEM_BLOCKS`."""
    return (part for part in parts(text) if isinstance(part, Block))


def parts(text: bytes) -> Iterator[Block | Gap]:
    """Yield every block, and what stands before, between and behind them; raises as :func:`blocks`."""
    number = behind = 0
    at = text.find(BEGIN)
    while at >= 0:
        number += 1
        if number > MAX_PEM_BLOCKS:
            raise LimitError("sources.error.too_many_blocks", limit=MAX_PEM_BLOCKS)
        yield Gap(behind, at)
        block, behind = _block(text, at + len(BEGIN), number)
        yield block
        at = text.find(BEGIN, behind)
    yield Gap(behind, len(text))


def looks_like_more(text: bytes, gap: Gap) -> bool:
    """Return whether what stands outside the blocks may be a certificate all the same: nobody may pass over it.

    A line of armour that is damaged, base64 of DER or of PEM, DER itself, also written out in hexadecimal, and text of
    two octets a character are that; what people and programs write around their blocks is not.
    """
    if gap.end - gap.start < _LONGEST_SIGN and not text[gap.start : gap.end].strip():
        return False  # nothing, or the end of a line, as around most blocks
    if _has_armour(text, gap) or _has_base64(text, gap) or _has_hexadecimal(text, gap):
        return True
    if text.find(b"\x30\x82", gap.start, gap.end) >= 0 and _DER_IN_DER.search(text, gap.start, gap.end):
        return True
    zero = text.find(b"\x00", gap.start, gap.end)
    return zero >= 0 and _PADDING.fullmatch(text, zero, gap.end) is None


def _has_armour(text: bytes, gap: Gap) -> bool:
    """Return whether a line of armour stands there; its words are looked for first, which costs a tenth."""
    for start in range(gap.start, gap.end, _PIECE):
        stop = min(start + _PIECE + _LONGEST_SIGN, gap.end)
        piece = text[start:stop].lower()
        if (b"begin" in piece or b"end" in piece) and _ARMOUR.search(text, start, stop):
            return True
    return False


def _has_base64(text: bytes, gap: Gap) -> bool:
    if not any(text.find(start, gap.start, gap.end) >= 0 for start in _BASE64_STARTS):
        return False
    return any(sign.search(text, gap.start, gap.end) is not None for sign in (_BASE64, _FIRST))


def _has_hexadecimal(text: bytes, gap: Gap) -> bool:
    """Return whether DER stands there written out, as a certificate, a request, a list or PKCS#7 begins."""
    pieces = ((start, min(start + _PIECE + _LONGEST_SIGN, gap.end)) for start in range(gap.start, gap.end, _PIECE))
    return any(
        _AMID_OCTETS.search(text, max(found.start() - 8, gap.start), found.start()) is None
        for start, stop in pieces
        if _may_have_hexadecimal(text[start:stop])
        for found in _WRITTEN_OUT.finditer(text, start, stop)
    )


def _may_have_hexadecimal(piece: bytes) -> bool:
    octets = piece.replace(b"0x", b"").translate(None, _BETWEEN)
    return b"3082" in octets or b"3083" in octets


def holds_more(octets: bytes) -> bool:
    """Return whether something of which nothing was read may hold a certificate all the same."""
    return looks_like_more(octets, Gap(0, len(octets)))


def holds_written(octets: bytes) -> bool:
    """Return whether in what is no text, such as a picture, a line of armour or base64 stands all the same."""
    whole = Gap(0, len(octets))
    return _has_armour(octets, whole) or _has_base64(octets, whole)


def _block(text: bytes, at: int, number: int) -> tuple[Block, int]:
    """Return the block whose label starts at ``at``, and where to look for the next."""
    close = text.find(_DASHES, at, at + _MAX_LABEL + len(_DASHES))
    label = text[at:close].decode("ascii", "backslashreplace") if close >= 0 else ""
    if close < 0 or "\n" in label:
        return _bad(number, "", "no_label"), at
    start = close + len(_DASHES)
    stop = text.find(_DASHES, start)
    ending = b"-----END " + text[at:close] + _DASHES
    if stop < 0 or not text.startswith(ending, stop):
        code = "not_closed" if stop < 0 or text.startswith(BEGIN, stop) else "wrong_end"
        return _bad(number, label, code), stop if stop >= 0 else len(text)
    return _decoded(text, start, stop, number, label), stop + len(ending)


def _bad(number: int, label: str, code: str) -> Block:
    error = InputError(f"sources.error.pem_{code}", number=number, label=label)
    return Block(number, label, b"", error=error)


def _decoded(text: bytes, start: int, stop: int, number: int, label: str) -> Block:
    try:
        headers, octets = _content(text, start, stop)
    except binascii.Error:
        return _bad(number, label, "not_base64")
    if not octets:
        return _bad(number, label, "no_content")
    stated = _CIPHER.search(headers) if headers else None
    cipher = stated[1].decode("ascii") if stated else ""
    return Block(number, label, octets, encrypted=b"ENCRYPTED" in headers, cipher=cipher)


def _content(text: bytes, start: int, stop: int) -> tuple[bytes, bytes]:
    """Return the headers and what the body stands for. Raises :class:`binascii.Error`."""
    if not any(text.find(odd, start, stop) >= 0 for odd in _NOT_BASE64):
        return b"", from_base64(text, start, stop)
    if stop - start > _MAX_TIDIED:
        raise binascii.Error
    content = text[start:stop].replace(b"\\r", b"").replace(b"\\n", b"\n")
    headers, body = _without_headers(_QUOTED.sub(b"", content))
    return headers, from_base64(body)


def _without_headers(content: bytes) -> tuple[bytes, bytes]:
    if b":" not in content:  # no base64 has one
        return b"", content
    headers, blank, body = content.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")
    return (headers, body) if blank else (b"", content)
