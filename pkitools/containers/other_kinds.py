"""What bytes are that hold nothing pkitools reads, by their structure: a cause is read and never guessed.

A kind is a slug; ``sources.kind.<slug>`` names it in words. Structures are told apart by the types of their first
fields, as in :mod:`pkitools.containers.structure`; the sources stand beside each.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from typing import Final, TypeAlias

from pkitools.containers.model import ItemKind
from pkitools.containers.structure import HASH_ARCS, Wrapper, identify, outermost
from pkitools.text import pattern
from pkitools.x509 import pem
from pkitools.x509.der import (
    BIT_STRING,
    GENERALIZED_TIME,
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    STRING_TYPES,
    UTC_TIME,
    DERError,
    Node,
    encoded,
    integer,
    iterate,
    oid,
    walk,
)

UNKNOWN: Final = "unknown"

JKS_MAGICS: Final = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
"""How keystores of Java begin: JKS and JCEKS."""

ARCHIVES: Final = (
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\xfd7zXZ\x00",
    *(b"BZh%d1AY&SY" % level for level in range(1, 10)),
    b"\x28\xb5\x2f\xfd",
    b"LZIP\x01",
    b"\x04\x22\x4d\x18",
    b"\x1f\x9d",
    b"MSCF\x00\x00\x00\x00",
)
"""How archives and compressed files begin: ZIP, gzip, 7z, RAR, xz, bzip2, Zstandard, lzip, LZ4, compress, Cabinet."""

OFFICE: Final = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x78\x9f\x3e\x22")
"""How what Outlook keeps mails and their attachments in begins: OLE (.msg) and TNEF (winmail.dat)."""

_ENOUGH: Final = 7
_MAX_LOOKED_AT: Final = 1024 * 1024  # what is no kind of ours is walked through this far, to say whether it is DER
_MAX_JSON: Final = 256 * 1024  # parsed, only to say that it is JSON
_SMIME: Final = "1.2.840.113549.1.9.16.1."
# RFC 5652, RFC 3274, RFC 5083, RFC 7292: what the object identifier in front says of a ContentInfo or a bag
_CONTENT: Final = {
    "1.2.840.113549.1.7.1": "cms_data",
    "1.2.840.113549.1.7.2": "pkcs7",
    "1.2.840.113549.1.7.3": "cms_enveloped",
    "1.2.840.113549.1.7.4": "cms_enveloped",
    "1.2.840.113549.1.7.5": "cms_digested",
    "1.2.840.113549.1.7.6": "cms_encrypted",
    f"{_SMIME}2": "cms_authenticated",
    f"{_SMIME}9": "cms_compressed",
    f"{_SMIME}23": "cms_enveloped",
}
_BAG_ARCS: Final = ("1.2.840.113549.1.12.10.1.", "1.2.840.113549.1.9.22.", "1.2.840.113549.1.9.23.")
_SSH_KEY: Final = (
    rb"(?:ssh-(?:rsa|dss|ed25519|ed448)|ecdsa-sha2-nistp\d+|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)"
)
_WHITE: Final = rb"\s{0,4096}+"  # before what says what it is: nobody reads on through 64 MiB of line ends
# the first octets of files that people hand over by mistake; RFC 4253, RFC 4716, RFC 9580 and the makers' own
_FORMS: Final[tuple[tuple[str, re.Pattern[bytes]], ...]] = tuple(
    (slug, pattern(start, re.DOTALL))
    for slug, start in (
        # ZIP archives by their first entry: ECMA-376 part 2 (docx, xlsx), OpenDocument part 2 (odt)
        ("office", rb"PK\x03\x04.{26}(?:\[Content_Types\]\.xml|_rels/\.rels|mimetypeapplication/vnd\.oasis\.)"),
        ("zip", b"|".join(map(re.escape, ARCHIVES))),
        ("pdf", rb"%PDF"),
        ("ssh_certificate", rb"[a-z0-9@.-]{3,40}-cert-v0[01]@openssh\.com "),
        ("ssh", rb"(?:[^\n]{1,1000} )?" + _SSH_KEY + rb" AAAA|ssh-|---- BEGIN SSH2 PUBLIC KEY"),
        ("ssh_private_key", rb"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY|SSH PRIVATE KEY FILE FORMAT"),
        ("putty", rb"PuTTY-User-Key-File-\d"),
        ("pgp", rb"-----BEGIN PGP|.{8}KBXf"),
        # a packet of a public or secret key: its tag, its length, and the version of the key
        ("pgp", rb"[\x94\x98][\x40-\xff][\x03-\x06]|[\x95\x99]..[\x03-\x06]"),
        ("pgp", rb"[\xc5\xc6](?:[\x40-\xbf]|[\xc0-\xdf].|\xff....)[\x03-\x06]"),
        ("age", rb"AGE-SECRET-KEY-1|age1|age-encryption\.org/"),
        ("ebcdic", rb"\x4c\x6f\xa7\x94\x93"),  # <?xml in any of its code pages
        ("image", rb"\x89PNG|\xff\xd8\xff|GIF8|RIFF.{4}WEBP|BM.{4}\x00{4}"),
        ("ole", re.escape(OFFICE[0])),
        ("tnef", re.escape(OFFICE[1])),
        ("sqlite", rb"SQLite format 3\x00"),
        ("java_object", rb"\xac\xed\x00\x05"),
        ("bks", rb"\x00\x00\x00[\x00-\x02]\x00\x00\x00\x14.{20}\x00\x00"),
        ("microsoft_key", rb"\x1e\xf1\xb5\xb0|[\x06\x07]\x02\x00\x00\x00[\x22\x24\xa4]\x00\x00"),
        ("microsoft_store", rb"\x00\x00\x00\x00CERT"),
        (
            "openssl_text",
            _WHITE + rb"Certificate(?: Request| Revocation List \(CRL\))?:[ \t\r]{0,80}\n\s{1,4096}+(?:Data|Version)",
        ),
        ("hexadecimal", _WHITE + rb"30[\s:]?8[0-4](?:[\s:]{0,2}[0-9A-Fa-f]{2}){30}"),
        ("json", _WHITE + rb"(?:\{\s{0,4096}+[\"}]|\[\s{0,4096}+[\[{\"\]])"),
    )
)
_TO_LOOK_AT: Final = frozenset({"image", "pdf"})
_CARD_VERIFIABLE: Final = (b"\x7f\x21", b"\x67\x81", b"\x67\x82")  # BSI TR-03110-3 C.1, C.2: certificate, request
_LENGTHS: Final = b"\x80\x81\x82\x83\x84"
_SINGLE: Final = frozenset({INTEGER, BIT_STRING, OCTET_STRING, OBJECT_IDENTIFIER, UTC_TIME, GENERALIZED_TIME, 0x31})
_OF_LENGTH: Final = frozenset({"indefinite_length", "length_octets", "length_not_shortest"})  # of DER, and not of BER
_PRIME_FIELDS: Final = "1.2.840.10045.1."
_FOREIGN_LABELS: Final = (("PGP ", "pgp"), ("AGE ", "age"), ("SSH2 ", "ssh"))

_Fields: TypeAlias = list[Node]
_Look: TypeAlias = Callable[[bytes, _Fields, list[int]], str | None]


def kind_code(slug: str) -> str:
    """Return the code under which a kind is named in words."""
    return f"sources.kind.{slug}"


def what_instead(data: bytes) -> str:
    """Return the slug of what these bytes are, also when they are what pkitools reads; ``unknown`` otherwise."""
    if data.startswith(JKS_MAGICS):
        return "jks"
    return _known(data) or _of_pem(data) or foreign_form(data) or _of_der(data) or UNKNOWN


def _known(data: bytes) -> str | None:
    known = identify(data)
    if known is None:
        return None
    return (content_kind(data) if known[0] is Wrapper.PKCS7 else None) or known[0].value


def foreign_form(data: bytes) -> str | None:
    """Return the slug of a file form that is neither PEM nor DER, known by how it begins."""
    found = next((slug for slug, pattern in _FORMS if pattern.match(data)), None)
    return None if found == "json" and not _is_json(data) else found


def is_to_look_at(data: bytes) -> bool:
    """Return whether a file is a picture or a PDF with nothing of ours written in it, as logos in a mail are."""
    return foreign_form(data) in _TO_LOOK_AT and not pem.holds_written(data)


def _is_json(data: bytes) -> bool:
    if len(data) > _MAX_JSON:
        return False
    import json  # no other file needs it

    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def foreign_label(label: str) -> str | None:
    """Return the slug of a PEM block that another world writes, known by its label: its body need not be base64."""
    return next((slug for start, slug in _FOREIGN_LABELS if label.startswith(start)), None)


def content_kind(data: bytes) -> str | None:
    """Return the slug of a CMS or PKCS#7 value of another type than signed data; ``None`` of signed data."""
    try:
        first = next(iterate(data, outermost(data)), None)
        slug = _CONTENT.get(oid(data, first)) if first is not None else None
    except DERError:
        return None
    return None if slug == "pkcs7" else slug


