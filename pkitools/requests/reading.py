"""PKCS#10 (RFC 2986) → :class:`RequestFacts`: what a certificate signing request asks, names as encoded."""

from __future__ import annotations

import hashlib
from typing import Final

from pkitools.errors import InputError, LimitError
from pkitools.frozen import dataclass, field
from pkitools.limits import MAX_CERTIFICATE_BYTES
from pkitools.x509.der import (
    BIT_STRING,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    SET,
    DERError,
    Node,
    boolean,
    children,
    contents,
    expect,
    integer,
    oid,
    root,
)
from pkitools.x509.extensions import basic_constraints, subject_alternative_name
from pkitools.x509.given import REQUEST, Given, one_der
from pkitools.x509.keys import read_public_key, read_signature_algorithm
from pkitools.x509.model import DistinguishedName, Extension, GeneralName, PublicKey, SignatureAlgorithm
from pkitools.x509.names import Note, read_name

CHALLENGE_PASSWORD: Final = "1.2.840.113549.1.9.7"  # noqa: S105 -- the OID of an attribute, not a password
_EXTENSION_REQUESTS: Final = frozenset({"1.2.840.113549.1.9.14", "1.3.6.1.4.1.311.2.1.14"})  # PKCS#9, and Microsoft's
_SAN: Final = "2.5.29.17"
_BASIC_CONSTRAINTS: Final = "2.5.29.19"
_MAX_PARTS: Final = 200


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """Everything pkitools knows about one request.

    Args:
        der: the request.
        version: 1 for what RFC 2986 defines.
        subject: the name asked for, as encoded.
        public_key: the key asked for.
        signature_algorithm: how the request is signed.
        extensions: the extensions asked for.
        subject_alternative_name: ``None`` when not asked for.
        asks_ca: it asks to become a CA.
        attributes: OIDs of its attributes.
        sha256: of the DER, hex lower case.
        problems: what could not be decoded, as in :class:`~pkitools.x509.model.CertificateFacts`.
    """

    der: bytes = field(repr=False)
    version: int
    subject: DistinguishedName
    public_key: PublicKey
    signature_algorithm: SignatureAlgorithm
    extensions: tuple[Extension, ...]
    subject_alternative_name: tuple[GeneralName, ...] | None
    asks_ca: bool
    attributes: tuple[str, ...]
    sha256: str
    problems: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<RequestFacts {self.subject.called!r}, sha256 {self.sha256[:16]}…>"

    @property
    def dns_names(self) -> tuple[str, ...]:
        """The DNS names asked for."""
        return tuple(name.value for name in self.subject_alternative_name or () if name.kind == "dns")


def read_request(request: Given, name: str = "CSR") -> RequestFacts:
    """Return the facts of one request.

    Args:
        request: one request as DER, nothing before or behind it, or as PEM; or what else
            :data:`~pkitools.x509.given.Given` names.
        name: what to call it in an error.

    Raises:
        InputError: these bytes are no request.
        LimitError: larger than a request is.
        InvalidValueError: it is nothing that could be a request.
    """
    der = one_der(request, REQUEST, "request")
    if len(der) > MAX_CERTIFICATE_BYTES:
        raise LimitError("requests.error.request_too_large", name=name, limit=MAX_CERTIFICATE_BYTES)
    try:
        return _read(der)
    except DERError as error:
        raise InputError("requests.error.not_a_request", name=name, detail=error.detail) from None


def _read(der: bytes) -> RequestFacts:
    problems: list[str] = []
    note = problems.append
    whole = children(der, root(der, SEQUENCE))
    if [part[0] for part in whole] != [SEQUENCE, SEQUENCE, BIT_STRING]:
        raise DERError("not_signed")
    body, algorithm, _ = whole
    parts = children(der, body)
    if [part[0] for part in parts] not in ([0x02, SEQUENCE, SEQUENCE, 0xA0], [0x02, SEQUENCE, SEQUENCE]):
        raise DERError("request_fields")
    attributes = children(der, parts[3]) if len(parts) == 4 else []
    extensions, kinds = _attributes(der, attributes)
    return RequestFacts(
        der=der,
        version=integer(der, parts[0]) + 1,
        subject=read_name(der, parts[1], "subject", note),
        public_key=read_public_key(der, parts[2], note),
        signature_algorithm=read_signature_algorithm(der, algorithm, note),
        extensions=extensions,
        subject_alternative_name=_san(extensions, note),
        asks_ca=_asks_ca(extensions, note),
        attributes=kinds,
        sha256=hashlib.sha256(der).hexdigest(),
        problems=tuple(problems),
    )


def _attributes(der: bytes, nodes: list[Node]) -> tuple[tuple[Extension, ...], tuple[str, ...]]:
    extensions: list[Extension] = []
    kinds: list[str] = []
    if len(nodes) > _MAX_PARTS:
        raise DERError("how_many", count=len(nodes), kind="Attribute")
    for node in nodes:
        parts = children(der, expect(node, SEQUENCE))
        if [part[0] for part in parts] != [OBJECT_IDENTIFIER, SET]:
            raise DERError("is_none", node[1], kind="Attribute")
        kinds.append(oid(der, parts[0]))
        if kinds[-1] in _EXTENSION_REQUESTS:
            for value in children(der, parts[1]):
                extensions += _extensions(der, value)
    return tuple(extensions), tuple(kinds)


def _extensions(der: bytes, node: Node) -> list[Extension]:
    nodes = children(der, expect(node, SEQUENCE))
    if len(nodes) > _MAX_PARTS:
        raise DERError("how_many", count=len(nodes), kind="Extension")
    found = []
    for extension in nodes:
        parts = children(der, expect(extension, SEQUENCE))
        if not 2 <= len(parts) <= 3:
            raise DERError("is_none", extension[1], kind="Extension")
        critical = boolean(der, parts[1]) if len(parts) == 3 else False
        found.append(Extension(oid(der, parts[0]), critical, contents(der, expect(parts[-1], OCTET_STRING))))
    return found


def _san(extensions: tuple[Extension, ...], note: Note) -> tuple[GeneralName, ...] | None:
    values = [extension.value for extension in extensions if extension.oid == _SAN]
    names: list[GeneralName] = []
    for value in values:
        try:
            names += subject_alternative_name(value, note)
        except DERError:
            note(f"malformed_extension:{_SAN}")
    return tuple(names) if values else None


def _asks_ca(extensions: tuple[Extension, ...], note: Note) -> bool:
    for extension in extensions:
        if extension.oid == _BASIC_CONSTRAINTS:
            try:
                return basic_constraints(extension.value).ca
            except DERError:
                note(f"malformed_extension:{_BASIC_CONSTRAINTS}")
    return False
