"""Defects of the extensions of an end entity certificate, its names and policies aside."""

from __future__ import annotations

from pkitools_test_pki import der
from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.defects.model import Context
from pkitools_test_pki.defects.registry import defect
from pkitools_test_pki.extensions import (
    authority_key_identifier,
    basic_constraints,
    extended_key_usage,
    extension,
    key_usage,
)
from pkitools_test_pki.issued import IssuedCertificate

_USAGES = ("digitalSignature", "keyEncipherment")
_PURPOSES = ("serverAuth", "clientAuth")


@defect("trial.usage.key_usage")
def no_key_usage(lab: Laboratory) -> IssuedCertificate:
    """There is no keyUsage."""
    return lab.leaf(key_usage=())


@defect("trial.usage.key_usage", "rfc5280.extended_key_usage.consistent", "rfc8446.key_usage.digital_signature")
def key_usage_of_a_signature(lab: Laboratory) -> IssuedCertificate:
    """The keyUsage is nonRepudiation, which is for signatures of persons and not for connections."""
    return lab.leaf(key_usage=["nonRepudiation"])


@defect("trial.usage.key_usage")
def key_usage_without_encipherment(lab: Laboratory) -> IssuedCertificate:
    """The keyUsage lacks keyEncipherment."""
    return lab.leaf(key_usage=["digitalSignature"])


@defect("trial.usage.key_usage", "rfc5280.key_usage.not_empty", "rfc8446.key_usage.digital_signature")
def empty_key_usage(lab: Laboratory) -> IssuedCertificate:
    """The keyUsage is there and allows nothing."""
    return lab.leaf(extensions=[extension("key_usage", key_usage(()))])


@defect("trial.usage.key_usage_critical")
def key_usage_not_critical(lab: Laboratory) -> IssuedCertificate:
    """The keyUsage is not critical."""
    return lab.leaf(extensions=[extension("key_usage", key_usage(_USAGES), critical=False)])


@defect("trial.usage.key_usage", "rfc5280.key_usage.cert_sign_needs_ca")
def end_entity_signs_certificates(lab: Laboratory) -> IssuedCertificate:
    """The keyUsage has keyCertSign, though the certificate is no authority's."""
    return lab.leaf(key_usage=[*_USAGES, "keyCertSign"])


@defect("trial.usage.extended_key_usage")
def no_extended_key_usage(lab: Laboratory) -> IssuedCertificate:
    """There is no extendedKeyUsage."""
    return lab.leaf(extended_key_usage=())


@defect(
    "trial.usage.extended_key_usage",
    "rfc5280.extended_key_usage.connects",
    context=Context(systems=("digid-machtigen",)),
)
def no_client_auth(lab: Laboratory) -> IssuedCertificate:
    """The extendedKeyUsage lacks clientAuth, so that the certificate cannot open a mutual TLS connection."""
    return lab.leaf(extended_key_usage=["serverAuth"])


@defect("trial.usage.extended_key_usage")
def no_server_auth(lab: Laboratory) -> IssuedCertificate:
    """The extendedKeyUsage lacks serverAuth."""
    return lab.leaf(extended_key_usage=["clientAuth"])


@defect("trial.usage.extended_key_usage", "por.issuer.purposes", "path.extended_key_usage.authority")
def only_code_signing(lab: Laboratory) -> IssuedCertificate:
    """The only purpose is codeSigning, which the issuing authority has no right to give."""
    return lab.leaf(extended_key_usage=["codeSigning"])


@defect("trial.usage.extended_key_usage", "por.issuer.purposes", "advice.usage.any")
def any_purpose(lab: Laboratory) -> IssuedCertificate:
    """The extendedKeyUsage has anyExtendedKeyUsage: the certificate is for everything."""
    return lab.leaf(extended_key_usage=[*_PURPOSES, "anyExtendedKeyUsage"])


@defect("trial.usage.extended_key_usage_not_critical")
def critical_extended_key_usage(lab: Laboratory) -> IssuedCertificate:
    """The extendedKeyUsage is critical."""
    return lab.leaf(extensions=[extension("extended_key_usage", extended_key_usage(_PURPOSES), critical=True)])


@defect("trial.basic_constraints.present", "rfc5280.basic_constraints.end_entity")
def end_entity_is_authority(lab: Laboratory) -> IssuedCertificate:
    """The basicConstraints make an authority of the certificate."""
    return lab.leaf(ca=True)