def _of_pem(data: bytes) -> str | None:
    if pem.BEGIN not in data:
        return None
    for block in pem.blocks(data):
        if foreign := foreign_label(block.label):
            return foreign
        if block.error is not None:
            return "broken_pem"
        return kind_of_block(block)
    return None


def kind_of_block(block: pem.Block) -> str:
    """Return the slug of what a PEM block holds."""
    if block.label == "OPENSSH PRIVATE KEY":
        return "openssh_key"
    if block.label.endswith("PARAMETERS"):
        return "key_parameters"
    if block.label == "DSA PUBLIC KEY":  # of OpenSSL before 1.0: numbers only
        return "public_key"
    return _known(block.body) or _of_der(block.body) or UNKNOWN


def _of_der(data: bytes) -> str | None:
    """Return what a first value is that is not one of ours, or why it is not DER; ``None`` when it is no DER at all."""
    if data.startswith(_CARD_VERIFIABLE):
        return "card_verifiable"
    if data[:2] == b"\x30\x80":
        return "ber"
    if data[:1] != b"\x30" or data[1:2] not in {bytes([octet]) for octet in _LENGTHS}:
        return _short(data)
    try:
        whole = outermost(data)
    except DERError:
        return "cut_off"
    return _structure(data, whole)


def _short(data: bytes) -> str | None:
    """Return what a value of fewer than 128 octets is, or one of another type; text may begin with the same octets."""
    try:
        whole = outermost(data)
    except DERError:
        return None
    if whole[3] != len(data):
        return None
    if whole[0] == SEQUENCE:
        return _structure(data, whole)
    return "single_value" if whole[0] in _SINGLE or whole[0] in STRING_TYPES else None


