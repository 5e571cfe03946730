"""What a file turns out to be: SAML metadata, a JWKS or a CPA; read, and nothing judged."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, TypeAlias

from pkitools.arguments import octets, text
from pkitools.errors import InputError
from pkitools.frozen import dataclass, replace
from pkitools.metadata.agreements import AGREEMENT, Agreement, read_agreement
from pkitools.metadata.jwks import KeySet, is_json, read_jwks
from pkitools.metadata.saml import METADATA, SamlMetadata, read_saml
from pkitools.metadata.signatures import SignatureStatus, Verified, verify
from pkitools.metadata.xml_tree import as_utf8, parse_xml
from pkitools.x509 import CertificateFacts
from pkitools.x509.reader import read_if_readable

Document: TypeAlias = SamlMetadata | KeySet | Agreement
"""What a file says."""

_HEAD: Final = 4096
_CPA_ROOT: Final = "CollaborationProtocolAgreement"


class MetadataKind(StrEnum):
    """What a file is."""

    SAML = "saml"
    JWKS = "jwks"
    CPA = "cpa"


@dataclass(frozen=True, slots=True)
class ReadMetadata:
    """A file read.

    Args:
        name: what to call it.
        kind: what it is.
        document: what it says; of SAML metadata that is signed, what is signed of it.
        written: what all of it says.
        verified: of SAML metadata what came of its signature.
    """

    name: str
    kind: MetadataKind
    document: Document
    written: Document
    verified: Verified = Verified(SignatureStatus.ABSENT)

    @property
    def names(self) -> tuple[str, ...]:
        """What it is about, as written: entity IDs, key IDs, or the agreement and its parties."""
        return tuple(filter(None, _names(self.document)))


def _names(document: Document) -> Iterator[str]:
    if isinstance(document, SamlMetadata):
        yield from (entity.entity_id for entity in document.entities)
    elif isinstance(document, KeySet):
        yield from (key.kid or "" for key in document.keys)
    else:
        yield document.id
        yield from (number for party in document.parties for _, number in party.ids)


def read_metadata(data: bytes, name: str) -> ReadMetadata:
    """Return what a file says: SAML metadata, a JWKS or a CPA.

    The signature of SAML metadata is verified, and what is returned is what it is over.

    Args:
        data: its content.
        name: what to call it in messages.

    Raises:
        InputError: it is none of them, is not well formed, or has something in it that could act.
        LimitError: it is larger or deeper than :mod:`pkitools.limits` allows.
    """
    data, name = octets(data, "data"), text(name, "name")
    if not data:
        raise InputError("files.error.empty", name=name)
    plain = as_utf8(data, name)
    if is_json(plain):
        keys = read_jwks(plain, name)
        return ReadMetadata(name, MetadataKind.JWKS, keys, keys)
    if not plain[:_HEAD].lstrip().startswith(b"<"):
        raise InputError("metadata.error.neither", name=name)
    root = parse_xml(plain, name)
    if root.namespace == AGREEMENT and root.name == _CPA_ROOT:
        agreement = read_agreement(root)
        return ReadMetadata(name, MetadataKind.CPA, agreement, agreement)
    if root.namespace != METADATA:
        raise InputError("metadata.error.other", name=name, root=root.name)
    return _saml(read_saml(root), plain, name)


def _saml(written: SamlMetadata, plain: bytes, name: str) -> ReadMetadata:
    verified = verify(plain, written)
    signed = written
    if verified.octets is not None:
        root = parse_xml(verified.octets, name)
        # what is signed may be anything: of what is no metadata nothing is left to judge
        signed = read_saml(root) if root.namespace == METADATA else replace(written, entities=())
    return ReadMetadata(name, MetadataKind.SAML, signed, written, verified)


def certificates_of(metadata: ReadMetadata) -> dict[bytes, CertificateFacts]:
    """Return what is known of each certificate of a document, by its DER; those that cannot be read are absent."""
    ders = dict.fromkeys((*_ders(metadata.document), *filter(None, (metadata.verified.signer,))))
    read = ((der, read_if_readable(der)) for der in ders)
    return {der: facts for der, facts in read if facts is not None}  # of the others a rule tells


def _ders(document: Document) -> Iterator[bytes]:
    if isinstance(document, SamlMetadata):
        held = (der for entity in document.entities for key in entity.keys for der in key.certificates)
    elif isinstance(document, KeySet):
        held = (der for key in document.keys for der in key.certificates)
    else:
        held = (each.der for party in document.parties for each in party.certificates)
    yield from (der for der in held if der is not None)
