"""RFC 5280, the Internet profile of X.509: the fields of a certificate and its names.

Its extensions are in :mod:`pkitools.rules.rfc5280_extensions`. What the standard has as a table is a table here, with
one generic check.
"""

from __future__ import annotations

from typing import Final

from pkitools.documents import Source, cite
from pkitools.findings import MET, NOT_APPLICABLE, Answer, Severity, met_if, met_if_none, violated
from pkitools.rules.context import RuleContext
from pkitools.rules.engine import CA, END_ENTITY, RuleBook
from pkitools.text import pattern
from pkitools.x509.der import GENERALIZED_TIME, UTC_TIME
from pkitools.x509.names import PRINTABLE_STRING
from pkitools.x509.oids import ATTRIBUTE_OIDS, EXTENSIONS, UPPER_BOUNDS

BOOK = RuleBook("rfc5280", cite("rfc-5280"))

_RFC_3279 = cite("rfc-3279")
_RFC_5480 = cite("rfc-5480")
_RFC_8017 = cite("rfc-8017")

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING


# --- what the reader noted while decoding: problem → slug, section ---------------------------------------------------

_PROBLEMS: Final = {
    "signature_algorithm_mismatch": ("signature.inner_equals_outer", "4.1.1.2"),
    "serial_not_positive": ("serial.positive", "4.1.2.2"),
    "serial_too_long": ("serial.length", "4.1.2.2"),
    "serial_padded": ("serial.encoding", "4.1.2.2"),
    "odd_time": ("validity.form", "4.1.2.5"),
    "unknown_version": ("version.known", "4.1.2.1"),
    "extensions_before_v3": ("version.v3_with_extensions", "4.1.2.9"),
    "duplicate_extension": ("extensions.duplicate", "4.2"),
    "malformed_extension": ("extensions.decodable", "4.2"),
    "not_der": ("extensions.der", "4.1"),
    "malformed_general_name": ("general_names.decodable", "4.2.1.6"),
    "malformed_name": ("names.decodable", "4.1.2.4"),
    "wrong_string_type": ("names.value_type", "4.1.2.4"),
    "undecodable_string": ("names.string_octets", "4.1.2.4"),
    "malformed_key": ("public_key.decodable", "4.1.2.7"),
    "malformed_signature_algorithm": ("signature.decodable", "4.1.1.2"),
}


def _declare_problem(problem: str, slug: str, section: str, source: Source | None = None) -> None:
    prefix = f"{problem}:"

    @BOOK.rule(slug, _ERROR, section, source=source)
    def check(at: RuleContext) -> Answer:
        if not at.facts.problems:
            return MET
        return met_if_none("problems", [_where(p) for p in at.facts.problems if p.startswith(prefix)])


def _where(problem: str) -> str:
    place = problem.partition(":")[2]
    name = EXTENSIONS.get(place)
    return f"{name} ({place})" if name else place


for _problem, (_slug, _section) in _PROBLEMS.items():
    _declare_problem(_problem, _slug, _section)

_declare_problem("even_modulus", "public_key.odd_modulus", "3.1", _RFC_8017)


# --- lengths of Appendix A: slug and attribute; the bounds stand in pkitools.x509.oids -------------------------------

_UPPER_BOUNDS: Final = (
    ("subject.common_name_length", "CN"),
    ("subject.organization_length", "O"),
    ("subject.organizational_unit_length", "OU"),
    ("subject.locality_length", "L"),
    ("subject.state_length", "ST"),
    ("subject.serial_number_length", "serialNumber"),
)


def _declare_length(slug: str, name: str) -> None:
    oid = ATTRIBUTE_OIDS[name]
    limit = UPPER_BOUNDS[oid]

    @BOOK.rule(slug, _ERROR, "Appendix A.1")
    def check(at: RuleContext) -> Answer:
        values = at.values_by_type.get(oid)
        if values is None:
            return NOT_APPLICABLE
        for value in values:
            if len(value) > limit:
                return violated(f"subject.{name}", value, length=len(value), limit=limit)
        return MET


for _bound in _UPPER_BOUNDS:
    _declare_length(*_bound)


# --- names ----------------------------------------------------------------------------------------------------------

_STRING_TYPE_OF: Final = {  # RFC 5280 Appendix A.1
    "2.5.4.6": "PrintableString",  # countryName
    "2.5.4.46": "PrintableString",  # dnQualifier
    "0.9.2342.19200300.100.1.25": "IA5String",  # domainComponent
    "1.2.840.113549.1.9.1": "IA5String",  # emailAddress
}
_DIRECTORY_STRINGS: Final = frozenset(f"2.5.4.{n}" for n in (3, 4, 7, 8, 9, 10, 11, 12, 41, 42, 43, 44, 65, 97))
_OLD_STRINGS: Final = frozenset({"NumericString", "TeletexString", "IA5String", "UniversalString", "BMPString"})
_COUNTRY: Final = pattern(r"[A-Z]{2}")