@defect("trial.basic_constraints.present")
def no_basic_constraints(lab: Laboratory) -> IssuedCertificate:
    """There are no basicConstraints."""
    return lab.leaf(without=["basic_constraints"])


@defect("rfc5280.basic_constraints.path_length")
def path_length_without_authority(lab: Laboratory) -> IssuedCertificate:
    """The basicConstraints have a path length, though the certificate is no authority's."""
    return lab.leaf(extensions=[extension("basic_constraints", basic_constraints(ca=False, path_length=0))])


@defect("rfc5280.authority_key_identifier.present")
def no_authority_key_identifier(lab: Laboratory) -> IssuedCertificate:
    """There is no authorityKeyIdentifier."""
    return lab.leaf(without=["authority_key_identifier"])


@defect("rfc5280.authority_key_identifier.matches_issuer", "path.anchor.found")
def authority_key_identifier_of_another(lab: Laboratory) -> IssuedCertificate:
    """The authorityKeyIdentifier names another key than the issuer's."""
    value = authority_key_identifier(bytes(20))
    return lab.leaf(extensions=[extension("authority_key_identifier", value)])


@defect("rfc5280.subject_key_identifier.present", refused=False)
def no_subject_key_identifier(lab: Laboratory) -> IssuedCertificate:
    """There is no subjectKeyIdentifier."""
    return lab.leaf(without=["subject_key_identifier"])


@defect("trial.subject_key_identifier.method_1")
def subject_key_identifier_of_another(lab: Laboratory) -> IssuedCertificate:
    """The subjectKeyIdentifier is not that of the key."""
    return lab.leaf(extensions=[extension("subject_key_identifier", der.octets(bytes(20)))])


@defect(
    "trial.crl_distribution_points.one_http",
    "etsi.revocation.present",
    "digikoppeling.pki003.crl",
    context=Context(systems=("digikoppeling",)),
)
def no_crl_address(lab: Laboratory) -> IssuedCertificate:
    """The certificate names no CRL, so nobody can find out that it was revoked."""
    return lab.leaf(crl_urls=[])


@defect(
    "trial.crl_distribution_points.one_http",
    "digikoppeling.pki004.crl_reachable",
    context=Context(systems=("digikoppeling",)),
)
def crl_address_in_ldap(lab: Laboratory) -> IssuedCertificate:
    """The CRL is in a directory that relying parties cannot reach."""
    return lab.leaf(crl_urls=["ldap:///cn=TRIAL%20My%20TSP?certificateRevocationList"])


@defect("trial.authority_information_access.ca_issuers")
def no_issuer_address(lab: Laboratory) -> IssuedCertificate:
    """The certificate does not say where its issuer's certificate is."""
    return lab.leaf(ca_issuer_urls=[])


@defect("rfc5280.extensions.duplicate", "path.certificate.encoding")
def duplicate_extension(lab: Laboratory) -> IssuedCertificate:
    """The keyUsage is there twice, with two values."""
    return lab.leaf(duplicate=[extension("key_usage", key_usage(["keyAgreement"]))])


@defect("rfc5280.extensions.unknown_critical", "path.extension.unknown_critical")
def unknown_critical_extension(lab: Laboratory) -> IssuedCertificate:
    """A critical extension is of a kind nobody knows, and so forbids the use of the certificate."""
    return lab.leaf(extensions=[extension("2.16.528.1.1003.1.99.1", der.NULL, critical=True)])


@defect(
    "rfc5280.extensions.decodable",
    "rfc5280.extended_key_usage.not_empty",
    "trial.usage.extended_key_usage",
    "path.certificate.encoding",
    "path.extended_key_usage.authority",
)
def extension_not_decodable(lab: Laboratory) -> IssuedCertificate:
    """The value of the extendedKeyUsage breaks off in the middle."""
    return lab.leaf(extensions=[extension("extended_key_usage", extended_key_usage(_PURPOSES)[:-3])])


@defect("path.name_constraints.place")
def name_constraints_on_end_entity(lab: Laboratory) -> IssuedCertificate:
    """The certificate has nameConstraints, though it is no authority's."""
    return lab.leaf(extensions=[lab.name_constraints("voorbeeld.test")])


@defect("trial.qc_statements.semantics")
def no_qc_statements(lab: Laboratory) -> IssuedCertificate:
    """There are no qcStatements, which every G4 certificate has."""
    return lab.leaf(without=["qc_statements"])
