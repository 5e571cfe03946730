"""Defects of the subject: its attributes, their characters and their encoding."""

from __future__ import annotations

from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.defects.registry import defect
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.names import Attribute


@defect("advice.names.control_characters")
def control_character_in_name(lab: Laboratory) -> IssuedCertificate:
    """The organisation's name has an escape sequence that would colour a terminal."""
    return lab.leaf(organization="TRIAL Gemeente \x1b[31mVoorbeeld")


@defect("advice.names.control_characters")
def line_break_in_name(lab: Laboratory) -> IssuedCertificate:
    """The common name has a line break, with which lines of a log can be forged."""
    return lab.leaf(common_name="TRIAL Gemeente\nTRIAL Voorbeeld")


@defect("advice.names.control_characters")
def nul_in_name(lab: Laboratory) -> IssuedCertificate:
    """The common name has a NUL, behind which some readers see nothing."""
    return lab.leaf(common_name="TRIAL login.voorbeeld.test\0.elders.test", dns=["koppeling.voorbeeld.test"])


@defect("advice.names.invisible_characters", refused=False)
def bidirectional_name(lab: Laboratory) -> IssuedCertificate:
    """The organisation's name has a character that makes the rest of it read from right to left."""
    return lab.leaf(organization="TRIAL Gemeente \u202edleebrooV")


@defect("advice.names.invisible_characters", refused=False)
def zero_width_space_in_name(lab: Laboratory) -> IssuedCertificate:
    """The organisation's name has a space of no width: it looks like another name and is not equal to it."""
    return lab.leaf(organization="TRIAL Gemeente\u200b Voorbeeld")


@defect("rfc5280.subject.organization_length", "trial.subject.organization_length")
def organization_too_long(lab: Laboratory) -> IssuedCertificate:
    """The organisation's name has more than 64 characters."""
    return lab.leaf(organization="TRIAL Gemeenschappelijke Regeling Uitvoeringsorganisatie Voorbeeldstreek")


@defect("rfc5280.subject.common_name_length", "trial.subject.common_name_length")
def common_name_too_long(lab: Laboratory) -> IssuedCertificate:
    """The common name has more than 64 characters."""
    return lab.leaf(common_name="TRIAL " + "koppeling." * 6 + "voorbeeld.test", dns=["koppeling.voorbeeld.test"])


@defect(
    "rfc5280.subject.empty_needs_critical_san",
    "trial.subject.required",
    "etsi.legal_person.subject",
    "etsi.semantics.needs_identifier",
    "x509.oin.missing",
)
def empty_subject(lab: Laboratory) -> IssuedCertificate:
    """The subject is empty, and nothing says that the subjectAltName takes its place."""
    return lab.leaf(subject=[])


@defect("rfc5280.names.value_not_empty", "trial.subject.organization_length", "trial.subject.prefix")
def empty_organization(lab: Laboratory) -> IssuedCertificate:
    """The organisation's name is there and empty."""
    return lab.leaf(subject=lab.subject(change=[Attribute("O", "")]))


@defect("trial.subject.required", "etsi.legal_person.subject")
def no_organization(lab: Laboratory) -> IssuedCertificate:
    """The subject names no organisation."""
    return lab.leaf(subject=lab.subject(without=["O"]))


@defect("trial.subject.required", "etsi.legal_person.subject")
def no_common_name(lab: Laboratory) -> IssuedCertificate:
    """The subject has no common name."""
    return lab.leaf(subject=lab.subject(without=["CN"]))


@defect("trial.subject.once", "etsi.legal_person.subject_once")
def two_organizations(lab: Laboratory) -> IssuedCertificate:
    """The subject names two organisations."""
    return lab.leaf(subject=lab.subject(add=[Attribute("O", "TRIAL Gemeente Elders")]))


@defect("rfc5280.subject.country", "etsi.semantics.identifier_country")
def country_in_lower_case(lab: Laboratory) -> IssuedCertificate:
    """The country is written as nl."""
    return lab.leaf(country="nl")


@defect("rfc5280.names.string_type")
def country_as_utf8(lab: Laboratory) -> IssuedCertificate:
    """The country is written as UTF8String; it must be a PrintableString."""
    return lab.leaf(subject=lab.subject(change=[Attribute("C", "NL", "UTF8String")]))


@defect("rfc5280.names.printable_string", "path.certificate.encoding")
def character_not_printable_string(lab: Laboratory) -> IssuedCertificate:
    """The organisation's name is a PrintableString with an ampersand, which that type does not have."""
    name = Attribute("O", "TRIAL Voorbeeld & Zonen", "PrintableString")
    return lab.leaf(subject=lab.subject(change=[name]))


@defect("rfc5280.names.directory_string", refused=False)
def organization_as_teletex(lab: Laboratory) -> IssuedCertificate:
    """The organisation's name is a TeletexString, a type that has not been in use since 2003."""
    name = Attribute("O", "TRIAL Gemeente Súdwest-Voorbeeld", "TeletexString")
    return lab.leaf(subject=lab.subject(change=[name]))


@defect("rfc5280.names.string_octets", "path.certificate.encoding")
def broken_utf8_in_name(lab: Laboratory) -> IssuedCertificate:
    """The organisation's name is Latin-1, and is said to be UTF-8."""
    name = Attribute("O", "TRIAL Gemeente Súdwest-Voorbeeld".encode("latin-1"))
    return lab.leaf(subject=lab.subject(change=[name]))


@defect("trial.subject.prefix")
def no_trial_in_name(lab: Laboratory) -> IssuedCertificate:
    """Nothing in the organisation's name says that this is a TRIAL certificate."""
    return lab.leaf(subject=lab.subject(change=[Attribute("O", "Gemeente Voorbeeld")]))


@defect("por.subject.organizational_unit", "trial.subject.attributes")
def organizational_unit(lab: Laboratory) -> IssuedCertificate:
    """The subject has an organisational unit, which has not been allowed since February 2022."""
    return lab.leaf(subject=lab.subject(add=[Attribute("OU", "Burgerzaken")]))


@defect("trial.subject.attributes")
def locality(lab: Laboratory) -> IssuedCertificate:
    """The subject has a locality, which the G4 profiles do not know."""
    return lab.leaf(subject=lab.subject(add=[Attribute("L", "Voorbeeldstad")]))


@defect("trial.subject.required", "etsi.semantics.needs_identifier", "etsi.legal_person.subject")
def no_organization_identifier(lab: Laboratory) -> IssuedCertificate:
    """The subject has no organizationIdentifier, while the qcStatements say there is one."""
    return lab.leaf(subject=lab.subject(without=["organizationIdentifier"]))


@defect("trial.subject.organization_identifier", "etsi.semantics.identifier_form")
def malformed_organization_identifier(lab: Laboratory) -> IssuedCertificate:
    """The organizationIdentifier is the bare KvK number, without NTRNL- before it."""
    return lab.leaf(organization_identifier="99999991")