@BOOK.rule("issuer.not_empty", _ERROR, "4.1.2.4")
def _issuer_not_empty(at: RuleContext) -> Answer:
    return met_if(bool(at.facts.issuer.rdns), "issuer", "")


@BOOK.rule("subject.not_empty_on_ca", _ERROR, "4.1.2.6", scope=CA)
def _subject_not_empty_on_ca(at: RuleContext) -> Answer:
    return met_if(bool(at.subject), "subject", "")


@BOOK.rule("subject.empty_needs_critical_san", _ERROR, "4.1.2.6", scope=END_ENTITY)
def _empty_subject_needs_critical_san(at: RuleContext) -> Answer:
    if at.subject:
        return NOT_APPLICABLE
    return met_if(at.critical.get("2.5.29.17") is True, "subject", "")


@BOOK.rule("subject.country", _ERROR, "Appendix A.1")
def _country(at: RuleContext) -> Answer:
    values = at.values_by_type.get("2.5.4.6")
    if values is None:
        return NOT_APPLICABLE
    return met_if_none("subject.C", [value for value in values if not _COUNTRY.fullmatch(value)])


@BOOK.rule("names.string_type", _ERROR, "Appendix A.1")
def _string_type(at: RuleContext) -> Answer:
    for attribute in at.subject:
        wanted = _STRING_TYPE_OF.get(attribute.oid)
        if wanted is not None and attribute.string_type != wanted:
            path = f"subject.{attribute.name}"
            return violated(path, attribute.string_type, attribute=attribute.name, wanted=wanted)
    return MET


@BOOK.rule("names.directory_string", _WARNING, "4.1.2.4")
def _directory_string(at: RuleContext) -> Answer:
    # WARNING for a MUST: the RFC excepts subjects that had an older string type before
    return met_if_none(
        "subject",
        [
            f"{attribute.name} ({attribute.string_type})"
            for attribute in at.subject
            if attribute.string_type in _OLD_STRINGS
            and attribute.oid in _DIRECTORY_STRINGS  # the rest: names.value_type
        ],
    )


@BOOK.rule("names.printable_string", _ERROR, "Appendix B")
def _printable_string(at: RuleContext) -> Answer:
    return met_if_none(
        "subject",
        [
            f"{attribute.name}={attribute.value}"
            for attribute in at.subject
            if attribute.string_type == "PrintableString" and not PRINTABLE_STRING.fullmatch(attribute.value)
        ],
    )


@BOOK.rule("names.value_not_empty", _ERROR, "Appendix A.1")
def _value_not_empty(at: RuleContext) -> Answer:
    return met_if_none("subject", [attribute.name for attribute in at.subject if not attribute.value])


# --- validity, unique identifiers, key -------------------------------------------------------------------------------


@BOOK.rule("validity.order", _ERROR, "4.1.2.5")
def _validity_order(at: RuleContext) -> Answer:
    facts = at.facts
    if facts.not_before <= facts.not_after:
        return MET
    return violated("validity", f"{facts.not_before} / {facts.not_after}")


@BOOK.rule("validity.encoding", _ERROR, "4.1.2.5")
def _validity_encoding(at: RuleContext) -> Answer:
    tags = at.time_tags
    if not tags:
        return NOT_APPLICABLE
    for path, moment, tag in zip(
        ("notBefore", "notAfter"), (at.facts.not_before, at.facts.not_after), tags, strict=False
    ):
        wanted = UTC_TIME if 1950 <= moment.year < 2050 else GENERALIZED_TIME
        if tag != wanted:
            name = "UTCTime" if wanted == UTC_TIME else "GeneralizedTime"
            return violated(f"validity.{path}", moment.isoformat(), wanted=name)
    return MET


@BOOK.rule("unique_identifiers.absent", _ERROR, "4.1.2.8")
def _unique_identifiers_absent(at: RuleContext) -> Answer:
    return met_if(not at.has_unique_identifiers, "tbsCertificate", "issuerUniqueID / subjectUniqueID")


_RSA_ALGORITHM: Final = bytes.fromhex("300d06092a864886f70d0101010500")  # rsaEncryption with its NULL


@BOOK.rule("public_key.rsa_parameters", _ERROR, "2.3.1", source=_RFC_3279)
def _rsa_parameters(at: RuleContext) -> Answer:
    key = at.facts.public_key
    if key.algorithm != "RSA" or not key.spki:
        return NOT_APPLICABLE
    return met_if(_RSA_ALGORITHM in key.spki[:24], "subjectPublicKeyInfo.algorithm", key.spki[:24].hex())


@BOOK.rule("public_key.named_curve", _ERROR, "2.1.1", source=_RFC_5480)
def _named_curve(at: RuleContext) -> Answer:
    key = at.facts.public_key
    if key.algorithm != "EC":
        return NOT_APPLICABLE
    return met_if(key.curve != "explicit", "subjectPublicKeyInfo.algorithm", key.curve)
