"""Is the XML signature of metadata good, and what is it over? Asked of signxml, which the extra ``metadata`` brings.

What is judged afterwards is what the signature is over, and not what stands beside it: a document that was wrapped
around a good signature has nothing signed in it that anybody reads.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pkitools.errors import MissingExtraError, brought_by
from pkitools.frozen import dataclass, field
from pkitools.limits import MAX_RSA_BITS
from pkitools.metadata.saml import SamlMetadata, SignatureFacts
from pkitools.text import pattern

if TYPE_CHECKING:
    from signxml.verifier import SignatureConfiguration

NO_SIGNATURE_LIBRARY: Final = "no_signature_library"
"""The reason of what is not checked without it."""
_SAME_DOCUMENT: Final = pattern(r"#[A-Za-z_][\w.-]*", re.ASCII)


class SignatureStatus(StrEnum):
    """What became of a signature."""

    GOOD = "good"
    ABSENT = "absent"
    BAD = "bad"
    NO_KEY = "no_key"  # no certificate of a kind that verifies XML signatures
    NOT_ASKED = "not_asked"  # what verifies signatures is not installed


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of verifying.

    Args:
        status: it.
        signer: the DER of the certificate whose key made the signature; ``None`` where none did.
        octets: what is signed, in its canonical form; ``None`` where nothing is.
    """

    status: SignatureStatus
    signer: bytes | None = None
    octets: bytes | None = field(default=None, repr=False)


def verify(data: bytes, metadata: SamlMetadata) -> Verified:
    """Return whether the signature of the root was made with a certificate that stands in the document.

    Tried are the certificates of the signature itself, which come in any order (XML Signature 4.5.4), or, where it has
    none, those of the entities. Whether one of them may be trusted, and is still valid, is not asked here.

    Args:
        data: the document, as UTF-8.
        metadata: what it says.
    """
    if metadata.signature is None:
        return Verified(SignatureStatus.ABSENT)
    own = [der for der in metadata.signature.certificates if der is not None]
    tried = own or [der for entity in metadata.entities for der in entity.certificates(signing=True)]
    try:
        with brought_by("metadata"):
            import signxml  # noqa: F401  it is looked for
    except MissingExtraError:
        return Verified(SignatureStatus.NOT_ASKED)
    if not _is_usual(metadata.signature):
        return Verified(SignatureStatus.BAD)
    found = [_verified(data, der) for der in tried[:_MOST_TRIED]]
    good = next((each for each in found if each.status is SignatureStatus.GOOD), None)
    if good is not None:
        return good
    usable = any(each.status is SignatureStatus.BAD for each in found)
    return Verified(SignatureStatus.BAD if usable else SignatureStatus.NO_KEY)


_MOST_TRANSFORMS: Final = 3
_MOST_TRIED: Final = 4  # each costs a pass over the whole document


def _is_usual(signature: SignatureFacts) -> bool:
    """Return whether it is over one thing in this document, in a few steps: each is a pass over all of it."""
    if len(signature.references) != 1:
        return False
    reference = signature.references[0]
    return _is_inside(reference.uri) and len(reference.transforms) <= _MOST_TRANSFORMS


def _is_inside(uri: str | None) -> bool:
    """Return whether a reference is to this document: nothing else is ever resolved."""
    return uri == "" or (uri is not None and _SAME_DOCUMENT.fullmatch(uri) is not None)


def _verified(data: bytes, der: bytes) -> Verified:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import rsa
    from lxml import etree
    from signxml.exceptions import SignXMLException
    from signxml.verifier import XMLVerifier

    try:
        certificate = x509.load_der_x509_certificate(der)
        key = certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return Verified(SignatureStatus.NO_KEY)
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size > MAX_RSA_BITS:
        return Verified(SignatureStatus.NO_KEY)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        result = XMLVerifier().verify(
            data,
            x509_cert=certificate,
            expect_config=_configuration(certificate.not_valid_before_utc),
            id_attribute="ID",
            parser=parser,
        )
    # what signxml raises beside its own for documents of another shape than it reads: all of them verify nothing
    except (SignXMLException, etree.LxmlError, ValueError, TypeError, KeyError, AttributeError, NotImplementedError):
        return Verified(SignatureStatus.BAD)
    assert not isinstance(result, list)  # one reference was asked
    return Verified(SignatureStatus.GOOD, der, result.signed_data)


def _configuration(moment: datetime) -> SignatureConfiguration:
    """Return what is asked of a signature: that of the root, over one thing, by RSA. SHA-1 has a rule of its own."""
    from signxml.algorithms import DigestAlgorithm, SignatureMethod
    from signxml.verifier import SignatureConfiguration

    return SignatureConfiguration(
        location="./",
        expect_references=1,
        signature_methods=frozenset(each for each in SignatureMethod if "RSA" in each.name),
        digest_algorithms=frozenset(DigestAlgorithm),
        ignore_ambiguous_key_info=False,
        verification_time=moment.astimezone(UTC),  # whether it is out of date, the judgement of the certificate says
    )
