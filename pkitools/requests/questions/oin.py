"""The OIN in the subject: there, one, valid, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pkitools.findings import Rule
from pkitools.limits import MAX_LISTED
from pkitools.oin import OIN, InvalidIdentifierError, InvalidOINError, OrganizationIdentifier
from pkitools.requests import rules
from pkitools.requests.case import MET, Answer, Case, Fault, Question
from pkitools.x509.oids import ORGANIZATION_IDENTIFIER, SUBJECT_SERIAL_NUMBER

_OIN_INSIDE: Final = re.compile(r"(?<![0-9A-Z])[0-9]{8}[0-9A-Z]{12}(?![0-9A-Z])")
_MAX_SEARCHED: Final = 1000  # characters of a value in which an OIN is looked for


def _is_uzi(case: Case) -> bool:
    return case.profile is not None and case.profile.serial_number == "uzi"


def oin_missing(case: Case) -> Answer:
    """The subject has a serialNumber, for the OIN."""
    if _is_uzi(case):
        return None
    return MET if case.facts.subject.attributes(SUBJECT_SERIAL_NUMBER) else [Fault({}, "subject.serialNumber")]


def oin_ambiguous(case: Case) -> Answer:
    """It has one only."""
    values = [attribute.value for attribute in case.facts.subject.attributes(SUBJECT_SERIAL_NUMBER)]
    listed = ", ".join(values[:MAX_LISTED])
    return MET if len(values) < 2 else [Fault({"values": listed}, "subject.serialNumber", listed)]


def oin_invalid(case: Case) -> Answer:
    """What stands in serialNumber is an OIN."""
    values = [attribute.value for attribute in case.facts.subject.attributes(SUBJECT_SERIAL_NUMBER)]
    if not values or _is_uzi(case):
        return None
    return _invalid_oins(values)


def _invalid_oins(values: list[str]) -> Iterator[Fault]:
    for value in values:
        try:
            OIN.parse(value, legacy=True)
        except InvalidOINError as error:
            yield Fault({"value": value, "rule": error.code}, "subject.serialNumber", value)


def oin_encoding(case: Case) -> Answer:
    """The serialNumber is a PrintableString."""
    found = case.facts.subject.attributes(SUBJECT_SERIAL_NUMBER)
    if not found:
        return None
    return (
        Fault({"value": a.value, "string_type": a.string_type}, "subject.serialNumber", a.string_type)
        for a in found
        if a.string_type != "PrintableString"
    )


def oin_misplaced(case: Case) -> Answer:
    """No OIN elsewhere in the subject: there no system looks for it."""
    return _misplaced(case)


def _misplaced(case: Case) -> Iterator[Fault]:
    for attribute in case.facts.subject:
        if attribute.oid in {SUBJECT_SERIAL_NUMBER, ORGANIZATION_IDENTIFIER}:
            continue
        for candidate in _OIN_INSIDE.findall(attribute.value[:_MAX_SEARCHED]):
            if _parsed(candidate) is not None:
                operands = {"oin": candidate, "attribute": attribute.name}
                yield Fault(operands, f"subject.{attribute.name}", attribute.value)


def _parsed(value: str) -> OIN | None:
    try:
        return OIN.parse(value, legacy=True)
    except InvalidOINError:
        return None


def request_oin(case: Case) -> OIN | None:
    """Return the OIN of the request: the one valid one in serialNumber."""
    found = case.facts.subject.attributes(SUBJECT_SERIAL_NUMBER)
    return _parsed(found[0].value) if len(found) == 1 else None


def organization_identifier(case: Case) -> Answer:
    """OIN and organizationIdentifier do not contradict each other, as far as they can be compared."""
    oin, text = request_oin(case), case.facts.subject.first(ORGANIZATION_IDENTIFIER)
    if oin is None or text is None:
        return None
    try:
        agrees = OrganizationIdentifier.parse(text).agrees_with(oin)
    except InvalidIdentifierError:
        return None
    if agrees is None:
        return None
    return MET if agrees else [Fault({"oin": oin, "identifier": text}, "subject.organizationIdentifier", text)]


QUESTIONS: Final[tuple[tuple[Rule, Question], ...]] = (
    (rules.OIN_MISSING, oin_missing),
    (rules.OIN_AMBIGUOUS, oin_ambiguous),
    (rules.OIN_INVALID, oin_invalid),
    (rules.OIN_ENCODING, oin_encoding),
    (rules.OIN_MISPLACED, oin_misplaced),
    (rules.OIN_ORGANIZATION, organization_identifier),
)