def _structure(data: bytes, whole: Node) -> str:
    try:
        found = _looked_at(data, whole)
        if found is None and whole[3] <= _MAX_LOOKED_AT:
            for _ in walk(data, whole):  # raises where it is not DER
                pass
    except DERError as error:
        return "ber" if error.fault in _OF_LENGTH else "malformed"
    return found or UNKNOWN


def _looked_at(data: bytes, whole: Node) -> str | None:
    fields = list(islice(iterate(data, whole), _ENOUGH))
    tags = _tags(fields)
    return next((slug for look in _LOOKS if (slug := look(data, fields, tags))), None)


def _tags(nodes: _Fields) -> list[int]:
    return [node[0] for node in nodes]


def _inside(data: bytes, node: Node) -> _Fields:
    return list(islice(iterate(data, node), _ENOUGH)) if node[0] & 0x20 else []


def _named(data: bytes, fields: _Fields, tags: list[int]) -> str | None:
    if tags[:1] != [OBJECT_IDENTIFIER]:
        return None
    dotted = oid(data, fields[0])
    if tags[1:2] == [0xA0] and dotted in _CONTENT:
        return _CONTENT[dotted]
    if dotted.startswith(_BAG_ARCS):
        return "pkcs12_bag"
    return "oid_and_value" if len(tags) <= 2 else None


def _signed(data: bytes, fields: _Fields, tags: list[int]) -> str | None:
    if tags[:3] != [SEQUENCE, SEQUENCE, BIT_STRING]:
        return None
    body = _tags(_inside(data, fields[0]))
    # RFC 5755 4.1 (v2), and v1, which leaves the version out
    numbered = body[1:] if body[:1] == [INTEGER] else body
    if numbered[2:5] == [SEQUENCE, INTEGER, SEQUENCE] and numbered[0] in {SEQUENCE, 0xA0, 0xA1}:
        return "attribute_certificate"
    if body == [SEQUENCE, 0x16]:
        return "spkac"
    if GENERALIZED_TIME in body[1:3] and body[0] in {0xA0, 0xA1, 0xA2}:
        return "ocsp_basic"  # RFC 6960 4.2.1
    return None


def _unsigned(data: bytes, fields: _Fields, tags: list[int]) -> str | None:
    bare = tags[1:] if tags[:1] == [0xA0] else tags
    if bare[:6] == [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE]:
        return "unsigned_certificate"
    if tags[:4] == [INTEGER, SEQUENCE, SEQUENCE, 0xA0]:
        return "unsigned_request"
    return None


def _holding(data: bytes, fields: _Fields, tags: list[int]) -> str | None:
    """X.509 11.2.3, a pair of cross certificates; and certificates one behind the other."""
    if tags in ([0xA0], [0xA1], [0xA0, 0xA1]) and all(_is_certificate(data, *_inside(data, one)) for one in fields):
        return "certificate_pair"
    return "certificate_sequence" if fields and _is_certificate(data, fields[0]) else None


