"""Defects of the OIN: missing, doubled, misplaced, misspelt, somebody else's."""

from __future__ import annotations

from pkitools_test_pki import der, extensions
from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.defects.model import Context
from pkitools_test_pki.defects.registry import defect
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.names import Attribute

_OIN = "00000099999999910000"
_OTHER_OIN = "00000099123456789000"
_DIGIKOPPELING = Context(systems=("digikoppeling",))


@defect("system.oin.required", context=_DIGIKOPPELING)
def no_oin(lab: Laboratory) -> IssuedCertificate:
    """The subject has no serialNumber, so there is no OIN."""
    return lab.leaf(subject=lab.subject(without=["serialNumber"]))


@defect("x509.oin.ambiguous", "trial.subject.once")
def two_oins(lab: Laboratory) -> IssuedCertificate:
    """The subject has two serialNumbers with an OIN each; readers differ in which one they take."""
    return lab.leaf(subject=lab.subject(add=[Attribute("serialNumber", _OTHER_OIN)]))


@defect("x509.oin.ambiguous", "trial.subject.once")
def two_oins_in_one_rdn(lab: Laboratory) -> IssuedCertificate:
    """One multi-valued RDN of the subject holds two serialNumbers."""
    rdn = [Attribute("serialNumber", _OIN), Attribute("serialNumber", _OTHER_OIN)]
    return lab.leaf(subject=[*lab.subject(without=["serialNumber"]), rdn])


@defect("x509.oin.missing", "oin_stelsel.place.common_name", refused=False)
def oin_in_common_name(lab: Laboratory) -> IssuedCertificate:
    """The OIN is in the common name instead of the serialNumber."""
    name = Attribute("CN", f"TRIAL Gemeente Voorbeeld {_OIN}")
    return lab.leaf(subject=lab.subject(change=[name], without=["serialNumber"]))


@defect("x509.oin.missing", "oin_stelsel.place.organization", refused=False)
def oin_in_organization(lab: Laboratory) -> IssuedCertificate:
    """The OIN is in the organisation's name instead of the serialNumber."""
    name = Attribute("O", f"TRIAL Gemeente Voorbeeld {_OIN}")
    return lab.leaf(subject=lab.subject(change=[name], without=["serialNumber"]))


@defect(
    "x509.oin.missing",
    "oin_stelsel.place.organizational_unit",
    "por.subject.organizational_unit",
    "trial.subject.attributes",
)
def oin_in_organizational_unit(lab: Laboratory) -> IssuedCertificate:
    """The OIN is in the organisational unit, an attribute that has not been allowed since February 2022."""
    return lab.leaf(subject=lab.subject(without=["serialNumber"], add=[Attribute("OU", _OIN)]))


@defect("x509.oin.encoding", refused=False)
def oin_as_utf8(lab: Laboratory) -> IssuedCertificate:
    """The OIN is written as UTF8String; it must be a PrintableString, and some systems read nothing else."""
    return lab.leaf(subject=lab.subject(change=[Attribute("serialNumber", _OIN, "UTF8String")]))


@defect("x509.oin.encoding", refused=False)
def oin_as_bmp_string(lab: Laboratory) -> IssuedCertificate:
    """The OIN is written as BMPString, two octets for each digit."""
    return lab.leaf(subject=lab.subject(change=[Attribute("serialNumber", _OIN, "BMPString")]))


@defect("trial.subject.serial_number")
def oin_with_legacy_suffix(lab: Laboratory) -> IssuedCertificate:
    """The OIN ends in 001 instead of zeros, as was done for units of an organisation."""
    return lab.leaf(oin="00000002003214394001")


@defect("x509.oin.invalid")
def oin_with_unknown_prefix(lab: Laboratory) -> IssuedCertificate:
    """The OIN begins with 00000077, a register that does not exist."""
    return lab.leaf(oin="00000077123456789000")


@defect("x509.oin.invalid")
def oin_made_up(lab: Laboratory) -> IssuedCertificate:
    """The OIN is 00000000000000001000, as demonstrations have it; test numbers begin with 00000099."""
    return lab.leaf(oin="00000000000000001000")


