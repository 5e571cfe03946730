"""Defects of the subjectAltName."""

from __future__ import annotations

from pkitools_test_pki import der, extensions
from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.defects.model import Context
from pkitools_test_pki.defects.registry import defect
from pkitools_test_pki.extensions import dns_name, extension, subject_alternative_name
from pkitools_test_pki.issued import IssuedCertificate

_HOST = "koppeling.voorbeeld.test"
_SAN = "subject_alternative_name"


@defect("trial.san.count", "advice.names.no_san")
def no_san(lab: Laboratory) -> IssuedCertificate:
    """There is no subjectAltName, though the certificate is for a server."""
    return lab.leaf(common_name="TRIAL Koppeling", dns=[])


@defect(
    "trial.san.count",
    "advice.names.no_san",
    "rfc5280.subject_alternative_name.not_empty",
    "path.certificate.encoding",
)
def empty_san(lab: Laboratory) -> IssuedCertificate:
    """The subjectAltName is there and holds no name."""
    return lab.leaf(extensions=[extension(_SAN, der.sequence())])


@defect("trial.san.no_wildcard")
def wildcard(lab: Laboratory) -> IssuedCertificate:
    """The subjectAltName has a wildcard."""
    return lab.leaf(dns=["*.voorbeeld.test"])


@defect("por.g4.san_no_address")
def ip_address(lab: Laboratory) -> IssuedCertificate:
    """The subjectAltName has an IP address, which G4 no longer allows."""
    return lab.leaf(ip=["192.0.2.1"])


@defect("por.g4.san_no_localhost", refused=False)
def localhost(lab: Laboratory) -> IssuedCertificate:
    """The subjectAltName of a certificate of the production type has localhost."""
    return lab.production_leaf(dns=[_HOST, "localhost"])


@defect("trial.san.two_labels")
def single_label(lab: Laboratory) -> IssuedCertificate:
    """The subjectAltName has a name of one label, which only means something on one's own network."""
    return lab.leaf(dns=["koppelserver"])


@defect("trial.san.no_onion")
def onion(lab: Laboratory) -> IssuedCertificate:
    """The subjectAltName has a name of the Tor network."""
    return lab.leaf(dns=[_HOST, "voorbeeldvoorbeeldvoorbeeld.onion"])


@defect("rfc5280.subject_alternative_name.dns_syntax")
def url_as_host_name(lab: Laboratory) -> IssuedCertificate:
    """The subjectAltName has a URL where a host name belongs."""
    return lab.leaf(dns=["https://koppeling.voorbeeld.test/"])


@defect("rfc5280.subject_alternative_name.dns_syntax", "rfc5280.names.string_octets")
def host_name_not_ascii(lab: Laboratory) -> IssuedCertificate:
    """The subjectAltName has a host name with an accent, not in its ASCII form."""
    return lab.leaf(dns=["súdwest.voorbeeld.test"])


@defect("rfc5280.subject_alternative_name.dns_syntax", "advice.names.control_characters")
def nul_in_host_name(lab: Laboratory) -> IssuedCertificate:
    """A host name has a NUL, behind which some readers see nothing."""
    return lab.leaf(dns=["login.voorbeeld.test\0.elders.test"])


@defect("rfc5280.subject_alternative_name.dns_length")
def label_too_long(lab: Laboratory) -> IssuedCertificate:
    """A host name has a label of more than 63 characters."""
    return lab.leaf(common_name="TRIAL Koppeling", dns=["k" * 64 + ".voorbeeld.test"])


@defect("trial.san.count")
def too_many_host_names(lab: Laboratory) -> IssuedCertificate:
    """The subjectAltName has 101 host names; at most 100 are allowed."""
    return lab.leaf(dns=[f"koppeling-{number}.voorbeeld.test" for number in range(101)])


@defect("trial.san.only_dns")
def email_address(lab: Laboratory) -> IssuedCertificate:
    """The subjectAltName of a server has an e-mail address."""
    return lab.leaf(email=["beheer@voorbeeld.test"])


@defect("rfc5280.subject_alternative_name.not_critical", refused=False)
def critical_san(lab: Laboratory) -> IssuedCertificate:
    """The subjectAltName is critical, though the subject is not empty."""
    value = subject_alternative_name([dns_name(_HOST)])
    return lab.leaf(extensions=[extension(_SAN, value, critical=True)])


@defect("path.host.name", context=Context(host="koppeling.elders.test"))
def another_host(lab: Laboratory) -> IssuedCertificate:
    """The certificate is for another host than the one that shows it."""
    return lab.leaf(dns=[_HOST])


@defect(
    "trial.san.count",
    "advice.names.no_san",
    "rfc5280.general_names.decodable",
    "rfc5280.subject_alternative_name.not_empty",
    "path.engine.refused",
)
def san_not_decodable(lab: Laboratory) -> IssuedCertificate:
    """A name in the subjectAltName is of a kind that does not exist."""
    return lab.leaf(extensions=[extension(_SAN, der.sequence(der.context(14, b"?", constructed=False)))])


@defect(
    "uzi.san.uzi_name", "system.ura.in_san", "x509.oin.not_an_oin", context=Context(systems=("uzi",)), refused=False
)
def uzi_name_without_subscriber(lab: Laboratory) -> IssuedCertificate:
    """The UZI name in the subjectAltName lacks the subscriber's number."""
    text = der.string("2.16.528.1.1007.99.2110-1-990000001-S-00.000-00000000", "IA5String")
    return lab.uzi_leaf(other_names=[extensions.other_name("2.5.5.5", text)])