def _is_certificate(data: bytes, *nodes: Node) -> bool:
    known = identify(encoded(data, nodes[0])) if nodes else None
    return known is not None and known[0] is ItemKind.CERTIFICATE


def _ocsp_request(data: bytes, fields: _Fields, tags: list[int]) -> str | None:
    """RFC 6960 4.1.1."""
    if tags not in ([SEQUENCE], [SEQUENCE, 0xA0]):
        return None
    requests = [node for node in _inside(data, fields[0]) if node[0] == SEQUENCE]
    for request in _inside(data, requests[0]) if requests else ():
        asked = _inside(data, request)
        certificate = _tags(_inside(data, asked[0])) if asked else []
        return "ocsp_request" if certificate == [SEQUENCE, OCTET_STRING, OCTET_STRING, INTEGER] else None
    return None


def _time_stamp(data: bytes, fields: _Fields, tags: list[int]) -> str | None:
    """RFC 3161 2.4."""
    if tags[:2] == [INTEGER, SEQUENCE] and _tags(_inside(data, fields[1])) == [SEQUENCE, OCTET_STRING]:
        return "time_stamp_request"
    status = _tags(_inside(data, fields[0])) if tags in ([SEQUENCE], [SEQUENCE, SEQUENCE]) else []
    if status[:1] != [INTEGER] or not set(status[1:]) <= {SEQUENCE, BIT_STRING}:
        return None
    if len(tags) == 1:
        return "time_stamp_response"
    token = _inside(data, fields[1])
    is_signed = bool(token) and token[0][0] == OBJECT_IDENTIFIER and oid(data, token[0]) in _CONTENT
    return "time_stamp_response" if is_signed else None


def _management(data: bytes, fields: _Fields, tags: list[int]) -> str | None:
    """RFC 9810 5.1: a header with two GeneralNames, and a body with a tag of its own; RFC 4211 3."""
    first = _tags(_inside(data, fields[0])) if tags[:1] == [SEQUENCE] else []
    names = first[1:3]
    if first[:1] == [INTEGER] and len(names) == 2 and all(0x81 <= tag <= 0xA8 for tag in names):
        return "cmp" if tags[1:2] and 0xA0 <= tags[1] <= 0xBA else None
    request = _inside(data, _inside(data, fields[0])[0]) if first[:1] == [SEQUENCE] else []
    template = _tags(_inside(data, request[1])) if _tags(request[:2]) == [INTEGER, SEQUENCE] else []
    return "crmf" if template and all(tag & 0xC0 == 0x80 for tag in template) else None


def _numbers(data: bytes, fields: _Fields, tags: list[int]) -> str | None:
    """RFC 8017 A.1.1, PKCS #3, RFC 3279 2.3.2 and 2.3.3: numbers, and nothing that says what they are."""
    if not tags or set(tags) != {INTEGER} or len(tags) > 5:
        return None
    if len(tags) != 2:  # p, q and g; of four or five the first may be a key
        return "key_parameters" if len(tags) == 3 else "numbers"
    first, second = (integer(data, node) for node in fields)
    if first.bit_length() < 512 or first % 2 == 0:
        return "numbers"
    if second == 2:
        return "key_parameters"
    # 5 is a generator as well as an exponent
    return "rsa_public_key" if second % 2 and second != 5 and second.bit_length() <= 64 else "numbers"


def _elliptic(data: bytes, fields: _Fields, tags: list[int]) -> str | None:
    """SEC 1 C.2: a curve that is spelled out."""
    inside = _inside(data, fields[1]) if tags[:4] == [INTEGER, SEQUENCE, SEQUENCE, OCTET_STRING] else []
    is_field = bool(inside) and inside[0][0] == OBJECT_IDENTIFIER and oid(data, inside[0]).startswith(_PRIME_FIELDS)
    return "key_parameters" if is_field else None


def _digest(data: bytes, fields: _Fields, tags: list[int]) -> str | None:
    """RFC 8017 9.2: the hash of something."""
    inside = _inside(data, fields[0]) if tags == [SEQUENCE, OCTET_STRING] else []
    is_hash = bool(inside) and inside[0][0] == OBJECT_IDENTIFIER and oid(data, inside[0]).startswith(HASH_ARCS)
    return "digest" if is_hash else None


_LOOKS: Final[tuple[_Look, ...]] = (
    _named,
    _signed,
    _unsigned,
    _holding,
    _ocsp_request,
    _time_stamp,
    _management,
    _numbers,
    _elliptic,
    _digest,
)
