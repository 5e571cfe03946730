"""Defects of the signature over a certificate."""

from __future__ import annotations

from pkitools.frozen import replace
from pkitools_test_pki import der
from pkitools_test_pki.algorithms import RSA_SHA1, RSA_SHA256, SignatureScheme
from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.defects.registry import defect
from pkitools_test_pki.issued import IssuedCertificate


@defect("path.signature.algorithm", "por.g4.signature", "advice.signature.weak_hash")
def sha1(lab: Laboratory) -> IssuedCertificate:
    """The certificate is signed with SHA-1, which can be broken."""
    return lab.leaf(signature=RSA_SHA1)


@defect("path.signature.algorithm", "path.signature.valid", "por.g4.signature", "advice.signature.weak_hash")
def md5(lab: Laboratory) -> IssuedCertificate:
    """The certificate is signed with MD5, which was broken long ago."""
    return lab.leaf(signature=SignatureScheme("pkcs1", "md5"))


@defect("path.signature.algorithm")
def issuer_sha1(lab: Laboratory) -> IssuedCertificate:
    """The issuing authority's certificate is signed with SHA-1."""
    return lab.leaf(issuer=lab.authority(signature=RSA_SHA1))


@defect("por.g4.signature")
def pkcs1(lab: Laboratory) -> IssuedCertificate:
    """The certificate is signed with RSA PKCS #1 v1.5, as G1 and G3 are; G4 is signed with RSASSA-PSS."""
    return lab.leaf(signature=RSA_SHA256)


@defect("por.g4.signature")
def pss_salt_20(lab: Laboratory) -> IssuedCertificate:
    """The RSASSA-PSS signature has a salt of 20 octets instead of 64."""
    return lab.leaf(signature=SignatureScheme("pss", "sha512", salt_length=20))


@defect("por.g4.signature", "path.signature.algorithm")
def pss_other_mask_hash(lab: Laboratory) -> IssuedCertificate:
    """The RSASSA-PSS signature is over SHA-512 and its mask is made with SHA-256."""
    return lab.leaf(signature=SignatureScheme("pss", "sha512", mgf_hash="sha256", salt_length=64))


@defect("por.g4.signature")
def pss_sha256(lab: Laboratory) -> IssuedCertificate:
    """The RSASSA-PSS signature is over SHA-256 instead of SHA-512."""
    return lab.leaf(signature=SignatureScheme("pss", "sha256", salt_length=32))


@defect("por.g4.signature", "path.engine.refused")
def pss_other_trailer(lab: Laboratory) -> IssuedCertificate:
    """The RSASSA-PSS parameters name a trailer field of 2, which no software makes."""
    return lab.leaf(signature=SignatureScheme("pss", "sha512", salt_length=64, trailer_field=2))


@defect("path.signature.valid")
def altered_after_signing(lab: Laboratory) -> IssuedCertificate:
    """One letter of the organisation's name was changed after the certificate was signed."""
    sound = lab.leaf()
    return replace(sound, der=sound.der.replace(b"TRIAL Gemeente Voorbeeld", b"TRIAL Gemeente Voorbeelt"))


@defect("path.signature.valid")
def signed_by_another_key(lab: Laboratory) -> IssuedCertificate:
    """The certificate names its issuer and is signed with another key than the issuer's."""
    return lab.leaf(signing_key=lab.other_key)


@defect("rfc5280.signature.inner_equals_outer", "path.certificate.encoding")
def two_signature_algorithms(lab: Laboratory) -> IssuedCertificate:
    """The algorithm inside the signed part is another than the one beside the signature."""
    return lab.leaf(raw={"signature": RSA_SHA256.algorithm_identifier})


@defect("por.g4.signature", "path.signature.algorithm")
def unknown_signature_algorithm(lab: Laboratory) -> IssuedCertificate:
    """The signature algorithm is one that nobody knows."""
    unknown = der.sequence(der.oid("2.16.528.1.1003.1.99.2"))
    return lab.leaf(signature=replace(lab.tsp.signature, identifier=unknown))
