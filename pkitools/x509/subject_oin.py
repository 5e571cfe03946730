"""The OIN in a certificate: where it sits, and what can be wrong with how it sits there.

An OIN stands in the attribute serialNumber (2.5.4.5) of the subject, exactly once, as a PrintableString (Digikoppeling
PKI001). A UZI server certificate has none: from the URA in its UZI name (:mod:`pkitools.x509.uzi_name`) DigiD forms
``00000009<URA>0000``; that wins over the serialNumber.

Readers differ in which serialNumber of several they take (the first RDN, the first value of it, the last one, even the
issuer's), so here nothing is picked: more than one gives none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pkitools.documents import Source, cite
from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    Answer,
    Certainty,
    Evidence,
    Outcome,
    Rule,
    Severity,
    Violated,
    ask,
)
from pkitools.findings.asking import CRASHED
from pkitools.findings.considered import Block, block_of
from pkitools.frozen import dataclass, field, of_the_latest, once
from pkitools.limits import MAX_LISTED
from pkitools.messages import CAUSE
from pkitools.oin import OIN, InvalidIdentifierError, InvalidOINError, OrganizationIdentifier
from pkitools.text import pattern
from pkitools.x509 import uzi_name
from pkitools.x509.given import Given
from pkitools.x509.holder import Holder, holder_of
from pkitools.x509.model import CertificateFacts, DistinguishedName, GeneralName, NameAttribute
from pkitools.x509.oids import ORGANIZATION_IDENTIFIER, SUBJECT_SERIAL_NUMBER
from pkitools.x509.reader import read_certificate

SUBJECT_PATH: Final = "subject.serialNumber"
UZI_PATH: Final = "subjectAlternativeName.otherName"

_DIGIKOPPELING: Final = cite("digikoppeling-security", "PKI001")
_DIGID: Final = cite("digid-source", "digid_dc, X509CertificateDataParser")
_ETSI: Final = cite("etsi-en-319-412-1", "5.1.4")


def _rule(slug: str, severity: Severity, source: Source, certainty: Certainty = Certainty.STANDARD) -> Rule:
    return Rule(f"x509.oin.{slug}", severity, source, certainty, of_content=True)


MISSING: Final = _rule("missing", Severity.WARNING, _DIGIKOPPELING)
AMBIGUOUS: Final = _rule("ambiguous", Severity.ERROR, _DIGIKOPPELING)
ENCODING: Final = _rule("encoding", Severity.WARNING, _DIGIKOPPELING)
SPACES: Final = _rule("spaces", Severity.ERROR, _DIGIKOPPELING)
NOT_AN_OIN: Final = _rule("not_an_oin", Severity.WARNING, _DIGIKOPPELING)
INVALID: Final = _rule("invalid", Severity.ERROR, cite("oin-stelsel", "Data Architectuur"))
UZI_CONFLICT: Final = _rule("uzi_conflict", Severity.ERROR, _DIGID, Certainty.OFFICIAL)
ORGANIZATION: Final = _rule("organization_identifier", Severity.WARNING, _ETSI)

# what was meant to be an OIN: its length, or the zeros every prefix begins with
_LOOKS_LIKE_AN_OIN: Final = pattern(r"[0-9A-Za-z]{20}|000000[0-9]{2}.{8,16}", re.DOTALL)
_PKIOVERHEID: Final = ("2.16.528.1.1003.1.2.", "2.16.528.1.1007.")  # its policies, and those of CIBG's tests
_JURISDICTION: Final = "1.3.6.1.4.1.311.60.2.1.3"  # jurisdictionCountryName: EV Guidelines 7.1.4.2
_OTHER_PKI: Final = ("2.23.140.1.", "0.4.0.2042.1.", "0.4.0.194112.1.")  # CA/Browser Forum, ETSI: NCP, QCP


@dataclass(frozen=True, slots=True)
class OINResult:
    """The OIN of a certificate and how it was found.

    Args:
        oin: the OIN; ``None`` when there is none, when there are several, or when what stands there is not an OIN.
        value: the text found, as it stands, also when it is no OIN; ``None`` when there is none or there are several.
        where: ``subject.serialNumber`` or ``subjectAlternativeName.otherName`` (UZI); empty when nowhere.
        outcomes: one for each of :data:`RULES`.
    """

    oin: OIN | None
    value: str | None
    where: str
    outcomes: tuple[Outcome, ...]
    _block: Block | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, oin: OIN | None, value: str | None, where: str, block: Block) -> OINResult:
        """Return a result whose outcomes are made when they are asked for."""
        result, put = object.__new__(cls), object.__setattr__
        for name, given in (("oin", oin), ("value", value), ("where", where), ("_block", block)):
            put(result, name, given)
        return result

    if not TYPE_CHECKING:  # else it would give a type to every misspelt name

        def __getattr__(self, name: str) -> object:
            # asked only for what is not there yet
            if name != "outcomes" or self._block is None:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            object.__setattr__(self, "outcomes", tuple(self._block.outcomes))
            return self.outcomes

    def __reduce__(self) -> tuple[object, ...]:
        return OINResult, (self.oin, self.value, self.where, self.outcomes)

    @property
    def block(self) -> Block:
        """The outcomes as a group."""
        return Block.of(self.outcomes) if self._block is None else self._block


def oin_from_certificate(certificate: CertificateFacts | Given) -> OINResult:
    """Return the OIN of a certificate.

    The certificate of an organisation without one gets ``x509.oin.missing``, a WARNING: whether an OIN must be there
    depends on what the certificate is for. Nobody expects one of CAs, OCSP responders, time stamping, natural persons
    (their serialNumber is the TSP's own), nor of what was issued by the rules of another PKI.

    Raises:
        InputError: it is no certificate.
        InvalidValueError: it is nothing that could be one.
    """
    return _oin_of(certificate if isinstance(certificate, CertificateFacts) else read_certificate(certificate))


@of_the_latest
def _oin_of(facts: CertificateFacts) -> OINResult:
    asked = holder_of(facts) is Holder.ORGANIZATION and not facts.is_ca
    expected = asked and not _is_of_another_pki(facts) and not _is_extended(facts.subject)
    return _result(_carrier(facts.subject, facts.subject_alternative_name or (), expected=expected))


def oin_from_subject(subject: DistinguishedName, names: tuple[GeneralName, ...] = ()) -> OINResult:
    """Return the OIN of a subject that is not (yet) in a certificate, such as that of a CSR."""
    return _result(_carrier(subject, names))


def _is_of_another_pki(facts: CertificateFacts) -> bool:
    """Say whether it has the policies of the public web PKI or of ETSI, and none of PKIoverheid beside them."""
    policies = [policy.oid for policy in facts.certificate_policies or ()]
    return any(oid.startswith(_OTHER_PKI) for oid in policies) and not any(
        oid.startswith(_PKIOVERHEID) for oid in policies
    )


def _is_extended(subject: DistinguishedName) -> bool:
    """Say whether the subject is of extended validation, whose serialNumber is that of a register of companies."""
    return bool(subject.attributes(_JURISDICTION))


def _carrier(subject: DistinguishedName, names: tuple[GeneralName, ...], *, expected: bool = True) -> _Carrier:
    identifiers = tuple([each.value for each in subject.attributes(ORGANIZATION_IDENTIFIER)])
    return _Carrier(subject.attributes(SUBJECT_SERIAL_NUMBER), uzi_name.uras(names), identifiers, expected)


class _CrashedError(Exception):
    """A check crashed: what it would have said may be had the next time, and is not remembered."""

    def __init__(self, result: OINResult) -> None:
        self.result = result


def _result(carrier: _Carrier) -> OINResult:
    try:
        return _remembered(carrier)
    except _CrashedError as error:
        return error.result


@lru_cache(maxsize=256)  # of the many certificates of one organisation it is the same
def _remembered(carrier: _Carrier) -> OINResult:
    result = _asked(carrier)
    if any(told.reason == CRASHED for _, told in result.block.told):
        raise _CrashedError(result)
    return result


def _asked(carrier: _Carrier) -> OINResult:
    asking = _Asking(carrier)
    block = block_of(enumerate(_CHECKS), carrier, asking.ask, asking)
    if carrier.is_ambiguous or carrier.is_in_conflict:
        return OINResult.of(None, None, "", block)
    if carrier.uzi is not None:
        return OINResult.of(carrier.uzi, str(carrier.uzi), UZI_PATH, block)
    return OINResult.of(carrier.parsed, carrier.value, SUBJECT_PATH if carrier.value is not None else "", block)


class _Asking:
    """Every rule of this file asked of one carrier, as often as somebody wants to know."""

    __slots__ = ("_carrier",)

    def __init__(self, carrier: _Carrier) -> None:
        self._carrier = carrier

    def ask(self, rule: Rule, check: Callable[[_Carrier], Answer]) -> list[Outcome]:
        """Return the outcome of one rule."""
        return ask(rule, check, self._carrier)

    def __call__(self) -> tuple[Outcome, ...]:
        return tuple([outcome for rule, check in _CHECKS for outcome in self.ask(rule, check)])

    def __reduce__(self) -> tuple[object, ...]:
        carrier = self._carrier
        return _again, (carrier.attributes, carrier.uras, carrier.organization_identifiers, carrier.expected)


def _again(
    attributes: tuple[NameAttribute, ...], uras: tuple[str, ...], identifiers: tuple[str, ...], expected: bool
) -> _Asking:
    return _Asking(_Carrier(attributes, uras, identifiers, expected))


@dataclass(frozen=True)
class _Carrier:
    """What there is of an OIN in a subject and the names beside it.

    Args:
        attributes: every serialNumber, also of multi-valued RDNs.
        uras: the different URAs of all UZI names.
        organization_identifiers: every organizationIdentifier.
        expected: an OIN is expected.
    """

    attributes: tuple[NameAttribute, ...]
    uras: tuple[str, ...]
    organization_identifiers: tuple[str, ...]
    expected: bool

    @once
    def value(self) -> str | None:
        """The text of the one serialNumber."""
        return self.attributes[0].value if len(self.attributes) == 1 else None

    @once
    def parsed(self) -> OIN | None:
        """The one serialNumber as an OIN."""
        return _parsed(self.value)

    @once
    def uzi(self) -> OIN | None:
        """The OIN DigiD forms from the one URA."""
        return _parsed(f"00000009{self.uras[0]}0000") if len(self.uras) == 1 else None

    @property
    def is_ambiguous(self) -> bool:
        """There is more than one to choose from."""
        return len(self.attributes) > 1 or len(self.uras) > 1

    @property
    def is_in_conflict(self) -> bool:
        """Both places hold an OIN, and not the same."""
        return self.uzi is not None and self.parsed is not None and self.uzi != self.parsed

    @once
    def candidate(self) -> str | None:
        """The text that ought to be an OIN. In a UZI certificate the serialNumber is the UZI number and need not be."""
        if self.value is None or (self.parsed is None and (self.uras or not self.expected)):
            return None
        return self.value

    @property
    def resembles(self) -> bool:
        """There is a candidate, and it was meant to be an OIN."""
        return self.candidate is not None and _LOOKS_LIKE_AN_OIN.fullmatch(self.candidate.strip()) is not None

    @property
    def evidence(self) -> Evidence:
        """What stands in the two places."""
        if self.attributes or not self.uras:
            return Evidence(SUBJECT_PATH, ", ".join(a.value for a in self.attributes))
        return Evidence(UZI_PATH, ", ".join(self.uras))


def _parsed(text: str | None) -> OIN | None:
    try:
        # a prefix no longer given out still stands in existing certificates
        return OIN.parse(text, legacy=True) if text is not None else None
    except InvalidOINError:
        return None


def _met_if(good: bool, carrier: _Carrier, **operands: str) -> Answer:
    """Return MET, or a violation that shows what stands in the two places."""
    return MET if good else Violated((carrier.evidence,), operands)


def _present(carrier: _Carrier) -> Answer:
    found = bool(carrier.attributes or carrier.uras)
    return _met_if(found, carrier) if found or carrier.expected else NOT_APPLICABLE


def _single(carrier: _Carrier) -> Answer:
    if not carrier.attributes and not carrier.uras:
        return NOT_APPLICABLE
    if not carrier.is_ambiguous:
        return MET
    several = carrier.uras if len(carrier.uras) > 1 else tuple(a.value for a in carrier.attributes)
    shown = ", ".join(several[:MAX_LISTED])
    values = shown if len(several) <= MAX_LISTED else f"{shown}, …"
    return _met_if(False, carrier, count=str(len(several)), values=values)


def _printable(carrier: _Carrier) -> Answer:
    if carrier.candidate is None:
        return NOT_APPLICABLE
    written = carrier.attributes[0].string_type
    return _met_if(written == "PrintableString", carrier, value=carrier.candidate, string_type=written)


def _trimmed(carrier: _Carrier) -> Answer:
    if carrier.candidate is None:
        return NOT_APPLICABLE
    return _met_if(carrier.candidate == carrier.candidate.strip(), carrier, value=carrier.candidate)


def _resembling(carrier: _Carrier) -> Answer:
    if carrier.candidate is None:
        return NOT_APPLICABLE
    return _met_if(carrier.resembles, carrier, value=carrier.candidate)


def _valid(carrier: _Carrier) -> Answer:
    if carrier.candidate is None or not carrier.resembles:
        return NOT_APPLICABLE
    if carrier.parsed is not None:
        return MET
    text = carrier.candidate.strip()
    try:
        OIN.parse(text, legacy=True)
    except InvalidOINError as error:
        return _met_if(False, carrier, value=text, rule=error.code, **{CAUSE: error.code})
    return MET


def _without_conflict(carrier: _Carrier) -> Answer:
    if carrier.uzi is None or carrier.parsed is None:
        return NOT_APPLICABLE
    return _met_if(not carrier.is_in_conflict, carrier, subject=str(carrier.parsed), uzi=str(carrier.uzi))


def _organization_agrees(carrier: _Carrier) -> Answer:
    if carrier.parsed is None:
        return NOT_APPLICABLE
    answers = [_agrees(text, carrier.parsed) for text in carrier.organization_identifiers]
    known = [answer for answer in answers if answer is not None]
    if not known:
        return NOT_APPLICABLE
    identifiers = ", ".join(carrier.organization_identifiers[:MAX_LISTED])
    return _met_if(all(known), carrier, oin=str(carrier.parsed), identifier=identifiers)


def _agrees(identifier: str, oin: OIN) -> bool | None:
    """Say whether the two name one organisation; ``None`` when they cannot be compared."""
    try:
        return OrganizationIdentifier.parse(identifier).agrees_with(oin)
    except InvalidIdentifierError:
        return None


_CHECKS: Final[tuple[tuple[Rule, Callable[[_Carrier], Answer]], ...]] = (
    (MISSING, _present),
    (AMBIGUOUS, _single),
    (ENCODING, _printable),
    (SPACES, _trimmed),
    (NOT_AN_OIN, _resembling),
    (INVALID, _valid),
    (UZI_CONFLICT, _without_conflict),
    (ORGANIZATION, _organization_agrees),
)
RULES: Final[tuple[Rule, ...]] = tuple(rule for rule, _ in _CHECKS)