@defect("oin.prefix.withdrawn", refused=False)
def oin_with_unassigned_prefix(lab: Laboratory) -> IssuedCertificate:
    """The OIN begins with 00000005, a prefix that is given out no more."""
    return lab.leaf(oin="00000005123456782000")


@defect("x509.oin.invalid")
def oin_fails_eleven_test(lab: Laboratory) -> IssuedCertificate:
    """The RSIN in the OIN fails the eleven-test: a digit is wrong."""
    return lab.leaf(oin="00000001123456789000")


@defect("x509.oin.invalid")
def oin_with_long_kvk_number(lab: Laboratory) -> IssuedCertificate:
    """A KvK number of nine digits is in the OIN; it has eight, followed by four zeros."""
    return lab.leaf(oin="00000003123456789000")


@defect("x509.oin.invalid", "trial.subject.serial_number")
def oin_in_lower_case(lab: Laboratory) -> IssuedCertificate:
    """The letters of the OIN, a BRIN, are written small."""
    return lab.leaf(oin="0000000700025be00000")


@defect("x509.oin.spaces")
def oin_with_trailing_space(lab: Laboratory) -> IssuedCertificate:
    """A space follows the OIN."""
    return lab.leaf(oin=f"{_OIN} ")


@defect("x509.oin.not_an_oin", "system.oin.required", context=_DIGIKOPPELING)
def oin_without_leading_zeros(lab: Laboratory) -> IssuedCertificate:
    """The leading zeros of the OIN are lost, as a spreadsheet loses them."""
    return lab.leaf(oin="99999999910000")


@defect("x509.oin.not_an_oin", "system.oin.required", context=_DIGIKOPPELING)
def kvk_number_as_oin(lab: Laboratory) -> IssuedCertificate:
    """The serialNumber is the bare KvK number instead of the OIN made of it."""
    return lab.leaf(oin="99999991")


@defect(
    "x509.oin.encoding",
    "x509.oin.not_an_oin",
    "por.subject.serial_number_of_twenty",
    "trial.subject.serial_number",
)
def oin_in_full_width_digits(lab: Laboratory) -> IssuedCertificate:
    """The digits of the OIN are not those of ASCII, though they look like them."""
    wide = "".join(chr(ord(digit) - ord("0") + 0xFF10) for digit in _OIN)
    return lab.leaf(subject=lab.subject(change=[Attribute("serialNumber", wide, "UTF8String")]))


@defect(
    "system.oin.equals_entity_id",
    context=Context(systems=("digid-machtigen",), entity_id="urn:nl-eid-gdi:1.0:DV:00000099999999910000:entities:9001"),
)
def oin_of_supplier(lab: Laboratory) -> IssuedCertificate:
    """The OIN is that of the supplier, while the entity ID has the organisation's own."""
    return lab.leaf(oin=_OTHER_OIN)


@defect("x509.oin.organization_identifier", refused=False)
def organization_identifier_of_another(lab: Laboratory) -> IssuedCertificate:
    """The organizationIdentifier has another KvK number than the OIN."""
    return lab.leaf(oin="00000003520354760000", organization_identifier="NTRNL-99999991")


@defect("oin_stelsel.place.alternative_name_agrees", "trial.san.only_dns")
def another_oin_in_san(lab: Laboratory) -> IssuedCertificate:
    """A user principal name in the subjectAltName holds another OIN than the subject."""
    name = der.string(f"{_OTHER_OIN}@2.16.528.1.1003.1.3.8.1.2")
    return lab.leaf(other_names=[extensions.other_name("1.3.6.1.4.1.311.20.2.3", name)])


@defect("x509.oin.uzi_conflict")
def uzi_number_conflicts(lab: Laboratory) -> IssuedCertificate:
    """The UZI name in the subjectAltName and the serialNumber of the subject give two different OINs."""
    return lab.uzi_leaf(oin="00000003520354760000", other_names=[lab.uzi_name("99000001")])


@defect("x509.oin.ambiguous", "uzi.san.uzi_name")
def two_uzi_numbers(lab: Laboratory) -> IssuedCertificate:
    """The subjectAltName has two UZI names, of two subscribers."""
    return lab.uzi_leaf(other_names=[lab.uzi_name("99000001"), lab.uzi_name("99000002")])
