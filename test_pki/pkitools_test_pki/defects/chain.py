"""Defects of the chain: who issued the certificate, and by what right."""

from __future__ import annotations

from pkitools_test_pki import der
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.defects.model import Context, Sample
from pkitools_test_pki.defects.registry import defect
from pkitools_test_pki.extensions import extension
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.names import Attribute
from pkitools_test_pki.self_signed import self_signed


@defect("path.anchor.found")
def no_intermediates(lab: Laboratory) -> Sample:
    """The certificate comes without the certificates of its issuers."""
    return Sample(lab.leaf(), chain=())


@defect("path.anchor.found")
def domain_missing(lab: Laboratory) -> Sample:
    """The chain lacks the authority between the issuing one and the root."""
    return Sample(lab.leaf(), chain=[lab.tsp.certificate.der])


@defect("path.anchor.found")
def chain_of_another(lab: Laboratory) -> Sample:
    """The certificate comes with the chain of another hierarchy."""
    root = lab.other_root("g4-other-root")
    other = lab.below(root, domain="g4-other-lp-domain", tsp="g4-other-lp-tsp")
    return Sample(lab.leaf(), chain=[link.der for link in other.certificate.path[:-1]])


@defect("path.anchor.found")
def unknown_root(lab: Laboratory) -> IssuedCertificate:
    """The chain ends in a root that the system under test does not trust."""
    return lab.leaf(issuer=lab.below(lab.other_root("g4-eutl-root")))


@defect("path.anchor.look_alike")
def look_alike_root(lab: Laboratory) -> Sample:
    """The chain ends in a root with the name of the trusted one and another key."""
    issuer = lab.below(lab.other_root())
    issued = lab.leaf(issuer=issuer)
    return Sample(issued, chain=[link.der for link in issued.path[1:]])


@defect("path.anchor.look_alike")
def look_alike_of_production(lab: Laboratory) -> Sample:
    """The chain ends in a root that bears the name of the real production root of PKIoverheid."""
    root = lab.other_root(subject=_PRODUCTION_ROOT)
    issued = lab.leaf(issuer=lab.below(root))
    return Sample(issued, chain=[link.der for link in issued.path[1:]])


_PRODUCTION_ROOT = [
    Attribute("C", "NL"),
    Attribute("O", "Staat der Nederlanden"),
    Attribute("CN", "Staat der Nederlanden - G4 Root Priv G-TLS - 2024"),
]


@defect("path.basic_constraints.ca")
def issuer_is_no_authority(lab: Laboratory) -> IssuedCertificate:
    """The issuer's basicConstraints say that it is no authority."""
    return lab.leaf(issuer=lab.authority(ca=False, path_length=None))


@defect("path.basic_constraints.ca")
def issuer_without_basic_constraints(lab: Laboratory) -> IssuedCertificate:
    """The issuer has no basicConstraints."""
    return lab.leaf(issuer=lab.authority(without=["basic_constraints"]))


@defect("path.basic_constraints.ca", "path.basic_constraints.path_length", "path.key_usage.key_cert_sign")
def issued_by_end_entity(lab: Laboratory) -> IssuedCertificate:
    """The issuer is an end entity: an organisation that signed a certificate with its own key."""
    organization = lab.leaf()
    issuer = Authority(lab.tsp.spec, organization, lab.key, moment=lab.moment)
    return lab.leaf(issuer=issuer, common_name="elders.voorbeeld.test")


@defect("path.key_usage.key_cert_sign")
def issuer_without_cert_sign(lab: Laboratory) -> IssuedCertificate:
    """The issuer's keyUsage lacks keyCertSign."""
    return lab.leaf(issuer=lab.authority(key_usage=["digitalSignature", "cRLSign"]))


@defect("path.basic_constraints.path_length")
def path_length_exceeded(lab: Laboratory) -> IssuedCertificate:
    """The authority above the issuing one may have no authorities below it."""
    domain = lab.authority("g4-tls-domain", path_length=0)
    return lab.leaf(issuer=lab.authority(issuer=domain, key=lab.tsp.key))


@defect("path.extended_key_usage.authority", "por.issuer.purposes")
def issuer_for_other_purposes(lab: Laboratory) -> IssuedCertificate:
    """The issuing authority is for documents, and issued a certificate for connections."""
    return lab.leaf(issuer=lab.authority(extended_key_usage=["documentSigning", "msDocumentSigning"]))


@defect("path.name_constraints.names")
def name_constraints_violated(lab: Laboratory) -> IssuedCertificate:
    """The issuing authority may only issue for names in elders.test."""
    return lab.leaf(issuer=lab.authority(extensions=[lab.name_constraints("elders.test")]))


@defect("path.extension.unknown_critical")
def issuer_with_unknown_critical_extension(lab: Laboratory) -> IssuedCertificate:
    """The issuing authority's certificate has a critical extension nobody knows."""
    unknown = extension("2.16.528.1.1003.1.99.1", der.NULL, critical=True)
    return lab.leaf(issuer=lab.authority(extensions=[unknown]))


@defect("environment.holder.authority")
def authority_as_end_entity(lab: Laboratory) -> IssuedCertificate:
    """The certificate of an issuing authority, with an OIN in it, is itself used to connect."""
    return lab.authority(key=lab.key, subject=lab.subject()).certificate


@defect(
    "system.self_signed.unconfirmed",
    "system.policy.expected",
    context=Context(systems=("digikoppeling",)),
    refused=False,
)
def self_signed_by_end_entity(lab: Laboratory) -> IssuedCertificate:
    """The certificate is signed with its own key, for a system that does not say it takes such certificates."""
    return self_signed(moment=lab.moment, key=lab.key)
