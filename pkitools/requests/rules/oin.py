"""The OIN in the subject: there, one, valid, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pkitools.documents import cite
from pkitools.findings import NOT_APPLICABLE, Answers, Certainty, Evidence, Severity, Violated, met_if, violated
from pkitools.limits import MAX_LISTED
from pkitools.oin import OIN, InvalidIdentifierError, InvalidOINError, OrganizationIdentifier
from pkitools.requests.rules.context import RequestContext, RequestRules
from pkitools.text import pattern
from pkitools.x509.model import NameAttribute
from pkitools.x509.oids import ORGANIZATION_IDENTIFIER, SUBJECT_SERIAL_NUMBER

_DEVELOPER: Final = cite("developer-overheid", "OIN in het CSR")
_PKI001: Final = cite("digikoppeling-security", "PKI001")
_STELSEL: Final = cite("oin-stelsel", "Data Architectuur")
_ETSI: Final = cite("etsi-en-319-412-1", "5.1.4")
_PATH: Final = "subject.serialNumber"

_OIN_INSIDE: Final = pattern(r"(?<![0-9A-Z])[0-9]{8}[0-9A-Z]{12}(?![0-9A-Z])")
_MAX_SEARCHED: Final = 1000  # characters of a value in which an OIN is looked for


PART: Final = RequestRules()


def _is_uzi(context: RequestContext) -> bool:
    return context.profile is not None and context.profile.serial_number == "uzi"


def _serial_numbers(context: RequestContext) -> tuple[NameAttribute, ...]:
    return context.facts.subject.attributes(SUBJECT_SERIAL_NUMBER)


@PART.rule("csr.oin.missing", Severity.WARNING, _DEVELOPER, Certainty.OFFICIAL)
def oin_missing(context: RequestContext) -> Answers:
    """The subject has a serialNumber, for the OIN."""
    return NOT_APPLICABLE if _is_uzi(context) else met_if(bool(_serial_numbers(context)), _PATH, "")


@PART.rule("csr.oin.ambiguous", Severity.ERROR, _PKI001)
def oin_ambiguous(context: RequestContext) -> Answers:
    """It has one only."""
    values = [attribute.value for attribute in _serial_numbers(context)]
    listed = ", ".join(values[:MAX_LISTED])
    return met_if(len(values) < 2, _PATH, listed, values=listed)


@PART.rule("csr.oin.invalid", Severity.ERROR, _STELSEL)
def oin_invalid(context: RequestContext) -> Answers:
    """What stands in serialNumber is an OIN."""
    found = _serial_numbers(context)
    return NOT_APPLICABLE if not found or _is_uzi(context) else _invalid_oins(found)


def _invalid_oins(found: tuple[NameAttribute, ...]) -> Iterator[Violated]:
    for attribute in found:
        try:
            OIN.parse(attribute.value, legacy=True)
        except InvalidOINError as error:
            yield violated(_PATH, attribute.value, rule=error.code)


@PART.rule("csr.oin.encoding", Severity.ERROR, _PKI001)
def oin_encoding(context: RequestContext) -> Answers:
    """The serialNumber is a PrintableString."""
    found = _serial_numbers(context)
    if not found:
        return NOT_APPLICABLE
    return (
        Violated((Evidence(_PATH, a.string_type),), {"value": a.value, "string_type": a.string_type})
        for a in found
        if a.string_type != "PrintableString"
    )


@PART.rule("csr.oin.misplaced", Severity.WARNING, _PKI001)
def oin_misplaced(context: RequestContext) -> Iterator[Violated]:
    """No OIN elsewhere in the subject: there no system looks for it."""
    for attribute in context.facts.subject:
        if attribute.oid in {SUBJECT_SERIAL_NUMBER, ORGANIZATION_IDENTIFIER}:
            continue
        for candidate in _OIN_INSIDE.findall(attribute.value[:_MAX_SEARCHED]):
            if _parsed(candidate) is not None:
                operands = {"oin": candidate, "attribute": attribute.name}
                yield violated(f"subject.{attribute.name}", attribute.value, **operands)


def _parsed(value: str) -> OIN | None:
    try:
        return OIN.parse(value, legacy=True)
    except InvalidOINError:
        return None


def request_oin(context: RequestContext) -> OIN | None:
    """Return the OIN of the request: the one valid one in serialNumber."""
    found = _serial_numbers(context)
    return _parsed(found[0].value) if len(found) == 1 else None


@PART.rule("csr.oin.organization_identifier", Severity.WARNING, _ETSI)
def organization_identifier(context: RequestContext) -> Answers:
    """OIN and organizationIdentifier do not contradict each other, as far as they can be compared."""
    oin, text = request_oin(context), context.facts.subject.first(ORGANIZATION_IDENTIFIER)
    if oin is None or text is None:
        return NOT_APPLICABLE
    try:
        agrees = OrganizationIdentifier.parse(text).agrees_with(oin)
    except InvalidIdentifierError:
        return NOT_APPLICABLE
    if agrees is None:
        return NOT_APPLICABLE
    return met_if(agrees, "subject.organizationIdentifier", text, oin=oin, identifier=text)
